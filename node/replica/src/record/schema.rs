//! What a record type is: its kind, write class, default scope and fields, from which forms, lists, filters, imports,
//! exports and the API's documentation are made.
//!
//! Owns the traits that `#[derive(Record)]` and `#[derive(Line)]` implement, and the way between a struct and its puts.
//! Never knows a business type. A field's name is its path for ever, and so is its default: a record written before the
//! field existed reads as the default. Cells that a type does not know stay in the record untouched.

use super::value::{Date, Money};
use super::{Cells, RecordId, Scalar};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

pub use comptoir_replica_derive::Record;

/// Where an organisation's own fields live: `custom/KEY`.
pub const CUSTOM_PREFIX: &str = "custom/";

/// Who may write a type's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteClass {
    /// Headquarters (an organisation may loosen a type to shared).
    Reference,
    /// The owning site.
    SiteOwned,
    /// Each side its half, each half citing the other.
    Handover,
    /// Every member of the scope; merged field by field, losers kept.
    Shared,
    /// Holders of rights.
    Escrow,
}

/// The scope in which a type's records live unless its organisation decides otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefaultScope {
    /// `organisation`: shared and reference records.
    Organisation,
    /// `trade`: stock, transfers, rights.
    Trade,
    /// `books:SITE`: ledger and invoices.
    Books,
    /// `staff:SITE`: accounts and personnel.
    Staff,
    /// `private:SITE`: records that a site does not share.
    Private,
    /// `local`: never leaves the node.
    Local,
}

/// What kind of value a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// UTF-8 text.
    Text,
    /// A whole number.
    Int,
    /// A decimal number, as its shortest text.
    Decimal,
    /// A calendar day, `YYYY-MM-DD`.
    Date,
    /// An amount of money: currency and whole minor units in one cell, `EUR 1234`.
    Money,
    /// Yes or no.
    Bool,
    /// The id of another record.
    Reference,
}

/// Classes of fields, by which roles grant to see and to write them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldClass {
    /// Of the business.
    Ordinary,
    /// Of a natural person.
    Personal,
    /// What somebody earns.
    Pay,
    /// Of somebody's health.
    Medical,
    /// Of courts and proceedings.
    Legal,
}

impl FieldClass {
    /// Every class.
    pub const ALL: &'static [Self] = &[Self::Ordinary, Self::Personal, Self::Pay, Self::Medical, Self::Legal];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Personal => "personal",
            Self::Pay => "pay",
            Self::Medical => "medical",
            Self::Legal => "legal",
        }
    }

    /// The class of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.word() == word)
    }
}

/// One field of a record type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its cell: `name`, or `addresses/*/city` for a field of lines, `*` standing for the line's key.
    pub path: Cow<'static, str>,
    /// Key of its name in the UI's message catalogue.
    pub label: &'static str,
    /// The form's section that it stands in; empty for the first.
    pub group: &'static str,
    /// Its place among the fields, ascending; equal ones as declared.
    pub order: i32,
    /// The control that edits it, where the kind's own does not do: `multiline`, `email`, `country` …
    pub widget: Option<&'static str>,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether it may be empty (null).
    pub optional: bool,
    /// The values that it may take; empty for any.
    pub choices: &'static [&'static str],
    /// Whether full-text search finds records by it.
    pub searchable: bool,
    /// Whether lists offer a filter on it.
    pub filterable: bool,
    /// Whether it must not be empty.
    pub required: bool,
    /// Whether lists show it unless the user chooses otherwise.
    pub listed: bool,
    /// The most characters that it takes, if that differs from what its widget takes.
    pub limit_chars: Option<u32>,
    /// The unit of its number, as shown.
    pub unit: Option<&'static str>,
    /// Who may see it.
    pub class: FieldClass,
    /// The kind of record that it names, if it names one.
    pub target: Option<&'static str>,
    /// Whether it is a field of lines.
    pub line: bool,
}

impl Field {
    /// Whether the cell named `path` is this field: `addresses/4f2a/city` is `addresses/*/city`.
    #[must_use]
    pub fn is_at(&self, path: &str) -> bool {
        let (pattern, parts) = (self.path.split('/'), path.split('/'));
        pattern.clone().count() == parts.clone().count()
            && pattern.zip(parts).all(|(wanted, part)| wanted == part || wanted == "*" && !part.is_empty())
    }

    /// Whether the field may hold `value`.
    #[must_use]
    pub fn accepts(&self, value: &Scalar) -> bool {
        match (self.kind, value) {
            (_, Scalar::Null) => self.optional,
            (FieldKind::Text, Scalar::Str(text)) => self.choices.is_empty() || self.choices.contains(&text.as_str()),
            (FieldKind::Reference, Scalar::Str(text)) => text.parse::<RecordId>().is_ok(),
            (FieldKind::Int, Scalar::Int(_)) | (FieldKind::Bool, Scalar::Bool(_)) => true,
            (FieldKind::Decimal, value) => Decimal::from_scalar(value).is_some(),
            (FieldKind::Date, value) => Date::from_scalar(value).is_some(),
            (FieldKind::Money, value) => Money::from_scalar(value).is_some(),
            _ => false,
        }
    }

    fn hints(&self) -> Value {
        json!({
            "label": self.label,
            "group": self.group,
            "order": self.order,
            "widget": self.widget,
            "kind": self.kind,
            "optional": self.optional,
            "choices": self.choices,
            "searchable": self.searchable,
            "filterable": self.filterable,
            "required": self.required,
            "listed": self.listed,
            "limit_chars": self.limit_chars,
            "unit": self.unit,
            "class": self.class,
            "target": self.target,
        })
    }
}

