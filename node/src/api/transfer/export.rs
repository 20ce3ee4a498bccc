//! Exporting records. Owns the request and the answer's way: written to the disk from one state of the database, then sent as
//! fast as the client takes it. Which columns and which records is the back office's to say.

use std::io::{BufWriter, Write};

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::registry::Kind;
use comptoir_backoffice::table::Form;
use comptoir_backoffice::transfer::{ExportError, ExportForm, ExportRequest};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio_util::io::ReaderStream;
use utoipa::{IntoParams, ToSchema};

use crate::api::Api;
use crate::api::extract::{Params, Segments};
use crate::api::records::known;
use crate::limits::TRANSFER_BUFFER_BYTES;
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};
use crate::spool::{self, Spool};

/// Forms of an export.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExportFormat {
    /// Comma-separated values, as imports take them.
    #[default]
    Csv,
    /// A workbook, as imports take them.
    Xlsx,
    /// JSON: whole records.
    Json,
    /// Parties as cards (vCard 4.0), as imports take them.
    Vcard,
}

impl ExportFormat {
    fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
            Self::Vcard => "text/vcard; charset=utf-8",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
            Self::Vcard => "vcf",
        }
    }

    fn form(self) -> ExportForm {
        match self {
            Self::Csv => ExportForm::Table(Form::Csv),
            Self::Xlsx => ExportForm::Table(Form::Xlsx),
            Self::Json => ExportForm::Json,
            Self::Vcard => ExportForm::Vcard,
        }
    }
}

/// How to export.
#[derive(Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportParams {
    /// The form; CSV when nothing is said.
    #[param(value_type = Option<ExportFormat>)]
    pub format: ExportFormat,
    /// Columns for every line of a record, `contacts.2.value`; else the main list's first line alone has some.
    #[param(value_type = Option<bool>)]
    pub all_lines: bool,
}

/// Reads the parameters; what is none of ours is the list's.
fn read(pairs: Vec<(String, String)>) -> Result<(ExportFormat, ExportRequest), Problem> {
    let (mut params, mut list) = (ExportParams::default(), Vec::new());
    for (name, value) in pairs {
        let bad =
            |known: &str| Problem::new(Code::BadRequest, format!("{name} is one of {known}")).with("field", &name);
        match name.as_str() {
            "format" => {
                params.format = match value.as_str() {
                    "csv" => ExportFormat::Csv,
                    "xlsx" => ExportFormat::Xlsx,
                    "json" => ExportFormat::Json,
                    "vcard" => ExportFormat::Vcard,
                    _ => return Err(bad("csv, xlsx, json, vcard")),
                };
            }
            "all_lines" => params.all_lines = value.parse().map_err(|_| bad("true, false"))?,
            _ => list.push((name, value)),
        }
    }
    let list = ListQuery::parse(list.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
    let request = ExportRequest { form: params.format.form(), list, all_lines: params.all_lines };
    Ok((params.format, request))
}

/// Export records of a kind: all live ones, or those that a list's parameters ask for (filters, search, sort, view), in the
/// columns that an import reads or in those that `columns` names.
#[utoipa::path(get, path = "/api/v1/records/{kind}/export", tag = "records",
    params(("kind" = String, Path, description = "Kind of record, such as party"), ExportParams, ListQuery),
    responses((status = 200, description = "The records", content_type = "text/csv"),
              (status = "default", body = ProblemBody)))]
pub async fn export(
    State(api): State<Api>,
    Segments(kind): Segments<String>,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let (kind, (format, request)) = (known(&kind)?, read(pairs)?);
    let spool = api.run(move |node| write(node, kind, &request)).await?;
    sent(spool, format.content_type(), &format!("{}.{}", kind.name(), format.ending()))
}

/// A file that passed through, as an answer that is to be kept under this name.
pub fn sent(spool: Spool, content_type: &str, name: &str) -> Result<Response, Problem> {
    let file = spool.open().map_err(|error| spool::problem(&error))?;
    let length = file.metadata().map_err(|error| spool::problem(&error))?.len();
    let chunks = ReaderStream::with_capacity(tokio::fs::File::from_std(file), TRANSFER_BUFFER_BYTES);
    let chunks = chunks.map(move |chunk| {
        let _needed = &spool;
        chunk
    });
    let headers = [
        (CONTENT_TYPE, content_type.to_owned()),
        (CONTENT_LENGTH, length.to_string()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from_stream(chunks)).into_response())
}

fn write(node: &Node, kind: &'static Kind, request: &ExportRequest) -> Result<Spool, Problem> {
    let (spool, file) = Spool::create(node.data()).map_err(|error| spool::problem(&error))?;
    let author = node.author();
    let out = BufWriter::with_capacity(TRANSFER_BUFFER_BYTES, file);
    let written = node.desk(&author).export(kind, request, out);
    let mut out = written.map_err(|error| problem(node, error))?;
    out.flush().map_err(|error| spool::problem(&error))?;
    Ok(spool)
}

fn problem(node: &Node, error: ExportError) -> Problem {
    match error {
        ExportError::Command(error) => node.command_problem(error),
        ExportError::Io(error) => spool::problem(&error),
    }
}
