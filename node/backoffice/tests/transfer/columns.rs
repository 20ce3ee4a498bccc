//! Headers, mappings, and the organisation's own columns.

use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::transfer::{ImportRequest, Mapped, Mapping};
use serde_json::json;

use crate::sites::{Site, code, import_as_tried, import_file, party, sites};
use crate::{codes, counts, faults, kind, mapped, refused};

fn make(site: &mut Site, of: &str, assignments: &[&str]) {
    let (desk, rng) = site.desk();
    desk.create(kind(of), Changes::parse(assignments).unwrap(), rng).unwrap();
}

#[test]
fn a_wrong_header_is_refused_whole_and_every_fault_told() {
    let mut site = sites(1, 81).remove(0);
    let mut wrong = |text: &str| codes(&refused(&mut site, party(), text, ImportRequest::default()));
    assert_eq!(wrong("ref;name\n"), [Code::UnknownColumn, Code::MissingColumn]);
    assert_eq!(wrong("reference,name,name\n"), [Code::DuplicateColumn]);
    assert_eq!(wrong("reference,name,city,addresses.1.city\n"), [Code::DuplicateColumn]);
    assert_eq!(wrong("reference,phone\n"), [Code::MissingColumn]);
    assert_eq!(wrong("reference,name,custom.nothing\n"), [Code::UnknownColumn]);
    assert_eq!(
        wrong("reference,name,contacts.0.value,contacts.501.value,contacts.1.archived\n"),
        [Code::UnknownColumn; 3]
    );
    assert_eq!(wrong(""), [Code::FileEmpty]);
    let told = refused(&mut site, party(), "reference,name,what\n", ImportRequest::default()).remove(0);
    assert_eq!((told.params["value"].as_str(), told.params["known"].contains("contacts.1.FIELD")), ("what", true));
    // Who names records by id may say as little as he likes.
    let id = site.create(&["name=x"]);
    let report = import_as_tried(&mut site, party(), &format!("id,Phone\n{id},+33199001122\n"));
    assert_eq!(counts(&report), [0, 1, 0, 0]);
}

#[test]
fn columns_answer_to_the_names_that_the_organisation_gave_them() {
    let mut site = sites(1, 82).remove(0);
    make(&mut site, "label", &["kind=party", "path=name", "language=fr", "text=Raison sociale"]);
    make(&mut site, "label", &["kind=party", "path=addresses.city", "language=fr", "text=Commune"]);
    make(&mut site, "custom-field", &["kind=party", "key=size", "type=number", "label_fr=Taille en m²", "decimals=2"]);
    make(&mut site, "custom-field", &["kind=party", "key=since", "type=date", "label_fr=Depuis"]);
    let file = " REFERENCE ;raison Sociale;Also Known As;commune;Taille en m²;custom.since\nC-1;x;Ixe;Nice;12,5;1/2/2026\nC-2;y;;;12,555;\n";
    let report = import_as_tried(&mut site, party(), file);
    assert_eq!((counts(&report), faults(&report)), ([1, 0, 0, 1], vec![(3, "custom.size", Code::TooManyDecimals)]));
    let shown = site.show("C-1");
    assert_eq!((shown.title.as_str(), &shown.fields["also_known_as"]), ("x", &json!("Ixe")));
    assert_eq!(shown.custom["size"], "12.5");
    assert_eq!(shown.custom["since"], "2026-02-01");
    assert_eq!(counts(&import_as_tried(&mut site, party(), file)), [0, 0, 1, 1]);
    // A name that means two columns means none.
    make(&mut site, "label", &["kind=party", "path=phone", "language=en", "text=Commune"]);
    let told = refused(&mut site, party(), file, ImportRequest::default());
    assert_eq!(codes(&told), [Code::UnknownColumn]);
}

