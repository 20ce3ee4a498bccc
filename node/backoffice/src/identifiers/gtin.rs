//! GTIN: the number of a trade item on its bar code (GS1 General Specifications). Owns its lengths and check digit.

use super::digits::values;
use super::fault::{Fault, Form};
use crate::refusal::Refusal;

const FORM: Form = Form { name: "GTIN", expected: "8, 12, 13 or 14 digits", example: "4006381333931" };

/// The number as it is stored: digits alone, as many as were written.
///
/// # Errors
/// `identifier-shape`, `check-digit`.
pub fn gtin(text: &str) -> Result<String, Refusal> {
    let digits: String = text.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').collect();
    let shape = matches!(digits.len(), 8 | 12 | 13 | 14) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !shape {
        return Err(FORM.refusal(Fault::Shape, text));
    }
    let sum: u32 = values(&digits).rev().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    if sum.is_multiple_of(10) { Ok(digits) } else { Err(FORM.refusal(Fault::CheckDigit, text)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::refusal::Code;

    #[test]
    fn every_length_has_its_check_digit() {
        for number in ["96385074", "036000291452", "4006381333931", "10614141000415"] {
            assert_eq!(gtin(number).unwrap(), number);
        }
        assert_eq!(gtin(" 4006381 333931 ").unwrap(), "4006381333931");
        for wrong in ["96385075", "036000291453", "4006381333930", "10614141000416"] {
            assert_eq!(gtin(wrong).unwrap_err().code, Code::CheckDigit, "{wrong}");
        }
        assert_eq!(gtin("12345").unwrap_err().code, Code::IdentifierShape);
        assert_eq!(gtin("400638133393X").unwrap_err().code, Code::IdentifierShape);
    }
}
