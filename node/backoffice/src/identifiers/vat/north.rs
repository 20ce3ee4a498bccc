//! VAT numbers of northern Europe: Denmark, Estonia, Finland, Latvia, Lithuania, Sweden. Owns their forms and check digits,
//! of the part after the country's letters.

use super::super::digits::{is_date, is_digits, last, luhn, two, values, weighted};
use super::super::fault::{Checked, Fault, checked};

/// Eight digits, the first no zero; weighted, modulo 11.
pub(super) fn denmark(body: &str) -> Checked {
    let form = is_digits(body, 8) && !body.starts_with('0');
    checked(body, form, || weighted(body, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
}

/// Nine digits; weighted, modulo 10.
pub(super) fn estonia(body: &str) -> Checked {
    checked(body, is_digits(body, 9), || weighted(body, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10))
}

/// Eight digits; weighted, modulo 11.
pub(super) fn finland(body: &str) -> Checked {
    checked(body, is_digits(body, 8), || weighted(body, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11))
}

/// Eleven digits. A company's begin with 4 or more; a person's are the personal code, of a birth date or, since 2017, 32.
pub(super) fn latvia(body: &str) -> Checked {
    if !is_digits(body, 11) {
        return Err(Fault::Shape);
    }
    if body.as_bytes()[0] > b'3' {
        return checked(body, true, || weighted(body, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3);
    }
    let year = 1_800 + 100 * values(&body[6..7]).sum::<u32>() + two(body, 4);
    let person = body.starts_with("32") || is_date(year, two(body, 2), two(body, 0));
    checked(body, person, || (1 + weighted(body, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10 == last(body))
}

/// Nine digits, or twelve for who is registered for a time; the last but one is 1. Modulo 11, with a second set of weights
/// where the first gives 10.
pub(super) fn lithuania(body: &str) -> Checked {
    let form = (is_digits(body, 9) || is_digits(body, 12)) && body.as_bytes()[body.len() - 2] == b'1';
    checked(body, form, || {
        let front = &body[..body.len() - 1];
        let sum = |shift: u32| values(front).zip(shift..).map(|(digit, place)| digit * (1 + place % 9)).sum::<u32>();
        let first = sum(0) % 11;
        let check = if first == 10 { sum(2) % 11 % 10 } else { first };
        check == last(body)
    })
}

/// Twelve digits, the last two 01 and more (94 at most), Luhn over the first ten.
pub(super) fn sweden(body: &str) -> Checked {
    let form = is_digits(body, 12) && (1..=94).contains(&two(body, 10));
    checked(body, form, || luhn(&body[..10]))
}
