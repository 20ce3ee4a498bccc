//! The score of a pair: how probable it is that two parties are one, in hundredths, and why. Owns the weights. A test on demo
//! data with planted twins (`demo_data/twins.rs` of the tests) holds how many are found, and how many others are proposed.

use strsim::normalized_damerau_levenshtein;

use super::facts::{Class, Facts, Place};
use crate::identifiers::Scheme;

/// From this score on a pair is proposed.
pub const PROPOSED_SCORE: u8 = 80;

/// Why two parties look alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// They bear one identifier.
    Identifier(Scheme),
    /// One e-mail address.
    Email,
    /// One telephone number.
    Phone,
    /// Their names are alike.
    Name,
    /// They are at one address.
    Address,
}

impl Reason {
    /// Its word: the scheme's code, or `email`, `phone`, `name`, `address`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Identifier(scheme) => scheme.code(),
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Name => "name",
            Self::Address => "address",
        }
    }
}

/// How alike two parties are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Likeness {
    /// 0 to 100.
    pub score: u8,
    /// Why, the strongest reason first.
    pub reasons: Vec<Reason>,
}

impl Likeness {
    /// Whether a person should look at it.
    #[must_use]
    pub fn is_proposed(&self) -> bool {
        self.score >= PROPOSED_SCORE
    }
}

/// From this likeness on names and addresses are named as a reason.
const ALIKE: f64 = 0.8;

/// Compares two parties.
#[must_use]
pub fn compare(one: &Facts, other: &Facts) -> Likeness {
    let common: Vec<Class> =
        one.keys.iter().filter(|key| other.keys.binary_search(key).is_ok()).filter_map(|key| key.class()).collect();
    let has = |class| common.contains(&class);
    let name = names(&one.name, &other.name);
    let address = addresses(&one.places, &other.places);
    let company = common.iter().any(|class| matches!(class, Class::Identifier(scheme) if names_one(*scheme)));
    let mut score: f64 = match address {
        Some(address) => 60.0 * name + 40.0 * address,
        // A name alone is none: but a company's of several words is rarely another's.
        None if name >= 1.0 && !one.person && !other.person && one.name.contains(' ') => 80.0,
        None => 60.0 * name,
    };
    if has(Class::Phone) {
        score = score.max(45.0 + 45.0 * name) + 5.0;
    }
    if has(Class::Email) {
        score = score.max(55.0 + 45.0 * name);
    }
    if has(Class::Identifier(Scheme::Iban)) {
        score = score.max(70.0 + 30.0 * name);
    }
    if one.person != other.person {
        score -= 15.0;
    }
    if company {
        score = score.max(90.0 + 10.0 * name);
    } else if told_apart(one, other) {
        // Check digits have caught slips of the hand: two numbers are two companies.
        score = score.min(50.0);
    }
    let mut reasons: Vec<Reason> = common.iter().filter_map(|class| reason(*class)).collect();
    reasons.sort_unstable();
    reasons.dedup();
    reasons.extend((name >= ALIKE).then_some(Reason::Name));
    reasons.extend(address.filter(|address| *address >= ALIKE).map(|_| Reason::Address));
    Likeness { score: score.clamp(0.0, 100.0) as u8, reasons }
}

fn reason(class: Class) -> Option<Reason> {
    match class {
        Class::Identifier(scheme) => Some(Reason::Identifier(scheme)),
        Class::Email => Some(Reason::Email),
        Class::Phone => Some(Reason::Phone),
        Class::Name | Class::NameAndPlace | Class::Address => None,
    }
}

/// Whether a number of the scheme is given to one company, and a company has one of them.
fn names_one(scheme: Scheme) -> bool {
    match scheme {
        Scheme::Vat | Scheme::Siren | Scheme::Siret | Scheme::Ninea | Scheme::CaBn | Scheme::Ice | Scheme::Lei => true,
        Scheme::Iban | Scheme::Bic | Scheme::Gln => false,
    }
}

/// Whether both have a number of one scheme that a company has only one of, and not the same.
fn told_apart(one: &Facts, other: &Facts) -> bool {
    let schemes = |facts: &Facts| {
        let of = |class| match class {
            Class::Identifier(scheme) if names_one(scheme) && scheme != Scheme::Siret => Some(scheme),
            _ => None,
        };
        facts.keys.iter().filter_map(|key| key.class().and_then(of)).collect::<Vec<_>>()
    };
    let others = schemes(other);
    schemes(one).iter().any(|scheme| others.contains(scheme))
}

