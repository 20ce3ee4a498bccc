//! Removing sites and admins, and letting them back: acts of the roster with the cut that this replica sees, and the scope
//! keys that follow from it.
//!
//! Owns what stands in such entries. What a removal means is the roster's, up to where logs count [`crate::cuts`]'.

use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{Epoch, KeyId, ScopeId, SiteId, Writer};
use comptoir_sync_protocol::keys::ScopeKey;
use comptoir_sync_protocol::limits::MAX_CUT_HEADS;
use comptoir_sync_protocol::roster::{self, Act, Cut, CutHead, Resumption, Roster, Rotation, Scope, wrap_key};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use rusqlite::Connection;
use thiserror::Error;

use super::{AppendError, Appended};
use crate::application::Application;
use crate::limits;
use crate::replica::Replica;
use crate::state::State;
use crate::storage::StorageError;
use crate::table::entries;

/// What is done to a site or an admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removing {
    /// Removed at what is held and counts, until it is resumed.
    Suspend,
    /// The same, for good. Of who is suspended the cut stays where it is.
    Revoke,
    /// Let back: all counts again.
    Resume,
    /// Who is removed stays so, but all that is held counts.
    Adopt,
}

/// One log of a site or an admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedLog {
    /// Its scope; the roster's for an admin.
    pub scope: ScopeId,
    /// How far it is held.
    pub head: LogHead,
    /// Up to which entry it counts: all of it, unless its writer is removed.
    pub counts: u64,
}

/// Why nobody was removed or let back.
#[derive(Debug, Error)]
pub enum RemovalError {
    /// The roster knows neither a site nor an admin of this id.
    #[error("no such site")]
    Unknown(SiteId),
    /// Nobody removes himself, and nobody root.
    #[error("nobody can remove himself, or root")]
    Protected(SiteId),
    /// It is not suspended or revoked.
    #[error("it is not suspended")]
    NotRemoved(SiteId),
    /// It is revoked, which is for good.
    #[error("it is revoked, which is for good")]
    Revoked(SiteId),
    /// It is suspended or revoked, and gets nothing.
    #[error("it is suspended or revoked")]
    Removed(SiteId),
    /// Nothing proves that the new keys are its own.
    #[error("nothing proves that these keys are its own")]
    KeysUnproven(SiteId),
    /// It has more logs than a cut lists.
    #[error("it has more than {MAX_CUT_HEADS} logs")]
    TooManyLogs(SiteId),
    /// The acts could not be appended.
    #[error(transparent)]
    Append(Box<AppendError>),
}

impl From<AppendError> for RemovalError {
    fn from(error: AppendError) -> Self {
        Self::Append(Box::new(error))
    }
}

impl From<StorageError> for RemovalError {
    fn from(error: StorageError) -> Self {
        AppendError::from(error).into()
    }
}

impl From<rusqlite::Error> for RemovalError {
    fn from(error: rusqlite::Error) -> Self {
        AppendError::from(error).into()
    }
}

impl<A: Application> Replica<A> {
    /// The logs of a site or an admin as they are held here, and up to where they count.
    ///
    /// # Errors
    /// When the store fails.
    pub fn counted_logs(&self, of: &SiteId) -> Result<Vec<CountedLog>, StorageError> {
        self.look(|state| counted(state, of))
    }

