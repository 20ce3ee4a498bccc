//! Parties as vCards through the engine of whole files, on real replicas: out of one organisation, into another, and again. Uses no
//! network.
#![allow(clippy::unwrap_used)]

mod sites;

use comptoir_backoffice::desk::CommandError;
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::parties::query::envelope::envelope;
use comptoir_backoffice::parties::record::Party;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::registry;
use comptoir_backoffice::transfer::{ExportError, ExportForm, ExportRequest};
use comptoir_replica::record::Record;
use serde_json::Value;
use sites::{Site, export, import_as_tried, party, sites};

fn cards(site: &Site) -> String {
    String::from_utf8(export(site, party(), ExportForm::Vcard, &ListQuery::default(), false)).unwrap()
}

fn filled() -> Site {
    let mut site = sites(1, 41).remove(0);
    site.create(&[
        "reference=C-1",
        "name=Garage Moderne; SARL",
        "roles=customer|supplier",
        "tags=vip|a,b",
        "also_known_as=GM",
        "phone=01 99 00 11 22",
        "email=garage@b.example",
        "website=b.example/a,b",
        "language=fr",
        "vat=FR44732829320",
        "siren=732829320",
        "siret=73282932000074",
        "iban=FR1420041010050500013M02606",
        "notes=Ring twice,\nthen knock; \\o/",
        r#"addresses+={"street":"12, rue de l'Été\nBât. B","postcode":"69001","city":"Lyon","country":"FR","use":"registered"}"#,
        r#"addresses+={"street":"1 Main St","postcode":"h3z2y7","city":"Montréal","country":"CA","subdivision":"CA-QC","recipient":"Achats"}"#,
        r#"contacts+={"kind":"mobile","value":"06 39 98 00 11","label":"Marie, \"the boss\""}"#,
        r#"contacts+={"kind":"email","value":"marie@b.example"}"#,
        r#"contacts+={"kind":"other","value":"radio 7","label":"ship"}"#,
        r#"identifiers+={"scheme":"lei","value":"969500TJ5KRTCJQWXH05"}"#,
        r#"identifiers+={"scheme":"other","value":"SN-DKR-1","label":"RCCM","country":"SN"}"#,
    ]);
    site.create(&[
        "name=Aïda Ndiaye",
        "kind=person",
        "given_name=Aïda",
        "family_name=Ndiaye",
        "honorific=Mme",
        "reference=P-1",
    ]);
    site
}

/// What a card can say of a party: everything but ids, keys and what is not in the columns of a card.
fn said(site: &mut Site, name: &str) -> Vec<Value> {
    let shown = site.show(name);
    let mut said = vec![serde_json::to_value(&shown.fields).unwrap()];
    for (list, lines) in &shown.lines {
        let mut lines: Vec<Value> = lines.iter().map(|line| serde_json::to_value(&line.fields).unwrap()).collect();
        if list == "tags" {
            lines.sort_by_key(Value::to_string);
        }
        said.push(lines.into());
    }
    said
}

#[test]
fn what_a_card_can_say_goes_to_another_organisation_and_back() {
    let mut site = filled();
    let file = cards(&site);
    let report = import_as_tried(&mut site, party(), &file);
    assert_eq!((report.created, report.changed, report.unchanged), (0, 0, 2), "{:?}\n{file}", report.refused);

    let mut other = sites(1, 42).remove(0);
    let report = import_as_tried(&mut other, party(), &file);
    assert_eq!((report.created, report.refused.len()), (2, 0), "{:?}", report.refused);
    for name in ["C-1", "P-1"] {
        assert_eq!(said(&mut other, name), said(&mut site, name));
    }
    assert_eq!(cards(&other), file);
}

#[test]
fn a_party_without_a_reference_is_met_by_its_id_and_bad_cards_are_named() {
    let mut site = sites(1, 43).remove(0);
    let id = site.create(&["name=Nobody"]).to_string();
    let file = cards(&site).replace("FN:Nobody", "FN:Somebody");
    let report = import_as_tried(&mut site, party(), &file);
    assert_eq!((report.created, report.changed), (0, 1), "{:?}", report.refused);
    assert_eq!(site.show(&id).title, "Somebody");

    let bad = "BEGIN:VCARD\nVERSION:4.0\nUID:B-1\nFN:x\nTEL:12\nEND:VCARD\nBEGIN:VCARD\nVERSION:4.0\nUID:B-2\nFN:y\nEND:VCARD\n\
               BEGIN:VCARD\nVERSION:4.0\nUID:B-3\nFN:cut";
    let report = import_as_tried(&mut site, party(), bad);
    let refused: Vec<_> = report.refused.iter().map(|row| (row.row, row.column.as_deref(), row.code)).collect();
    assert_eq!(refused, [(1, Some("phone"), Code::PhoneShape), (3, None, Code::CardDamaged)]);
    assert_eq!(report.created, 1);
}

#[test]
fn other_kinds_have_no_cards() {
    let site = sites(1, 44).remove(0);
    let request = ExportRequest { form: ExportForm::Vcard, list: ListQuery::default(), all_lines: false };
    let refused = site.reader().export(registry::kind("country").unwrap(), &request, Vec::new());
    assert!(
        matches!(refused, Err(ExportError::Command(CommandError::Refused(refusal))) if refusal.code == Code::NotInList)
    );
}

#[test]
fn an_envelope_is_written_as_the_post_of_its_country_wants_it() {
    let mut site = filled();
    let (scope, id) = site.reader().find(party(), "C-1").unwrap();
    let stored = site.replica.record(scope, id).unwrap().unwrap();
    let lines = |key: Option<&str>| {
        let party = Party::from_cells(&stored.cells);
        site.reader().look(|reading| envelope(reading.connection(), &site.home, &party, key))
    };
    assert_eq!(lines(None).unwrap(), ["Garage Moderne; SARL", "12 rue de l'Été", "Bât. B", "69001 LYON"]);
    let key = filled().show("C-1").lines["addresses"][1].key.clone();
    let abroad = lines(Some(&key)).unwrap();
    assert_eq!(abroad, ["Garage Moderne; SARL", "Achats", "1 MAIN ST", "MONTRÉAL QC  H3Z 2Y7", "CANADA"]);
    assert!(matches!(lines(Some("nope")), Err(CommandError::Refused(refusal)) if refusal.code == Code::UnknownLine));
    let (scope, id) = site.reader().find(party(), "P-1").unwrap();
    let stored = site.replica.record(scope, id).unwrap().unwrap();
    let party = Party::from_cells(&stored.cells);
    let refused = site.reader().look(|reading| envelope(reading.connection(), &site.home, &party, None));
    assert!(matches!(refused, Err(CommandError::Refused(refusal)) if refusal.code == Code::Required));
    site.archive("P-1", true);
}