/// How alike two names are, 0 to 1: by letters, or because one has all the words of the other.
fn names(one: &str, other: &str) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let by_letters = normalized_damerau_levenshtein(one, other);
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let mut long_words = long.split(' ');
    let within = short.contains(' ') && short.split(' ').all(|word| long_words.any(|other| other == word));
    if within { by_letters.max(0.9) } else { by_letters }
}

/// How alike the most alike of their addresses are, 0 to 1; `None` when one of them has none.
fn addresses(ones: &[Place], others: &[Place]) -> Option<f64> {
    let pairs = ones.iter().flat_map(|one| others.iter().map(move |other| address(one, other)));
    pairs.max_by(f64::total_cmp)
}

fn address(one: &Place, other: &Place) -> f64 {
    let same = |one: &str, other: &str| !one.is_empty() && one == other;
    if !same(&one.postcode, &other.postcode) && !same(&one.town, &other.town) {
        return 0.0;
    }
    if one.street.is_empty() || other.street.is_empty() {
        return 0.5;
    }
    let street = normalized_damerau_levenshtein(&one.street, &other.street);
    let houses = one.number == other.number || one.number.is_empty() || other.number.is_empty();
    if houses { 0.4 + 0.6 * street } else { 0.3 + 0.2 * street }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_replica::record::Scalar;

    use super::*;
    use crate::samples::folded;

    fn party(puts: &[(&str, &str)]) -> Facts {
        Facts::of(&folded(&puts.iter().map(|(path, value)| (*path, Scalar::from(*value))).collect::<Vec<_>>()))
    }

    fn at<'a>(name: &'a str, street: &'a str, more: &[(&'a str, &'a str)]) -> Facts {
        let mut puts = vec![("name", name), ("addresses/aa/street", street), ("addresses/aa/city", "Lyon")];
        puts.extend(more);
        party(&puts)
    }

    #[test]
    fn one_company_number_is_enough_and_two_are_two_companies() {
        let (one, other) = (party(&[("name", "x"), ("siren", "732829320")]), party(&[("vat", "FR44732829320")]));
        let like = compare(&one, &other);
        assert!(like.is_proposed());
        assert_eq!(like.reasons, [Reason::Identifier(Scheme::Siren)]);
        let one = at("Boulangerie Martin", "4 rue Neuve", &[("siren", "732829320")]);
        let other = at("Boulangerie Martin", "4 rue Neuve", &[("siren", "404833048")]);
        assert!(!compare(&one, &other).is_proposed());
    }

    #[test]
    fn a_slip_of_the_hand_at_one_address_is_one_party() {
        let like = compare(
            &at("SARL Dupont & Fils", "12, rue de la Paix", &[]),
            &at("Dupond et fils", "12 r. de la Paix", &[]),
        );
        assert!(like.is_proposed(), "{like:?}");
        assert_eq!(like.reasons, [Reason::Name, Reason::Address]);
    }

    #[test]
    fn neighbours_families_and_namesakes_are_several() {
        let proposed = |one: &Facts, other: &Facts| compare(one, other).is_proposed();
        assert!(!proposed(&at("Garage Moderne", "4 rue Neuve", &[]), &at("Boulangerie Martin", "4 rue Neuve", &[])));
        assert!(!proposed(&at("Jean Dupont", "4 rue Neuve", &[]), &at("Marie Dupont", "4 rue Neuve", &[])));
        assert!(!proposed(&at("Jean Dupont", "4 rue Neuve", &[]), &at("Jean Dupont", "17 rue Haute", &[])));
        let person = |phone| party(&[("kind", "person"), ("name", "Awa Ndiaye"), ("phone", phone)]);
        assert!(!proposed(&person("771234567"), &person("761234567")));
        assert!(proposed(&person("771234567"), &person("+221 77 123 45 67")));
    }

    #[test]
    fn one_telephone_for_two_names_is_a_switchboard() {
        let one = party(&[("name", "Garage Moderne"), ("phone", "0142685300")]);
        assert!(!compare(&one, &party(&[("name", "Boulangerie Martin"), ("phone", "0142685300")])).is_proposed());
        assert!(compare(&one, &party(&[("name", "Garage Modern"), ("phone", "0142685300")])).is_proposed());
    }
}
