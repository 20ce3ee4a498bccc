//! Parties through their commands, on real replicas of several sites that exchange entries by hand: what a person does, what
//! merges, what becomes an item of the inbox, and that equal histories give equal state. Uses no network.
#![allow(clippy::unwrap_used)]

mod sites;

use comptoir_backoffice::inbox::{self, Decision, ItemKind};
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::transfer::ImportReport;
use comptoir_sync_protocol::ids::ScopeId;
use serde_json::json;
use sites::{Site, code, converge, export_csv, import_as_tried, party, search, sites, take};

fn import(site: &mut Site, csv: &str) -> ImportReport {
    import_as_tried(site, party(), csv)
}

fn export(site: &Site) -> String {
    export_csv(site, party(), &ListQuery::default(), false)
}

fn csv(rows: impl IntoIterator<Item = String>) -> String {
    let mut text =
        "reference,kind,name,roles,street,postcode,city,country,email,phone,vat,siren,iban,terms\n".to_owned();
    rows.into_iter().for_each(|row| text += &(row + "\n"));
    text
}

fn rows(numbers: std::ops::Range<u32>) -> String {
    csv(numbers.map(|n| {
        let kind = if n % 3 == 0 { "person" } else { "organisation" };
        format!("C-{n:05},{kind},Société {n},customer,\"{n}, rue X\",10000,Dakar,SN,m{n}@b.example,+22133{n:07},,,,30")
    }))
}

#[test]
fn a_party_is_made_changed_found_archived_and_brought_back() {
    let mut site = sites(1, 11).remove(0);
    let id = site.create(&[
        "name=Évreux & Fils",
        "reference=C-1",
        "roles=customer",
        r#"addresses+={"city":"Lyon","country":"fr"}"#,
    ]);
    let shown = site.show("C-1");
    assert_eq!((shown.id.as_str(), shown.title.as_str()), (id.to_string().as_str(), "Évreux & Fils"));
    assert_eq!(shown.fields["kind"], "organisation");
    assert_eq!(shown.fields["customer"], true);
    let key = shown.lines["addresses"][0].key.clone();
    assert_eq!(shown.lines["addresses"][0].fields["country"], "FR");

    site.set("C-1", &["phone=01 99 00 11 20", &format!("addresses.{key}.city=Nice")]);
    assert_eq!(site.try_set("C-1", &["phone=01 99 00 11 20"]).unwrap(), 0, "what is so already is not written again");
    assert_eq!(site.show("C-1").lines["addresses"][0].fields["city"], "Nice");
    let history = site.replica.history(id).unwrap();
    let commands: Vec<&str> = history.iter().map(|item| item.command.as_str()).collect();
    assert_eq!(commands, ["party.create", "party.change"]);
    assert_eq!(history[1].author, "S00/operator");

    assert_eq!((site.total(&search("evreux nice")), site.total(&search("lyon"))), (1, 0));
    site.archive("C-1", true);
    assert_eq!(site.total(&ListQuery::default()), 0);
    assert_eq!(code(site.try_set(&id.to_string(), &["phone=+33199001122"])), Code::ArchivedRecord);
    assert_eq!(
        code(site.try_set("C-1", &["phone=+33199001122"])),
        Code::ArchivedRecord,
        "its reference names it still"
    );
    site.archive(&id.to_string(), false);
    site.set("C-1", &["phone=+33199001122"]);
    converge(std::slice::from_ref(&site));
}

#[test]
fn a_file_imports_once_and_changes_what_differs() {
    let mut sites = sites(2, 12);
    let file = rows(0..620);
    let report = import(&mut sites[0], &file);
    assert_eq!((report.created, report.changed, report.unchanged, report.refused.len()), (620, 0, 0, 0));
    let report = import(&mut sites[0], &file);
    assert_eq!((report.created, report.changed, report.unchanged), (0, 0, 620));
    let report = import(&mut sites[0], &csv(["C-00003,,Autre,,,,,,,,,,,".into(), "N-1,,,,,,,,,,,,,".into()]));
    assert_eq!((report.created, report.changed, report.unchanged), (0, 1, 0));
    assert_eq!((report.refused[0].row, report.refused[0].column.as_deref()), (3, Some("name")));
    assert_eq!(report.refused[0].code, Code::Required);
    converge(&sites);
    assert_eq!(sites[1].total(&ListQuery::default()), 620);
    assert_eq!(sites[1].show("C-00003").title, "Autre");
    let exported = export(&sites[1]);
    let report = import(&mut sites[0], &exported);
    assert_eq!((report.created, report.changed, report.unchanged), (0, 0, 620));
}

