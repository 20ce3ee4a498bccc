//! Claiming a relay that belongs to nobody: whoever presents the secret of its code first takes it for good.
//! Owns the first frame of such a connection and the order in which the claim becomes durable.

use std::sync::Arc;

use comptoir_sync_protocol::OrganisationId;
use comptoir_sync_protocol::frame::{Frame, Hello};
use comptoir_transport::{CONTROL, CloseCode, Connection, Receiver};

use super::registry::Kind;
use super::{Front, session};
use crate::admin::events::{Claim, TurnedAway};
use crate::changes::Topic;
use crate::core::RelayCore;
use crate::identity::KeyFileError;
use crate::limits::CLAIM_DEADLINE;
use crate::store::{Durability, OpenError};

/// Why a claim that was in order did not take hold.
#[derive(Debug, thiserror::Error)]
enum ClaimError {
    #[error("the store cannot be opened for its new owner")]
    Store(#[from] OpenError),
    #[error("the new owner cannot be written down")]
    Keys(#[from] KeyFileError),
}

/// Serves a connection of a relay that belongs to nobody: a claim, or nothing.
pub(super) async fn serve(front: Arc<Front>, connection: Connection) {
    let pin = connection.peer_pin();
    let Some(place) = front.registry.enter(Kind::Claim, pin, connection.peer_address()) else {
        front.meters.count(TurnedAway::NoRoom);
        return connection.close(CloseCode::Busy, "no room for another claim");
    };
    let (sender, mut receiver) = connection.split();
    let hello = match first_frame(&mut receiver).await {
        Ok(hello) => hello,
        Err(code) => return sender.close(code, "a hello was expected"),
    };
    let claims = match &hello.claim {
        Some(secret) => hello.organisation != OrganisationId::default() && front.is_claimed_by(secret),
        None => false,
    };
    if !claims {
        front.meters.count(Claim::Refused);
        tracing::warn!(peer = %sender.peer_address(), pin = %pin.short(), "a connection without the claim of this relay");
        sender.finish_and_close(CloseCode::NotAdmitted, "this relay belongs to nobody yet").await;
        return;
    }
    let organisation = hello.organisation;
    let claiming = {
        let front = Arc::clone(&front);
        tokio::task::spawn_blocking(move || take(&front, organisation)).await
    };
    match claiming {
        Ok(Ok(core)) if core.organisation() == organisation => {
            session::run(front, core, place, (sender, receiver), Some(Frame::Hello(hello))).await;
        }
        Ok(Ok(_)) => {
            front.meters.count(Claim::Refused);
            sender.finish_and_close(CloseCode::NotAdmitted, "this relay was claimed before").await;
        }
        Ok(Err(error)) => {
            front.meters.count(Claim::Failed);
            tracing::error!(error = ?error, "a claim could not be carried out");
            sender.finish_and_close(CloseCode::Internal, "the claim could not be carried out").await;
        }
        Err(_) => sender.close(CloseCode::Internal, ""),
    }
}

async fn first_frame(receiver: &mut Receiver) -> Result<Hello, CloseCode> {
    match tokio::time::timeout(CLAIM_DEADLINE, receiver.next()).await {
        Err(_) => Err(CloseCode::TooSlow),
        Ok(Some(Ok((CONTROL, bytes)))) => match Frame::decode(&bytes) {
            Ok(Frame::Hello(hello)) => Ok(hello),
            _ => Err(CloseCode::Malformed),
        },
        Ok(_) => Err(CloseCode::Malformed),
    }
}

/// The core of whoever claimed first. The store comes before the keys: cut short between them, the same claim succeeds again.
fn take(front: &Front, organisation: OrganisationId) -> Result<Arc<RelayCore>, ClaimError> {
    let mut identity = front.identity();
    if let Some(core) = front.core() {
        return Ok(core);
    }
    let core = Arc::new(RelayCore::open(front.dir.path(), identity.core(organisation), Durability::Full)?);
    identity.bind(&front.dir, organisation)?;
    front.meters.count(Claim::Accepted);
    tracing::info!(%organisation, "the relay has an owner");
    let core = Arc::clone(front.core.get_or_init(|| core));
    front.changes.tell(&[Topic::Sites, Topic::Relay]);
    Ok(core)
}
