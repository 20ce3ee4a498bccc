//! Taking back: one change, everything since a date, all that one act did; on real replicas of several sites that exchange
//! entries by hand. Uses no network.
#![allow(clippy::unwrap_used)]

mod sites;

use comptoir_backoffice::desk::{BatchUndone, Reverted};
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::Code;
use comptoir_replica::record::{ChangeHash, RecordId};
use comptoir_replica::{Append, Edit};
use comptoir_sync_protocol::ids::{BatchId, ScopeId};
use sites::{NOW_MS, Site, code, converge, party, sites};

fn changes_of(site: &Site, id: RecordId) -> Vec<ChangeHash> {
    site.replica.history(id).unwrap().iter().map(|item| item.change).collect()
}

fn revert(site: &mut Site, id: RecordId, change: &ChangeHash) -> Reverted {
    let (desk, rng) = site.desk();
    desk.revert(party(), &id.to_string(), change, rng).unwrap()
}

fn last(site: &Site, id: RecordId) -> ChangeHash {
    *changes_of(site, id).last().unwrap()
}

#[test]
fn a_change_is_taken_back_and_so_is_that() {
    let mut sites = sites(2, 51);
    let id = sites[0].create(&["name=Dupont", "notes=1"]);
    let name = id.to_string();
    sites[0].set(&name, &["notes=2", "also_known_as=30"]);
    converge(&sites);
    let edit = last(&sites[1], id);
    let reverted = revert(&mut sites[1], id, &edit);
    assert!(reverted.superseded.is_empty() && reverted.contested.is_empty());
    converge(&sites);
    let shown = sites[0].show(&name);
    assert_eq!((shown.fields["notes"].clone(), shown.fields["also_known_as"].clone()), ("1".into(), "".into()));
    assert_eq!(sites[0].replica.history(id).unwrap().last().unwrap().command, "party.revert");
    assert!(revert(&mut sites[1], id, &edit).done.appended.heads.is_empty(), "twice is once");
    let undone = last(&sites[0], id);
    revert(&mut sites[0], id, &undone);
    converge(&sites);
    assert_eq!(sites[1].show(&name).fields["notes"], "2");
}

#[test]
fn what_somebody_put_since_stays_and_is_told() {
    let mut sites = sites(2, 52);
    let id = sites[0].create(&["name=Dupont", "notes=1"]);
    let name = id.to_string();
    sites[0].set(&name, &["notes=2", "also_known_as=30"]);
    let edit = last(&sites[0], id);
    converge(&sites);
    sites[1].set(&name, &["notes=3"]);
    converge(&sites);
    let reverted = revert(&mut sites[0], id, &edit);
    assert_eq!(reverted.superseded, ["notes"]);
    converge(&sites);
    let shown = sites[1].show(&name);
    assert_eq!((shown.fields["notes"].clone(), shown.fields["also_known_as"].clone()), ("3".into(), "".into()));
    let made = changes_of(&sites[0], id)[0];
    assert!(!revert(&mut sites[0], id, &made).superseded.is_empty());
    assert!(!sites[0].show(&name).archived, "somebody works with it");
}

