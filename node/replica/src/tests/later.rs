//! What could not be read, or written, at first: a key, a version or room on the disk that comes later.

use super::*;
use crate::application::{Projection, RecordType, RecordView};
use crate::record::Cells;
use crate::writer::OTHER;
use crate::{AppendError, Application, StorageError};
use comptoir_sync_protocol::ids::{Epoch, Incarnation};
use comptoir_sync_protocol::keys::ScopeKey;
use comptoir_sync_protocol::roster::{Act, Rotation, scope_id, wrap_key};

#[test]
fn an_entry_without_a_key_is_parked_until_the_roster_brings_it() {
    let mut sites = Sites::new(3, 60);
    let before = sites.new_note(0, "before");
    sites.settle();
    // A new key that admin forgot to wrap for S01.
    let (scope, key) = (sites.shared(), ScopeKey::generate(&mut sites.rng));
    let wrap = |sites: &mut Sites, site: usize| {
        let to = &sites.organisation.sites[site];
        Act::WrapKey(wrap_key(&key, scope, to.site, &to.keys().sealing, &mut sites.rng).unwrap())
    };
    let acts = vec![wrap(&mut sites, 0), wrap(&mut sites, 2), Act::Rotate(Rotation { scope, key_id: key.id() })];
    let admin = (sites.organisation.admin.clone(), Epoch([3; 8]));
    let by = (&admin.0, admin.1);
    sites.replicas[0].append_roster(by, acts, (AUTHOR, "scope.rotate"), NOW_MS, &mut sites.rng).unwrap();
    let after = sites.new_note(0, "after");
    sites.set(0, before, "title", "changed");
    for to in [1, 2] {
        sites.send(0, to, scope_id());
        sites.send(0, to, scope);
    }
    let parked = sites.replicas[1].parked().unwrap();
    assert_eq!(parked.iter().map(|aside| aside.code.as_str()).collect::<Vec<_>>(), ["no_key", "no_key"]);
    assert_eq!(sites.replicas[1].digests()["organisation"], sites.replicas[2].digests()["organisation"]);
    assert_eq!(sites.winner(1, before, "title"), "before".into());
    let request = Append::new(scope, AUTHOR, "test");
    let edits = vec![Edit::change("note", before, note_puts("a", "b"))];
    let refused = sites.replicas[1].append_edits(request, edits, NOW_MS, &mut sites.rng).unwrap_err();
    assert!(matches!(refused, AppendError::NoKey(_)));
    let acts = vec![wrap(&mut sites, 1)];
    sites.replicas[0].append_roster(by, acts, (AUTHOR, "scope.wrap"), NOW_MS, &mut sites.rng).unwrap();
    let report = sites.send(0, 1, scope_id());
    assert!(report.delivered.iter().any(|committed| committed.records.contains(&("note", after))));
    assert!(sites.replicas[1].parked().unwrap().is_empty());
    assert_eq!(sites.winner(1, before, "title"), "changed".into());
    sites.assert_alike();
    assert!(sites.replicas[1].verify().unwrap().is_sound());
}

/// The same application before it knew journals and rates.
struct Older;

impl Application for Older {
    fn record_types(&self) -> &'static [RecordType] {
        &Notes.record_types()[..1]
    }

    fn projection(&self) -> &'static Projection {
        Notes.projection()
    }

    fn project(&self, connection: &rusqlite::Connection, record: &RecordView<'_>) -> rusqlite::Result<()> {
        Notes.project(connection, record)
    }

    fn concerns_person(&self, kind: &str, cells: &Cells, puts: &[(String, Scalar)]) -> bool {
        Notes.concerns_person(kind, cells, puts)
    }
}

#[test]
fn f28_an_upgrade_applies_what_was_parked() {
    let mut sites = Sites::new(2, 61);
    let scope = sites.shared();
    sites.replicas.pop();
    let options = sites.organisation.sites[1].options(&sites.organisation, Incarnation([2; 8]));
    let older = Replica::open(&sites.path(1), Older, options.clone(), &mut sites.rng).unwrap();
    let journal = sites.new_record(0, scope, "journal", "new kind");
    sites.edit(0, scope, vec![Edit::change("journal", journal, vec![("title".into(), "edited".into())])]);
    let note = sites.new_note(0, "known");
    let sent = sites.replicas[0].read_missing(scope, &Default::default(), usize::MAX).unwrap();
    let entries: Vec<Entry> = sent.iter().map(|(_, bytes)| Entry::decode(bytes).unwrap()).collect();
    let report = older.admit(scope, entries, NOW_MS).unwrap();
    assert_eq!((report.parked.len(), report.delivered[0].records.len()), (2, 1));
    assert_eq!(older.read_missing(scope, &Default::default(), usize::MAX).unwrap(), sent, "passed on whole");
    assert!(older.record(scope, journal).unwrap().is_none() && older.record(scope, note).unwrap().is_some());
    drop(older);
    sites.replicas.push(Replica::open(&sites.path(1), Notes, options, &mut sites.rng).unwrap());
    assert!(sites.replicas[1].parked().unwrap().is_empty());
    assert_eq!(sites.winner(1, journal, "title"), "edited".into());
    sites.assert_alike();
}

