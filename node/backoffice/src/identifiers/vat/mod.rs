//! VAT numbers: which countries have which form, and how a text is told to be one of them. Owns the table of countries; each
//! country's form and check digits stand in the file of its region. Stored with the country's letters in front (`EL` for
//! Greece, `XI` for Northern Ireland, as the EU's VIES writes them). Whether a number is registered, only VIES knows.
//!
//! Where a country has no such prefix, its own tax number is taken: NINEA in Senegal, the business number in Canada, ICE in
//! Morocco. Other countries' numbers are judged by their characters alone.

mod east;
mod north;
mod south;
mod west;

use super::digits::is_digits;
use super::fault::{Checked, Fault, Form, checked};
use super::{canada, morocco, ninea, siren};

/// A country whose VAT numbers begin with letters of its own.
struct Country {
    /// ISO 3166-1 alpha-2.
    code: &'static str,
    /// What its numbers begin with.
    prefix: &'static str,
    check: fn(&str) -> Checked,
    form: Form,
}

macro_rules! countries {
    ($($code:literal $prefix:literal $check:path, $expected:literal, $example:literal;)*) => {
        /// The European Union, Northern Ireland, and the neighbours that have a check digit.
        const COUNTRIES: &[Country] = &[$(Country {
            code: $code,
            prefix: $prefix,
            check: $check,
            form: Form { name: concat!("VAT number (", $prefix, ")"), expected: $expected, example: $example },
        }),*];
    };
}

countries! {
    "AT" "AT" west::austria, "ATU and 8 digits", "ATU13585627";
    "BE" "BE" west::belgium, "BE and 10 digits", "BE 0428.759.497";
    "BG" "BG" east::bulgaria, "BG and 9 or 10 digits", "BG175074752";
    "CH" "CH" west::switzerland, "CHE and 9 digits", "CHE-107.787.577 TVA";
    "CY" "CY" south::cyprus, "CY, 8 digits and a letter", "CY10259033P";
    "CZ" "CZ" east::czechia, "CZ and 8 to 10 digits", "CZ25123891";
    "DE" "DE" west::germany, "DE and 9 digits", "DE136695976";
    "DK" "DK" north::denmark, "DK and 8 digits", "DK13585628";
    "EE" "EE" north::estonia, "EE and 9 digits", "EE100594102";
    "GR" "EL" south::greece, "EL and 9 digits", "EL094259216";
    "ES" "ES" south::spain, "ES and 9 characters", "ESB58378431";
    "FI" "FI" north::finland, "FI and 8 digits", "FI20774740";
    "FR" "FR" west::france, "FR, a key of 2 characters and the SIREN", "FR44732829320";
    "GB" "GB" west::united_kingdom, "GB and 9 or 12 digits", "GB980780684";
    "HR" "HR" south::croatia, "HR and 11 digits", "HR33392005961";
    "HU" "HU" east::hungary, "HU and 8 digits", "HU12892312";
    "IE" "IE" west::ireland, "IE, 7 digits and 1 or 2 letters", "IE6433435F";
    "IT" "IT" south::italy, "IT and 11 digits", "IT00743110157";
    "LT" "LT" north::lithuania, "LT and 9 or 12 digits", "LT119511515";
    "LU" "LU" west::luxembourg, "LU and 8 digits", "LU15027442";
    "LV" "LV" north::latvia, "LV and 11 digits", "LV40003521600";
    "MT" "MT" south::malta, "MT and 8 digits", "MT11679112";
    "NL" "NL" west::netherlands, "NL, 9 digits, B and 2 digits", "NL004495445B01";
    "PL" "PL" east::poland, "PL and 10 digits", "PL8567346215";
    "PT" "PT" south::portugal, "PT and 9 digits", "PT501964843";
    "RO" "RO" east::romania, "RO and 2 to 10 digits", "RO18547290";
    "SE" "SE" north::sweden, "SE and 12 digits", "SE123456789701";
    "SI" "SI" south::slovenia, "SI and 8 digits", "SI50223054";
    "SK" "SK" east::slovakia, "SK and 10 digits", "SK2022749619";
    "XI" "XI" west::united_kingdom, "XI and 9 or 12 digits", "XI432525179";
}

/// What other countries' numbers look like, as far as is judged.
const OTHER: Form =
    Form { name: "tax number", expected: "4 to 20 letters and digits, at least 3 of them digits", example: "1234567A" };

/// The country (ISO 3166-1) whose letters a VAT number begins with: France for `FR44732829320`, Greece for `EL094259216`.
pub fn country_of(canonical: &str) -> Option<&'static str> {
    by_prefix(canonical).map(|country| country.code)
}

fn by_prefix(text: &str) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| text.starts_with(country.prefix))
}

