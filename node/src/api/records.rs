//! Single records and lists of them, by kind. Owns the requests; what a kind is and what may be done with it is the back
//! office's.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::Done;
use comptoir_backoffice::list::{ListPage, ListQuery, list as list_records};
use comptoir_backoffice::registry::{self, Kind};
use comptoir_backoffice::shown::{RecordShown, named};
use comptoir_replica::HistoryItem;
use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ScopeId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Params, Segments};
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};
use crate::{clock, entropy};

/// Whether a record is archived.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchiveRequest {
    /// Archived, or taken back.
    pub archived: bool,
}

/// What was done to a record.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct History {
    /// Oldest first, in causal order.
    pub items: Vec<HistoryEntry>,
}

/// One change of a record.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct HistoryEntry {
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
}

/// List records of a kind by name.
#[utoipa::path(get, path = "/api/v1/records/{kind}", tag = "records",
    params(("kind" = String, Path, description = "Kind of record, such as party"), ListQuery),
    responses((status = 200, body = ListPage), (status = "default", body = ProblemBody)))]
pub async fn list(
    State(api): State<Api>,
    Segments(kind): Segments<String>,
    Params(query): Params<ListQuery>,
) -> Answer<ListPage> {
    let page = api.run(move |node| {
        let kind = known(&kind)?;
        let author = node.author();
        let page = node.desk(&author).look(|reading| list_records(reading.connection(), kind, &query));
        page.map_err(|error| node.command_problem(error))
    });
    page.await.map(Json)
}

/// Create a record.
#[utoipa::path(post, path = "/api/v1/records/{kind}", tag = "records", request_body = Changes,
    params(("kind" = String, Path, description = "Kind of record, such as party")),
    responses((status = 200, body = RecordShown), (status = "default", body = ProblemBody)))]
pub async fn create(
    State(api): State<Api>,
    Segments(kind): Segments<String>,
    JsonBody(changes): JsonBody<Changes>,
) -> Answer<RecordShown> {
    let created = api.run(move |node| {
        let kind = known(&kind)?;
        let done = node.at_desk(|desk| desk.create(kind, changes, &mut entropy::os()))?;
        after(node, kind, &done)
    });
    created.await.map(Json)
}

/// Show a record, named by its id or by a reference that one live record bears.
#[utoipa::path(get, path = "/api/v1/records/{kind}/{id}", tag = "records",
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id or reference")),
    responses((status = 200, body = RecordShown), (status = "default", body = ProblemBody)))]
pub async fn show(State(api): State<Api>, Segments((kind, id)): Segments<(String, String)>) -> Answer<RecordShown> {
    let found = api.run(move |node| {
        let kind = known(&kind)?;
        let (_, id) = find(node, kind, &id)?;
        shown(node, kind, id)
    });
    found.await.map(Json)
}

/// Change fields of a record and add lines.
#[utoipa::path(patch, path = "/api/v1/records/{kind}/{id}", tag = "records", request_body = Changes,
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id or reference")),
    responses((status = 200, body = RecordShown), (status = "default", body = ProblemBody)))]
pub async fn change(
    State(api): State<Api>,
    Segments((kind, id)): Segments<(String, String)>,
    JsonBody(changes): JsonBody<Changes>,
) -> Answer<RecordShown> {
    let changed = api.run(move |node| {
        let kind = known(&kind)?;
        let done = node.at_desk(|desk| desk.change(kind, &id, changes, &mut entropy::os()))?;
        after(node, kind, &done)
    });
    changed.await.map(Json)
}

/// Set a record aside, or take it back. Nothing is deleted.
#[utoipa::path(post, path = "/api/v1/records/{kind}/{id}/archive", tag = "records", request_body = ArchiveRequest,
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id or reference")),
    responses((status = 200, body = RecordShown), (status = "default", body = ProblemBody)))]
pub async fn archive(
    State(api): State<Api>,
    Segments((kind, id)): Segments<(String, String)>,
    JsonBody(ArchiveRequest { archived }): JsonBody<ArchiveRequest>,
) -> Answer<RecordShown> {
    let done = api.run(move |node| {
        let kind = known(&kind)?;
        let done = node.at_desk(|desk| desk.archive(kind, &id, archived, &mut entropy::os()))?;
        after(node, kind, &done)
    });
    done.await.map(Json)
}

/// What was done to a record, by whom and when.
#[utoipa::path(get, path = "/api/v1/records/{kind}/{id}/history", tag = "records",
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id or reference")),
    responses((status = 200, body = History), (status = "default", body = ProblemBody)))]
pub async fn history(State(api): State<Api>, Segments((kind, id)): Segments<(String, String)>) -> Answer<History> {
    let history = api.run(move |node| {
        let (_, id) = find(node, known(&kind)?, &id)?;
        let items = node.replica().history(id).map_err(|error| node.storage_problem(&error))?;
        Ok(History { items: items.into_iter().map(|item| entry(node, item)).collect() })
    });
    history.await.map(Json)
}

fn entry(node: &Node, item: HistoryItem) -> HistoryEntry {
    let site = node.roster().sites.get(&item.site).map(|site| site.profile.code.clone());
    HistoryEntry {
        author: item.author,
        time: clock::rfc3339(item.wall_clock_ms),
        site: site.unwrap_or_else(|| item.site.to_string()),
        command: item.command,
        entry: item.entry.hash.to_string(),
        puts: item
            .puts
            .into_iter()
            .map(|put| HistoryPut {
                field: named(&put.key),
                before: put.before.map_or(Value::Null, |before| before.to_json()),
                value: put.value.to_json(),
            })
            .collect(),
    }
}

/// The kind of this name.
pub(crate) fn known(kind: &str) -> Result<&'static Kind, Problem> {
    registry::kind(kind).map_err(Problem::from)
}

/// The record that a person names.
pub(crate) fn find(node: &Node, kind: &'static Kind, name: &str) -> Result<(ScopeId, RecordId), Problem> {
    let author = node.author();
    node.desk(&author).find(kind, name).map_err(|error| node.command_problem(error))
}

/// Tells everyone, and shows the record as it is now.
fn after(node: &Node, kind: &'static Kind, done: &Done) -> Result<RecordShown, Problem> {
    node.publish(&done.appended.commits);
    shown(node, kind, done.record)
}

fn shown(node: &Node, kind: &'static Kind, id: RecordId) -> Result<RecordShown, Problem> {
    let record = node.replica().find_record(id).map_err(|error| node.storage_problem(&error))?;
    let missing = || Problem::new(Code::NotFound, format!("There is no {} {id}", kind.name())).with("value", id);
    let record = record.ok_or_else(missing)?;
    Ok(RecordShown::of(record.scope, id, kind, &record.cells))
}
