//! Identifiers that companies bear, how they are reached, and how their addresses are written: pure checks of one value each.
//! Owns the schemes with their forms and check digits, e-mail, telephone and web addresses ([`contact`]), and postal formats
//! by country ([`postal`]). Reads no record and no table, asks nobody: whether a number is in use is not known here.
//!
//! A **canonical** text is what is stored: capitals, no blanks, dots or dashes. Checking a canonical text gives it back.
//! What another site wrote may be anything: [`shown`] and [`compare_key`] take it as it is.

mod bank;
mod canada;
pub mod contact;
mod digits;
mod fault;
mod global;
mod gtin;
pub mod limits;
mod morocco;
mod ninea;
mod phone;
mod phone_plan;
pub mod postal;
mod postal_table;
mod siren;
pub mod vat;

pub use gtin::gtin;

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::refusal::{Code, Refusal};
use fault::{Checked, Form};
use limits::MAX_IDENTIFIER_CHARS;

/// A kind of identifier. What a scheme's numbers look like, and who gives them out, stands in its file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scheme {
    /// VAT or turnover-tax number; see [`vat`].
    Vat,
    /// French company.
    Siren,
    /// Establishment of a French company.
    Siret,
    /// Senegalese enterprise or association.
    Ninea,
    /// Canadian business number, alone or with a program account.
    CaBn,
    /// Moroccan enterprise.
    Ice,
    /// Bank account (ISO 13616).
    Iban,
    /// Bank (ISO 9362).
    Bic,
    /// Legal entity (ISO 17442).
    Lei,
    /// Place of delivery or company (GS1).
    Gln,
}

impl Scheme {
    /// Every scheme, in the order in which forms offer them.
    pub const ALL: &[Scheme] = &[
        Scheme::Vat,
        Scheme::Siren,
        Scheme::Siret,
        Scheme::Ninea,
        Scheme::CaBn,
        Scheme::Ice,
        Scheme::Iban,
        Scheme::Bic,
        Scheme::Lei,
        Scheme::Gln,
    ];

    /// The text forms of [`Scheme::ALL`]: what a field that holds a scheme may be.
    pub const CODES: &[&str] = &{
        let mut codes = [""; Scheme::ALL.len()];
        let mut at = 0;
        while at < codes.len() {
            codes[at] = Scheme::ALL[at].code();
            at += 1;
        }
        codes
    };

