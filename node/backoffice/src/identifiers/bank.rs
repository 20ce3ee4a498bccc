//! Bank accounts and banks: IBAN (ISO 13616) and BIC (ISO 9362). Owns the forms of the countries that use the IBAN but do not
//! stand in its registry, west and central Africa above all; for the others the registry's own is asked (`iban_validate`).

use iban::{Iban, ParseBaseIbanError, ParseIbanError};

use super::digits::{is_digits, remainder};
use super::fault::{Checked, Fault, Form, checked};
use crate::country::is_country;

pub(super) const IBAN_FORM: Form = Form {
    name: "IBAN",
    expected: "the country, 2 check digits and the account, as its bank prints it",
    example: "FR14 2004 1010 0505 0001 3M02 606",
};
pub(super) const BIC_FORM: Form =
    Form { name: "BIC", expected: "8 or 11 characters: bank, country, place, branch", example: "BNPAFRPPXXX" };

/// Countries beside the registry, and what follows the four characters in front: `A` a letter or digit, `N` a digit. Members of
/// BCEAO begin with the bank's code, whose first two characters may be letters.
const BESIDE_THE_REGISTRY: &[(&str, &str)] = &[
    ("AO", "NNNNNNNNNNNNNNNNNNNNN"),
    ("BF", "AANNNNNNNNNNNNNNNNNNNNNN"),
    ("BJ", "AANNNNNNNNNNNNNNNNNNNNNN"),
    ("CF", "NNNNNNNNNNNNNNNNNNNNNNN"),
    ("CG", "NNNNNNNNNNNNNNNNNNNNNNN"),
    ("CI", "AANNNNNNNNNNNNNNNNNNNNNN"),
    ("CM", "NNNNNNNNNNNNNNNNNNNNNNN"),
    ("CV", "NNNNNNNNNNNNNNNNNNNNN"),
    ("DZ", "NNNNNNNNNNNNNNNNNNNNNN"),
    ("GA", "NNNNNNNNNNNNNNNNNNNNNNN"),
    ("GQ", "NNNNNNNNNNNNNNNNNNNNNNN"),
    ("GW", "AANNNNNNNNNNNNNNNNNNN"),
    ("KM", "NNNNNNNNNNNNNNNNNNNNNNN"),
    ("MA", "NNNNNNNNNNNNNNNNNNNNNNNN"),
    ("MG", "NNNNNNNNNNNNNNNNNNNNNNN"),
    ("ML", "AANNNNNNNNNNNNNNNNNNNNNN"),
    ("MZ", "NNNNNNNNNNNNNNNNNNNNN"),
    ("NE", "AANNNNNNNNNNNNNNNNNNNNNN"),
    ("SN", "AANNNNNNNNNNNNNNNNNNNNNN"),
    ("TD", "NNNNNNNNNNNNNNNNNNNNNNN"),
    ("TG", "AANNNNNNNNNNNNNNNNNNNNNN"),
];

/// An IBAN without blanks: form of its country, and modulo 97 over the whole.
pub(super) fn check_iban(text: &str) -> Checked {
    match text.parse::<Iban>() {
        Ok(_) => Ok(text.to_owned()),
        Err(ParseIbanError::InvalidBaseIban { source: ParseBaseIbanError::InvalidChecksum }) => {
            // The registry tests the digits before the form; one that is too short is not to be called a wrong digit.
            let fits = with_right_digits(text).is_some_and(|right| right.parse::<Iban>().is_ok());
            if fits { Err(Fault::CheckDigit) } else { beside_the_registry(text) }
        }
        Err(ParseIbanError::UnknownCountry(_)) => beside_the_registry(text),
        Err(_) => Err(Fault::Shape),
    }
}

/// The same account under the check digits that follow from it.
fn with_right_digits(text: &str) -> Option<String> {
    let (country, account) = (text.get(..2)?, text.get(4..)?);
    let digits = 98 - remainder(&format!("{account}{country}00"), 97);
    Some(format!("{country}{digits:02}{account}"))
}

fn beside_the_registry(text: &str) -> Checked {
    let form = BESIDE_THE_REGISTRY.iter().find(|(country, _)| text.starts_with(country)).map(|(_, form)| form);
    let fits = |account: &str| {
        form.is_some_and(|form| {
            form.len() == account.len()
                && form.bytes().zip(account.bytes()).all(|(wanted, found)| match wanted {
                    b'A' => found.is_ascii_uppercase() || found.is_ascii_digit(),
                    _ => found.is_ascii_digit(),
                })
        })
    };
    let account = text.get(4..).ok_or(Fault::Shape)?;
    checked(text, fits(account) && is_digits(&text[2..4], 2), || {
        remainder(&format!("{account}{}", &text[..4]), 97) == 1
    })
}

/// Bank (four letters), country, place (two), and perhaps a branch (three). There is no check digit.
pub(super) fn check_bic(text: &str) -> Checked {
    let form = matches!(text.len(), 8 | 11)
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && text[..4].bytes().all(|byte| byte.is_ascii_uppercase())
        && (is_country(&text[4..6]) || &text[4..6] == "XK");
    checked(text, form, || true)
}

/// Eight characters are the head office, which also writes itself XXX.
pub(super) fn bic_compare_key(canonical: &str) -> String {
    canonical.strip_suffix("XXX").filter(|office| office.len() == 8).unwrap_or(canonical).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_accounts_pass_and_mangled_ones_do_not() {
        let accounts = [
            "FR1420041010050500013M02606",
            "DE89370400440532013000",
            "BE68539007547034",
            "GB29NWBK60161331926819",
            "CH9300762011623852957",
            "SN08SN0100152000048500003035",
            "CI93CI0080111301134291200589",
            "ML13ML0160120102600100668497",
            "MA64011519000001205000534921",
            "TN5910006035183598478831",
            "CM2110002000300277976315008",
            "LU280019400644750000",
        ];
        for iban in accounts {
            assert!(check_iban(iban).is_ok(), "{iban}");
        }
        for wrong in ["FR1420041010050500013M02607", "SN08SN0100152000048500003036", "DE89370400440532013001"] {
            assert_eq!(check_iban(wrong), Err(Fault::CheckDigit), "{wrong}");
        }
        for shape in [
            "",
            "FR",
            "FR14",
            "XX12345678901234",
            "DE8937040044053201300",
            "SN08",
            "SN08é",
            "CI93!!0080111301134291200589",
        ] {
            assert_eq!(check_iban(shape), Err(Fault::Shape), "{shape}");
        }
    }

    #[test]
    fn banks_have_a_country() {
        assert!(check_bic("BNPAFRPP").is_ok() && check_bic("DEUTDEFF500").is_ok() && check_bic("SGSNSNDA").is_ok());
        for shape in ["BNPAXXPP", "BNP1FRPP", "BNPAFRP", "BNPAFRPPX", "é", ""] {
            assert_eq!(check_bic(shape), Err(Fault::Shape), "{shape}");
        }
        assert_eq!(bic_compare_key("BNPAFRPPXXX"), bic_compare_key("BNPAFRPP"));
    }
}
