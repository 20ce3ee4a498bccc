//! Backups: a copy of all that is held, and the word that it was kept. Owns the shapes; what is in a copy is [`crate::backup`]'s. Asked on the
//! node's own machine alone, for a copy holds every class.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::transfer::export::sent;
use crate::backup;
use crate::clock;
use crate::problem::{Problem, ProblemBody};

/// A backup that is kept somewhere.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct BackupKept {
    /// As of when it is; RFC 3339.
    pub at: String,
    /// Its size, before it was sealed.
    pub bytes: u64,
}

/// Copy all that the node holds, as of now: an SQLite database. It counts as a backup once it is said to be kept.
#[utoipa::path(post, path = "/api/v1/backups", tag = "node",
    responses((status = 200, description = "The database", content_type = "application/vnd.sqlite3"),
              (status = "default", body = ProblemBody)))]
pub async fn take(State(api): State<Api>) -> Result<Response, Problem> {
    let spool = api.run(backup::take).await?;
    sent(spool, "application/vnd.sqlite3", "replica.sqlite")
}

/// The copy that was taken last lies, whole, where it is to be kept.
#[utoipa::path(post, path = "/api/v1/backups/kept", tag = "node",
    responses((status = 200, body = BackupKept), (status = "default", body = ProblemBody)))]
pub async fn kept(State(api): State<Api>) -> Answer<BackupKept> {
    let kept = api.run(backup::kept).await?;
    Ok(Json(BackupKept { at: clock::rfc3339(kept.at_ms), bytes: kept.bytes }))
}