#[test]
fn what_columns_there_are_is_told_once() {
    let mut site = sites(1, 86).remove(0);
    let told = refused(&mut site, party(), "reference,name,one,two\n", ImportRequest::default());
    assert_eq!(codes(&told), [Code::UnknownColumn, Code::UnknownColumn]);
    assert!(told[0].to_string().contains("known: reference,"), "{}", told[0]);
    assert_eq!(told[1].to_string(), "two: the header names an unknown column two");
}

#[test]
fn a_reference_that_is_made_of_other_columns_is_not_asked_for() {
    let mut site = sites(1, 87).remove(0);
    let file = "kind,key,label_en,order\nparty,New,Just met,1\nparty,won,Won,2\ncountry,won,Won,2\n";
    let report = import_as_tried(&mut site, kind("stage"), file);
    assert_eq!((counts(&report), faults(&report)), ([2, 0, 0, 1], vec![(4, "kind", Code::NotInList)]));
    let again = "kind,key,label_en\nparty,new,Just met\nparty,WON,Closed\nparty,won,Closed\n";
    let report = import_as_tried(&mut site, kind("stage"), again);
    assert_eq!((counts(&report), faults(&report)), ([0, 1, 1, 1], vec![(4, "reference", Code::DuplicateInFile)]));
    let report = import_as_tried(&mut site, kind("label"), "kind,path,language,text\nparty,name,fr,Nom\n");
    assert_eq!(counts(&report), [1, 0, 0, 0]);
}

