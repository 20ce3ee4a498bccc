//! Rights of a revoked site: they come back to their pool once nothing can move its cut any more, and never what it had sold.

use super::faulty::{Faulty, day};
use super::pool::{pool, shown};
use super::*;
use comptoir_backoffice::BackOffice;
use comptoir_backoffice::stock::command::reclaim::Reclaimed;
use comptoir_backoffice::stock::posting::{Body, CreditDraw, Holder, MoveType, PlaceKind, Quantity, Rights};
use comptoir_replica::testing::organisation;
use comptoir_replica::{Removing, Replica};
use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::ids::{Epoch, ScopeId, Writer};
use comptoir_sync_protocol::roster::scope_id;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Headquarters removes a site, and alone knows.
fn remove(sites: &mut [Site], seed: u64, subject: usize, how: Removing) {
    let (n, subject) = (sites.len(), sites[subject].replica.site());
    let admin = organisation(n, seed).admin;
    let by = ("S00/operator", "site.remove");
    let Site { replica, rng, .. } = &mut sites[0];
    replica.remove((&admin, Epoch([3; 8])), subject, how, by, sites::NOW_MS, rng).unwrap();
}

fn entries_of(from: &Site, scope: ScopeId) -> Vec<Entry> {
    let served = from.replica.read_missing(scope, &Default::default(), usize::MAX).unwrap();
    served.iter().map(|(_, bytes)| Entry::decode(bytes).unwrap()).collect()
}

/// A site hears of the roster as another knows it.
fn tell(to: &Site, from: &Site) {
    to.replica.admit(scope_id(), entries_of(from, scope_id()), sites::NOW_MS).unwrap();
}

/// A site takes what another has of stock, set aside or not.
fn carry(to: &Site, from: &Site) {
    let trade = trade(from);
    to.replica.admit(trade, entries_of(from, trade), sites::NOW_MS).unwrap();
}

fn trade(site: &Site) -> ScopeId {
    site.replica.roster().scope_by_name("trade").unwrap().id
}

/// Writes anything about stock: a word that tells what its writer knew.
fn word(site: &mut Site, code: &str) {
    site.make("location", &[&format!("code={code}"), "name=Any"]);
}

fn reclaim(sites: &mut [Site], at: usize, of: &str) -> Result<Reclaimed, CommandError> {
    let (desk, rng) = sites[at].desk();
    desk.reclaim("POOL", of, rng, drop)
}

fn holder(site: &Site, of: &str) -> (String, String, bool) {
    let found = shown(site).holders.into_iter().find(|holder| holder.site == of).unwrap();
    (found.held, found.frozen, found.revoked)
}

/// These sites exchange what they have of stock, and are alike, as they are after a rebuild.
fn alike(sites: &[Site], among: &[usize]) {
    for (to, from) in among.iter().flat_map(|to| among.iter().map(move |from| (to, from))).chain([(&0, &0)]) {
        carry(&sites[*to], &sites[*from]);
    }
    for at in among {
        let replica = &sites[*at].replica;
        assert_eq!(replica.digests()["trade"], sites[among[0]].replica.digests()["trade"], "site {at}");
        assert_eq!(replica.states().unwrap()["trade"], sites[among[0]].replica.states().unwrap()["trade"], "site {at}");
        assert!(replica.rebuild().unwrap().changed.is_empty(), "site {at}: rebuilt = lived");
        assert!(replica.verify().unwrap().is_sound());
    }
}

/// A pool of which S01 was granted 60 and has 38 left at the cut at which it is revoked: it sold 10 and 7, passed on 5. It
/// sells 20 more, past the cut. Nobody but headquarters has heard of the revocation.
fn revoked(seed: u64) -> Vec<Site> {
    let mut sites = pool(4, seed);
    sites[0].rights(RightsAct::Grant, Some("S01"), "60").unwrap();
    exchange(&sites);
    sites[1].rights(RightsAct::Spend, None, "10").unwrap();
    sites[1].rights(RightsAct::Pass, Some("S02"), "5").unwrap();
    exchange(&sites);
    let early = sites::refusal(reclaim(&mut sites, 0, "S01"));
    assert_eq!((early.code, early.params["value"].as_str()), (Code::NotRevoked, "S01"));
    // S02 builds on a sale that headquarters does not know of.
    sites[1].rights(RightsAct::Spend, None, "7").unwrap();
    carry(&sites[2], &sites[1]);
    word(&mut sites[2], "UNAWARE");
    remove(&mut sites, seed, 1, Removing::Revoke);
    sites[1].rights(RightsAct::Spend, None, "20").unwrap();
    sites
}

