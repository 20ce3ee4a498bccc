//! The rows of a shipped edition and how they are read from its CSV files: one header, rows in the order of their codes,
//! no code twice. Owns the columns; what a code means to a party or an amount is for others.

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A language that names are shipped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    En,
    /// French.
    Fr,
}

/// A country or territory with a code of its own in ISO 3166-1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Country {
    /// Two capitals: `FR`.
    pub alpha2: String,
    /// Three capitals: `FRA`.
    pub alpha3: String,
    /// Three digits, which begin with zeros where need be: `250`.
    pub numeric: String,
    /// Its name in English.
    pub name_en: String,
    /// Its name in French.
    pub name_fr: String,
    /// The telephone country code of ITU-T E.164, without plus sign or area code; several countries may share it.
    pub calling_code: Option<String>,
    /// The ISO 4217 code of the currency in use; of several, the country's own. Antarctica has none.
    pub currency: Option<String>,
}

/// A part of a country, of ISO 3166-2: a region, department, province, state …
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subdivision {
    /// The country's alpha-2 code, a hyphen, one to three capitals or digits: `FR-75C`.
    pub code: String,
    /// Its name in English; the local one where English has no other.
    pub name_en: String,
    /// Its name in French; as in English where French has no other.
    pub name_fr: String,
    /// The subdivision that it is part of; none where it is part of the country at once.
    pub parent: Option<String>,
}

/// A currency of ISO 4217.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Currency {
    /// Three capitals: `XOF`.
    pub code: String,
    /// Three digits, which begin with zeros where need be; not shipped for all that are withdrawn.
    pub numeric: Option<String>,
    /// Digits after the decimal sign; one minor unit is 10 to the power of minus this.
    pub minor_digits: u8,
    /// Its name in English.
    pub name_en: String,
    /// Its name in French.
    pub name_fr: String,
    /// No longer to be chosen; known for the sake of old papers.
    pub withdrawn: bool,
}

impl Country {
    /// Its name in that language.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        chosen(lang, &self.name_en, &self.name_fr)
    }
}

impl Subdivision {
    /// The alpha-2 code of its country.
    #[must_use]
    pub fn country(&self) -> &str {
        &self.code[..2]
    }

    /// Its name in that language.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        chosen(lang, &self.name_en, &self.name_fr)
    }
}

impl Currency {
    /// Its name in that language.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        chosen(lang, &self.name_en, &self.name_fr)
    }
}

fn chosen<'name>(lang: Lang, english: &'name str, french: &'name str) -> &'name str {
    match lang {
        Lang::En => english,
        Lang::Fr => french,
    }
}

/// What the rows of the three files have in common.
pub(super) trait Row: DeserializeOwned {
    /// What it is found by.
    fn code(&self) -> &str;
    /// Whether its codes have the shape of their standards, and its names are not empty.
    fn is_well_formed(&self) -> bool;
}

impl Row for Country {
    fn code(&self) -> &str {
        &self.alpha2
    }

    fn is_well_formed(&self) -> bool {
        capitals(&self.alpha2, 2)
            && capitals(&self.alpha3, 3)
            && digits(&self.numeric, 3)
            && named(&self.name_en, &self.name_fr)
    }
}

impl Row for Subdivision {
    fn code(&self) -> &str {
        &self.code
    }

    fn is_well_formed(&self) -> bool {
        let part = |part: &str| {
            (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        };
        self.code.split_once('-').is_some_and(|(country, rest)| capitals(country, 2) && part(rest))
            && named(&self.name_en, &self.name_fr)
    }
}

impl Row for Currency {
    fn code(&self) -> &str {
        &self.code
    }

