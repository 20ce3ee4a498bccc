//! What roles grant, on real replicas: what is not granted is not done by any verb of the desk, and what is not shown is not there, in
//! records, lists, searches, files, schemas and the inbox. Each thing that is hidden is shown to who may see it. Uses no network.
#![allow(clippy::unwrap_used)]

mod sites;

use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::{CommandError, Placement};
use comptoir_backoffice::inbox::{Decision, ItemKind};
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::registry::{self, Kind, Module};
use comptoir_backoffice::staff::query::accounts_of;
use comptoir_backoffice::staff::{Classes, Grant, May, Standing};
use comptoir_backoffice::table::Form;
use comptoir_backoffice::transfer::{ExportForm, ImportRequest, OpenFailed};
use comptoir_replica::record::{FieldClass, RecordId};
use serde_json::json;
use sites::{Site, code, exchange, export, export_csv, open_import, party, pull, refusal, search, sites, take};

fn kind(name: &str) -> &'static Kind {
    registry::kind(name).unwrap()
}

fn make(site: &mut Site, of: &str, assignments: &[&str]) -> Result<RecordId, CommandError> {
    let (desk, rng) = site.desk();
    desk.create(kind(of), Changes::parse(assignments)?, rng).map(|done| done.record)
}

/// Somebody who may do this in a module, and sees these classes there.
fn staff(module: Module, verbs: &[May], classes: &[FieldClass]) -> Standing {
    let classes = classes.iter().fold(Classes::ORDINARY, |all, class| all.with(*class));
    Standing::staff(Grant::nothing().and_in(module, verbs, classes))
}

fn clerk(classes: &[FieldClass]) -> Standing {
    staff(Module::Parties, May::ALL, classes)
}

/// A site with a party whose wage (pay), of the organisation's own, and given name (personal) are known.
fn paid() -> Site {
    let mut site = sites(1, 71).remove(0);
    make(&mut site, "custom-field", &["kind=party", "key=wage", "type=text", "class=pay", "listed=true"]).unwrap();
    make(&mut site, "custom-field", &["kind=party", "key=size", "type=text"]).unwrap();
    let known =
        ["reference=C-1", "name=Dupont", "given_name=Xavierine", "custom.wage=quatremille", "custom.size=grande"];
    site.create(&known);
    site
}

fn columns(names: &str) -> ListQuery {
    ListQuery::parse([("columns", names)]).unwrap()
}

