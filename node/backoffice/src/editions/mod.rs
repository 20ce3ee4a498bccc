//! The edition of reference data that the program ships: countries (ISO 3166-1), their subdivisions (ISO 3166-2) and
//! currencies (ISO 4217), with names in English and French, read from the CSV files beside this one. It owns the files and
//! how a row is found. What an organisation made of them are records of headquarters; nothing here reads those.
//!
//! `comptoir-tests make-edition` writes the files; LICENCES.md says whose they are.

mod row;

use std::sync::LazyLock;

pub use row::{Country, Currency, Lang, Subdivision};
use row::{Row, read};

/// Which edition this is: the day on which the newest of its sources came out (ISO 8601). A later one sorts after it.
pub const EDITION: &str = "2026-03-25";

static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| shipped(include_str!("countries.csv")));
static SUBDIVISIONS: LazyLock<Vec<Subdivision>> = LazyLock::new(|| shipped(include_str!("subdivisions.csv")));
static CURRENCIES: LazyLock<Vec<Currency>> = LazyLock::new(|| shipped(include_str!("currencies.csv")));

/// All countries, by alpha-2 code.
#[must_use]
pub fn countries() -> &'static [Country] {
    &COUNTRIES
}

/// All subdivisions, by code; so those of one country stand together.
#[must_use]
pub fn subdivisions() -> &'static [Subdivision] {
    &SUBDIVISIONS
}

/// All currencies, by code, with those that were withdrawn in 1999 or later.
#[must_use]
pub fn currencies() -> &'static [Currency] {
    &CURRENCIES
}

/// The country of that alpha-2 code, in capitals.
#[must_use]
pub fn country(code: &str) -> Option<&'static Country> {
    find(countries(), code)
}

/// The subdivision of that code, in capitals.
#[must_use]
pub fn subdivision(code: &str) -> Option<&'static Subdivision> {
    find(subdivisions(), code)
}

/// The currency of that code, in capitals; one that was withdrawn too.
#[must_use]
pub fn currency(code: &str) -> Option<&'static Currency> {
    find(currencies(), code)
}

/// Whether `code` is the alpha-2 code of a country, in capitals.
#[must_use]
pub fn is_country(code: &str) -> bool {
    country(code).is_some()
}

/// Whether `code` is the code of a subdivision, in capitals.
#[must_use]
pub fn is_subdivision(code: &str) -> bool {
    subdivision(code).is_some()
}

/// Whether `code` is the code of a currency that is not withdrawn, in capitals.
#[must_use]
pub fn is_currency(code: &str) -> bool {
    currency(code).is_some_and(|currency| !currency.withdrawn)
}

/// The subdivisions of the country of that alpha-2 code, of all levels, by code; none for a code that is unknown.
#[must_use]
pub fn subdivisions_of(country: &str) -> &'static [Subdivision] {
    let all = subdivisions();
    let first = all.partition_point(|subdivision| subdivision.country() < country);
    let count = all[first..].partition_point(|subdivision| subdivision.country() == country);
    &all[first..first + count]
}

/// Digits after the decimal sign of amounts in that currency, one that was withdrawn too.
#[must_use]
pub fn minor_digits(currency_code: &str) -> Option<u8> {
    currency(currency_code).map(|currency| currency.minor_digits)
}

/// The name of what `code` stands for: two capitals are a country, three a currency, what has a hyphen is a subdivision.
#[must_use]
pub fn name(code: &str, lang: Lang) -> Option<&'static str> {
    match code.len() {
        2 => country(code).map(|country| country.name(lang)),
        3 => currency(code).map(|currency| currency.name(lang)),
        _ => subdivision(code).map(|subdivision| subdivision.name(lang)),
    }
}

