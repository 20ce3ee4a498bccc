//! Joining an organisation: keys are made once, headquarters is asked through the relay, and the roster is fetched until it
//! names this site and its scope keys open. Every step can be broken off and is resumed by the same command.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use comptoir_sync_protocol::enrolment::{JoinCode, JoinRequest, JoinState};
use comptoir_sync_protocol::frame::{Frame, SealedJoinRequest};
use comptoir_sync_protocol::{OrganisationId, Writer};
use comptoir_transport::{Backoff, CONTROL, CloseCode, Connection, Endpoint, Pin, Purpose, SessionEnd, Wiring, drive};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use zeroize::Zeroizing;

use crate::data_dir::{DataDir, EnterError, Lock};
use crate::identity::{NodeKeys, write_problem};
use crate::limits::JOIN_POLL_INTERVAL;
use crate::node::Node;
use crate::opening::open_replica;
use crate::problem::{Code, Problem, told};
use crate::sync::{NodeStore, config_for};
use crate::{durable, entropy};

/// A site that belongs to the organisation now.
pub struct Joined {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// This site's code.
    pub site_code: String,
    /// Under which this node writes.
    pub writer: Writer,
}

#[derive(Serialize, Deserialize)]
struct JoinFile {
    code: Zeroizing<String>,
}

/// Joins, waiting for headquarters no longer than `wait`.
pub async fn join(data: &DataDir, text: &str, wait: Duration) -> Result<Joined, Problem> {
    let code = JoinCode::from_text(text).map_err(|error| Problem::from_error(Code::CodeMistyped, &error))?;
    let deadline = Instant::now() + wait;
    let lock = data.enter_new(true)?;
    let node = Arc::new(begin(data, lock, &code)?);
    if !is_complete(&node) {
        let endpoint = Endpoint::client(&node.keys().tls);
        let endpoint = endpoint.map_err(|error| Problem::from_error(Code::Internal, &error))?;
        let joined = ask_and_fetch(&node, &endpoint, &code, deadline).await;
        endpoint.shut_down(CloseCode::Done, "").await;
        if let Err(problem) = joined {
            if is_final(&problem) {
                forget(data).map_err(|error| write_problem(&error))?;
            }
            return Err(problem);
        }
    }
    let roster = node.roster();
    Ok(Joined {
        organisation: roster.organisation,
        name: roster.name.clone(),
        site_code: node.site_code(),
        writer: node.replica().writer(),
    })
}

/// Takes up what an earlier attempt with the same code began, or begins.
fn begin(data: &DataDir, lock: Lock, code: &JoinCode) -> Result<Node, Problem> {
    let earlier: Option<JoinFile> =
        durable::read(&data.join()).map_err(|error| Problem::from_error(Code::Damaged, &error))?;
    let keys = NodeKeys::read(&data.keys())?;
    let keys = match (earlier, keys) {
        (None, Some(_)) => return Err(EnterError::AlreadyANode { path: data.path().to_owned() }.into()),
        (Some(earlier), Some(keys)) if *earlier.code == code.to_text() => keys,
        (Some(_), Some(keys)) => {
            let node = Node::assemble(data.clone(), lock, keys, None, open_replica_of(data)?);
            return Err(if is_complete(&node) {
                EnterError::AlreadyANode { path: data.path().to_owned() }.into()
            } else {
                Problem::new(Code::OtherJoin, "This directory began to join with another code")
            });
        }
        (_, None) => {
            let file = JoinFile { code: Zeroizing::new(code.to_text()) };
            durable::write(&data.join(), &file).map_err(|error| write_problem(&error))?;
            let keys = NodeKeys::generate(code.organisation, &mut entropy::os())?;
            keys.write(&data.keys()).map_err(|error| write_problem(&error))?;
            keys
        }
    };
    let replica = open_replica(data, &keys)?;
    Ok(Node::assemble(data.clone(), lock, keys, None, replica))
}

