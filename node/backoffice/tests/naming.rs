//! What a name means to each command: references of archived, merged and shared records, references in fields, telephone
//! numbers as they are dialled; on real replicas of several sites that exchange entries by hand. Uses no network.
#![allow(clippy::unwrap_used)]

mod sites;

use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::Placement;
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::registry;
use sites::{code, converge, exchange, party, refusal, search, sites};

#[test]
fn an_archived_record_is_named_by_its_reference_when_no_live_one_bears_it() {
    let mut site = sites(1, 91).remove(0);
    let first = site.create(&["name=First", "reference=BM-1"]).to_string();
    site.archive("BM-1", true);
    assert!(site.show("BM-1").archived);
    assert_eq!(code(site.try_set("BM-1", &["notes=1"])), Code::ArchivedRecord);
    site.archive("BM-1", false);
    assert!(!site.show("BM-1").archived);
    site.archive("BM-1", true);
    let second = site.create(&["name=Second", "reference=BM-1"]).to_string();
    assert_eq!(site.show("BM-1").id, second, "the live one comes first");
    site.archive("BM-1", true);
    let refused = refusal(site.reader().find(party(), "BM-1"));
    assert_eq!(refused.code, Code::Ambiguous);
    assert!(refused.to_string().contains(&first), "{refused}");
    assert_eq!(code(site.reader().find(party(), "BM-2")), Code::NotFound);
    assert_eq!(code(site.reader().find(party(), " ")), Code::NotFound);
}

#[test]
fn a_merge_takes_references_for_the_records_that_bear_them() {
    let mut sites = sites(2, 92);
    let alias = sites[0].create(&["name=A", "reference=TA"]);
    let stays = sites[0].create(&["name=B", "reference=TB"]);
    let (desk, rng) = sites[0].desk();
    desk.merge(party(), "TA", "TB", &[], rng).unwrap();
    converge(&sites);
    let (desk, rng) = sites[1].desk();
    assert_eq!(code(desk.merge(party(), "TA", "TB", &[], rng)), Code::AlreadyMerged);
    assert_eq!(code(desk.merge(party(), "TB", "TA", &[], rng)), Code::MergeCircle);
    assert_eq!(code(desk.merge(party(), "TB", "TB", &[], rng)), Code::MergeItself);
    assert_eq!((desk.find_bearer(party(), "TA").unwrap().1, desk.find(party(), "TA").unwrap().1), (alias, stays));
    let third = sites[1].create(&["name=C", "reference=TC"]);
    let (desk, rng) = sites[1].desk();
    assert_eq!(desk.merge(party(), "TC", "TA", &[], rng).unwrap().canonical, stays, "an alias leads on");
    assert_eq!(desk.unmerge(party(), "TC", false, rng).unwrap().record, third);
}

#[test]
fn a_record_that_was_shared_and_then_merged_is_taken_apart_by_its_reference() {
    let mut sites = sites(2, 93);
    let stays = sites[1].create(&["name=Stays", "reference=P-1"]);
    let (desk, rng) = sites[1].desk();
    let changes = Changes::parse(&["name=Secret", "reference=SEC3"]).unwrap();
    desk.create_in(party(), &Placement::Private, changes, rng).unwrap();
    let shared = desk.share(party(), "SEC3", &Placement::Default, rng).unwrap().canonical;
    desk.merge(party(), "SEC3", "P-1", &[], rng).unwrap();
    assert_eq!(desk.find(party(), "SEC3").unwrap().1, stays);
    assert_eq!(desk.find_bearer(party(), "SEC3").unwrap().1, shared);
    assert_eq!(desk.unmerge(party(), "SEC3", false, rng).unwrap().record, shared);
    exchange(&sites);
    assert_eq!(sites[0].show("SEC3").id, shared.to_string());
}

#[test]
fn an_own_field_that_says_no_is_shared_too() {
    let mut site = sites(1, 94).remove(0);
    let of = |fields: &[&str]| Changes::parse(fields).unwrap();
    let (desk, rng) = site.desk();
    let field = of(&["kind=party", "key=vip", "label_en=VIP", "type=yes-no", "required=true"]);
    desk.create(registry::kind("custom-field").unwrap(), field, rng).unwrap();
    let secret = of(&["name=S", "reference=S", "custom.vip=false"]);
    desk.create_in(party(), &Placement::Private, secret, rng).unwrap();
    desk.share(party(), "S", &Placement::Default, rng).unwrap();
    let shown = site.show("S");
    let cell = site.replica.record(shown.scope.parse().unwrap(), shown.id.parse().unwrap()).unwrap().unwrap().cells;
    assert_eq!(cell.winner("custom/vip").and_then(comptoir_replica::record::Scalar::as_bool), Some(false));
}

#[test]
fn a_field_that_names_a_record_takes_its_reference() {
    let mut site = sites(1, 95).remove(0);
    let other = site.create(&["name=Other", "reference=BM-1"]).to_string();
    site.create(&["name=One", "reference=AD-1"]);
    site.set("AD-1", &[r#"relations+={"to":"BM-1","kind":"partner"}"#]);
    assert_eq!(site.show("AD-1").lines["relations"][0].fields["to"], other);
    let refused = refusal(site.try_set("AD-1", &[r#"relations+={"to":"BM-9","kind":"partner"}"#]));
    assert_eq!((refused.code, refused.field.as_deref()), (Code::NotFound, Some("relations.to")));
    site.create(&["name=Twin", "reference=BM-1"]);
    let refused = refusal(site.try_set("AD-1", &[r#"relations+={"to":"BM-1","kind":"partner"}"#]));
    assert_eq!(refused.code, Code::Ambiguous);
}

#[test]
fn a_telephone_is_found_as_it_is_dialled_at_home() {
    let mut site = sites(1, 96).remove(0);
    site.create(&["name=One", "phone=06 12 34 56 78"]);
    site.create(&["name=Two", "phone=06 12 34 56 79"]);
    for text in ["0612345678", "06 12 34 56 78", "+33612345678", "06.12.34.56.78"] {
        assert_eq!(site.total(&search(text)), 1, "{text}");
        assert_eq!(site.total(&ListQuery::parse([("phone", text)]).unwrap()), 1, "{text}");
    }
    assert_eq!(site.total(&search("0612345670")), 0);
}
