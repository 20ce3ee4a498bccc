//! Single records: made, shown, changed, set aside. Owns the requests.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::Placement;
use comptoir_backoffice::find;
use comptoir_backoffice::registry::Kind;
use comptoir_backoffice::shown::RecordShown;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Changed, after, changed, find_itself, known, shown};
use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::batches::named_batch;
use crate::api::extract::{JsonBody, Params, Segments};
use crate::node::Node;
use crate::problem::{Problem, ProblemBody};
use crate::{clock, entropy};

/// Whether a record is archived.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchiveRequest {
    /// Archived, or taken back.
    pub archived: bool,
}

/// Where a record is made.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CreateParams {
    /// Where it lives, instead of where those of its kind do: `private`, seen by this site and headquarters alone, or a scope that
    /// the organisation defined. It can be shared later.
    pub scope: Option<String>,
}

/// Of what a change is a part.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangeParams {
    /// The act over several records of which this is a part, by which all of it is undone as one: 32 hexadecimal digits, drawn
    /// once by whoever changes them.
    pub batch: Option<String>,
}

/// Which state of a record.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShowParams {
    /// As it stood at this moment: RFC 3339, or a day (`2026-11-24`), whose end at this site is meant. Authors' clocks are
    /// hints: what builds on a later change is later too.
    pub at: Option<String>,
    /// The record of this very id or reference, though it was merged into another.
    pub itself: bool,
}

/// Create a record.
#[utoipa::path(post, path = "/api/v1/records/{kind}", tag = "records", request_body = Changes,
    params(("kind" = String, Path, description = "Kind of record, such as party"), CreateParams),
    responses((status = 200, body = RecordShown), (status = "default", body = ProblemBody)))]
pub async fn create(
    State(api): State<Api>,
    Segments(kind): Segments<String>,
    Params(CreateParams { scope }): Params<CreateParams>,
    JsonBody(changes): JsonBody<Changes>,
) -> Answer<RecordShown> {
    let created = api.run(move |node| {
        let kind = known(&kind)?;
        let placement = Placement::named(scope);
        let done = node.at_desk(|desk| desk.create_in(kind, &placement, changes, &mut entropy::os()))?;
        after(node, kind, &done)
    });
    created.await.map(Json)
}

/// Show a record, named by its id or by a reference that one live record bears.
#[utoipa::path(get, path = "/api/v1/records/{kind}/{id}", tag = "records",
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id or reference"), ShowParams),
    responses((status = 200, body = RecordShown), (status = "default", body = ProblemBody)))]
pub async fn show(
    State(api): State<Api>,
    Segments((kind, id)): Segments<(String, String)>,
    Params(params): Params<ShowParams>,
) -> Answer<RecordShown> {
    let found = api.run(move |node| {
        let kind = known(&kind)?;
        match &params.at {
            Some(at) => at_moment(node, kind, &id, clock::moment(at, &node.time_zone())?),
            None if params.itself => shown(node, kind, node.look(|desk| desk.find_bearer(kind, &id))?.1),
            None => shown(node, kind, super::find(node, kind, &id)?.1),
        }
    });
    found.await.map(Json)
}

/// The record as it stood, alone: what is merged into it now was not, or is not known to have been.
fn at_moment(node: &Node, kind: &'static Kind, name: &str, at_ms: i64) -> Result<RecordShown, Problem> {
    let place = find_itself(node, kind, name)?;
    node.look(|desk| {
        let then = desk.show_at(kind, place, at_ms)?;
        Ok(then.ok_or_else(|| find::not_found(kind, name).with("at", clock::rfc3339(at_ms)))?)
    })
}

/// Change fields of a record and add lines.
#[utoipa::path(patch, path = "/api/v1/records/{kind}/{id}", tag = "records", request_body = Changes,
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id or reference"), ChangeParams),
    responses((status = 200, body = Changed), (status = "default", body = ProblemBody)))]
pub async fn change(
    State(api): State<Api>,
    Segments((kind, id)): Segments<(String, String)>,
    Params(ChangeParams { batch }): Params<ChangeParams>,
    JsonBody(changes): JsonBody<Changes>,
) -> Answer<Changed> {
    let done = api.run(move |node| {
        let kind = known(&kind)?;
        let batch = batch.as_deref().map(named_batch).transpose()?;
        let done = node.at_desk(|desk| desk.change_in(kind, &id, batch, changes, &mut entropy::os()))?;
        changed(node, kind, &done)
    });
    done.await.map(Json)
}

/// Set a record aside, or take it back. Nothing is deleted.
#[utoipa::path(post, path = "/api/v1/records/{kind}/{id}/archive", tag = "records", request_body = ArchiveRequest,
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id or reference")),
    responses((status = 200, body = Changed), (status = "default", body = ProblemBody)))]
pub async fn archive(
    State(api): State<Api>,
    Segments((kind, id)): Segments<(String, String)>,
    JsonBody(ArchiveRequest { archived }): JsonBody<ArchiveRequest>,
) -> Answer<Changed> {
    let done = api.run(move |node| {
        let kind = known(&kind)?;
        let done = node.at_desk(|desk| desk.archive(kind, &id, archived, &mut entropy::os()))?;
        changed(node, kind, &done)
    });
    done.await.map(Json)
}
