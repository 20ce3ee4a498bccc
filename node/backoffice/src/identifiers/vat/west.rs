//! VAT numbers of western Europe: Austria, Belgium, France with Monaco, Germany, Ireland, Luxembourg, the Netherlands,
//! Switzerland, the United Kingdom. Owns their forms and check digits, of the part after the country's letters.

use super::super::digits::{is_digits, last, luhn, luhn_sum, mod_11_10, remainder, two, weighted};
use super::super::fault::{Checked, Fault, checked};

/// `U` and eight digits; Luhn's sum of the first seven and the last make 6, modulo 10.
pub(super) fn austria(body: &str) -> Checked {
    let form = body.strip_prefix('U').is_some_and(|rest| is_digits(rest, 8));
    checked(body, form, || (luhn_sum(&body[1..8]) + last(body)) % 10 == 6)
}

/// Ten digits that begin with 0 or 1, the last two 97 minus the rest modulo 97. Nine digits are the form of before 2005.
pub(super) fn belgium(body: &str) -> Checked {
    let whole = if body.len() == 9 { format!("0{body}") } else { body.to_owned() };
    let form = is_digits(&whole, 10) && whole.starts_with(['0', '1']) && whole != "0000000000";
    checked(&whole, form, || remainder(&whole[..8], 97) + two(&whole, 8) == 97)
}

/// Two characters of key and a SIREN; the key has a letter (neither I nor O) in newer numbers. Monaco's companies have French
/// numbers whose last part begins with 000 and is no SIREN.
pub(super) fn france(body: &str) -> Checked {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let Some((key, siren)) = body.split_at_checked(2) else { return Err(Fault::Shape) };
    let value = |place: usize| key.chars().nth(place).and_then(|character| ALPHABET.find(character));
    let (Some(first), Some(second)) = (value(0), value(1)) else { return Err(Fault::Shape) };
    checked(body, is_digits(siren, 9), || {
        if !siren.starts_with("000") && !luhn(siren) {
            return false;
        }
        if first < 10 && second < 10 {
            return two(key, 0) == remainder(&format!("{siren}12"), 97);
        }
        let check = if first < 10 { first * 24 + second - 10 } else { first * 34 + second - 100 } as u32;
        (remainder(siren, 11) + 1 + check / 11) % 11 == check % 11
    })
}

/// Nine digits, the first no zero; ISO 7064 MOD 11,10.
pub(super) fn germany(body: &str) -> Checked {
    checked(body, is_digits(body, 9) && !body.starts_with('0'), || mod_11_10(body))
}

/// Seven digits, a check letter, perhaps a second letter; numbers of before 2013 may have a letter or sign in second place,
/// which is then left out.
pub(super) fn ireland(body: &str) -> Checked {
    const ALPHABET: &str = "WABCDEFGHIJKLMNOPQRSTUV";
    let letter = |text: &str| ALPHABET.find(text).filter(|_| text.len() == 1);
    if !body.is_ascii() || !(8..=9).contains(&body.len()) {
        return Err(Fault::Shape);
    }
    let (numbers, check, extra) = (&body[..7], &body[7..8], &body[8..]);
    let old = body.len() == 8 && numbers[1..2].contains(|sign: char| sign.is_ascii_uppercase() || "+*".contains(sign));
    let rearranged = if old { format!("0{}{}", &numbers[2..], &numbers[..1]) } else { numbers.to_owned() };
    let Some(check) = letter(check) else { return Err(Fault::Shape) };
    let extra = if extra.is_empty() { Some(0) } else { letter(extra) };
    checked(body, is_digits(&rearranged, 7) && extra.is_some(), || {
        let extra = extra.unwrap_or(0) as u32;
        (weighted(&rearranged, &[8, 7, 6, 5, 4, 3, 2]) + 9 * extra) % 23 == check as u32
    })
}

/// Eight digits, the last two the first six modulo 89.
pub(super) fn luxembourg(body: &str) -> Checked {
    checked(body, is_digits(body, 8), || remainder(&body[..6], 89) == two(body, 6))
}

/// Nine digits, `B`, two digits. Companies have the eleven-test on the nine; sole traders, since 2020, MOD 97-10 over the
/// whole, letters included. Leading zeros may have been left out.
pub(super) fn netherlands(body: &str) -> Checked {
    let whole = if body.is_ascii() { format!("{body:0>12}") } else { body.to_owned() };
    let form = whole.is_ascii()
        && whole.len() == 12
        && body.len() >= 10
        && is_digits(&whole[..9], 9)
        && &whole[9..10] == "B"
        && is_digits(&whole[10..], 2)
        && &whole[..9] != "000000000"
        && &whole[10..] != "00";
    checked(&whole, form, || {
        let company = weighted(&whole[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == last(&whole[..9]);
        company || remainder(&format!("NL{whole}"), 97) == 1
    })
}

/// `E` and nine digits (the country's letters are `CH`), perhaps with MWST, TVA, IVA or TPV behind, which is kept.
pub(super) fn switzerland(body: &str) -> Checked {
    let number = ["MWST", "TVA", "IVA", "TPV"].iter().find_map(|word| body.strip_suffix(word)).unwrap_or(body);
    let form = number.strip_prefix('E').is_some_and(|rest| is_digits(rest, 9));
    checked(body, form, || (weighted(&number[1..9], &[5, 4, 3, 2, 7, 6, 5, 4]) + last(number)).is_multiple_of(11))
}

/// Nine digits, or twelve with a branch; `GD` and `HA` with three digits for government and health. Newer numbers are 55 off.
pub(super) fn united_kingdom(body: &str) -> Checked {
    if let Some(rest) = body.strip_prefix("GD").or_else(|| body.strip_prefix("HA")) {
        let number = if is_digits(rest, 3) { remainder(rest, 1_000) } else { return Err(Fault::Shape) };
        return checked(body, (number < 500) == body.starts_with("GD"), || true);
    }
    checked(body, is_digits(body, 9) || is_digits(body, 12), || {
        let rest = weighted(body, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
        rest == 0 || (!body.starts_with('0') && (rest == 42 || rest == 55))
    })
}