/// All but S01 hear of it and say a word.
fn heard(sites: &mut [Site]) {
    for site in [2, 3] {
        tell(&sites[site], &sites[0]);
        word(&mut sites[site], "AWARE");
        carry(&sites[0], &sites[site]);
    }
}

#[test]
fn what_a_revoked_site_held_comes_back_once_every_other_site_was_heard() {
    let mut sites = revoked(270);
    let waited = |sites: &mut Vec<Site>| {
        let refusal = sites::refusal(reclaim(sites, 0, "S01"));
        assert_eq!(refusal.code, Code::SitesUnheard);
        refusal.params["known"].clone()
    };
    assert_eq!(sites::code(reclaim(&mut sites, 0, "S09")), Code::UnknownSite);
    let mut named: Vec<String> = waited(&mut sites).split(", ").map(str::to_owned).collect();
    named.sort_unstable();
    assert_eq!(named, ["S02", "S03"]);
    tell(&sites[2], &sites[0]);
    carry(&sites[0], &sites[2]);
    assert!(waited(&mut sites).contains("S02"), "what it wrote before does not say that it knows");
    word(&mut sites[2], "AWARE");
    carry(&sites[0], &sites[2]);
    assert_eq!(waited(&mut sites), "S03");
    assert_eq!(sites::code(reclaim(&mut sites, 2, "S01")), Code::RightsUnfit, "the keeper's alone");
    tell(&sites[3], &sites[0]);
    word(&mut sites[3], "AWARE");
    carry(&sites[0], &sites[3]);
    carry(&sites[0], &sites[1]);
    assert_eq!(sites[0].replica.quarantined().unwrap().len(), 1, "what it sold past its cut has no effect");
    assert_eq!(holder(&sites[0], "S01"), ("0".into(), "38".into(), true));
    assert_eq!(shown(&sites[0]).free, "40");
    let back = reclaim(&mut sites, 0, "S01").unwrap();
    assert_eq!((back.site.as_str(), back.quantity.as_str(), back.postings.len()), ("S01", "38", 1));
    assert_eq!(shown(&sites[0]).free, "78");
    let again = reclaim(&mut sites, 0, "S01").unwrap();
    assert_eq!((again.quantity.as_str(), again.postings.len()), ("0", 0), "nothing comes back twice");
    alike(&sites, &[0, 2, 3]);
    for site in [0, 2, 3] {
        let pool = shown(&sites[site]);
        assert_eq!((pool.granted.as_str(), pool.free.as_str()), ("22", "78"));
        assert_eq!(holder(&sites[site], "S01"), ("0".into(), "0".into(), true));
        assert!(sites[site].findings(ItemKind::SoldAfterAll).is_empty());
    }
    sites[2].rights(RightsAct::Spend, None, "5").unwrap();
    let shares = sites[0].reader().try_share_out("POOL", &[]).unwrap();
    assert!(shares.iter().all(|share| share.site != "S01") && !shares.is_empty(), "{shares:?}");
    sites[0].rights(RightsAct::Grant, Some("S03"), "78").unwrap();
    assert_eq!(code(sites[0].rights(RightsAct::Grant, Some("S03"), "1")), Code::PoolShort);
    for act in [RightsAct::Reclaim, RightsAct::Honour] {
        assert_eq!(code(sites[0].rights(act, Some("S01"), "1")), Code::RightsUnfit, "by a command of its own");
    }
    alike(&sites, &[0, 2, 3]);
    again_in_other_orders(&sites, 270);
}

#[test]
fn what_it_had_sold_after_all_is_found_and_honoured() {
    let mut sites = revoked(271);
    heard(&mut sites);
    assert_eq!(reclaim(&mut sites, 0, "S01").unwrap().quantity, "38");
    carry(&sites[0], &sites[1]);
    alike(&sites, &[0, 2, 3]);
    // Honest work: headquarters adopts it. What was taken back stays so, everywhere.
    remove(&mut sites, 271, 1, Removing::Adopt);
    for site in [2, 3] {
        tell(&sites[site], &sites[0]);
    }
    assert_eq!(reclaim(&mut sites, 0, "S01").unwrap().quantity, "0");
    alike(&sites, &[0, 2, 3]);
    for site in [0, 2, 3] {
        let [item] = &sites[site].findings(ItemKind::SoldAfterAll)[..] else { panic!("one") };
        let reason = item.reason.as_deref().unwrap();
        assert!(reason.contains("20 pce of pool POOL") && reason.contains("S01"), "{reason}");
        assert_eq!(item.site.as_deref(), Some("S00"));
        let pool = shown(&sites[site]);
        assert_eq!((pool.granted.as_str(), pool.free.as_str()), ("42", "58"), "it is promised");
    }
    let item = |site: &Site| site.findings(ItemKind::SoldAfterAll)[0].id.clone();
    let id = item(&sites[2]);
    assert_eq!(sites::code(sites[2].settle(&id, &sites::take(1))), Code::RightsUnfit);
    sites[0].settle(&id, &sites::take(1)).unwrap();
    alike(&sites, &[0, 2, 3]);
    for site in [0, 2, 3] {
        assert!(sites[site].findings(ItemKind::SoldAfterAll).is_empty());
        assert_eq!(shown(&sites[site]).granted, "42");
    }
    assert_eq!(reclaim(&mut sites, 0, "S01").unwrap().quantity, "0");
    again_in_other_orders(&sites, 271);
}

