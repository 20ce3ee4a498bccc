//! Merging records, taking that back, and sharing those that few sites see. Owns the requests.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::desk::Placement;
use comptoir_backoffice::shown::RecordShown;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{after, known, shown, tell};
use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Params, Segments};
use crate::entropy;
use crate::problem::ProblemBody;

/// Into which record one is merged.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeRequest {
    /// The record that stands for both: id or reference.
    pub into: String,
    /// Fields whose values it takes over from the other, by path.
    #[serde(default)]
    pub take: Vec<String>,
}

/// How a merge is taken back.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UnmergeRequest {
    /// They are different: do not propose them as duplicates again.
    pub distinct: bool,
}

/// Merge a record into another, which stands for both from then on. Nothing is moved, and it can be taken back. Answers with
/// the record that stands for both.
#[utoipa::path(post, path = "/api/v1/records/{kind}/{id}/merge", tag = "records", request_body = MergeRequest,
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id or reference of the record that becomes an alias")),
    responses((status = 200, body = RecordShown), (status = "default", body = ProblemBody)))]
pub async fn merge(
    State(api): State<Api>,
    Segments((kind, id)): Segments<(String, String)>,
    JsonBody(MergeRequest { into, take }): JsonBody<MergeRequest>,
) -> Answer<RecordShown> {
    let merged = api.run(move |node| {
        let kind = known(&kind)?;
        let merged = node.at_desk(|desk| desk.merge(kind, &id, &into, &take, &mut entropy::os()))?;
        tell(node, &merged.appended);
        shown(node, kind, merged.canonical)
    });
    merged.await.map(Json)
}

/// Make a merged record one of its own again, as it was, with what was written into it meanwhile.
#[utoipa::path(post, path = "/api/v1/records/{kind}/{id}/unmerge", tag = "records", request_body = UnmergeRequest,
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id of the alias, or a reference that it alone of all aliases bears")),
    responses((status = 200, body = RecordShown), (status = "default", body = ProblemBody)))]
pub async fn unmerge(
    State(api): State<Api>,
    Segments((kind, id)): Segments<(String, String)>,
    JsonBody(UnmergeRequest { distinct }): JsonBody<UnmergeRequest>,
) -> Answer<RecordShown> {
    let done = api.run(move |node| {
        let kind = known(&kind)?;
        let done = node.at_desk(|desk| desk.unmerge(kind, &id, distinct, &mut entropy::os()))?;
        after(node, kind, &done)
    });
    done.await.map(Json)
}

/// Where a record is shared.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShareParams {
    /// A scope that the organisation defined, which every site sees that sees the record now. Left out: where those of its kind live.
    pub scope: Option<String>,
}

/// Let more sites see a record. It is made anew; the old one leads to it. Answers with the new.
#[utoipa::path(post, path = "/api/v1/records/{kind}/{id}/share", tag = "records",
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id or reference"), ShareParams),
    responses((status = 200, body = RecordShown), (status = "default", body = ProblemBody)))]
pub async fn share(
    State(api): State<Api>,
    Segments((kind, id)): Segments<(String, String)>,
    Params(ShareParams { scope }): Params<ShareParams>,
) -> Answer<RecordShown> {
    let shared = api.run(move |node| {
        let kind = known(&kind)?;
        let placement = Placement::named(scope);
        let shared = node.at_desk(|desk| desk.share(kind, &id, &placement, &mut entropy::os()))?;
        tell(node, &shared.appended);
        shown(node, kind, shared.canonical)
    });
    shared.await.map(Json)
}