fn open_replica_of(data: &DataDir) -> Result<comptoir_replica::Replica<comptoir_backoffice::BackOffice>, Problem> {
    let keys = NodeKeys::read(&data.keys())?;
    let keys = keys.ok_or_else(|| EnterError::NotANode { path: data.path().to_owned() })?;
    open_replica(data, &keys)
}

/// Whether the roster names this site, and every scope of its own has a key that was sealed to it.
fn is_complete(node: &Node) -> bool {
    let (roster, site) = (node.roster(), node.keys().site);
    let mut own = roster.scopes.values().filter(|scope| scope.members.contains(&site)).peekable();
    node.own_site().is_some()
        && own.peek().is_some()
        && own.all(|scope| scope.current_key.is_some_and(|key| scope.keys.contains_key(&(key, site))))
}

async fn ask_and_fetch(
    node: &Arc<Node>,
    endpoint: &Endpoint,
    code: &JoinCode,
    deadline: Instant,
) -> Result<(), Problem> {
    let mut backoff = Backoff::new();
    let mut admitted = false;
    // What is told when time is up before anything else was heard.
    let mut trouble = unreachable(code, "no answer yet");
    loop {
        let attempt = async {
            if !admitted {
                ask(node, endpoint, code, &mut trouble).await?;
                admitted = true;
            }
            fetch(node, endpoint, code).await
        };
        let outcome = timeout_at(deadline, attempt).await;
        match outcome {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(problem)) if is_final(&problem) => return Err(problem),
            Ok(Err(problem)) => trouble = problem,
            Err(_) => return Err(trouble),
        }
        if timeout_at(deadline, sleep(backoff.next_delay(&mut entropy::os()))).await.is_err() {
            return Err(trouble);
        }
    }
}

/// Whether asking again with the same code cannot help.
fn is_final(problem: &Problem) -> bool {
    [Code::JoinUsed, Code::JoinExpired, Code::JoinUnknown, Code::SiteCodeTaken].iter().any(|&code| problem.is(code))
}

async fn connect(endpoint: &Endpoint, code: &JoinCode, purpose: Purpose) -> Result<Connection, Problem> {
    let connected = endpoint.connect_host(&code.relay_address, Pin(code.relay_pin), purpose).await;
    connected.map_err(|error| unreachable(code, &told(&error)))
}

fn unreachable(code: &JoinCode, why: &str) -> Problem {
    let message = format!("The relay at {} is not reached: {why}", code.relay_address);
    Problem::new(Code::RelayUnreachable, message).with("address", &code.relay_address)
}

/// Asks headquarters through the relay until the answer is final. Broken off by the caller's deadline; `trouble` is then what
/// it was waiting for.
async fn ask(node: &Node, endpoint: &Endpoint, code: &JoinCode, trouble: &mut Problem) -> Result<(), Problem> {
    let internal = |error| Problem::from_error(Code::Internal, &error);
    let keys = node.keys().public().map_err(internal)?;
    let sealed = JoinRequest::new(code, keys).seal(&code.sealing, &mut entropy::os()).map_err(internal)?;
    let request = Frame::JoinRequest(SealedJoinRequest { invitation: code.invitation, sealed });
    let (sender, mut receiver) = connect(endpoint, code, Purpose::Enrolment).await?.split();
    let waiting = || Problem::new(Code::JoinWaiting, "Headquarters has not answered yet");
    *trouble = waiting();
    *trouble = Problem::new(Code::JoinWaiting, "Headquarters has not answered yet");
    let lost = |error: &dyn std::error::Error| {
        Problem::new(Code::RelayUnreachable, format!("The relay was lost: {}", told(error)))
    };
    let mut next = request.clone();
    loop {
        sender.send(CONTROL, next.encode()).await.map_err(|error| lost(&error))?;
        next = Frame::JoinPoll(code.invitation);
        let answer = match timeout(JOIN_POLL_INTERVAL, receiver.next()).await {
            Err(_) => continue,
            Ok(None) => return Err(waiting()),
            Ok(Some(Err(error))) => return Err(lost(&error)),
            Ok(Some(Ok((_, bytes)))) => Frame::decode(&bytes).map_err(|error| lost(&error))?,
        };
        let Frame::JoinAnswer(answer) = answer else { continue };
        if answer.invitation != code.invitation {
            continue;
        }
        match refusal(answer.state) {
            Err(problem) => return Err(problem),
            Ok(true) => {
                sender.finish_and_close(CloseCode::Done, "").await;
                return Ok(());
            }
            Ok(false) if answer.state == JoinState::RelayBusy => next = request.clone(),
            Ok(false) => {}
        }
        sleep(JOIN_POLL_INTERVAL).await;
    }
}

