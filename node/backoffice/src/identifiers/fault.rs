//! What can be wrong with an identifier, before it is put in words. Owns the two cases and their way into a refusal.

use crate::refusal::{Code, Refusal};

/// Why a text is no identifier of a scheme.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// It has not the form.
    Shape,
    /// It has the form, but its check digit does not follow from the others.
    CheckDigit,
}

/// What a check of one scheme gives: the canonical text.
pub(super) type Checked = Result<String, Fault>;

/// A form, as refusals describe it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// What such a number is called: `SIREN`.
    pub name: &'static str,
    /// What to write: `9 digits`.
    pub expected: &'static str,
    /// A valid one, as people write it.
    pub example: &'static str,
}

impl Form {
    /// The refusal of `typed` for this fault.
    pub fn refusal(self, fault: Fault, typed: &str) -> Refusal {
        let code = match fault {
            Fault::Shape => Code::IdentifierShape,
            Fault::CheckDigit => Code::CheckDigit,
        };
        Refusal::new(code)
            .with("value", typed.trim())
            .with("scheme", self.name)
            .with("expected", self.expected)
            .with("example", self.example)
    }
}

/// `Ok(text)` if the form is right and the check digits are; a check is only made on text of the right form.
pub(super) fn checked(text: &str, form: bool, digits: impl FnOnce() -> bool) -> Checked {
    if !form {
        Err(Fault::Shape)
    } else if digits() {
        Ok(text.to_owned())
    } else {
        Err(Fault::CheckDigit)
    }
}
