//! What is posted about stock: drafts that become moves, moves that are taken back, costs that are known later. Owns the requests.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::registry::parse_money;
use comptoir_backoffice::stock::query::postings::{PostingShown, postings};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{post, posting_id, shown, site, sites};
use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Params, Segments};
use crate::entropy;
use crate::limits::{MAX_POSTINGS, POSTINGS};
use crate::problem::ProblemBody;

/// Which postings.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PostingsParams {
    /// The code of a site; all of them when nothing is said.
    pub site: Option<String>,
    /// Those before this one: its id.
    pub before: Option<String>,
    /// How many: 50, at most 1,000.
    pub limit: Option<u32>,
}

/// What was posted.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Postings {
    /// The last one first; without lines.
    pub postings: Vec<PostingShown>,
}

/// What was posted about stock, the last one first.
#[utoipa::path(get, path = "/api/v1/stock/postings", tag = "stock", params(PostingsParams),
    responses((status = 200, body = Postings), (status = "default", body = ProblemBody)))]
pub async fn list(State(api): State<Api>, Params(params): Params<PostingsParams>) -> Answer<Postings> {
    let found = api.run(move |node| {
        let (names, only) = (sites(node), site(node, params.site.as_deref())?);
        let before = params.before.as_deref().map(posting_id).transpose()?;
        let most = params.limit.unwrap_or(POSTINGS).clamp(1, MAX_POSTINGS);
        let found = node.replica().read(|reading| postings(reading.connection(), &names, only, before, most));
        found.map_err(|error| node.storage_problem(&error))
    });
    found.await.map(|postings| Json(Postings { postings }))
}

/// One posting, with its lines.
#[utoipa::path(get, path = "/api/v1/stock/postings/{id}", tag = "stock",
    params(("id" = String, Path, description = "Id of the posting")),
    responses((status = 200, body = PostingShown), (status = "default", body = ProblemBody)))]
pub async fn one(State(api): State<Api>, Segments(id): Segments<String>) -> Answer<PostingShown> {
    api.run(move |node| shown(node, posting_id(&id)?)).await.map(Json)
}

/// Post a draft: what it says is done, and stays as it is.
#[utoipa::path(post, path = "/api/v1/stock/moves/{id}/post", tag = "stock",
    params(("id" = String, Path, description = "Id of the draft")),
    responses((status = 200, body = PostingShown), (status = "default", body = ProblemBody)))]
pub async fn draft(State(api): State<Api>, Segments(id): Segments<String>) -> Answer<PostingShown> {
    api.run(move |node| post(node, |desk| desk.post_draft(&id, &mut entropy::os()))).await.map(Json)
}

/// Take a move back.
#[utoipa::path(post, path = "/api/v1/stock/postings/{id}/reverse", tag = "stock",
    params(("id" = String, Path, description = "Id of the posting")),
    responses((status = 200, body = PostingShown), (status = "default", body = ProblemBody)))]
pub async fn reverse(State(api): State<Api>, Segments(id): Segments<String>) -> Answer<PostingShown> {
    let done = api.run(move |node| {
        let id = posting_id(&id)?;
        post(node, |desk| desk.reverse_move(id, &mut entropy::os()))
    });
    done.await.map(Json)
}

/// A cost that is known later.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revalue {
    /// By how much the stock is worth more, in the site's currency: `12.34 EUR`; below zero for less.
    pub amount: String,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// Change what this site's stock of an item is worth.
#[utoipa::path(post, path = "/api/v1/stock/items/{item}/revalue", tag = "stock", request_body = Revalue,
    params(("item" = String, Path, description = "Id or code of the item")),
    responses((status = 200, body = PostingShown), (status = "default", body = ProblemBody)))]
pub async fn revalue(
    State(api): State<Api>,
    Segments(item): Segments<String>,
    JsonBody(Revalue { amount, note }): JsonBody<Revalue>,
) -> Answer<PostingShown> {
    let done = api.run(move |node| {
        post(node, |desk| {
            let amount = parse_money(&amount, &desk.home).map_err(|refusal| refusal.under("amount"))?;
            desk.revalue(&item, amount, &note, &mut entropy::os())
        })
    });
    done.await.map(Json)
}
