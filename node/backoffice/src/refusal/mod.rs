//! Refusals: the closed set of codes with which the back office says no, with the field meant and parameters.
//! Owns the codes and their English wording for the command line; screens word the codes themselves. What another site
//! wrote is never refused here: it is judged by the replica, and broken expectations become items of the inbox.

mod code;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use code::Code;

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a wording ends that tells what there is.
const KNOWN: &str = "; known: {known}";
/// How the wording of a closed list ends.
const NONE_OF: &str = " is none of {known}";

/// A refusal: nothing was written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refusal {
    /// Why.
    pub code: Code,
    /// The field or column meant, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What the wording names: `limit`, `value`, `known` …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl Refusal {
    /// A refusal that concerns no field.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, field: None, params: BTreeMap::new() }
    }

    /// A refusal of one field's value.
    #[must_use]
    pub fn of(field: &str, code: Code) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(code) }
    }

    /// With a parameter. Long values are cut: they are there to be recognised.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        const SHOWN_CHARS: usize = 120;
        let value = value.to_string();
        let shown = match value.char_indices().nth(SHOWN_CHARS) {
            Some((end, _)) if name != "known" => format!("{}…", &value[..end]),
            _ => value,
        };
        self.params.insert(name.to_owned(), shown);
        self
    }

    /// Under another field's name.
    #[must_use]
    pub fn under(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        // One pass, so that a value with braces of its own is not taken for a parameter.
        let mut rest = self.code.words();
        let known = self.params.get("known").map(String::as_str);
        let mut end = "";
        for (tail, nothing) in [(KNOWN, "; there are none"), (NONE_OF, " cannot be: there are none to choose from")] {
            match (known, rest.strip_suffix(tail)) {
                // Told with another refusal.
                (None, Some(short)) if tail == KNOWN => rest = short,
                (Some(""), Some(short)) => (rest, end) = (short, nothing),
                _ => {}
            }
        }
        while let Some((before, after)) = rest.split_once('{') {
            f.write_str(before)?;
            match after.split_once('}') {
                Some((name, after)) if self.params.contains_key(name) => {
                    f.write_str(&self.params[name])?;
                    rest = after;
                }
                _ => {
                    f.write_str("{")?;
                    rest = after;
                }
            }
        }
        f.write_str(rest)?;
        f.write_str(end)
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn codes_are_distinct_and_survive_json() {
        let texts: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        for code in Code::ALL {
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), *code);
        }
    }

    #[test]
    fn wording_names_field_and_parameters() {
        let refusal = Refusal::of("name", Code::TooLong).with("limit", 300);
        assert_eq!(refusal.to_string(), "name: longer than 300 characters");
        let tricky = Refusal::of("kind", Code::NotInList).with("value", "{known}").with("known", "a, b");
        assert_eq!(tricky.to_string(), "kind: {known} is none of a, b");
        let none = Refusal::of("custom.vip", Code::UnknownField).with("known", "");
        assert_eq!(none.to_string(), "custom.vip: there is no such field; there are none");
        let none = Refusal::of("stage", Code::NotInList).with("value", "won").with("known", "");
        assert_eq!(none.to_string(), "stage: won cannot be: there are none to choose from");
        let told = Refusal::new(Code::UnknownColumn).with("value", "Solde");
        assert_eq!(told.to_string(), "the header names an unknown column Solde");
        assert!(Refusal::new(Code::BadAssignment).with("value", "x").to_string().contains("{\"field\""));
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        let refusal = Refusal::new(Code::UnknownItem).with("value", "é".repeat(500));
        assert_eq!(refusal.params["value"].chars().count(), 121);
    }
}
