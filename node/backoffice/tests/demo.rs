//! Demo data on real replicas: written once and as one act, taken back as one, by headquarters alone. Uses no network.
#![allow(clippy::unwrap_used)]

mod sites;

use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::demo::Demo;
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::registry;
use sites::{Site, code, converge, sites};

const KINDS: [&str; 5] = ["party", "item", "item-category", "location", "move"];

fn demo(site: &mut Site) -> Demo {
    site.desk().0.demo().unwrap()
}

fn write(site: &mut Site) -> u32 {
    let (desk, rng) = site.desk();
    let mut entries = 0;
    let made = desk.write_demo(rng, |appended| entries += appended.heads.len()).unwrap();
    assert_eq!(entries, 5);
    made
}

fn total(site: &Site, kind: &str) -> u32 {
    site.reader().list(registry::kind(kind).unwrap(), &ListQuery::default()).unwrap().total
}

#[test]
fn demo_data_come_as_one_act_and_go_as_one() {
    for locale in ["fr-FR", "en-GB"] {
        let mut sites = sites(2, 47);
        sites[0].home.locale = locale.into();
        assert_eq!(demo(&mut sites[0]), Demo::default());
        let made = write(&mut sites[0]);
        let there = demo(&mut sites[0]);
        assert_eq!((there.records, there.batches.len()), (made, 1));
        converge(&sites);
        let seen: u32 = KINDS.iter().map(|kind| total(&sites[1], kind)).sum();
        assert_eq!(seen, made, "the other site has them too");
        assert_eq!(demo(&mut sites[1]), Demo::default(), "but they are not its own to remove");

        let (desk, rng) = sites[0].desk();
        let own = desk.replica.site();
        desk.create(registry::kind("party").unwrap(), Changes::parse(&["name=Ours"]).unwrap(), rng).unwrap();
        desk.change(registry::kind("party").unwrap(), "DEMO-01", Changes::parse(&["notes=Ours now"]).unwrap(), rng)
            .unwrap();
        let undone = desk.undo_batch(&own, &there.batches[0], rng, |_| ()).unwrap();
        assert_eq!((undone.archived, undone.left), (u64::from(made) - 1, 1), "what somebody changed since stays");
        assert_eq!(demo(&mut sites[0]).records, 1);
        let left: u32 = KINDS.iter().map(|kind| total(&sites[0], kind)).sum();
        assert_eq!(left, 2);
    }
}

#[test]
fn demo_data_are_headquarters_and_all_or_nothing() {
    let mut sites = sites(2, 48);
    let (desk, rng) = sites[1].desk();
    assert_eq!(code(desk.write_demo(rng, |_| ())), Code::HeadquartersOnly);
    let (desk, rng) = sites[0].desk();
    let off = Changes::parse(&["module=stock", "on=false"]).unwrap();
    desk.create(registry::kind("module-switch").unwrap(), off, rng).unwrap();
    assert_eq!(code(desk.write_demo(rng, |_| ())), Code::ModuleOff);
    for site in &sites {
        assert_eq!(total(site, "party"), 0);
    }
}

#[test]
fn prices_fit_the_currency() {
    for (currency, cost) in [("EUR", "21.00 EUR"), ("XOF", "12600 XOF"), ("TND", "21.000 TND")] {
        let mut sites = sites(1, 49);
        sites[0].home.currency = currency.into();
        write(&mut sites[0]);
        let item = registry::kind("item").unwrap();
        let query = ListQuery { columns: vec!["sku".into(), "prices.amount".into()], ..ListQuery::default() };
        let page = serde_json::to_string(&sites[0].reader().list(item, &query).unwrap()).unwrap();
        assert!(page.contains(cost), "{page}");
    }
}
