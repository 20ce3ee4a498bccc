//! The judgement on a frame of entries by their headers alone. Owns the checks; pure: it reads what is held and changes nothing.
//!
//! An entry is taken when it is of this organisation and scope, attaches to the head of its log, names roster heads that
//! are held, was written by who may write there at those heads, and stands in a range whose end is signed. What does not
//! attach is neither stored nor refused: the sender sees the head where it is and begins there again. Whether an entry's
//! cited logs are here is not asked: a log that was refused must not hold up those that cite it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use comptoir_sync_protocol::frame::RefusalCode;
use comptoir_sync_protocol::roster::{Roster, RosterHistory};
use comptoir_sync_protocol::{Entry, Hash, KeyId, LogHead, OrganisationId, ScopeId, Vector, Writer};

use crate::limits::MAX_EPOCHS_PER_SITE;
use crate::store::StoreError;

/// How an entry stands to the log that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the next.
    Next,
    /// It is held already.
    Held,
    /// Another one stands there, or before it.
    Fork,
    /// What comes before it is not here.
    Ahead,
}

/// Where logs stand: what is held, and what this frame adds.
pub(super) struct Logs<'a, At> {
    vector: &'a Vector,
    added: BTreeMap<Writer, Vec<LogHead>>,
    /// Looks up the hash at a place that is held.
    at: At,
}

impl<'a, At: Fn(Writer, u64) -> Result<Option<Hash>, StoreError>> Logs<'a, At> {
    pub fn new(vector: &'a Vector, at: At) -> Self {
        Self { vector, added: BTreeMap::new(), at }
    }

    pub fn place(&self, entry: &Entry) -> Result<Place, StoreError> {
        let LogHead { writer, seq, hash } = entry.head();
        let added = self.added.get(&writer);
        let (end, last) = added
            .and_then(|added| added.last())
            .copied()
            .or_else(|| self.vector.get(&writer))
            .map_or((0, Hash::default()), |head| (head.seq, head.hash));
        if seq > end {
            return Ok(match (seq - end, entry.header().previous == last) {
                (1, true) => Place::Next,
                (1, false) => Place::Fork,
                _ => Place::Ahead,
            });
        }
        let stands = match added.and_then(|added| added.iter().find(|head| head.seq == seq)) {
            Some(head) => Some(head.hash),
            None if seq == end => Some(last),
            None => (self.at)(writer, seq)?,
        };
        Ok(if stands == Some(hash) { Place::Held } else { Place::Fork })
    }

    pub fn add(&mut self, head: LogHead) {
        self.added.entry(head.writer).or_default().push(head);
    }

    fn opens_too_many_epochs(&self, writer: &Writer) -> bool {
        let site = writer.site;
        if self.vector.get(writer).is_some() || self.added.contains_key(writer) {
            return false;
        }
        let held = self.vector.heads().filter(|head| head.writer.site == site).count();
        let added = self.added.keys().filter(|w| w.site == site && self.vector.get(w).is_none()).count();
        held + added >= MAX_EPOCHS_PER_SITE
    }
}

/// The outcome for a frame.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// To be stored, in order; and whether each one's own signature was verified.
    pub taken: Vec<(Entry, bool)>,
    /// Held already.
    pub held: Vec<Entry>,
    /// Not taken, and never will be: the first of each log.
    pub refused: Vec<(LogHead, RefusalCode)>,
}

struct Candidate {
    entry: Entry,
    key: [u8; 32],
    verified: bool,
}

