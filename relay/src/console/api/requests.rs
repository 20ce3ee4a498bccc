//! What is asked of nodes from here: of headquarters, where somebody approves it or declines, and of a site, to judge again what it set aside.
//! Owns the shapes. Nothing of it is done by the relay.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::console::{
    ConsoleAct, ConsoleAnswer, ConsoleOutcome, ConsoleRequest, SetAsideEntry, SiteWish, Subject, SubjectScope,
};
use comptoir_sync_protocol::ids::RequestId;
use comptoir_sync_protocol::roster::Roster;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{JsonBody, code_of};
use crate::clock::rfc3339;
use crate::console::Console;
use crate::console::book::audit::Act;
use crate::console::guard::Asking;
use crate::console::problem::{Answer, Code, Problem, ProblemBody};
use crate::entropy;
use crate::limits::{MAX_REASON_BYTES, MAX_WISH_BYTES, MAX_WISHED_CODE_BYTES};
use crate::requests::{Posted, Request};

/// What is asked of a node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct RequestMade {
    /// What it is to do.
    ask: ActAsked,
    /// Why, for whoever decides.
    #[serde(default)]
    reason: String,
}

/// What a node is to do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::console) enum ActAsked {
    /// Headquarters is to invite a site.
    Invite {
        /// The code that it is to have: `DKR`.
        code: String,
        /// Its name, for people.
        #[serde(default)]
        name: String,
        /// ISO 3166-1 alpha-2.
        country: String,
    },
    /// Headquarters is to suspend a site.
    Suspend {
        /// Its code.
        site: String,
    },
    /// Headquarters is to resume a site.
    Resume {
        /// Its code.
        site: String,
    },
    /// Headquarters is to revoke a site, for good.
    Revoke {
        /// Its code.
        site: String,
    },
    /// Headquarters is to give a scope a new key.
    Rotate {
        /// The scope's name.
        scope: String,
    },
    /// A site is to judge an entry again that it set aside.
    JudgeAgain {
        /// The site's code.
        site: String,
        /// The entry's hash.
        entry: String,
    },
}

/// What was asked of nodes.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct RequestsShown {
    /// What waits first, then the latest.
    requests: Vec<RequestShown>,
}

/// What was asked of a node, and what became of it.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct RequestShown {
    /// Which.
    id: String,
    /// `invite`, `suspend`, `resume`, `revoke`, `rotate` or `judge-again`.
    act: String,
    /// The site that it is about, or that is wished for: its code, or its id where the roster names it no more.
    site: Option<String>,
    /// The scope that it is about, by its name.
    scope: Option<String>,
    /// The entry that it is about.
    entry: Option<String>,
    /// The account that asked.
    by: String,
    /// When; RFC 3339.
    at: String,
    /// Why.
    reason: String,
    /// What became of it; null while it waits.
    answer: Option<AnswerShown>,
}

/// What became of a request.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct AnswerShown {
    /// `done`, `declined`, or `unchanged`: it was looked at, and nothing came of it.
    outcome: String,
    /// Who decided; empty: no person had to.
    by: String,
    /// What they say to it.
    said: String,
    /// When it arrived; RFC 3339.
    at: String,
}

