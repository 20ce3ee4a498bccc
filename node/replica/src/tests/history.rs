//! Who changed what from what, the state at a date, and taking changes back.

use super::*;
use crate::record::{Cells, ChangeHash};
use crate::{HistoryItem, Revert, puts_back_to};
use rand_core::Rng;

fn at(sites: &mut Sites, site: usize, id: RecordId, key: &str, value: &str, now_ms: i64) {
    let request = Append::new(sites.shared(), AUTHOR, "test");
    let edit = Edit::change("note", id, vec![(key.into(), value.into())]);
    sites.replicas[site].append_edits(request, vec![edit], now_ms, &mut sites.rng).unwrap();
}

fn shown(cells: &Cells) -> Vec<(String, Scalar)> {
    cells
        .winners()
        .filter(|(_, value)| **value != Scalar::Null)
        .map(|(key, value)| (key.into(), value.clone()))
        .collect()
}

impl Sites {
    fn cells(&self, site: usize, id: RecordId) -> Cells {
        self.replicas[site].record(self.shared(), id).unwrap().unwrap().cells
    }

    fn history(&self, site: usize, id: RecordId) -> Vec<HistoryItem> {
        self.replicas[site].history(id).unwrap()
    }

    /// Takes a change back, in one transaction with the look at what shows.
    fn revert(&mut self, site: usize, id: RecordId, change: ChangeHash) -> Revert {
        let request = Append::new(self.shared(), AUTHOR, "test.revert");
        let mut revert = Revert::default();
        let decide = |reading: &crate::Reading<'_>| {
            revert = reading.revert(&id, &change).map_err(|error| error.to_string())?.ok_or("no such change")?;
            let edit = Edit::change("note", id, revert.puts.clone());
            Ok::<_, String>(if revert.puts.is_empty() { Vec::new() } else { vec![edit] })
        };
        self.replicas[site].append(request, NOW_MS, &mut self.rng, decide).unwrap();
        revert
    }
}

#[test]
fn what_stood_before_is_what_the_author_saw_and_concurrent_puts_say_so() {
    let mut sites = Sites::new(3, 80);
    let id = sites.new_note(0, "one");
    sites.settle();
    sites.set(0, id, "title", "from S00");
    sites.set(1, id, "title", "from S01");
    sites.set(1, id, "title", "from S01 again");
    sites.set(2, id, "body", "alone");
    sites.settle();
    let history = sites.history(0, id);
    assert_eq!(history.len(), 5);
    for site in [1, 2] {
        assert_eq!(sites.history(site, id), history, "the same on every replica");
    }
    assert!(history[0].created && history[0].puts.iter().all(|put| put.before.is_none() && !put.concurrent));
    let put = |value: &str| history.iter().flat_map(|item| &item.puts).find(|put| put.value == value.into()).unwrap();
    assert_eq!((&put("from S00").before, put("from S00").concurrent), (&Some("one".into()), true));
    assert_eq!((&put("from S01").before, put("from S01").concurrent), (&Some("one".into()), true));
    assert_eq!(put("from S01 again").before, Some("from S01".into()), "whatever came in between elsewhere");
    assert!(put("from S01 again").concurrent && !put("alone").concurrent);
    // Whoever settles the conflict saw both.
    let shown = sites.winner(2, id, "title");
    let scope = sites.shared();
    sites.edit(2, scope, vec![Edit::resolve("note", id, vec![("title".into(), "settled".into())])]);
    let last = sites.history(2, id).pop().unwrap();
    assert_eq!((last.puts[0].overwrote.len(), &last.puts[0].before), (2, &Some(shown)));
    assert!(!last.puts[0].concurrent);
}

#[test]
fn a_change_is_taken_back_where_it_still_shows() {
    let mut sites = Sites::new(2, 81);
    let id = sites.new_note(0, "old");
    let scope = sites.shared();
    let puts = |title: &str, body: &str| vec![("title".into(), title.into()), ("body".into(), body.into())];
    sites.edit(0, scope, vec![Edit::change("note", id, [puts("new", "new"), vec![("x".into(), 1.into())]].concat())]);
    let change = sites.history(0, id)[1].change;
    sites.settle();
    sites.set(1, id, "body", "of S01");
    sites.settle();
    let revert = sites.revert(0, id, change);
    assert_eq!(revert.puts, [("title".into(), "old".into()), ("x".into(), Scalar::Null)]);
    assert_eq!((revert.superseded, revert.contested, revert.already), (vec!["body".into()], vec![], vec![]));
    assert_eq!(sites.winner(0, id, "title"), "old".into());
    // Once more: nothing is left to do.
    let again = sites.revert(0, id, change);
    assert_eq!((again.puts, again.already), (vec![], vec!["title".into(), "x".into()]));
    // Taking back the taking back.
    let undo = sites.history(0, id).pop().unwrap();
    assert_eq!(undo.command, "test.revert");
    sites.revert(0, id, undo.change);
    assert_eq!((sites.winner(0, id, "title"), sites.winner(0, id, "x")), ("new".into(), 1.into()));
    assert_eq!(sites.winner(0, id, "body"), "of S01".into());
    // A record is never unmade.
    let creation = sites.history(0, id)[0].change;
    let revert = sites.revert(0, id, creation);
    assert!(revert.created && revert.puts.is_empty());
    assert_eq!(revert.superseded, ["body", "title", "x"], "what others put since: here, later changes");
    let unknown = sites.replicas[0].read(|reading| reading.revert(&id, &[0; 32])).unwrap();
    assert_eq!(unknown, None);
    sites.settle();
    sites.assert_alike();
}