#[test]
fn f01_an_import_cut_short_and_run_again_is_as_if_run_once() {
    let mut sites = sites(2, 13);
    import(&mut sites[0], &rows(0..250));
    let report = import(&mut sites[0], &rows(0..600));
    assert_eq!((report.created, report.unchanged), (350, 250));
    converge(&sites);
    assert_eq!(sites[1].total(&ListQuery::default()), 600);
}

#[test]
fn what_two_sites_change_at_once_merges_and_one_field_is_a_conflict_everywhere() {
    let mut sites = sites(3, 14);
    sites[0].create(&["name=Dupont", "reference=C-1", "phone=+33199001120", r#"addresses+={"city":"Lyon"}"#]);
    converge(&sites);
    let key = sites[0].show("C-1").lines["addresses"][0].key.clone();
    sites[0].set("C-1", &["phone=+33199001121", "email=a@b.example"]);
    sites[1].set("C-1", &["phone=+33199001122", r#"addresses+={"city":"Dakar"}"#]);
    sites[2].set("C-1", &[&format!("addresses.{key}.city=Nice")]);
    converge(&sites);
    let shown = sites[2].show("C-1");
    let cities: Vec<_> = shown.lines["addresses"].iter().map(|line| line.fields["city"].clone()).collect();
    assert_eq!((shown.fields["email"].clone(), cities), (json!("a@b.example"), vec![json!("Nice"), json!("Dakar")]));

    let items: Vec<_> = sites.iter().map(|site| site.inbox(ItemKind::Conflict)).collect();
    assert!(items.iter().all(|list| list == &items[0] && list.len() == 1));
    let item = &items[0][0];
    assert_eq!((item.field.as_deref(), item.name.as_deref()), (Some("phone"), Some("Dupont")));
    let mut written: Vec<_> = item.values.iter().map(|v| (v.value.clone(), v.site.clone().unwrap())).collect();
    written.sort_by_key(|(_, site)| site.clone());
    assert_eq!(written, [(json!("+33199001121"), "S00".into()), (json!("+33199001122"), "S01".into())]);
    assert_eq!(item.values.last().unwrap().value, shown.fields["phone"], "the last is the one that shows");
    assert_eq!(inbox::counts(&sites[1].replica, sites[1].reader().today()).unwrap().conflicts, 1);

    let loser = item.values[0].value.clone();
    sites[1].settle(&item.id, &take(1)).unwrap();
    converge(&sites);
    assert!(sites.iter().all(|site| site.inbox(ItemKind::Conflict).is_empty()));
    assert_eq!(sites[0].show("C-1").fields["phone"], loser);
    assert_eq!(code(sites[2].settle(&item.id, &take(1))), Code::UnknownItem);
}

#[test]
fn a_value_is_its_writers_although_another_had_put_the_same() {
    let mut sites = sites(2, 18);
    sites[0].create(&["name=Dupont", "reference=C-1", "phone=+33199001120"]);
    converge(&sites);
    sites[0].set("C-1", &["phone=+33199001121"]);
    sites[1].set("C-1", &["phone=+33199001121"]);
    sites[1].set("C-1", &["phone=+33199001122"]);
    converge(&sites);
    for site in &sites {
        let item = site.inbox(ItemKind::Conflict).remove(0);
        let mut written: Vec<_> = item.values.iter().map(|v| (v.value.clone(), v.site.clone().unwrap())).collect();
        written.sort_by_key(|(_, site)| site.clone());
        assert_eq!(written, [(json!("+33199001121"), "S00".into()), (json!("+33199001122"), "S01".into())]);
    }
}

#[test]
fn a_conflict_is_settled_by_the_winner_or_by_another_value() {
    let mut sites = sites(2, 15);
    sites[0].create(&["name=Dupont", "reference=C-1", "phone=+33199001120"]);
    converge(&sites);
    for round in 0..2 {
        sites[0].set("C-1", &[&format!("phone=+33 1 99 00 11 3{round}")]);
        sites[1].set("C-1", &[&format!("phone=+33 1 99 00 11 4{round}")]);
        converge(&sites);
        let item = sites[0].inbox(ItemKind::Conflict).remove(0);
        let wrong = |decision| (decision, item.id.clone());
        for (decision, id) in [wrong(take(3)), wrong(take(0)), wrong(Decision::default())] {
            assert_eq!(code(sites[0].settle(&id, &decision)), Code::UnknownChoice);
        }
        let winner = sites[0].show("C-1").fields["phone"].clone();
        let (decision, expected) = match round {
            0 => (take(2), winner),
            _ => (Decision { take: None, value: Some(json!(" 01 99 00 11 50 ")) }, json!("+33199001150")),
        };
        sites[0].settle(&item.id, &decision).unwrap();
        converge(&sites);
        assert!(sites[1].inbox(ItemKind::Conflict).is_empty());
        assert_eq!(sites[1].show("C-1").fields["phone"], expected);
    }
}

#[test]
fn one_reference_used_at_two_sites_is_work_and_no_error() {
    let mut sites = sites(2, 16);
    import(&mut sites[0], &rows(0..3));
    import(&mut sites[1], &rows(2..5));
    converge(&sites);
    let items = sites[0].inbox(ItemKind::DuplicateReference);
    assert_eq!(items, sites[1].inbox(ItemKind::DuplicateReference));
    assert_eq!((items.len(), items[0].name.as_deref(), items[0].values.len()), (1, Some("C-00002"), 2));
    let (desk, _) = sites[0].desk();
    assert_eq!(code(desk.find(party(), "C-00002")), Code::Ambiguous);

    // An import changes the one with the smallest id, at either site.
    let report = import(&mut sites[1], &csv(["C-00002,,Nouveau,,,,,,,,,,,".into()]));
    assert_eq!((report.created, report.changed), (0, 1));
    let smallest = items[0].values[0].record.clone().unwrap();
    assert_eq!(sites[1].show(&smallest).title, "Nouveau");

    converge(&sites);
    let item = sites[0].inbox(ItemKind::DuplicateReference).remove(0);
    sites[0].settle(&item.id, &take(1)).unwrap();
    converge(&sites);
    assert!(sites[1].inbox(ItemKind::DuplicateReference).is_empty());
    assert_eq!(sites[1].show("C-00002").id, smallest);
    assert_eq!(sites[1].total(&ListQuery::default()), 5);
}

#[test]
fn a_change_of_what_another_site_archives_is_work() {
    let mut sites = sites(2, 17);
    let id = sites[0].create(&["name=Dupont", "reference=C-1"]).to_string();
    converge(&sites);
    sites[0].archive("C-1", true);
    sites[1].set("C-1", &["phone=+33199001122"]);
    converge(&sites);
    let item = sites[1].inbox(ItemKind::EditedArchived).remove(0);
    assert_eq!((item.record.as_deref(), item.field.as_deref()), (Some(id.as_str()), Some("archived")));
    sites[1].settle(&item.id, &take(2)).unwrap();
    converge(&sites);
    assert!(sites[0].inbox(ItemKind::EditedArchived).is_empty());
    assert_eq!(sites[0].show("C-1").fields["phone"], "+33199001122");
    assert_eq!(inbox::counts(&sites[0].replica, sites[0].reader().today()).unwrap().total(), 0);
}

#[test]
fn records_live_in_the_scope_of_their_type() {
    let mut site = sites(1, 18).remove(0);
    let id = site.create(&["name=x"]);
    let scope = ScopeId::of(&site.replica.organisation(), "organisation");
    assert_eq!(site.replica.find_record(id).unwrap().unwrap().scope, scope);
    assert!(id.is_created_by(&site.replica.organisation().0, &scope.0, &site.replica.site().0));
}
