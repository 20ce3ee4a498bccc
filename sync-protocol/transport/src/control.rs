//! The control channel: the one bidirectional stream, opened by the client at once. Owns its opening on both sides; the two
//! halves are then driven like any other channel.

use std::sync::Arc;

use quinn::{RecvStream, SendStream, Side};
use tokio::sync::oneshot;

use crate::close::CloseCode;
use crate::connection::{CONTROL, Link};
use crate::limits::{CHANNEL_PREFACE_BYTES, HANDSHAKE_DEADLINE};

/// Control goes before all other channels when the line is the bottleneck.
pub(crate) const CONTROL_PRIORITY: i32 = 1;

/// Begins to open the control channel. Either half arrives when it is there; neither does when the connection ends before.
pub(crate) fn open(link: Arc<Link>) -> (oneshot::Receiver<SendStream>, oneshot::Receiver<RecvStream>) {
    let (give_send, send) = oneshot::channel();
    let (give_recv, recv) = oneshot::channel();
    tokio::spawn(async move {
        let opened = match link.quic.side() {
            Side::Client => begin(&link).await,
            Side::Server => await_client(&link).await,
        };
        if let Some((send, recv)) = opened {
            let _ = send.set_priority(CONTROL_PRIORITY);
            let _ = give_send.send(send);
            let _ = give_recv.send(recv);
        }
    });
    (send, recv)
}

/// The preface makes the stream visible to the server before the client has anything to say.
async fn begin(link: &Link) -> Option<(SendStream, RecvStream)> {
    let (mut send, recv) = link.quic.open_bi().await.ok()?;
    send.write_all(&CONTROL.to_be_bytes()).await.ok()?;
    Some((send, recv))
}

async fn await_client(link: &Link) -> Option<(SendStream, RecvStream)> {
    let arrival = async {
        let (send, mut recv) = link.quic.accept_bi().await.ok()?;
        let mut preface = [0; CHANNEL_PREFACE_BYTES];
        recv.read_exact(&mut preface).await.ok()?;
        Some((send, recv, preface))
    };
    match tokio::time::timeout(HANDSHAKE_DEADLINE, arrival).await {
        Err(_) => {
            link.close(CloseCode::TooSlow, "no control channel");
            None
        }
        Ok(Some((_, _, preface))) if preface != CONTROL.to_be_bytes() => {
            link.close(CloseCode::Malformed, "control channel misnumbered");
            None
        }
        Ok(arrived) => arrived.map(|(send, recv, _)| (send, recv)),
    }
}
