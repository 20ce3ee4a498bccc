//! Telephone numbers: what people type, made into E.164, and back into the groups of its country. Owns the reading and the
//! showing; numbering plans are `phone_plan`'s. Whether anybody answers is not known here.

use unicode_normalization::UnicodeNormalization;

use super::limits::{MAX_E164_DIGITS, MAX_EXTENSION_DIGITS, MAX_PHONE_CHARS};
use super::phone_plan::{PLANS, Row};
use crate::refusal::{Code, Refusal};

/// The country of North America's calling code, whose numbers are written with a dash.
const NORTH_AMERICA: u16 = 1;
/// What is dialled before a country's code; North America, Japan, Australia and Russia have their own.
const DIAL_OUT: &str = "00";
/// Words before an extension, as people write them in French and English, without their full stop.
const EXTENSION_WORDS: &[&str] = &[";ext", "extension", "ext", "poste", "post", "p", "x", "#"];

/// A numbering plan, read from its row.
#[derive(Clone, Copy)]
struct Plan(&'static Row);

impl Plan {
    fn of_country(country: &str) -> Option<Self> {
        PLANS.iter().find(|row| row.0 == country).map(Plan)
    }

    /// The plans of one calling code, the leading country's first.
    fn of_code(code: u16) -> impl Iterator<Item = Self> {
        let with = move |leads: bool| PLANS.iter().filter(move |row| row.1 == code && row.5 == leads).map(Plan);
        with(true).chain(with(false))
    }

    fn code(self) -> u16 {
        self.0.1
    }

    fn trunk(self) -> &'static str {
        self.0.2
    }

    fn lengths(self) -> impl Iterator<Item = (usize, &'static str)> {
        self.0.4.split(' ').filter_map(|entry| {
            let (length, groups) = entry.split_once(':').unwrap_or((entry, ""));
            Some((length.parse().ok()?, groups))
        })
    }

    /// Whether a national number, without its trunk prefix, is possible.
    fn takes(self, national: &str) -> bool {
        let begins = national.chars().next().is_some_and(|first| self.0.3.contains(first));
        begins && self.lengths().any(|(length, _)| length == national.len())
    }

    /// The national number without its trunk prefix, if it is possible with or without. Spreadsheets eat leading zeros, so
    /// that a prefix that is missing is no fault.
    fn national(self, typed: &str) -> Option<&str> {
        let stripped = typed.strip_prefix(self.trunk()).filter(|_| !self.trunk().is_empty());
        stripped.filter(|rest| self.takes(rest)).or_else(|| self.takes(typed).then_some(typed))
    }

    /// The national number in its country's groups.
    fn grouped(self, national: &str) -> String {
        let groups = self.lengths().find(|(length, _)| *length == national.len()).map_or("", |(_, groups)| groups);
        let sizes: Vec<usize> = groups.split('-').filter_map(|size| size.parse().ok()).collect();
        let mut rest = national;
        let mut parts = Vec::new();
        let mut sizes = sizes.into_iter();
        while !rest.is_empty() {
            let size = sizes.next().unwrap_or(if rest.len() > 4 { 3 } else { rest.len() }).min(rest.len());
            let (part, after) = rest.split_at(size);
            parts.push(part);
            rest = after;
        }
        match (self.code(), parts.split_last()) {
            (NORTH_AMERICA, Some((last, front))) if !front.is_empty() => format!("{}-{last}", front.join(" ")),
            _ => parts.join(" "),
        }
    }
}

/// A telephone number in E.164: `+33199001234`; with an extension as RFC 3966 writes it: `+15145550123;ext=45`. Without `+` (or
/// `00`) it is a number of `country` (ISO 3166-1).
///
/// # Errors
/// [`Code::Required`], [`Code::TooLong`], [`Code::PhoneShape`]; no field is named.
pub fn phone(country: Option<&str>, text: &str) -> Result<String, Refusal> {
    if text.chars().count() > MAX_PHONE_CHARS {
        return Err(Refusal::new(Code::TooLong).with("limit", MAX_PHONE_CHARS));
    }
    let plain: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let plain = plain.trim();
    if plain.is_empty() {
        return Err(Refusal::new(Code::Required));
    }
    let plan = country.and_then(Plan::of_country);
    read(plan, plain.strip_prefix("tel:").unwrap_or(plain)).ok_or_else(|| {
        let expected = match plan {
            Some(_) => "the number as it is dialled in the country, or + and the country's calling code",
            None => "+, the country's calling code and the number",
        };
        let example =
            plan.or_else(|| Plan::of_country("FR")).map_or_else(String::new, |plan| international(plan, plan.0.6));
        Refusal::new(Code::PhoneShape).with("value", text.trim()).with("expected", expected).with("example", example)
    })
}

