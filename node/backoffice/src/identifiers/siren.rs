//! SIREN and SIRET: French companies and their establishments, as INSEE's register SIRENE numbers them. Owns both forms and
//! Luhn's check, with the exception that INSEE made for La Poste.

use super::digits::{is_digits, luhn, values};
use super::fault::{Checked, Form, checked};

pub(super) const SIREN_FORM: Form = Form { name: "SIREN", expected: "9 digits", example: "732 829 320" };
pub(super) const SIRET_FORM: Form =
    Form { name: "SIRET", expected: "14 digits, the SIREN first", example: "732 829 320 00074" };

/// The one company whose establishments have outrun Luhn's check digit.
const LA_POSTE: &str = "356000000";

/// Nine digits; Luhn.
pub(super) fn check(text: &str) -> Checked {
    checked(text, is_digits(text, 9) && text != "000000000", || luhn(text))
}

/// Fourteen digits, Luhn over all and over the SIREN. For La Poste's post offices the sum of the digits is a multiple of five
/// instead; its head office has Luhn's.
pub(super) fn check_siret(text: &str) -> Checked {
    let form = is_digits(text, 14) && !text.starts_with("000000000");
    checked(text, form, || {
        let post_office = || text.starts_with(LA_POSTE) && values(text).sum::<u32>().is_multiple_of(5);
        luhn(&text[..9]) && (luhn(text) || post_office())
    })
}

/// A company is one by its SIREN, whether that stands alone or in its VAT number.
pub(super) fn compare_key(siren: &str) -> String {
    format!("siren:{siren}")
}

#[cfg(test)]
mod tests {
    use super::super::fault::Fault;
    use super::*;

    #[test]
    fn published_numbers_pass_and_mangled_ones_do_not() {
        for siren in ["732829320", "404833048", "552008443", "443121975", "356000000"] {
            assert!(check(siren).is_ok(), "{siren}");
        }
        assert_eq!(check("404833047"), Err(Fault::CheckDigit));
        assert_eq!(check("40483304"), Err(Fault::Shape));
        for siret in ["73282932000074", "35600000000048", "35600000009075", "35600000049837"] {
            assert!(check_siret(siret).is_ok(), "{siret}");
        }
        assert_eq!(check_siret("73282932000079"), Err(Fault::CheckDigit));
        assert_eq!(check_siret("35600000049838"), Err(Fault::CheckDigit));
        assert_eq!(check_siret("732829320"), Err(Fault::Shape));
    }
}
