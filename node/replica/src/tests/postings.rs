//! Postings: judged by what their own site did before and by what they cite, alike everywhere, whatever came first.

use super::hostile::Forger;
use super::*;
use crate::posting::Posting;
use crate::testing::{cash, till};
use crate::{AppendError, Appended, Verdict, Write};
use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{Epoch, Incarnation};
use comptoir_sync_protocol::payload::Operation;

impl Sites {
    fn post(&mut self, site: usize, postings: Vec<(i64, Vec<LogHead>)>) -> Result<Appended, AppendError> {
        let scope = self.shared();
        let mut mint = self.replicas[site].mint(scope);
        let postings: Vec<_> = postings
            .into_iter()
            .map(|(amount, cites)| cash(mint.create(NOW_MS, &mut self.rng), amount, cites))
            .collect();
        let request = Append::new(scope, AUTHOR, "test");
        self.replicas[site].append(request, NOW_MS, &mut self.rng, |_| Ok(postings))
    }

    fn till(&mut self, site: usize) -> i64 {
        let (scope, mut balance) = (self.shared(), 0);
        let request = Append::new(scope, AUTHOR, "look");
        let looked = self.replicas[site].append(request, NOW_MS, &mut self.rng, |reading| {
            balance = reading.ledger().unwrap().balance(&till()).unwrap();
            Ok::<_, std::convert::Infallible>(Vec::<Write>::new())
        });
        assert!(looked.unwrap().heads.is_empty());
        balance
    }

    fn cash_everywhere(&self) -> Vec<i64> {
        let sum = |replica: &Replica<Notes>| {
            replica.read(|reading| reading.query_row("SELECT ifnull(sum(cash), 0) FROM tills", [], |row| row.get(0)))
        };
        self.replicas.iter().map(|replica| sum(replica).unwrap()).collect()
    }
}

fn code(error: &AppendError) -> &str {
    match error {
        AppendError::WouldBeQuarantined(Verdict::Quarantined { code, .. }) => code.0,
        other => panic!("{other:?}"),
    }
}

#[test]
fn no_more_is_taken_than_the_site_itself_has() {
    let mut sites = Sites::new(2, 120);
    sites.post(0, vec![(10, vec![]), (-4, vec![]), (-6, vec![])]).unwrap();
    let short = sites.post(0, vec![(1, vec![]), (-2, vec![])]).unwrap_err();
    assert_eq!(code(&short), "cash_short");
    assert_eq!(sites.till(0), 0, "nothing of what was refused stays");
    sites.settle();
    assert_eq!(code(&sites.post(1, vec![(-1, vec![])]).unwrap_err()), "cash_short", "each has a till of its own");
    sites.post(1, vec![(3, vec![])]).unwrap();
    sites.settle();
    sites.assert_alike();
    assert_eq!(sites.cash_everywhere(), [3, 3]);
    assert_eq!((sites.till(0), sites.till(1)), (0, 3));
    for replica in &sites.replicas {
        assert!(replica.verify().unwrap().is_sound());
        assert!(replica.rebuild().unwrap().changed.is_empty());
    }
    assert_eq!(sites.cash_everywhere(), [3, 3]);
}

#[test]
fn records_and_postings_of_one_command_stand_or_fall_together() {
    let mut sites = Sites::new(2, 121);
    let scope = sites.shared();
    let note = sites.replicas[0].mint(scope).create(NOW_MS, &mut sites.rng);
    let post = sites.replicas[0].mint(scope).create(NOW_MS, &mut sites.rng);
    let writes = |amount| {
        vec![Write::Edit(Edit::create("note", note, note_puts("a", "b"))), Write::Post(cash(post, amount, vec![]))]
    };
    let request = Append::new(scope, AUTHOR, "test");
    let refused: Result<_, AppendError> = sites.replicas[0].append(request, NOW_MS, &mut sites.rng, |_| Ok(writes(-1)));
    assert_eq!(code(&refused.unwrap_err()), "cash_short");
    assert!(sites.replicas[0].record(scope, note).unwrap().is_none());
    let done: Result<_, AppendError> = sites.replicas[0].append(request, NOW_MS, &mut sites.rng, |_| Ok(writes(1)));
    assert_eq!(done.unwrap().commits[0].records, [("cash", post), ("note", note)]);
    let stored = sites.replicas[0].read(|reading| reading.find_posting(&post)).unwrap().unwrap();
    assert_eq!((stored.author.as_str(), stored.command.as_str(), stored.at_ms), (AUTHOR, "test", NOW_MS));
    let report = sites.send(0, 1, scope);
    assert_eq!(report.delivered[0].records, [("cash", post), ("note", note)]);
    let again: Result<_, AppendError> =
        sites.replicas[0].append(request, NOW_MS, &mut sites.rng, |_| Ok(vec![cash(post, 1, vec![])]));
    assert_eq!(code(&again.unwrap_err()), "posted_twice");
}

