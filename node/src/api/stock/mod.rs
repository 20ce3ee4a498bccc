//! Stock: what lies where, moves, transfers, rights to pools. Owns the requests; what may be done and what it comes to is the back
//! office's.

pub mod look;
pub mod moves;
pub mod rights;
pub mod transfers;

use comptoir_backoffice::desk::{CommandError, Desk};
use comptoir_backoffice::sites::Sites;
use comptoir_backoffice::stock::command::Posted;
use comptoir_backoffice::stock::query::postings::{PostingShown, posting};
use comptoir_replica::record::{Date, RecordId};
use comptoir_sync_protocol::ids::SiteId;

use crate::node::Node;
use crate::problem::{Code, Problem};

/// Posts something, tells everyone, and shows it.
fn post(node: &Node, command: impl FnOnce(&Desk<'_>) -> Result<Posted, CommandError>) -> Result<PostingShown, Problem> {
    let posted = node.at_desk(command)?;
    node.publish(&posted.appended.commits);
    shown(node, posted.posting)
}

/// The posting of this id.
fn shown(node: &Node, id: RecordId) -> Result<PostingShown, Problem> {
    let found = node.replica().read(|reading| posting(reading.connection(), &sites(node), id));
    let found = found.map_err(|error| node.storage_problem(&error))?;
    found.ok_or_else(|| Problem::new(Code::NotFound, format!("No posting is named {id}")).with("value", id))
}

/// The sites as the roster has them.
fn sites(node: &Node) -> Sites {
    Sites::of(node.replica())
}

/// The site of a code, where one is named.
fn site(node: &Node, code: Option<&str>) -> Result<Option<SiteId>, Problem> {
    code.map(|code| sites(node).id(code)).transpose().map_err(Problem::from)
}

/// The id of a posting, as text has it.
fn posting_id(text: &str) -> Result<RecordId, Problem> {
    let unknown = || Problem::new(Code::NotFound, format!("No posting is named {text}")).with("value", text);
    text.trim().parse().map_err(|_| unknown())
}

/// A day, where one is named.
fn day(text: Option<&str>) -> Result<Option<Date>, Problem> {
    let wrong = |text: &str| Problem::new(Code::BadRequest, format!("{text} is no day: write 2026-11-24"));
    text.map(|text| text.parse().map_err(|_| wrong(text))).transpose()
}
