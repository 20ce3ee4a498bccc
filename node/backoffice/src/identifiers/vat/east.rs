//! VAT numbers of eastern Europe: Bulgaria, Czechia, Hungary, Poland, Romania, Slovakia. Owns their forms and check digits,
//! of the part after the country's letters. Persons' numbers hold a date of birth, which is checked too.

use super::super::digits::{is_date, is_digits, last, remainder, two, values, weighted};
use super::super::fault::{Checked, Fault, checked};

/// Nine digits of an organisation, or ten of a person, a foreigner or another, each with a check of its own.
pub(super) fn bulgaria(body: &str) -> Checked {
    if is_digits(body, 9) {
        return checked(body, true, || {
            let check = match weighted(body, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
                10 => weighted(body, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10,
                check => check,
            };
            check == last(body)
        });
    }
    checked(body, is_digits(body, 10), || {
        let person = weighted(body, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == last(body) && bulgarian_birth(body);
        let foreigner = weighted(body, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == last(body);
        let other = (11 - weighted(body, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == last(body);
        person || foreigner || other
    })
}

/// Years of the nineteenth century have 20 added to the month, those of the twenty-first 40.
fn bulgarian_birth(body: &str) -> bool {
    let (century, month) = match two(body, 2) {
        month @ 41.. => (2_000, month - 40),
        month @ 21.. => (1_800, month - 20),
        month => (1_900, month),
    };
    is_date(century + two(body, 0), month, two(body, 4))
}

/// Eight digits of a company, the birth number of a person (nine digits, ten since 1954), or nine digits that begin with 6.
pub(super) fn czechia(body: &str) -> Checked {
    if is_digits(body, 8) {
        return checked(body, !body.starts_with('9'), || {
            let check = match weighted(body, &[8, 7, 6, 5, 4, 3, 2]) % 11 {
                0 => 1,
                1 => 0,
                rest => 11 - rest,
            };
            check == last(body)
        });
    }
    if is_digits(body, 9) && body.starts_with('6') {
        return checked(body, true, || {
            let rest = weighted(&body[1..], &[8, 7, 6, 5, 4, 3, 2]) % 11;
            let step = (10 + 11 - rest) % 11;
            (18 - step) % 10 == last(body)
        });
    }
    birth_number(body)
}

/// The birth number of Czechs and Slovaks: year, month (50 more for women, 20 more where a day's numbers ran out), day, serial;
/// since 1954 a tenth digit makes it divisible by 11.
fn birth_number(body: &str) -> Checked {
    let long = is_digits(body, 10);
    if !long && !is_digits(body, 9) {
        return Err(Fault::Shape);
    }
    let year = match two(body, 0) {
        short @ 80.. if !long => 1_800 + short,
        short if long && short < 54 => 2_000 + short,
        short => 1_900 + short,
    };
    let born = is_date(year, two(body, 2) % 50 % 20, two(body, 4)) && (long || year < 1_954);
    checked(body, born, || !long || remainder(&body[..9], 11) % 10 == last(body))
}

/// Eight digits, the beginning of the tax number; weighted, modulo 10.
pub(super) fn hungary(body: &str) -> Checked {
    checked(body, is_digits(body, 8), || weighted(body, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10))
}

/// Ten digits (NIP); weighted, modulo 11.
pub(super) fn poland(body: &str) -> Checked {
    checked(body, is_digits(body, 10), || weighted(body, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == last(body))
}

/// Two to ten digits, the first no zero; or a person's thirteen (CNP).
pub(super) fn romania(body: &str) -> Checked {
    if is_digits(body, 13) {
        let born = |century: u32| is_date(century + two(body, 1), two(body, 3), two(body, 5));
        let form = match body.as_bytes()[0] {
            b'3' | b'4' => born(1_800),
            b'5' | b'6' => born(2_000),
            b'0' => false,
            _ => born(1_900),
        };
        return checked(body, form, || match weighted(body, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
            10 => last(body) == 1,
            check => last(body) == check,
        });
    }
    let form = (2..=10).contains(&body.len()) && is_digits(body, body.len()) && !body.starts_with('0');
    checked(body, form, || {
        let sum: u32 = values(body).rev().skip(1).zip([2, 3, 5, 7, 1, 2, 3, 5, 7]).map(|(digit, by)| digit * by).sum();
        sum * 10 % 11 % 10 == last(body)
    })
}

/// Ten digits, divisible by 11; or a person's birth number.
pub(super) fn slovakia(body: &str) -> Checked {
    if is_digits(body, 10) && birth_number(body).is_ok() {
        return Ok(body.to_owned());
    }
    let form = is_digits(body, 10) && !body.starts_with('0') && "234789".contains(&body[2..3]);
    checked(body, form, || remainder(body, 11) == 0)
}