#[test]
fn nobody_elses_value_is_lost_by_taking_back_one_that_it_stands_beside() {
    let mut sites = Sites::new(3, 82);
    let id = sites.new_note(0, "old");
    sites.settle();
    for site in 0..3 {
        sites.set(site, id, "body", format!("of S0{site}"));
    }
    sites.set(0, id, "title", "of S00");
    sites.set(1, id, "title", "of S01");
    sites.settle();
    let of = |sites: &Sites, key: &str, winner: bool| {
        let cells = sites.cells(0, id);
        let visible = cells.visible(key);
        let op = if winner { visible.last() } else { visible.first() }.unwrap().op;
        let history = sites.history(0, id);
        history.iter().find(|item| item.puts.iter().any(|put| put.op == op)).unwrap().change
    };
    // Three values: two would be left, and one put would overwrite both.
    let change = of(&sites, "body", true);
    assert!(sites.revert(0, id, change).contested.contains(&"body".to_owned()));
    assert_eq!(sites.cells(0, id).visible("body").len(), 3);
    // Two values: without the one that shows, the other does.
    let other = sites.cells(0, id).visible("title")[0].value.clone();
    let change = of(&sites, "title", false);
    assert!(sites.revert(0, id, change).superseded.contains(&"title".to_owned()), "it does not show");
    let change = of(&sites, "title", true);
    sites.revert(0, id, change);
    assert_eq!(sites.cells(0, id).visible("title").iter().map(|v| v.value.clone()).collect::<Vec<_>>(), [other]);
}

#[test]
fn a_record_at_a_date_holds_what_stood_then_and_causality_wins_over_clocks() {
    let mut sites = Sites::new(2, 83);
    let id = sites.new_note(0, "day 0");
    at(&mut sites, 0, id, "title", "day 2", NOW_MS + 2);
    sites.settle();
    // Of a clock that is wrong by far: it builds on what came later.
    at(&mut sites, 1, id, "body", "from long ago", 1);
    at(&mut sites, 1, id, "title", "day 4", NOW_MS + 4);
    let then = |now_ms: i64| sites.replicas[1].record_at(id, now_ms).unwrap();
    assert_eq!(then(NOW_MS - 1), None, "not made yet");
    let titles = |now_ms: i64| then(now_ms).map(|cells| cells.winner("title").cloned().unwrap());
    assert_eq!(titles(NOW_MS), Some("day 0".into()));
    assert_eq!(then(NOW_MS).unwrap().winner("body"), Some(&"body".into()), "what builds on later is later");
    assert_eq!(titles(NOW_MS + 2), Some("day 2".into()));
    assert_eq!(then(NOW_MS + 3).unwrap().winner("body"), Some(&"from long ago".into()));
    assert_eq!(then(NOW_MS + 9), Some(sites.cells(1, id)));
    assert_eq!(sites.replicas[1].record_at(RecordId([0; 16]), NOW_MS).unwrap(), None);
    // Back to it, as a new change.
    let (now, before) = (sites.cells(1, id), then(NOW_MS).unwrap());
    let scope = sites.shared();
    sites.edit(1, scope, vec![Edit::change("note", id, puts_back_to(&now, &before))]);
    assert_eq!(shown(&sites.cells(1, id)), shown(&before));
    assert!(puts_back_to(&sites.cells(1, id), &before).is_empty());
}

/// Three sites edit, take back and send in random order: all end alike, with histories alike; a change that nobody
/// built on gives back exactly what was, and taking back the taking back restores it.
#[test]
fn random_histories_with_changes_taken_back_converge() {
    let (mut restored, mut stale) = (0, 0);
    for seed in 200..212 {
        let mut sites = Sites::new(3, seed);
        let ids = [sites.new_note(0, "one"), sites.new_note(1, "two")];
        sites.settle();
        for step in 0..60 {
            let site = (sites.rng.next_u32() % 3) as usize;
            let id = ids[sites.rng.next_u32() as usize % ids.len()];
            match sites.rng.next_u32() % 8 {
                0..=2 => {
                    let key = ["title", "body", "extra"][sites.rng.next_u32() as usize % 3];
                    sites.set(site, id, key, format!("{step}"));
                }
                3 | 4 => {
                    let history = sites.history(site, id);
                    let item = &history[sites.rng.next_u32() as usize % history.len()];
                    let before = sites.cells(site, id);
                    let untouched = item.puts.iter().all(|put| match before.visible(&put.key) {
                        [only] => only.op == put.op,
                        _ => false,
                    });
                    let revert = sites.revert(site, id, item.change);
                    let after = sites.cells(site, id);
                    if item.created || revert.puts.is_empty() {
                        assert_eq!(after, before, "seed {seed} step {step}");
                        continue;
                    }
                    if untouched {
                        for put in &item.puts {
                            let stood = put.before.clone().unwrap_or_default();
                            assert_eq!(after.winner(&put.key), Some(&stood), "seed {seed} step {step}: {put:?}");
                        }
                        let undo = sites.history(site, id).pop().unwrap().change;
                        sites.revert(site, id, undo);
                        assert_eq!(shown(&sites.cells(site, id)), shown(&before), "seed {seed} step {step}");
                        restored += 1;
                    } else {
                        stale += 1;
                    }
                }
                _ => {
                    let to = (site + 1 + (sites.rng.next_u32() % 2) as usize) % 3;
                    sites.send(site, to, sites.shared());
                }
            }
        }
        sites.settle();
        sites.assert_alike();
        for id in ids {
            let history = sites.history(0, id);
            assert!((1..3).all(|site| sites.history(site, id) == history), "seed {seed}");
            assert_eq!(sites.replicas[0].record_at(id, NOW_MS).unwrap(), Some(sites.cells(0, id)), "seed {seed}");
        }
    }
    assert!(restored > 20 && stale > 5, "both kinds were met: {restored} and {stale}");
}
