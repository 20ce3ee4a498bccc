//! Sites at work, for tests: real replicas of one organisation that exchange entries by hand, each with a desk. Owns the way
//! to say briefly what a person does. Uses no network; the same seed gives the same organisation.
#![allow(clippy::unwrap_used, dead_code)]

use std::io::Cursor;
use std::ops::ControlFlow;

use comptoir_backoffice::BackOffice;
use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::{CommandError, Desk};
use comptoir_backoffice::inbox::{Decision, InboxItem, ItemKind};
use comptoir_backoffice::list::{ListPage, ListQuery};
use comptoir_backoffice::refusal::{Code, Refusal};
use comptoir_backoffice::registry::{self, Home, Kind};
use comptoir_backoffice::shown::RecordShown;
use comptoir_backoffice::staff::{Borne, Standing};
use comptoir_backoffice::table::Form;
use comptoir_backoffice::transfer::{ExportForm, ExportRequest, Import, ImportReport, ImportRequest, OpenFailed, Step};
use comptoir_replica::Replica;
use comptoir_replica::record::RecordId;
use comptoir_replica::testing::{TestSite, organisation};
use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::ids::{Hash, ScopeId};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// When everything happens.
pub const NOW_MS: i64 = 1_780_000_000_000;

/// A site at work.
pub struct Site {
    pub replica: Replica<BackOffice>,
    pub home: Home,
    pub author: String,
    pub standing: Standing,
    pub borne: Borne,
    pub rng: ChaCha20Rng,
    pub now_ms: i64,
    _directory: tempfile::TempDir,
}

/// The kind of most tests.
pub fn party() -> &'static Kind {
    registry::kind("party").unwrap()
}

/// An organisation of so many sites; the first is headquarters.
pub fn sites(n: usize, seed: u64) -> Vec<Site> {
    println!("seed {seed}");
    let organisation = organisation(n, seed);
    let open = |(number, site): (usize, &TestSite)| {
        let directory = tempfile::tempdir().unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(seed ^ (number as u64 + 1));
        let replica = site.open(&organisation, &directory.path().join("replica.db"), BackOffice, &mut rng);
        let home = Home {
            code: site.code.clone(),
            country: "FR".into(),
            currency: "EUR".into(),
            locale: "fr-FR".into(),
            ..Home::default()
        };
        Site {
            replica,
            home,
            author: format!("{}/operator", site.code),
            standing: Standing::Operator,
            borne: Borne::default(),
            rng,
            now_ms: NOW_MS,
            _directory: directory,
        }
    };
    organisation.sites.iter().enumerate().map(open).collect()
}

impl Site {
    pub fn desk(&mut self) -> (Desk<'_>, &mut ChaCha20Rng) {
        let desk = Desk {
            replica: &self.replica,
            home: self.home.clone(),
            author: &self.author,
            standing: self.standing.clone(),
            borne: self.borne.clone(),
            now_ms: self.now_ms,
        };
        (desk, &mut self.rng)
    }

    /// A desk that only reads.
    pub fn reader(&self) -> Desk<'_> {
        Desk {
            replica: &self.replica,
            home: self.home.clone(),
            author: &self.author,
            standing: self.standing.clone(),
            borne: self.borne.clone(),
            now_ms: self.now_ms,
        }
    }

    pub fn create(&mut self, assignments: &[&str]) -> RecordId {
        let (desk, rng) = self.desk();
        desk.create(party(), Changes::parse(assignments).unwrap(), rng).unwrap().record
    }

    pub fn try_set(&mut self, name: &str, assignments: &[&str]) -> Result<usize, CommandError> {
        let (desk, rng) = self.desk();
        let done = desk.change(party(), name, Changes::parse(assignments)?, rng)?;
        Ok(done.appended.heads.len())
    }

    pub fn set(&mut self, name: &str, assignments: &[&str]) {
        assert_eq!(self.try_set(name, assignments).unwrap(), 1);
    }

    pub fn archive(&mut self, name: &str, archived: bool) {
        let (desk, rng) = self.desk();
        desk.archive(party(), name, archived, rng).unwrap();
    }

    pub fn show(&mut self, name: &str) -> RecordShown {
        let (desk, _) = self.desk();
        let (scope, id) = desk.find(party(), name).unwrap();
        RecordShown::of(scope, id, party(), &self.replica.record(scope, id).unwrap().unwrap().cells)
    }

    pub fn list(&self, query: &ListQuery) -> ListPage {
        self.reader().list(party(), query).unwrap()
    }

    pub fn total(&self, query: &ListQuery) -> u32 {
        self.list(query).total
    }

    pub fn inbox(&self, kind: ItemKind) -> Vec<InboxItem> {
        self.reader().inbox(Some(kind)).unwrap()
    }

    pub fn settle(&mut self, item: &str, decision: &Decision) -> Result<(), CommandError> {
        let (desk, rng) = self.desk();
        desk.settle(item, decision, rng).map(drop)
    }

    pub fn shared_state(&self) -> Hash {
        self.replica.states().unwrap()["organisation"]
    }
}

