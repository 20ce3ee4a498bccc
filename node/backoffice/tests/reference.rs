//! Reference data through its commands on real replicas: loading the shipped edition, what its records may be, who asks them.
//! Uses no network.
#![allow(clippy::unwrap_used)]

mod sites;

use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::editions::{Lang, countries, currencies, subdivisions};
use comptoir_backoffice::reference::command::update::UpdateReport;
use comptoir_backoffice::reference::query;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::registry;
use sites::{Site, code, converge, sites};

fn update(site: &mut Site) -> UpdateReport {
    let (desk, rng) = site.desk();
    let tried = desk.try_update_reference().unwrap();
    let mut entries = 0;
    let done = desk.update_reference(rng, |appended| entries += appended.heads.len()).unwrap();
    assert_eq!(UpdateReport { batch: None, ..done.clone() }, tried, "a dry run says what is done");
    assert_eq!(entries == 0, done.batch.is_none());
    done
}

fn change(
    site: &mut Site,
    kind: &str,
    name: &str,
    assignments: &[&str],
) -> Result<(), comptoir_backoffice::desk::CommandError> {
    let (desk, rng) = site.desk();
    desk.change(registry::kind(kind)?, name, Changes::parse(assignments)?, rng).map(drop)
}

fn create(site: &mut Site, kind: &str, assignments: &[&str]) -> Result<(), comptoir_backoffice::desk::CommandError> {
    let (desk, rng) = site.desk();
    desk.create(registry::kind(kind)?, Changes::parse(assignments)?, rng).map(drop)
}

fn look<T>(site: &Site, ask: impl Fn(&rusqlite::Connection) -> rusqlite::Result<T>) -> T {
    site.replica.read(|reading| ask(reading.connection())).unwrap()
}

#[test]
fn the_shipped_edition_is_loaded_once_and_brought_up_again() {
    let mut sites = sites(2, 31);
    let all = (countries().len() + subdivisions().len() + currencies().len()) as u32;
    let report = update(&mut sites[0]);
    assert_eq!((report.created, report.changed, report.unchanged), (all, 0, 0));
    assert!(report.differences.is_empty());
    let again = update(&mut sites[0]);
    assert_eq!((again.created, again.changed, again.unchanged), (0, 0, all));
    converge(&sites);

    change(&mut sites[0], "country", "CZ", &["name_en=Czech Republic"]).unwrap();
    let (desk, rng) = sites[0].desk();
    desk.archive(registry::kind("currency").unwrap(), "XOF", true, rng).unwrap();
    assert_eq!(look(&sites[0], |sql| query::name(sql, "CZ", Lang::En)).as_deref(), Some("Czech Republic"));
    let report = update(&mut sites[0]);
    assert_eq!((report.created, report.changed, report.unchanged), (0, 1, all - 1), "what is out of use stays so");
    let difference = &report.differences[0];
    assert_eq!((difference.code.as_str(), difference.field.as_str()), ("CZ", "name_en"));
    assert_eq!((difference.before.as_str(), difference.after.as_str()), ("Czech Republic", "Czechia"));

    let (desk, rng) = sites[1].desk();
    assert_eq!(update_code(desk.update_reference(rng, |_| ())), None, "nothing to do");
    change(&mut sites[0], "country", "CZ", &["name_en=Czech Republic"]).unwrap();
    converge(&sites);
    let (desk, rng) = sites[1].desk();
    assert_eq!(update_code(desk.update_reference(rng, |_| ())), Some(Code::HeadquartersOnly));
}

fn update_code(done: Result<UpdateReport, comptoir_backoffice::desk::CommandError>) -> Option<Code> {
    match done {
        Ok(report) => {
            assert_eq!(report.batch, None);
            None
        }
        refused => Some(code(refused)),
    }
}

#[test]
fn codes_are_known_by_the_edition_or_by_a_record() {
    let mut site = sites(1, 32).remove(0);
    let known = |site: &Site, code: &str| look(site, |sql| query::is_country(sql, code));
    assert!(known(&site, "FR") && !known(&site, "XK"));
    create(&mut site, "country", &["code=xk", "name_en=Kosovo", "currency=EUR"]).unwrap();
    assert!(known(&site, "XK"));
    assert_eq!(look(&site, |sql| query::name(sql, "XK", Lang::En)).as_deref(), Some("Kosovo"));
    assert_eq!(look(&site, |sql| query::name(sql, "FR", Lang::Fr)).as_deref(), Some("France"));
    create(&mut site, "party", &["name=x", r#"addresses+={"country":"xk"}"#]).unwrap();

    create(&mut site, "subdivision", &["code=XK-01", "country=XK", "name_en=Pristina"]).unwrap();
    create(&mut site, "party", &["name=x", r#"addresses+={"country":"XK","subdivision":"xk-01"}"#]).unwrap();
    create(&mut site, "currency", &["code=EUR", "name_en=Euro", "withdrawn=true"]).unwrap();
    assert_eq!(code(create(&mut site, "party", &["name=x", "currency=EUR"])), Code::CurrencyUnknown);
}

#[test]
fn codes_have_their_form_for_ever() {
    let mut site = sites(1, 33).remove(0);
    create(&mut site, "currency", &["code=xxq", "name_en=Test", "digits=2"]).unwrap();
    for (kind, assignments, expected) in [
        ("country", &["code=FRA", "name_en=x"][..], Code::TooLong),
        ("country", &["code=1A", "name_en=x"], Code::WrongType),
        ("country", &["code=AA", "name_en=x", "numeric=12"], Code::WrongType),
        ("country", &["name_en=x"], Code::Required),
        ("subdivision", &["code=FR75", "country=FR", "name_en=x"], Code::WrongType),
        ("subdivision", &["code=FR-75C", "country=SN", "name_en=x"], Code::IdentifiersDisagree),
        ("subdivision", &["code=FR-75C", "country=FR", "name_en=x", "parent=CA-QC"], Code::IdentifiersDisagree),
        ("currency", &["code=EUR", "name_en=x", "digits=3"], Code::TooHigh),
        ("currency", &["code=TND", "name_en=x", "digits=2"], Code::TooLow),
        ("currency", &["code=XXY", "name_en=x", "digits=5"], Code::TooHigh),
    ] {
        let created = create(&mut site, kind, assignments);
        assert!(created.is_err(), "{assignments:?}");
        assert_eq!(code(created), expected, "{assignments:?}");
    }
    assert_eq!(code(change(&mut site, "currency", "XXQ", &["code=XXR"])), Code::Fixed);
    assert_eq!(code(change(&mut site, "currency", "XXQ", &["digits=3"])), Code::Fixed);
}