/// Judges entries of any scope but the roster.
pub(super) fn judge<At: Fn(Writer, u64) -> Result<Option<Hash>, StoreError>>(
    organisation: OrganisationId,
    scope: ScopeId,
    history: &RosterHistory,
    mut logs: Logs<'_, At>,
    entries: Vec<Entry>,
) -> Result<Judgement, StoreError> {
    let mut judgement = Judgement::default();
    let mut over: BTreeSet<Writer> = BTreeSet::new();
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut authority = Authority { history, last: None };
    for entry in entries {
        let head = entry.head();
        if over.contains(&head.writer) {
            continue;
        }
        let refusal = match check_shape(organisation, scope, &entry) {
            Err(code) => Some(code),
            Ok(()) => match logs.place(&entry)? {
                Place::Held => {
                    judgement.held.push(entry);
                    continue;
                }
                Place::Ahead => None,
                Place::Fork => Some(RefusalCode::Forked),
                Place::Next if logs.opens_too_many_epochs(&head.writer) => Some(RefusalCode::NoAuthority),
                Place::Next => match authority.key(&scope, &entry) {
                    Authorised::By(key) => {
                        logs.add(head);
                        candidates.push(Candidate { entry, key, verified: false });
                        continue;
                    }
                    Authorised::Nobody => Some(RefusalCode::NoAuthority),
                    Authorised::UnheldHeads => None,
                },
            },
        };
        over.insert(head.writer);
        judgement.refused.extend(refusal.map(|code| (head, code)));
    }
    vouch(candidates, &mut judgement);
    Ok(judgement)
}

/// What a header must say whatever stands before it.
fn check_shape(organisation: OrganisationId, scope: ScopeId, entry: &Entry) -> Result<(), RefusalCode> {
    let header = entry.header();
    if header.organisation != organisation || header.scope != scope {
        return Err(RefusalCode::WrongPlace);
    }
    // A payload in clear is the roster's alone: a relay must not be handed what it could read.
    let sealed = header.suites.aead != 0 && header.key_id != KeyId::CLEAR;
    let checkable = header.suites.signature == 1 && header.suites.hash == 1;
    if header.seq == 0 || !sealed || !checkable {
        return Err(RefusalCode::Malformed);
    }
    Ok(())
}

enum Authorised {
    By([u8; 32]),
    Nobody,
    UnheldHeads,
}

/// Looks up keys at roster heads; neighbours in a log mostly name the same.
struct Authority<'a> {
    history: &'a RosterHistory,
    last: Option<(Vec<LogHead>, Arc<Roster>)>,
}

impl Authority<'_> {
    fn key(&mut self, scope: &ScopeId, entry: &Entry) -> Authorised {
        let heads = &entry.header().roster_heads;
        if self.last.as_ref().is_none_or(|(last, _)| last != heads) {
            self.last = self.history.at(heads).map(|roster| (heads.clone(), roster));
        }
        match &self.last {
            None => Authorised::UnheldHeads,
            Some((_, roster)) => match roster.signing_key(scope, &entry.header().writer) {
                Some(key) => Authorised::By(key),
                None => Authorised::Nobody,
            },
        }
    }
}

/// Verifies the end of each log's range, which vouches for what is chained before it under the same key. Where an end is not
/// signed, the range is shortened until it is.
fn vouch(mut candidates: Vec<Candidate>, judgement: &mut Judgement) {
    let mut by_log: BTreeMap<Writer, Vec<usize>> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        by_log.entry(candidate.entry.head().writer).or_default().push(index);
    }
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    for range in by_log.values() {
        let mut vouched: Option<[u8; 32]> = None;
        let mut end = range.len();
        for place in (0..range.len()).rev() {
            let candidate = &mut candidates[range[place]];
            if vouched == Some(candidate.key) {
                continue;
            }
            candidate.verified = candidate.entry.signed.verify(&candidate.key).is_ok();
            vouched = candidate.verified.then_some(candidate.key);
            if !candidate.verified {
                end = place;
            }
        }
        if let Some(&first) = range.get(end) {
            judgement.refused.push((candidates[first].entry.head(), RefusalCode::BadSignature));
            dropped.extend(&range[end..]);
        }
    }
    let kept = candidates.into_iter().enumerate().filter(|(index, _)| !dropped.contains(index));
    judgement.taken.extend(kept.map(|(_, candidate)| (candidate.entry, candidate.verified)));
}
