//! Removal: who is suspended or revoked, and how far his logs still count.
//!
//! Owns how acts of removal change that, and which acts of admins are void by the removal of their author. What others
//! built on beyond the listed entries is no concern of the roster: whoever holds the logs reckons that.

use std::collections::{BTreeMap, BTreeSet};

use super::act::{Act, Cut};
use super::history::RosterEntry;
use crate::header::LogHead;
use crate::ids::{Hash, ScopeId, SiteId, Writer};
use crate::limits;
use crate::roster;

/// How a site or an admin is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// For good; else until it is resumed.
    pub revoked: bool,
    /// The entry of the roster that did it; of several the last.
    pub by: LogHead,
    /// The last entry that counts of each log that the removals in force and the adoptions since list: of several the
    /// latest. Of a log that is not listed none counts.
    pub listed: BTreeMap<(ScopeId, Writer), (u64, Hash)>,
}

impl Removal {
    /// The last entry of a log that the cut lists.
    pub fn listed(&self, scope: &ScopeId, writer: &Writer) -> Option<LogHead> {
        let (seq, hash) = *self.listed.get(&(*scope, *writer))?;
        Some(LogHead { writer: *writer, seq, hash })
    }

    /// Whether an entry lies past what is listed.
    fn is_past(&self, scope: &ScopeId, head: &LogHead) -> bool {
        self.listed(scope, &head.writer)
            .is_none_or(|last| head.seq > last.seq || (head.seq == last.seq && head.hash != last.hash))
    }

    fn extend(&mut self, cut: &Cut) {
        for listed in cut.heads.iter().filter(|listed| listed.head.writer.site == cut.subject) {
            let LogHead { writer, seq, hash } = listed.head;
            let last = self.listed.entry((listed.scope, writer)).or_insert((seq, hash));
            if seq > last.0 {
                *last = (seq, hash);
            }
        }
    }
}

impl Act {
    /// Whom an act removes, resumes, or whose cut it moves.
    pub(super) fn removes(&self) -> Option<SiteId> {
        match self {
            Self::Suspend(cut) | Self::Revoke(cut) | Self::Adopt(cut) => Some(cut.subject),
            Self::Resume(resumption) => Some(resumption.subject),
            _ => None,
        }
    }
}

/// Whoever is removed.
pub(super) type Removals = BTreeMap<SiteId, Removal>;

/// Applies an act of removal that its author may do; false when it changes nothing.
///
/// Removals in force add up: the cut is the later of both, so that two who remove a site at once take nothing from each
/// other. A revocation stays; what is not removed can neither be resumed nor adopted from.
pub(super) fn apply(removals: &mut Removals, act: &Act, by: LogHead) -> bool {
    let (cut, revoked) = match act {
        Act::Suspend(cut) => (cut, false),
        Act::Revoke(cut) => (cut, true),
        Act::Adopt(cut) if cut.heads.len() <= limits::MAX_CUT_HEADS => {
            let removal = removals.get_mut(&cut.subject);
            return removal.map(|removal| removal.extend(cut)).is_some();
        }
        Act::Resume(resumption) => {
            let suspended = removals.get(&resumption.subject).is_some_and(|removal| !removal.revoked);
            return suspended && removals.remove(&resumption.subject).is_some();
        }
        _ => return false,
    };
    if cut.heads.len() > limits::MAX_CUT_HEADS {
        return false;
    }
    let removal = removals.entry(cut.subject).or_insert_with(|| Removal { revoked, by, listed: BTreeMap::new() });
    removal.revoked |= revoked;
    removal.by = by;
    removal.extend(cut);
    true
}

/// Which admins are removed by all that is known of the roster, and which entries are void thereby.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Struck {
    pub admins: Removals,
    entries: BTreeSet<Hash>,
}

/// A sweep met a removal that reaches behind it: these entries must not have counted.
struct ReachesBack(Vec<Hash>);

impl Struck {
    /// Reads entries that stand in their order of effect.
    ///
    /// A removal counts if its author is not past his own cut when its turn comes: of two who remove each other the first
    /// in the order of effect prevails. Where a removal reaches back to one that has counted already, that one is struck
    /// out and all is read again without it; what is struck out once stays so.
    pub fn of<'a>(entries: impl Iterator<Item = &'a RosterEntry>) -> Self {
        let concerns = |act: &Act| act.removes().is_some() || matches!(act, Act::Genesis(_) | Act::Delegate(_));
        let entries: Vec<&RosterEntry> = entries.filter(|entry| entry.acts.iter().any(concerns)).collect();
        let mut struck = BTreeSet::new();
        loop {
            match sweep(&entries, &struck) {
                Ok(admins) => return Self { admins, entries: struck },
                Err(ReachesBack(more)) => struck.extend(more),
            }
        }
    }

    /// Whether an entry of the roster is void.
    pub fn is_void(&self, head: &LogHead) -> bool {
        self.entries.contains(&head.hash) || is_past_cut(&self.admins, head)
    }

    /// Whether nothing is void.
    pub fn is_empty(&self) -> bool {
        self.admins.is_empty() && self.entries.is_empty()
    }
}

fn is_past_cut(removals: &Removals, head: &LogHead) -> bool {
    removals.get(&head.writer.site).is_some_and(|removal| removal.is_past(&roster::scope_id(), head))
}

fn sweep(entries: &[&RosterEntry], struck: &BTreeSet<Hash>) -> Result<Removals, ReachesBack> {
    let (mut root, mut holders) = (None, BTreeSet::new());
    let mut removals = Removals::new();
    let mut counted: Vec<LogHead> = Vec::new();
    for entry in entries {
        let (head, author) = (entry.head, entry.head.writer.site);
        if struck.contains(&head.hash) || is_past_cut(&removals, &head) {
            continue;
        }
        let mut counts = false;
        for act in &entry.acts {
            match act {
                Act::Genesis(genesis) if root.is_none() => {
                    root = Some(SiteId::of_roster_key(&genesis.root));
                    holders.extend(root);
                }
                Act::Delegate(delegate) if root == Some(author) => {
                    holders.insert(SiteId::of_roster_key(&delegate.admin));
                }
                _ => {}
            }
            let Some(subject) = act.removes() else { continue };
            let may = holders.contains(&author) && subject != author && root != Some(subject);
            counts |= may && holders.contains(&subject) && apply(&mut removals, act, head);
        }
        if counts {
            let reached = counted.iter().filter(|head| is_past_cut(&removals, head));
            let reached: Vec<Hash> = reached.map(|head| head.hash).collect();
            if !reached.is_empty() {
                return Err(ReachesBack(reached));
            }
            counted.push(head);
        }
    }
    Ok(removals)
}
