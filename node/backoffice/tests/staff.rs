//! Accounts on real replicas of two sites that exchange entries by hand: whose they are, what names there are, and that nobody but the
//! operator writes one, by any verb of the desk. Uses no network.
#![allow(clippy::unwrap_used)]

mod sites;

use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::CommandError;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::registry::{self, Kind};
use comptoir_backoffice::staff::query::{Known, accounts_of};
use comptoir_backoffice::staff::{Grant, Standing};
use comptoir_backoffice::transfer::{ImportRequest, StopReason};
use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ids::BatchId;
use sites::{Site, code, exchange, import_file, open_import, sites};

fn account() -> &'static Kind {
    registry::kind("account").unwrap()
}

fn make(site: &mut Site, login: &str) -> Result<RecordId, CommandError> {
    let (desk, rng) = site.desk();
    let fields = [format!("login={login}"), format!("name={login} D.")];
    desk.create(account(), Changes::parse(&fields)?, rng).map(|done| done.record)
}

fn set(site: &mut Site, name: &str, assignment: &str) -> Result<(), CommandError> {
    let (desk, rng) = site.desk();
    desk.change(account(), name, Changes::parse(&[assignment])?, rng).map(drop)
}

fn known(site: &Site, code: &str) -> Vec<Known> {
    site.replica.read(|reading| accounts_of(reading.connection(), code)).unwrap()
}

#[test]
fn an_account_is_its_sites_and_headquarters_sees_it() {
    let mut sites = sites(2, 61);
    let id = make(&mut sites[1], "Aminata").unwrap();
    make(&mut sites[0], "aminata").unwrap();
    exchange(&sites);
    for site in &sites {
        let found = known(site, "S01");
        assert_eq!(found.len(), 1, "one of a name at each site is no duplicate");
        assert_eq!((found[0].id, found[0].reference.as_str(), found[0].login.as_str()), (id, "S01/aminata", "aminata"));
        assert!(found[0].may_enter());
    }
    assert_eq!(known(&sites[1], "S00"), [], "headquarters' own are not shared");
    assert_eq!(code(set(&mut sites[0], &id.to_string(), "locked=true")), Code::OwnerOnly);
    set(&mut sites[1], "aminata", "locked=true").unwrap();
    exchange(&sites);
    assert!(!known(&sites[0], "S01")[0].may_enter());
}

#[test]
fn a_name_to_sign_in_with_is_one_persons_for_ever() {
    let mut sites = sites(1, 62);
    let site = &mut sites[0];
    make(site, "aminata").unwrap();
    assert_eq!(code(make(site, "AMINATA")), Code::DefinedAlready);
    assert_eq!(code(make(site, "operator")), Code::LoginShape);
    assert_eq!(code(make(site, "a b")), Code::LoginShape);
    assert_eq!(code(set(site, "aminata", "login=zoe")), Code::Fixed);
    assert_eq!(code(set(site, "aminata", "site=DKR")), Code::Fixed);
    assert_eq!(code(set(site, "aminata", "reference=S00/zoe")), Code::NotWritable);
    let (desk, rng) = site.desk();
    desk.archive(account(), "aminata", true, rng).unwrap();
    assert!(!known(site, "S00")[0].may_enter());
    assert_eq!(code(make(site, "aminata")), Code::DefinedAlready, "nor once they are gone");
    let report = import_file(site, account(), b"login,name\nzoe,Zoe\nzoe,Other\n", ImportRequest::default()).unwrap();
    assert_eq!((report.created, report.refused.len()), (1, 1), "{report:?}");
}

#[test]
fn nobody_but_the_operator_writes_an_account_by_any_verb() {
    let mut sites = sites(1, 63);
    let site = &mut sites[0];
    let report = import_file(site, account(), b"login,name\naminata,A\npaul,P\n", ImportRequest::default()).unwrap();
    let batch: BatchId = report.batch.unwrap().parse().unwrap();
    set(site, "paul", "name=Paul").unwrap();
    let before = known(site, "S00");
    let change = site.replica.history(before[1].id).unwrap().last().unwrap().change;

    site.standing = Standing::staff(Grant::everything());
    assert_eq!(code(make(site, "zoe")), Code::OperatorOnly);
    assert_eq!(code(set(site, "paul", "locked=true")), Code::OperatorOnly);
    let own_site = site.replica.site();
    let (desk, rng) = site.desk();
    assert_eq!(code(desk.archive(account(), "paul", true, rng)), Code::OperatorOnly);
    assert_eq!(code(desk.revert(account(), "paul", &change, rng)), Code::OperatorOnly);
    // Two people are never made one, whoever asks.
    assert_eq!(code(desk.merge(account(), "S00/paul", "S00/aminata", &[], rng)), Code::DefinedAlready);
    assert_eq!(code(desk.undo_batch(&own_site, &batch, rng, drop)), Code::OperatorOnly);
    let import = open_import(&desk, account(), b"login,name\nzoe,Z\n", ImportRequest::default()).unwrap();
    let stopped = desk.import(&import, rng, |_| std::ops::ControlFlow::Continue(())).unwrap_err();
    let StopReason::Command(error) = stopped.source else { panic!("it was not refused") };
    assert_eq!(code::<()>(Err(error)), Code::OperatorOnly);
    assert_eq!(known(site, "S00"), before);
    site.create(&["name=Dupont"]);

    site.standing = Standing::Operator;
    set(site, "paul", "locked=true").unwrap();
    assert_ne!(known(site, "S00"), before, "the operator does");
}
