//! What a session asks of the store beside it, and what comes back. Owns the shapes alone.

use std::sync::Arc;

use comptoir_replica::Judged;
use comptoir_sync_protocol::receipt::Receipt;
use comptoir_sync_protocol::session::{Commit, Event};
use comptoir_sync_protocol::{Entry, Hash, ScopeId, Vector};

/// One call of a store.
#[derive(Clone, Debug)]
pub enum Call {
    /// What `have` lacks.
    Read {
        /// The scope.
        scope: ScopeId,
        /// What the peer has.
        have: Arc<Vector>,
        /// About how much.
        most_bytes: usize,
    },
    /// These entries whole.
    ReadWanted {
        /// The scope.
        scope: ScopeId,
        /// Which.
        wanted: Vec<Hash>,
    },
    /// Take these in.
    Admit {
        /// The scope.
        scope: ScopeId,
        /// Which.
        entries: Vec<Entry>,
    },
    /// Keep a relay's word.
    Receipts(Vec<Receipt>),
}

/// What a call came to.
#[derive(Default)]
pub struct Called {
    /// For the session that called.
    pub answer: Option<Event>,
    /// For all sessions of the host.
    pub commits: Vec<Commit>,
    /// Entries that were set aside.
    pub aside: Vec<Judged>,
    /// The process died of it.
    pub died: bool,
}

impl Called {
    /// An answer and nothing else.
    pub fn answer(event: Event) -> Self {
        Self { answer: Some(event), ..Self::default() }
    }
}
