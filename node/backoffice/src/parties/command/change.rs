//! Changing a party: fields, address lines, new addresses. Owns the decision alone.

use comptoir_replica::record::schema::Record;
use comptoir_replica::record::{Cells, Scalar};

use crate::changes::Puts;
use crate::parties::record::Party;
use crate::refusal::Refusal;

/// What the log calls it.
pub const NAME: &str = "party.change";

/// What to put: only what differs from the present values; nothing when all is so already.
///
/// # Errors
/// What [`Puts::against`] refuses.
pub fn decide(puts: &Puts, cells: &Cells) -> Result<Vec<(String, Scalar)>, Refusal> {
    puts.against(cells, Party::schema())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::changes::Changes;
    use crate::parties::rules::PartyRules;
    use crate::refusal::Code;
    use crate::samples::{folded, rng, values};

    fn cells() -> Cells {
        folded(&[
            ("name", "Dupont".into()),
            ("phone", "1".into()),
            ("addresses/aa/city", "Lyon".into()),
            ("addresses/aa/position", 1_000.into()),
            ("addresses/bb/city", "Nice".into()),
            ("addresses/bb/archived", true.into()),
        ])
    }

    fn change(cells: &Cells, assignments: &[&str]) -> Result<Vec<(String, Scalar)>, Refusal> {
        decide(&Puts::type_changes(&Changes::parse(assignments)?, &PartyRules, &mut rng())?, cells)
    }

    #[test]
    fn puts_only_what_differs() {
        let puts = change(&cells(), &["name=Dupont", "phone=2", "addresses.aa.city=Lyon", "email="]).unwrap();
        assert_eq!(values(&puts), json!({"phone": "2"}));
        let puts = change(&cells(), &["phone="]).unwrap();
        assert_eq!(values(&puts), json!({"phone": ""}));
    }

    #[test]
    fn a_new_line_goes_to_the_end() {
        let puts = change(&cells(), &[r#"addresses+={"city": "Dakar"}"#]).unwrap();
        let position = puts.iter().find(|(path, _)| path.ends_with("/position")).unwrap();
        assert_eq!(position.1, Scalar::Int(2_000));
    }

    #[test]
    fn what_is_archived_is_not_edited() {
        let code = |assignments: &[&str]| change(&cells(), assignments).unwrap_err().code;
        assert_eq!(code(&["addresses.bb.city=Cannes"]), Code::ArchivedLine);
        assert_eq!(code(&["addresses.cc.city=Cannes"]), Code::UnknownLine);
        let freed = change(&cells(), &["addresses.bb.archived=false", "addresses.bb.city=Cannes"]).unwrap();
        assert_eq!(values(&freed), json!({"addresses/bb/archived": false, "addresses/bb/city": "Cannes"}));
        let archived = folded(&[("name", "x".into()), ("archived", true.into())]);
        assert_eq!(change(&archived, &["phone=3"]).unwrap_err().code, Code::ArchivedRecord);
        assert_eq!(values(&change(&archived, &["archived=false"]).unwrap()), json!({"archived": false}));
        assert!(change(&archived, &["name=x"]).unwrap().is_empty());
    }

    #[test]
    fn bad_assignments_are_named() {
        let code = |assignments: &[&str]| change(&cells(), assignments).unwrap_err().code;
        assert_eq!(code(&["phone"]), Code::BadAssignment);
        assert_eq!(code(&["=x"]), Code::BadAssignment);
        assert_eq!(code(&["addresses+={city}"]), Code::BadAssignment);
        assert_eq!(code(&["phone=1", "phone=2"]), Code::AssignedTwice);
        assert_eq!(code(&["addresses.a/b.city=x"]), Code::UnknownField);
        assert_eq!(code(&["custom.x=1"]), Code::UnknownField);
        assert_eq!(code(&["name="]), Code::Required);
    }

    #[test]
    fn a_value_with_equals_signs_is_kept_whole() {
        assert_eq!(values(&change(&cells(), &["notes=a=b"]).unwrap()), json!({"notes": "a=b"}));
    }
}
