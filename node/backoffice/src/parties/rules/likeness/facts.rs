//! The facts of a party that are compared with another's, and its keys. Owns their making from cells, and their form in the
//! projection. Facts depend on one record's cells alone.

use std::sync::LazyLock;

use comptoir_replica::record::{Cells, LineKey, Scalar};

use super::normal;
use crate::changes::ARCHIVED;
use crate::identifiers::{Scheme, compare_key};
use crate::limits::{MAX_LIKENESS_KEYS, MAX_LIKENESS_PLACES};

/// Letters of each of the longest words of a name that a key of name and place takes.
const NAME_KEY_CHARS: usize = 3;
/// The last digits of a telephone number, which do not depend on how its country is written.
const PHONE_KEY_DIGITS: usize = 9;
const MIN_PHONE_DIGITS: usize = 7;
const SIREN_DIGITS: usize = 9;
/// The fields that hold identifiers, beside the lines that do.
const IDENTIFIERS: &[(&str, Scheme)] = &[
    ("vat", Scheme::Vat),
    ("siren", Scheme::Siren),
    ("siret", Scheme::Siret),
    ("ninea", Scheme::Ninea),
    ("bn", Scheme::CaBn),
    ("iban", Scheme::Iban),
];
/// Context of the hash that a key is.
const KEY_CONTEXT: &str = "Comptoir 2026-01 likeness key v1";

/// What two parties have in common when they share a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Class {
    /// An identifier of this scheme.
    Identifier(Scheme),
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The words of a company's name, when there are several.
    Name,
    /// The beginnings of their names, and the place.
    NameAndPlace,
    /// House, street and place.
    Address,
}

impl Class {
    /// Stands in every key, and orders them: the greater, the more it says. Never changes its meaning without a new version of
    /// the projection.
    fn number(self) -> u8 {
        match self {
            Self::Email => 1,
            Self::Phone => 2,
            Self::Name => 3,
            Self::NameAndPlace => 4,
            Self::Address => 5,
            Self::Identifier(scheme) => {
                let place = Scheme::ALL.iter().position(|known| *known == scheme).unwrap_or_default();
                0x10 + place as u8
            }
        }
    }

    fn of_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Email,
            2 => Self::Phone,
            3 => Self::Name,
            4 => Self::NameAndPlace,
            5 => Self::Address,
            number => Self::Identifier(*Scheme::ALL.get(usize::from(number.checked_sub(0x10)?))?),
        })
    }
}

/// A key: its class in the first byte, a hash of what is compared in the others. Equal keys are equal facts, but for one chance in
/// 2⁵⁶; a pair is scored before anybody sees it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key(pub i64);

impl Key {
    /// Keys below are of what several parties may well share: telephones, mail boxes, names.
    pub const LEAST_STRONG: i64 = 4 << 56;

    fn of(class: Class, text: &str) -> Self {
        static HASHER: LazyLock<blake3::Hasher> = LazyLock::new(|| blake3::Hasher::new_derive_key(KEY_CONTEXT));
        let hash = HASHER.clone().update(text.as_bytes()).finalize();
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&hash.as_bytes()[..8]);
        bytes[0] = class.number();
        Self(i64::from_be_bytes(bytes))
    }

    /// What it is a key of; `None` for one of a version that knows more.
    #[must_use]
    pub fn class(self) -> Option<Class> {
        Class::of_number(self.0.to_be_bytes()[0])
    }
}

/// Where a party is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// Postcode, letters and digits alone.
    pub postcode: String,
    /// Town.
    pub town: String,
    /// House number.
    pub number: String,
    /// Words of the street.
    pub street: String,
}

/// What is compared of a party.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// Its keys, ascending.
    pub keys: Vec<Key>,
    /// The words of its name, ascending, one blank between.
    pub name: String,
    /// Its addresses in use, by key.
    pub places: Vec<Place>,
    /// Whether it is a natural person.
    pub person: bool,
}