#[test]
fn a_citation_is_of_what_stands_and_has_effect() {
    let mut sites = Sites::new(3, 122);
    sites.post(0, vec![(10, vec![])]).unwrap();
    let given = sites.post(0, vec![(-4, vec![])]).unwrap().heads[0];
    assert_eq!(code(&sites.post(1, vec![(4, vec![given])]).unwrap_err()), "cites_outside_past", "not here yet");
    sites.settle();
    assert_eq!(code(&sites.post(1, vec![(5, vec![given])]).unwrap_err()), "cash_pair");
    let other = LogHead { hash: comptoir_sync_protocol::ids::Hash([9; 32]), ..given };
    assert_eq!(code(&sites.post(1, vec![(4, vec![other])]).unwrap_err()), "cites_outside_past");
    sites.post(1, vec![(4, vec![given])]).unwrap();
    sites.settle();
    sites.assert_alike();
    assert_eq!(sites.cash_everywhere(), [10, 10, 10]);
}

#[test]
fn f29_an_overdraft_of_a_faulty_peer_is_quarantined_and_so_is_what_cites_it() {
    let mut forger = Forger::new(123);
    let scope = forger.sites.shared();
    let [id, foreign, honest] =
        [1, 0, 1].map(|site: usize| forger.sites.replicas[site].mint(scope).create(NOW_MS, &mut forger.sites.rng).0);
    let posting = |id, body: &str, cites| {
        Operation::Posting(Posting { kind: "cash".into(), version: 1, id, cites, body: body.as_bytes().to_vec() })
    };
    let overdraft = forger.build(forger.builder(vec![posting(id, "-5", vec![])]));
    forger.expect_quarantined(&overdraft, "cash_short");
    let next = |forger: &Forger, seq, previous: &Entry, operation| {
        let mut builder = forger.builder(vec![operation]);
        builder.previous = Some((seq, previous.hash()));
        builder
    };
    let stolen = forger.build(next(&forger, 1, &overdraft, posting(foreign, "5", vec![])));
    forger.expect_quarantined(&stolen, "foreign_creation");
    let garbage = forger.build(next(&forger, 2, &stolen, posting(id, "much", vec![])));
    forger.expect_quarantined(&garbage, "cash_body");
    let mut large = posting(id, "5", vec![]);
    if let Operation::Posting(posting) = &mut large {
        posting.body = vec![b'0'; crate::limits::MAX_POSTING_BODY_BYTES + 1];
    }
    let large = forger.build(next(&forger, 3, &garbage, large));
    forger.expect_quarantined(&large, "posting");
    let citing = forger.build(next(&forger, 4, &large, posting(honest, "5", vec![overdraft.head()])));
    forger.expect_quarantined(&citing, "cites_quarantined");
    // An id that was never used with effect may be.
    let good = forger.build(next(&forger, 5, &citing, posting(id, "5", vec![])));
    let report = forger.sites.replicas[0].admit(scope, vec![good], NOW_MS).unwrap();
    assert_eq!(report.delivered[0].records, [("cash", RecordId(id))]);
    let taken = forger.sites.post(0, vec![(5, vec![overdraft.head()])]).unwrap_err();
    assert_eq!(code(&taken), "cites_quarantined");
}

