//! Creating a party. Owns the decision alone; the caller draws the id and appends.

use comptoir_replica::record::schema::Record;
use comptoir_replica::record::{Cells, Scalar};

use crate::changes::Puts;
use crate::parties::record::Party;
use crate::parties::rules::check_new;
use crate::refusal::Refusal;

/// What the log calls it.
pub const NAME: &str = "party.create";

/// The cells of a new party.
///
/// # Errors
/// No name, or what [`Puts::against`] refuses.
pub fn decide(puts: &Puts) -> Result<Vec<(String, Scalar)>, Refusal> {
    let decided = puts.against(&Cells::new(), Party::schema())?;
    check_new(&decided)?;
    Ok(decided)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::changes::Changes;
    use crate::parties::rules::PartyRules;
    use crate::refusal::Code;
    use crate::samples::{rng, values};

    fn create(changes: serde_json::Value) -> Result<Vec<(String, Scalar)>, Refusal> {
        let changes: Changes = serde_json::from_value(changes).unwrap();
        decide(&Puts::type_changes(&changes, &PartyRules, &mut rng())?)
    }

    #[test]
    fn stores_what_was_typed_cleaned_and_nothing_that_is_empty() {
        let puts = create(json!({"set": {
            "name": "  Dupont & Fils ", "kind": "Person", "roles": "supplier", "phone": "", "notes": "a\r\nb"
        }}))
        .unwrap();
        assert_eq!(
            values(&puts),
            json!({"name": "Dupont & Fils", "kind": "person", "supplier": true, "notes": "a\nb"})
        );
    }

    #[test]
    fn addresses_follow_each_other() {
        let puts = create(json!({"set": {"name": "x"}, "add": {"addresses": [
            {"city": "Dakar", "country": "sn"}, {"city": "Lyon"}, {"city": "Paris", "position": 5}
        ]}}))
        .unwrap();
        let ends =
            |end: &str| puts.iter().filter(|(path, _)| path.ends_with(end)).map(|(_, v)| v.clone()).collect::<Vec<_>>();
        let mut positions = ends("/position");
        positions.sort();
        assert_eq!(positions, [Scalar::Int(5), Scalar::Int(1_000), Scalar::Int(2_000)]);
        assert_eq!(ends("/country"), [Scalar::from("SN")]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refused = |changes| {
            let refusal = create(changes).unwrap_err();
            (refusal.code, refusal.field.unwrap_or_default())
        };
        assert_eq!(refused(json!({"set": {"phone": "1"}})), (Code::Required, "name".into()));
        assert_eq!(refused(json!({"set": {"name": " \n"}})), (Code::Required, "name".into()));
        assert_eq!(refused(json!({"set": {"nom": "x"}})), (Code::UnknownField, "nom".into()));
        assert_eq!(refused(json!({"set": {"name": 7}})), (Code::WrongType, "name".into()));
        assert_eq!(refused(json!({"set": {"name": "x", "kind": "robot"}})), (Code::NotInList, "kind".into()));
        assert_eq!(refused(json!({"set": {"name": "x", "roles": "customer|spy"}})), (Code::NotInList, "roles".into()));
        assert_eq!(refused(json!({"set": {"name": "x", "customer": "perhaps"}})), (Code::WrongType, "customer".into()));
        assert_eq!(refused(json!({"set": {"name": "x\u{0}"}})), (Code::ControlCharacter, "name".into()));
        assert_eq!(refused(json!({"set": {"name": "x".repeat(301)}})), (Code::TooLong, "name".into()));
        assert_eq!(
            refused(json!({"set": {"name": "x"}, "add": {"addresses": [{"country": "XX"}]}})),
            (Code::CountryUnknown, "addresses.country".into())
        );
        assert_eq!(
            refused(json!({"set": {"name": "x"}, "add": {"addresses": [{}]}})),
            (Code::Required, "addresses".into())
        );
        assert_eq!(
            refused(json!({"set": {"name": "x"}, "add": {"houses": [{}]}})),
            (Code::UnknownField, "houses".into())
        );
        assert_eq!(
            refused(json!({"set": {"name": "x", "addresses.nokey.city": "y"}})),
            (Code::UnknownLine, "addresses.nokey.city".into())
        );
        assert_eq!(
            refused(json!({"set": {"name": "x", "customer": true, "roles": "supplier"}})),
            (Code::AssignedTwice, "customer".into())
        );
    }

    #[test]
    fn e_mail_addresses_are_plausible() {
        for good in ["a@b.example", "é.x+y@xn--bcher-kva.example", "o'neil@a.b.c"] {
            assert!(create(json!({"set": {"name": "x", "email": good}})).is_ok(), "{good}");
        }
        for bad in ["a", "a@b", "@b.example", "a@", "a b@c.example", "a@b..c", "a@@b.c", "<a@b.c>", "a@-b.c", ".a@b.c"]
        {
            let refusal = create(json!({"set": {"name": "x", "email": bad}})).unwrap_err();
            assert_eq!((refusal.code, refusal.field.as_deref()), (Code::EmailShape, Some("email")), "{bad}");
        }
    }

    #[test]
    fn f35_script_and_bidi_controls_are_inert_text() {
        let name = "<script>alert(1)</script> \u{202e}evil";
        let puts = create(json!({"set": {"name": name}})).unwrap();
        assert_eq!(values(&puts), json!({"name": name}));
    }
}
