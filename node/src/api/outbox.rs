//! What no relay has acknowledged as durable yet. Owns the shape of the answer.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::clock;
use crate::problem::ProblemBody;
use crate::who::Who;

/// Entries that no relay has acknowledged yet, oldest first.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Outbox {
    /// The entries.
    pub entries: Vec<OutboxEntry>,
}

/// One entry.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct OutboxEntry {
    /// The scope's name.
    pub scope: String,
    /// Place in the log.
    pub seq: u64,
    /// Hash of the entry.
    pub hash: String,
    /// By which command it was written.
    pub command: String,
    /// When, by this node's clock; RFC 3339.
    pub time: String,
    /// Its size.
    pub bytes: u64,
    /// How many operations it holds: changes of records, or acts of the roster.
    pub operations: u64,
}

/// What no relay has acknowledged yet, of what whoever asks sees.
#[utoipa::path(get, path = "/api/v1/outbox", tag = "node",
    responses((status = 200, body = Outbox), (status = "default", body = ProblemBody)))]
pub async fn read(State(api): State<Api>) -> Answer<Outbox> {
    let outbox = api.run(|node| {
        let items = node.replica().outbox().map_err(|error| node.storage_problem(&error))?;
        let entry = |item: comptoir_replica::OutboxItem| OutboxEntry {
            scope: node.scope_name(&item.scope),
            seq: item.head.seq,
            hash: item.head.hash.to_string(),
            command: item.command,
            time: clock::rfc3339(item.wall_clock_ms),
            bytes: item.bytes,
            operations: item.operations,
        };
        let standing = Who::now().standing;
        let heard = items.into_iter().filter(|item| standing.hears_of(&item.command));
        Ok(Outbox { entries: heard.map(entry).collect() })
    });
    outbox.await.map(Json)
}