#[test]
fn a_record_that_was_made_is_archived_and_a_line_too() {
    let mut site = sites(1, 53).remove(0);
    let id = site.create(&["name=Dupont"]);
    let name = id.to_string();
    site.set(&name, &[r#"addresses+={"city":"Lyon"}"#, "notes=2"]);
    let edit = last(&site, id);
    revert(&mut site, id, &edit);
    let shown = site.show(&name);
    assert_eq!((shown.lines["addresses"].len(), shown.lines["addresses"][0].archived), (1, true));
    assert_eq!(shown.lines["addresses"][0].fields["city"], "Lyon", "out of use, not emptied");
    assert_eq!(shown.fields["notes"], "");

    let other = site.create(&["name=Durand"]);
    let made = last(&site, other);
    revert(&mut site, other, &made);
    assert!(site.show(&other.to_string()).archived);
    assert_eq!(code(site.try_set(&other.to_string(), &["notes=1"])), Code::ArchivedRecord);
    converge(std::slice::from_ref(&site));
}

#[test]
fn a_record_shows_again_what_it_showed_at_a_date() {
    let mut site = sites(1, 54).remove(0);
    let id = site.create(&["name=Dupont", "notes=1"]);
    let name = id.to_string();
    site.now_ms = NOW_MS + 1_000;
    site.set(&name, &["notes=2", r#"addresses+={"city":"Lyon"}"#]);
    site.now_ms = NOW_MS + 2_000;
    site.set(&name, &["notes=3", "name=Durand"]);
    let (desk, rng) = site.desk();
    assert_eq!(code(desk.revert_to(party(), &name, NOW_MS - 1, rng)), Code::NotYetThere);
    desk.revert_to(party(), &name, NOW_MS + 1_500, rng).unwrap();
    let shown = site.show(&name);
    assert_eq!((shown.title.as_str(), shown.fields["notes"].clone()), ("Dupont", "2".into()));
    assert!(!shown.lines["addresses"][0].archived);
    let (desk, rng) = site.desk();
    desk.revert_to(party(), &name, NOW_MS, rng).unwrap();
    let shown = site.show(&name);
    assert_eq!((shown.fields["notes"].clone(), shown.lines["addresses"][0].archived), ("1".into(), true));
}

#[test]
fn what_cannot_be_taken_back_is_refused() {
    let mut site = sites(1, 55).remove(0);
    let (id, other) = (site.create(&["name=Dupont", "notes=1"]), site.create(&["name=Durand"]));
    let foreign = last(&site, other);
    site.set(&id.to_string(), &["notes=2"]);
    let edit = last(&site, id);
    let (desk, rng) = site.desk();
    assert_eq!(code(desk.revert(party(), &id.to_string(), &foreign, rng)), Code::UnknownChange);
    assert_eq!(code(desk.revert(party(), "nobody", &foreign, rng)), Code::NotFound);
    site.archive(&id.to_string(), true);
    let (desk, rng) = site.desk();
    assert_eq!(code(desk.revert(party(), &id.to_string(), &edit, rng)), Code::ArchivedRecord);
    // Taking back the archiving itself is how to begin.
    let archived = last(&site, id);
    revert(&mut site, id, &archived);
    revert(&mut site, id, &edit);
    assert_eq!(site.show(&id.to_string()).fields["notes"], "1");
}

#[test]
fn a_merge_is_taken_back_as_a_change_too_but_no_circle_is_made() {
    let mut site = sites(1, 56).remove(0);
    let (one, two) = (site.create(&["name=Dupont"]), site.create(&["name=Dupond"]));
    let (desk, rng) = site.desk();
    desk.merge(party(), &one.to_string(), &two.to_string(), &[], rng).unwrap();
    let merge = last(&site, one);
    revert(&mut site, one, &merge);
    assert_eq!(site.show(&one.to_string()).id, one.to_string());
    let undone = last(&site, one);
    let (desk, rng) = site.desk();
    desk.merge(party(), &two.to_string(), &one.to_string(), &[], rng).unwrap();
    assert_eq!(code(desk.revert(party(), &one.to_string(), &undone, rng)), Code::MergeCircle);
}

/// An act over several entries: it makes forty parties and changes one.
fn act(site: &mut Site, old: RecordId) -> (BatchId, Vec<RecordId>) {
    let scope = ScopeId::of(&site.replica.organisation(), "organisation");
    let batch = BatchId::random(&mut site.rng);
    let mut mint = site.replica.mint(scope);
    let mut made = Vec::new();
    for part in 0..4 {
        let mut edits = Vec::new();
        for number in 0..10 {
            made.push(mint.create(NOW_MS, &mut site.rng));
            let puts = vec![("name".to_owned(), format!("N {part} {number}").into())];
            edits.push(Edit::create("party", made[made.len() - 1], puts));
        }
        let notes = vec![("notes".to_owned(), format!("part {part}").into())];
        edits.push(Edit::change("party", old, notes));
        let request = Append::new(scope, &site.author, "party.import").in_batch(batch);
        site.replica.append_edits(request, edits, NOW_MS, &mut site.rng).unwrap();
    }
    (batch, made)
}

fn undo(site: &mut Site, of: &Site, batch: &BatchId) -> (BatchUndone, usize) {
    let (by, mut commits) = (of.replica.site(), 0);
    let (desk, rng) = site.desk();
    let undone = desk.undo_batch(&by, batch, rng, |_| commits += 1).unwrap();
    (undone, commits)
}

#[test]
fn an_act_is_undone_as_one_but_for_what_others_changed() {
    let mut sites = sites(2, 57);
    let old = sites[0].create(&["name=Old", "notes=before"]);
    let (batch, made) = act(&mut sites[0], old);
    converge(&sites);
    sites[1].set(&made[3].to_string(), &["notes=ours"]);
    let (one, two) = sites.split_at_mut(1);
    let (undone, commits) = undo(&mut two[0], &one[0], &batch);
    assert_eq!((undone.reverted, undone.archived, undone.left, commits), (1, 39, 1, 4));
    assert_eq!(undone.examples[0].1, made[3]);
    converge(&sites);
    assert_eq!(sites[0].total(&ListQuery::default()), 2);
    assert_eq!(sites[0].show(&old.to_string()).fields["notes"], "before");

    let (one, two) = sites.split_at_mut(1);
    let (again, commits) = undo(&mut two[0], &one[0], &batch);
    assert_eq!((again.reverted, again.archived, again.left, commits), (0, 0, 1, 0), "there is nothing more to do");

    // The undoing is an act as well.
    let undoing = sites[1].replica.batches(10).unwrap().into_iter().find(|other| other.id != batch).unwrap();
    let (one, two) = sites.split_at_mut(1);
    let (redone, _) = undo(&mut one[0], &two[0], &undoing.id);
    assert_eq!((redone.reverted, redone.archived, redone.left), (40, 0, 0));
    converge(&sites);
    assert_eq!(sites[1].total(&ListQuery::default()), 41);
    assert_eq!(sites[1].show(&old.to_string()).fields["notes"], "part 3");
}

#[test]
fn an_act_that_nobody_knows_is_undone_without_effect() {
    let mut sites = sites(2, 58);
    let stranger = BatchId([9; 16]);
    sites[0].create(&["name=x"]);
    let (one, two) = sites.split_at_mut(1);
    assert_eq!(undo(&mut one[0], &two[0], &stranger), (BatchUndone::default(), 0));
}