impl Facts {
    /// The facts of the party that has these cells.
    #[must_use]
    pub fn of(cells: &Cells) -> Self {
        let text = |path: &str| cells.winner(path).and_then(Scalar::as_str).unwrap_or_default();
        let words = normal::name_words(text("name"));
        let places = places(cells);
        let mut keys = Vec::new();
        for (field, scheme) in IDENTIFIERS {
            identifier(&mut keys, *scheme, text(field));
        }
        for line in lines_in_use(cells, "identifiers/") {
            let of = |field: &str| text_at(cells, "identifiers", line, field);
            if let Some(scheme) = Scheme::of_code(of("scheme")) {
                identifier(&mut keys, scheme, of("value"));
            }
        }
        email(&mut keys, text("email"));
        phone(&mut keys, text("phone"));
        for line in lines_in_use(cells, "contacts/") {
            let value = text_at(cells, "contacts", line, "value");
            match text_at(cells, "contacts", line, "kind") {
                "email" => email(&mut keys, value),
                "phone" | "mobile" => phone(&mut keys, value),
                _ => {}
            }
        }
        let person = text("kind") == "person";
        // Persons of one name are many; a company's name of several words is rarely another's.
        if !person && words.len() > 1 {
            keys.push(Key::of(Class::Name, &words.join(" ")));
        }
        place_keys(&mut keys, &words, &places);
        keys.sort_unstable();
        keys.dedup();
        keys.truncate(MAX_LIKENESS_KEYS);
        Self { keys, name: words.join(" "), places, person }
    }

    /// The keys' bytes at rest.
    #[must_use]
    pub fn keys_bytes(&self) -> Vec<u8> {
        self.keys.iter().flat_map(|key| key.0.to_be_bytes()).collect()
    }

    /// The places' text at rest: a line each, its parts between tabs.
    #[must_use]
    pub fn places_text(&self) -> String {
        let line = |place: &Place| [&*place.postcode, &place.town, &place.number, &place.street].join("\t");
        self.places.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The facts at rest, read again.
    #[must_use]
    pub fn read(keys: &[u8], name: String, places: &str, person: bool) -> Self {
        let place = |line: &str| {
            let mut parts = line.split('\t').map(str::to_owned);
            let mut next = || parts.next().unwrap_or_default();
            Place { postcode: next(), town: next(), number: next(), street: next() }
        };
        Self { keys: keys_of(keys), name, places: places.lines().map(place).collect(), person }
    }
}

/// Keys at rest, read again.
#[must_use]
pub fn keys_of(bytes: &[u8]) -> Vec<Key> {
    bytes.as_chunks::<8>().0.iter().map(|bytes| Key(i64::from_be_bytes(*bytes))).collect()
}

fn identifier(keys: &mut Vec<Key>, scheme: Scheme, text: &str) {
    // A bank's code names the bank, not who has an account there.
    if text.is_empty() || scheme == Scheme::Bic {
        return;
    }
    // What was put by a form is canonical already, and checking costs.
    let canonical = match text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        true => text.to_owned(),
        false => scheme.check(None, text).unwrap_or_else(|_| normal::code(text).to_uppercase()),
    };
    let compared = compare_key(scheme, &canonical);
    let scheme = compared.split_once(':').and_then(|(code, _)| Scheme::of_code(code)).unwrap_or(scheme);
    keys.push(Key::of(Class::Identifier(scheme), &compared));
    if scheme == Scheme::Siret
        && let Some(siren) = canonical.get(..SIREN_DIGITS)
    {
        keys.push(Key::of(Class::Identifier(Scheme::Siren), &compare_key(Scheme::Siren, siren)));
    }
}

fn email(keys: &mut Vec<Key>, text: &str) {
    if text.contains('@') {
        keys.push(Key::of(Class::Email, &text.trim().to_lowercase()));
    }
}

fn phone(keys: &mut Vec<Key>, text: &str) {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= MIN_PHONE_DIGITS {
        keys.push(Key::of(Class::Phone, &digits[digits.len().saturating_sub(PHONE_KEY_DIGITS)..]));
    }
}

fn place_keys(keys: &mut Vec<Key>, words: &[String], places: &[Place]) {
    let mut longest: Vec<&String> = words.iter().collect();
    longest.sort_by_key(|word| (std::cmp::Reverse(word.chars().count()), *word));
    let mut beginnings: Vec<String> =
        longest.into_iter().take(2).map(|word| word.chars().take(NAME_KEY_CHARS).collect()).collect();
    // Of two words of one length a slip of the hand may make either the longer.
    beginnings.sort_unstable();
    for place in places {
        let where_it_is = if place.postcode.is_empty() { &place.town } else { &place.postcode };
        if where_it_is.is_empty() {
            continue;
        }
        if !beginnings.is_empty() {
            keys.push(Key::of(Class::NameAndPlace, &format!("{} {where_it_is}", beginnings.join(" "))));
        }
        let word = place.street.split(' ').max_by_key(|word| word.len()).filter(|word| !word.is_empty());
        if let Some(word) = word.filter(|_| !place.number.is_empty()) {
            keys.push(Key::of(Class::Address, &format!("{} {word} {where_it_is}", place.number)));
        }
    }
}

