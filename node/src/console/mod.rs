//! What headquarters' console asks, as this node sees it: requests that wait until somebody here decides, and entries that are to be judged again, which
//! nobody need decide. Owns the way from a request to the act, and what the relay is told of it. The relay asks; it can do none of it.

pub mod file;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use comptoir_replica::Removing;
use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::console::{ConsoleAct, ConsoleAnswer, ConsoleOutcome, ConsoleRequest, SetAsideEntry};
use comptoir_sync_protocol::ids::{Hash, RequestId};
use comptoir_sync_protocol::limits::MAX_CONSOLE_TEXT_BYTES;
use comptoir_sync_protocol::session;
use tokio::sync::mpsc;

use self::file::{Decision, Kept};
use crate::api::events::Event;
use crate::clock;
use crate::enrolment::invite::{self, Invited, is_headquarters};
use crate::enrolment::removal;
use crate::identity::write_problem;
use crate::limits::{JUDGED_AGAIN_REST, MAX_CONSOLE_REQUESTS};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::profile::ProfileRequest;
use crate::residency;

/// The line by which the console asks.
#[derive(Debug, Default)]
pub struct Console {
    /// The session by which a request came last; held by whoever reads, changes and writes what is kept.
    session: Mutex<Option<mpsc::Sender<session::Event>>>,
    /// Held while something is judged again.
    pace: Mutex<Pace>,
}

impl Console {
    fn alone(&self) -> MutexGuard<'_, Option<mpsc::Sender<session::Event>>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A relay asks something. What it is told at once: what was decided before, or what needs no decision.
pub fn arrived(
    node: &Node,
    request: ConsoleRequest,
    session: mpsc::Sender<session::Event>,
) -> Result<Option<ConsoleAnswer>, Problem> {
    if let ConsoleAct::JudgeAgain(SetAsideEntry { site, entry }) = &request.act {
        return judge_again(node, request.id, (*site, entry));
    }
    if !is_headquarters(node) {
        tracing::warn!(request = %request.id, "a relay asks for what headquarters decides");
        return Ok(None);
    }
    let mut alone = node.console().alone();
    *alone = Some(session);
    let mut all = read(node)?;
    if let Some(known) = all.iter().find(|kept| kept.request.id == request.id) {
        return Ok(known.decision.as_ref().map(|decision| answer(request.id, decision)));
    }
    if all.iter().filter(|kept| kept.decision.is_none()).count() >= MAX_CONSOLE_REQUESTS {
        // The relay keeps it, and asks again in its next session.
        tracing::warn!(request = %request.id, "too many requests of the console wait");
        return Ok(None);
    }
    tracing::info!(request = %request.id, act = word(&request.act), "the console asks");
    all.push(Kept { request, decision: None });
    write(node, all)?;
    drop(alone);
    node.tell(Event::Console);
    Ok(None)
}

/// How much of its time a site judges again because a relay asks.
#[derive(Debug, Default)]
struct Pace {
    rests_until: Option<Instant>,
}

impl Pace {
    fn rests(&self, now: Instant) -> bool {
        self.rests_until.is_some_and(|until| now < until)
    }