#[test]
fn f04_a_full_disk_refuses_writes_keeps_reading_and_recovers_unaided() {
    let mut sites = Sites::new(2, 62);
    let id = sites.new_note(0, "kept");
    let arriving = sites.new_note(1, "arriving");
    let arriving_entries = sites.missing(1, 0, sites.shared());
    let limit = |sites: &Sites, pages: i64| {
        let set = |connection: &rusqlite::Connection| {
            connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get::<_, i64>(0))
        };
        sites.replicas[0].write(OTHER, |connection, _| Ok::<_, StorageError>(set(connection)?)).unwrap()
    };
    // Below what is used, SQLite allows no page more.
    limit(&sites, 1);
    let (digests, states) = (sites.replicas[0].digests(), sites.replicas[0].states().unwrap());
    let scope = sites.shared();
    let request = Append::new(scope, AUTHOR, "test");
    let mut mint = sites.replicas[0].mint(scope);
    let edits: Vec<Edit> = (0..200)
        .map(|_| Edit::create("note", mint.create(NOW_MS, &mut sites.rng), note_puts("much", &"text ".repeat(500))))
        .collect();
    let refused = sites.replicas[0].append_edits(request, edits.clone(), NOW_MS, &mut sites.rng).unwrap_err();
    assert!(matches!(refused, AppendError::Storage(StorageError::Full(_))), "{refused:?}");
    assert_eq!((sites.replicas[0].digests(), sites.replicas[0].states().unwrap()), (digests, states));
    assert_eq!(sites.winner(0, id, "title"), "kept".into());
    assert_eq!(sites.replicas[0].read_missing(scope, &Default::default(), usize::MAX).unwrap().len(), 1);
    limit(&sites, 1_000_000);
    sites.replicas[0].append_edits(request, edits, NOW_MS, &mut sites.rng).unwrap();
    sites.replicas[0].admit(scope, arriving_entries, NOW_MS).unwrap();
    assert_eq!(sites.winner(0, arriving, "title"), "arriving".into());
    assert!(sites.replicas[0].verify().unwrap().is_sound());
    sites.settle();
    sites.assert_alike();
}

/// Hands everything of a scope that `to` lacks on to it.
fn pass(from: &Replica<impl Application>, to: &Replica<impl Application>, scope: ScopeId) {
    let have = to.view().vectors.get(&scope).cloned().unwrap_or_default();
    let served = from.read_missing(scope, &have, usize::MAX).unwrap();
    let entries: Vec<Entry> = served.iter().map(|(_, bytes)| Entry::decode(bytes).unwrap()).collect();
    let report = to.admit(scope, entries, NOW_MS).unwrap();
    assert!(report.quarantined.is_empty() && report.parked.is_empty() && report.waiting == 0, "{report:?}");
}

#[test]
fn an_older_node_carries_shows_and_forwards_fields_that_it_does_not_know() {
    let mut sites = Sites::new(3, 63);
    let scope = sites.shared();
    let third = sites.replicas.pop().unwrap();
    drop(sites.replicas.pop());
    let options = sites.organisation.sites[1].options(&sites.organisation, Incarnation([2; 8]));
    let older = Replica::open(&sites.path(1), Older, options, &mut sites.rng).unwrap();
    // Fields that a later version, or the organisation itself, gives to a kind that the older node knows.
    let (id, main) = (sites.new_note(0, "one of two"), sites.new_note(0, "the one that stays"));
    let later = [("custom/4f2a", "gold".into()), ("alias_of", Scalar::from(main.to_string()))];
    let puts = later.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    sites.edit(0, scope, vec![Edit::change("note", id, puts)]);
    pass(&sites.replicas[0], &older, scope);
    // Carried and shown, with history.
    let shown = older.record(scope, id).unwrap().unwrap().cells;
    let history = older.history(id).unwrap();
    for (key, value) in &later {
        assert_eq!(shown.winner(key), Some(value));
        assert!(history[1].puts.iter().any(|put| put.key == *key && put.value == *value));
    }
    // Written back by a form that knows three fields and saves all of them.
    let form = note_puts("by the older node", "body");
    let request = Append::new(scope, AUTHOR, "test");
    older.append_edits(request, vec![Edit::change("note", id, form)], NOW_MS, &mut sites.rng).unwrap();
    // Forwarded to a third that never met the first, and back: nobody has less than there was.
    pass(&older, &third, scope);
    pass(&older, &sites.replicas[0], scope);
    let newer = &sites.replicas[0];
    assert_eq!(newer.read_missing(scope, &Default::default(), usize::MAX).unwrap(), {
        third.read_missing(scope, &Default::default(), usize::MAX).unwrap()
    });
    for cells in [newer.record(scope, id), third.record(scope, id), older.record(scope, id)] {
        let cells = cells.unwrap().unwrap().cells;
        assert_eq!(cells.winner("title"), Some(&"by the older node".into()));
        assert!(later.iter().all(|(key, value)| cells.winner(key) == Some(value)));
    }
    assert_eq!(newer.states().unwrap()["organisation"], third.states().unwrap()["organisation"]);
    // It takes back what it does not know, as anything else.
    let change = older.history(id).unwrap()[1].change;
    let revert = older.read(|reading| reading.revert(&id, &change)).unwrap().unwrap();
    assert_eq!(revert.puts, [("alias_of".into(), Scalar::Null), ("custom/4f2a".into(), Scalar::Null)]);
}