/// How the number that was meant is written: by its letters if it has the form of theirs, else by its country.
pub(super) fn form(country: Option<&str>, text: &str) -> Form {
    let own = country.and_then(issuer);
    let letters = lettered(text).filter(|(known, body)| own.is_none() || (known.check)(body) != Err(Fault::Shape));
    match (letters, own, country) {
        (Some((known, _)), ..) | (None, Some(known), _) => known.form,
        (None, None, Some("SN")) => ninea::FORM,
        (None, None, Some("CA")) => canada::GST_FORM,
        (None, None, Some("MA")) => morocco::FORM,
        _ => OTHER,
    }
}

/// The country whose VAT numbers are given out in `code`: France's in Monaco and overseas, Britain's on the Isle of Man.
fn issuer(code: &str) -> Option<&'static Country> {
    let code = match code {
        "BL" | "GF" | "GP" | "MC" | "MF" | "MQ" | "RE" | "YT" => "FR",
        "IM" => "GB",
        other => other,
    };
    COUNTRIES.iter().find(|known| known.code == code)
}

/// The canonical number. One with the letters of another country than the party's is that country's: a company may be
/// registered abroad. One without letters is the country's own.
pub(super) fn check(country: Option<&str>, text: &str) -> Checked {
    let own = country.and_then(issuer);
    if let Some((known, body)) = lettered(text) {
        let result = with_letters(known, body);
        // What looks like letters may be the beginning of a bare number, as a French key of two letters: the form decides.
        if result != Err(Fault::Shape) || own.is_none_or(|own| own.prefix == known.prefix) {
            return result;
        }
    }
    match (own, country) {
        (Some(own), _) => with_letters(own, text),
        (None, Some("SN")) => ninea::check(text),
        (None, Some("CA")) => canada::check_gst(text),
        (None, Some("MA")) => morocco::check(text),
        _ => other(text),
    }
}

/// The country whose letters the text begins with, and the rest. Greeks write GR as often as EL.
fn lettered(text: &str) -> Option<(&'static Country, &str)> {
    let greek = text.strip_prefix("GR").filter(|body| is_digits(body, 9) || is_digits(body, 8));
    match greek {
        Some(body) => Some((by_prefix("EL")?, body)),
        None => by_prefix(text).map(|known| (known, &text[known.prefix.len()..])),
    }
}

fn with_letters(known: &Country, body: &str) -> Checked {
    (known.check)(body).map(|body| format!("{}{body}", known.prefix))
}

/// A number of a country whose check is not known here.
fn other(text: &str) -> Checked {
    let characters = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    checked(text, characters && (4..=20).contains(&text.len()) && digits >= 3, || true)
}

/// As it is printed: the letters, then the number as its country writes it.
pub(super) fn shown(canonical: &str) -> String {
    let spread = |text: &str, groups: &[usize]| super::grouped(text, groups, " ");
    match by_prefix(canonical).map(|country| (country.prefix, &canonical[country.prefix.len()..])) {
        Some(("FR", body)) => format!("FR {}", spread(body, &[2, 3, 3, 3])),
        Some(("BE", body)) => format!("BE {}", super::grouped(body, &[4, 3, 3], ".")),
        Some(("CH", body)) if body.len() >= 10 && body.is_char_boundary(10) => {
            let (number, suffix) = body[1..].split_at(9);
            format!("CHE-{} {suffix}", super::grouped(number, &[3, 3, 3], ".")).trim_end().to_owned()
        }
        Some(("GB" | "XI", body)) if body.len() >= 9 => format!("{} {}", &canonical[..2], spread(body, &[3, 4, 2, 3])),
        Some((prefix, body)) => format!("{prefix} {body}"),
        None if canonical.len() > 9 && ninea::check(canonical).is_ok() => ninea::shown(canonical),
        None if canada::check(canonical).is_ok() => canada::shown(canonical),
        None => canonical.to_owned(),
    }
}

/// What two ways of writing the same registration share. French, Senegalese and Canadian numbers hold the company's own.
pub(super) fn compare_key(canonical: &str) -> String {
    match by_prefix(canonical).map(|country| country.prefix) {
        Some("FR") if siren::check(&canonical[4..]).is_ok() => siren::compare_key(&canonical[4..]),
        Some("CH") => format!("vat:{}", canonical.chars().take(12).collect::<String>()),
        Some("GB" | "XI") => format!("vat:GB{}", canonical.chars().skip(2).take(9).collect::<String>()),
        None if ninea::check(canonical).is_ok() && canonical.len() > 9 => ninea::compare_key(canonical),
        None if canada::check_gst(canonical).is_ok() => canada::compare_key(canonical),
        _ => format!("vat:{canonical}"),
    }
}

#[cfg(test)]
mod tests;
