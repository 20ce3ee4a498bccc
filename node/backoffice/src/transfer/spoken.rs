//! Values as people of a place write them in files, turned into the one form in which everything else reads them: days as
//! `31/12/2026`, decimal commas. Owns that typing by locale; what is not understood passes as it is, for the field
//! to refuse it. ISO forms are understood everywhere: spreadsheets and exports write them.

use std::borrow::Cow;

use comptoir_replica::record::{Date, FieldKind};

/// Countries that write the month before the day.
const MONTH_FIRST: &[&str] = &["US", "PH"];

/// The text of a cell in the form that a field of this kind reads. `locale` is the site's, a tag of BCP 47.
pub fn plain<'a>(kind: FieldKind, text: &'a str, locale: &str) -> Cow<'a, str> {
    let understood = match kind {
        // Yes and no are read alike everywhere, by the field.
        FieldKind::Text | FieldKind::Reference | FieldKind::Bool => None,
        FieldKind::Int => number(text, locale).filter(|number| !number.contains('.')),
        FieldKind::Decimal => number(text, locale),
        FieldKind::Money => amount(text, locale),
        FieldKind::Date => date(text, locale).map(|date| date.to_string()),
    };
    understood.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// `31/12/2026`, `31.12.26` is refused: a year has four digits.
fn date(text: &str, locale: &str) -> Option<Date> {
    let text = text.trim();
    let parts: Vec<&str> = text.split(['/', '.', '-', ' ']).collect();
    let [first, second, year] = parts[..] else { return None };
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || !digits(first, 2) || !digits(second, 2) || !digits(year, 4) {
        return None;
    }
    let country = locale.rsplit('-').next().unwrap_or_default().to_uppercase();
    let (day, month) = if MONTH_FIRST.contains(&country.as_str()) { (second, first) } else { (first, second) };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A number with a dot before its decimals. Blanks and apostrophes group digits anywhere. Where both a dot and a comma
/// stand, the last one is before the decimals. A comma alone is that too, but in English before each three digits.
fn number(text: &str, locale: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect();
    let text = text.as_str();
    let (sign, digits) = match text.strip_prefix(['-', '−']) {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.contains(',') {
        return digits.bytes().all(|b| b.is_ascii_digit() || b == b'.').then(|| format!("{sign}{digits}"));
    }
    let english = locale.split('-').next().is_some_and(|language| language.eq_ignore_ascii_case("en"));
    let (whole, part) = match (digits.rfind('.'), digits.rfind(',')) {
        (Some(dot), Some(comma)) if dot > comma => (ungrouped(&digits[..dot], ',')?, &digits[dot + 1..]),
        (Some(_), Some(comma)) => (ungrouped(&digits[..comma], '.')?, &digits[comma + 1..]),
        (_, Some(comma)) => match ungrouped(digits, ',').filter(|_| english || digits.matches(',').count() > 1) {
            Some(whole) => (whole, ""),
            None => (digits[..comma].to_owned(), &digits[comma + 1..]),
        },
        (_, None) => return None,
    };
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(&whole) || !all_digits(part) {
        return None;
    }
    Some(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}

/// Whole digits without what groups them in threes; `None` when it does not.
fn ungrouped(digits: &str, separator: char) -> Option<String> {
    let mut groups = digits.split(separator);
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    (fits || !digits.contains(separator)).then(|| digits.chars().filter(|c| *c != separator).collect())
}

/// An amount: the number within, the currency where it stood.
fn amount(text: &str, locale: &str) -> Option<String> {
    let letter = |c: char| c.is_alphabetic();
    let text = text.trim();
    let before = text.len() - text.trim_start_matches(letter).len();
    let after = text.trim_end_matches(letter).len();
    if before > after {
        return None;
    }
    let number = number(&text[before..after], locale)?;
    Some(format!("{} {number} {}", &text[..before], &text[after..]).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_writes_numbers_its_way() {
        for (text, locale, read) in [
            ("12,5", "fr-FR", "12.5"),
            ("1 234,50", "fr-FR", "1234.50"),
            ("1.234,50", "fr-FR", "1234.50"),
            ("1,234.50", "fr-FR", "1234.50"),
            ("1,234", "fr-FR", "1.234"),
            ("1,234", "en-CA", "1234"),
            ("12,5", "en-CA", "12.5"),
            ("1,234,567", "fr-FR", "1234567"),
            ("1'234.5", "fr-CH", "1234.5"),
            ("−3", "fr-FR", "-3"),
            ("0.1", "fr-FR", "0.1"),
        ] {
            assert_eq!(plain(FieldKind::Decimal, text, locale), read, "{text} in {locale}");
        }
        for odd in ["1,2,3", "1.2.3,4", "1,2.3", "twelve", "1e3", "1,x", ","] {
            let read = plain(FieldKind::Decimal, odd, "fr-FR");
            assert!(read == odd || odd == ",", "{odd} became {read}");
        }
        assert_eq!(plain(FieldKind::Int, "1 234", "fr-FR"), "1234");
        assert_eq!(plain(FieldKind::Int, "12,5", "fr-FR"), "12,5");
        assert_eq!(plain(FieldKind::Money, "EUR 1.234,50", "fr-FR"), "EUR 1234.50");
        assert_eq!(plain(FieldKind::Money, "1 234,50 EUR", "fr-FR"), "1234.50 EUR");
        assert_eq!(plain(FieldKind::Money, "EUR", "fr-FR"), "EUR");
    }

    #[test]
    fn each_place_writes_days_its_way() {
        for (text, locale, read) in [
            ("31/12/2026", "fr-FR", "2026-12-31"),
            ("1.2.2026", "de-CH", "2026-02-01"),
            ("12/31/2026", "en-US", "2026-12-31"),
            ("2026-12-31", "fr-FR", "2026-12-31"),
            ("31/12/26", "fr-FR", "31/12/26"),
            ("12/31/2026", "fr-FR", "12/31/2026"),
            ("30/02/2026", "fr-FR", "30/02/2026"),
        ] {
            assert_eq!(plain(FieldKind::Date, text, locale), read, "{text} in {locale}");
        }
    }

    #[test]
    fn text_and_yes_and_no_pass_as_they_are() {
        assert_eq!(plain(FieldKind::Bool, " OUI ", "fr-FR"), " OUI ");
        assert_eq!(plain(FieldKind::Text, "31/12/2026", "fr-FR"), "31/12/2026");
    }
}
