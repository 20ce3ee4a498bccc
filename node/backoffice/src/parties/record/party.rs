//! What a party is: an organisation or a person that the organisation deals with. Owns the type and its fields; its lines stand
//! in `lines.rs`, what a value may be is in the rules. Paths are for ever.

use comptoir_replica::record::{Lines, Money, Record, Scalar};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lines::{Address, Consent, Contact, Identifier, Relation, Tag};

/// The words of [`Party::kind`].
pub const KINDS: &[&str] = &["organisation", "person"];
/// What a party is to us; each is a field of its own, so that two sites that add one each keep both.
pub const ROLES: &[&str] = &["customer", "supplier", "prospect", "employee"];

/// A customer, a supplier, a prospect, an employee, or several of these.
#[derive(Record, Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "party", class = "shared", scope = "organisation")]
#[serde(default)]
pub struct Party {
    /// The code that people know it by. Not its identity: two sites may use one for two parties.
    #[field(
        label = "party.reference",
        group = "identity",
        order = 10,
        searchable,
        filterable,
        listed,
        widget = "code"
    )]
    pub reference: String,
    /// `organisation` or `person`.
    #[field(
        label = "party.kind",
        group = "identity",
        order = 20,
        filterable,
        listed,
        choices("organisation", "person")
    )]
    pub kind: String,
    /// Name or company name, as it stands on letters.
    #[field(label = "party.name", group = "identity", order = 30, searchable, required, listed)]
    pub name: String,
    /// Trade name, former name, acronym.
    #[field(label = "party.also_known_as", group = "identity", order = 40, searchable)]
    pub also_known_as: String,
    /// Of a person: form of address.
    #[field(label = "party.honorific", group = "identity", order = 50, class = "personal", limit = 40)]
    pub honorific: String,
    /// Of a person: given names.
    #[field(label = "party.given_name", group = "identity", order = 60, searchable, class = "personal")]
    pub given_name: String,
    /// Of a person: family name.
    #[field(label = "party.family_name", group = "identity", order = 70, searchable, class = "personal")]
    pub family_name: String,
    /// The language to write to it in (BCP 47).
    #[field(label = "party.language", group = "identity", order = 80, filterable, widget = "language")]
    pub language: String,
    /// We sell to it.
    #[field(label = "party.customer", group = "roles", order = 110, filterable, listed)]
    pub customer: bool,
    /// We buy from it.
    #[field(label = "party.supplier", group = "roles", order = 120, filterable, listed)]
    pub supplier: bool,
    /// We would like to sell to it.
    #[field(label = "party.prospect", group = "roles", order = 130, filterable)]
    pub prospect: bool,
    /// It works for us.
    #[field(label = "party.employee", group = "roles", order = 140, filterable)]
    pub employee: bool,
    /// How far we are with it: a stage of the organisation's own.
    #[field(label = "party.stage", group = "roles", order = 150, filterable, widget = "stage")]
    pub stage: String,
    /// Main telephone number (E.164).
    #[field(label = "party.phone", group = "contact", order = 210, searchable, listed, widget = "phone")]
    pub phone: String,
    /// Main e-mail address.
    #[field(label = "party.email", group = "contact", order = 220, searchable, filterable, listed, widget = "email")]
    pub email: String,
    /// Web address.
    #[field(label = "party.website", group = "contact", order = 230, searchable, widget = "web")]
    pub website: String,
    /// Other ways to reach it.
    #[field(label = "party.contacts", group = "contact", order = 240)]
    pub contacts: Lines<Contact>,
    /// Where it is; the first in use is its main one.
    #[field(label = "party.addresses", group = "addresses", order = 310)]
    pub addresses: Lines<Address>,
    /// VAT number, with its country's prefix.
    #[field(label = "party.vat", group = "registration", order = 410, searchable, filterable, widget = "identifier")]
    pub vat: String,
    /// SIREN: enterprise (France).
    #[field(label = "party.siren", group = "registration", order = 420, searchable, filterable, widget = "identifier")]
    pub siren: String,
    /// SIRET: establishment (France).
    #[field(label = "party.siret", group = "registration", order = 430, searchable, filterable, widget = "identifier")]
    pub siret: String,
    /// NINEA (Senegal).
    #[field(label = "party.ninea", group = "registration", order = 440, searchable, filterable, widget = "identifier")]
    pub ninea: String,
    /// Business number (Canada).
    #[field(label = "party.bn", group = "registration", order = 450, searchable, filterable, widget = "identifier")]
    pub bn: String,
    /// Registrations of other kinds.
    #[field(label = "party.identifiers", group = "registration", order = 460)]
    pub identifiers: Lines<Identifier>,
    /// Bank account (ISO 13616).
    #[field(label = "party.iban", group = "payment", order = 510, searchable, widget = "identifier")]
    pub iban: String,
    /// Terms of payment: days, or the code of a payment term.
    #[field(label = "party.terms", group = "payment", order = 520, widget = "code")]
    pub terms: String,
    /// The currency in which it is dealt with (ISO 4217).
    #[field(label = "party.currency", group = "payment", order = 530, filterable, widget = "currency")]
    pub currency: String,
    /// How much it may owe.
    #[field(label = "party.credit_limit", group = "payment", order = 540, filterable)]
    pub credit_limit: Option<Money>,
    /// What it is to other parties.
    #[field(label = "party.relations", group = "relations", order = 610)]
    pub relations: Lines<Relation>,
    /// What it agreed to, and what it refused.
    #[field(label = "party.consents", group = "privacy", order = 710)]
    pub consents: Lines<Consent>,
    /// Words that it is filed under.
    #[field(label = "party.tags", group = "other", order = 810)]
    pub tags: Lines<Tag>,
    /// Anything else.
    #[field(label = "party.notes", group = "other", order = 820, searchable, widget = "multiline")]
    pub notes: String,
    /// Out of use.
    #[field(label = "party.archived", order = 900, filterable)]
    pub archived: bool,
}

impl Default for Party {
    fn default() -> Self {
        Self {
            kind: KINDS[0].to_owned(),
            reference: String::new(),
            name: String::new(),
            also_known_as: String::new(),
            honorific: String::new(),
            given_name: String::new(),
            family_name: String::new(),
            language: String::new(),
            customer: false,
            supplier: false,
            prospect: false,
            employee: false,
            stage: String::new(),
            phone: String::new(),
            email: String::new(),
            website: String::new(),
            contacts: Lines::new(),
            addresses: Lines::new(),
            vat: String::new(),
            siren: String::new(),
            siret: String::new(),
            ninea: String::new(),
            bn: String::new(),
            identifiers: Lines::new(),
            iban: String::new(),
            terms: String::new(),
            currency: String::new(),
            credit_limit: None,
            relations: Lines::new(),
            consents: Lines::new(),
            tags: Lines::new(),
            notes: String::new(),
            archived: false,
        }
    }
}

impl Party {
    /// Its roles as one word, `customer|supplier`; empty for none.
    #[must_use]
    pub fn roles(&self) -> String {
        let has = [self.customer, self.supplier, self.prospect, self.employee];
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
