//! Whole files of records: import and export, by kind. Owns the requests and the forms; rows are judged by the back office.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use comptoir_backoffice::desk::{Import, ImportReport, ImportStopped};
use comptoir_backoffice::find;
use comptoir_backoffice::registry::Kind;
use comptoir_backoffice::shown::RecordShown;
use comptoir_backoffice::transfer::export::write_csv;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{Params, Segments};
use crate::api::records::{find as find_record, known};
use crate::entropy;
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};

/// How to import.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportParams {
    /// Say what would be done, and change nothing.
    pub dry_run: bool,
}

/// Forms of an export.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExportFormat {
    /// Comma-separated values, as imports take them: live records.
    #[default]
    Csv,
    /// JSON: all records, whole.
    Json,
}

/// How to export.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportParams {
    /// The form.
    pub format: ExportFormat,
}

/// Import a CSV file. Good rows are kept, bad ones listed; the same file again changes nothing.
#[utoipa::path(post, path = "/api/v1/records/{kind}/import", tag = "records",
    request_body(content = String, content_type = "text/csv"),
    params(("kind" = String, Path, description = "Kind of record, such as party"), ImportParams),
    responses((status = 200, body = ImportReport), (status = "default", body = ProblemBody)))]
pub async fn import(
    State(api): State<Api>,
    Segments(kind): Segments<String>,
    Params(params): Params<ImportParams>,
    body: Result<Bytes, BytesRejection>,
) -> Answer<ImportReport> {
    let body =
        body.map_err(|_| Problem::new(Code::BodyTooLarge, "The file is larger than it may be, or was cut short"))?;
    api.run(move |node| run_import(node, known(&kind)?, &body, params.dry_run)).await.map(Json)
}

fn run_import(node: &Node, kind: &'static Kind, bytes: &[u8], dry_run: bool) -> Result<ImportReport, Problem> {
    let import = Import::read(kind, bytes).map_err(|refusals| {
        let told: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        let first = refusals.into_iter().next().map(Problem::from);
        let mut problem = first.unwrap_or_else(|| Problem::new(Code::ChangeRefused, "The file was refused"));
        problem.message = told.join("; ");
        problem
    })?;
    if dry_run {
        return node.at_desk(|desk| desk.try_import(&import));
    }
    node.check_whole()?;
    let author = node.author();
    let report = node.desk(&author).import(&import, &mut entropy::os(), |appended| node.publish(&appended.commits));
    report.map_err(|ImportStopped { report, source }| {
        // What was written before stands; the same file again does the rest.
        node.command_problem(source).with("created", report.created).with("changed", report.changed)
    })
}

/// Export all records of a kind.
#[utoipa::path(get, path = "/api/v1/records/{kind}/export", tag = "records",
    params(("kind" = String, Path, description = "Kind of record, such as party"), ExportParams),
    responses((status = 200, description = "The records", content_type = "text/csv"),
              (status = "default", body = ProblemBody)))]
pub async fn export(
    State(api): State<Api>,
    Segments(kind): Segments<String>,
    Params(ExportParams { format }): Params<ExportParams>,
) -> Result<Response, Problem> {
    let content_type = match format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Json => "application/json",
    };
    let bytes = api.run(move |node| {
        let kind = known(&kind)?;
        match format {
            ExportFormat::Csv => csv(node, kind),
            ExportFormat::Json => json(node, kind),
        }
    });
    Ok(([(CONTENT_TYPE, content_type)], bytes.await?).into_response())
}

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
        let (_, id) = find_record(node, known(&kind)?, &id)?;
        let document = node.replica().export_automerge(id).map_err(|error| node.storage_problem(&error))?;
        document.ok_or_else(|| Problem::new(Code::NotFound, format!("There is no {kind} {id}")))
    });
    Ok(([(CONTENT_TYPE, "application/octet-stream")], document.await?).into_response())
}

fn csv(node: &Node, kind: &'static Kind) -> Result<Vec<u8>, Problem> {
    let mut out = Vec::new();
    let written = node.replica().read(|reading| Ok(write_csv(reading, kind, &mut out)));
    let written = written.map_err(|error| node.storage_problem(&error))?;
    written.map_err(|error| Problem::from_error(Code::Internal, &error))?;
    Ok(out)
}

fn json(node: &Node, kind: &'static Kind) -> Result<Vec<u8>, Problem> {
    let records = node.replica().read(|reading| {
        let mut records = Vec::new();
        for (scope, id) in find::all(reading.connection(), kind)? {
            let record = reading.record(&scope, &id)?;
            records.extend(record.map(|record| RecordShown::of(scope, id, kind, &record.cells)));
        }
        Ok(records)
    });
    let records = records.map_err(|error| node.storage_problem(&error))?;
    serde_json::to_vec(&records).map_err(|error| Problem::from_error(Code::Internal, &error))
}
