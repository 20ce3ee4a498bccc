//! Joining an organisation: keys are made once, headquarters is asked through the relay, and the roster is fetched until it
//! names this site and its scope keys open. Every step can be broken off and is resumed by the same command.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use comptoir_sync_protocol::enrolment::{JoinCode, JoinRequest, JoinState};
use comptoir_sync_protocol::frame::{Frame, SealedJoinRequest};
use comptoir_sync_protocol::session::CloseReason;
use comptoir_sync_protocol::{OrganisationId, Writer};
use comptoir_transport::{Backoff, CONTROL, CloseCode, Connection, Endpoint, Pin, Purpose, SessionEnd, Wiring, drive};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::custody::keyring::Keyring;
use crate::custody::{KeyFiles, RosterKeys};
use crate::data_dir::{DataDir, EnterError, Lock};
use crate::identity::{NodeKeys, write_problem};
use crate::limits::JOIN_POLL_INTERVAL;
use crate::node::Node;
use crate::opening::open_replica;
use crate::problem::{Code, Problem, told};
use crate::sync::{NodeStore, Peer, config_for};
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

/// How far a join is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JoinStep {
    /// The relay is not reached yet.
    Reaching,
    /// Headquarters was asked, and has not answered yet.
    Asked,
    /// Headquarters has admitted the site; the organisation is on its way here.
    Fetching,
}

/// How far a join is, and what holds it up.
#[derive(Clone, Debug)]
pub struct Progress {
    /// How far.
    pub step: JoinStep,
    /// Why the last attempt came to nothing; it is made again.
    pub trouble: Option<Problem>,
}

impl Progress {
    /// Where every join begins.
    pub fn begun() -> Self {
        Self { step: JoinStep::Reaching, trouble: None }
    }

    /// What is told when time is up.
    fn problem(&self, code: &JoinCode) -> Problem {
        self.trouble.clone().unwrap_or_else(|| match self.step {
            JoinStep::Reaching => unreachable(code, "no answer yet"),
            JoinStep::Asked => waiting(),
            JoinStep::Fetching => Problem::new(Code::JoinWaiting, "The organisation has not arrived in full yet"),
        })
    }
}

/// A code as people copy it.
pub fn read_code(text: &str) -> Result<JoinCode, Problem> {
    JoinCode::from_text(text).map_err(|error| Problem::from_error(Code::CodeMistyped, &error))
}

/// The code of the join that this directory began with, if it began one.
pub fn code_of(data: &DataDir) -> Result<Option<JoinCode>, Problem> {
    let file: Option<JoinFile> =
        durable::read(&data.join()).map_err(|error| Problem::from_error(Code::Damaged, &error))?;
    file.map(|file| read_code(&file.code)).transpose()
}