    fn is_well_formed(&self) -> bool {
        capitals(&self.code, 3)
            && self.numeric.as_deref().is_none_or(|numeric| digits(numeric, 3))
            && named(&self.name_en, &self.name_fr)
    }
}

fn capitals(code: &str, length: usize) -> bool {
    code.len() == length && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn digits(code: &str, length: usize) -> bool {
    code.len() == length && code.bytes().all(|byte| byte.is_ascii_digit())
}

fn named(english: &str, french: &str) -> bool {
    [english, french].iter().all(|name| !name.is_empty() && name.trim() == *name)
}

/// Why a file is not a file of an edition.
#[derive(Debug, thiserror::Error)]
pub(super) enum BrokenFile {
    #[error("a row has not the columns of its file")]
    Columns(#[from] csv::Error),
    #[error("{0:?}: a code has not its standard's shape, or a name is missing")]
    Shape(String),
    #[error("{0} does not follow the code before it")]
    Order(String),
}

/// Reads a whole file: CSV of RFC 4180 in UTF-8 with a header.
pub(super) fn read<R: Row>(text: &str) -> Result<Vec<R>, BrokenFile> {
    let mut rows: Vec<R> = Vec::new();
    for row in csv::Reader::from_reader(text.as_bytes()).into_deserialize() {
        let row: R = row?;
        if !row.is_well_formed() {
            return Err(BrokenFile::Shape(row.code().to_owned()));
        }
        if rows.last().is_some_and(|before| before.code() >= row.code()) {
            return Err(BrokenFile::Order(row.code().to_owned()));
        }
        rows.push(row);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const HEADER: &str = "code,numeric,minor_digits,name_en,name_fr,withdrawn\n";

    fn currencies(rows: &str) -> Result<Vec<Currency>, BrokenFile> {
        read(&format!("{HEADER}{rows}"))
    }

    #[test]
    fn a_whole_file_is_read() {
        let rows = currencies("EUR,978,2,Euro,euro,false\nFRF,,2,\"Franc, French\",franc français,true\n").unwrap();
        assert_eq!((rows[0].minor_digits, rows[0].withdrawn), (2, false));
        assert_eq!((rows[1].name(Lang::En), rows[1].name(Lang::Fr)), ("Franc, French", "franc français"));
        assert_eq!((rows[1].numeric.as_deref(), rows[1].withdrawn), (None, true));
    }

    #[test]
    fn a_broken_file_is_refused() {
        let columns = [
            "EUR,978,2,Euro,euro\n",
            "EUR,978,2,Euro,euro,false,more\n",
            "EUR,978,two,Euro,euro,false\n",
            "EUR,978,-1,Euro,euro,false\n",
            "EUR,978,2,Euro,euro,perhaps\n",
        ];
        assert!(columns.iter().all(|rows| matches!(currencies(rows), Err(BrokenFile::Columns(_)))));
        assert!(matches!(read::<Currency>("code,name_en\nEUR,Euro\n"), Err(BrokenFile::Columns(_))));
        let shapes = [
            "eur,978,2,Euro,euro,false\n",
            "EURO,978,2,Euro,euro,false\n",
            ",978,2,Euro,euro,false\n",
            "EUR,97,2,Euro,euro,false\n",
            "EUR,978,2,,euro,false\n",
            "EUR,978,2,Euro, euro,false\n",
        ];
        assert!(shapes.iter().all(|rows| matches!(currencies(rows), Err(BrokenFile::Shape(_)))));
        let orders = [
            "EUR,978,2,Euro,euro,false\nEUR,978,2,Euro,euro,false\n",
            "EUR,978,2,Euro,euro,false\nAED,784,2,Dirham,dirham,false\n",
        ];
        assert!(orders.iter().all(|rows| matches!(currencies(rows), Err(BrokenFile::Order(_)))));
    }

    #[test]
    fn codes_have_the_shape_of_their_standards() {
        let subdivision =
            |code: &str| read::<Subdivision>(&format!("code,name_en,name_fr,parent\n{code},Name,nom,\n")).is_ok();
        assert!(["FR-75C", "FR-01", "AR-A", "SN-DK"].iter().all(|code| subdivision(code)));
        assert!(
            ["FR75C", "FR-", "FR-75CD", "fr-75", "FR-7c", "F-75", "FR-É", "É-75"].iter().all(|code| !subdivision(code))
        );
    }
}
