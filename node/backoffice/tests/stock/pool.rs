//! A shared pool: never more is sold than was granted, never more granted than lies there, whatever sites do apart.

use super::*;
use comptoir_backoffice::stock::query::rights::{PoolRights, Present};

/// A pool of a hundred nails at S00.
pub(super) fn pool(n: usize, seed: u64) -> Vec<Site> {
    let mut sites = traders(n, seed);
    sites[0].receive("NAIL", "100", "100 EUR");
    sites[0].make("pool", &["code=POOL", "name=Nails of all", "item=NAIL", "location=MAIN"]);
    exchange(&sites);
    sites
}

pub(super) fn shown(site: &Site) -> PoolRights {
    let present = Present::of(&site.replica).unwrap();
    let desk = site.reader();
    desk.look(|reading| rights::rights(reading.connection(), &site.names(), &present, None)).unwrap().remove(0)
}

fn held(site: &Site, of: &str) -> String {
    let holders = shown(site).holders;
    holders.into_iter().find(|holder| holder.site == of).map(|holder| holder.held).unwrap_or_default()
}

#[test]
fn rights_are_granted_spent_passed_on_and_given_back() {
    let mut sites = pool(3, 240);
    let short = refused(sites[0].rights(RightsAct::Grant, Some("S01"), "101"));
    assert_eq!((short.code, short.params["found"].as_str()), (Code::PoolShort, "100"));
    sites[0].rights(RightsAct::Grant, Some("S01"), "60").unwrap();
    assert_eq!(code(sites[0].rights(RightsAct::Grant, Some("S02"), "41")), Code::PoolShort);
    assert_eq!(code(sites[1].rights(RightsAct::Spend, None, "1")), Code::RightsShort, "not heard of yet");
    exchange(&sites);
    sites[1].rights(RightsAct::Spend, None, "25").unwrap();
    let short = refused(sites[1].rights(RightsAct::Spend, None, "36"));
    assert_eq!((short.code, short.params["found"].as_str()), (Code::RightsShort, "35"));
    sites[1].rights(RightsAct::Pass, Some("S02"), "10").unwrap();
    sites[1].rights(RightsAct::Return, None, "5").unwrap();
    exchange(&sites);
    sites[2].rights(RightsAct::Spend, None, "10").unwrap();
    settle(&sites);
    for site in &sites {
        let pool = shown(site);
        assert_eq!((pool.on_hand.as_str(), pool.granted.as_str(), pool.free.as_str()), ("100", "60", "40"));
        assert_eq!((held(site, "S00"), held(site, "S01"), held(site, "S02")), ("5".into(), "20".into(), "0".into()));
    }
    sites[0].rights(RightsAct::Retire, None, "5").unwrap();
    assert_eq!(shown(&sites[0]).free, "45");
    for (site, act, to) in [
        (0, RightsAct::Spend, None),
        (0, RightsAct::Pass, Some("S01")),
        (1, RightsAct::Grant, Some("S02")),
        (1, RightsAct::Pass, Some("S00")),
        (1, RightsAct::Pass, Some("S01")),
        (1, RightsAct::Retire, None),
    ] {
        let refusal = code(sites[site].rights(act, to, "1"));
        let unfit = matches!(refusal, Code::RightsUnfit | Code::RightsShort | Code::PoolShort);
        assert!(unfit, "{site} {act:?}: {refusal}");
    }
    settle(&sites);
}

