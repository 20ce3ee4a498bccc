//! Which column of somebody's file is which of ours, under a name. Owns the type and its fields.

use comptoir_replica::record::{Line, Lines, Record};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A mapping of a file's columns to those of a kind of record.
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "import-mapping", class = "shared", scope = "organisation")]
#[serde(default)]
pub struct ImportMapping {
    /// What people call it.
    #[field(label = "import-mapping.name", required, listed, searchable, filterable)]
    pub name: String,
    /// The kind of record that is imported: the same for ever.
    #[field(label = "import-mapping.kind", required, listed, filterable, widget = "record-kind")]
    pub kind: String,
    /// The form of the file; empty where its beginning tells.
    #[field(label = "import-mapping.form", listed, choices("csv", "xlsx", "vcard"))]
    pub form: String,
    /// The columns.
    #[field(label = "import-mapping.columns")]
    pub columns: Lines<MappedColumn>,
    /// Out of use.
    #[field(label = "import-mapping.archived", filterable)]
    pub archived: bool,
}

/// One column of the file.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "mapped-column")]
#[serde(default)]
pub struct MappedColumn {
    /// Its name in the file's header; empty for a column that the file does not have and `default` fills.
    #[field(label = "mapped-column.source")]
    pub source: String,
    /// The column that it is: `name`, `addresses.1.city`, `custom.size`; empty for one that is left out.
    #[field(label = "mapped-column.target", limit = 200)]
    pub target: String,
    /// What an empty cell means.
    #[field(label = "mapped-column.default")]
    pub default: String,
    /// Its place among the columns.
    #[field(label = "line.position")]
    pub position: i64,
    /// Out of use.
    #[field(label = "line.archived")]
    pub archived: bool,
}
