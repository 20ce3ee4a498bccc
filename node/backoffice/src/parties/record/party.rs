//! What a party is: an organisation or a person that the organisation deals with, and its addresses.
//! Owns the two types and their fields; what a value may be is in the rules.

use comptoir_replica::record::{Line, Lines, Record, Scalar};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The words of [`Party::kind`].
pub const KINDS: &[&str] = &["organisation", "person"];
/// What a party is to us; each is a field of its own, so that two sites that add one each keep both.
pub const ROLES: &[&str] = &["customer", "supplier"];

/// A customer, a supplier, or both.
#[derive(Record, Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "party", class = "shared", scope = "organisation")]
#[serde(default)]
pub struct Party {
    /// The code that people know it by. Not its identity: two sites may use one for two parties.
    #[field(label = "party.reference", order = 1, searchable, filterable, listed, widget = "code")]
    pub reference: String,
    /// `organisation` or `person`.
    #[field(label = "party.kind", order = 2, filterable, listed, choices("organisation", "person"))]
    pub kind: String,
    /// Name or company name.
    #[field(label = "party.name", order = 3, searchable, required, listed)]
    pub name: String,
    /// We sell to it.
    #[field(label = "party.customer", listed, group = "roles", order = 4, filterable)]
    pub customer: bool,
    /// We buy from it.
    #[field(label = "party.supplier", listed, group = "roles", order = 5, filterable)]
    pub supplier: bool,
    /// Telephone number, as typed.
    #[field(label = "party.phone", listed, group = "contact", order = 6, searchable, widget = "phone")]
    pub phone: String,
    /// E-mail address.
    #[field(label = "party.email", listed, group = "contact", order = 7, searchable, widget = "email")]
    pub email: String,
    /// VAT number.
    #[field(label = "party.vat", group = "registration", order = 8, searchable)]
    pub vat: String,
    /// SIREN (France).
    #[field(label = "party.siren", group = "registration", order = 9, searchable)]
    pub siren: String,
    /// Bank account (ISO 13616).
    #[field(label = "party.iban", group = "payment", order = 10, searchable)]
    pub iban: String,
    /// Terms of payment: days.
    #[field(label = "party.terms", group = "payment", order = 11)]
    pub terms: String,
    /// Anything else.
    #[field(label = "party.notes", order = 13, searchable, widget = "multiline")]
    pub notes: String,
    /// Where it is; the first in use is its main one.
    #[field(label = "party.addresses", group = "addresses", order = 12)]
    pub addresses: Lines<Address>,
    /// Out of use.
    #[field(label = "party.archived", order = 14, filterable)]
    pub archived: bool,
}

/// One address of a party.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "address")]
#[serde(default)]
pub struct Address {
    /// House and street, of several lines if need be.
    #[field(label = "address.street", searchable, widget = "multiline")]
    pub street: String,
    /// Postal code.
    #[field(label = "address.postcode", searchable)]
    pub postcode: String,
    /// Town.
    #[field(label = "address.city", listed, searchable, filterable)]
    pub city: String,
    /// ISO 3166-1 alpha-2.
    #[field(label = "address.country", listed, filterable, widget = "country")]
    pub country: String,
    /// Its place among the addresses.
    #[field(label = "line.position")]
    pub position: i64,
    /// Out of use.
    #[field(label = "line.archived")]
    pub archived: bool,
}

impl Default for Party {
    fn default() -> Self {
        Self {
            reference: String::new(),
            kind: KINDS[0].to_owned(),
            name: String::new(),
            customer: false,
            supplier: false,
            phone: String::new(),
            email: String::new(),
            vat: String::new(),
            siren: String::new(),
            iban: String::new(),
            terms: String::new(),
            notes: String::new(),
            addresses: Lines::new(),
            archived: false,
        }
    }
}

impl Party {
    /// Its roles as one word, `customer|supplier`; empty for none.
    #[must_use]
    pub fn roles(&self) -> String {
        let has = [self.customer, self.supplier];
        let names: Vec<&str> = ROLES.iter().zip(has).filter(|(_, has)| *has).map(|(name, _)| *name).collect();
        names.join("|")
    }

    /// Its main address: the first in use.
    #[must_use]
    pub fn main_address(&self) -> Option<&Address> {
        self.addresses.in_use().next().map(|(_, address)| address)
    }
}

/// Whether these values say that the party is a natural person.
pub(in crate::parties) fn is_person<'a>(mut values: impl Iterator<Item = (&'a str, &'a Scalar)>) -> bool {
    values.any(|(key, value)| key == "kind" && value.as_str() == Some("person"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_replica::record::{Cells, FieldKind};

    use super::*;
    use crate::samples::folded;

    /// Paths are for ever: one that is renamed would lose what was written under it.
    #[test]
    fn the_fields_of_the_first_version_keep_their_names_and_kinds() {
        const TEXTS: &[&str] =
            &["reference", "kind", "name", "phone", "email", "vat", "siren", "iban", "terms", "notes"];
        const LINE_TEXTS: &[&str] = &["street", "postcode", "city", "country"];
        let kind_of = |path: &str| Party::schema().iter().find(|field| field.path == path).map(|field| field.kind);
        for path in TEXTS {
            assert_eq!(kind_of(path), Some(FieldKind::Text), "{path}");
        }
        for name in LINE_TEXTS {
            assert_eq!(kind_of(&format!("addresses/*/{name}")), Some(FieldKind::Text), "{name}");
        }
        for path in ["customer", "supplier", "archived", "addresses/*/archived"] {
            assert_eq!(kind_of(path), Some(FieldKind::Bool), "{path}");
        }
        assert_eq!(kind_of("addresses/*/position"), Some(FieldKind::Int));
    }

    #[test]
    fn a_record_of_the_first_version_reads_as_it_was() {
        let cells = folded(&[
            ("reference", "C-1".into()),
            ("name", "Dupont".into()),
            ("supplier", true.into()),
            ("addresses/4f2a/city", "Lyon".into()),
            ("addresses/4f2a/position", 2_000.into()),
            ("addresses/91bc/city", "Dakar".into()),
            ("addresses/91bc/position", 1_000.into()),
            ("custom/colour", "red".into()),
        ]);
        let party = Party::from_cells(&cells);
        assert_eq!((party.kind.as_str(), party.roles().as_str(), party.archived), ("organisation", "supplier", false));
        assert_eq!(party.main_address().unwrap().city, "Dakar");
        assert_eq!(Party::from_cells(&Cells::new()), Party::default());
    }

    #[test]
    fn values_of_another_kind_read_as_the_default() {
        let cells = folded(&[("name", 7.into()), ("customer", "yes".into()), ("addresses/é/city", "x".into())]);
        assert_eq!(Party::from_cells(&cells), Party::default());
    }
}
