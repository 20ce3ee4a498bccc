//! The inbox: work made of broken expectations. Owns the requests; what an item is and how it is settled is the back office's.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::inbox::{Decision, InboxItem, ItemKind};
use comptoir_backoffice::staff::{May, Standing};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Params, Segments};
use crate::api::records::Written;
use crate::entropy;
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};
use crate::who::Who;

/// Which items.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InboxParams {
    /// Only this kind: conflict, duplicate-reference, edited-archived, merged-both-ways, merged-into-archived, possible-duplicate,
    /// discrepancy, deficit, sold-after-all, stock-below-zero, expiring-lot, uncosted, quarantined, parked.
    pub kind: Option<String>,
}

/// Open items.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Inbox {
    /// By kind, scope and record.
    pub items: Vec<InboxItem>,
}

/// What settling an item wrote.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Settled {
    /// The item.
    pub id: String,
    /// Records that were changed.
    pub records: Vec<String>,
    /// The changes of records, in their order. None where a fact was posted: that is taken back where facts are.
    pub written: Vec<Written>,
}

/// List what is in the inbox.
#[utoipa::path(get, path = "/api/v1/inbox", tag = "inbox", params(InboxParams),
    responses((status = 200, body = Inbox), (status = "default", body = ProblemBody)))]
pub async fn list(State(api): State<Api>, Params(params): Params<InboxParams>) -> Answer<Inbox> {
    let items = api.run(move |node| {
        let only = params.kind.as_deref().map(kind).transpose()?;
        Ok(Inbox { items: node.look(|desk| desk.inbox(only))? })
    });
    items.await.map(Json)
}

/// Settle an item. Settled at one site, it is settled at every site.
#[utoipa::path(post, path = "/api/v1/inbox/{id}/resolve", tag = "inbox", request_body = Decision,
    params(("id" = String, Path, description = "The item")),
    responses((status = 200, body = Settled), (status = "default", body = ProblemBody)))]
pub async fn resolve(
    State(api): State<Api>,
    Segments(id): Segments<String>,
    JsonBody(decision): JsonBody<Decision>,
) -> Answer<Settled> {
    let settled = api.run(move |node| {
        let appended = node.at_desk(|desk| desk.settle(&id, &decision, &mut entropy::os()))?;
        let (mut records, mut written) = (Vec::new(), Vec::new());
        for appended in appended {
            node.publish(&appended.commits);
            records.extend(appended.records.iter().map(ToString::to_string));
            written.extend(appended.changes.iter().map(Written::from));
        }
        Ok(Settled { id, records, written })
    });
    settled.await.map(Json)
}

fn kind(name: &str) -> Result<ItemKind, Problem> {
    ItemKind::of_name(name).ok_or_else(|| {
        let known: Vec<&str> = ItemKind::ALL.iter().map(|kind| kind.as_str()).collect();
        let message = format!("The inbox has no kind {name:?}; there are {}", known.join(", "));
        Problem::new(Code::BadRequest, message).with("kind", name)
    })
}

/// How many items are open that whoever asks sees.
pub fn count(node: &Node) -> Result<u64, Problem> {
    let standing = Who::now().standing;
    if standing == Standing::Operator || standing.may_everything() {
        return node.open_items().map_err(|error| node.storage_problem(&error));
    }
    if !standing.may_somewhere(May::See) {
        return Ok(0);
    }
    node.look(|desk| Ok(desk.inbox_len()? as u64))
}
