//! Check digits of the identifiers that parties bear: SIREN (Luhn), French VAT number, Canadian business number, Senegalese
//! NINEA, French bank account (RIB key) and IBAN (ISO 13616, modulo 97). Pure arithmetic on digits; nothing here draws.

/// The digit that makes `digits` followed by it pass Luhn's check.
pub(super) fn luhn_digit(digits: &str) -> char {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            let doubled = if place % 2 == 0 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    char::from(b'0' + ((10 - sum % 10) % 10) as u8)
}

/// The remainder of a long decimal number, letters counting 10 to 35 as in ISO 7064.
pub(super) fn modulo_97(text: &str) -> u32 {
    text.chars().filter_map(|character| character.to_digit(36)).fold(0, |rest, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + value) % 97
    })
}

/// The VAT number of a French company: `FR`, a key of two digits, its SIREN.
pub(super) fn french_vat(siren: &str) -> String {
    format!("FR{:02}{siren}", (12 + 3 * modulo_97(siren)) % 97)
}

/// The last digit of a NINEA: weights 2 and 1 in turn from the right, modulo 10.
pub(super) fn ninea_digit(digits: &str) -> char {
    let weighted = digits.bytes().rev().zip([2, 1].into_iter().cycle());
    let sum: u32 = weighted.map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    char::from(b'0' + ((10 - sum % 10) % 10) as u8)
}

/// The IBAN of a national account number (BBAN).
pub(super) fn iban(country: &str, account: &str) -> String {
    format!("{country}{:02}{account}", 98 - modulo_97(&format!("{account}{country}00")))
}

/// The key of a French account: bank (5), branch (5), account (11 digits).
pub(super) fn rib_key(bank: &str, branch: &str, account: &str) -> String {
    let weighted = 89 * modulo_97(bank) + 15 * modulo_97(branch) + 3 * modulo_97(account);
    format!("{:02}", 97 - weighted % 97)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_hold() {
        // SIREN and VAT number of a well-known company; the IBAN examples of the ISO 13616 registry.
        assert_eq!(luhn_digit("73282932"), '0');
        assert_eq!(french_vat("732829320"), "FR44732829320");
        assert_eq!(iban("FR", "20041010050500013M02606"), "FR1420041010050500013M02606");
        assert_eq!(modulo_97("20041010050500013M02606FR14"), 1);
        assert_eq!(ninea_digit("306722"), '1');
    }

    #[test]
    fn one_wrong_digit_breaks_the_checks() {
        assert_ne!(luhn_digit("73282942"), '0');
        assert_ne!(modulo_97("20041010050500014M02606FR14"), 1);
        assert_ne!(french_vat("732829320"), french_vat("732829338"));
    }

    #[test]
    fn a_rib_key_makes_the_account_divide_by_97() {
        let key = rib_key("30004", "00815", "00000123456");
        assert_eq!(modulo_97(&format!("300040081500000123456{key}")), 0);
    }
}