    /// Its stable text form.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Scheme::Vat => "vat",
            Scheme::Siren => "siren",
            Scheme::Siret => "siret",
            Scheme::Ninea => "ninea",
            Scheme::CaBn => "ca-bn",
            Scheme::Ice => "ice",
            Scheme::Iban => "iban",
            Scheme::Bic => "bic",
            Scheme::Lei => "lei",
            Scheme::Gln => "gln",
        }
    }

    /// The scheme of a text form.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scheme| scheme.code() == code)
    }

    /// The country (ISO 3166-1) that alone gives such numbers out, if one does: forms offer it there.
    #[must_use]
    pub fn country(self) -> Option<&'static str> {
        match self {
            Scheme::Siren | Scheme::Siret => Some("FR"),
            Scheme::Ninea => Some("SN"),
            Scheme::CaBn => Some("CA"),
            Scheme::Ice => Some("MA"),
            Scheme::Vat | Scheme::Iban | Scheme::Bic | Scheme::Lei | Scheme::Gln => None,
        }
    }

    /// The canonical text of what somebody typed. `country` (ISO 3166-1, where the party is) decides what a VAT number without
    /// letters means; the other schemes do not need it.
    ///
    /// # Errors
    /// [`Code::Required`], [`Code::TooLong`], [`Code::IdentifierShape`] (with what is expected and an example),
    /// [`Code::CheckDigit`]. No field is named: the caller knows it.
    pub fn check(self, country: Option<&str>, text: &str) -> Result<String, Refusal> {
        if text.chars().count() > MAX_IDENTIFIER_CHARS {
            return Err(Refusal::new(Code::TooLong).with("limit", MAX_IDENTIFIER_CHARS));
        }
        let squeezed = squeezed(text);
        if squeezed.is_empty() {
            return Err(Refusal::new(Code::Required));
        }
        self.canonical(country, &squeezed).map_err(|fault| self.form(country, &squeezed).refusal(fault, text))
    }

    fn canonical(self, country: Option<&str>, squeezed: &str) -> Checked {
        match self {
            Scheme::Vat => vat::check(country, squeezed),
            Scheme::Siren => siren::check(squeezed),
            Scheme::Siret => siren::check_siret(squeezed),
            Scheme::Ninea => ninea::check(squeezed),
            Scheme::CaBn => canada::check(squeezed),
            Scheme::Ice => morocco::check(squeezed),
            Scheme::Iban => bank::check_iban(squeezed),
            Scheme::Bic => bank::check_bic(squeezed),
            Scheme::Lei => global::check_lei(squeezed),
            Scheme::Gln => global::check_gln(squeezed),
        }
    }

    fn form(self, country: Option<&str>, squeezed: &str) -> Form {
        match self {
            Scheme::Vat => vat::form(country, squeezed),
            Scheme::Siren => siren::SIREN_FORM,
            Scheme::Siret => siren::SIRET_FORM,
            Scheme::Ninea => ninea::FORM,
            Scheme::CaBn => canada::FORM,
            Scheme::Ice => morocco::FORM,
            Scheme::Iban => bank::IBAN_FORM,
            Scheme::Bic => bank::BIC_FORM,
            Scheme::Lei => global::LEI_FORM,
            Scheme::Gln => global::GLN_FORM,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A canonical text in the groups that its scheme prints: `732 829 320`, `FR14 2004 1010 …`. Any other text comes back as it
/// is.
#[must_use]
pub fn shown(scheme: Scheme, canonical: &str) -> String {
    if scheme.canonical(None, canonical).as_deref() != Ok(canonical) {
        return canonical.to_owned();
    }
    match scheme {
        Scheme::Vat => vat::shown(canonical),
        Scheme::Siren => grouped(canonical, &[3, 3, 3], " "),
        Scheme::Siret => grouped(canonical, &[3, 3, 3, 5], " "),
        Scheme::Ninea => ninea::shown(canonical),
        Scheme::CaBn => canada::shown(canonical),
        Scheme::Iban | Scheme::Lei => grouped(canonical, &[4; 8], " "),
        Scheme::Ice | Scheme::Bic | Scheme::Gln => canonical.to_owned(),
    }
}

/// What two identifiers of the same bearer share, however they were written and by whichever scheme: a SIREN and the French
/// VAT number that holds it, a NINEA with and without its tax code. For finding duplicates; not for showing.
#[must_use]
pub fn compare_key(scheme: Scheme, canonical: &str) -> String {
    if scheme.canonical(None, canonical).as_deref() != Ok(canonical) {
        return format!("{scheme}:{canonical}");
    }
    match scheme {
        Scheme::Vat => vat::compare_key(canonical),
        Scheme::Siren => siren::compare_key(canonical),
        Scheme::Ninea => ninea::compare_key(canonical),
        Scheme::CaBn => canada::compare_key(canonical),
        Scheme::Bic => format!("bic:{}", bank::bic_compare_key(canonical)),
        Scheme::Siret | Scheme::Ice | Scheme::Iban | Scheme::Lei | Scheme::Gln => format!("{scheme}:{canonical}"),
    }
}

/// Capitals, compatible forms made plain, blanks and the signs that people put between groups left out.
fn squeezed(text: &str) -> String {
    let signs = |character: &char| !character.is_whitespace() && !".-–—‐‑/:,_()\u{200b}\u{feff}".contains(*character);
    text.nfkc().filter(signs).flat_map(char::to_uppercase).collect()
}

/// The text in groups of so many characters; what is left over makes a last group.
fn grouped(text: &str, groups: &[usize], between: &str) -> String {
    let mut characters = text.chars().peekable();
    let mut parts: Vec<String> = Vec::new();
    for length in groups.iter().copied().chain(std::iter::once(usize::MAX)) {
        if characters.peek().is_none() {
            break;
        }
        parts.push(characters.by_ref().take(length).collect());
    }
    parts.join(between)
}

#[cfg(test)]
mod tests;