#[test]
fn a_choice_is_also_meant_by_its_name() {
    let mut site = sites(1, 88).remove(0);
    let choice = |value: &str, en: &str, fr: &str| {
        format!(r#"choices+={{"value":"{value}","label_en":"{en}","label_fr":"{fr}"}}"#)
    };
    let (small, large, huge) =
        (choice("s", "Small", "Petit"), choice("l", "Large", "Grand"), choice("xl", "Huge", "Grand"));
    make(&mut site, "custom-field", &["kind=party", "key=size", "type=choice", &small, &large, &huge]);
    let file = "reference,name,custom.size,customer\nC-1,x,small,oui\nC-2,y,PETIT,x\nC-3,z,Grand,no\nC-4,z,xl,no\n";
    let report = import_as_tried(&mut site, party(), file);
    assert_eq!((counts(&report), faults(&report)), ([3, 0, 0, 1], vec![(4, "custom.size", Code::NotInList)]));
    assert_eq!((&site.show("C-2").custom["size"], &site.show("C-2").fields["customer"]), (&json!("s"), &json!(true)));
    assert_eq!(counts(&import_as_tried(&mut site, party(), file)), [0, 0, 3, 1]);
}

#[test]
fn a_mapping_says_what_foreign_columns_are() {
    let mut site = sites(1, 83).remove(0);
    let file = "Code client;Nom du client;Ville;Solde;country\nC-1;Dupont;Lyon;12;FR\n";
    let request = mapped(&["Code client=reference", "nom du CLIENT=name", "Ville=addresses.1.city"]);
    let report = import_file(&mut site, party(), file.as_bytes(), request).unwrap();
    assert_eq!((counts(&report), report.ignored_columns), ([1, 0, 0, 0], vec!["Solde".to_owned()]));
    assert_eq!(site.show("C-1").lines["addresses"][0].fields["country"], "FR", "what is known needs no mapping");

    let left_out = mapped(&["Code client=reference", "Nom du client=name", "Ville=", "Solde="]);
    let report = import_file(&mut site, party(), file.as_bytes(), left_out).unwrap();
    assert_eq!((counts(&report), report.ignored_columns.len()), ([0, 0, 1, 0], 0));

    let told = refused(&mut site, party(), file, mapped(&["Code client=reference", "Nom du client=nom"]));
    assert_eq!(codes(&told), [Code::UnknownColumn, Code::MissingColumn]);
    let told = refused(&mut site, party(), file, mapped(&["Code=reference", "Nom du client=name"]));
    assert_eq!(codes(&told), [Code::MissingColumn, Code::MissingColumn]);
    assert_eq!(told[0].params["value"], "Code");
    let twice = mapped(&["Code client=reference", "Nom du client=name", "Ville=name"]);
    assert_eq!(codes(&refused(&mut site, party(), file, twice)), [Code::DuplicateColumn]);
    for wrong in ["name", "=name", ""] {
        assert_eq!(Mapping::parse(&[wrong]).unwrap_err().code, Code::BadMapping, "{wrong:?}");
    }
    assert_eq!(Mapping::parse(&["a=b=name"]).unwrap().0[0].source, "a=b");
}

#[test]
fn a_default_fills_what_a_cell_or_the_file_does_not_say() {
    let mut site = sites(1, 84).remove(0);
    let column = |source: &str, target: &str, default: &str| Mapped {
        source: source.into(),
        target: target.into(),
        default: default.into(),
    };
    let mapping = Mapping(vec![column("Pays", "country", "SN"), column("", "roles", "supplier")]);
    let request = ImportRequest { mapping, ..ImportRequest::default() };
    let file = "reference,name,Pays\nC-1,x,\nC-2,y,FR\n";
    let report = import_file(&mut site, party(), file.as_bytes(), request).unwrap();
    assert_eq!(counts(&report), [2, 0, 0, 0]);
    let country = |site: &mut Site, name: &str| site.show(name).lines["addresses"][0].fields["country"].clone();
    assert_eq!((country(&mut site, "C-1"), country(&mut site, "C-2")), (json!("SN"), json!("FR")));
    assert_eq!(site.show("C-2").fields["supplier"], true);
}

#[test]
fn a_mapping_is_saved_used_and_replaced() {
    let mut site = sites(1, 85).remove(0);
    let saved = |site: &mut Site, pairs: &[&str]| {
        let (desk, rng) = site.desk();
        let mapping = Mapping::parse(pairs).unwrap();
        desk.save_mapping(party(), "Old books", &mapping, rng).unwrap();
        desk.look(|reading| Mapping::saved(reading.connection(), party(), "Old books")).unwrap()
    };
    assert_eq!(
        saved(&mut site, &["Code=reference", "Nom=name"]),
        Mapping::parse(&["Code=reference", "Nom=name"]).unwrap()
    );
    let pairs = ["Code client=reference", "Nom=name", "Solde="];
    let mapping = saved(&mut site, &pairs);
    assert_eq!(mapping, Mapping::parse(&pairs).unwrap());
    // What a command says goes before.
    let mapping = Mapping::parse(&["Nom=also_known_as", "Titre=name"]).unwrap().over(mapping);
    let request = ImportRequest { mapping, ..ImportRequest::default() };
    let file = "Code client,Nom,Titre,Solde\nC-1,a,b,1\n";
    assert_eq!(counts(&import_file(&mut site, party(), file.as_bytes(), request.clone()).unwrap()), [1, 0, 0, 0]);
    assert_eq!(site.show("C-1").fields["also_known_as"], "a");
    // The file may lack what is left out, and nothing else of it.
    let file = "Code client,Nom,Titre\nC-2,a,b\n";
    assert_eq!(counts(&import_file(&mut site, party(), file.as_bytes(), request.clone()).unwrap()), [1, 0, 0, 0]);
    let lacking = "Code client,Titre,Solde\nC-3,b,1\n";
    assert_eq!(codes(&refused(&mut site, party(), lacking, request)), [Code::MissingColumn]);
    let (desk, _) = site.desk();
    let missing = desk.look(|reading| Mapping::saved(reading.connection(), party(), "Nobody's"));
    assert_eq!(code(missing), Code::NotFound);
    let other = desk.look(|reading| Mapping::saved(reading.connection(), kind("view"), "Old books"));
    assert_eq!(code(other), Code::NotFound, "a mapping is for one kind of record");
}
