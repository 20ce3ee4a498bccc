//! Runs a session over a connection and a store: the one driver, for relay and node alike.
//!
//! Owns the loop that feeds events and carries out effects in order. Store calls run on blocking threads, one at a time
//! for each session. Never judges: the session decides what is said, the store what is taken.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use comptoir_sync_protocol::console::{ConsoleAnswer, ConsoleRequest};
use comptoir_sync_protocol::frame::{Frame, JoinAnswer, RefusalCode, SealedJoinRequest};
use comptoir_sync_protocol::health::HealthReport;
use comptoir_sync_protocol::receipt::Receipt;
use comptoir_sync_protocol::roster::Party;
use comptoir_sync_protocol::session::{Admitted, CloseReason, Commit, Config, Effect, Event, LocalView, Session};
use comptoir_sync_protocol::{Entry, Hash, LogHead, ScopeId, Vector};
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::close::{CloseCode, Closed};
use crate::receiver::{ReceiveError, Receiver};
use crate::sender::{SendError, Sender};

/// How often time passes for a session.
const TICK_INTERVAL: Duration = Duration::from_secs(1);
/// Store calls that may wait for each other before the peer is held back.
const MAX_WAITING_JOBS: usize = 8;

/// What a session asks of the local store. The calls block.
pub trait SessionStore: Send + Sync + 'static {
    /// Roster, vectors and wanted entries as they are now.
    fn view(&self) -> Result<LocalView, StoreFailure>;
    /// What `have` lacks, in causal order, about `most_bytes`, one entry at least.
    fn read(&self, scope: ScopeId, have: &Vector, most_bytes: usize) -> Result<Vec<(LogHead, Vec<u8>)>, StoreFailure>;
    /// These entries, as far as they are held whole.
    fn read_wanted(&self, scope: ScopeId, wanted: &[Hash]) -> Result<Vec<(LogHead, Vec<u8>)>, StoreFailure>;
    /// Takes entries in; what it reports is durable. `peer` is unknown until the roster has told who it is.
    fn admit(&self, peer: Option<Party>, scope: ScopeId, entries: Vec<Entry>) -> Result<Admitted, StoreFailure>;
    /// Told of what the driver does not carry out itself. Called on blocking threads, in order.
    fn notice(&self, peer: Option<Party>, notice: Notice) -> Result<(), StoreFailure>;
}

/// What a session tells the owner of the store.
#[derive(Clone, Debug)]
pub enum Notice {
    /// A relay's signed word. Check that the roster names the relay, then store it.
    Receipts(Vec<Receipt>),
    /// The peer will not take these entries.
    PeerRefused {
        /// The scope.
        scope: ScopeId,
        /// The first entry.
        head: LogHead,
        /// Why.
        code: RefusalCode,
    },
    /// The roster named the peer.
    Identified(Party),
    /// Everything that the peer has is committed here.
    Current,
    /// A site holds this much of what is here.
    PeerHolds(BTreeMap<ScopeId, Arc<Vector>>),
    /// A join request for headquarters.
    JoinRequest(SealedJoinRequest),
    /// Headquarters' answer for the relay.
    JoinAnswer(JoinAnswer),
    /// A word on how some site stands. Check that it is the peer's own, then keep it.
    Health(HealthReport),
    /// What a relay's console asks. Check that the peer is a relay.
    ConsoleRequest(ConsoleRequest),
    /// What became of what was asked. Check that it was the peer who was asked.
    ConsoleAnswer(ConsoleAnswer),
}

