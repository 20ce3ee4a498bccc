//! Delivery: what happens once an entry's chunks are open, alike for entries made here and entries that arrive.
//!
//! Owns the checks of each change against its own past, and the writing of records, their index, conflicts and projection.
//! Never opens a chunk and never touches a log.

mod index;
mod judge;
mod posting;
mod staged;

pub(crate) use judge::{Case, judge};
pub(crate) use staged::{Origin, Projecting, Staged, project, project_posting};

use comptoir_sync_protocol::ids::{Epoch, Incarnation, OrganisationId, ScopeId, Writer};
use comptoir_sync_protocol::roster::Roster;
use rusqlite::Connection;

use crate::application::{Application, RecordType};
use crate::past::Past;
use crate::posting::Standpoint;
use crate::record::{
    Actor, ChangeRefused, CheckFailed, IndexedChange, ParsedChange, RecordId, WriteClass, check_change,
};
use crate::state::State;
use crate::verdict::{Verdict, VerdictCode};
use index::PastIndex;

/// Why an entry is not delivered.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A conclusion.
    Verdict(Verdict),
    /// None: the store failed.
    Storage(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error)
    }
}

/// Where the changes of one entry come from and what stands behind them.
#[derive(Clone, Copy)]
pub(crate) struct Delivering<'a> {
    pub connection: &'a Connection,
    pub application: &'a dyn Application,
    pub organisation: OrganisationId,
    pub scope: ScopeId,
    pub writer: Writer,
    pub actor: Actor,
    /// Who wrote it, and when by his clock.
    pub author: &'a str,
    pub at_ms: i64,
    /// The logs as they are held.
    pub state: &'a State,
    /// The roster at the entry's heads.
    pub roster: &'a Roster,
    /// What stands behind the entry, itself excluded.
    pub past: &'a Past,
    /// Some entry in that past is parked.
    pub behind_parked: bool,
}

/// The actor of the changes that a writer makes during one process start.
pub(crate) fn actor(scope: &ScopeId, writer: &Writer, incarnation: &Incarnation) -> Actor {
    let Epoch(epoch) = writer.epoch;
    Actor::of(&writer.site.0, &scope.0, u64::from_be_bytes(epoch), u64::from_be_bytes(incarnation.0))
}

