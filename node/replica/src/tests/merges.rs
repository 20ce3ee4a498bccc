//! What was merged without asking: found, told by site, and cheap to look for.

use super::*;
use crate::history::Looked;
use crate::limits::MAX_MERGE_LOOK_OPERATIONS;
use crate::{Merge, MergeSide, Merges};

impl Sites {
    fn merges(&self, site: usize) -> Merges {
        self.replicas[site].merges(10).unwrap()
    }

    fn looked(&self, site: usize) -> Looked {
        let here = self.replicas[site].writer();
        self.replicas[site].read(|reading| reading.histories().look_for_merges(here, 10)).unwrap().1
    }

    /// As `SITE:field,field` for each side.
    fn told(&self, merge: &Merge) -> Vec<String> {
        let code = |side: &MergeSide| {
            let site = self.organisation.sites.iter().find(|site| site.site == side.site).unwrap();
            let keys: Vec<&str> = side.keys.iter().map(String::as_str).collect();
            format!("{}:{}", site.code, keys.join(","))
        };
        let mut told: Vec<String> = merge.sides.iter().map(code).collect();
        told.sort();
        told
    }
}

fn set_as(sites: &mut Sites, site: usize, author: &str, id: RecordId, key: &str, now_ms: i64) {
    let request = Append::new(sites.shared(), author, "test");
    let edit = Edit::change("note", id, vec![(key.into(), author.into())]);
    sites.replicas[site].append_edits(request, vec![edit], now_ms, &mut sites.rng).unwrap();
}

#[test]
fn different_fields_that_two_sites_changed_at_once_are_told_of_both_alike_and_the_last_first() {
    let mut sites = Sites::new(2, 95);
    let [first, second] = [sites.new_note(0, "one"), sites.new_note(0, "two")];
    sites.settle();
    assert_eq!(sites.merges(0), Merges::default());
    sites.set(0, first, "title", "of S00");
    sites.set(1, first, "body", "of S01");
    sites.settle();
    set_as(&mut sites, 0, "anna", second, "title", NOW_MS + 1);
    set_as(&mut sites, 0, "anna", second, "x", NOW_MS + 2);
    set_as(&mut sites, 1, "bala", second, "body", NOW_MS + 3);
    set_as(&mut sites, 1, "cire", second, "y", NOW_MS + 4);
    sites.send(0, 1, sites.shared());
    let late = sites.missing(1, 0, sites.shared());
    sites.replicas[0].admit(sites.shared(), late, NOW_MS + 9).unwrap();
    for site in [0, 1] {
        let Merges { items, since_ms } = sites.merges(site);
        assert_eq!(since_ms, None);
        assert_eq!(items.iter().map(|item| item.record).collect::<Vec<_>>(), [second, first]);
        assert_eq!(sites.told(&items[1]), ["S00:title", "S01:body"]);
        assert_eq!(sites.told(&items[0]), ["S00:title,x", "S01:body", "S01:y"], "by person");
        assert_eq!((items[0].scope, items[0].kind.as_str()), (sites.shared(), "note"));
        let mut by: Vec<(&str, i64)> =
            items[0].sides.iter().map(|side| (side.author.as_str(), side.wall_clock_ms - NOW_MS)).collect();
        by.sort_unstable();
        assert_eq!(by, [("anna", 2), ("bala", 3), ("cire", 4)]);
    }
    let sides = |site: usize| sites.merges(site).items.into_iter().map(|item| item.sides).collect::<Vec<_>>();
    assert_eq!(sides(0), sides(1), "the same everywhere");
    let arrived = |site: usize| sites.merges(site).items[0].received_ms - NOW_MS;
    assert_eq!((arrived(0), arrived(1)), (9, 0), "but for when it came");
    let one = sites.replicas[0].merges(1).unwrap();
    assert_eq!((one.items.len(), one.since_ms.is_some()), (1, true), "there is more");
    // A rebuild changes nothing of it.
    let before = sites.merges(0);
    sites.replicas[0].rebuild().unwrap();
    assert_eq!(sites.merges(0), before);
}

#[test]
fn who_saw_the_others_change_merges_nothing() {
    let mut sites = Sites::new(2, 96);
    let id = sites.new_note(0, "one");
    sites.settle();
    sites.set(0, id, "title", "of S00");
    // Entries that do not know of each other, about different records.
    let other = sites.new_note(1, "two");
    sites.set(1, other, "body", "alone");
    sites.settle();
    sites.set(1, id, "body", "of S01, who saw it");
    sites.settle();
    assert_eq!((sites.merges(0), sites.merges(1)), (Merges::default(), Merges::default()));
    assert!((0..2).any(|site| sites.looked(site).operations > 0), "entries were looked into");
}

