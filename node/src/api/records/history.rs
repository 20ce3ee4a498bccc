//! What was done to a record, by whom and when. Owns the request and the shapes.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::shown::named;
use comptoir_replica::HistoryItem;
use comptoir_replica::record::Scalar;
use comptoir_sync_protocol::ids::Hash;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{find_itself, known};
use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::Segments;
use crate::clock;
use crate::node::Node;
use crate::problem::ProblemBody;

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
        let (_, id) = find_itself(node, known(&kind)?, &id)?;
        let items = node.replica().history(id).map_err(|error| node.storage_problem(&error))?;
        Ok(History { items: items.into_iter().map(|item| entry(node, item)).collect() })
    });
    history.await.map(Json)
}

fn entry(node: &Node, item: HistoryItem) -> HistoryEntry {
    let site = node.roster().sites.get(&item.site).map(|site| site.profile.code.clone());
    let puts = item.puts.into_iter().map(|put| HistoryPut {
        field: named(&put.key),
        before: put.before.as_ref().map_or(Value::Null, Scalar::to_json),
        value: put.value.to_json(),
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
