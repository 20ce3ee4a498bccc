//! Batches: acts over several transactions, undone as one, in bounded transactions.

use super::*;
use crate::Revert;
use comptoir_sync_protocol::ids::{BatchId, SiteId};
use std::collections::BTreeSet;

const RECORDS: usize = 30;
const PART: usize = 7;
const IMPORT: BatchId = BatchId([1; 16]);
const UNDO: BatchId = BatchId([2; 16]);

impl Sites {
    fn site_id(&self, site: usize) -> SiteId {
        self.organisation.sites[site].site
    }

    fn edit_in_batch(&mut self, site: usize, batch: BatchId, edits: Vec<Edit>, now_ms: i64) {
        let request = Append::new(self.shared(), AUTHOR, "note.import").in_batch(batch);
        self.replicas[site].append_edits(request, edits, now_ms, &mut self.rng).unwrap();
    }

    /// Edits `existing`, makes as many new records as that, and edits the first part of the existing again, in several
    /// transactions. Returns the new ones.
    fn import(&mut self, site: usize, existing: &[RecordId]) -> Vec<RecordId> {
        let mut mint = self.replicas[site].mint(self.shared());
        let made: Vec<RecordId> = existing.iter().map(|_| mint.create(NOW_MS, &mut self.rng)).collect();
        let set = |id: &RecordId, key: &str, value: &str| Edit::change("note", *id, vec![(key.into(), value.into())]);
        let mut edits: Vec<Edit> = existing.iter().map(|id| set(id, "title", "imported")).collect();
        edits.extend(made.iter().map(|id| Edit::create("note", *id, note_puts("made", "by import"))));
        edits.extend(existing[..PART].iter().map(|id| set(id, "title", "imported again")));
        for (number, part) in edits.chunks(PART).enumerate() {
            self.edit_in_batch(site, IMPORT, part.to_vec(), NOW_MS + number as i64);
        }
        made
    }

    /// Takes a batch back, one entry's records to a transaction. Returns how many edits that took.
    fn undo(&mut self, site: usize, of: usize, batch: BatchId) -> usize {
        let (by, scope) = (self.site_id(of), self.shared());
        let (mut place, mut edits_made) = (None, 0);
        loop {
            let mut page = None;
            let decide = |reading: &crate::Reading<'_>| {
                let mut histories = reading.histories();
                page = histories.batch_page(&by, &batch, place)?;
                let mut edits = Vec::new();
                let records: BTreeSet<RecordId> =
                    page.iter().flat_map(|page| &page.changes).map(|change| change.record).collect();
                for id in records {
                    let cells = reading.record(&scope, &id)?.unwrap().cells;
                    let revert = Revert::of_batch(&cells, &histories.of(&scope, &id)?, &by, &batch);
                    let archived = cells.winner("archived").and_then(Scalar::as_bool) == Some(true);
                    let puts = match revert.created {
                        true if archived => Vec::new(),
                        true => vec![("archived".into(), true.into())],
                        false => revert.puts,
                    };
                    edits.extend((!puts.is_empty()).then(|| Edit::change("note", id, puts)));
                }
                edits_made += edits.len();
                Ok::<_, rusqlite::Error>(edits)
            };
            let request = Append::new(scope, AUTHOR, "note.undo").in_batch(UNDO);
            self.replicas[site].append(request, NOW_MS + 100, &mut self.rng, decide).unwrap();
            match page {
                Some(page) => place = Some(page.place),
                None => return edits_made,
            }
        }
    }
}

#[test]
fn a_batch_is_listed_and_undone_as_one_and_twice_does_nothing_more() {
    let mut sites = Sites::new(2, 90);
    let existing: Vec<RecordId> = (0..RECORDS).map(|number| sites.new_note(0, &format!("{number}"))).collect();
    let made = sites.import(0, &existing);
    sites.settle();
    // Somebody goes on with one of them.
    sites.set(1, existing[3], "title", "of S01");
    sites.settle();
    let changes = (2 * RECORDS + PART) as u64;
    for replica in &sites.replicas {
        let batches = replica.batches(10).unwrap();
        assert_eq!(batches.len(), 1);
        let batch = &batches[0];
        assert_eq!((batch.id, batch.site, batch.command.as_str()), (IMPORT, sites.site_id(0), "note.import"));
        assert_eq!((batch.entries, batch.changes), (changes.div_ceil(PART as u64), changes));
        assert_eq!((batch.first_ms, batch.last_ms), (NOW_MS, NOW_MS + batch.entries as i64 - 1));
    }
    assert_eq!(sites.undo(0, 0, IMPORT), 2 * RECORDS - 1, "each record once, but for the one that went on");
    assert_eq!(sites.undo(0, 0, IMPORT), 0, "nothing is left to do");
    sites.settle();
    sites.assert_alike();
    for (number, id) in existing.iter().enumerate() {
        let expected = if number == 3 { "of S01".to_owned() } else { number.to_string() };
        assert_eq!(sites.winner(1, *id, "title"), expected.into());
    }
    assert!(made.iter().all(|id| sites.winner(1, *id, "archived") == true.into()));
    // The undoing is a batch too, and comes first.
    let listed: Vec<BatchId> = sites.replicas[1].batches(10).unwrap().iter().map(|batch| batch.id).collect();
    assert_eq!(listed, [UNDO, IMPORT]);
    assert_eq!(sites.replicas[1].batches(1).unwrap().len(), 1);
    // Rebuilt as lived.
    let before = sites.replicas[1].batches(10).unwrap();
    assert!(sites.replicas[1].rebuild().unwrap().changed.is_empty());
    assert_eq!(sites.replicas[1].batches(10).unwrap(), before);
    // And undone in turn.
    sites.undo(1, 0, UNDO);
    assert_eq!(sites.winner(1, existing[0], "title"), "imported again".into());
    assert!(made.iter().all(|id| sites.winner(1, *id, "archived") == false.into()));
}

#[test]
fn a_batch_is_of_its_site_alone() {
    let mut sites = Sites::new(2, 91);
    let (own, foreign) = (sites.new_note(0, "own"), sites.new_note(0, "foreign"));
    sites.settle();
    let set = |id: RecordId| vec![Edit::change("note", id, vec![("title".into(), "changed".into())])];
    sites.edit_in_batch(0, IMPORT, set(own), NOW_MS);
    sites.edit_in_batch(1, IMPORT, set(foreign), NOW_MS);
    sites.settle();
    assert_eq!(sites.replicas[0].batches(10).unwrap().len(), 2, "one of each site, though they call it alike");
    assert_eq!(sites.undo(0, 0, IMPORT), 1);
    assert_eq!((sites.winner(0, own, "title"), sites.winner(0, foreign, "title")), ("own".into(), "changed".into()));
    let page = |site: usize, batch| {
        let by = sites.site_id(site);
        sites.replicas[0].read(|reading| reading.histories().batch_page(&by, &batch, None)).unwrap()
    };
    assert_eq!(page(1, IMPORT).unwrap().changes.len(), 1);
    assert_eq!(page(0, BatchId([9; 16])), None, "no such batch");
}