/// The store failed in a way that no peer can mend: the disk is broken, an fsync failed.
#[derive(Debug, thiserror::Error)]
#[error("the local store failed")]
pub struct StoreFailure(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// What connects a session with the process around it.
pub struct Wiring {
    /// The local store.
    pub store: Arc<dyn SessionStore>,
    /// Every commit to it, subscribed before [`drive`] is called.
    pub commits: broadcast::Receiver<Commit>,
    /// Join requests and answers to carry to the peer.
    pub events: mpsc::Receiver<Event>,
    /// Ends the session in good order.
    pub shutdown: CancellationToken,
}

/// How a session ended.
#[derive(Debug, thiserror::Error)]
pub enum SessionEnd {
    /// The connection ended; [`Closed::by_peer`] tells what the peer said.
    #[error(transparent)]
    Connection(Closed),
    /// The session found a reason to end it.
    #[error("the session was ended here: {0:?}")]
    Here(CloseReason),
    /// A channel broke, or what arrived was no frame.
    #[error(transparent)]
    Receive(ReceiveError),
    /// Something could not be sent.
    #[error(transparent)]
    Send(SendError),
    /// More was committed than this session could follow; a new one compares anew.
    #[error("the session fell behind the local store")]
    FellBehind,
    /// The local store failed.
    #[error(transparent)]
    Store(#[from] StoreFailure),
    /// It was asked to end.
    #[error("shut down")]
    Shutdown,
}

impl From<SendError> for SessionEnd {
    /// A connection that ended is one, whichever half finds out first: what the peer said of it is not lost.
    fn from(error: SendError) -> Self {
        match error {
            SendError::Closed(closed) => Self::Connection(closed),
            error => Self::Send(error),
        }
    }
}

/// Runs one session to its end. `first` is a frame that was read from the connection before.
pub async fn drive(
    sender: Sender,
    mut receiver: Receiver,
    config: Config,
    wiring: Wiring,
    first: Option<Frame>,
) -> SessionEnd {
    let mut driver = match Driver::begin(sender, config, wiring.store).await {
        Ok(driver) => driver,
        Err(end) => return end,
    };
    let end = match driver.run(&mut receiver, wiring.commits, wiring.events, wiring.shutdown, first).await {
        Ok(never) => match never {},
        Err(end) => end,
    };
    driver.finish(&end).await;
    end
}

/// A call of the store that waits for its turn.
enum Job {
    Read { scope: ScopeId, have: Arc<Vector>, most_bytes: usize },
    ReadWanted { scope: ScopeId, wanted: Vec<Hash> },
    Admit { scope: ScopeId, entries: Vec<Entry> },
    Notice(Notice),
}

impl Job {
    fn run(self, store: &dyn SessionStore, peer: Option<Party>) -> Result<Option<Event>, StoreFailure> {
        Ok(match self {
            Self::Read { scope, have, most_bytes } => {
                Some(Event::Read { scope, entries: store.read(scope, &have, most_bytes)? })
            }
            Self::ReadWanted { scope, wanted } => {
                Some(Event::Read { scope, entries: store.read_wanted(scope, &wanted)? })
            }
            Self::Admit { scope, entries } => Some(Event::Admitted(store.admit(peer, scope, entries)?)),
            Self::Notice(notice) => {
                store.notice(peer, notice)?;
                None
            }
        })
    }
}

struct Driver {
    session: Session,
    sender: Sender,
    store: Arc<dyn SessionStore>,
    began: Instant,
    jobs: VecDeque<Job>,
    running: JoinSet<Result<Option<Event>, StoreFailure>>,
    /// A queue for each channel, so that a full one holds back nothing else. The session's windows bound them.
    queues: HashMap<u32, mpsc::UnboundedSender<Vec<u8>>>,
    sending: JoinSet<Result<(), SendError>>,
}

enum Never {}

impl Driver {
    async fn begin(sender: Sender, config: Config, store: Arc<dyn SessionStore>) -> Result<Self, SessionEnd> {
        let view = {
            let store = Arc::clone(&store);
            tokio::task::spawn_blocking(move || store.view()).await.map_err(panicked)??
        };
        let (session, effects) = Session::new(0, config, view);
        let mut driver = Self {
            session,
            sender,
            store,
            began: Instant::now(),
            jobs: VecDeque::new(),
            running: JoinSet::new(),
            queues: HashMap::new(),
            sending: JoinSet::new(),
        };
        driver.carry_out(effects)?;
        Ok(driver)
    }

    async fn run(
        &mut self,
        receiver: &mut Receiver,
        mut commits: broadcast::Receiver<Commit>,
        mut events: mpsc::Receiver<Event>,
        shutdown: CancellationToken,
        first: Option<Frame>,
    ) -> Result<Never, SessionEnd> {
        let mut ticks = tokio::time::interval(TICK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        if let Some(frame) = first {
            self.handle(Event::Frame(frame))?;
        }
        loop {
            self.start_next_job();
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return Err(SessionEnd::Shutdown),
                // Before what a busy peer could keep ready for ever.
                _ = ticks.tick() => self.handle(Event::Tick)?,
                Some(done) = self.running.join_next() => {
                    if let Some(event) = done.map_err(panicked)?? {
                        self.handle(event)?;
                    }
                }
                Some(sent) = self.sending.join_next() => sent.map_err(panicked)??,
                commit = commits.recv() => match commit {
                    Ok(commit) => self.handle(Event::Committed(commit))?,
                    Err(broadcast::error::RecvError::Lagged(_)) => return Err(SessionEnd::FellBehind),
                    Err(broadcast::error::RecvError::Closed) => return Err(SessionEnd::Shutdown),
                },
                Some(event) = events.recv() => self.handle(event)?,
                arrival = receiver.next(), if self.jobs.len() < MAX_WAITING_JOBS => {
                    let frame = match arrival {
                        None => return Err(SessionEnd::Connection(receiver.closed().await)),
                        Some(Err(ReceiveError::Closed(closed))) => return Err(SessionEnd::Connection(closed)),
                        Some(Err(error)) => return Err(SessionEnd::Receive(error)),
                        Some(Ok((_, bytes))) => Frame::decode(&bytes),
                    };
                    let frame = frame.map_err(|error| {
                        tracing::warn!(peer = %receiver.peer_address(), %error, "malformed frame");
                        SessionEnd::Here(CloseReason::Malformed)
                    })?;
                    self.handle(Event::Frame(frame))?;
                }
            }
        }
    }

    fn handle(&mut self, event: Event) -> Result<(), SessionEnd> {
        let now_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let effects = self.session.handle(now_ms, event);
        self.carry_out(effects)
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> Result<(), SessionEnd> {
        for effect in effects {
            match effect {
                Effect::Send { channel, frame } if self.session.peer_unpacks() => {
                    self.send(channel, frame.encode_packed());
                }
                Effect::Send { channel, frame } => self.send(channel, frame.encode()),
                Effect::Read { scope, have, most_bytes } => self.jobs.push_back(Job::Read { scope, have, most_bytes }),
                Effect::ReadWanted { scope, wanted } => self.jobs.push_back(Job::ReadWanted { scope, wanted }),
                Effect::Admit { scope, entries } => self.jobs.push_back(Job::Admit { scope, entries }),
                Effect::Receipts(receipts) => self.notice(Notice::Receipts(receipts)),
                Effect::PeerRefused { scope, head, code } => self.notice(Notice::PeerRefused { scope, head, code }),
                Effect::Identified(party) => self.notice(Notice::Identified(party)),
                Effect::Current => self.notice(Notice::Current),
                Effect::PeerHolds(holds) => self.notice(Notice::PeerHolds(holds)),
                Effect::JoinRequest(request) => self.notice(Notice::JoinRequest(request)),
                Effect::JoinAnswer(answer) => self.notice(Notice::JoinAnswer(answer)),
                Effect::Health(report) => self.notice(Notice::Health(report)),
                Effect::ConsoleRequest(request) => self.notice(Notice::ConsoleRequest(request)),
                Effect::ConsoleAnswer(answer) => self.notice(Notice::ConsoleAnswer(answer)),
                Effect::Close(reason) => return Err(SessionEnd::Here(reason)),
            }
        }
        Ok(())
    }

    fn notice(&mut self, notice: Notice) {
        self.jobs.push_back(Job::Notice(notice));
    }

    fn send(&mut self, channel: u32, bytes: Vec<u8>) {
        let sending = &mut self.sending;
        let sender = &self.sender;
        let queue = self.queues.entry(channel).or_insert_with(|| {
            let (queue, mut queued) = mpsc::unbounded_channel::<Vec<u8>>();
            let sender = sender.clone();
            sending.spawn(async move {
                while let Some(bytes) = queued.recv().await {
                    sender.send(channel, bytes).await?;
                }
                Ok(())
            });
            queue
        });
        // A queue whose task has failed tells so through `sending`.
        let _ = queue.send(bytes);
    }

    /// One call at a time: answers come in the order of the effects.
    fn start_next_job(&mut self) {
        if !self.running.is_empty() {
            return;
        }
        if let Some(job) = self.jobs.pop_front() {
            let (store, peer) = (Arc::clone(&self.store), self.session.peer());
            self.running.spawn_blocking(move || job.run(&*store, peer));
        }
    }

    /// Lets a running store call end, then says goodbye.
    async fn finish(&mut self, end: &SessionEnd) {
        while self.running.join_next().await.is_some() {}
        let code = match end {
            SessionEnd::Connection(_) => return,
            SessionEnd::Here(CloseReason::NotAdmitted) => CloseCode::NotAdmitted,
            SessionEnd::Here(CloseReason::WrongOrganisation) => CloseCode::WrongOrganisation,
            SessionEnd::Here(CloseReason::VersionUnknown) => CloseCode::VersionTooOld,
            SessionEnd::Here(CloseReason::Malformed) | SessionEnd::Receive(_) => CloseCode::Malformed,
            SessionEnd::Here(CloseReason::TooSlow) => CloseCode::TooSlow,
            SessionEnd::Here(CloseReason::Removed) => CloseCode::Removed,
            SessionEnd::Here(CloseReason::Reopened) => CloseCode::Done,
            SessionEnd::FellBehind => CloseCode::Busy,
            SessionEnd::Send(_) | SessionEnd::Store(_) => CloseCode::Internal,
            SessionEnd::Shutdown => CloseCode::ShuttingDown,
        };
        self.queues.clear();
        self.sending.abort_all();
        self.sender.finish_and_close(code, "").await;
    }
}

/// A store call or a sending task panicked: its message is on standard error already.
fn panicked(error: tokio::task::JoinError) -> SessionEnd {
    SessionEnd::Store(StoreFailure(Box::new(error)))
}