#[test]
fn what_is_not_seen_is_not_there_and_what_is_seen_is() {
    let mut site = paid();
    let place = site.reader().find(party(), "C-1").unwrap();
    for (standing, sees) in
        [(Standing::Operator, true), (clerk(&[FieldClass::Pay, FieldClass::Personal]), true), (clerk(&[]), false)]
    {
        site.standing = standing;
        let desk = site.reader();
        let shown = desk.show(party(), place).unwrap();
        assert_eq!((shown.custom.contains_key("wage"), shown.fields.contains_key("given_name")), (sees, sees));
        assert_eq!((&shown.fields["name"], &shown.custom["size"]), (&json!("Dupont"), &json!("grande")));
        let then = desk.show_at(party(), place, site.now_ms + 1).unwrap().unwrap();
        assert_eq!(then.custom.contains_key("wage"), sees);

        for name in ["given_name", "custom.wage"] {
            for query in [("columns", name), ("sort", name), (name, "x")] {
                let listed = desk.list(party(), &ListQuery::parse([query]).unwrap());
                match sees {
                    true => drop(listed.unwrap()),
                    false => assert_eq!(code(listed), Code::UnknownField, "{query:?}"),
                }
            }
            let summed = code(desk.list(party(), &ListQuery::parse([("totals", name)]).unwrap()));
            assert_eq!(summed, if sees { Code::WrongType } else { Code::UnknownField });
        }
        let unknown = refusal(desk.list(party(), &columns("nothing")));
        assert_eq!(
            (unknown.params["known"].contains("wage"), unknown.params["known"].contains("given_name")),
            (sees, sees)
        );
        let page = desk.list(party(), &ListQuery::default()).unwrap();
        assert_eq!(page.columns.iter().any(|column| column == "custom.wage"), sees);
        for (word, found) in [("quatremille", sees), ("Xavierine", sees), ("grande", true), ("dupont", true)] {
            assert_eq!(desk.list(party(), &search(word)).unwrap().total, u32::from(found), "{word}");
            assert_eq!(desk.search(word, None).unwrap().kinds.len(), usize::from(found), "{word}");
        }
        assert_eq!(desk.list(party(), &search("dupont quatre gran")).unwrap().total, u32::from(sees));

        let schema = desk.schema(party(), "en").unwrap();
        assert_eq!(schema["properties"].get("given_name").is_some(), sees);
        assert_eq!(schema["properties"]["custom"]["properties"].get("wage").is_some(), sees);
        let csv = export_csv(&site, party(), &ListQuery::default(), true);
        assert_eq!((csv.contains("quatremille"), csv.contains("given_name")), (sees, sees), "{csv}");
        let json = String::from_utf8(export(&site, party(), ExportForm::Json, &ListQuery::default(), false)).unwrap();
        assert_eq!((json.contains("quatremille"), json.contains("Xavierine")), (sees, sees), "{json}");
        let cards = String::from_utf8(export(&site, party(), ExportForm::Vcard, &ListQuery::default(), false)).unwrap();
        assert!(cards.contains("Dupont") && cards.contains("Xavierine") == sees, "{cards}");
        let opened =
            open_import(&desk, party(), b"reference;name;custom.wage\nC-1;Dupont;x\n", ImportRequest::default());
        match opened {
            Ok(_) => assert!(sees),
            Err(OpenFailed::Refused(refused)) => {
                assert!(!sees && refused[0].code == Code::UnknownColumn, "{refused:?}")
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn what_is_shown_of_a_class_is_told_and_nothing_else_is() {
    let mut site = paid();
    let (classes, records) = site.borne.until_now();
    assert_eq!((classes, records), (Classes::ORDINARY, 0));
    site.standing = clerk(&[FieldClass::Pay]);
    site.reader().list(party(), &columns("name,reference")).unwrap();
    assert_eq!(site.borne.until_now().1, 0);
    site.reader().list(party(), &columns("name,custom.wage")).unwrap();
    assert_eq!(site.borne.until_now(), (Classes::ORDINARY.with(FieldClass::Pay), 1));
    let place = site.reader().find(party(), "C-1").unwrap();
    site.reader().show(party(), place).unwrap();
    export(&site, party(), ExportForm::Table(Form::Csv), &ListQuery::default(), false);
    let (classes, records) = site.borne.until_now();
    assert_eq!((classes.words().collect::<Vec<_>>(), records), (vec!["pay"], 3));
}

#[test]
fn what_is_not_seen_is_not_written_and_not_missed() {
    let mut site = paid();
    make(&mut site, "custom-field", &["kind=party", "key=must", "type=text", "class=legal", "required=true"]).unwrap();
    let scale = ["kind=party", "key=scale", "type=text", "class=pay", "default=A"];
    make(&mut site, "custom-field", &scale).unwrap();
    site.standing = clerk(&[]);
    for assignment in ["custom.wage=x", "given_name=x", "custom.nothing=x"] {
        assert_eq!(code(site.try_set("C-1", &[assignment])), Code::UnknownField, "{assignment}");
        assert_eq!(code(make(&mut site, "party", &["name=X", assignment])), Code::UnknownField, "{assignment}");
    }
    site.set("C-1", &["phone=+33123456789"]);
    let made = make(&mut site, "party", &["name=Made", "reference=C-2"]).unwrap();
    let (desk, rng) = site.desk();
    // What somebody else put is not taken back, nor taken over, nor shown to everyone.
    assert_eq!(code(desk.merge(party(), "C-1", "C-2", &["custom.wage".to_owned()], rng)), Code::UnknownField);
    let record = desk.find(party(), "C-1").unwrap().1;
    let first = desk.replica.history(record).unwrap()[0].change;
    desk.revert(party(), "C-1", &first, rng).unwrap();
    site.standing = Standing::Operator;
    assert_eq!(site.show("C-2").custom["scale"], json!("A"), "a default is put, whoever makes the record");
    site.set("C-2", &["custom.wage=mille"]);
    let change = site.replica.history(made).unwrap().last().unwrap().change;
    let (desk, rng) = site.desk();
    let changes = Changes::parse(&["name=Private", "reference=C-3", "custom.wage=x", "custom.must=y"]).unwrap();
    desk.create_in(party(), &Placement::Private, changes, rng).unwrap();
    site.standing = clerk(&[]);
    let (desk, rng) = site.desk();
    assert_eq!(code(desk.revert(party(), "C-2", &change, rng)), Code::UnknownField);
    assert_eq!(code(desk.share(party(), "C-3", &Placement::Default, rng)), Code::NotGranted);
    site.standing = clerk(&[FieldClass::Pay, FieldClass::Legal]);
    let (desk, rng) = site.desk();
    desk.share(party(), "C-3", &Placement::Default, rng).unwrap();
    desk.revert(party(), "C-2", &change, rng).unwrap();
}

#[test]
fn verbs_are_refused_at_the_desk_too() {
    let mut site = paid();
    site.standing = staff(Module::Parties, &[May::See], &[]);
    assert_eq!(code(site.try_set("C-1", &["phone=+33123456789"])), Code::NotGranted);
    assert_eq!(code(make(&mut site, "party", &["name=X"])), Code::NotGranted);
    let (desk, rng) = site.desk();
    assert_eq!(code(desk.archive(party(), "C-1", true, rng)), Code::NotGranted);
    let opened = open_import(&desk, party(), b"reference;name\nC-9;X\n", ImportRequest::default());
    assert!(
        matches!(opened, Err(OpenFailed::Command(CommandError::Refused(refusal))) if refusal.code == Code::NotGranted)
    );
    let request = comptoir_backoffice::transfer::ExportRequest {
        form: ExportForm::Json,
        list: ListQuery::default(),
        all_lines: false,
    };
    assert!(desk.export(party(), &request, Vec::new()).is_err());
    assert_eq!(code(desk.list(kind("item"), &ListQuery::default())), Code::NotGranted);
    assert_eq!(code(desk.find(kind("item"), "I-1")), Code::NotGranted);
    assert!(desk.search("dupont", None).unwrap().kinds.len() == 1);
    // Nor is another module's record looked up by its name.
    site.standing = staff(Module::Stock, May::ALL, &[]);
    assert_eq!(code(make(&mut site, "move", &["type=receive", "party=C-1"])), Code::NotGranted);
    assert!(site.reader().search("dupont", None).unwrap().kinds.is_empty());
}

#[test]
fn a_title_that_is_not_seen_is_the_reference() {
    let mut site = sites(1, 74).remove(0);
    for (login, name) in [("aminata", "Zoe Aardvark"), ("zoe", "Aminata Zebra")] {
        make(&mut site, "account", &[&format!("login={login}"), &format!("name={name}")]).unwrap();
    }
    let titles = |site: &Site| {
        let page = site.reader().list(kind("account"), &ListQuery::default()).unwrap();
        page.records.into_iter().map(|record| record.title).collect::<Vec<_>>()
    };
    assert_eq!(titles(&site), ["Aminata Zebra", "Zoe Aardvark"]);
    site.standing = staff(Module::Staff, &[May::See], &[]);
    assert_eq!(titles(&site), ["S00/aminata", "S00/zoe"], "nor are they in the order of the titles");
    let desk = site.reader();
    let place = desk.find(kind("account"), "zoe").unwrap();
    assert_eq!(desk.show(kind("account"), place).unwrap().title, "S00/zoe");
    assert!(
        desk.search("Zebra", None).unwrap().kinds.is_empty() && desk.search("Amin", None).unwrap().kinds.len() == 1
    );
    let hits = desk.search("S00/zoe", None).unwrap();
    assert_eq!(hits.kinds[0].records[0].title, "S00/zoe");
}

#[test]
fn nobody_opens_to_themselves_what_they_do_not_see() {
    let mut site = paid();
    let customising = Grant::nothing().and_in(Module::Customising, May::ALL, Classes::ALL);
    let parties = |classes| Standing::staff(customising.clone().and_in(Module::Parties, May::ALL, classes));
    let lower = |site: &mut Site| {
        let (desk, rng) = site.desk();
        desk.change(kind("custom-field"), "party.wage", Changes::parse(&["class=ordinary"]).unwrap(), rng).map(drop)
    };
    site.standing = parties(Classes::ORDINARY);
    assert_eq!(code(lower(&mut site)), Code::NotGranted);
    make(&mut site, "custom-field", &["kind=party", "key=colour", "type=text", "class=medical"]).unwrap();
    // A saved list that names it finds nothing there.
    site.standing = Standing::Operator;
    make(&mut site, "view", &["name=Paid", "kind=party", "query=columns=name,custom.wage"]).unwrap();
    let view = ListQuery::parse([("view", "Paid")]).unwrap();
    assert_eq!(site.total(&view), 1);
    site.standing = parties(Classes::ORDINARY);
    assert_eq!(code(site.reader().list(party(), &view)), Code::UnknownField);
    site.standing = parties(Classes::ORDINARY.with(FieldClass::Pay));
    lower(&mut site).unwrap();
    site.standing = clerk(&[]);
    assert_eq!(site.reader().list(party(), &search("quatremille")).unwrap().total, 1, "the index follows at once");
}

#[test]
fn the_inbox_asks_nobody_about_what_they_do_not_see() {
    let mut sites = sites(2, 76);
    make(&mut sites[0], "custom-field", &["kind=party", "key=wage", "type=text", "class=pay"]).unwrap();
    sites[0].create(&["reference=C-1", "name=Dupont"]);
    exchange(&sites);
    for (site, wage) in [(0, "deux"), (1, "trois")] {
        sites[site].set("C-1", &[&format!("custom.wage={wage}"), &format!("phone=+3312345678{site}")]);
    }
    exchange(&sites);
    let items = sites[0].inbox(ItemKind::Conflict);
    assert_eq!(items.len(), 2);
    let wage = items.iter().find(|item| item.field.as_deref() == Some("custom.wage")).unwrap().id.clone();
    sites[0].standing = clerk(&[]);
    let seen = sites[0].inbox(ItemKind::Conflict);
    assert_eq!(seen.iter().map(|item| item.field.as_deref()).collect::<Vec<_>>(), [Some("phone")]);
    assert_eq!(sites[0].reader().inbox_len().unwrap(), 1);
    assert_eq!(code(sites[0].settle(&wage, &take(1))), Code::UnknownItem);
    sites[0].standing = staff(Module::Stock, May::ALL, &[]);
    assert!(sites[0].inbox(ItemKind::Conflict).is_empty());
    sites[0].standing = clerk(&[FieldClass::Pay]);
    assert_eq!(sites[0].inbox(ItemKind::Conflict).len(), 2);
    sites[0].settle(&wage, &Decision { take: Some(1), value: None }).unwrap();
}

#[test]
fn an_account_may_what_its_roles_grant_together_wherever_they_were_written() {
    let mut sites = sites(2, 77);
    let grants = r#"grants+={"module":"parties","edit":true}"#;
    make(&mut sites[0], "role", &["key=clerk", "name=Clerk", grants, "personal=true"]).unwrap();
    exchange(&sites);
    assert_eq!(code(make(&mut sites[1], "role", &["key=own", "name=Own"])), Code::HeadquartersOnly);
    let roles = [r#"roles+={"role":"clerk"}"#, r#"roles+={"role":"reader"}"#];
    make(&mut sites[1], "account", &["login=awa", "name=Awa", roles[0], roles[1]]).unwrap();
    let wrong = make(&mut sites[1], "account", &["login=zoe", "name=Zoe", r#"roles+={"role":"boss"}"#]);
    assert_eq!(code(wrong), Code::NotFound);
    let grant = |site: &Site| {
        let known = site.replica.read(|reading| accounts_of(reading.connection(), "S01")).unwrap();
        (known[0].roles.clone(), known[0].grant.clone())
    };
    let (keys, granted) = grant(&sites[1]);
    assert_eq!(keys, ["clerk", "reader"]);
    assert!(granted.may(Module::Parties, May::Edit) && granted.may(Module::Stock, May::See));
    assert!(!granted.may(Module::Stock, May::Edit) && !granted.may(Module::Parties, May::Export));
    assert!(granted.classes(Module::Parties).has(FieldClass::Personal));
    assert!(!granted.classes(Module::Stock).has(FieldClass::Personal));
    let (desk, rng) = sites[0].desk();
    desk.archive(kind("role"), "clerk", true, rng).unwrap();
    pull(&sites[1], &sites[0]);
    assert!(!grant(&sites[1]).1.may(Module::Parties, May::Edit), "headquarters takes a role out of use");
    sites[1].standing = Standing::staff(Grant::everything());
    assert_eq!(code(make(&mut sites[1], "account", &["login=eve", "name=Eve"])), Code::OperatorOnly);
    sites[0].standing = Standing::staff(Grant::everything());
    assert_eq!(code(make(&mut sites[0], "role", &["key=boss", "name=Boss"])), Code::OperatorOnly);
}
