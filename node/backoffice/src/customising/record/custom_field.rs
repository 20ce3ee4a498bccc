//! A field of the organisation's own: its key, what it holds, what its values may be. Owns the type and its fields.

use comptoir_replica::record::{Line, Lines, Record};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The definition of a field that records of one kind have under `custom.KEY`.
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "custom-field", class = "reference", scope = "organisation")]
#[serde(default)]
pub struct CustomField {
    /// `KIND.KEY`, made of the two: how imports and people name the definition.
    #[field(label = "custom-field.reference", listed, searchable, filterable, widget = "computed", limit = 120)]
    pub reference: String,
    /// The kind of record that has the field.
    #[field(label = "custom-field.kind", required, filterable, widget = "record-kind")]
    pub kind: String,
    /// Its name in paths, `custom.KEY`: the same for ever.
    #[field(label = "custom-field.key", required, filterable, widget = "key")]
    pub key: String,
    /// What it holds: the same for ever.
    #[field(
        label = "custom-field.type",
        required,
        listed,
        filterable,
        choices("text", "number", "date", "choice", "reference", "money", "yes-no")
    )]
    pub r#type: String,
    /// Its name in English.
    #[field(label = "custom-field.label_en", listed, searchable)]
    pub label_en: String,
    /// Its name in French.
    #[field(label = "custom-field.label_fr", listed, searchable)]
    pub label_fr: String,
    /// What a person should know who fills it in.
    #[field(label = "custom-field.help", widget = "multiline", limit = 2000)]
    pub help: String,
    /// The form's section that it stands in.
    #[field(label = "custom-field.group", group = "form")]
    pub group: String,
    /// Its place among the organisation's own fields, ascending; equal ones by key.
    #[field(label = "custom-field.order", group = "form")]
    pub order: i64,
    /// Lists show it unless the user chooses otherwise.
    #[field(label = "custom-field.listed", group = "form")]
    pub listed: bool,
    /// Lists offer a filter on it.
    #[field(label = "custom-field.filterable", group = "form")]
    pub filterable: bool,
    /// Who may see it: those whose roles grant this class. Ordinary when nothing is said.
    #[field(
        label = "custom-field.class",
        group = "form",
        filterable,
        choices("ordinary", "personal", "pay", "medical", "legal")
    )]
    pub class: String,
    /// It must not be empty in new records, and cannot be emptied.
    #[field(label = "custom-field.required", group = "rule")]
    pub required: bool,
    /// What a new record has that says nothing else; written as a value of the field.
    #[field(label = "custom-field.default", group = "rule")]
    pub default: String,
    /// The values that a choice may take.
    #[field(label = "custom-field.choices", group = "rule")]
    pub choices: Lines<Choice>,
    /// The kind of record that a reference names.
    #[field(label = "custom-field.target", group = "rule", widget = "record-kind")]
    pub target: String,
    /// The least number, date or amount; empty for any. A bound of an amount settles the currency.
    #[field(label = "custom-field.min", group = "rule", widget = "code")]
    pub min: String,
    /// The greatest number, date or amount; empty for any.
    #[field(label = "custom-field.max", group = "rule", widget = "code")]
    pub max: String,
    /// The form of a text: `9` a digit, `A` a letter, `X` either, `*` at the end anything more, `\` before a sign that stands
    /// for itself, as every other sign does.
    #[field(label = "custom-field.pattern", group = "rule", limit = 100)]
    pub pattern: String,
    /// The most characters of a text.
    #[field(label = "custom-field.length", group = "rule")]
    pub length: Option<i64>,
    /// The most digits after a number's decimal point.
    #[field(label = "custom-field.decimals", group = "rule")]
    pub decimals: Option<i64>,
    /// Retired: values stay and are shown, none is added.
    #[field(label = "custom-field.archived", filterable)]
    pub archived: bool,
}

/// One value that a choice may take.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "choice")]
#[serde(default)]
pub struct Choice {
    /// The value as records hold it: the same for ever.
    #[field(label = "choice.value", required, widget = "key")]
    pub value: String,
    /// Its name in English.
    #[field(label = "choice.label_en")]
    pub label_en: String,
    /// Its name in French.
    #[field(label = "choice.label_fr")]
    pub label_fr: String,
    /// Its place among the choices.
    #[field(label = "line.position")]
    pub position: i64,
    /// Offered no more: values stay and are shown.
    #[field(label = "line.archived")]
    pub archived: bool,
}