/// The place of an item's right one, from 1.
pub fn take(place: usize) -> Decision {
    Decision { take: Some(place), value: None }
}

/// A list's query that searches.
pub fn search(text: &str) -> ListQuery {
    ListQuery { search: Some(text.into()), ..ListQuery::default() }
}

/// Takes from `from` what `to` lacks, of all scopes that both hold.
pub fn pull(to: &Site, from: &Site) {
    let view = from.replica.view();
    let have = to.replica.view().vectors;
    let scopes: Vec<ScopeId> = view.vectors.keys().filter(|scope| have.contains_key(*scope)).copied().collect();
    for scope in scopes {
        loop {
            let vector = to.replica.vectors().get(&scope).cloned().unwrap_or_default();
            let served = from.replica.read_missing(scope, &vector, 1 << 20).unwrap();
            if served.is_empty() {
                break;
            }
            let entries: Vec<Entry> = served.iter().map(|(_, bytes)| Entry::decode(bytes).unwrap()).collect();
            let report = to.replica.admit(scope, entries, NOW_MS).unwrap();
            assert!(report.quarantined.is_empty() && report.parked.is_empty(), "{report:?}");
        }
    }
}

/// Exchanges everything.
pub fn exchange(sites: &[Site]) {
    for to in sites {
        sites.iter().filter(|from| from.replica.site() != to.replica.site()).for_each(|from| pull(to, from));
    }
}

/// Exchanges everything, then holds all sites to one state, which a rebuild gives again.
pub fn converge(sites: &[Site]) {
    exchange(sites);
    for site in sites {
        assert_eq!(site.replica.digests()["organisation"], sites[0].replica.digests()["organisation"]);
        assert_eq!(site.shared_state(), sites[0].shared_state());
        let lived = site.replica.states().unwrap();
        site.replica.rebuild().unwrap();
        assert_eq!(site.replica.states().unwrap(), lived, "rebuilt = lived");
    }
}

/// The refusal that a command came to.
pub fn refusal<T: std::fmt::Debug>(outcome: Result<T, CommandError>) -> Refusal {
    match outcome {
        Err(CommandError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// The code that a command was refused with.
pub fn code<T: std::fmt::Debug>(outcome: Result<T, CommandError>) -> Code {
    refusal(outcome).code
}

/// A file in memory, opened anew as often as it is read.
type InMemory = Box<dyn Fn() -> std::io::Result<Cursor<Vec<u8>>>>;

/// The import of a file that is in memory, ready to be written.
pub fn open_import(
    desk: &Desk<'_>,
    kind: &'static Kind,
    bytes: &[u8],
    request: ImportRequest,
) -> Result<Import<InMemory>, OpenFailed> {
    let bytes = bytes.to_vec();
    let file: InMemory = Box::new(move || Ok(Cursor::new(bytes.clone())));
    Import::open(desk, kind, file, request, |_| ControlFlow::Continue(()))
}

/// Imports, and holds what it does against what a dry run says.
pub fn import_as_tried(site: &mut Site, kind: &'static Kind, csv: &str) -> ImportReport {
    import_file(site, kind, csv.as_bytes(), ImportRequest::default()).unwrap()
}

/// As [`import_as_tried`], of any file.
pub fn import_file(
    site: &mut Site,
    kind: &'static Kind,
    bytes: &[u8],
    request: ImportRequest,
) -> Result<ImportReport, OpenFailed> {
    let (desk, rng) = site.desk();
    let tried = open_import(&desk, kind, bytes, request.clone())?;
    let expected = desk.try_import(&tried, rng, |_| ControlFlow::Continue(())).unwrap();
    let plan = expected.plan.as_deref().map(|plan| plan.parse().unwrap());
    let import = open_import(&desk, kind, bytes, ImportRequest { plan, ..request })?;
    let mut entries = 0;
    let written = |step: Step| {
        entries += step.appended.iter().map(|appended| appended.heads.len()).sum::<usize>();
        ControlFlow::Continue(())
    };
    let mut report = desk.import(&import, rng, written).unwrap();
    assert_eq!(report.as_planned.take(), Some(true), "a dry run says what the import does: {expected:?}, {report:?}");
    assert_eq!(report.refused, expected.refused);
    assert_eq!(entries == 0, report.created + report.changed == 0);
    assert_eq!(entries == 0, report.batch.is_none());
    Ok(report)
}

/// What an export writes.
pub fn export(site: &Site, kind: &'static Kind, form: ExportForm, list: &ListQuery, all_lines: bool) -> Vec<u8> {
    let request = ExportRequest { form, list: list.clone(), all_lines };
    site.reader().export(kind, &request, Vec::new()).unwrap()
}

/// As [`export`], in CSV.
pub fn export_csv(site: &Site, kind: &'static Kind, list: &ListQuery, all_lines: bool) -> String {
    String::from_utf8(export(site, kind, ExportForm::Table(Form::Csv), list, all_lines)).unwrap()
}