/// `None`: no such number.
fn read(plan: Option<Plan>, text: &str) -> Option<String> {
    let (number, extension) = split_extension(text)?;
    let number = number.trim().replace("(0)", "");
    let (plus, body) = match number.trim_start().strip_prefix('+') {
        Some(body) => (true, body),
        None => (false, number.as_str()),
    };
    let punctuation = |sign: char| sign.is_whitespace() || ".-/()–‐‑_\u{2212}".contains(sign);
    if !body.chars().all(|sign| sign.is_ascii_digit() || punctuation(sign)) {
        return None;
    }
    let digits: String = body.chars().filter(char::is_ascii_digit).collect();
    let (code, national) = if plus {
        of_abroad(&digits)?
    } else {
        let out = plan.map_or(DIAL_OUT, dial_out);
        let abroad = || digits.strip_prefix(out).and_then(of_abroad);
        let at_home = || plan.and_then(|plan| Some((plan.code(), plan.national(&digits)?.to_owned())));
        // Last, a number with its calling code that lost its plus on the way.
        let without_plus = || plan.and_then(|plan| of_abroad(&digits).filter(|(code, _)| *code == plan.code()));
        abroad().or_else(at_home).or_else(without_plus)?
    };
    let whole = format!("{code}{national}");
    let extension = extension.map_or_else(String::new, |extension| format!(";ext={extension}"));
    (whole.len() <= MAX_E164_DIGITS).then(|| format!("+{whole}{extension}"))
}

fn dial_out(plan: Plan) -> &'static str {
    match (plan.code(), plan.0.0) {
        (NORTH_AMERICA, _) => "011",
        (_, "JP") => "010",
        (_, "AU") => "0011",
        (7, _) => "810",
        _ => DIAL_OUT,
    }
}

/// Calling code and national number of digits that begin with a calling code. A trunk prefix typed after it is left out.
fn of_abroad(digits: &str) -> Option<(u16, String)> {
    (1..=3).find_map(|length| {
        let (code, rest) = digits.split_at_checked(length)?;
        let code: u16 = code.parse().ok().filter(|_| !code.starts_with('0'))?;
        let as_typed = Plan::of_code(code).any(|plan| plan.takes(rest)).then_some(rest);
        let national = as_typed.or_else(|| Plan::of_code(code).find_map(|plan| plan.national(rest)))?;
        Some((code, national.to_owned()))
    })
}

