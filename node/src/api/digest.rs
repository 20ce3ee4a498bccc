//! Hashes to compare with another node's. Owns the shape of the answer, a contract for scripts.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::problem::ProblemBody;

/// Hashes by scope.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Digest {
    /// Over the vector: what is held.
    pub scopes: BTreeMap<String, String>,
    /// Over records, conflicts and projections: what it amounts to.
    pub state: BTreeMap<String, String>,
}

/// Hashes to compare with another node's.
#[utoipa::path(get, path = "/api/v1/digest", tag = "node",
    responses((status = 200, body = Digest), (status = "default", body = ProblemBody)))]
pub async fn read(State(api): State<Api>) -> Answer<Digest> {
    let digest = api.run(|node| {
        let storage = |error| node.storage_problem(&error);
        let text = |hashes: BTreeMap<String, comptoir_sync_protocol::Hash>| {
            hashes.into_iter().map(|(name, hash)| (name, hash.to_string())).collect()
        };
        let scopes = text(node.replica().digests());
        let state = text(node.replica().states().map_err(storage)?);
        Ok(Digest { scopes, state })
    });
    digest.await.map(Json)
}
