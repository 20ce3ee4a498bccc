//! Records, by kind: lists, single ones, their history, what their kinds are. Owns the requests and what they share; what a
//! kind is and what may be done with it is the back office's.

pub mod aliases;
pub mod history;
pub mod kinds;
pub mod list;
pub mod one;

use comptoir_backoffice::desk::Done;
use comptoir_backoffice::find;
use comptoir_backoffice::registry::{self, Kind};
use comptoir_backoffice::shown::RecordShown;
use comptoir_replica::record::RecordId;
use comptoir_replica::{Appended, NewChange};
use comptoir_sync_protocol::ScopeId;
use comptoir_sync_protocol::ids::Hash;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::node::Node;
use crate::problem::Problem;

/// A change of a record that a request wrote: what taking back just that names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Written {
    /// The record's kind.
    pub kind: String,
    /// The record's id.
    pub record: String,
    /// Hash of the change, as the history gives it and a revert takes it.
    pub change: String,
}

impl From<&NewChange> for Written {
    fn from(new: &NewChange) -> Self {
        let change = Hash(new.change).to_string();
        Self { kind: new.kind.to_owned(), record: new.record.to_string(), change }
    }
}

/// A record as it is now, and what the request wrote.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Changed {
    /// The record.
    #[serde(flatten)]
    pub record: RecordShown,
    /// The changes, in their order, also of records that were merged into it: none when all was so already.
    pub written: Vec<Written>,
}

/// The kind of this name.
pub(crate) fn known(kind: &str) -> Result<&'static Kind, Problem> {
    registry::kind(kind).map_err(Problem::from)
}

/// The record that a person names; one that was merged leads to the one that stands for it.
pub(crate) fn find(node: &Node, kind: &'static Kind, name: &str) -> Result<(ScopeId, RecordId), Problem> {
    let author = node.author();
    node.desk(&author).find(kind, name).map_err(|error| node.command_problem(error))
}

/// The record that a person names, though it be merged.
pub(crate) fn find_itself(node: &Node, kind: &'static Kind, name: &str) -> Result<(ScopeId, RecordId), Problem> {
    let author = node.author();
    node.desk(&author).find_itself(kind, name).map_err(|error| node.command_problem(error))
}

/// Tells everyone, and shows the record as it is now.
fn after(node: &Node, kind: &'static Kind, done: &Done) -> Result<RecordShown, Problem> {
    tell(node, std::slice::from_ref(&done.appended));
    shown(node, kind, done.record)
}

/// As [`after`], with what was written.
fn changed(node: &Node, kind: &'static Kind, done: &Done) -> Result<Changed, Problem> {
    let record = after(node, kind, done)?;
    Ok(Changed { record, written: done.appended.changes.iter().map(Written::from).collect() })
}

fn tell(node: &Node, appended: &[Appended]) {
    appended.iter().for_each(|appended| node.publish(&appended.commits));
}

/// The record of this id, with what was merged into it, as far as whoever asks sees it.
fn shown(node: &Node, kind: &'static Kind, id: RecordId) -> Result<RecordShown, Problem> {
    node.look(|desk| {
        let place = desk.look(|reading| Ok(find::by_id(reading.connection(), kind, id)?))?;
        desk.show(kind, place.ok_or_else(|| find::not_found(kind, &id.to_string()))?)
    })
}