fn find<R: Row>(rows: &'static [R], code: &str) -> Option<&'static R> {
    rows.binary_search_by(|row| row.code().cmp(code)).ok().map(|index| &rows[index])
}

fn shipped<R: Row>(text: &str) -> Vec<R> {
    read(text).expect("invariant: the tests read every shipped file")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::*;
    use crate::text::fold;

    /// What the program may carry of it.
    const MAX_EMBEDDED_BYTES: usize = 400_000;

    #[test]
    fn the_edition_is_whole() {
        assert_eq!(countries().len(), 249);
        assert_eq!(subdivisions().len(), 5_046);
        assert_eq!(currencies().iter().filter(|currency| !currency.withdrawn).count(), 178);
        assert!(currencies().iter().any(|currency| currency.withdrawn));
        let files = [include_str!("countries.csv"), include_str!("subdivisions.csv"), include_str!("currencies.csv")];
        assert!(files.iter().map(|text| text.len()).sum::<usize>() < MAX_EMBEDDED_BYTES);
    }

    #[test]
    fn what_a_row_names_is_there() {
        for country in countries() {
            assert!(country.currency.as_deref().is_none_or(is_currency), "{country:?}");
            let digits =
                |code: &String| (1..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
            assert!(country.calling_code.as_ref().is_none_or(digits), "{country:?}");
        }
        let without: Vec<_> = countries().iter().filter(|country| country.currency.is_none()).collect();
        assert_eq!(without.iter().map(|country| country.alpha2.as_str()).collect::<Vec<_>>(), ["AQ"]);
        for part in subdivisions() {
            assert!(is_country(part.country()), "{part:?}");
            let parent = part.parent.as_deref();
            assert!(parent.is_none_or(|code| subdivision(code).unwrap().country() == part.country()), "{part:?}");
            assert_ne!(parent, Some(part.code.as_str()));
        }
        assert!(currencies().iter().all(|currency| currency.minor_digits <= 4));
    }

    #[test]
    fn the_other_codes_of_a_country_are_its_own() {
        let alpha3: BTreeSet<_> = countries().iter().map(|country| &country.alpha3).collect();
        let numeric: BTreeSet<_> = countries().iter().map(|country| &country.numeric).collect();
        assert_eq!((alpha3.len(), numeric.len()), (countries().len(), countries().len()));
    }

    #[test]
    fn codes_are_known_or_not() {
        assert!(["FR", "SN", "CA", "AD", "ZW"].iter().all(|code| is_country(code)));
        assert!(["fr", "XX", "UK", "XK", "FRA", "", "É", "F"].iter().all(|code| !is_country(code)));
        assert!(["FR-75C", "SN-DK", "CA-QC", "AD-02", "ZW-MW"].iter().all(|code| is_subdivision(code)));
        assert!(["FR-75", "FR-75c", "FR75C", "FR", "", "XX-01"].iter().all(|code| !is_subdivision(code)));
        assert!(["EUR", "XOF", "CAD", "AED", "ZWG", "XCG"].iter().all(|code| is_currency(code)));
        assert!(["eur", "FRF", "HRK", "BGN", "ABC", "", "EU"].iter().all(|code| !is_currency(code)));
        assert!(currency("FRF").unwrap().withdrawn);
    }

    #[test]
    fn amounts_have_the_digits_of_iso_4217() {
        let digits = |code| minor_digits(code).unwrap();
        assert!(["XOF", "JPY", "XAF", "KRW", "GNF"].map(digits).iter().all(|digits| *digits == 0));
        assert!(["EUR", "CAD", "HUF", "MGA", "MRU", "FRF"].map(digits).iter().all(|digits| *digits == 2));
        assert!(["TND", "KWD", "IQD"].map(digits).iter().all(|digits| *digits == 3));
        assert_eq!((digits("CLF"), minor_digits("ABC")), (4, None));
    }

    #[test]
    fn names_are_given_in_both_languages() {
        for (code, english, french) in [
            ("DE", "Germany", "Allemagne"),
            // Codes that were others' once.
            ("IR-07", "Fars", "Fars"),
            ("MA-06", "Casablanca-Settat", "Casablanca-Settat"),
            ("CI", "Côte d’Ivoire", "Côte d’Ivoire"),
            ("BE-BRU", "Brussels", "Région de Bruxelles-Capitale"),
            ("CA-QC", "Quebec", "Québec"),
            ("FR-973", "French Guiana", "Guyane"),
            ("FR-IDF", "Île-de-France", "Île-de-France"),
            ("US-PR", "Puerto Rico", "Porto Rico"),
            ("CHF", "Swiss Franc", "franc suisse"),
            ("XOF", "West African CFA Franc", "franc CFA (BCEAO)"),
        ] {
            assert_eq!((name(code, Lang::En), name(code, Lang::Fr)), (Some(english), Some(french)));
        }
        assert_eq!(["XX", "XX-1", "ABC", "", "É"].map(|code| name(code, Lang::Fr)), [None; 5]);
    }

    #[test]
    fn a_country_has_its_subdivisions() {
        let codes = |country| subdivisions_of(country).iter().map(|part| part.code.as_str()).collect::<Vec<_>>();
        assert_eq!(codes("SN").len(), 14);
        assert_eq!(codes("CA").len(), 13);
        assert!(codes("FR").contains(&"FR-75C") && codes("FR").iter().all(|code| code.starts_with("FR-")));
        assert!(["", "A", "XX", "ZZ", "FR-", "É", "MC-"].iter().all(|country| codes(country).is_empty()));
        assert_eq!(subdivisions().iter().filter(|part| part.country() == "GB").count(), codes("GB").len());
        assert_eq!(subdivision("FR-75C").unwrap().parent.as_deref(), Some("FR-IDF"));
        let sum: usize = countries().iter().map(|country| subdivisions_of(&country.alpha2).len()).sum();
        assert_eq!(sum, subdivisions().len());
    }

    #[test]
    fn names_sort_without_their_accents() {
        let mut names: Vec<String> = countries().iter().map(|country| fold(country.name(Lang::Fr))).collect();
        names.sort();
        let place = |name| names.iter().position(|other| *other == fold(name)).unwrap();
        assert!(place("Danemark") < place("Égypte") && place("Égypte") < place("Espagne"));
        assert!(place("Hongrie") < place("Îles Féroé") && place("Îles Féroé") < place("Inde"));
        assert!(names.iter().all(|name| name.starts_with(|first: char| first.is_ascii_lowercase())));
    }
}
