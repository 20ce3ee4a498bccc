//! Event streams that are open: so many in all, and so many of one session. Owns the count; a place is free again when it is dropped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use blake3::Hash;

use crate::limits::{MAX_EVENT_STREAMS, MAX_EVENT_STREAMS_PER_SESSION};

/// How many streams are open, by the hash of their session's secret.
#[derive(Debug, Default)]
pub(super) struct Streams(Mutex<HashMap<Hash, usize>>);

/// A place for one stream.
#[derive(Debug)]
pub(super) struct StreamPlace {
    streams: Arc<Streams>,
    session: Hash,
}

impl Streams {
    /// A place for one more stream of the session that a request bears; none where there is no room.
    pub fn enter(self: &Arc<Self>, borne: &str) -> Option<StreamPlace> {
        let session = blake3::hash(borne.as_bytes());
        let mut open = self.locked();
        let of_session = open.get(&session).copied().unwrap_or(0);
        if of_session >= MAX_EVENT_STREAMS_PER_SESSION || open.values().sum::<usize>() >= MAX_EVENT_STREAMS {
            return None;
        }
        open.insert(session, of_session + 1);
        Some(StreamPlace { streams: Arc::clone(self), session })
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Hash, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut open = self.streams.locked();
        match open.get_mut(&self.session) {
            Some(many) if *many > 1 => *many -= 1,
            _ => drop(open.remove(&self.session)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_bounded_by_session_and_in_all_and_places_come_back() {
        let streams = Arc::new(Streams::default());
        let of_one: Vec<_> = std::iter::from_fn(|| streams.enter("one")).collect();
        assert_eq!(of_one.len(), MAX_EVENT_STREAMS_PER_SESSION);
        let others: Vec<_> = (0..MAX_EVENT_STREAMS).filter_map(|number| streams.enter(&number.to_string())).collect();
        assert_eq!(of_one.len() + others.len(), MAX_EVENT_STREAMS);
        assert!(streams.enter("another").is_none());
        drop(of_one);
        assert!(streams.enter("one").is_some());
        drop(others);
        assert!(streams.locked().is_empty(), "nothing is kept of who left");
    }
}
