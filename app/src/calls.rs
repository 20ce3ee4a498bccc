//! What the page has under way: calls that may be cancelled, and files on their way in. Owns their bounds, and that a file which
//! broke off never counts as whole.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use comptoir_node::problem::{Code, Problem};
use futures_util::Stream;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::client::Bytes;
use crate::limits::{MAX_CALLS, MAX_PIECE_BYTES, MAX_UPLOADS, UPLOAD_QUEUE_PIECES};

/// A part of a file, or its end.
enum Piece {
    Bytes(Bytes),
    End,
}

struct Upload {
    pieces: mpsc::Sender<Piece>,
    /// Until the call that it is the body of takes it.
    body: Option<mpsc::Receiver<Piece>>,
}

#[derive(Default)]
struct Open {
    calls: HashMap<String, CancellationToken>,
    uploads: HashMap<String, Upload>,
}

/// Calls and uploads of the page.
#[derive(Default)]
pub struct Calls(Mutex<Open>);

/// One call that is under way; over when dropped.
pub struct Call<'a> {
    calls: &'a Calls,
    id: String,
    cancelled: CancellationToken,
}

impl Call<'_> {
    /// Waits until it is cancelled.
    pub async fn cancelled(&self) {
        self.cancelled.cancelled().await;
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.calls.locked().calls.remove(&self.id);
    }
}

fn too_many(what: &str, limit: usize) -> Problem {
    Problem::new(Code::BadRequest, format!("The window has more than {limit} {what} under way")).with("limit", limit)
}

impl Calls {
    fn locked(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call begins.
    pub fn begin(&self, id: String) -> Result<Call<'_>, Problem> {
        let mut open = self.locked();
        if open.calls.len() >= MAX_CALLS {
            return Err(too_many("calls", MAX_CALLS));
        }
        let cancelled = CancellationToken::new();
        open.calls.insert(id.clone(), cancelled.clone());
        Ok(Call { calls: self, id, cancelled })
    }

    /// Cancels a call; one that is over already is none the worse.
    pub fn cancel(&self, id: &str) {
        if let Some(call) = self.locked().calls.get(id) {
            call.cancel();
        }
    }

    /// Cancels all that the page had under way: it is gone, or begins anew.
    pub fn cancel_all(&self) {
        let mut open = self.locked();
        open.calls.values().for_each(CancellationToken::cancel);
        open.uploads.clear();
    }

    /// A file is about to come.
    pub fn open_upload(&self, id: String) -> Result<(), Problem> {
        let mut open = self.locked();
        if open.uploads.len() >= MAX_UPLOADS {
            return Err(too_many("uploads", MAX_UPLOADS));
        }
        let (pieces, body) = mpsc::channel(UPLOAD_QUEUE_PIECES);
        open.uploads.insert(id, Upload { pieces, body: Some(body) });
        Ok(())
    }

    /// Takes the next piece, an empty one at the end, and waits while the node has too many already. Whether more is wanted.
    pub async fn upload(&self, id: &str, piece: Vec<u8>) -> Result<bool, Problem> {
        if piece.len() > MAX_PIECE_BYTES {
            let message = format!("A piece of a file is larger than {MAX_PIECE_BYTES} bytes");
            return Err(Problem::new(Code::BodyTooLarge, message).with("limit", MAX_PIECE_BYTES));
        }
        let Some(pieces) = self.locked().uploads.get(id).map(|upload| upload.pieces.clone()) else { return Ok(false) };
        let is_last = piece.is_empty();
        let sent = pieces.send(if is_last { Piece::End } else { Piece::Bytes(piece.into()) }).await;
        if is_last || sent.is_err() {
            self.locked().uploads.remove(id);
        }
        Ok(sent.is_ok() && !is_last)
    }

    /// The file of an upload as it comes. One that breaks off ends in an error, so that no part of a file is taken for all of it.
    pub fn body(&self, id: &str) -> Option<impl Stream<Item = io::Result<Bytes>> + Send + Sync + use<>> {
        let body = self.locked().uploads.get_mut(id)?.body.take()?;
        Some(futures_util::stream::unfold(Some(body), |body| async {
            let mut body = body?;
            match body.recv().await {
                Some(Piece::Bytes(bytes)) => Some((Ok(bytes), Some(body))),
                Some(Piece::End) => None,
                None => Some((Err(io::Error::from(io::ErrorKind::UnexpectedEof)), None)),
            }
        }))
    }

    /// Ends an upload that its call no longer wants.
    pub fn close_upload(&self, id: &str) {
        self.locked().uploads.remove(id);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures_util::StreamExt;

    use super::*;

    #[tokio::test]
    async fn a_file_comes_in_pieces_and_only_its_end_makes_it_whole() {
        let calls = Calls::default();
        calls.open_upload("a".into()).unwrap();
        let body = calls.body("a").unwrap();
        assert!(calls.body("a").is_none(), "one call takes it");
        assert!(calls.upload("a", b"one".to_vec()).await.unwrap());
        assert!(!calls.upload("a", vec![]).await.unwrap());
        assert!(!calls.upload("a", b"late".to_vec()).await.unwrap());
        let whole: Vec<_> = body.map(Result::unwrap).collect().await;
        assert_eq!(whole, ["one"]);

        calls.open_upload("b".into()).unwrap();
        let body = calls.body("b").unwrap();
        calls.upload("b", b"half".to_vec()).await.unwrap();
        calls.cancel_all();
        let ended: Vec<_> = body.collect().await;
        assert_eq!(ended[0].as_ref().unwrap(), "half");
        assert_eq!(ended[1].as_ref().unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn what_nobody_wants_any_more_is_told_and_what_is_too_much_refused() {
        let calls = Calls::default();
        calls.open_upload("a".into()).unwrap();
        drop(calls.body("a").unwrap());
        assert!(!calls.upload("a", b"x".to_vec()).await.unwrap());
        assert_eq!(calls.upload("a", vec![0; MAX_PIECE_BYTES + 1]).await.unwrap_err().code, "body-too-large");
        for number in 0..MAX_UPLOADS {
            calls.open_upload(number.to_string()).unwrap();
        }
        assert!(calls.open_upload("more".into()).is_err());
    }

    #[tokio::test]
    async fn a_call_is_cancelled_by_its_name_and_forgotten_when_it_is_over() {
        let calls = Calls::default();
        let call = calls.begin("a".into()).unwrap();
        calls.cancel("b");
        assert!(!call.cancelled.is_cancelled());
        calls.cancel("a");
        call.cancelled().await;
        drop(call);
        assert!(calls.locked().calls.is_empty());
        let held: Vec<_> = (0..MAX_CALLS).map(|number| calls.begin(number.to_string()).unwrap()).collect();
        assert!(calls.begin("more".into()).is_err());
        drop(held);
        assert!(calls.begin("more".into()).is_ok());
    }
}
