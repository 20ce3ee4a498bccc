//! Scopes that an organisation defines: records are made there and shared there, their members alone see them, and nobody loses sight
//! of one.
#![allow(clippy::unwrap_used)]

mod sites;

use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::{CommandError, Done, Placement};
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::registry;
use comptoir_replica::testing::{TestSite, organisation};
use comptoir_sync_protocol::Epoch;

use self::sites::{NOW_MS, Site, code, exchange, party, sites};

const SEED: u64 = 61;

/// Four sites, and scopes of the second and third, of the first three, and of the last two.
fn south_and_more() -> Vec<Site> {
    let mut all = sites(4, SEED);
    let organisation = organisation(4, SEED);
    for (name, members) in [("south", 1..3), ("north", 0..3), ("coast", 2..4)] {
        let members: Vec<&TestSite> = organisation.sites[members].iter().collect();
        let headquarters = &mut all[0];
        let acts = organisation.defining(name, &members, &mut headquarters.rng);
        let by = ("S00/operator", "scope.define");
        let signing = (&organisation.admin, Epoch([7; 8]));
        headquarters.replica.append_roster(signing, acts, by, NOW_MS, &mut headquarters.rng).unwrap();
    }
    exchange(&all);
    all
}

fn create(site: &mut Site, scope: &str, assignments: &[&str]) -> Result<Done, CommandError> {
    let (desk, rng) = site.desk();
    desk.create_in(party(), &Placement::named(Some(scope.into())), Changes::parse(assignments).unwrap(), rng)
}

fn seen(sites: &mut [Site]) -> Vec<u32> {
    sites.iter_mut().map(|site| site.total(&ListQuery::default())).collect()
}

#[test]
fn its_members_alone_see_what_is_made_there() {
    let mut sites = south_and_more();
    create(&mut sites[1], "south", &["name=Dossier", "reference=D-1"]).unwrap();
    exchange(&sites);
    assert_eq!(seen(&mut sites), [0, 1, 1, 0], "headquarters is no member");
    let (desk, rng) = sites[2].desk();
    desk.change(party(), "D-1", Changes::parse(&["notes=lu"]).unwrap(), rng).unwrap();
    exchange(&sites);
    assert_eq!(sites[1].show("D-1").fields["notes"], "lu");
}

#[test]
fn records_are_made_where_the_site_holds_a_scope_that_is_for_them() {
    let mut sites = south_and_more();
    for nowhere in ["coast", "north-west", "organisation", "trade", "books:S01", "staff:S01", "private:S00", ""] {
        assert_eq!(code(create(&mut sites[1], nowhere, &["name=X"])), Code::NoPlace, "{nowhere}");
    }
    let (desk, rng) = sites[1].desk();
    for fixed in ["custom-field", "move", "account"] {
        let (kind, changes) = (registry::kind(fixed).unwrap(), Changes::parse(&["name=X"]).unwrap());
        for place in ["south", "private"] {
            let refused = desk.create_in(kind, &Placement::named(Some(place.into())), changes.clone(), rng);
            assert_eq!(code(refused), Code::FixedPlace, "{fixed} in {place}");
        }
    }
}

#[test]
fn a_record_is_shared_with_more_sites_and_never_with_fewer() {
    let mut sites = south_and_more();
    let made = create(&mut sites[1], "south", &["name=Dossier", "reference=D-1"]).unwrap().record;
    let public = sites[1].create(&["name=Connu", "reference=K-1"]);
    let into = |scope: &str| Placement::named(Some(scope.into()));
    let (desk, rng) = sites[1].desk();
    assert_eq!(code(desk.share(party(), "D-1", &into("south"), rng)), Code::AlreadyShared);
    assert_eq!(code(desk.share(party(), "D-1", &Placement::Private, rng)), Code::ShareNarrows);
    assert_eq!(code(desk.share(party(), &public.to_string(), &into("north"), rng)), Code::ShareNarrows);
    let shared = desk.share(party(), "D-1", &into("north"), rng).unwrap();
    assert_eq!(shared.alias, made);
    exchange(&sites);
    assert_eq!(seen(&mut sites), [2, 2, 2, 1]);
    assert!(sites[..3].iter_mut().all(|site| site.show("D-1").id == shared.canonical.to_string()));

    // And from there with everybody.
    let (desk, rng) = sites[2].desk();
    let public = desk.share(party(), "D-1", &Placement::Default, rng).unwrap().canonical.to_string();
    exchange(&sites);
    assert_eq!(seen(&mut sites), [2, 2, 2, 2]);
    assert!(sites.iter_mut().all(|site| site.show("D-1").id == public));
    assert_eq!(sites[1].show(&made.to_string()).id, public, "the first one leads there through the second");
}
