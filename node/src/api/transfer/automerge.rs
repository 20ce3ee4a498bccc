//! One record as an Automerge document. Owns the request.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::api::Api;
use crate::api::extract::Segments;
use crate::api::records::{find, known};
use crate::problem::{Code, Problem, ProblemBody};

/// A record as one Automerge document, which any Automerge program opens.
#[utoipa::path(get, path = "/api/v1/records/{kind}/{id}/automerge", tag = "records",
    params(("kind" = String, Path, description = "Kind of record, such as party"),
           ("id" = String, Path, description = "Id or reference")),
    responses((status = 200, description = "The document", content_type = "application/octet-stream"),
              (status = "default", body = ProblemBody)))]
pub async fn automerge(
    State(api): State<Api>,
    Segments((kind, id)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let document = api.run(move |node| {
        let (_, id) = find(node, known(&kind)?, &id)?;
        let document = node.replica().export_automerge(id).map_err(|error| node.storage_problem(&error))?;
        document.ok_or_else(|| Problem::new(Code::NotFound, format!("There is no {kind} {id}")))
    });
    Ok(([(CONTENT_TYPE, "application/octet-stream")], document.await?).into_response())
}
