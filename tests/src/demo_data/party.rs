//! One party: a row of the file. It puts names, addresses and checked numbers together; the formats are its neighbours'.

use std::collections::HashSet;

use super::address::Country;
use super::checksums::{french_vat, iban, luhn_digit, ninea_digit, rib_key};
use super::draw::Draw;
use super::names;

/// Numbers given out so far: a company's number names one party of a file.
#[derive(Default)]
pub(super) struct Issued(HashSet<String>);

impl Issued {
    fn fresh(&mut self, mut number: impl FnMut() -> String) -> String {
        loop {
            let candidate = number();
            if self.0.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
}

/// The fields of [`super::COLUMNS`].
pub(super) struct Party(pub(super) [String; 14]);

impl Party {
    /// The next party, under `reference`.
    pub(super) fn draw(draw: &mut Draw, issued: &mut Issued, reference: &str) -> Self {
        let country = Country::draw(draw);
        let organisation = draw.chance(65);
        let name = if organisation {
            names::company(draw, country.lists(), country.legal_forms())
        } else {
            names::person(draw, country.lists())
        };
        let roles = draw.pick(&["customer", "customer", "customer", "supplier", "supplier", "customer|supplier"]);
        let address = country.address(draw);
        let email = if draw.chance(85) { mail(draw, &name, reference) } else { String::new() };
        let phone = if draw.chance(90) { country.telephone(draw) } else { String::new() };
        let (vat, siren) = if organisation { registration(draw, issued, country) } else { Default::default() };
        let account = if draw.chance(60) { account(draw, issued, country) } else { String::new() };
        let terms = draw.pick(&["", "0", "15", "30", "30", "30", "45", "60"]);
        Party([
            reference.to_owned(),
            if organisation { "organisation" } else { "person" }.to_owned(),
            name,
            roles.to_owned(),
            address.street,
            address.postcode,
            address.town.to_owned(),
            country.code().to_owned(),
            email,
            phone,
            vat,
            siren,
            account,
            terms.to_owned(),
        ])
    }

    /// The fields, in the columns' order.
    pub(super) fn fields(&self) -> &[String] {
        &self.0
    }
}

/// A mail address under a domain kept for examples (RFC 2606); the reference makes it unique.
fn mail(draw: &mut Draw, name: &str, reference: &str) -> String {
    let host = draw.pick(&["courrier", "poste", "bureau", "negoce", "teranga", "reseau"]);
    let tail: String = reference.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{}.{}@{host}.example", names::mail_box(name), tail.to_ascii_lowercase())
}

/// VAT number and SIREN of a company: a French pair, a Senegalese NINEA, a Canadian business number.
fn registration(draw: &mut Draw, issued: &mut Issued, country: Country) -> (String, String) {
    match country {
        Country::France => {
            let siren = issued.fresh(|| siren(draw));
            (french_vat(&siren), siren)
        }
        Country::Senegal => (issued.fresh(|| ninea(draw)), String::new()),
        Country::Canada => (issued.fresh(|| format!("{}RT0001", luhn_number(draw, "1"))), String::new()),
    }
}

fn siren(draw: &mut Draw) -> String {
    let first = draw.pick(&["3", "4", "5", "7", "8", "9"]);
    luhn_number(draw, first)
}

/// Nine digits that begin with `first` and pass Luhn's check.
fn luhn_number(draw: &mut Draw, first: &str) -> String {
    let digits = format!("{first}{}", draw.digits(7));
    let check = luhn_digit(&digits);
    format!("{digits}{check}")
}

/// Nine digits, the last one of check, and the tax code (COFI) of three characters.
fn ninea(draw: &mut Draw) -> String {
    let centre = draw.pick(&["A", "B", "C", "G", "V"]);
    let drawn = format!("00{}", draw.digits(7));
    let digits = &drawn[..8];
    format!("{digits}{}{}{centre}{}", ninea_digit(digits), draw.below(3), 1 + draw.below(4))
}

/// An IBAN where the country has them.
fn account(draw: &mut Draw, issued: &mut Issued, country: Country) -> String {
    match country {
        Country::France => issued.fresh(|| {
            let (bank, branch, number) = (format!("30{}", draw.digits(3)), draw.digits(5), draw.digits(11));
            let key = rib_key(&bank, &branch, &number);
            iban("FR", &format!("{bank}{branch}{number}{key}"))
        }),
        Country::Senegal => issued.fresh(|| {
            let (bank, branch, number) = (format!("SN{}", draw.digits(3)), draw.digits(5), draw.digits(14));
            iban("SN", &format!("{bank}{branch}{number}"))
        }),
        Country::Canada => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::checksums::modulo_97;
    use super::*;

    #[test]
    fn every_number_passes_its_check() {
        let (mut draw, mut issued) = (Draw::seeded(3), Issued::default());
        let (mut sirens, mut ibans) = (0, 0);
        for number in 0..3_000 {
            let party = Party::draw(&mut draw, &mut issued, &format!("T-{number}"));
            let [_, _, _, _, _, _, _, country, _, _, vat, siren, iban, _] = party.0;
            if !siren.is_empty() {
                sirens += 1;
                assert_eq!(siren.len(), 9);
                assert!(siren.ends_with(luhn_digit(&siren[..8])), "{siren}");
                assert_eq!(vat, french_vat(&siren));
            }
            if !iban.is_empty() {
                ibans += 1;
                assert_eq!(modulo_97(&format!("{}{}", &iban[4..], &iban[..4])), 1, "{iban}");
                assert_eq!(iban.len(), if country == "FR" { 27 } else { 28 });
            }
        }
        assert!(sirens > 500 && ibans > 500, "{sirens} SIREN, {ibans} IBAN");
    }
}