    fn worked(&mut self, began: Instant, ended: Instant) {
        self.rests_until = Some(ended + ended.saturating_duration_since(began) * JUDGED_AGAIN_REST);
    }
}

fn judge_again(node: &Node, id: RequestId, (site, entry): (SiteId, &Hash)) -> Result<Option<ConsoleAnswer>, Problem> {
    if site != node.keys().site {
        tracing::warn!(request = %id, "a relay asks for what another site decides");
        return Ok(None);
    }
    node.check_whole()?;
    let (mut pace, began) = (node.console().pace.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
    if pace.rests(began) {
        // The relay keeps it, and asks again in its next session.
        tracing::warn!(request = %id, "a relay asks to judge again sooner than a site can afford");
        return Ok(None);
    }
    let counts = node.replica().judge_again(entry).map_err(|error| node.storage_problem(&error))?;
    pace.worked(began, Instant::now());
    drop(pace);
    if counts == Some(true) {
        // Which records came of it is not told: all is read again.
        node.tell(Event::Missed);
    }
    let outcome = if counts == Some(true) { ConsoleOutcome::Done } else { ConsoleOutcome::Unchanged };
    let said = match counts {
        Some(true) => "it counts now",
        Some(false) => "it is set aside as before",
        None => "no entry of this hash is set aside here",
    };
    Ok(Some(ConsoleAnswer { id, outcome, by: String::new(), said: said.to_owned() }))
}

/// What the console has asked: what waits first, then the latest.
pub fn list(node: &Node) -> Result<Vec<Kept>, Problem> {
    let _alone = node.console().alone();
    let mut all = read(node)?;
    all.reverse();
    all.sort_by_key(|kept| kept.decision.is_some());
    Ok(all)
}

/// Does what was asked, on behalf of whoever approves it, and tells the console. The invitation, where one was asked for.
pub fn approve(node: &Node, id: &str, valid_for: Duration) -> Result<Option<Invited>, Problem> {
    let mut alone = node.console().alone();
    let (mut all, at) = undecided(node, id)?;
    let invited = act(node, &all[at].request, valid_for)?;
    // It is done, and a code is shown this once: that it was granted can be said later.
    if let Err(problem) = decide(node, &mut alone, (&mut all, at), (true, String::new())) {
        tracing::error!(request = %id, %problem, "what the console asked is done, and was not marked so");
    }
    Ok(invited)
}

/// Says no to what was asked, and why.
pub fn decline(node: &Node, id: &str, said: &str) -> Result<(), Problem> {
    if said.trim().len() > MAX_CONSOLE_TEXT_BYTES {
        let message = format!("An answer has at most {MAX_CONSOLE_TEXT_BYTES} bytes");
        return Err(Problem::new(Code::BadRequest, message).with("limit", MAX_CONSOLE_TEXT_BYTES));
    }
    let mut alone = node.console().alone();
    let (mut all, at) = undecided(node, id)?;
    decide(node, &mut alone, (&mut all, at), (false, said.trim().to_owned()))
}

fn act(node: &Node, request: &ConsoleRequest, valid_for: Duration) -> Result<Option<Invited>, Problem> {
    let code = |site: &SiteId| {
        let found = node.roster().sites.get(site).map(|site| site.profile.code.clone());
        found.ok_or_else(|| Problem::new(Code::NotFound, "The roster names no such site").with("site", site))
    };
    let remove = |site: &SiteId, how| removal::remove(node, &code(site)?, how).map(|()| None);
    match &request.act {
        ConsoleAct::Invite(wish) => {
            let profile = ProfileRequest {
                code: wish.code.clone(),
                country: wish.country.clone(),
                name: (!wish.name.is_empty()).then(|| wish.name.clone()),
                ..ProfileRequest::default()
            };
            invite::invite(node, profile, valid_for).map(Some)
        }
        ConsoleAct::Suspend(subject) => remove(&subject.site, Removing::Suspend),
        ConsoleAct::Resume(subject) => remove(&subject.site, Removing::Resume),
        ConsoleAct::Revoke(subject) => remove(&subject.site, Removing::Revoke),
        ConsoleAct::Rotate(subject) => residency::rotate(node, &node.scope_name(&subject.scope)).map(|()| None),
        ConsoleAct::JudgeAgain(_) | ConsoleAct::Unknown(..) => {
            let message = "A newer console asks for what this version cannot do: upgrade this node, or decline";
            Err(Problem::new(Code::ChangeRefused, message))
        }
    }
}

fn undecided(node: &Node, id: &str) -> Result<(Vec<Kept>, usize), Problem> {
    if !is_headquarters(node) {
        return Err(Problem::new(Code::NotHeadquarters, "Headquarters decides on what its console asks"));
    }
    let all = read(node)?;
    let at = id.trim().parse().ok().and_then(|id: RequestId| all.iter().position(|kept| kept.request.id == id));
    let at = at.ok_or_else(|| Problem::new(Code::NotFound, "There is no such request").with("value", id))?;
    match &all[at].decision {
        None => Ok((all, at)),
        Some(Decision { done, .. }) => {
            let decision = if *done { "done" } else { "declined" };
            let message = format!("It is decided already: {decision}");
            Err(Problem::new(Code::DecidedAlready, message).with("decision", decision))
        }
    }
}

fn decide(
    node: &Node,
    session: &mut Option<mpsc::Sender<session::Event>>,
    (all, at): (&mut Vec<Kept>, usize),
    (done, said): (bool, String),
) -> Result<(), Problem> {
    let decision = Decision { done, by: node.author(), said, at_ms: clock::now_ms() };
    let answer = answer(all[at].request.id, &decision);
    all[at].decision = Some(decision);
    write(node, std::mem::take(all))?;
    // Where the session has ended, the relay asks again in its next.
    if let Some(session) = session {
        let _ = session.try_send(session::Event::ConsoleAnswer(answer));
    }
    node.tell(Event::Console);
    Ok(())
}

fn answer(id: RequestId, decision: &Decision) -> ConsoleAnswer {
    ConsoleAnswer { id, outcome: decision.outcome(), by: decision.by.clone(), said: decision.said.clone() }
}

/// What is asked for, in a word.
pub fn word(act: &ConsoleAct) -> &'static str {
    match act {
        ConsoleAct::Invite(_) => "invite",
        ConsoleAct::Suspend(_) => "suspend",
        ConsoleAct::Resume(_) => "resume",
        ConsoleAct::Revoke(_) => "revoke",
        ConsoleAct::Rotate(_) => "rotate",
        ConsoleAct::JudgeAgain(_) => "judge-again",
        ConsoleAct::Unknown(..) => "unknown",
    }
}

fn read(node: &Node) -> Result<Vec<Kept>, Problem> {
    file::read(node.data()).map_err(|error| Problem::from_error(Code::Damaged, &error))
}

fn write(node: &Node, all: Vec<Kept>) -> Result<(), Problem> {
    file::write(node.data(), all).map_err(|error| write_problem(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_takes_a_tenth_of_a_sites_time_at_most() {
        let (mut pace, began) = (Pace::default(), Instant::now());
        assert!(!pace.rests(began), "the first is judged at once");
        pace.worked(began, began + Duration::from_secs(2));
        assert!(pace.rests(began + Duration::from_secs(19)));
        assert!(!pace.rests(began + Duration::from_secs(20)));
    }
}