impl Delivering<'_> {
    fn standpoint(&self) -> Standpoint<'_> {
        Standpoint {
            connection: self.connection,
            application: self.application,
            organisation: self.organisation,
            scope: self.scope,
            writer: self.writer,
            roster_heads: &self.roster.heads,
            past: self.past,
            state: self.state,
        }
    }

    /// Checks one change and folds it into its staged record.
    pub fn stage(
        &self,
        staged: &mut Staged,
        kind: &'static RecordType,
        id: RecordId,
        change: &ParsedChange,
    ) -> Result<(), Stop> {
        self.check_writer(kind, &id, change.deps.is_empty()).map_err(Stop::Verdict)?;
        let record = staged.load(self, kind.kind, id)?;
        let index =
            PastIndex { connection: self.connection, record: record.row, past: self.past, staged: &record.changes };
        match check_change(change, &self.actor, &record.cells, &index) {
            Ok(()) => {}
            Err(CheckFailed::Index(error)) => return Err(error.into()),
            Err(CheckFailed::Refused(refused)) => return Err(Stop::Verdict(self.refused(&id, &refused))),
        }
        record.cells.fold(change);
        record.changes.push(IndexedChange::of(change));
        Ok(())
    }

    fn refused(&self, id: &RecordId, refused: &ChangeRefused) -> Verdict {
        // What a parked entry brings is not known here: a missing ancestor may be in it.
        if self.behind_parked && !matches!(refused, ChangeRefused::ForeignActor { .. }) {
            return Verdict::parked(VerdictCode::BEHIND_PARKED, format_args!("record {id}: {refused}"));
        }
        Verdict::quarantined(VerdictCode(refused.code()), format_args!("record {id}: {refused}"))
    }

    /// Whether the writer may create or change a record of this kind and id.
    fn check_writer(&self, kind: &RecordType, id: &RecordId, creating: bool) -> Result<(), Verdict> {
        let own = || id.is_created_by(&self.organisation.0, &self.scope.0, &self.writer.site.0);
        let refuse =
            |code| Verdict::quarantined(code, format_args!("{} {id}, by site {}", kind.kind, self.writer.site));
        if creating && !own() {
            return Err(refuse(VerdictCode::FOREIGN_CREATION));
        }
        match kind.write_class {
            WriteClass::Reference if !self.roster.may_write_reference(&self.writer.site, kind.kind) => {
                Err(refuse(VerdictCode::NOT_HEADQUARTERS))
            }
            // A half of a handover is a record of the site whose half it is; what rights in escrow are of (a pool, a
            // budget) is its keeper's. Giving and spending rights are postings, not changes of records.
            WriteClass::SiteOwned | WriteClass::Handover | WriteClass::Escrow if !own() => {
                Err(refuse(VerdictCode::NOT_OWNER))
            }
            WriteClass::Reference
            | WriteClass::SiteOwned
            | WriteClass::Handover
            | WriteClass::Escrow
            | WriteClass::Shared => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::record::DefaultScope;
    use crate::testing::{Notes, TestOrganisation, organisation};
    use comptoir_sync_protocol::roster::RosterHistory;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    /// Headquarters, the site that made the record, and another.
    const SITES: [usize; 3] = [0, 1, 2];
    const MAKER: usize = 1;

    fn code(
        organisation: &TestOrganisation,
        roster: &Roster,
        write_class: WriteClass,
        (site, creating): (usize, bool),
    ) -> Option<&'static str> {
        let scope = organisation.shared();
        let (maker, rng) = (&organisation.sites[MAKER].site.0, &mut ChaCha20Rng::seed_from_u64(1));
        let made = RecordId::create(&organisation.id.0, &scope.0, maker, 0, rng);
        let writer = Writer { site: organisation.sites[site].site, epoch: Epoch([1; 8]) };
        let mut connection = Connection::open_in_memory().unwrap();
        crate::table::migrations().to_latest(&mut connection).unwrap();
        let delivering = Delivering {
            connection: &connection,
            application: &Notes,
            organisation: organisation.id,
            scope,
            writer,
            actor: actor(&scope, &writer, &Incarnation([1; 8])),
            author: "",
            at_ms: 0,
            state: &State::load(&connection, organisation.id, None).unwrap(),
            roster,
            past: &Past::default(),
            behind_parked: false,
        };
        let kind = RecordType { kind: "thing", write_class, scope: DefaultScope::Organisation, schema: || &[] };
        match delivering.check_writer(&kind, &made, creating) {
            Ok(()) => None,
            Err(Verdict::Quarantined { code, .. }) => Some(code.0),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_write_class_is_enforced_on_creation_and_change_by_every_site() {
        let organisation = organisation(3, 110);
        let mut history = RosterHistory::new(organisation.id);
        organisation.roster.iter().for_each(|entry| history.push(history.check(entry).unwrap()));
        let strict = (*history.current()).clone();
        let loosened = Roster { loosened: ["thing".to_owned()].into(), ..strict.clone() };
        let (foreign, not_owner, not_hq) = (Some("foreign_creation"), Some("not_owner"), Some("not_headquarters"));
        let owned = ([foreign, None, foreign], [not_owner, None, not_owner]);
        let shared = ([foreign, None, foreign], [None, None, None]);
        // Creation, then change, by headquarters, the maker of the id, and another.
        let table = [
            (WriteClass::Reference, &strict, ([foreign, not_hq, foreign], [None, not_hq, not_hq])),
            (WriteClass::Reference, &loosened, shared),
            (WriteClass::SiteOwned, &strict, owned),
            (WriteClass::Handover, &strict, owned),
            (WriteClass::Escrow, &strict, owned),
            (WriteClass::Shared, &strict, shared),
            // Loosening a kind that headquarters does not write changes nothing.
            (WriteClass::SiteOwned, &loosened, owned),
        ];
        for (class, roster, (creation, change)) in table {
            let of = |creating| SITES.map(|site| code(&organisation, roster, class, (site, creating)));
            assert_eq!((of(true), of(false)), (creation, change), "{class:?}");
        }
    }
}