    /// Suspends, revokes, resumes or adopts. New keys for its scopes follow a removal in the same transaction, sealed to the
    /// members that stand; who is resumed gets those that came meanwhile. Nothing is appended when it is so already.
    ///
    /// # Errors
    /// [`RemovalError`]; nothing was written then.
    pub fn remove(
        &self,
        signing: (&SigningKey, Epoch),
        subject: SiteId,
        how: Removing,
        by: (&str, &str),
        now_ms: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Appended, RemovalError> {
        let author = SiteId::of_roster_key(&signing.0.verifying_key().to_bytes());
        self.append_acts(signing, by, now_ms, rng, |connection, state, rng| {
            let roster = state.history.current();
            let is_site = roster.sites.contains_key(&subject);
            if !is_site && !roster.holders.contains_key(&subject) {
                return Err(RemovalError::Unknown(subject));
            }
            if subject == author || subject == roster.root || subject == state.site {
                return Err(RemovalError::Protected(subject));
            }
            let removal = roster.removal(&subject);
            let cut = |upto: fn(&CountedLog) -> u64| cut(connection, state, subject, upto);
            Ok(match (how, removal) {
                (Removing::Suspend, Some(_)) => Vec::new(),
                (Removing::Revoke, Some(removal)) if removal.revoked => Vec::new(),
                (Removing::Suspend, None) => {
                    removed(&roster, Act::Suspend(cut(|log| log.counts)?), is_site.then_some(subject), rng)
                }
                (Removing::Revoke, None) => {
                    removed(&roster, Act::Revoke(cut(|log| log.counts)?), is_site.then_some(subject), rng)
                }
                // Its keys were changed when it was suspended.
                (Removing::Revoke, Some(_)) => vec![vec![Act::Revoke(cut(|log| log.counts)?)]],
                (Removing::Resume | Removing::Adopt, None) => return Err(RemovalError::NotRemoved(subject)),
                (Removing::Resume, Some(removal)) if removal.revoked => return Err(RemovalError::Revoked(subject)),
                (Removing::Resume, Some(_)) => resumed(state, &roster, subject, rng),
                (Removing::Adopt, Some(_)) if counted(state, &subject).iter().all(|log| log.counts >= log.head.seq) => {
                    Vec::new()
                }
                (Removing::Adopt, Some(_)) => vec![vec![Act::Adopt(cut(|log| log.head.seq)?)]],
            })
        })
    }

    /// Gives a scope a new key, sealed to the members that stand.
    ///
    /// # Errors
    /// [`RemovalError`]; nothing was written then.
    pub fn rotate(
        &self,
        signing: (&SigningKey, Epoch),
        scope: ScopeId,
        by: (&str, &str),
        now_ms: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Appended, RemovalError> {
        self.append_acts(signing, by, now_ms, rng, |_, state, rng| {
            let roster = state.history.current();
            let known = roster.scopes.get(&scope).ok_or(AppendError::NotMember(scope))?;
            Ok(in_entries(vec![rotation(&roster, known, None, rng)]))
        })
    }

    /// Brings scope keys in line with who stands: members get the keys that they lack, as far as they are known here, and a
    /// scope whose present key was sealed to somebody who is removed, or no member, or to a key that a member has no more, gets a new
    /// one. Of two admins who had not heard of each other one may have changed a key while the other let somebody in, removed him or
    /// gave him new keys. Nothing is appended when all is well.
    ///
    /// # Errors
    /// [`RemovalError`]; nothing was written then.
    pub fn settle_keys(
        &self,
        signing: (&SigningKey, Epoch),
        by: (&str, &str),
        now_ms: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Appended, RemovalError> {
        self.append_acts(signing, by, now_ms, rng, |_, state, rng| {
            let roster = state.history.current();
            let mut lists = Vec::new();
            for scope in roster.scopes.values() {
                for site in scope.members.iter().filter(|site| roster.removal(site).is_none()) {
                    lists.push(lacking_keys(state, &roster, scope, *site, rng));
                }
                if is_exposed(&roster, scope) || state.history.is_sealed_to_old_keys(scope) {
                    lists.push(rotation(&roster, scope, None, rng));
                }
            }
            Ok::<_, RemovalError>(in_entries(lists))
        })
    }
}

/// The logs of a site in all scopes, or of an admin in the roster.
fn counted(state: &State, of: &SiteId) -> Vec<CountedLog> {
    let roster = state.history.current();
    let logs = state.logs.iter().filter(|((_, writer), log)| writer.site == *of && log.seq > 0);
    logs.map(|((scope, writer), log)| {
        let limit = match *scope == roster::scope_id() {
            true => roster.removal(of).map(|removal| removal.listed(scope, writer).map_or(0, |head| head.seq)),
            false => state.cuts.limit(scope, writer),
        };
        let head = LogHead { writer: *writer, seq: log.seq, hash: log.hash };
        CountedLog { scope: *scope, head, counts: limit.map_or(log.seq, |limit| limit.min(log.seq)) }
    })
    .collect()
}

fn cut(
    connection: &Connection,
    state: &State,
    subject: SiteId,
    upto: impl Fn(&CountedLog) -> u64,
) -> Result<Cut, RemovalError> {
    let mut heads = Vec::new();
    for log in counted(state, &subject) {
        let (seq, writer): (u64, Writer) = (upto(&log), log.head.writer);
        let Some(held) = state.log(&log.scope, &writer).filter(|_| seq > 0) else { continue };
        let hash = entries::hash_at(connection, held.id, seq)?;
        heads.extend(hash.map(|hash| CutHead { scope: log.scope, head: LogHead { writer, seq, hash } }));
    }
    match heads.len() {
        0..=MAX_CUT_HEADS => Ok(Cut { subject, heads }),
        _ => Err(RemovalError::TooManyLogs(subject)),
    }
}

/// The removal, then new keys for the scopes of a site.
fn removed(roster: &Roster, act: Act, site: Option<SiteId>, rng: &mut impl CryptoRng) -> Vec<Vec<Act>> {
    let of_site = |scope: &&Scope| site.is_some_and(|site| scope.members.contains(&site));
    let scopes: Vec<&Scope> = roster.scopes.values().filter(of_site).collect();
    let rotations = scopes.into_iter().map(|scope| rotation(roster, scope, site, rng));
    in_entries(std::iter::once(vec![act]).chain(rotations).collect())
}

/// A new key for a scope, for the members that stand; nothing when there is none.
pub(super) fn rotation(roster: &Roster, scope: &Scope, without: Option<SiteId>, rng: &mut impl CryptoRng) -> Vec<Act> {
    let key = ScopeKey::generate(rng);
    let stands = |site: &&SiteId| Some(**site) != without && roster.removal(site).is_none();
    let members: Vec<SiteId> = scope.members.iter().filter(stands).copied().collect();
    let mut acts = Vec::with_capacity(members.len() + 1);
    for member in members {
        acts.extend(wrapped(roster, scope, &key, member, rng));
    }
    if !acts.is_empty() {
        acts.push(Act::Rotate(Rotation { scope: scope.id, key_id: key.id() }));
    }
    acts
}

fn wrapped(roster: &Roster, scope: &Scope, key: &ScopeKey, member: SiteId, rng: &mut impl CryptoRng) -> Option<Act> {
    let site = roster.sites.get(&member)?;
    match wrap_key(key, scope.id, member, &site.keys.sealing, rng) {
        Ok(wrapped) => Some(Act::WrapKey(wrapped)),
        Err(error) => {
            tracing::error!(%error, scope = %scope.name, site = %site.profile.code, "a scope key cannot be sealed to a site");
            None
        }
    }
}

/// The resumption, with the keys of its scopes that came while it was away.
fn resumed(state: &State, roster: &Roster, subject: SiteId, rng: &mut impl CryptoRng) -> Vec<Vec<Act>> {
    let mut lists = vec![vec![Act::Resume(Resumption { subject })]];
    for scope in roster.scopes.values().filter(|scope| scope.members.contains(&subject)) {
        lists.push(lacking_keys(state, roster, scope, subject, rng));
    }
    in_entries(lists)
}

/// Every key of a scope that is held here and that a site was not given, sealed to it.
pub(super) fn lacking_keys(
    state: &State,
    roster: &Roster,
    scope: &Scope,
    site: SiteId,
    rng: &mut impl CryptoRng,
) -> Vec<Act> {
    sealed_keys(state, roster, scope, site, |key| !scope.keys.contains_key(&(key, site)), rng)
}

/// Those keys of a scope that are held here and wanted, sealed to a site.
pub(super) fn sealed_keys(
    state: &State,
    roster: &Roster,
    scope: &Scope,
    site: SiteId,
    wanted: impl Fn(KeyId) -> bool,
    rng: &mut impl CryptoRng,
) -> Vec<Act> {
    let keys = state.keys.iter().filter(|((of, _), key)| *of == scope.id && wanted(key.id()));
    let keys: Vec<ScopeKey> = keys.map(|(_, key)| key.clone()).collect();
    keys.iter().filter_map(|key| wrapped(roster, scope, key, site, rng)).collect()
}

/// Whether the present key of a scope was sealed to a site that is removed, or no member.
fn is_exposed(roster: &Roster, scope: &Scope) -> bool {
    let outside = |site: &SiteId| roster.removal(site).is_some() || !scope.members.contains(site);
    scope.keys.keys().any(|(key, site)| Some(*key) == scope.current_key && outside(site))
}

/// Fills entries with lists of acts, in order. A list that fits into one is not torn apart.
pub(super) fn in_entries(lists: Vec<Vec<Act>>) -> Vec<Vec<Act>> {
    let mut entries: Vec<Vec<Act>> = Vec::new();
    for list in lists {
        match entries.last_mut().filter(|entry| entry.len() + list.len() <= limits::TARGET_ENTRY_ACTS) {
            Some(entry) => entry.extend(list),
            None => entries.extend(list.chunks(limits::TARGET_ENTRY_ACTS).map(<[Act]>::to_vec)),
        }
    }
    entries
}
