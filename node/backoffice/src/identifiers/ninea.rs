//! NINEA: Senegal's national number of enterprises and associations (decree of 27 August 2012; kept by ANSD). Seven digits, in
//! the present register nine with two zeros in front, and often the tax code (COFI) of three characters behind: regime (0 to
//! 2), tax centre (a letter), legal form (a digit). Owns that form and its check. No law describes the check (weights 1 and 2 in
//! turn from the right, modulo ten); the numbers that companies publish follow it.

use super::digits::{is_digits, values};
use super::fault::{Checked, Form, checked};

pub(super) const FORM: Form =
    Form { name: "NINEA", expected: "7 or 9 digits and perhaps the COFI, as 2G3", example: "005112644 2L1" };

/// Letters of tax centres.
const CENTRES: &str = "ABCDEFGHJKLMNPQRSTUVWZ";
const COFI_CHARS: usize = 3;

fn parts(text: &str) -> (&str, &str) {
    if text.len() > 9 { text.split_at_checked(text.len() - COFI_CHARS).unwrap_or((text, "")) } else { (text, "") }
}

/// The number, without blanks and signs; what was typed without the COFI stays without it.
pub(super) fn check(text: &str) -> Checked {
    let (number, cofi) = parts(text);
    let form = (is_digits(number, 7) || is_digits(number, 9)) && (cofi.is_empty() || is_cofi(cofi));
    checked(text, form, || {
        let sum: u32 = values(number).rev().zip([1, 2].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        sum.is_multiple_of(10)
    })
}

fn is_cofi(text: &str) -> bool {
    let mut signs = text.chars();
    let (regime, centre, legal) = (signs.next(), signs.next(), signs.next());
    regime.is_some_and(|sign| ('0'..='2').contains(&sign))
        && centre.is_some_and(|sign| CENTRES.contains(sign))
        && legal.is_some_and(|sign| sign.is_ascii_digit())
}

/// `005112644 2L1`.
pub(super) fn shown(canonical: &str) -> String {
    let (number, cofi) = parts(canonical);
    format!("{number} {cofi}").trim_end().to_owned()
}

/// The nine digits: the COFI changes when the tax office does.
pub(super) fn compare_key(canonical: &str) -> String {
    format!("ninea:{:0>9}", parts(canonical).0)
}

#[cfg(test)]
mod tests {
    use super::super::fault::Fault;
    use super::*;

    #[test]
    fn published_numbers_pass_and_mangled_ones_do_not() {
        for ninea in ["3067221", "30672212G2", "005844700", "0051126442L1", "004641363", "00140012G3", "006715314"] {
            assert!(check(ninea).is_ok(), "{ninea}");
        }
        assert_eq!(check("3067222"), Err(Fault::CheckDigit));
        assert_eq!(check("0051126443L1"), Err(Fault::Shape), "regime 3");
        for shape in ["12345", "VV34567", "30672210I0", "30672210AV", "306722199G2", ""] {
            assert_eq!(check(shape), Err(Fault::Shape), "{shape}");
        }
    }

    #[test]
    fn old_and_new_spelling_compare_alike() {
        assert_eq!(compare_key("30672212G2"), compare_key("003067221"));
        assert_eq!(shown("30672212G2"), "3067221 2G2");
    }
}
