//! Enrolment connections: a site that is no member yet leaves its sealed request and asks how it stands.
//! Owns the conversation and its bounds: the peer is a stranger. It reads no request; that a site is admitted it believes the
//! roster alone.

use std::sync::Arc;
use std::time::Duration;

use comptoir_sync_protocol::enrolment::JoinState;
use comptoir_sync_protocol::frame::{Frame, JoinAnswer, SealedJoinRequest};
use comptoir_sync_protocol::ids::InvitationId;
use comptoir_sync_protocol::session::Event;
use comptoir_transport::{CONTROL, CloseCode, Connection, Receiver, SendError, Sender};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::Front;
use super::registry::Kind;
use crate::admin::events::{Enrolment, TurnedAway};
use crate::changes::Topic;
use crate::clock;
use crate::core::RelayCore;
use crate::limits::{ENROLMENT_DEADLINE, ENROLMENT_SILENCE_DEADLINE, MAX_ENROLMENT_FRAMES, MAX_REQUESTS_PER_ENROLMENT};
use crate::mailbox::Posted;
use crate::requests::Addressee;
use crate::store::StoreError;

/// Serves an enrolment connection.
pub(super) async fn serve(front: Arc<Front>, connection: Connection) {
    let Some(core) = front.core() else {
        front.meters.count(TurnedAway::Unclaimed);
        return connection.close(CloseCode::NotAdmitted, "this relay belongs to nobody yet");
    };
    let Some(place) = front.registry.enter(Kind::Enrolment, connection.peer_pin(), connection.peer_address()) else {
        front.meters.count(TurnedAway::NoRoom);
        return connection.close(CloseCode::Busy, "no room for another enrolment");
    };
    let (sender, receiver) = connection.split();
    place.set_line(sender.clone());
    let (code, reason) = Conversation::new(front, core, sender.clone()).run(receiver).await;
    sender.finish_and_close(code, reason).await;
}

struct Conversation {
    front: Arc<Front>,
    core: Arc<RelayCore>,
    sender: Sender,
    /// The invitation that the peer asks about, and what it was told last.
    about: Option<(InvitationId, JoinState)>,
    frames: usize,
    requests: usize,
}

/// Why a conversation ends.
type End = (CloseCode, &'static str);

impl Conversation {
    fn new(front: Arc<Front>, core: Arc<RelayCore>, sender: Sender) -> Self {
        Self { front, core, sender, about: None, frames: 0, requests: 0 }
    }

    async fn run(mut self, mut receiver: Receiver) -> End {
        let mut answers = self.front.mailbox().answers();
        let mut commits = self.core.subscribe();
        let stop = self.front.stop.clone();
        let end = Instant::now() + ENROLMENT_DEADLINE;
        loop {
            let silence = Instant::now() + ENROLMENT_SILENCE_DEADLINE;
            let outcome = tokio::select! {
                () = stop.cancelled() => return (CloseCode::ShuttingDown, ""),
                arrival = timeout_at(end.min(silence), receiver.next()) => match arrival {
                    Err(_) => return (CloseCode::TooSlow, "an enrolment does not last for ever"),
                    Ok(Some(Ok((_, bytes)))) => self.on_frame(&bytes).await,
                    Ok(Some(Err(_))) => return (CloseCode::Malformed, ""),
                    Ok(None) => return (CloseCode::Done, ""),
                },
                Ok(()) = answers.changed() => self.tell_again().await,
                commit = commits.recv() => match commit {
                    Ok(commit) if commit.roster.is_none() => Ok(()),
                    Err(RecvError::Closed) => return (CloseCode::ShuttingDown, ""),
                    Ok(_) | Err(RecvError::Lagged(_)) => self.tell_again().await,
                },
            };
            if let Err(end) = outcome {
                return end;
            }
        }
    }

    async fn on_frame(&mut self, bytes: &[u8]) -> Result<(), End> {
        self.frames += 1;
        if self.frames > MAX_ENROLMENT_FRAMES {
            return Err((CloseCode::Busy, "too many frames"));
        }
        match Frame::decode(bytes) {
            Ok(Frame::JoinRequest(request)) => self.on_request(request).await,
            Ok(Frame::JoinPoll(invitation)) => self.tell(invitation).await,
            Ok(Frame::Unknown(..)) => Ok(()),
            _ => Err((CloseCode::Malformed, "")),
        }
    }

    async fn on_request(&mut self, request: SealedJoinRequest) -> Result<(), End> {
        self.requests += 1;
        let invitation = request.invitation;
        if self.requests > MAX_REQUESTS_PER_ENROLMENT {
            return Err((CloseCode::Busy, "too many requests"));
        }
        if self.core.roster().burned.contains(&invitation) {
            return self.tell(invitation).await;
        }
        let address = self.sender.peer_address().ip();
        let (front, posted) = (Arc::clone(&self.front), request.clone());
        let posted = blocking(move || front.mailbox().post(&posted, address, clock::now_ms())).await?;
        match posted {
            Posted::NoRoom => {
                self.front.meters.count(Enrolment::NoRoom);
                self.send(JoinAnswer { invitation, state: JoinState::RelayBusy }).await
            }
            Posted::Kept => {
                self.front.meters.count(Enrolment::Requested);
                self.front.changes.tell(&[Topic::Relay]);
                let forwarded = self.front.registry.tell(Addressee::Headquarters, &Event::JoinRequest(request));
                (0..forwarded).for_each(|_| self.front.meters.count(Enrolment::Forwarded));
                self.tell(invitation).await
            }
        }
    }

    /// Something changed that the peer may wait for.
    async fn tell_again(&mut self) -> Result<(), End> {
        match self.about {
            Some((invitation, told)) if self.state(invitation).await? != told => self.tell(invitation).await,
            _ => Ok(()),
        }
    }

    async fn tell(&mut self, invitation: InvitationId) -> Result<(), End> {
        let state = self.state(invitation).await?;
        self.about = Some((invitation, state));
        self.send(JoinAnswer { invitation, state }).await
    }

    /// Headquarters' word that a site is admitted may come before the roster that does it; only that one counts.
    async fn state(&self, invitation: InvitationId) -> Result<JoinState, End> {
        if self.core.roster().burned.contains(&invitation) {
            return Ok(JoinState::Admitted);
        }
        let front = Arc::clone(&self.front);
        let answer = blocking(move || front.mailbox().answer_to(&invitation)).await?;
        Ok(answer.filter(|state| *state != JoinState::Admitted).unwrap_or(JoinState::Waiting))
    }

    async fn send(&self, answer: JoinAnswer) -> Result<(), End> {
        let sending = self.sender.send(CONTROL, Frame::JoinAnswer(answer).encode());
        match tokio::time::timeout(SEND_DEADLINE, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(SendError::Closed(_))) => Err((CloseCode::Done, "")),
            Ok(Err(_)) | Err(_) => Err((CloseCode::TooSlow, "answers are not read")),
        }
    }
}

/// How long an answer may wait for room on the way to a peer that does not read.
const SEND_DEADLINE: Duration = Duration::from_secs(10);

/// The mailbox failing ends this conversation, and no other: the logs do not lie in it.
async fn blocking<T: Send + 'static>(ask: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, End> {
    match tokio::task::spawn_blocking(ask).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            tracing::error!(?error, "the enrolment mailbox failed");
            Err((CloseCode::Internal, "the mailbox failed"))
        }
        Err(_) => Err((CloseCode::Internal, "")),
    }
}
