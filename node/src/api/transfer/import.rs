//! Importing a file. Owns its way from the request's body to the disk, one import at a time, telling how far it is, and stopping
//! between two batches when whoever asked has gone. Rows are judged by the back office.

use std::ops::ControlFlow;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use comptoir_backoffice::refusal::{Code as Why, Refusal};
use comptoir_backoffice::registry::Kind;
use comptoir_backoffice::transfer::{
    Import, ImportReport, ImportRequest, ImportStopped, Mapping, OpenFailed, Step, StopReason,
};
use comptoir_sync_protocol::ids::BatchId;
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::batches::named_batch;
use crate::api::events::Event;
use crate::api::extract::{Params, Segments};
use crate::api::records::known;
use crate::entropy;
use crate::limits::MAX_IMPORT_BYTES;
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};
use crate::spool::{self, Spool};

const STOPPED_ADVICE: &str =
    "What is counted here is written and safe. Import the same file again for the rest, or undo the batch.";

/// How to import.
#[derive(Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportParams {
    /// Say what would be done, and change nothing.
    #[param(value_type = Option<bool>)]
    pub dry_run: bool,
    /// What the dry run answered: another file, or other columns, are refused then.
    pub plan: Option<String>,
    /// A saved mapping of columns, by name or id.
    pub mapping: Option<String>,
    /// `COLUMN IN THE FILE=COLUMN HERE`, given once for each column whose name does not tell; goes before the saved mapping.
    #[param(value_type = Option<Vec<String>>)]
    pub map: Vec<String>,
    /// Keep the mapping under this name, once the file is accepted.
    pub save_mapping: Option<String>,
    /// The sheet of a workbook; the first that holds something when nothing is said.
    pub sheet: Option<String>,
    /// The act that this will be, under an id that whoever asks has drawn: 32 hexadecimal digits. Events name it, and so does
    /// whoever stops the import and takes back what was written.
    #[param(value_type = Option<String>)]
    pub batch: Option<BatchId>,
}

impl ImportParams {
    fn read(pairs: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut params = Self::default();
        for (name, value) in pairs {
            let bad = |message: String| Problem::new(Code::BadRequest, message).with("field", &name);
            match name.as_str() {
                "dry_run" => params.dry_run = value.parse().map_err(|_| bad("dry_run is true or false".to_owned()))?,
                "plan" => params.plan = Some(value),
                "mapping" => params.mapping = Some(value),
                "map" => params.map.push(value),
                "save_mapping" => params.save_mapping = Some(value),
                "sheet" => params.sheet = Some(value),
                "batch" => params.batch = Some(named_batch(&value)?),
                _ => return Err(bad(format!("There is no parameter {name}"))),
            }
        }
        Ok(params)
    }
}

/// Import a file: CSV in any usual shape, or a workbook (XLSX). Good rows are kept, bad ones listed; the same file again changes
/// nothing. While it is tried or written, events named `import` say how far it is; closing the connection stops it between
/// two batches.
#[utoipa::path(post, path = "/api/v1/records/{kind}/import", tag = "records",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(("kind" = String, Path, description = "Kind of record, such as party"), ImportParams),
    responses((status = 200, body = ImportReport), (status = "default", body = ProblemBody)))]
pub async fn import(
    State(api): State<Api>,
    Segments(kind): Segments<String>,
    Params(pairs): Params<Vec<(String, String)>>,
    body: Body,
) -> Answer<ImportReport> {
    // Dropped with this future, when the client goes away.
    let gone = CancellationToken::new();
    let _here = gone.clone().drop_guard();
    let spool = receive(&api.node, body).await?;
    // Judged only now: a client that is still sending does not hear an answer.
    let (kind, params) = (known(&kind)?, ImportParams::read(pairs)?);
    // Only now: who sends slowly keeps nobody waiting.
    let turn = match params.dry_run {
        true => None,
        false => Some(api.node.import_turn().ok_or_else(|| Refusal::new(Why::ImportRunning))?),
    };
    let work = move |node: &Node| {
        let _turn = turn;
        run(node, kind, &spool, &params, &gone)
    };
    api.run(work).await.map(Json)
}

