//! The audit log, for administrators: by pages, and as a file. Owns the shapes, and that no cell of the file is run as a formula (F34).

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Params;
use crate::clock::{moment, rfc3339};
use crate::console::Console;
use crate::console::book::Book;
use crate::console::book::audit::{Act, Audited, Wanted};
use crate::console::guard::Asking;
use crate::console::problem::{Answer, Code, Problem, ProblemBody};
use crate::limits::{AUDIT_ENTRIES, MAX_AUDIT_ENTRIES};

/// Which lines are wanted; what is not said matters not.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::console) struct AuditParams {
    /// By this account.
    account: Option<String>,
    /// Of this act, such as `sign-in`.
    act: Option<String>,
    /// From this moment on; RFC 3339.
    since: Option<String>,
    /// Before this moment; RFC 3339.
    until: Option<String>,
    /// Those before this number: `next` of an answer before.
    before: Option<i64>,
    /// How many; 100 when nothing is said, at most 1,000. Of a file all.
    limit: Option<u32>,
}

/// Lines of the log.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct AuditShown {
    /// The last ones first.
    entries: Vec<AuditEntry>,
    /// `before` of the ones before; null when there are none.
    next: Option<i64>,
}

/// One line.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct AuditEntry {
    /// Later ones are greater.
    number: i64,
    /// When, by the relay's clock; RFC 3339.
    time: String,
    /// Which account did it, or was guessed at; null for a command, and where nobody has the name that was given.
    account: Option<String>,
    /// From where; null for a command on the relay's own machine.
    address: Option<String>,
    /// What: `sign-in`, `account-add` …
    act: String,
    /// To what or whom.
    subject: Option<String>,
    /// Whether it was refused.
    refused: bool,
}

impl From<Audited> for AuditEntry {
    fn from(line: Audited) -> Self {
        let Audited { number, by, act, subject, refused } = line;
        let (time, account, address) = (rfc3339(by.at_ms), by.account, by.address);
        Self { number, time, account, address, act, subject, refused }
    }
}

impl AuditParams {
    fn wanted(&self) -> Result<Wanted, Problem> {
        let at = |name: &str, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => moment(text).map(Some).ok_or_else(|| {
                Problem::new(Code::BadRequest, "A moment is written as 2026-11-24T10:00:00Z").with("name", name)
            }),
        };
        if self.act.as_ref().is_some_and(|act| !Act::ALL.iter().any(|known| known.text() == act)) {
            return Err(Problem::new(Code::BadRequest, "There is no such act").with("name", "act"));
        }
        let (since_ms, until_ms) = (at("since", &self.since)?, at("until", &self.until)?);
        Ok(Wanted { account: self.account.clone(), act: self.act.clone(), since_ms, until_ms, before: self.before })
    }
}

/// What was done at the console, the last first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(AuditParams),
    responses((status = 200, body = AuditShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn read(
    State(console): State<Arc<Console>>,
    Params(params): Params<AuditParams>,
) -> Answer<AuditShown> {
    let wanted = params.wanted()?;
    let most = params.limit.unwrap_or(AUDIT_ENTRIES).clamp(1, MAX_AUDIT_ENTRIES);
    let mut found = console.run(move |book, _| Ok(book.audited(&wanted, most + 1)?)).await?;
    let more = found.len() > most as usize;
    found.truncate(most as usize);
    let next = found.last().map(|line| line.number).filter(|_| more);
    Ok(Json(AuditShown { entries: found.into_iter().map(AuditEntry::from).collect(), next }))
}

/// The same as a file of CSV, whole; that it was taken is told in the log.
#[utoipa::path(get, path = "/api/v1/audit/export", tag = "audit", params(AuditParams),
    responses((status = 200, description = "CSV", content_type = "text/csv"), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn export(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    Params(params): Params<AuditParams>,
) -> Result<Response, Problem> {
    let (wanted, by) = (params.wanted()?, asking.by());
    let file = console.run(move |book, _| {
        book.note(&by, Act::AuditExport, None, false)?;
        written(book, wanted)
    });
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"comptoir-relay-audit.csv\""),
    ];
    Ok((headers, file.await?).into_response())
}

/// Page by page, so that the book is never held for long; what it holds in all is bounded.
fn written(book: &Book, mut wanted: Wanted) -> Result<String, Problem> {
    let mut file = row(["number", "time", "account", "address", "act", "subject", "refused"]);
    loop {
        let page = book.audited(&wanted, MAX_AUDIT_ENTRIES)?;
        let Some(last) = page.last() else { return Ok(file) };
        wanted.before = Some(last.number);
        for line in page {
            let said = |text: &Option<String>| text.clone().unwrap_or_default();
            let refused = if line.refused { "yes" } else { "no" };
            let (number, time) = (line.number.to_string(), rfc3339(line.by.at_ms));
            let (account, address, subject) = (said(&line.by.account), said(&line.by.address), said(&line.subject));
            file.push_str(&row([&number, &time, &account, &address, &line.act, &subject, refused]));
        }
    }
}

fn row<const N: usize>(cells: [&str; N]) -> String {
    cells.map(cell).join(",") + "\r\n"
}

/// Characters with which a spreadsheet begins to calculate.
const TRIGGERS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// One cell by RFC 4180, in quotes; one that a spreadsheet would run as a formula gets an apostrophe before it, as in the node's files.
fn cell(text: &str) -> String {
    let escape = if text.trim_start_matches('\'').starts_with(TRIGGERS) { "'" } else { "" };
    format!("\"{escape}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f34_no_cell_of_the_audit_log_is_run_as_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@A1", "\tx", "\rx", "'=1"] {
            assert!(cell(formula).starts_with("\"'"), "{formula:?}");
        }
        assert_eq!(row(["awa", "", "a \"b\", c"]), "\"awa\",\"\",\"a \"\"b\"\", c\"\r\n");
    }
}
