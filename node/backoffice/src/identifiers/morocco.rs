//! ICE: the common identifier of Moroccan enterprises (decree 2-11-63). Nine digits of the enterprise, four of the
//! establishment, two of check, so that the whole is divisible by 97. Owns that form.

use super::digits::{is_digits, remainder};
use super::fault::{Checked, Form, checked};

pub(super) const FORM: Form = Form { name: "ICE", expected: "15 digits", example: "001561191000066" };

/// Fifteen digits, divisible by 97.
pub(super) fn check(text: &str) -> Checked {
    checked(text, is_digits(text, 15), || remainder(text, 97) == 0)
}

#[cfg(test)]
mod tests {
    use super::super::fault::Fault;
    use super::*;

    #[test]
    fn published_numbers_pass_and_mangled_ones_do_not() {
        assert!(check("001561191000066").is_ok() && check("002136093000040").is_ok());
        assert_eq!(check("001561191000065"), Err(Fault::CheckDigit));
        assert_eq!(check("0015611910000"), Err(Fault::Shape));
    }
}
