//! Search through all kinds of record: what gets a person to any record by a few letters. Owns the request.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::list::Hits;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::Params;
use crate::problem::ProblemBody;

/// What to search for.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    /// Words, each as the beginning of a word; case and accents do not matter. All must occur.
    pub q: String,
    /// Records of each kind; 8 when nothing is said, at most 50.
    pub limit: Option<usize>,
}

/// Live records of all kinds whose module is in use, those that fit best first.
#[utoipa::path(get, path = "/api/v1/search", tag = "records", params(SearchParams),
    responses((status = 200, body = Hits), (status = "default", body = ProblemBody)))]
pub async fn search(State(api): State<Api>, Params(SearchParams { q, limit }): Params<SearchParams>) -> Answer<Hits> {
    api.run(move |node| node.look(|desk| desk.search(&q, limit))).await.map(Json)
}
