//! What one row of an import does: creates, changes, leaves as it is, or is refused by its cell.

use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::transfer::ImportRequest;
use serde_json::{Value, json};

use crate::sites::{self, Site, import_as_tried, import_file, party, sites as sites_of};
use crate::{HEADER, counts, faults, parties};

fn one() -> Site {
    sites_of(1, 71).remove(0)
}

/// The lines of a list, in use and not, without their keys.
fn lines(site: &mut Site, name: &str, list: &str) -> Vec<(bool, Value)> {
    let shown = site.show(name);
    shown.lines[list].iter().map(|line| (line.archived, json!(line.fields))).collect()
}

#[test]
fn a_row_says_what_it_says_and_the_same_row_again_nothing() {
    let mut site = one();
    let row = "C-1;person;Aïda NDiaye;customer|supplier;12, rue X;10000;Dakar;sn;a@b.example;'+221338200000;;;;30\n";
    assert_eq!(counts(&parties(&mut site, row)), [1, 0, 0, 0]);
    assert_eq!(counts(&parties(&mut site, row)), [0, 0, 1, 0]);
    let shown = site.show("C-1");
    assert_eq!(shown.fields["supplier"], true);
    assert_eq!(shown.fields["phone"], "+221338200000");
    assert_eq!(shown.lines["addresses"][0].fields["country"], "SN");
    // An empty cell leaves a field as it is.
    assert_eq!(counts(&parties(&mut site, "C-1;;Aïda Diop;;;;Thiès;;;;;;;\n")), [0, 1, 0, 0]);
    let shown = site.show("C-1");
    assert_eq!((shown.title.as_str(), &shown.fields["email"]), ("Aïda Diop", &json!("a@b.example")));
    assert_eq!(shown.lines["addresses"][0].fields["city"], "Thiès");
    assert_eq!(shown.lines["addresses"][0].fields["street"], "12, rue X");
}

#[test]
fn one_bad_row_is_refused_alone_and_named() {
    let mut site = one();
    let report = parties(
        &mut site,
        "C-1;;ok;;;;;;;;;;;\n;;no reference;;;;;;;;;;;\nC-3;robot;x;;;;;;;;;;;\nC-4;;x;;;;;ZZ;;;;;;\nC-5;;x\n\
         C-6;;x;;\"a\nb\";;;;;;;;;\nC-1;;again;;;;;;;;;;;\nC-7;;x;;;;;;nobody;;;;;\nC-9;;;;;;;;;;;;;\nC-10;;x;;;;;;;;;123;;\n\
         C-11;;x;;;;;;;12;;;;\n\"C-8;;x",
    );
    assert_eq!((report.created, report.refused_rows), (2, 10));
    assert_eq!(
        faults(&report),
        [
            (3, "reference", Code::Required),
            (4, "kind", Code::NotInList),
            (5, "country", Code::CountryUnknown),
            (6, "-", Code::CellCount),
            (9, "reference", Code::DuplicateInFile),
            (10, "email", Code::EmailShape),
            (11, "name", Code::Required),
            (12, "siren", Code::IdentifierShape),
            (13, "phone", Code::PhoneShape),
            (14, "reference", Code::UnclosedQuote),
        ]
    );
    assert_eq!(report.refused[4].params["first"], "2");
}

