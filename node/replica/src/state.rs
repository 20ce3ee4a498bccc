//! What the writer keeps in memory of the log: heads, pasts, the roster's history and scope keys.
//!
//! Owns nothing that the database does not: it is loaded on opening, and again after a transaction that failed half way.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{Epoch, Hash, OrganisationId, ScopeId, SiteId, Writer};
use comptoir_sync_protocol::roster::{self, RosterHistory};
use comptoir_sync_protocol::session::Commit;
use comptoir_sync_protocol::vector::Vector;
use rusqlite::Connection;

use crate::cuts::Cuts;
use crate::history::Keys;
use crate::identity::Identity;
use crate::past::Past;
use crate::table::{damaged, entries, logs, meta, rosters_known, waiting};
use crate::verdict::VerdictCode;

/// One log, as far as it is held.
#[derive(Clone, Debug)]
pub(crate) struct LogState {
    pub id: i64,
    pub local: bool,
    /// 0: nothing is held.
    pub seq: u64,
    pub hash: Hash,
    /// What stands behind the head, the head included.
    pub past: Past,
    /// The roster heads that the head names.
    pub roster_heads: Vec<LogHead>,
    /// All that its entries name of the roster, taken together.
    pub roster_known: Vec<LogHead>,
}

/// The log in memory.
#[derive(Debug)]
pub(crate) struct State {
    pub organisation: OrganisationId,
    pub site: SiteId,
    pub epoch: Epoch,
    pub history: RosterHistory,
    pub logs: BTreeMap<(ScopeId, Writer), LogState>,
    pub places: BTreeMap<i64, (ScopeId, Writer)>,
    pub vectors: BTreeMap<ScopeId, Arc<Vector>>,
    pub keys: Arc<Keys>,
    /// Parked entries of each scope: (log, seq), with the code.
    pub parked: BTreeMap<ScopeId, Vec<(i64, u64, Option<VerdictCode>)>>,
    /// How many entries wait in each scope.
    pub waiting: BTreeMap<ScopeId, u64>,
    pub wanted: BTreeMap<ScopeId, Vec<Hash>>,
    /// What loading found damaged and is not known to be wanted yet: scope, hash, position.
    pub found_damaged: Vec<(ScopeId, Hash, i64)>,
    /// Up to where logs of removed sites have effect.
    pub cuts: Cuts,
    /// Changed since it was loaded or committed.
    pub dirty: bool,
}

impl State {
    pub fn load(
        connection: &Connection,
        organisation: OrganisationId,
        identity: Option<&Identity>,
    ) -> rusqlite::Result<Self> {
        let history = RosterHistory::new(organisation);
        let id = |key| meta::get(connection, key).map(Option::unwrap_or_default);
        let mut state = Self {
            organisation,
            site: SiteId::try_from(&id(meta::SITE)?[..]).unwrap_or_default(),
            epoch: Epoch::try_from(&id(meta::EPOCH)?[..]).unwrap_or_default(),
            cuts: Cuts::none(&history),
            history,
            logs: BTreeMap::new(),
            places: BTreeMap::new(),
            vectors: BTreeMap::new(),
            keys: Arc::default(),
            parked: BTreeMap::new(),
            waiting: waiting::counts(connection)?.into_iter().collect(),
            wanted: BTreeMap::new(),
            found_damaged: Vec::new(),
            dirty: false,
        };
        for row in logs::all(connection)? {
            state.load_log(connection, &row)?;
        }
        state.load_roster(connection)?;
        state.refresh_keys(identity);
        state.cuts = Cuts::reckon(connection, &state)?;
        for (log, seq, code) in entries::parked_places(connection)? {
            if let Some((scope, _)) = state.places.get(&log) {
                state.parked.entry(*scope).or_default().push((log, seq, entries::code(&code)));
            }
        }
        for (scope, hash) in damaged::all(connection)? {
            state.wanted.entry(scope).or_default().push(hash);
        }
        Ok(state)
    }

    fn load_log(&mut self, connection: &Connection, row: &logs::LogRow) -> rusqlite::Result<()> {
        let mut log = LogState {
            id: row.id,
            local: row.local,
            seq: entries::greatest_seq(connection, row.id)?,
            hash: Hash::default(),
            past: Past::default(),
            roster_heads: Vec::new(),
            roster_known: rosters_known::at(connection, row.id, u64::MAX >> 1)?
                .map_or_else(Vec::new, |(_, heads)| heads),
        };
        if let Some(head) = entries::at(connection, row.id, log.seq)? {
            log.hash = head.hash;
            log.past = head.past()?;
            match head.open() {
                Ok(entry) => log.roster_heads = entry.header().roster_heads.clone(),
                Err(error) => {
                    tracing::error!(%error, hash = %head.hash, "the head of a log is damaged");
                    self.found_damaged.push((row.scope, head.hash, head.position));
                }
            }
            let head = LogHead { writer: row.writer, seq: log.seq, hash: log.hash };
            Arc::make_mut(self.vectors.entry(row.scope).or_default()).advance(head);
        }
        self.logs.insert((row.scope, row.writer), log);
        self.places.insert(row.id, (row.scope, row.writer));
        Ok(())
    }

