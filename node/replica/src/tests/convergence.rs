//! Equal histories give equal state, whatever the order of arrival.

use super::*;
use crate::record::oracle::automerge_state;
use rand_core::Rng;

#[test]
fn an_edit_reaches_the_other_site_once_and_whole() {
    let mut sites = Sites::new(2, 1);
    let id = sites.new_note(0, "Été");
    let report = sites.send(0, 1, sites.shared());
    assert_eq!(report.delivered.len(), 1);
    assert_eq!(report.delivered[0].records, [("note", id)]);
    assert_eq!(report.admitted.heads.len(), 1);
    assert_eq!(sites.winner(1, id, "title"), "Été".into());
    sites.assert_alike();
    let found: i64 = sites.replicas[1]
        .read(|reading| {
            reading.query_row("SELECT count(*) FROM notes WHERE title = 'Été' AND archived = 0", [], |row| row.get(0))
        })
        .unwrap();
    assert_eq!(found, 1);
    let again = sites.replicas[1].admit(sites.shared(), sites.missing(0, 1, sites.shared()), NOW_MS).unwrap();
    assert!(again.delivered.is_empty() && again.admitted.refused.is_empty());
}

#[test]
fn nothing_is_written_when_nothing_differs() {
    let mut sites = Sites::new(1, 2);
    let id = sites.new_note(0, "same");
    let scope = sites.shared();
    let same = sites.edit(0, scope, vec![Edit::change("note", id, vec![("title".into(), "same".into())])]);
    assert!(same.heads.is_empty() && same.commits.is_empty());
    assert_eq!(sites.replicas[0].entry_counts()["organisation"], 1);
}

#[test]
fn concurrent_edits_of_one_field_are_a_conflict_everywhere_until_it_is_settled() {
    let mut sites = Sites::new(3, 3);
    let id = sites.new_note(0, "one");
    sites.settle();
    sites.set(0, id, "title", "from S00");
    sites.set(1, id, "title", "from S01");
    sites.set(1, id, "body", "kept");
    sites.set(2, id, "extra", "added");
    sites.settle();
    sites.assert_alike();
    for site in 0..3 {
        let conflicts = sites.replicas[site].conflicts().unwrap();
        assert_eq!(conflicts.len(), 1);
        assert_eq!((conflicts[0].record, conflicts[0].key.as_str(), conflicts[0].values.len()), (id, "title", 2));
        assert_eq!(sites.winner(site, id, "body"), "kept".into());
        assert_eq!(sites.winner(site, id, "extra"), "added".into());
    }
    // Writing the value that shows already settles nothing; saying so does.
    let shown = sites.winner(0, id, "title");
    sites.set(0, id, "title", shown.clone());
    assert_eq!(sites.replicas[0].conflicts().unwrap().len(), 1);
    let scope = sites.shared();
    sites.edit(0, scope, vec![Edit::resolve("note", id, vec![("title".into(), shown.clone())])]);
    sites.settle();
    sites.assert_alike();
    assert!(sites.replicas.iter().all(|replica| replica.conflicts().unwrap().is_empty()));
    assert_eq!(sites.winner(2, id, "title"), shown);
    let history = sites.replicas[2].history(id).unwrap();
    assert_eq!(history.len(), 6);
    assert_eq!(history[0].puts.iter().map(|put| put.before.clone()).collect::<Vec<_>>(), [None, None, None]);
    assert_eq!(history[5].puts[0].before, Some(shown));
}

#[test]
fn entries_in_any_order_wait_for_what_they_build_on() {
    let mut sites = Sites::new(3, 4);
    let id = sites.new_note(0, "first");
    sites.settle();
    sites.set(0, id, "title", "second");
    sites.send(0, 1, sites.shared());
    sites.set(1, id, "body", "third");
    let mut entries = sites.missing(1, 2, sites.shared());
    assert_eq!(entries.len(), 2);
    entries.reverse();
    let last = entries.pop().unwrap();
    let report = sites.replicas[2].admit(sites.shared(), entries, NOW_MS).unwrap();
    assert!(report.admitted.held && report.delivered.is_empty());
    assert_eq!((report.waiting, sites.replicas[2].waiting().unwrap().len()), (1, 1));
    let report = sites.replicas[2].admit(sites.shared(), vec![last], NOW_MS).unwrap();
    assert_eq!(report.delivered[0].commit.heads.len(), 2);
    assert!(sites.replicas[2].waiting().unwrap().is_empty());
    sites.settle();
    sites.assert_alike();
}

#[test]
fn entries_wait_for_the_roster_that_they_name() {
    let mut sites = Sites::new(2, 5);
    // Admin writes an entry of the roster that S01 has not got; S00 knows it when it writes.
    let act = comptoir_sync_protocol::roster::Act::Unknown(99, vec![0xf6]);
    let admin = sites.organisation.admin.clone();
    let epoch = comptoir_sync_protocol::ids::Epoch([5; 8]);
    let appended = sites.replicas[0]
        .append_roster((&admin, epoch), vec![act], (AUTHOR, "roster.test"), NOW_MS, &mut sites.rng)
        .unwrap();
    assert!(appended.commits[0].commit.roster.is_some());
    let id = sites.new_note(0, "later");
    let report = sites.send(0, 1, sites.shared());
    assert_eq!((report.waiting, report.admitted.held), (1, true));
    let report = sites.send(0, 1, comptoir_sync_protocol::roster::scope_id());
    assert_eq!(report.delivered.len(), 2, "the roster, and what had waited for it");
    assert_eq!(sites.winner(1, id, "title"), "later".into());
    sites.assert_alike();
}

