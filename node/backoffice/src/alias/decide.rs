//! Merging and what takes it back: from a person's wish and the present state to puts. Owns the decisions alone: they are
//! made within the append's transaction and write nothing.

use comptoir_replica::record::schema::{CUSTOM_PREFIX, field_at};
use comptoir_replica::record::{Cells, Field, RecordId, Scalar};

use super::{DISTINCT_PREFIX, canonical, distinct_cell, steps_below, target};
use crate::changes::{ALIAS_OF, ARCHIVED, differing};
use crate::desk::Stopped;
use crate::limits::MAX_ALIAS_STEPS;
use crate::refusal::{Code, Refusal};
use crate::registry::{Context, Kind, Put};

/// What makes `from` an alias of `into`.
///
/// # Errors
/// [`Code::MergeItself`], [`Code::AlreadyMerged`], [`Code::MergeCircle`], [`Code::ArchivedRecord`] (of what would stay),
/// [`Code::TooMany`] aliases one behind the other.
pub fn merge(
    context: &Context<'_>,
    kind: &Kind,
    (from, from_cells): (RecordId, &Cells),
    (into, into_cells): (RecordId, &Cells),
) -> Result<Vec<Put>, Stopped> {
    if from == into {
        return Err(Refusal::new(Code::MergeItself).with("value", from).into());
    }
    if let Some(of) = target(context.connection, kind, from)? {
        return Err(Refusal::new(Code::AlreadyMerged).with("value", from).with("into", of).into());
    }
    // Whoever is no alias stands at the end of its chain: only what is itself an alias of it can close a circle.
    if canonical(context.connection, kind, into)? == from {
        return Err(Refusal::new(Code::MergeCircle).with("value", into).with("into", from).into());
    }
    if into_cells.winner(ARCHIVED).and_then(Scalar::as_bool) == Some(true) {
        return Err(Refusal::new(Code::ArchivedRecord).with("value", into).into());
    }
    if steps_below(context.connection, kind, from)? + 2 > MAX_ALIAS_STEPS {
        return Err(Refusal::new(Code::TooMany).with("limit", MAX_ALIAS_STEPS).into());
    }
    Ok(differing(from_cells, vec![(ALIAS_OF.to_owned(), into.to_string().into())], kind.schema()))
}

/// The values that the record that stays takes over from the other, fields by their paths.
///
/// # Errors
/// A path that is no plain field of the kind, or a value that the record cannot have.
pub fn take_over(
    context: &Context<'_>,
    kind: &Kind,
    fields: &[String],
    from: &Cells,
    into: &Cells,
) -> Result<Vec<Put>, Stopped> {
    let (mask, mut puts) = (context.mask(kind)?, Vec::with_capacity(fields.len()));
    for path in fields {
        let cell = path.replace('.', "/");
        let own = field_at(kind.schema(), &cell).is_some_and(|field| !field.line && cell != ARCHIVED);
        if !(own || cell.starts_with(CUSTOM_PREFIX)) || !mask.sees(&cell) {
            let plain = |field: &&Field| !field.line && field.path != ARCHIVED && mask.sees_field(field);
            let known = kind.schema().iter().filter(plain);
            let known: Vec<&str> = known.map(|field| field.path.as_ref()).collect();
            return Err(Refusal::of(path, Code::UnknownField).with("known", known.join(", ")).into());
        }
        let default = || kind.defaults().into_iter().find(|(field, _)| *field == cell).map(|(_, value)| value);
        let value = from.winner(&cell).cloned().or_else(default).unwrap_or(Scalar::Null);
        if !puts.iter().any(|(put, _)| *put == cell) {
            puts.push((cell, value));
        }
    }
    let mut puts = differing(into, puts, kind.schema());
    kind.settle(context, into, &mut puts)?;
    Ok(differing(into, puts, kind.schema()))
}

/// What makes an alias a record of its own again.
///
/// # Errors
/// [`Code::NotMerged`].
pub fn unmerge(id: RecordId, cells: &Cells) -> Result<Vec<Put>, Refusal> {
    if cells.winner(ALIAS_OF).is_none_or(Scalar::is_null) {
        return Err(Refusal::new(Code::NotMerged).with("value", id));
    }
    Ok(vec![(ALIAS_OF.to_owned(), Scalar::Null)])
}

/// What says that a record is another than this one.
#[must_use]
pub fn distinct(other: RecordId, cells: &Cells) -> Vec<Put> {
    differing(cells, vec![(distinct_cell(&other), true.into())], &[])
}

/// The records that these cells say to be others.
pub fn distinct_from(cells: &Cells) -> impl Iterator<Item = RecordId> {
    let says = |(path, _): (&str, _)| {
        let other = path.strip_prefix(DISTINCT_PREFIX)?.parse().ok()?;
        (cells.winner(path).and_then(Scalar::as_bool) == Some(true)).then_some(other)
    };
    cells.under(DISTINCT_PREFIX).filter_map(says)
}