#[test]
fn two_epochs_of_one_site_are_judged_by_what_each_knew_whatever_comes_first() {
    let mut sites = Sites::new(3, 124);
    let scope = sites.shared();
    sites.post(1, vec![(10, vec![])]).unwrap();
    // A copy of S01's machine goes on beside it, in an epoch of its own.
    let copy = sites.path(9);
    let raw = rusqlite::Connection::open(sites.path(1)).unwrap();
    raw.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
    let options = sites.organisation.sites[1].options(&sites.organisation, Incarnation::random(&mut sites.rng));
    sites.replicas.push(Replica::open(&copy, Notes, options, &mut sites.rng).unwrap());
    sites.replicas[3].begin_epoch(&mut sites.rng).unwrap();
    sites.post(1, vec![(-8, vec![])]).unwrap();
    sites.post(1, vec![(1, vec![])]).unwrap();
    sites.post(3, vec![(-8, vec![])]).unwrap();
    // One site meets the copy last, the other first.
    for (from, to) in [(1, 0), (3, 0), (3, 2), (1, 2)] {
        let report = sites.send(from, to, scope);
        assert!(report.quarantined.is_empty(), "{report:?}");
    }
    sites.settle();
    sites.assert_alike();
    assert_eq!(sites.cash_everywhere(), [-5; 4], "together they broke what neither did");
    assert_eq!(code(&sites.post(1, vec![(-1, vec![])]).unwrap_err()), "cash_short", "who knows both is held to both");
    assert_eq!((sites.till(1), sites.till(3)), (-5, -5));
    sites.post(3, vec![(9, vec![]), (-4, vec![])]).unwrap();
    sites.settle();
    sites.assert_alike();
    assert!(sites.replicas.iter().all(|replica| replica.verify().unwrap().is_sound()));
}

#[test]
fn what_stands_behind_a_posting_that_cannot_be_read_is_parked_with_it() {
    let mut forger = Forger::new(125);
    let scope = forger.sites.shared();
    let [first, second] =
        [(); 2].map(|()| forger.sites.replicas[1].mint(scope).create(NOW_MS, &mut forger.sites.rng).0);
    let posting = |id, version| {
        Operation::Posting(Posting { kind: "cash".into(), version, id, cites: vec![], body: b"5".to_vec() })
    };
    let newer = forger.build(forger.builder(vec![posting(first, 2)]));
    let mut builder = forger.builder(vec![posting(second, 1)]);
    builder.previous = Some((1, newer.hash()));
    let behind = forger.build(builder);
    forger.sites.replicas[0].admit(scope, vec![newer.clone(), behind], NOW_MS).unwrap();
    let parked = forger.sites.replicas[0].parked().unwrap();
    assert_eq!(parked.iter().map(|aside| aside.code.as_str()).collect::<Vec<_>>(), ["posting_kind", "behind_parked"]);
    let citing = forger.sites.post(0, vec![(5, vec![newer.head()])]).unwrap_err();
    assert!(matches!(citing, AppendError::WouldBeQuarantined(Verdict::Parked { .. })), "{citing:?}");
    forger.sites.post(0, vec![(5, vec![])]).unwrap();
}

#[test]
fn f29_what_is_set_aside_is_listed_alike_whatever_came_first() {
    let mut forger = Forger::new(126);
    let scope = forger.sites.shared();
    let overdrafts = [5, 3, 4].map(|epoch| {
        let id = forger.sites.replicas[1].mint(scope).create(NOW_MS, &mut forger.sites.rng).0;
        let body = b"-5".to_vec();
        let posting = Posting { kind: "cash".into(), version: 1, id, cites: vec![], body };
        let mut builder = forger.builder(vec![Operation::Posting(posting)]);
        builder.writer.epoch = Epoch([epoch; 8]);
        forger.build(builder)
    });
    let [one, two, three] = overdrafts;
    let in_turn = |site: usize, entries: Vec<Entry>| {
        entries
            .into_iter()
            .for_each(|entry| drop(forger.sites.replicas[site].admit(scope, vec![entry], NOW_MS).unwrap()));
        forger.sites.replicas[site].quarantined().unwrap()
    };
    let listed = in_turn(0, vec![one.clone(), two.clone(), three.clone()]);
    assert_eq!(listed, in_turn(2, vec![three, two, one]));
    assert_eq!(listed.len(), 3);
}
