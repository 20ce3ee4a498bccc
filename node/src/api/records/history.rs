//! What was done to a record, by whom and when, and taking it back. Owns the requests and the shapes.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::mask::Mask;
use comptoir_backoffice::shown::{RecordShown, named};
use comptoir_replica::HistoryItem;
use comptoir_replica::record::ChangeHash;
use comptoir_sync_protocol::ids::Hash;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{after, find_itself, known};
use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Segments};
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};
use crate::{clock, entropy};

/// What was done to a record.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct History {
    /// Oldest first, in causal order.
    pub items: Vec<HistoryEntry>,
}

/// One change of a record.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct HistoryEntry {
    /// Hash of the change: what a revert names.
    pub change: String,
    /// The person, or `SITE/operator`.
    pub author: String,
    /// When, by the author's clock; RFC 3339. It orders nothing.
    pub time: String,
    /// The code of the site that wrote it.
    pub site: String,
    /// By which command.
    pub command: String,
    /// Hash of the entry that it came in.
    pub entry: String,
    /// The act that it is a part of, an import for instance, by which that is undone as one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub batch: Option<String>,
    /// It made the record.
    pub created: bool,
    /// What it put.
    pub puts: Vec<HistoryPut>,
}

/// One field that was put.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct HistoryPut {
    /// The field.
    pub field: String,
    /// The value that its author saw before.
    #[schema(value_type = Object)]
    pub before: Value,
    /// The value from then on.
    #[schema(value_type = Object)]
    pub value: Value,
    /// Somebody else put the same field, and neither had seen the other's value.
    pub concurrent: bool,
}

/// What was done to a record, by whom and when. Of a merged record, what was done to that itself.
#[utoipa::path(get, path = "/api/v1/records/{kind}/{id}/history", tag = "records",
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id or reference")),
    responses((status = 200, body = History), (status = "default", body = ProblemBody)))]
pub async fn history(State(api): State<Api>, Segments((kind, id)): Segments<(String, String)>) -> Answer<History> {
    let history = api.run(move |node| {
        let kind = known(&kind)?;
        let (_, id) = find_itself(node, kind, &id)?;
        let items = node.replica().history(id).map_err(|error| node.storage_problem(&error))?;
        let mask = node.look(|desk| desk.mask(kind))?;
        Ok(History { items: items.into_iter().map(|item| entry(node, item, &mask)).collect() })
    });
    history.await.map(Json)
}

/// What to take back: one of the two.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum RevertRequest {
    /// One change, by the hash that the history gives.
    Change(String),
    /// All changes since this moment: RFC 3339, or a day, whose end at this site is meant.
    At(String),
}

/// What taking back did.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Reverted {
    /// The record as it is now.
    pub record: RecordShown,
    /// Fields that stay, because somebody put something else there since.
    pub superseded: Vec<String>,
    /// Fields that stay, because others' values contradict each other there: that conflict has to be settled first.
    pub contested: Vec<String>,
}

/// Take back one change of a record, or all since a moment, where nobody has put anything else since. It is a change like any
/// other: history shows it, and it can be taken back in turn.
#[utoipa::path(post, path = "/api/v1/records/{kind}/{id}/revert", tag = "records", request_body = RevertRequest,
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id or reference")),
    responses((status = 200, body = Reverted), (status = "default", body = ProblemBody)))]
pub async fn revert(
    State(api): State<Api>,
    Segments((kind, id)): Segments<(String, String)>,
    JsonBody(request): JsonBody<RevertRequest>,
) -> Answer<Reverted> {
    let reverted = api.run(move |node| {
        let kind = known(&kind)?;
        let reverted = match request {
            RevertRequest::Change(change) => {
                let change = hash(&change)?;
                node.at_desk(|desk| desk.revert(kind, &id, &change, &mut entropy::os()))
            }
            RevertRequest::At(at) => {
                let at_ms = clock::moment(&at, &node.time_zone())?;
                node.at_desk(|desk| desk.revert_to(kind, &id, at_ms, &mut entropy::os()))
            }
        }?;
        let record = after(node, kind, &reverted.done)?;
        Ok(Reverted { record, superseded: reverted.superseded, contested: reverted.contested })
    });
    reverted.await.map(Json)
}

fn hash(text: &str) -> Result<ChangeHash, Problem> {
    let bytes = entropy::unhex(text.trim()).and_then(|bytes| bytes.try_into().ok());
    let message = "A change is named by the 64 hexadecimal digits that the history gives";
    bytes.ok_or_else(|| Problem::new(Code::BadRequest, message).with("value", text))
}

/// A change, with what of its puts is seen.
fn entry(node: &Node, item: HistoryItem, mask: &Mask) -> HistoryEntry {
    let site = node.roster().sites.get(&item.site).map(|site| site.profile.code.clone());
    let puts = item.puts.into_iter().filter(|put| mask.sees(&put.key)).map(|put| HistoryPut {
        field: named(&put.key),
        before: put.before.as_ref().map_or(Value::Null, |before| mask.cell(&put.key, before)),
        value: mask.cell(&put.key, &put.value),
        concurrent: put.concurrent,
    });
    HistoryEntry {
        change: Hash(item.change).to_string(),
        author: item.author,
        time: clock::rfc3339(item.wall_clock_ms),
        site: site.unwrap_or_else(|| item.site.to_string()),
        command: item.command,
        entry: item.entry.hash.to_string(),
        batch: item.batch.map(|batch| batch.to_string()),
        created: item.created,
        puts: puts.collect(),
    }
}