#[test]
fn lines_are_told_by_their_place_and_new_ones_keep_their_keys() {
    let mut site = one();
    site.create(&["name=x", "reference=C-1", r#"addresses+={"city":"A"}"#, r#"addresses+={"city":"B"}"#]);
    assert_eq!(counts(&parties(&mut site, "C-1;;;;;;Nice;;;;;;;\n")), [0, 1, 0, 0]);
    let cities: Vec<Value> =
        lines(&mut site, "C-1", "addresses").into_iter().map(|(_, line)| line["city"].clone()).collect();
    assert_eq!(cities, ["Nice", "B"]);

    let file = "reference;name;addresses.3.city;contacts.1.kind;contacts.1.value;contacts.2.kind;contacts.2.value\n\
                C-1;x;Thiès;mobile;+221776000000;other;chez Awa\n";
    assert_eq!(counts(&import_as_tried(&mut site, party(), file)), [0, 1, 0, 0]);
    assert_eq!(counts(&import_as_tried(&mut site, party(), file)), [0, 0, 1, 0]);
    assert_eq!(lines(&mut site, "C-1", "addresses").len(), 3);
    let contacts = site.show("C-1").lines["contacts"].clone();
    assert_eq!(contacts[1].fields["value"], "chez Awa");

    // A line that was archived stays so, and the row meets a line of its own anew, again and again.
    let keys: Vec<String> = contacts.iter().map(|line| format!("contacts.{}.archived=true", line.key)).collect();
    site.set("C-1", &[keys[0].as_str(), keys[1].as_str()]);
    assert_eq!(counts(&import_as_tried(&mut site, party(), file)), [0, 1, 0, 0]);
    assert_eq!(counts(&import_as_tried(&mut site, party(), file)), [0, 0, 1, 0]);
    let archived: Vec<bool> = lines(&mut site, "C-1", "contacts").into_iter().map(|(archived, _)| archived).collect();
    assert_eq!(archived.iter().filter(|archived| **archived).count(), 2);
    assert_eq!(archived.len(), 4);
}

#[test]
fn the_first_address_keeps_the_key_that_the_first_version_gave_it() {
    let mut site = one();
    parties(&mut site, "C-1;;x;;;;Nice;;;;;;;\n");
    let mut hasher = blake3::Hasher::new_derive_key("Comptoir 2026-01 address line of an imported party v1");
    hasher.update(&0_u32.to_be_bytes()).update(b"C-1");
    assert_eq!(site.show("C-1").lines["addresses"][0].key, hasher.finalize().to_hex()[..16]);
}

#[test]
fn an_id_names_a_record_whatever_its_reference() {
    let mut site = one();
    let first = site.create(&["name=One", "reference=C-1"]).to_string();
    let second = site.create(&["name=Two", "reference=C-1"]).to_string();
    let bare = site.create(&["name=Three"]).to_string();
    let stranger = "018f0000-0000-8000-8000-000000000000";
    let file = format!(
        "id,reference,name\n{first},C-2,One\n{second},C-1,Zwei\n{bare},,Drei\n{stranger},C-9,Neun\n{stranger},,Zehn\n\
         {second},,again\nx,,y\n,C-1,mine\n,,\n,,nothing\n"
    );
    let report = import_as_tried(&mut site, party(), &file);
    assert_eq!(counts(&report), [1, 3, 0, 6]);
    assert_eq!(
        faults(&report),
        [
            (6, "id", Code::NotFound),
            (7, "reference", Code::DuplicateInFile),
            (8, "id", Code::WrongType),
            (9, "reference", Code::DuplicateInFile),
            (10, "reference", Code::Required),
            (11, "reference", Code::Required),
        ]
    );
    assert_eq!((site.show(&first).fields["reference"].clone(), site.show("C-1").title), (json!("C-2"), "Zwei".into()));
    assert_eq!((site.show(&bare).title, site.show("C-9").title), ("Drei".into(), "Neun".into()));
}

#[test]
fn rows_that_mean_one_record_through_an_alias_are_one_too_many() {
    let mut site = one();
    for reference in ["A", "B", "C"] {
        site.create(&[&format!("name={reference}"), &format!("reference={reference}")]);
    }
    for from in ["A", "B"] {
        let (desk, rng) = site.desk();
        desk.merge(party(), from, "C", &[], rng).unwrap();
    }
    let report = import_as_tried(&mut site, party(), "reference,name\nA,Ah\nB,Beh\nC,Ceh\n");
    assert_eq!(counts(&report), [0, 1, 0, 2]);
    assert_eq!(faults(&report)[0], (3, "reference", Code::DuplicateInFile));
    let shown = site.show("C");
    assert_eq!((shown.title.as_str(), &shown.fields["reference"]), ("Ah", &json!("C")), "the reference is no news");
}

#[test]
fn a_row_may_name_what_an_earlier_one_makes() {
    let mut site = one();
    let file = "reference,name,relations.1.kind,relations.1.to\nP,Parent,,\nD,Daughter,parent,P\nE,Other,parent,Q\nF,Own,parent,F\n";
    let report = import_as_tried(&mut site, party(), file);
    assert_eq!(counts(&report), [2, 0, 0, 2]);
    let named: Vec<(u64, &str)> = faults(&report).iter().map(|(row, column, _)| (*row, *column)).collect();
    assert_eq!(named, [(4, "relations.1.to"), (5, "relations.1.to")]);
    let parent = site.show("P").id;
    assert_eq!(site.show("D").lines["relations"][0].fields["to"], parent.as_str());
    assert_eq!(counts(&import_as_tried(&mut site, party(), file)), [0, 0, 2, 2]);
}

#[test]
fn numbers_days_and_amounts_are_read_as_the_place_writes_them() {
    let mut site = one();
    let report = import_as_tried(
        &mut site,
        party(),
        "reference;name;credit_limit;customer;consents.1.purpose;consents.1.status;consents.1.on\n\
         C-1;x;1 234,50;oui;photos;granted;31/12/2025\nC-2;x;1234,505;;;;\nC-3;x;;perhaps;;;\nC-4;x;;;photos;granted;31/31/2025\n",
    );
    let shown = site.show("C-1");
    assert_eq!((&shown.fields["credit_limit"], &shown.fields["customer"]), (&json!("1234.50 EUR"), &json!(true)));
    assert_eq!(shown.lines["consents"][0].fields["on"], "2025-12-31");
    let named: Vec<(u64, &str)> = faults(&report).iter().map(|(row, column, _)| (*row, *column)).collect();
    assert_eq!(named, [(3, "credit_limit"), (4, "customer"), (5, "consents.1.on")]);
}

#[test]
fn a_row_too_large_for_one_record_is_refused_and_not_the_file() {
    let mut site = one();
    let columns: Vec<String> = (1..=40).map(|n| format!("addresses.{n}.street")).collect();
    let wide = format!("C-1,x,{}", vec!["s".repeat(499); 40].join(","));
    let many = format!("reference,name,{}\n{wide}\n", columns.join(","));
    assert_eq!(counts(&import_as_tried(&mut site, party(), &many)), [1, 0, 0, 0]);
    let columns: Vec<String> = (1..=490).map(|n| format!("addresses.{n}.street")).collect();
    let wide = format!("C-2,x,{}\nC-3,y{}", vec!["é".repeat(499); 490].join(","), ",".repeat(490));
    let report = import_as_tried(&mut site, party(), &format!("reference,name,{}\n{wide}\n", columns.join(",")));
    assert_eq!((counts(&report), faults(&report)[0].2), ([1, 0, 0, 1], Code::RowTooLarge));
}

#[test]
fn no_bytes_make_it_panic_and_every_row_is_accounted_for() {
    const PIECES: [&[u8]; 12] =
        [b"\"", b";", b",", b"\n", b"\r", b"\xe9", b"\0", b"C-1", b"=x", b"'", b"\xef\xbb\xbf", b"@"];
    let mut site = one();
    for seed in 1..=400_u64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut bytes = b"reference,name,email\n".to_vec();
        for _ in 0..40 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            bytes.extend_from_slice(PIECES[(state >> 33) as usize % PIECES.len()]);
        }
        let (desk, rng) = site.desk();
        let import = sites::open_import(&desk, party(), &bytes, ImportRequest::default());
        let import = import.unwrap_or_else(|failed| panic!("seed {seed}: {failed:?}"));
        let report = desk.try_import(&import, rng, |_| std::ops::ControlFlow::Continue(())).unwrap();
        assert_eq!(counts(&report).iter().sum::<u64>(), import.rows(), "seed {seed}");
    }
    assert_eq!(site.total(&ListQuery::default()), 0);
}

#[test]
fn encodings_and_separators_are_recognised() {
    let mut site = one();
    for (bytes, name) in [
        (&b"reference,name\nC-1,\xc9vreux\n"[..], "Évreux"),
        (&b"\xef\xbb\xbfreference\tname\r\nC-1\tx\r\n"[..], "x"),
        (&b"name;reference\n\"a \"\"b\"\"\nc\";C-1"[..], "a \"b\" c"),
    ] {
        import_file(&mut site, party(), bytes, ImportRequest::default()).unwrap();
        assert_eq!(site.show("C-1").title, name);
    }
    assert!(HEADER.contains(';'));
}
