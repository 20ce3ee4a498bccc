//! Fields of the organisation's own in records of any kind: `custom.KEY`, and the stage that a record is at. Owns what a local
//! command may put there. What another site put is kept as it is.

use comptoir_replica::record::schema::CUSTOM_PREFIX;
use comptoir_replica::record::{Cells, Scalar};
use serde_json::Value;

use super::definition::Definition;
use crate::customising::query::stages;
use crate::desk::Stopped;
use crate::mask::Mask;
use crate::refusal::{Code, Refusal};
use crate::registry::{Context, Kind, Put};
use crate::shown::named;

/// The widget of a field that says at which stage a record is.
pub(super) const STAGE: &str = "stage";

/// The value of `custom.KEY` as it is stored.
///
/// # Errors
/// [`Code::UnknownField`], a value that the definition in force does not take, or those of SQL.
pub(crate) fn typed(context: &Context<'_>, kind: &Kind, key: &str, value: &Value) -> Result<Scalar, Stopped> {
    let (known, mask) = (context.definitions(kind)?, context.mask(kind)?);
    let seen = |definition: &Definition| mask.sees(&format!("{CUSTOM_PREFIX}{}", definition.field.key));
    if let Some(definition) = known.iter().find(|definition| definition.field.key == key && seen(definition)) {
        return definition.typed(context, value);
    }
    let live = known.iter().filter(|known| !known.field.archived && seen(known));
    let known: Vec<String> = live.map(|known| format!("custom.{}", known.field.key)).collect();
    Err(Refusal::new(Code::UnknownField).with("known", known.join(", ")).into())
}

/// Judges what is put into own fields and the stage; a new record gets the defaults.
///
/// # Errors
/// [`Code::Required`], [`Code::FieldRetired`], [`Code::NotInList`], or those of SQL.
pub(crate) fn settle(context: &Context<'_>, kind: &Kind, before: &Cells, puts: &mut Vec<Put>) -> Result<(), Stopped> {
    let known = context.definitions(kind)?;
    let own = puts.iter().filter_map(|(path, value)| Some((path, path.strip_prefix(CUSTOM_PREFIX)?, value)));
    for (path, key, value) in own.filter(|(_, _, value)| !value.is_null()) {
        if let Some(definition) = known.iter().find(|definition| definition.field.key == key) {
            definition.check_new(value).map_err(|refusal| refusal.under(&named(path)))?;
        }
    }
    check_stage(context, kind, puts)?;
    if before.is_empty() { fill(context, &*context.mask(kind)?, puts) } else { Ok(()) }
}

/// Puts the defaults into a new record, which must then have what is required, unless whoever makes it does not see that.
fn fill(context: &Context<'_>, mask: &Mask, puts: &mut Vec<Put>) -> Result<(), Stopped> {
    let known = mask.own();
    for definition in known.iter().filter(|definition| !definition.field.archived) {
        let path = format!("{CUSTOM_PREFIX}{}", definition.field.key);
        if puts.iter().any(|(put, value)| *put == path && !value.is_null()) {
            continue;
        }
        if definition.field.default.is_empty() && !mask.sees(&path) {
            continue;
        }
        let value = definition.typed(context, &definition.field.default.as_str().into());
        let value = value.map_err(|stopped| stopped.under(&named(&path)))?;
        if !value.is_null() {
            puts.push((path, value));
        }
    }
    Ok(())
}

fn check_stage(context: &Context<'_>, kind: &Kind, puts: &[Put]) -> Result<(), Stopped> {
    let fields = kind.schema().iter().filter(|field| field.widget == Some(STAGE) && !field.line);
    for field in fields {
        let put = puts.iter().find(|(path, _)| *path == field.path);
        let Some(stage) = put.and_then(|(_, value)| value.as_str()).filter(|stage| !stage.is_empty()) else { continue };
        let live = stages(context.connection, kind.name())?;
        if !live.iter().any(|live| live.key == stage) {
            let known: Vec<&str> = live.iter().map(|stage| stage.key.as_str()).collect();
            let refusal = Refusal::of(&field.path, Code::NotInList).with("value", stage);
            return Err(refusal.with("known", known.join(", ")).into());
        }
    }
    Ok(())
}