fn places(cells: &Cells) -> Vec<Place> {
    let place = |key| {
        let of = |field: &str| text_at(cells, "addresses", key, field);
        let (number, street) = normal::street(of("street"));
        Place { postcode: normal::code(of("postcode")), town: normal::town(of("city")), number, street }
    };
    let told = |place: &Place| *place != Place::default();
    lines_in_use(cells, "addresses/").map(place).filter(told).take(MAX_LIKENESS_PLACES).collect()
}

fn text_at<'a>(cells: &'a Cells, list: &str, key: &str, field: &str) -> &'a str {
    cells.winner(&format!("{list}/{key}/{field}")).and_then(Scalar::as_str).unwrap_or_default()
}

/// The keys of a list's lines in use, ascending; `prefix` is what their cells begin with.
fn lines_in_use<'a>(cells: &'a Cells, prefix: &'static str) -> impl Iterator<Item = &'a str> {
    let mut last = "";
    let keys = cells.under(prefix).filter_map(|(path, _)| path[prefix.len()..].split_once('/'));
    keys.filter_map(move |(key, _)| {
        let archived = || cells.winner(&format!("{prefix}{key}/{ARCHIVED}")).and_then(Scalar::as_bool) == Some(true);
        if key == last || key.parse::<LineKey>().is_err() || archived() {
            return None;
        }
        last = key;
        Some(key)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::samples::folded;

    fn facts(puts: &[(&str, &str)]) -> Facts {
        Facts::of(&folded(&puts.iter().map(|(path, value)| (*path, Scalar::from(*value))).collect::<Vec<_>>()))
    }

    fn common(one: &[(&str, &str)], other: &[(&str, &str)]) -> Vec<Class> {
        let (one, other) = (facts(one), facts(other));
        one.keys.iter().filter(|key| other.keys.contains(key)).filter_map(|key| key.class()).collect()
    }

    #[test]
    fn one_thing_written_in_two_ways_is_one_key() {
        assert_eq!(common(&[("phone", "01 42 68 53 00")], &[("phone", "+33 1 42 68 53 00")]), [Class::Phone]);
        assert_eq!(common(&[("email", "A@b.Example")], &[("email", "a@b.example")]), [Class::Email]);
        let siren = Class::Identifier(Scheme::Siren);
        assert_eq!(common(&[("vat", "FR 44 732 829 320")], &[("siren", "732829320")]), [siren]);
        assert_eq!(common(&[("name", "SARL Dupont & Fils")], &[("name", "FILS DUPONT")]), [Class::Name]);
        assert!(common(&[("phone", "12")], &[("phone", "12")]).is_empty());
    }

    #[test]
    fn a_slip_in_the_name_leaves_the_address() {
        let at = |name| [("name", name), ("addresses/aa/street", "4, rue Neuve"), ("addresses/aa/city", "Lyon")];
        assert_eq!(common(&at("Dupont Jean"), &at("Dupond Jean")), [Class::NameAndPlace, Class::Address]);
        assert_eq!(common(&at("Dupont Jean"), &at("Bupont Jean")), [Class::Address]);
    }

    #[test]
    fn what_is_archived_is_no_fact_and_facts_at_rest_read_alike() {
        let mut puts = vec![("name", Scalar::from("x y")), ("addresses/aa/city", "Lyon".into())];
        puts.extend([("addresses/bb/city", "Nice".into()), ("addresses/bb/archived", true.into())]);
        let facts = Facts::of(&folded(&puts));
        assert_eq!(facts.places.len(), 1);
        let read = Facts::read(&facts.keys_bytes(), facts.name.clone(), &facts.places_text(), false);
        assert_eq!(read, facts);
    }

    #[test]
    fn classes_survive_their_numbers() {
        let schemes = Scheme::ALL.iter().copied().map(Class::Identifier);
        let all = [Class::Email, Class::Phone, Class::Name, Class::NameAndPlace, Class::Address];
        for class in all.into_iter().chain(schemes) {
            assert_eq!(Key::of(class, "x").class(), Some(class));
        }
    }
}