#[test]
fn what_both_put_is_asked_about_elsewhere_and_left_out() {
    let mut sites = Sites::new(2, 97);
    let [both, more] = [sites.new_note(0, "one"), sites.new_note(0, "two")];
    sites.settle();
    for site in 0..2 {
        sites.set(site, both, "title", format!("of S0{site}"));
        sites.set(site, more, "title", format!("of S0{site}"));
    }
    sites.set(1, more, "body", "of S01");
    sites.settle();
    for site in [0, 1] {
        let items = sites.merges(site).items;
        assert_eq!(items.len(), 1, "of the other record nothing is left");
        assert_eq!((items[0].record, sites.told(&items[0])), (more, vec!["S00:".into(), "S01:body".into()]));
    }
}

#[test]
fn three_sites_are_three_sides_and_what_comes_after_begins_anew() {
    let mut sites = Sites::new(3, 98);
    let id = sites.new_note(0, "one");
    sites.settle();
    for (site, key) in ["title", "body", "x"].into_iter().enumerate() {
        sites.set(site, id, key, format!("of S0{site}"));
    }
    sites.settle();
    for site in 0..3 {
        let items = sites.merges(site).items;
        assert_eq!(items.len(), 1);
        assert_eq!(sites.told(&items[0]), ["S00:title", "S01:body", "S02:x"]);
    }
    sites.set(0, id, "title", "later");
    sites.set(2, id, "y", "later");
    sites.settle();
    for site in 0..3 {
        let items = sites.merges(site).items;
        assert_eq!(items.len(), 1, "one a record");
        assert_eq!(sites.told(&items[0]), ["S00:title", "S02:y"]);
    }
}

#[test]
fn a_big_import_costs_little_and_hides_nothing() {
    const RECORDS: usize = 5_000;
    let mut sites = Sites::new(2, 99);
    let id = sites.new_note(0, "one");
    sites.settle();
    sites.set(0, id, "title", "of S00");
    sites.set(1, id, "body", "of S01");
    sites.send(1, 0, sites.shared());
    let import = |sites: &mut Sites| {
        let mut mint = sites.replicas[1].mint(sites.shared());
        let create = |mint: &mut crate::record::RecordIdMint, rng: &mut ChaCha20Rng| {
            Edit::create("note", mint.create(NOW_MS, rng), note_puts("made", "by import"))
        };
        let edits: Vec<Edit> = (0..RECORDS).map(|_| create(&mut mint, &mut sites.rng)).collect();
        sites.edit(1, sites.shared(), edits);
    };
    // Of a site that does not know of the change here: its entries are opened, and what they made is passed over.
    import(&mut sites);
    sites.send(1, 0, sites.shared());
    assert_eq!(sites.merges(0).items.len(), 1);
    let looked = sites.looked(0);
    assert!(looked.operations > RECORDS as u64 && looked.operations < MAX_MERGE_LOOK_OPERATIONS, "{looked:?}");
    assert!(looked.changes < 10, "{looked:?}");
    // Of a site that knows all that is here: not even opened.
    sites.settle();
    import(&mut sites);
    sites.settle();
    assert_eq!(sites.looked(0).operations, looked.operations);
    assert_eq!(sites.merges(0).items.len(), 1);
}

#[test]
fn a_damaged_entry_holds_up_no_other() {
    let mut sites = Sites::new(2, 100);
    let ids = [sites.new_note(0, "one"), sites.new_note(0, "two")];
    sites.settle();
    for id in ids {
        sites.set(0, id, "title", "of S00");
        sites.set(1, id, "body", "of S01");
        sites.settle();
    }
    assert_eq!(sites.merges(0).items.len(), 2);
    let raw = rusqlite::Connection::open(sites.path(0)).unwrap();
    let spoil = "UPDATE entries SET bytes = zeroblob(64) WHERE position = (SELECT max(position) FROM entries)";
    assert_eq!(raw.execute(spoil, []).unwrap(), 1);
    let left: Vec<RecordId> = sites.merges(0).items.iter().map(|item| item.record).collect();
    assert_eq!(left, [ids[0]]);
}
