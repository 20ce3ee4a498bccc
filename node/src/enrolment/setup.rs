//! Set-up: a daemon in a directory that holds no node yet. Owns what is under way there (nothing, a founding, a join), one thing at
//! a time, until a node comes of it; how it is founded and how it joins is [`found`]'s and [`join`]'s.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use comptoir_sync_protocol::enrolment::JoinCode;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::data_dir::{DataDir, EnterError, Lock};
use crate::enrolment::found::{self, Founded, Founding};
use crate::enrolment::join::{self, JoinStep, Progress};
use crate::node::Node;
use crate::problem::{Code, Problem, told};

/// A directory that is being set up.
pub struct Setup {
    data: DataDir,
    lock: Lock,
    state: Mutex<State>,
    attempts: mpsc::Sender<Attempt>,
    ready: watch::Sender<Option<Arc<Node>>>,
    stopping: CancellationToken,
}

enum State {
    /// Nothing is under way. The last join, if it was refused for good, was refused for this.
    Empty {
        refused: Option<Problem>,
    },
    Founding,
    Joining(Joining),
    /// There is a node.
    Done,
}

/// A join as those see it who ask how it stands.
#[derive(Clone)]
struct Joining {
    code: Arc<JoinCode>,
    progress: watch::Receiver<Progress>,
    give_up: CancellationToken,
}

/// A join as it is pursued.
pub struct Attempt {
    node: Arc<Node>,
    code: Arc<JoinCode>,
    progress: watch::Sender<Progress>,
    give_up: CancellationToken,
}

/// How a set-up stands.
#[derive(Clone, Debug)]
pub enum Standing {
    /// Nothing is under way.
    Empty {
        /// Why the last join was refused for good.
        refused: Option<Problem>,
    },
    /// An organisation is being founded.
    Founding,
    /// It asked to join.
    Joining {
        /// The code of the site that it will be.
        site: String,
        /// The relay's `host:port`.
        relay: String,
        /// How far it is.
        progress: Progress,
    },
    /// There is a node, which is about to answer.
    Done,
}

impl Setup {
    /// The set-up of a directory whose lock is held, and the joins that [`Setup::run`] is to pursue.
    pub fn new(data: DataDir, lock: Lock, stopping: CancellationToken) -> (Arc<Self>, mpsc::Receiver<Attempt>) {
        let (attempts, begun) = mpsc::channel(1);
        let (state, ready) = (Mutex::new(State::Empty { refused: None }), watch::Sender::new(None));
        (Arc::new(Self { data, lock, state, attempts, ready, stopping }), begun)
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cancelled when the daemon is asked to stop.
    pub fn stopping(&self) -> &CancellationToken {
        &self.stopping
    }

    /// How it stands now.
    pub fn standing(&self) -> Standing {
        match &*self.locked() {
            State::Empty { refused } => Standing::Empty { refused: refused.clone() },
            State::Founding => Standing::Founding,
            State::Joining(joining) => Standing::Joining {
                site: joining.code.site_code.clone(),
                relay: joining.code.relay_address.clone(),
                progress: joining.progress.borrow().clone(),
            },
            State::Done => Standing::Done,
        }
    }

    /// Founds an organisation here. Blocks.
    pub fn found(&self, request: Founding) -> Result<Founded, Problem> {
        {
            let mut state = self.locked();
            self.check_free(&state)?;
            *state = State::Founding;
        }
        let founded = found::found_within(&self.data, &self.lock, request);
        let opened = founded.and_then(|founded| Ok((founded, Node::open(self.data.clone(), self.lock.clone())?)));
        match opened {
            Ok((founded, node)) => {
                self.is_done(Arc::new(node));
                Ok(founded)
            }
            Err(problem) => {
                *self.locked() = State::Empty { refused: None };
                Err(problem)
            }
        }
    }

    /// Begins to join with a code; done again with the same code it changes nothing. Blocks.
    pub fn join(&self, text: &str) -> Result<(), Problem> {
        let code = join::read_code(text)?;
        let mut state = self.locked();
        match &*state {
            State::Joining(joining) if *joining.code == code => return Ok(()),
            state => self.check_free(state)?,
        }
        let node = Arc::new(join::begin(&self.data, self.lock.clone(), &code)?);
        let (progress, seen) = watch::channel(Progress::begun());
        let (code, give_up) = (Arc::new(code), CancellationToken::new());
        *state = State::Joining(Joining { code: Arc::clone(&code), progress: seen, give_up: give_up.clone() });
        // One join at a time is under way, and there is room for one.
        let sent = self.attempts.try_send(Attempt { node, code, progress, give_up });
        sent.map_err(|error| Problem::from_error(Code::Stopping, &error))
    }

    /// Goes on with the join that was under way when the daemon last stopped. Blocks.
    pub fn resume(&self) -> Result<(), Problem> {
        let begun = join::code_of(&self.data)?;
        begun.map_or(Ok(()), |code| self.join(&code.to_text()))
    }

    /// Gives up a join that headquarters has not granted yet. What it had made is removed as soon as the attempt has ended.
    pub fn give_up(&self) -> Result<(), Problem> {
        let state = self.locked();
        let State::Joining(joining) = &*state else {
            return Err(Problem::new(Code::NotFound, "No join is under way"));
        };
        if joining.progress.borrow().step == JoinStep::Fetching {
            return Err(Problem::new(Code::JoinAdmitted, "Headquarters has admitted this site already"));
        }
        joining.give_up.cancel();
        Ok(())
    }

    fn check_free(&self, state: &State) -> Result<(), Problem> {
        match state {
            State::Empty { .. } => Ok(()),
            State::Joining(_) => Err(Problem::new(Code::OtherJoin, "This directory began to join with another code")),
            State::Founding | State::Done => Err(EnterError::AlreadyANode { path: self.data.path().to_owned() }.into()),
        }
    }

    fn is_done(&self, node: Arc<Node>) {
        *self.locked() = State::Done;
        self.ready.send_replace(Some(node));
    }

    /// Pursues joins until there is a node; none when the daemon is asked to stop.
    pub async fn run(&self, mut attempts: mpsc::Receiver<Attempt>) -> Option<Arc<Node>> {
        let mut ready = self.ready.subscribe();
        loop {
            let done = async { ready.wait_for(Option::is_some).await.ok().and_then(|node| node.clone()) };
            tokio::select! {
                () = self.stopping.cancelled() => return None,
                node = done => return node,
                attempt = attempts.recv() => self.pursue(attempt?).await,
            }
        }
    }

    async fn pursue(&self, Attempt { node, code, progress, give_up }: Attempt) {
        let stop = async {
            tokio::select! {
                () = self.stopping.cancelled() => {}
                () = give_up.cancelled() => {}
            }
        };
        tracing::info!(site = %code.site_code, "joining");
        let refused = match join::pursue(&node, &code, &progress, stop).await {
            Ok(true) => return self.is_done(node),
            // The next start goes on.
            Ok(false) if !give_up.is_cancelled() => return,
            Ok(false) => None,
            Err(problem) => Some(problem),
        };
        drop(node);
        let keeps = refused.as_ref().is_some_and(|problem| !join::is_final(problem));
        let forgotten = if keeps { Ok(()) } else { join::forget(&self.data) };
        if let Err(error) = forgotten {
            tracing::warn!(error = %told(&error), "what the join had made stays behind");
        }
        *self.locked() = State::Empty { refused };
    }
}
