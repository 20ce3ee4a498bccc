//! Every record of a list, in its order: what exports take. Owns the walk from page to page; counts nothing.

use comptoir_replica::record::RecordId;

use super::key::fingerprint;
use super::pages::Pages;
use super::plan::Plan;
use super::{ListQuery, prepare};
use crate::desk::Stopped;
use crate::limits::MAX_LIST_PAGE_ROWS;
use crate::registry::{Context, Kind};

/// Visits every record that a query lists, whatever page it asks for. A view that it names must be resolved already.
///
/// # Errors
/// As [`super::list`], and the visitor's.
pub(crate) fn walk<E: From<Stopped>>(
    context: &Context<'_>,
    kind: &Kind,
    query: &ListQuery,
    mut visit: impl FnMut(RecordId) -> Result<(), E>,
) -> Result<(), E> {
    prepare(context.connection).map_err(Stopped::from)?;
    let mut query =
        ListQuery { after: None, before: None, skip: None, limit: Some(MAX_LIST_PAGE_ROWS), ..query.clone() };
    let plan = Plan::of(context, kind, &query)?;
    let pages = Pages { context, plan: &plan, columns: &[], fingerprint: fingerprint(kind, &query.sort) };
    loop {
        let (rows, next, _) = pages.page(&query)?;
        rows.iter().try_for_each(|row| visit(row.id))?;
        query.after = next;
        if query.after.is_none() {
            return Ok(());
        }
    }
}
