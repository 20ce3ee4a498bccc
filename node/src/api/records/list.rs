//! Lists of records. Owns the request.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::list::{ListPage, ListQuery};

use super::known;
use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{Params, Segments};
use crate::problem::ProblemBody;

/// List records of a kind: filtered, sorted, page by page.
#[utoipa::path(get, path = "/api/v1/records/{kind}", tag = "records",
    params(("kind" = String, Path, description = "Kind of record, such as party"), ListQuery),
    responses((status = 200, body = ListPage), (status = "default", body = ProblemBody)))]
pub async fn list(
    State(api): State<Api>,
    Segments(kind): Segments<String>,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Answer<ListPage> {
    let page = api.run(move |node| {
        let kind = known(&kind)?;
        let query = ListQuery::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
        node.look(|desk| desk.list(kind, &query))
    });
    page.await.map(Json)
}
