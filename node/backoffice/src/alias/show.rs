//! A record with what was merged into it. Owns the shape in which aliases are shown beside the record that stands for them.
//! Moves nothing: their lines and values stay their own.

use std::collections::BTreeMap;

use comptoir_replica::Reading;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Place, aliases_of};
use crate::desk::{Stopped, stored};
use crate::limits::MAX_SHOWN_ALIASES;
use crate::mask::Mask;
use crate::registry::Kind;
use crate::shown::{LineShown, RecordShown};

/// A record that was merged into the one that is shown.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct AliasShown {
    /// Its id.
    pub id: String,
    /// Its scope's id.
    pub scope: String,
    /// Its name.
    pub title: String,
    /// The reference that it bears; empty for none.
    pub reference: String,
    /// Whether it is out of use itself.
    pub archived: bool,
    /// Its values that are neither empty nor those of the record that is shown, by path.
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub fields: BTreeMap<String, Value>,
    /// Its lines by list, in order.
    pub lines: BTreeMap<String, Vec<LineShown>>,
}

/// The record at a place, with its aliases, as far as this shows them.
///
/// # Errors
/// [`crate::refusal::Code::NotFound`], or those of SQL.
pub(crate) fn show(
    reading: &Reading<'_>,
    mask: &Mask,
    kind: &Kind,
    (scope, id): Place,
) -> Result<RecordShown, Stopped> {
    let record = stored(reading, kind, scope, id)?;
    let mut shown = mask.show(scope, id, &record.cells);
    for (scope, id) in aliases_of(reading.connection(), kind, id, MAX_SHOWN_ALIASES)? {
        let record = stored(reading, kind, scope, id)?;
        let alias = mask.show(scope, id, &record.cells);
        shown.aliases.push(beside(kind, &shown, alias));
    }
    Ok(shown)
}

fn beside(kind: &Kind, shown: &RecordShown, alias: RecordShown) -> AliasShown {
    let reference = kind.reference().and_then(|field| alias.fields.get(field)?.as_str().map(str::to_owned));
    let custom = alias.custom.into_iter().map(|(key, value)| (format!("custom.{key}"), value));
    let same = |path: &str, value: &Value| match path.strip_prefix("custom.") {
        Some(key) => shown.custom.get(key) == Some(value),
        None => shown.fields.get(path) == Some(value),
    };
    let empty = |value: &Value| value.is_null() || value.as_str() == Some("");
    let differing = |(path, value): &(String, Value)| !empty(value) && !same(path, value);
    AliasShown {
        id: alias.id,
        scope: alias.scope,
        title: alias.title,
        reference: reference.unwrap_or_default(),
        archived: alias.archived,
        fields: alias.fields.into_iter().chain(custom).filter(differing).collect(),
        lines: alias.lines.into_iter().filter(|(_, lines)| !lines.is_empty()).collect(),
    }
}
