//! Transfers between sites: what is under way, receiving, and what became of what did not arrive. Owns the requests.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::stock::command::receive::Arrived;
use comptoir_backoffice::stock::query::postings::PostingShown;
use comptoir_backoffice::stock::query::transit::{Transfer, transfer, transfers};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{post, posting_id, site, sites};
use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Params, Segments};
use crate::entropy;
use crate::limits::{MAX_POSTINGS, POSTINGS};
use crate::problem::{Code, Problem, ProblemBody};

/// Which transfers.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TransfersParams {
    /// From or to this site: its code; this one's own when nothing is said.
    pub site: Option<String>,
    /// Those that are done with, too.
    pub all: bool,
    /// How many: 50, at most 1,000.
    pub limit: Option<u32>,
}

/// Transfers between sites.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Transfers {
    /// The oldest first.
    pub transfers: Vec<Transfer>,
}

/// Transfers that are under way, or came short.
#[utoipa::path(get, path = "/api/v1/stock/transfers", tag = "stock", params(TransfersParams),
    responses((status = 200, body = Transfers), (status = "default", body = ProblemBody)))]
pub async fn list(State(api): State<Api>, Params(params): Params<TransfersParams>) -> Answer<Transfers> {
    let found = api.run(move |node| {
        let only = site(node, params.site.as_deref())?.unwrap_or_else(|| node.replica().site());
        let most = params.limit.unwrap_or(POSTINGS).clamp(1, MAX_POSTINGS);
        let names = sites(node);
        let found =
            node.replica().read(|reading| transfers(reading.connection(), &names, Some(only), params.all, most));
        found.map_err(|error| node.storage_problem(&error))
    });
    found.await.map(|transfers| Json(Transfers { transfers }))
}

/// One transfer.
#[utoipa::path(get, path = "/api/v1/stock/transfers/{id}", tag = "stock",
    params(("id" = String, Path, description = "Id of the dispatch")),
    responses((status = 200, body = Transfer), (status = "default", body = ProblemBody)))]
pub async fn one(State(api): State<Api>, Segments(id): Segments<String>) -> Answer<Transfer> {
    let found = api.run(move |node| {
        let dispatch = posting_id(&id)?;
        let found = node.replica().read(|reading| transfer(reading.connection(), &sites(node), dispatch));
        let found = found.map_err(|error| node.storage_problem(&error))?;
        found.ok_or_else(|| Problem::new(Code::NotFound, format!("No transfer is named {id}")).with("value", &id))
    });
    found.await.map(Json)
}

/// Receive a transfer to this site.
#[utoipa::path(post, path = "/api/v1/stock/transfers/{id}/receive", tag = "stock", request_body = Arrived,
    params(("id" = String, Path, description = "Id of the dispatch")),
    responses((status = 200, body = PostingShown), (status = "default", body = ProblemBody)))]
pub async fn receive(
    State(api): State<Api>,
    Segments(id): Segments<String>,
    JsonBody(arrived): JsonBody<Arrived>,
) -> Answer<PostingShown> {
    let done = api.run(move |node| {
        let dispatch = posting_id(&id)?;
        post(node, |desk| desk.receive_transfer(dispatch, &arrived, &mut entropy::os()))
    });
    done.await.map(Json)
}

/// What became of what did not arrive.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    /// The line, from 1.
    pub line: u32,
    /// It lies where it was sent from; else it is lost.
    pub found: bool,
}

/// Settle what is missing of a transfer that this site sent.
#[utoipa::path(post, path = "/api/v1/stock/transfers/{id}/settle", tag = "stock", request_body = Settle,
    params(("id" = String, Path, description = "Id of the dispatch")),
    responses((status = 200, body = PostingShown), (status = "default", body = ProblemBody)))]
pub async fn settle(
    State(api): State<Api>,
    Segments(id): Segments<String>,
    JsonBody(Settle { line, found }): JsonBody<Settle>,
) -> Answer<PostingShown> {
    let done = api.run(move |node| {
        let dispatch = posting_id(&id)?;
        post(node, |desk| desk.settle_transfer(dispatch, line, found, &mut entropy::os()))
    });
    done.await.map(Json)
}
