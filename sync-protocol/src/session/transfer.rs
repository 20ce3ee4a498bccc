//! How one scope flows to the peer: what it has, what is under way, what it will not take.
//! Owns the window and the bookkeeping of acknowledgements; never decides when a scope may flow.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::frame::Ack;
use crate::header::LogHead;
use crate::ids::Writer;
use crate::limits;
use crate::vector::Vector;

/// How long a scope rests after the peer took less than was sent.
const RETRY_PAUSE_MS: u64 = 1_000;

/// What a pending read is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadFor {
    Flow,
    Wanted,
}

/// One frame of entries that waits for its acknowledgement.
#[derive(Debug)]
struct Sent {
    heads: BTreeMap<Writer, LogHead>,
    bytes: usize,
    at_ms: u64,
}

/// One scope's way to the peer.
#[derive(Debug)]
pub(super) struct Transfer {
    /// The channel of this scope's entries.
    pub channel: u32,
    /// What the peer has, or is being sent; unknown until vectors were compared.
    pub peer: Option<Arc<Vector>>,
    /// Our vector was sent and the peer's is awaited.
    pub asked: bool,
    reads: VecDeque<ReadFor>,
    sent: VecDeque<Sent>,
    under_way_bytes: usize,
    blocked: BTreeSet<Writer>,
    restarts: u32,
    rest_until_ms: u64,
    /// Something of what the peer acknowledged waits there for other bytes: it may drop that again.
    waits: bool,
}

impl Transfer {
    pub fn new(channel: u32) -> Self {
        Self {
            channel,
            peer: None,
            asked: false,
            reads: VecDeque::new(),
            sent: VecDeque::new(),
            under_way_bytes: 0,
            blocked: BTreeSet::new(),
            restarts: 0,
            rest_until_ms: 0,
            waits: false,
        }
    }

    /// The peer holds this much by its own word; what is under way comes on top.
    pub fn compared(&mut self, theirs: Vector) {
        let mut peer = theirs;
        self.sent.iter().flat_map(|sent| sent.heads.values()).for_each(|head| peer.advance(*head));
        self.peer = Some(Arc::new(peer));
        self.waits = false;
    }

    /// What the peer holds, if nothing of it is a mere hope. Only meaningful when nothing is under way.
    pub fn held(&self) -> Option<Arc<Vector>> {
        self.peer.clone().filter(|_| !self.waits)
    }

    /// The peer showed that it has this entry.
    pub fn peer_has(&mut self, head: LogHead) {
        if let Some(peer) = &mut self.peer
            && peer.seq(&head.writer) < head.seq
        {
            Arc::make_mut(peer).advance(head);
        }
    }

    /// The peer will not take this log any more.
    pub fn block(&mut self, writer: Writer) {
        self.blocked.insert(writer);
    }

    /// Whether the peer showed or said that it has this entry.
    pub fn holds(&self, head: &LogHead) -> bool {
        self.peer.as_ref().is_some_and(|peer| peer.seq(&head.writer) >= head.seq)
    }

    /// Whether the peer lacks something that it would take.
    pub fn lacks(&self, ours: &Vector) -> bool {
        self.peer.as_ref().is_some_and(|peer| {
            ours.heads().any(|head| peer.seq(&head.writer) < head.seq && !self.blocked.contains(&head.writer))
        })
    }

    /// Everything that the peer would take was sent and acknowledged, and the vectors were compared.
    pub fn is_idle(&self, ours: &Vector) -> bool {
        self.peer.is_some() && !self.asked && self.sent.is_empty() && self.reads.is_empty() && !self.lacks(ours)
    }

    /// Nothing is under way.
    pub fn is_quiet(&self) -> bool {
        self.sent.is_empty() && self.reads.is_empty()
    }

    /// What to read next: the vector to read beyond and how much, if the window is open.
    pub fn next_read(&mut self, now_ms: u64, ours: &Vector) -> Option<(Arc<Vector>, usize)> {
        let resting = now_ms < self.rest_until_ms;
        if resting || self.reads.contains(&ReadFor::Flow) || !self.lacks(ours) {
            return None;
        }
        let room = limits::SCOPE_WINDOW_BYTES.saturating_sub(self.under_way_bytes);
        if room < limits::MAX_ENTRIES_FRAME_BYTES {
            return None;
        }
        let mut have = self.peer.clone()?;
        for writer in &self.blocked {
            Arc::make_mut(&mut have).set(*writer, ours.get(writer));
        }
        self.reads.push_back(ReadFor::Flow);
        Some((have, limits::MAX_ENTRIES_FRAME_BYTES))
    }

    pub fn read_wanted(&mut self) {
        self.reads.push_back(ReadFor::Wanted);
    }

    /// A read was answered with these entries; they are being sent.
    pub fn sending(&mut self, now_ms: u64, entries: &[(LogHead, Vec<u8>)]) {
        let purpose = self.reads.pop_front();
        if entries.is_empty() {
            // Nothing could be read although something is lacking: rest instead of asking again at once.
            self.rest_until_ms = now_ms + RETRY_PAUSE_MS;
            return;
        }
        let bytes = entries.iter().map(|(_, bytes)| bytes.len()).sum();
        let mut heads = BTreeMap::new();
        if purpose == Some(ReadFor::Flow) {
            for (head, _) in entries {
                self.peer_has(*head);
                heads.insert(head.writer, *head);
            }
        }
        self.under_way_bytes += bytes;
        self.sent.push_back(Sent { heads, bytes, at_ms: now_ms });
    }

    /// The peer committed one frame. False: there was none to acknowledge.
    pub fn acknowledged(&mut self, now_ms: u64, ack: &Ack) -> bool {
        let Some(sent) = self.sent.pop_front() else { return false };
        self.under_way_bytes -= sent.bytes;
        let theirs: BTreeMap<Writer, LogHead> = ack.heads.iter().map(|head| (head.writer, *head)).collect();
        let mut short = false;
        for (writer, head) in &sent.heads {
            let reached = theirs.get(writer);
            let missed = reached.is_none_or(|reached| reached.seq < head.seq);
            self.waits |= missed && ack.held;
            if missed && !ack.held && !self.blocked.contains(writer) {
                short = true;
                if let Some(peer) = &mut self.peer {
                    Arc::make_mut(peer).set(*writer, reached.copied());
                }
                if self.restarts >= limits::MAX_SCOPE_RESTARTS {
                    self.blocked.insert(*writer);
                }
            }
        }
        if short {
            self.restarts += 1;
            self.rest_until_ms = now_ms + RETRY_PAUSE_MS;
        } else {
            self.restarts = 0;
        }
        true
    }

    /// When the oldest frame without acknowledgement was sent.
    pub fn oldest_ms(&self) -> Option<u64> {
        self.sent.front().map(|sent| sent.at_ms)
    }
}
