//! What a cell's number means, as text: shortest decimals without the noise of binary fractions, dates and times in ISO
//! 8601. Owns the reading of number formats as far as they tell dates from numbers.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Span};

/// What a cell's format makes of its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    Number,
    /// Days since the epoch of the workbook, and a fraction of a day.
    Moment,
    /// Days that passed, as in `[h]:mm`.
    Duration,
}

const DAY_MILLIS: f64 = 86_400_000.0;
/// Digits that Excel itself keeps of a number; beyond them stands noise.
const KEPT_DIGITS: usize = 15;
/// An integer of this many digits is kept as it is written: other programs write account numbers so.
const WHOLE_DIGITS: usize = 18;
/// Days from 1899-12-30 to 1904-01-01, the other epoch.
const EPOCH_1904_DAYS: f64 = 1_462.0;
/// The day that Excel believes in and the calendar does not: 1900-02-29.
const NO_DAY: i64 = 60;

/// A number format by its id, if it is built in (ECMA-376 part 1, 18.8.30, with the East Asian dates).
pub fn built_in(id: u32) -> Meaning {
    match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Meaning::Moment,
        46 => Meaning::Duration,
        _ => Meaning::Number,
    }
}

/// A number format by its code: a date if its first section has a letter of days or hours that is no literal.
pub fn of_code(code: &str) -> Meaning {
    let mut characters = code.chars();
    let mut meaning = Meaning::Number;
    while let Some(character) = characters.next() {
        match character {
            ';' => break,
            '"' => drop(characters.by_ref().find(|character| *character == '"')),
            '\\' | '_' | '*' => drop(characters.next()),
            '[' => {
                let within: String = characters.by_ref().take_while(|character| *character != ']').collect();
                // `[h]`, `[mm]`: one letter, repeated. Others are colours, conditions and currencies.
                let unit = within.chars().next().unwrap_or(' ').to_ascii_lowercase();
                if "hms".contains(unit) && within.chars().all(|letter| letter.to_ascii_lowercase() == unit) {
                    return Meaning::Duration;
                }
            }
            'd' | 'm' | 'y' | 'h' | 's' | 'D' | 'M' | 'Y' | 'H' | 'S' => meaning = Meaning::Moment,
            // `General` has no such letter; `AM/PM` has one.
            _ => {}
        }
    }
    meaning
}

/// A number's text; `None` if it is no number.
pub fn number(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.len() <= WHOLE_DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        let whole: i64 = text.parse().ok()?;
        return Some(whole.to_string());
    }
    let value: f64 = text.parse().ok().filter(|value: &f64| value.is_finite())?;
    if value == 0.0 {
        return Some("0".to_owned());
    }
    let scientific = format!("{:.*e}", KEPT_DIGITS - 1, value.abs());
    let (mantissa, exponent) = scientific.split_once('e')?;
    let digits = mantissa.replace('.', "");
    let digits = digits.trim_end_matches('0');
    let exponent: i32 = exponent.parse().ok()?;
    let point = exponent + 1;
    let length = i32::try_from(digits.len()).ok()?;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    let plain = if point <= 0 {
        format!("0.{}{digits}", zeros(-point))
    } else if point >= length {
        format!("{digits}{}", zeros(point - length))
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(point).ok()?);
        format!("{whole}.{fraction}")
    };
    Some(if value < 0.0 { format!("-{plain}") } else { plain })
}

/// A date (`2024-01-31`), a date and time (`2024-01-31T18:30:00`) if the number has a fraction, or a time alone
/// (`18:30:00`) if it has no day; `None` if there is no such day.
pub fn moment(text: &str, epoch_1904: bool) -> Option<String> {
    let serial: f64 = text.trim().parse().ok()?;
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let millis = (serial * DAY_MILLIS).round();
    let (days, within) = ((millis / DAY_MILLIS).floor(), millis % DAY_MILLIS);
    let time = Time::midnight() + SignedDuration::from_millis(within as i64);
    if days == 0.0 && !epoch_1904 {
        return Some(time.to_string());
    }
    let days = days + if epoch_1904 { EPOCH_1904_DAYS } else { 0.0 };
    let date = day(days as i64)?;
    Some(if within == 0.0 { date.to_string() } else { DateTime::from_parts(date, time).to_string() })
}