#[test]
fn what_others_have_rights_to_is_not_taken_but_delivered() {
    let mut sites = pool(2, 241);
    sites[0].rights(RightsAct::Grant, Some("S01"), "80").unwrap();
    exchange(&sites);
    let free = refused(sites[0].issue("NAIL", "21"));
    assert_eq!((free.code, free.params["found"].as_str()), (Code::RightsOfOthers, "20"));
    sites[0].issue("NAIL", "20").unwrap();
    let sale = sites[1].rights(RightsAct::Spend, None, "30").unwrap().posting.to_string();
    exchange(&sites);
    assert_eq!(sites[0].there("NAIL", "S00"), ("80".into(), "0".into()));
    let deliver = |quantity: &str| format!(r#"{{"item":"NAIL","quantity":"{quantity}","fulfils":"{sale}"}}"#);
    let issue = ["type=issue", "from=MAIN"];
    assert_eq!(code(sites[0].try_move(&issue, &deliver("31"))), Code::MoreThanSold);
    sites[0].post(&issue, &deliver("20"));
    sites[0].post(&issue, &deliver("10"));
    assert_eq!(code(sites[0].try_move(&issue, &deliver("1"))), Code::MoreThanSold);
    settle(&sites);
    let pool = shown(&sites[1]);
    assert_eq!((pool.on_hand.as_str(), pool.granted.as_str(), pool.free.as_str()), ("50", "50", "0"));
    assert_eq!((pool.holders[0].sold.as_str(), pool.holders[0].to_deliver.as_str()), ("30", "0"));
}

#[test]
fn shrinkage_is_always_written_down_and_shows_as_a_deficit() {
    let mut sites = pool(2, 242);
    sites[0].rights(RightsAct::Grant, Some("S01"), "90").unwrap();
    sites[0].post(&["type=adjust", "from=MAIN"], r#"{"item":"NAIL","quantity":"-30"}"#);
    settle(&sites);
    for site in &sites {
        let [item] = &site.findings(ItemKind::Deficit)[..] else { panic!("one") };
        assert!(item.reason.as_deref().unwrap().contains("20 too few"), "{item:?}");
        assert_eq!(shown(site).free, "-20");
    }
    assert_eq!(code(sites[0].rights(RightsAct::Grant, Some("S01"), "1")), Code::PoolShort);
    sites[1].rights(RightsAct::Return, None, "25").unwrap();
    exchange(&sites);
    sites[0].rights(RightsAct::Retire, None, "25").unwrap();
    settle(&sites);
    assert!(sites[1].findings(ItemKind::Deficit).is_empty());
}

#[test]
fn the_keeper_shares_out_by_what_was_sold() {
    let mut sites = pool(3, 243);
    let among = ["S01".to_owned(), "S02".to_owned()];
    let (desk, rng) = sites[0].desk();
    let shares = desk.share_out("POOL", &among, rng, drop).unwrap();
    assert_eq!(shares.iter().map(|share| share.granted.as_str()).collect::<Vec<_>>(), ["50", "50"]);
    exchange(&sites);
    sites[1].rights(RightsAct::Spend, None, "49").unwrap();
    sites[2].rights(RightsAct::Spend, None, "9").unwrap();
    sites[0].receive("NAIL", "100", "100 EUR");
    exchange(&sites);
    let tried = sites[0].reader().try_share_out("POOL", &[]).unwrap();
    let (desk, rng) = sites[0].desk();
    let shares = desk.share_out("POOL", &[], rng, drop).unwrap();
    assert_eq!(tried, shares);
    let granted: Vec<i64> = shares.iter().map(|share| share.granted.parse().unwrap()).collect();
    assert!(granted.iter().sum::<i64>() == 100 && granted.iter().max() == Some(&100), "{shares:?}");
    let empty = sites[0].reader().try_share_out("POOL", &[]);
    assert_eq!(sites::code(empty), Code::PoolEmpty);
    settle(&sites);
}

#[test]
fn rights_of_an_epoch_that_ended_are_frozen() {
    let mut sites = pool(2, 244);
    sites[0].rights(RightsAct::Grant, Some("S01"), "40").unwrap();
    exchange(&sites);
    sites[1].rights(RightsAct::Spend, None, "10").unwrap();
    let Site { replica, rng, .. } = &mut sites[1];
    replica.begin_epoch(rng).unwrap();
    assert_eq!(code(sites[1].rights(RightsAct::Spend, None, "1")), Code::RightsShort, "a restored node has no rights");
    sites[1].make("location", &["code=NEW", "name=After the restore"]);
    exchange(&sites);
    let pool = shown(&sites[0]);
    assert_eq!((pool.holders[0].held.as_str(), pool.holders[0].frozen.as_str()), ("0", "30"));
    sites[0].rights(RightsAct::Grant, Some("S01"), "5").unwrap();
    exchange(&sites);
    sites[1].rights(RightsAct::Spend, None, "5").unwrap();
    settle(&sites);
}

#[test]
fn a_delivery_that_is_taken_back_is_to_be_delivered_again() {
    let mut sites = pool(2, 245);
    sites[0].rights(RightsAct::Grant, Some("S01"), "80").unwrap();
    exchange(&sites);
    let sale = sites[1].rights(RightsAct::Spend, None, "30").unwrap().posting.to_string();
    exchange(&sites);
    let deliver = format!(r#"{{"item":"NAIL","quantity":"30","fulfils":"{sale}"}}"#);
    let elsewhere = sites[0].make("location", &["code=BACK", "name=Back store"]).to_string();
    let within = sites[0].try_move(&["type=transfer", "from=MAIN", &format!("to={elsewhere}")], &deliver);
    assert_eq!(code(within), Code::PlacesUnfit);
    assert_eq!(code(sites[0].try_move(&["type=receive", "to=MAIN"], &deliver)), Code::PlacesUnfit);
    let delivered = sites[0].post(&["type=issue", "from=MAIN"], &deliver);
    let (desk, rng) = sites[0].desk();
    desk.reverse_move(delivered, rng).unwrap();
    settle(&sites);
    for site in &sites {
        let pool = shown(site);
        assert_eq!((pool.on_hand.as_str(), pool.granted.as_str(), pool.free.as_str()), ("100", "80", "20"));
        assert_eq!((pool.holders[0].sold.as_str(), pool.holders[0].to_deliver.as_str()), ("30", "30"));
    }
    assert_eq!(code(sites[0].issue("NAIL", "21")), Code::RightsOfOthers, "it is promised to the customer still");
    sites[0].post(&["type=issue", "from=MAIN"], &deliver);
    assert_eq!(code(sites[0].try_move(&["type=issue", "from=MAIN"], &deliver)), Code::MoreThanSold);
    settle(&sites);
    assert_eq!(shown(&sites[1]).granted, "50");
}

#[test]
fn nothing_is_shared_out_when_somebody_cannot_receive() {
    let mut sites = sites(3, 246);
    sites[0].make("item", &["sku=NAIL", "name=Nails"]);
    sites[0].make("location", &["code=MAIN", "name=Main store"]);
    sites[0].receive("NAIL", "100", "100 EUR");
    sites[0].make("pool", &["code=POOL", "name=Nails of all", "item=NAIL", "location=MAIN"]);
    exchange(&sites);
    sites[1].make("location", &["code=MAIN", "name=Main store"]);
    exchange(&sites);
    // S02 has written nothing yet: in which epoch it would hold rights nobody knows.
    let among = ["S01".to_owned(), "S02".to_owned()];
    assert_eq!(sites::code(sites[0].reader().try_share_out("POOL", &among)), Code::SiteSilent);
    let (desk, rng) = sites[0].desk();
    assert_eq!(sites::code(desk.share_out("POOL", &among, rng, drop)), Code::SiteSilent);
    assert_eq!(shown(&sites[0]).granted, "0", "nothing half-done");
    let (desk, rng) = sites[0].desk();
    assert_eq!(desk.share_out("POOL", &among[..1], rng, drop).unwrap().len(), 1);
}