#[test]
fn a_large_command_becomes_several_entries_and_arrives_in_pieces() {
    let mut sites = Sites::new(2, 6);
    let scope = sites.shared();
    let mut mint = sites.replicas[0].mint(scope);
    let edits: Vec<Edit> = (0..5_000)
        .map(|number| {
            let mut puts = note_puts(&format!("Note {number}"), "some text that is not too short");
            // Every tenth concerns a person: it stands in a chunk of its own.
            puts.push(("person".into(), (number % 10 == 0).into()));
            Edit::create("note", mint.create(NOW_MS, &mut sites.rng), puts)
        })
        .collect();
    let appended = sites.edit(0, scope, edits);
    assert!(appended.heads.len() > 2, "{} entries", appended.heads.len());
    assert_eq!(appended.records.len(), 5_000);
    loop {
        let have = sites.replicas[1].view().vectors[&scope].clone();
        let served = sites.replicas[0].read_missing(scope, &have, 300_000).unwrap();
        if served.is_empty() {
            break;
        }
        let entries = served.iter().map(|(_, bytes)| Entry::decode(bytes).unwrap()).collect();
        let report = sites.replicas[1].admit(scope, entries, NOW_MS).unwrap();
        assert!(report.admitted.refused.is_empty() && report.quarantined.is_empty() && report.waiting == 0);
    }
    sites.assert_alike();
    assert_eq!(sites.replicas[1].outbox_len().unwrap(), 0);
    assert_eq!(sites.replicas[0].outbox().unwrap().len(), appended.heads.len());
}

/// Three sites edit, send now and then, in random order, pieces and repetition: all end alike, rebuilt as lived, and as
/// Automerge has it.
#[test]
fn random_histories_converge() {
    for seed in 100..112 {
        let mut sites = Sites::new(3, seed);
        let mut ids = vec![sites.new_note(0, "seed")];
        sites.settle();
        for step in 0..60 {
            let site = (sites.rng.next_u32() % 3) as usize;
            match sites.rng.next_u32() % 10 {
                0 => ids.push(sites.new_note(site, &format!("note {step}"))),
                1..=4 => {
                    let id = ids[sites.rng.next_u32() as usize % ids.len()];
                    if sites.replicas[site].record(sites.shared(), id).unwrap().is_some() {
                        let key = ["title", "body", "extra"][sites.rng.next_u32() as usize % 3];
                        sites.set(site, id, key, format!("{step}"));
                    }
                }
                _ => {
                    let to = (site + 1 + (sites.rng.next_u32() % 2) as usize) % 3;
                    let mut entries = sites.missing(site, to, sites.shared());
                    // Lost, doubled or turned round on the way.
                    match sites.rng.next_u32() % 4 {
                        0 => entries.reverse(),
                        1 => entries.extend(entries.clone()),
                        2 => drop(entries.drain(..entries.len() / 2)),
                        _ => {}
                    }
                    let report = sites.replicas[to].admit(sites.shared(), entries, NOW_MS).unwrap();
                    assert!(report.quarantined.is_empty() && report.admitted.refused.is_empty(), "{report:?}");
                }
            }
        }
        sites.settle();
        sites.assert_alike();
        for replica in &sites.replicas {
            assert!(replica.waiting().unwrap().is_empty());
            let before = replica.states().unwrap();
            assert!(replica.rebuild().unwrap().changed.is_empty());
            assert_eq!(replica.states().unwrap(), before);
        }
        for id in &ids {
            let stored = sites.replicas[1].record(sites.shared(), *id).unwrap().unwrap();
            let document = sites.replicas[1].export_automerge(*id).unwrap().unwrap();
            assert_eq!(automerge_state(&[document]).unwrap().difference(&stored.cells), None);
        }
    }
}

#[test]
fn changes_as_large_as_they_may_be_find_room() {
    let mut sites = Sites::new(2, 7);
    let scope = sites.shared();
    let mut mint = sites.replicas[0].mint(scope);
    let mut noise = || {
        let mut bytes = vec![0; 60_000];
        sites.rng.fill_bytes(&mut bytes);
        Scalar::Bytes(bytes)
    };
    // Nothing of it can be compressed: an entry holds one of these, or a little more.
    let puts: Vec<_> = (0..4).map(|place| (format!("blob{place}"), noise())).collect();
    let edits: Vec<Edit> =
        (0..6).map(|_| Edit::create("note", mint.create(NOW_MS, &mut sites.rng), puts.clone())).collect();
    assert_eq!(sites.edit(0, scope, edits).heads.len(), 6);
    sites.settle();
    sites.assert_alike();
}