/// What was asked of nodes.
#[utoipa::path(get, path = "/api/v1/requests", tag = "requests",
    responses((status = 200, body = RequestsShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn list(State(console): State<Arc<Console>>) -> Answer<RequestsShown> {
    let front = Arc::clone(&console.front);
    let requests = console.run(move |_, _| {
        let roster = front.core().map(|core| core.roster()).unwrap_or_default();
        let requests = front.requests().requests()?;
        Ok(requests.into_iter().map(|request| shown(request, &roster)).collect())
    });
    Ok(Json(RequestsShown { requests: requests.await? }))
}

/// Ask a node for something. It is carried to the node as soon as that is here, and done there or declined.
#[utoipa::path(post, path = "/api/v1/requests", tag = "requests", request_body = RequestMade,
    responses((status = 200, body = RequestShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn ask(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    JsonBody(made): JsonBody<RequestMade>,
) -> Answer<RequestShown> {
    let (front, by) = (Arc::clone(&console.front), asking.by());
    let asked = console.run(move |book, _| {
        let nobody = || Problem::new(Code::NotFound, "This relay belongs to nobody yet");
        let roster =
            front.core().map(|core| core.roster()).filter(|roster| !roster.sites.is_empty()).ok_or_else(nobody)?;
        let reason = text("reason", made.reason, MAX_REASON_BYTES)?;
        let act = act(&roster, made.ask)?;
        let account = by.account.clone().unwrap_or_default();
        let request =
            ConsoleRequest { id: RequestId::random(&mut entropy::os()), at_ms: by.at_ms, by: account, reason, act };
        match front.ask(&request)? {
            Posted::Kept => {}
            Posted::Already => {
                return Err(Problem::new(Code::AskedAlready, "The same waits for an answer already"));
            }
            Posted::NoRoom => return Err(Problem::new(Code::TooManyRequests, "Too many requests wait for an answer")),
        }
        let shown = shown(Request { request, answer: None }, &roster);
        let subject = shown.site.as_deref().or(shown.scope.as_deref()).unwrap_or_default();
        book.note(&by, Act::Request, Some(&format!("{} {subject}", shown.act)), false)?;
        Ok(shown)
    });
    asked.await.map(Json)
}

/// What is asked for, in the roster's own names.
fn act(roster: &Roster, asked: ActAsked) -> Result<ConsoleAct, Problem> {
    let site = |code: &str| site_of(roster, code);
    // Headquarters' node cannot remove itself, and whatever is asked is asked of it.
    let removable = |code: &str| {
        let site = site(code)?;
        if roster.is_headquarters(&site) {
            return Err(Problem::new(Code::Headquarters, "Headquarters is not removed").with("site", code));
        }
        Ok(Subject { site })
    };
    Ok(match asked {
        ActAsked::Suspend { site } => ConsoleAct::Suspend(removable(&site)?),
        ActAsked::Resume { site } => ConsoleAct::Resume(removable(&site)?),
        ActAsked::Revoke { site } => ConsoleAct::Revoke(removable(&site)?),
        ActAsked::Rotate { scope } => {
            let unknown = || Problem::new(Code::NotFound, "There is no such scope").with("scope", &scope);
            let scope = roster.scope_by_name(&scope).ok_or_else(unknown)?.id;
            ConsoleAct::Rotate(SubjectScope { scope })
        }
        ActAsked::JudgeAgain { site: code, entry } => {
            let unknown = |_| Problem::new(Code::NotFound, "There is no such entry").with("entry", &entry);
            ConsoleAct::JudgeAgain(SetAsideEntry { site: site(&code)?, entry: entry.parse().map_err(unknown)? })
        }
        ActAsked::Invite { code, name, country } => {
            let code = text("code", code, MAX_WISHED_CODE_BYTES)?.to_ascii_uppercase();
            let country = text("country", country, MAX_WISHED_CODE_BYTES)?.to_ascii_uppercase();
            if code.is_empty() || country.is_empty() {
                return Err(Problem::new(Code::BadRequest, "A site has a code and a country").with("name", "code"));
            }
            if roster.site_by_code(&code).is_some() {
                return Err(Problem::new(Code::SiteTaken, format!("There is a site {code} already")).with("site", code));
            }
            ConsoleAct::Invite(SiteWish { code, name: text("name", name, MAX_WISH_BYTES)?, country })
        }
    })
}

/// The site of a code.
pub(super) fn site_of(roster: &Roster, code: &str) -> Result<SiteId, Problem> {
    let unknown = || Problem::new(Code::NotFound, "There is no such site").with("site", code);
    roster.site_by_code(code).map(|site| site.id).ok_or_else(unknown)
}

/// A text that somebody typed, without what cannot be seen, in its bounds.
pub(super) fn text(name: &str, typed: String, most: usize) -> Result<String, Problem> {
    let text = typed.trim();
    if text.len() > most {
        let message = format!("That is longer than {most} bytes");
        return Err(Problem::new(Code::TooLong, message).with("name", name).with("most", most));
    }
    let kept = |c: char| if c.is_control() { ' ' } else { c };
    Ok(text.chars().map(kept).collect())
}

fn shown(Request { request, answer }: Request, roster: &Roster) -> RequestShown {
    let code = |site: &SiteId| code_of(roster, site);
    let (mut site, mut scope, mut entry) = (None, None, None);
    let act = match &request.act {
        ConsoleAct::Invite(wish) => {
            site = Some(wish.code.clone());
            "invite"
        }
        ConsoleAct::Suspend(subject) => {
            site = Some(code(&subject.site));
            "suspend"
        }
        ConsoleAct::Resume(subject) => {
            site = Some(code(&subject.site));
            "resume"
        }
        ConsoleAct::Revoke(subject) => {
            site = Some(code(&subject.site));
            "revoke"
        }
        ConsoleAct::Rotate(SubjectScope { scope: id }) => {
            scope = Some(roster.scopes.get(id).map_or_else(|| id.to_string(), |scope| scope.name.clone()));
            "rotate"
        }
        ConsoleAct::JudgeAgain(set_aside) => {
            (site, entry) = (Some(code(&set_aside.site)), Some(set_aside.entry.to_string()));
            "judge-again"
        }
        ConsoleAct::Unknown(..) => "unknown",
    };
    let answered = |(answer, at_ms): (ConsoleAnswer, i64)| AnswerShown {
        outcome: match answer.outcome {
            ConsoleOutcome::Done => "done",
            ConsoleOutcome::Declined => "declined",
            ConsoleOutcome::Unchanged => "unchanged",
        }
        .to_owned(),
        by: answer.by,
        said: answer.said,
        at: rfc3339(at_ms),
    };
    RequestShown {
        id: request.id.to_string(),
        act: act.to_owned(),
        site,
        scope,
        entry,
        by: request.by,
        at: rfc3339(request.at_ms),
        reason: request.reason,
        answer: answer.map(answered),
    }
}