fn day(days: i64) -> Option<Date> {
    let days = match days {
        NO_DAY => return None,
        // Before the day that was not, Excel counts from one day later.
        ..NO_DAY => days + 1,
        _ => days,
    };
    Date::constant(1899, 12, 30).checked_add(Span::new().try_days(days).ok()?).ok()
}

/// A duration such as `PT36H30M`; `None` beyond what a calendar holds.
pub fn duration(text: &str) -> Option<String> {
    let days: f64 = text.trim().parse().ok()?;
    (days.abs() < 3_000_000.0).then(|| SignedDuration::from_millis((days * DAY_MILLIS).round() as i64).to_string())
}

/// An ISO 8601 date or time as some programs write it (`t="d"`), in the form of [`moment`]; `None` if it is none.
pub fn iso_moment(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('Z');
    if text.as_bytes().get(2) == Some(&b':') {
        return text.parse().ok().map(|time: Time| time.to_string());
    }
    let read: DateTime = text.parse().ok()?;
    let midnight = read.time() == Time::midnight();
    Some(if midnight { read.date().to_string() } else { read.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_noise_and_exponents() {
        for (text, shown) in [
            ("0.30000000000000004", "0.3"),
            ("1.1000000000000001", "1.1"),
            ("12.50", "12.5"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("007", "7"),
            ("1E+3", "1000"),
            ("-1.5e-7", "-0.00000015"),
            ("123456789012345678", "123456789012345678"),
            ("99999999999999999999", "100000000000000000000"),
            ("0.1234567890123456", "0.123456789012346"),
            ("1234.5678", "1234.5678"),
        ] {
            assert_eq!(number(text).as_deref(), Some(shown), "{text}");
        }
        for text in ["", "x", "inf", "NaN", "1,5", "--1"] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(number("1e308").map(|shown| shown.len()), Some(309));
    }

    #[test]
    fn serial_numbers_become_iso_dates() {
        for (serial, shown) in [
            ("1", "1900-01-01"),
            ("59", "1900-02-28"),
            ("61", "1900-03-01"),
            ("45322", "2024-01-31"),
            ("45322.770833333336", "2024-01-31T18:30:00"),
            ("45322.99999999999", "2024-02-01"),
            ("0.5", "12:00:00"),
            ("2958465", "9999-12-31"),
        ] {
            assert_eq!(moment(serial, false).as_deref(), Some(shown), "{serial}");
        }
        for serial in ["60", "-1", "2958466", "NaN", "x", "1e300"] {
            assert_eq!(moment(serial, false), None, "{serial}");
        }
        assert_eq!(moment("0", true).as_deref(), Some("1904-01-01"));
        assert_eq!(moment("43860", true).as_deref(), Some("2024-01-31"));
        assert_eq!(duration("1.5208333333333333").as_deref(), Some("PT36H30M"));
        assert_eq!(iso_moment("2024-01-31T00:00:00Z").as_deref(), Some("2024-01-31"));
        assert_eq!(iso_moment("2024-01-31T18:30:00").as_deref(), Some("2024-01-31T18:30:00"));
        assert_eq!(iso_moment("18:30").as_deref(), Some("18:30:00"));
        assert_eq!(["2024-02-31", "", "é", "20:61"].map(iso_moment), [None, None, None, None]);
    }

    #[test]
    fn formats_tell_dates_from_numbers() {
        for code in ["yyyy-mm-dd", "DD/MM/YY", "h:mm AM/PM", "m\"M\"d\"D\";@", "[$-40C]d mmmm yyyy", "*-yyyy"] {
            assert_eq!(of_code(code), Meaning::Moment, "{code}");
        }
        for code in ["0.00", "General", "#,##0.00 \"jours\"", "#,##0\\ [$€-40C]", "0_d", "0*y", "[Red]0;yyyy", "@", ""]
        {
            assert_eq!(of_code(code), Meaning::Number, "{code}");
        }
        for code in ["[h]:mm", "[mm]:ss", "[Blue][s].00"] {
            assert_eq!(of_code(code), Meaning::Duration, "{code}");
        }
        assert_eq!([14, 46, 2].map(built_in), [Meaning::Moment, Meaning::Duration, Meaning::Number]);
    }
}
