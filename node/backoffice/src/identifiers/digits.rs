//! Check digits that several schemes share: Luhn, weighted sums, ISO 7064, and dates within personal numbers. Owns the
//! arithmetic alone: it takes ASCII digits (and, where it says so, letters) and knows no scheme.

/// Whether every character is an ASCII digit, and how many there are.
pub(super) fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits' values, from the left. Anything else counts nothing, so check with [`is_digits`] first.
pub(super) fn values(text: &str) -> impl DoubleEndedIterator<Item = u32> + '_ {
    text.bytes().filter(u8::is_ascii_digit).map(|byte| u32::from(byte - b'0'))
}

/// The last digit's value.
pub(super) fn last(text: &str) -> u32 {
    values(text).next_back().unwrap_or(0)
}

/// The sum of the digits, each times its weight; digits beyond the weights do not count.
pub(super) fn weighted(text: &str, weights: &[u32]) -> u32 {
    values(text).zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The sum that Luhn's check (ISO/IEC 7812-1 annex B) wants divisible by ten: every second digit from the right doubled, the
/// check digit at the right included.
pub(super) fn luhn_sum(text: &str) -> u32 {
    values(text)
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let counted = if place % 2 == 1 { digit * 2 } else { digit };
            counted / 10 + counted % 10
        })
        .sum()
}

/// Whether Luhn's check holds.
pub(super) fn luhn(text: &str) -> bool {
    luhn_sum(text).is_multiple_of(10)
}

/// The remainder of a long number; letters count 10 to 35 as in ISO 7064 MOD 97-10. `modulus` is at most 1,000.
pub(super) fn remainder(text: &str, modulus: u32) -> u32 {
    text.chars().filter_map(|character| character.to_digit(36)).fold(0, |rest, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + value) % modulus
    })
}

/// Whether ISO 7064 MOD 11,10 holds: German and Croatian numbers.
pub(super) fn mod_11_10(text: &str) -> bool {
    let rest = values(text).fold(5, |rest, digit| {
        let doubled = if rest == 0 { 10 } else { rest } * 2 % 11;
        (doubled + digit) % 10
    });
    rest == 1
}

/// Whether there was, or will be, such a day in the Gregorian calendar.
pub(super) fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// The number that two digits from `start` make.
pub(super) fn two(text: &str, start: usize) -> u32 {
    text.get(start..start + 2).map_or(0, |pair| values(pair).fold(0, |number, digit| number * 10 + digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_hold() {
        assert!(luhn("79927398713") && !luhn("79927398710"));
        assert_eq!(remainder("20041010050500013M02606FR14", 97), 1);
        assert!(mod_11_10("794623") && mod_11_10("136695976") && !mod_11_10("136695978"));
        assert_eq!(weighted("13585628", &[2, 7, 6, 5, 4, 3, 2, 1]) % 11, 0);
    }

    #[test]
    fn days_are_the_calendars() {
        assert!(is_date(2024, 2, 29) && is_date(2000, 2, 29) && is_date(1999, 12, 31));
        assert!(!is_date(1900, 2, 29) && !is_date(2023, 2, 29) && !is_date(2023, 13, 1) && !is_date(2023, 4, 31));
        assert!(!is_date(2023, 0, 1) && !is_date(2023, 1, 0));
        assert_eq!((two("710319", 2), two("7", 0)), (3, 0));
    }
}
