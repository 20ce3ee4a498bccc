//! Identifiers of the whole world: LEI of legal entities (ISO 17442) and GLN of places (GS1). Owns their forms and check
//! digits. A D-U-N-S number has no published check and is not here.

use super::digits::{is_digits, remainder, values};
use super::fault::{Checked, Form, checked};

pub(super) const LEI_FORM: Form =
    Form { name: "LEI", expected: "18 letters or digits and 2 check digits", example: "7245 00VK KSH9 QOLT FR81" };
pub(super) const GLN_FORM: Form = Form { name: "GLN", expected: "13 digits", example: "7300015200048" };

/// Twenty characters, the last two digits; ISO 7064 MOD 97-10.
pub(super) fn check_lei(text: &str) -> Checked {
    let form = text.len() == 20
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && is_digits(&text[18..], 2);
    checked(text, form, || remainder(text, 97) == 1)
}

/// Thirteen digits; GS1's check, weights 3 and 1 in turn.
pub(super) fn check_gln(text: &str) -> Checked {
    checked(text, is_digits(text, 13), || {
        let sum: u32 = values(text).rev().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        sum.is_multiple_of(10)
    })
}

#[cfg(test)]
mod tests {
    use super::super::fault::Fault;
    use super::*;

    #[test]
    fn published_numbers_pass_and_mangled_ones_do_not() {
        assert!(check_lei("724500VKKSH9QOLTFR81").is_ok() && check_lei("213800KUD8LAJWSQ9D15").is_ok());
        assert_eq!(check_lei("724500VKKSH9QOLTFR82"), Err(Fault::CheckDigit));
        assert_eq!(check_lei("724500VKKSH9QOLTFRXX"), Err(Fault::Shape));
        assert!(check_gln("7300015200048").is_ok() && check_gln("4006381333931").is_ok());
        assert_eq!(check_gln("4006381333930"), Err(Fault::CheckDigit));
        assert_eq!(check_gln("40063813339"), Err(Fault::Shape));
    }
}