/// Whether the site is admitted; the problem when it never will be.
fn refusal(state: JoinState) -> Result<bool, Problem> {
    match state {
        JoinState::Admitted => Ok(true),
        JoinState::Waiting | JoinState::RelayBusy => Ok(false),
        JoinState::Used => Err(Problem::new(Code::JoinUsed, "The code was used before")),
        JoinState::Expired => Err(Problem::new(Code::JoinExpired, "The code has expired")),
        JoinState::Unknown => Err(Problem::new(Code::JoinUnknown, "Headquarters knows no such invitation")),
        JoinState::CodeTaken => Err(Problem::new(Code::SiteCodeTaken, "A site of this code exists already")),
    }
}

/// Fetches the roster by a session with the relay, until it names us.
async fn fetch(node: &Arc<Node>, endpoint: &Endpoint, code: &JoinCode) -> Result<(), Problem> {
    let mut commits = node.follow();
    let connection = connect(endpoint, code, Purpose::Sync).await?;
    let store = Arc::new(NodeStore::new(Arc::clone(node), None));
    // The other end is kept: a closed channel would be polled for ever.
    let (_answers, events) = mpsc::channel(1);
    let enough = node.stopping().child_token();
    let wiring = Wiring { store, commits: node.follow(), events, shutdown: enough.clone() };
    let (sender, receiver) = connection.split();
    let session = drive(sender, receiver, config_for(node, Pin(code.relay_pin))?, wiring, None);
    tokio::pin!(session);
    let end = loop {
        tokio::select! {
            end = &mut session => break end,
            commit = commits.recv() => {
                if commit.is_ok() && is_complete(node) {
                    enough.cancel();
                }
            }
        }
    };
    if is_complete(node) {
        return Ok(());
    }
    Err(match &end {
        // The invitation was burned, and not by us: the relay knows a site of this code with other keys.
        SessionEnd::Connection(closed)
            if closed.by_peer().is_some_and(|close| close.code == CloseCode::NotAdmitted) =>
        {
            Problem::new(Code::JoinUsed, "The code was used before")
        }
        SessionEnd::Store(failure) => Problem::from_error(Code::StorageFailed, failure),
        end => Problem::new(Code::RelayUnreachable, format!("The relay was lost: {}", told(end))),
    })
}

/// Removes what a refused attempt made, so that the directory can be used with another code.
fn forget(data: &DataDir) -> Result<(), durable::WriteError> {
    let database = data.replica();
    for suffix in ["", "-wal", "-shm"] {
        let mut path = database.clone().into_os_string();
        path.push(suffix);
        durable::remove(&PathBuf::from(path))?;
    }
    durable::remove(&data.keys())?;
    durable::remove(&data.join())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_ends_or_goes_on() {
        assert_eq!(refusal(JoinState::Admitted), Ok(true));
        assert_eq!(refusal(JoinState::Waiting), Ok(false));
        assert_eq!(refusal(JoinState::RelayBusy), Ok(false));
        for state in [JoinState::Used, JoinState::Expired, JoinState::Unknown, JoinState::CodeTaken] {
            assert!(refusal(state).is_err_and(|problem| is_final(&problem) && problem.class.exit() == 1));
        }
        assert_eq!(Problem::new(Code::JoinWaiting, "").class.exit(), 3);
    }
}