/// Joins, waiting for headquarters no longer than `wait`.
pub async fn join(data: &DataDir, text: &str, wait: Duration) -> Result<Joined, Problem> {
    let code = read_code(text)?;
    let deadline = Instant::now() + wait;
    let lock = data.enter_new(true)?;
    let node = Arc::new(begin(data, lock, &code)?);
    let progress = watch::Sender::new(Progress::begun());
    let pursued = pursue(&node, &code, &progress, sleep_until(deadline)).await;
    match pursued {
        Ok(true) => {}
        Ok(false) => return Err(progress.borrow().problem(&code)),
        Err(problem) => {
            if is_final(&problem) {
                drop(node);
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

/// Asks and fetches until the site has joined, or never will: that is the problem then. `false` when it was broken off by `stop`.
pub async fn pursue(
    node: &Arc<Node>,
    code: &JoinCode,
    progress: &watch::Sender<Progress>,
    stop: impl Future<Output = ()>,
) -> Result<bool, Problem> {
    if is_complete(node) {
        return Ok(true);
    }
    let endpoint = Endpoint::client(&node.keys().tls);
    let endpoint = endpoint.map_err(|error| Problem::from_error(Code::Internal, &error))?;
    let ended = tokio::select! {
        joined = ask_and_fetch(node, &endpoint, code, progress) => joined.map(|()| true),
        () = stop => Ok(false),
    };
    endpoint.shut_down(CloseCode::Done, "").await;
    ended
}

/// Takes up what an earlier attempt with the same code began, or begins.
pub fn begin(data: &DataDir, lock: Lock, code: &JoinCode) -> Result<Node, Problem> {
    let earlier: Option<JoinFile> =
        durable::read(&data.join()).map_err(|error| Problem::from_error(Code::Damaged, &error))?;
    let files = KeyFiles::open(data)?;
    let keys = match (earlier, files.node()?) {
        (None, Some(_)) => return Err(EnterError::AlreadyANode { path: data.path().to_owned() }.into()),
        (Some(earlier), Some(keys)) if *earlier.code == code.to_text() => keys,
        (Some(_), Some(keys)) => {
            let keyring = Keyring::new(&keys, files.renewed()?)?;
            let replica = open_replica(data, keys.organisation, &keyring)?;
            let node = Node::assemble(data.clone(), lock, keys, keyring, RosterKeys::read(files)?, replica);
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
            files.write_node(&keys).map_err(|error| write_problem(&error))?;
            keys
        }
    };
    let keyring = Keyring::new(&keys, files.renewed()?)?;
    let replica = open_replica(data, keys.organisation, &keyring)?;
    Ok(Node::assemble(data.clone(), lock, keys, keyring, RosterKeys::read(files)?, replica))
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
    progress: &watch::Sender<Progress>,
) -> Result<(), Problem> {
    let mut backoff = Backoff::new();
    let mut admitted = false;
    loop {
        let attempt = async {
            if !admitted {
                ask(node, endpoint, code, progress).await?;
                admitted = true;
            }
            progress.send_replace(Progress { step: JoinStep::Fetching, trouble: None });
            fetch(node, endpoint, code).await
        };
        match attempt.await {
            Ok(()) => return Ok(()),
            Err(problem) if is_final(&problem) => return Err(problem),
            Err(problem) => {
                let step = if admitted { JoinStep::Fetching } else { JoinStep::Reaching };
                progress.send_replace(Progress { step, trouble: Some(problem) });
            }
        }
        sleep(backoff.next_delay(&mut entropy::os())).await;
    }
}

/// Whether asking again with the same code cannot help.
pub fn is_final(problem: &Problem) -> bool {
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

fn waiting() -> Problem {
    Problem::new(Code::JoinWaiting, "Headquarters has not answered yet")
}

/// Asks headquarters through the relay until the answer is final.
async fn ask(
    node: &Node,
    endpoint: &Endpoint,
    code: &JoinCode,
    progress: &watch::Sender<Progress>,
) -> Result<(), Problem> {
    let internal = |error| Problem::from_error(Code::Internal, &error);
    let keys = node.keys().public().map_err(internal)?;
    let sealed = JoinRequest::new(code, keys).seal(&code.sealing, &mut entropy::os()).map_err(internal)?;
    let request = Frame::JoinRequest(SealedJoinRequest { invitation: code.invitation, sealed });
    let (sender, mut receiver) = connect(endpoint, code, Purpose::Enrolment).await?.split();
    progress.send_replace(Progress { step: JoinStep::Asked, trouble: None });
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
    let store = Arc::new(NodeStore::new(Arc::clone(node), Peer::Relay(None)));
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
    // To a stranger the relay shows no roster, whereupon either side may be the first to say that it is one.
    let is_stranger = match &end {
        SessionEnd::Connection(closed) => closed.by_peer().is_some_and(|close| close.code == CloseCode::NotAdmitted),
        SessionEnd::Here(CloseReason::NotAdmitted) => node.own_site().is_none(),
        _ => false,
    };
    Err(match &end {
        // The invitation was burned, and not by us: the relay knows a site of this code with other keys.
        _ if is_stranger => Problem::new(Code::JoinUsed, "The code was used before"),
        SessionEnd::Store(failure) => Problem::from_error(Code::StorageFailed, failure),
        end => Problem::new(Code::RelayUnreachable, format!("The relay was lost: {}", told(end))),
    })
}

/// Removes what a refused attempt made, so that the directory can be used with another code.
pub fn forget(data: &DataDir) -> Result<(), durable::WriteError> {
    let database = data.replica();
    for suffix in ["", "-wal", "-shm"] {
        let mut path = database.clone().into_os_string();
        path.push(suffix);
        durable::remove(&PathBuf::from(path))?;
    }
    durable::remove(&data.keys())?;
    durable::remove(&data.seal())?;
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
