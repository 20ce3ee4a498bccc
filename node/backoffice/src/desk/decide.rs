//! What the commands that every kind has put: from what was asked for and the present cells to puts. Owns the decisions alone:
//! pure but for what the context reads.

use comptoir_replica::record::Cells;
use comptoir_replica::record::schema::CUSTOM_PREFIX;

use super::Stopped;
use crate::changes::{self, ARCHIVED, Asked, differing};
use crate::mask::Mask;
use crate::refusal::{Code, Refusal};
use crate::registry::{Context, Kind};

/// Cells and what is put into them.
type Puts = Vec<(String, comptoir_replica::record::Scalar)>;

/// The cells of a new record.
///
/// # Errors
/// What the kind refuses; a required field that is not there.
pub fn create(kind: &Kind, context: &Context<'_>, asked: &Asked) -> Result<Puts, Stopped> {
    created(kind, context, &asked.typed(kind, context)?)
}

/// As [`create`], of what is typed already.
///
/// # Errors
/// As [`create`].
pub fn created(kind: &Kind, context: &Context<'_>, typed: &changes::Puts) -> Result<Puts, Stopped> {
    let cells = Cells::new();
    let emptied = typed.emptied();
    let mut puts = typed.against(&cells, kind.schema())?;
    check_required(kind, &*context.mask(kind)?, &puts)?;
    kind.settle(context, &cells, &mut puts)?;
    // Who empties a field that has a default wants it empty.
    puts.retain(|(path, _)| !path.starts_with(CUSTOM_PREFIX) || !emptied.contains(path));
    Ok(puts)
}

/// What to put into a record with these cells.
///
/// # Errors
/// What the kind refuses.
pub fn change(kind: &Kind, context: &Context<'_>, asked: &Asked, cells: &Cells) -> Result<Puts, Stopped> {
    changed(kind, context, &asked.typed(kind, context)?, cells)
}

/// As [`change`], of what is typed already.
///
/// # Errors
/// As [`change`].
pub fn changed(kind: &Kind, context: &Context<'_>, typed: &changes::Puts, cells: &Cells) -> Result<Puts, Stopped> {
    let mut puts = typed.against(cells, kind.schema())?;
    kind.settle(context, cells, &mut puts)?;
    // What settling made of a value may be what is there already.
    Ok(differing(cells, puts, kind.schema()))
}

/// What to put so that the record is archived, or is not.
pub fn archive(kind: &Kind, archived: bool, cells: &Cells) -> Puts {
    differing(cells, vec![(ARCHIVED.to_owned(), archived.into())], kind.schema())
}

/// What a new record must have, as far as whoever makes it sees that.
///
/// # Errors
/// [`Code::Required`].
pub fn check_required(kind: &Kind, mask: &Mask, puts: &Puts) -> Result<(), Refusal> {
    let defaults = kind.defaults();
    let says = |path: &str| {
        let put = puts.iter().chain(&defaults).find(|(put, _)| put == path);
        put.is_some_and(|(_, value)| value.size_bytes() > 0)
    };
    let mut required = kind.schema().iter().filter(|field| field.required && !field.line && mask.sees_field(field));
    let missing = required.find(|field| !says(&field.path));
    missing.map_or(Ok(()), |field| Err(Refusal::of(&field.path, Code::Required)))
}
