//! Making cells and tables anew from the log. Owns the shape of the answer; the work is the replica's.

use axum::Json;
use axum::extract::State;
use comptoir_replica::RebuildError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::problem::{Code, Problem, ProblemBody};

/// What was made anew.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Rebuilt {
    /// From how many entries.
    pub entries: u64,
    /// How many records.
    pub records: u64,
    /// Scopes that came out otherwise than they were.
    pub changed: Vec<String>,
}

/// Make cells and tables anew from the log.
#[utoipa::path(post, path = "/api/v1/rebuild", tag = "node",
    responses((status = 200, body = Rebuilt), (status = "default", body = ProblemBody)))]
pub async fn rebuild(State(api): State<Api>) -> Answer<Rebuilt> {
    let rebuilt = api.run(|node| {
        node.check_whole()?;
        let report = node.replica().rebuild().map_err(|error| match error {
            RebuildError::Storage(error) => node.storage_problem(&error),
            error => Problem::from_error(Code::Damaged, &error),
        })?;
        Ok(Rebuilt { entries: report.entries, records: report.records, changed: report.changed })
    });
    rebuilt.await.map(Json)
}