    /// Reads the roster's entries again, in the order in which they were admitted.
    fn load_roster(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let scope = roster::scope_id();
        let mut places = Vec::new();
        for (_, log) in self.logs.range((scope, Writer::default())..).take_while(|((of, _), _)| *of == scope) {
            for seq in 1..=log.seq {
                places.extend(entries::position_at(connection, log.id, seq)?.map(|position| (position, log.id, seq)));
            }
        }
        places.sort_unstable();
        for (_, log, seq) in places {
            let Some(row) = entries::at(connection, log, seq)? else { continue };
            let entry = match row.open() {
                Ok(entry) => entry,
                Err(error) => {
                    tracing::error!(%error, hash = %row.hash, "an entry of the roster is damaged");
                    self.found_damaged.push((scope, row.hash, row.position));
                    continue;
                }
            };
            match self.history.check(&entry) {
                Ok(checked) => self.history.push(checked),
                Err(error) => tracing::error!(%error, hash = %row.hash, "a stored entry of the roster is refused"),
            }
        }
        Ok(())
    }

    /// Unwraps the scope keys that the roster has for this site. True when there are new ones.
    pub fn refresh_keys(&mut self, identity: Option<&Identity>) -> bool {
        let Some(identity) = identity else { return false };
        let roster = self.history.current();
        let mut new = false;
        for wrapped in roster.scopes.values().flat_map(|scope| scope.keys.values()) {
            let name = (wrapped.scope, wrapped.key_id);
            if wrapped.site != identity.site || self.keys.contains_key(&name) {
                continue;
            }
            match identity.unwrap(wrapped) {
                Ok(key) => new |= Arc::make_mut(&mut self.keys).insert(name, key).is_none(),
                Err(error) => tracing::warn!(%error, scope = %wrapped.scope, "a scope key does not unwrap"),
            }
        }
        new
    }

    pub fn writer(&self) -> Writer {
        Writer { site: self.site, epoch: self.epoch }
    }

    pub fn log(&self, scope: &ScopeId, writer: &Writer) -> Option<&LogState> {
        self.logs.get(&(*scope, *writer))
    }

    /// The log, made when it is new.
    pub fn log_or_new(
        &mut self,
        connection: &Connection,
        scope: &ScopeId,
        writer: &Writer,
    ) -> rusqlite::Result<&mut LogState> {
        self.dirty = true;
        let key = (*scope, *writer);
        match self.logs.entry(key) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let id = logs::insert(connection, scope, writer)?;
                self.places.insert(id, key);
                Ok(place.insert(LogState {
                    id,
                    local: false,
                    seq: 0,
                    hash: Hash::default(),
                    past: Past::default(),
                    roster_heads: Vec::new(),
                    roster_known: Vec::new(),
                }))
            }
        }
    }

    /// The logs of a scope.
    pub fn logs_of(&self, scope: &ScopeId) -> impl Iterator<Item = (&Writer, &LogState)> {
        let of = *scope;
        self.logs
            .range((of, Writer::default())..)
            .take_while(move |((scope, _), _)| *scope == of)
            .map(|((_, writer), log)| (writer, log))
    }

    /// The logs of one site in a scope: one for each of its epochs.
    pub fn logs_of_site(&self, scope: &ScopeId, site: &SiteId) -> impl Iterator<Item = (&Writer, &LogState)> {
        let (of, by) = (*scope, *site);
        self.logs
            .range((of, Writer { site: by, epoch: Epoch::default() })..)
            .take_while(move |((scope, writer), _)| *scope == of && writer.site == by)
            .map(|((_, writer), log)| (writer, log))
    }

    /// A log's head, as others name it.
    pub fn head(&self, scope: &ScopeId, writer: &Writer) -> Option<LogHead> {
        let log = self.log(scope, writer).filter(|log| log.seq > 0)?;
        Some(LogHead { writer: *writer, seq: log.seq, hash: log.hash })
    }

    /// Moves a log's head on.
    pub fn advance(
        &mut self,
        connection: &Connection,
        scope: &ScopeId,
        head: LogHead,
        past: Past,
        roster_heads: Vec<LogHead>,
    ) -> rusqlite::Result<()> {
        self.dirty = true;
        Arc::make_mut(self.vectors.entry(*scope).or_default()).advance(head);
        if let Some(log) = self.logs.get_mut(&(*scope, head.writer)) {
            let known = rosters_known::join(&log.roster_known, &roster_heads);
            if known != log.roster_known {
                rosters_known::insert(connection, log.id, head.seq, &known)?;
                log.roster_known = known;
            }
            (log.seq, log.hash, log.past, log.roster_heads) = (head.seq, head.hash, past, roster_heads);
        }
        Ok(())
    }

    /// What sessions are told of logs of a scope that advanced.
    pub fn commit(&self, scope: ScopeId, heads: Vec<LogHead>) -> Commit {
        let vector = self.vectors.get(&scope).cloned().unwrap_or_default();
        let roster = (scope == roster::scope_id()).then(|| self.history.current());
        Commit { scope, heads, vector, roster }
    }

    /// The first parked entry that stands in this past.
    pub fn parked_in(&self, scope: &ScopeId, past: &Past) -> Option<(i64, u64)> {
        let parked = self.parked.get(scope)?;
        parked.iter().find(|(log, seq, _)| past.holds(*log, *seq)).map(|(log, seq, _)| (*log, *seq))
    }
}
