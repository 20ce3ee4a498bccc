//! The Canadian business number (Canada Revenue Agency): nine digits with Luhn's check, and fifteen characters where a program
//! account follows (`RT0001` for GST/HST). Owns both forms; Quebec's own QST number is not judged.

use super::digits::{is_digits, luhn};
use super::fault::{Checked, Fault, Form, checked};

pub(super) const FORM: Form = Form {
    name: "Canadian business number",
    expected: "9 digits and perhaps a program account, as RT0001",
    example: "12302 6635 RC0001",
};
pub(super) const GST_FORM: Form =
    Form { name: "GST/HST number", expected: "9 digits, RT and 4 digits", example: "12302 6635 RT0001" };

/// Programs: payroll, corporation tax, GST/HST, import-export, information returns, charities, and the excise and levies.
const PROGRAMS: &[&str] = &["RP", "RC", "RT", "RM", "RZ", "RR", "RD", "RE", "RG", "RN", "RX", "CT", "SL"];
const NUMBER_DIGITS: usize = 9;

/// The number, with its program account if there is one.
pub(super) fn check(text: &str) -> Checked {
    let (number, account) = text.split_at_checked(NUMBER_DIGITS).ok_or(Fault::Shape)?;
    let whole = account.is_empty() || {
        let (program, reference) = account.split_at_checked(2).ok_or(Fault::Shape)?;
        PROGRAMS.contains(&program) && is_digits(reference, 4)
    };
    checked(text, is_digits(number, NUMBER_DIGITS) && whole, || luhn(number))
}

/// A GST/HST registration, or the bare number of who has it.
pub(super) fn check_gst(text: &str) -> Checked {
    let canonical = check(text)?;
    let other = canonical.get(NUMBER_DIGITS..NUMBER_DIGITS + 2).is_some_and(|program| program != "RT");
    if other { Err(Fault::Shape) } else { Ok(canonical) }
}

/// `12302 6635 RT0001`, as the agency prints it.
pub(super) fn shown(canonical: &str) -> String {
    super::grouped(canonical, &[5, 4, 6], " ")
}

/// The nine digits: the accounts are all one business's.
pub(super) fn compare_key(canonical: &str) -> String {
    format!("ca-bn:{}", canonical.chars().take(NUMBER_DIGITS).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_pass_and_mangled_ones_do_not() {
        for number in ["123026635", "123026635RC0001", "123026635RT0001"] {
            assert!(check(number).is_ok(), "{number}");
        }
        assert_eq!(check("123456783"), Err(Fault::CheckDigit));
        for shape in ["12345678Z", "123026635RQ0001", "123026635RT01", "123026635R", "é23026635", ""] {
            assert_eq!(check(shape), Err(Fault::Shape), "{shape}");
        }
        assert_eq!(check_gst("123026635RC0001"), Err(Fault::Shape));
        assert_eq!(shown("123026635RT0001"), "12302 6635 RT0001");
        assert_eq!(compare_key("123026635RT0001"), compare_key("123026635"));
    }
}