#[test]
fn a_silent_site_is_suspended_first_and_an_epoch_that_ended_comes_back_too() {
    let mut sites = pool(4, 272);
    sites[0].rights(RightsAct::Grant, Some("S01"), "40").unwrap();
    exchange(&sites);
    let Site { replica, rng, .. } = &mut sites[1];
    replica.begin_epoch(rng).unwrap();
    word(&mut sites[1], "NEW");
    exchange(&sites);
    sites[0].rights(RightsAct::Grant, Some("S01"), "5").unwrap();
    exchange(&sites);
    sites[1].rights(RightsAct::Spend, None, "2").unwrap();
    exchange(&sites);
    remove(&mut sites, 272, 1, Removing::Suspend);
    assert_eq!(sites::code(reclaim(&mut sites, 0, "S01")), Code::NotRevoked, "it may come back");
    assert_eq!(holder(&sites[0], "S01"), ("3".into(), "40".into(), false));
    remove(&mut sites, 272, 1, Removing::Revoke);
    tell(&sites[2], &sites[0]);
    word(&mut sites[2], "AWARE");
    carry(&sites[0], &sites[2]);
    assert_eq!(sites::code(reclaim(&mut sites, 0, "S01")), Code::SitesUnheard);
    remove(&mut sites, 272, 3, Removing::Suspend);
    // S02 has not heard of that, and might build on what S03 writes on.
    assert_eq!(sites::refusal(reclaim(&mut sites, 0, "S01")).params["known"], "S02");
    tell(&sites[2], &sites[0]);
    word(&mut sites[2], "AWARE2");
    carry(&sites[0], &sites[2]);
    let back = reclaim(&mut sites, 0, "S01").unwrap();
    assert_eq!((back.quantity.as_str(), back.postings.len()), ("43", 1));
    alike(&sites, &[0, 2]);
    again_in_other_orders(&sites, 272);
}