/// The number, and the digits of an extension behind a word that announces one. `None` if something else stands there.
fn split_extension(text: &str) -> Option<(&str, Option<&str>)> {
    let Some(at) = text.find(|sign: char| sign.is_alphabetic() || sign == '#' || sign == ';') else {
        return Some((text, None));
    };
    let (number, tail) = text.split_at(at);
    let rest = EXTENSION_WORDS.iter().find_map(|word| tail.strip_prefix(word))?;
    let digits = rest.trim_start_matches(['.', ':', '=', ' ']);
    let good = (1..=MAX_EXTENSION_DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    good.then_some((number, Some(digits)))
}

/// A canonical number as it is read: in the way of `country` if it is one of there, else with `+` and the calling code. Any
/// other text comes back as it is.
#[must_use]
pub fn phone_shown(canonical: &str, country: Option<&str>) -> String {
    let (number, extension) = canonical.split_once(";ext=").unwrap_or((canonical, ""));
    let known = number.strip_prefix('+').and_then(of_abroad);
    let Some((code, national)) = known.filter(|(code, national)| number == format!("+{code}{national}")) else {
        return canonical.to_owned();
    };
    let home = country.and_then(Plan::of_country).filter(|plan| plan.code() == code && plan.takes(&national));
    let leading = || Plan::of_code(code).find(|plan| plan.takes(&national));
    let shown = match (home, leading()) {
        (Some(plan), _) => at_home(plan, &national),
        (None, Some(plan)) => international(plan, &national),
        (None, None) => number.to_owned(),
    };
    if extension.is_empty() { shown } else { format!("{shown} ext. {extension}") }
}

fn at_home(plan: Plan, national: &str) -> String {
    let grouped = plan.grouped(national);
    match plan.trunk() {
        "" => grouped,
        _ if plan.code() == NORTH_AMERICA => grouped,
        "0" => format!("0{grouped}"),
        trunk => format!("{trunk} {grouped}"),
    }
}

fn international(plan: Plan, national: &str) -> String {
    format!("+{} {}", plan.code(), plan.grouped(national))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read_as(country: &str, text: &str) -> String {
        phone(Some(country), text).unwrap_or_else(|refusal| refusal.to_string())
    }

    #[test]
    fn national_and_international_spellings_are_one_number() {
        let spellings =
            ["01 99 00 12 34", "0199001234", "+33 1 99 00 12 34", "0033 1.99.00.12.34", "+33 (0)1 99 00 12 34"];
        for text in spellings.into_iter().chain([
            "01-99-00-12-34",
            "199001234",
            "tel:+33-1-99-00-12-34",
            "+33 01 99 00 12 34",
            "33199001234",
        ]) {
            assert_eq!(read_as("FR", text), "+33199001234", "{text}");
        }
        assert_eq!(read_as("SN", "33 821 23 45"), "+221338212345");
        assert_eq!(read_as("SN", "00 221 77 123 45 67"), "+221771234567");
        assert_eq!(read_as("CA", "(514) 555-0123"), "+15145550123");
        assert_eq!(read_as("CA", "1 514 555 0123 poste 45"), "+15145550123;ext=45");
        assert_eq!(read_as("CA", "011 33 1 99 00 12 34"), "+33199001234");
        assert_eq!(read_as("CI", "07 01 02 03 04"), "+2250701020304");
        assert_eq!(read_as("IT", "06 6982 1234"), "+390669821234");
        assert_eq!(read_as("FR", "+１ ５１４ ５５５ ０１２３"), "+15145550123");
        assert_eq!(phone(None, "+41 44 668 18 00").unwrap(), "+41446681800");
        assert_eq!(phone(None, "+800 1234 5678").unwrap(), "+80012345678");
    }

    #[test]
    fn numbers_are_shown_in_their_countrys_groups() {
        assert_eq!(phone_shown("+33199001234", Some("FR")), "01 99 00 12 34");
        assert_eq!(phone_shown("+33199001234", Some("SN")), "+33 1 99 00 12 34");
        assert_eq!(phone_shown("+221771234567", Some("SN")), "77 123 45 67");
        assert_eq!(phone_shown("+221771234567", None), "+221 77 123 45 67");
        assert_eq!(phone_shown("+15145550123;ext=45", Some("FR")), "+1 514 555-0123 ext. 45");
        assert_eq!(phone_shown("+15145550123", Some("CA")), "514 555-0123");
        for text in ["", "+", "+999123", "call me", "+33 1", "+33199001234x"] {
            assert_eq!(phone_shown(text, Some("FR")), text);
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_an_example() {
        let wrong = [
            "12",
            "01 99 00 12",
            "01 99 00 12 34 56",
            "call me",
            "+999 123456",
            "+33",
            "01 99 00 12 34 bis",
            "1+2",
            "+0123456789",
        ];
        for text in wrong {
            let refusal = phone(Some("FR"), text).unwrap_err();
            assert_eq!(refusal.code, Code::PhoneShape, "{text}");
            assert_eq!(refusal.params["example"], "+33 6 12 34 56 78");
        }
        assert_eq!(phone(None, "01 99 00 12 34").unwrap_err().code, Code::PhoneShape);
        assert_eq!(phone(Some("FR"), " ").unwrap_err().code, Code::Required);
        assert_eq!(phone(Some("FR"), &"1".repeat(10_000)).unwrap_err().code, Code::TooLong);
    }

    #[test]
    fn every_plan_takes_its_own_example_and_shows_it_back() {
        assert!(PLANS.is_sorted_by_key(|row| (row.0, row.1)) && PLANS.len() > 240);
        for row in PLANS {
            let plan = Plan(row);
            assert!(plan.takes(row.6), "{}", row.0);
            let canonical = format!("+{}{}", row.1, row.6);
            assert_eq!(phone(None, &canonical).unwrap(), canonical, "{}", row.0);
            assert_eq!(phone(None, &phone_shown(&canonical, None)).unwrap(), canonical, "{}", row.0);
            if row.0 != "001" {
                assert_eq!(phone(Some(row.0), row.6).unwrap(), canonical, "{}", row.0);
                assert_eq!(phone(Some(row.0), &phone_shown(&canonical, Some(row.0))).unwrap(), canonical, "{}", row.0);
            }
        }
    }
}
