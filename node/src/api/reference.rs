//! Reference data: bringing the records of countries, subdivisions and currencies up to the edition that the program ships. Owns
//! the request; what differs is the back office's to say.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::reference::command::update::UpdateReport;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::Params;
use crate::entropy;
use crate::problem::ProblemBody;

/// How to update.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UpdateParams {
    /// Say what would be done, and change nothing.
    pub dry_run: bool,
}

/// Make or change the records of countries, subdivisions and currencies that differ from the shipped edition. At headquarters.
#[utoipa::path(post, path = "/api/v1/reference/update", tag = "records", params(UpdateParams),
    responses((status = 200, body = UpdateReport), (status = "default", body = ProblemBody)))]
pub async fn update(
    State(api): State<Api>,
    Params(UpdateParams { dry_run }): Params<UpdateParams>,
) -> Answer<UpdateReport> {
    let report = api.run(move |node| {
        if dry_run {
            return node.look(|desk| desk.try_update_reference());
        }
        node.at_desk(|desk| desk.update_reference(&mut entropy::os(), |appended| node.publish(&appended.commits)))
    });
    report.await.map(Json)
}