#[test]
fn f29_a_keeper_that_takes_back_what_it_may_not_is_quarantined_alike() {
    use PlaceKind::{Internal, Supplier};
    let mut faulty = Faulty::among(4, [0, 3], 273);
    let lot = faulty.moved(1, MoveType::Receive, vec![faulty.line(Supplier, Internal, 50, 500)]);
    faulty.good(&Body::Move(lot), vec![]);
    // Its pool is one by the postings alone: no rule asks for the record.
    let pool = RecordId([5; 16]);
    let (item, location) = (faulty.item, faulty.location);
    let body = move |number, act, quantity: i64, draws: &[(RecordId, i64)]| Rights {
        number,
        date: day(),
        act,
        pool,
        item,
        location,
        to: None,
        quantity: units(quantity),
        minted: units(0),
        draws: draws.iter().map(|(credit, of)| CreditDraw { credit: *credit, quantity: units(*of) }).collect(),
        party: None,
        note: String::new(),
    };
    let mut granted = Vec::new();
    for (number, site) in [(1, 2), (2, 3)] {
        let Writer { site, epoch } = faulty.sites[site].replica.writer();
        let grant = body(number, RightsAct::Grant, 20, &[]);
        let grant = Rights { minted: units(20), to: Some(Holder { site, epoch }), ..grant };
        let entry = faulty.good(&Body::Rights(grant), vec![]);
        granted.push((faulty.minted, entry.head()));
    }
    let [(credit, head), (other, other_head)] = granted[..] else { unreachable!() };
    let back = |quantity| Body::Rights(body(3, RightsAct::Reclaim, quantity, &[(credit, quantity)]));
    faulty.quarantined(&back(20), vec![head], "not-revoked");
    remove(&mut faulty.sites, 273, 2, Removing::Suspend);
    tell(&faulty.sites[3], &faulty.sites[0]);
    faulty.quarantined(&back(20), vec![head], "not-revoked");
    remove(&mut faulty.sites, 273, 2, Removing::Revoke);
    tell(&faulty.sites[3], &faulty.sites[0]);
    faulty.quarantined(&back(20), vec![head], "sites-unheard");
    // One of two, in its past; then both.
    for (site, expected) in [(0, Some("sites-unheard")), (3, None)] {
        word(&mut faulty.sites[site], "AWARE");
        let (to, from) = if site == 0 { (3, 0) } else { (0, 3) };
        carry(&faulty.sites[to], &faulty.sites[from]);
        let writer = faulty.sites[site].replica.writer();
        let heads = faulty.sites[site].replica.vectors();
        faulty.heads = heads[&trade(&faulty.sites[0])].heads().filter(|head| head.writer == writer).collect();
        if let Some(expected) = expected {
            faulty.quarantined(&back(20), vec![head], expected);
        }
    }
    faulty.quarantined(&back(21), vec![head], "rights-short");
    faulty.quarantined(&back(20), vec![], "not-cited");
    faulty.quarantined_in_version(1, &back(20), vec![head], "posting");
    let both = body(3, RightsAct::Reclaim, 2, &[(credit, 1), (other, 1)]);
    faulty.quarantined(&Body::Rights(both), vec![head, other_head], "credit-of-others");
    let twice = body(3, RightsAct::Reclaim, 2, &[(credit, 1), (credit, 1)]);
    faulty.quarantined(&Body::Rights(twice), vec![head], "quantity-not-positive");
    let standing = body(3, RightsAct::Reclaim, 1, &[(other, 1)]);
    faulty.quarantined(&Body::Rights(standing), vec![other_head], "not-revoked");
    let minted = Rights { minted: units(1), ..body(3, RightsAct::Reclaim, 21, &[(credit, 20)]) };
    faulty.quarantined(&Body::Rights(minted), vec![head], "rights-unfit");
    let Writer { site, epoch } = faulty.sites[3].replica.writer();
    let given = Rights { to: Some(Holder { site, epoch }), ..body(3, RightsAct::Reclaim, 20, &[(credit, 20)]) };
    faulty.quarantined(&Body::Rights(given), vec![head], "rights-unfit");
    let elsewhere = Rights { pool: RecordId([6; 16]), ..body(3, RightsAct::Reclaim, 20, &[(credit, 20)]) };
    faulty.quarantined(&Body::Rights(elsewhere), vec![head], "other-pool");
    let foreign = Rights { location: faulty.sites[0].main(), ..body(3, RightsAct::Reclaim, 20, &[(credit, 20)]) };
    faulty.quarantined(&Body::Rights(foreign), vec![head], "rights-unfit");
    let honour = |number, quantity| Body::Rights(body(number, RightsAct::Honour, quantity, &[(credit, quantity)]));
    faulty.quarantined(&honour(3, 1), vec![head], "rights-short");
    faulty.good(&back(15), vec![head]);
    let more = |quantity| Body::Rights(body(4, RightsAct::Reclaim, quantity, &[(credit, quantity)]));
    faulty.quarantined(&more(6), vec![head], "rights-short");
    faulty.quarantined(&honour(4, 16), vec![head], "rights-short");
    faulty.good(&honour(4, 15), vec![head]);
    let spent = body(5, RightsAct::Retire, 1, &[(credit, 1)]);
    faulty.quarantined(&Body::Rights(spent), vec![head], "credit-of-others");
}

fn units(quantity: i64) -> Quantity {
    Quantity(quantity * Quantity::ONE.0)
}

/// Everything that headquarters has once more, the roster among it, entry by entry: as a site gets it that joins, and in other
/// orders.
fn again_in_other_orders(sites: &[Site], seed: u64) {
    let organisation = organisation(sites.len(), seed);
    let mut entries = entries_of(&sites[0], scope_id());
    for scope in sites[0].replica.roster().scopes.keys() {
        entries.extend(entries_of(&sites[0], *scope));
    }
    for order in 0..4 {
        let mut rng = ChaCha20Rng::seed_from_u64(seed ^ (100 + order));
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("replica.db");
        let replica: Replica<BackOffice> = organisation.sites[0].open(&organisation, &path, BackOffice, &mut rng);
        for entry in &entries {
            replica.admit(entry.header().scope, vec![entry.clone()], sites::NOW_MS).unwrap();
        }
        assert!(replica.waiting().unwrap().is_empty());
        assert_eq!(replica.digests()["trade"], sites[0].replica.digests()["trade"]);
        assert_eq!(replica.states().unwrap()["trade"], sites[0].replica.states().unwrap()["trade"], "order {order}");
        assert!(replica.rebuild().unwrap().changed.is_empty());
        for at in (1..entries.len()).rev() {
            entries.swap(at, usize::try_from(rng.next_u64() % (at as u64 + 1)).unwrap());
        }
    }
}