/// Brings the body to the disk, as far as it may be.
async fn receive(node: &Node, body: Body) -> Result<Spool, Problem> {
    let (spool, file) = Spool::create(node.data()).map_err(|error| spool::problem(&error))?;
    let mut file = tokio::fs::File::from_std(file);
    let (mut chunks, mut bytes, mut written) = (body.into_data_stream(), 0, Ok(()));
    while let Some(chunk) = chunks.next().await {
        let cut = |_| Problem::new(Code::BadRequest, "The file was cut short on its way: send it again");
        let chunk = chunk.map_err(cut)?;
        bytes += chunk.len();
        if bytes > MAX_IMPORT_BYTES {
            return Err(Refusal::new(Why::FileTooLarge).with("limit", MAX_IMPORT_BYTES).into());
        }
        // What finds no room is read all the same: a client that is still sending does not hear an answer.
        if written.is_ok() {
            written = file.write_all(&chunk).await;
        }
    }
    if written.is_ok() {
        written = file.flush().await;
    }
    written.map_err(|error| spool::problem(&error))?;
    Ok(spool)
}

fn run(
    node: &Node,
    kind: &'static Kind,
    spool: &Spool,
    params: &ImportParams,
    gone: &CancellationToken,
) -> Result<ImportReport, Problem> {
    if !params.dry_run {
        node.check_whole()?;
    }
    let author = node.author();
    let desk = node.desk(&author);
    let mut mapping = Mapping::parse(&params.map)?;
    if let Some(name) = &params.mapping {
        let saved = node.look(|desk| desk.look_at(kind, |reading| Mapping::saved(reading.connection(), kind, name)))?;
        mapping = mapping.over(saved);
    }
    let plan = params.plan.as_deref().map(str::parse).transpose()?;
    let request = ImportRequest { mapping: mapping.clone(), sheet: params.sheet.clone(), plan, batch: params.batch };
    let going = || match gone.is_cancelled() || node.stopping().is_cancelled() {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    let tell = |step: Step| {
        for appended in &step.appended {
            node.publish(&appended.commits);
        }
        node.tell(Event::Import {
            kind: kind.name().to_owned(),
            batch: params.batch.as_ref().map(ToString::to_string),
            dry_run: params.dry_run,
            rows: step.rows,
            of: step.of,
        });
        going()
    };
    let import = Import::open(&desk, kind, || spool.open(), request, tell);
    let import = import.map_err(|failed| open_problem(node, failed))?;
    if params.dry_run {
        return desk.try_import(&import, &mut entropy::os(), tell).map_err(|stopped| stop_problem(node, stopped));
    }
    if let Some(name) = &params.save_mapping {
        let saved = node.at_desk(|desk| desk.save_mapping(kind, name, &mapping, &mut entropy::os()))?;
        node.publish(&saved.appended.commits);
    }
    desk.import(&import, &mut entropy::os(), tell).map_err(|stopped| stop_problem(node, stopped))
}

fn open_problem(node: &Node, failed: OpenFailed) -> Problem {
    match failed {
        OpenFailed::Refused(refusals) => {
            let told: Vec<String> = refusals.iter().map(ToString::to_string).collect();
            let first = refusals.into_iter().next().map(Problem::from);
            let mut problem = first.unwrap_or_else(|| Problem::new(Code::ChangeRefused, "The file was refused"));
            problem.message = told.join("; ");
            problem
        }
        OpenFailed::Io(error) => spool::problem(&error),
        OpenFailed::Command(error) => node.command_problem(error),
        OpenFailed::Cancelled => Problem::new(Code::Stopping, "The import was cancelled before anything was written"),
    }
}

/// What was written before stands; the same file again does the rest.
fn stop_problem(node: &Node, stopped: ImportStopped) -> Problem {
    let ImportStopped { report, source } = stopped;
    let problem = match source {
        StopReason::Command(error) => node.command_problem(error),
        StopReason::Cancelled => {
            let problem = Problem::new(Code::Stopping, "The import was stopped between two batches");
            Problem { advice: STOPPED_ADVICE.to_owned(), ..problem }
        }
        StopReason::File(error) => Problem::from_error(Code::Internal, &error),
    };
    let problem = with_what_stands(problem, report.created, report.changed);
    match report.batch {
        Some(batch) => problem.with("batch", batch),
        None => problem,
    }
}

fn with_what_stands(mut problem: Problem, created: u64, changed: u64) -> Problem {
    if created + changed > 0 {
        problem.message += &format!(
            "; {created} were created and {changed} changed before, and stay: the same file again does the rest"
        );
    }
    problem.with("created", created).with("changed", changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_before_a_failure_is_told_in_words() {
        let full = || Problem::new(Code::DiskFull, "the disk is full");
        let told = with_what_stands(full(), 1_000, 2);
        assert!(told.message.contains("1000 were created and 2 changed before, and stay"), "{}", told.message);
        assert_eq!((told.params["created"].as_str(), told.params["changed"].as_str()), ("1000", "2"));
        assert_eq!(with_what_stands(full(), 0, 0).message, "the disk is full");
    }
}
