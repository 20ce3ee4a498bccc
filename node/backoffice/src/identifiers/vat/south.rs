//! VAT numbers of southern Europe: Croatia, Cyprus, Greece, Italy, Malta, Portugal, Slovenia, Spain. Owns their forms and
//! check digits, of the part after the country's letters.

use super::super::digits::{is_digits, last, luhn, luhn_sum, mod_11_10, remainder, two, values, weighted};
use super::super::fault::{Checked, Fault, checked};

/// Eleven digits (OIB); ISO 7064 MOD 11,10.
pub(super) fn croatia(body: &str) -> Checked {
    checked(body, is_digits(body, 11), || mod_11_10(body))
}

/// Eight digits and a letter; the digits at odd places are exchanged by a table before all are added, modulo 26.
pub(super) fn cyprus(body: &str) -> Checked {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let Some((digits, letter)) = body.split_at_checked(8) else { return Err(Fault::Shape) };
    let form = is_digits(digits, 8) && !digits.starts_with("12") && letter.len() == 1;
    checked(body, form && letter.as_bytes()[0].is_ascii_uppercase(), || {
        let counted = values(digits).enumerate();
        let sum: u32 = counted.map(|(place, digit)| if place % 2 == 0 { ODD[digit as usize] } else { digit }).sum();
        u32::from(letter.as_bytes()[0] - b'A') == sum % 26
    })
}

/// Nine digits (AFM); powers of two, modulo 11. Eight digits are an old form without the leading zero.
pub(super) fn greece(body: &str) -> Checked {
    let whole = if body.len() == 8 { format!("0{body}") } else { body.to_owned() };
    checked(&whole, is_digits(&whole, 9) && whole != "000000000", || {
        weighted(&whole, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == last(&whole)
    })
}

/// Eleven digits: company, province of the tax office, check digit by Luhn.
pub(super) fn italy(body: &str) -> Checked {
    let form = is_digits(body, 11) && !body.starts_with("0000000") && {
        let province = remainder(&body[7..10], 1_000);
        (1..=100).contains(&province) || [120, 121, 888, 999].contains(&province)
    };
    checked(body, form, || luhn(body))
}

/// Eight digits, the first no zero; the last two are 37 minus the weighted others modulo 37.
pub(super) fn malta(body: &str) -> Checked {
    let form = is_digits(body, 8) && !body.starts_with('0');
    checked(body, form, || 37 - weighted(&body[..6], &[3, 4, 6, 7, 8, 9]) % 37 == two(body, 6))
}

/// Nine digits (NIF), the first no zero; weighted, modulo 11.
pub(super) fn portugal(body: &str) -> Checked {
    let form = is_digits(body, 9) && !body.starts_with('0');
    checked(body, form, || {
        let rest = weighted(body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        (11 - rest) % 11 % 10 == last(body)
    })
}

/// Eight digits, the first no zero; weighted, modulo 11, and a number that would need 11 is never given out.
pub(super) fn slovenia(body: &str) -> Checked {
    let form = is_digits(body, 8) && !body.starts_with('0');
    checked(body, form, || match 11 - weighted(body, &[8, 7, 6, 5, 4, 3, 2]) % 11 {
        10 => last(body) == 0,
        check => last(body) == check,
    })
}

/// Nine characters (NIF): a citizen's number, a foreigner's (X, Y, Z), one of K, L, M for persons without either, or an
/// organisation's, whose check is a digit or the letter for it.
pub(super) fn spain(body: &str) -> Checked {
    const LETTERS: &str = "TRWAGMYFPDXBNJZSQVHLCKE";
    const ORGANISATION: &str = "JABCDEFGHI";
    if body.len() != 9 || !body.is_ascii() || !is_digits(&body[1..8], 7) {
        return Err(Fault::Shape);
    }
    let (first, middle, check) = (&body[..1], &body[1..8], &body[8..]);
    let letter = |number: &str| LETTERS.as_bytes()[remainder(number, 23) as usize] == check.as_bytes()[0];
    let in_letters = check.as_bytes()[0].is_ascii_uppercase();
    match first {
        "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" => checked(body, in_letters, || letter(&body[..8])),
        "X" => checked(body, in_letters, || letter(middle)),
        "Y" => checked(body, in_letters, || letter(&format!("1{middle}"))),
        "Z" => checked(body, in_letters, || letter(&format!("2{middle}"))),
        "K" | "L" | "M" => checked(body, in_letters, || letter(middle)),
        _ => {
            let form = "ABCDEFGHJNPQRSUVW".contains(first) && (in_letters || is_digits(check, 1));
            checked(body, form, || {
                let wanted = (10 - luhn_sum(&format!("{middle}0")) % 10) % 10;
                if in_letters { ORGANISATION.find(check) == Some(wanted as usize) } else { last(check) == wanted }
            })
        }
    }
}