/// The field of `schema` that the cell named `path` is.
#[must_use]
pub fn field_at<'a>(schema: &'a [Field], path: &str) -> Option<&'a Field> {
    schema.iter().find(|field| field.is_at(path))
}

/// A type whose values one cell holds.
pub trait FieldValue: Sized {
    /// What forms make of it.
    const KIND: FieldKind;
    /// Whether it may be null.
    const OPTIONAL: bool = false;

    /// The cell's value.
    fn to_scalar(&self) -> Scalar;

    /// Reads a cell. `None` when it holds something else, as a faulty or newer peer may have put.
    fn from_scalar(scalar: &Scalar) -> Option<Self>;
}

impl FieldValue for String {
    const KIND: FieldKind = FieldKind::Text;

    fn to_scalar(&self) -> Scalar {
        Scalar::Str(self.clone())
    }

    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        scalar.as_str().map(str::to_owned)
    }
}

impl FieldValue for i64 {
    const KIND: FieldKind = FieldKind::Int;

    fn to_scalar(&self) -> Scalar {
        Scalar::Int(*self)
    }

    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        scalar.as_int()
    }
}

impl FieldValue for bool {
    const KIND: FieldKind = FieldKind::Bool;

    fn to_scalar(&self) -> Scalar {
        Scalar::Bool(*self)
    }

    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        scalar.as_bool()
    }
}

impl FieldValue for RecordId {
    const KIND: FieldKind = FieldKind::Reference;

    fn to_scalar(&self) -> Scalar {
        Scalar::Str(self.to_string())
    }

    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        scalar.as_str()?.parse().ok()
    }
}

impl<T: FieldValue> FieldValue for Option<T> {
    const KIND: FieldKind = T::KIND;
    const OPTIONAL: bool = true;

    fn to_scalar(&self) -> Scalar {
        self.as_ref().map_or(Scalar::Null, FieldValue::to_scalar)
    }

    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        if scalar.is_null() { Some(None) } else { T::from_scalar(scalar).map(Some) }
    }
}

/// A part of a record struct: a single value, or [`super::Lines`].
pub trait FieldType: Sized {
    /// Appends the field or fields that `field`, whose kind is not yet known, turns out to be.
    fn describe(field: Field, fields: &mut Vec<Field>);

    /// Appends the puts that set the part to this.
    fn write(&self, path: &str, puts: &mut Vec<(String, Scalar)>);

    /// Reads the part from the winners. `None` when there is nothing that it can read.
    fn read(cells: &Cells, path: &str) -> Option<Self>;
}

impl<T: FieldValue> FieldType for T {
    fn describe(field: Field, fields: &mut Vec<Field>) {
        fields.push(Field { kind: T::KIND, optional: T::OPTIONAL, ..field });
    }

    fn write(&self, path: &str, puts: &mut Vec<(String, Scalar)>) {
        puts.push((path.to_owned(), self.to_scalar()));
    }

    fn read(cells: &Cells, path: &str) -> Option<Self> {
        cells.winner(path).and_then(T::from_scalar)
    }
}

/// A record type: a plain struct, mapped to the cells of a flat document and back.
///
/// Derive it: `#[derive(Record)] #[record(kind = "party", class = "shared", scope = "organisation")]`. The struct needs an
/// `archived: bool`, and `Default`, which says what missing fields read as.
pub trait Record: Sized + Default + Serialize + DeserializeOwned + JsonSchema {
    /// The type's name in commands, paths and the log.
    const KIND: &'static str;
    /// Who may write its records.
    const WRITE_CLASS: WriteClass;
    /// Where its records live by default.
    const SCOPE: DefaultScope;

    /// Its fields, in the order of forms.
    fn schema() -> &'static [Field];

    /// Puts that set every field to this. Give them to [`edit_puts`], which leaves out what is so already.
    fn to_puts(&self) -> Vec<(String, Scalar)>;

    /// The record's present values: each field's winner, or the default where there is none or one of another kind.
    fn from_cells(cells: &Cells) -> Self;

    /// JSON Schema (draft 2020-12) with UI hints: `x-ui` on each property, `x-line-fields` on each list of lines.
    fn schema_json() -> Value {
        let mut schema = schemars::schema_for!(Self).to_value();
        schema["x-kind"] = Self::KIND.into();
        schema["x-write-class"] = json!(Self::WRITE_CLASS);
        schema["x-scope"] = json!(Self::SCOPE);
        for field in Self::schema() {
            let mut parts = field.path.split("/*/");
            let property = &mut schema["properties"][parts.next().unwrap_or_default()];
            match parts.next() {
                Some(name) => property["x-line-fields"][name] = field.hints(),
                None => property["x-ui"] = field.hints(),
            }
        }
        schema
    }
}

/// The puts among `wanted` that change something. A value that already won is never put again, for that would resolve a
/// conflict in silence; nor is null into a cell that was never put.
#[must_use]
pub fn edit_puts(cells: &Cells, wanted: &[(String, Scalar)]) -> Vec<(String, Scalar)> {
    let changes = |(path, value): &&(String, Scalar)| cells.winner(path).unwrap_or(&Scalar::Null) != value;
    wanted.iter().filter(changes).cloned().collect()
}

/// The organisation's own fields of a record: the winners of `custom/KEY`, by KEY.
#[must_use]
pub fn custom_fields(cells: &Cells) -> BTreeMap<String, Scalar> {
    let winner = |(path, visible): (&str, &[super::Visible])| {
        Some((path.strip_prefix(CUSTOM_PREFIX)?.to_owned(), visible.last()?.value.clone()))
    };
    cells.under(CUSTOM_PREFIX).filter_map(winner).collect()
}
