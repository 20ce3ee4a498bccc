//! Fields of an organisation's own, its names, stages, lists and switches, on real replicas of several sites: what headquarters
//! defines, what branches then may write, and what becomes of values whose definition is gone, doubled or not yet here.
#![allow(clippy::unwrap_used)]

mod sites;

use comptoir_backoffice::alias;
use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::customising::query::{
    self, contested_definitions, definition, definitions, mapping, names, schema_for, stages,
};
use comptoir_backoffice::desk::{CommandError, Placement};
use comptoir_backoffice::inbox::ItemKind;
use comptoir_backoffice::limits::{MAX_CUSTOM_FIELDS, MAX_KEY_CHARS};
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::registry::{self, Context, Kind, Module};
use comptoir_backoffice::shown::RecordShown;
use comptoir_replica::record::{RecordId, Scalar};
use comptoir_replica::testing::organisation;
use comptoir_replica::{Append, Edit};
use comptoir_sync_protocol::ids::Epoch;
use comptoir_sync_protocol::roster::WritersClass;
use serde_json::{Value, json};

use sites::{Site, code, converge, exchange, party, refusal, sites, take};

fn kind(name: &str) -> &'static Kind {
    registry::kind(name).unwrap()
}

fn make(site: &mut Site, of: &str, assignments: &[&str]) -> Result<RecordId, CommandError> {
    let (desk, rng) = site.desk();
    Ok(desk.create(kind(of), Changes::parse(assignments)?, rng)?.record)
}

fn change(site: &mut Site, of: &str, name: &str, assignments: &[&str]) -> Result<(), CommandError> {
    let (desk, rng) = site.desk();
    desk.change(kind(of), name, Changes::parse(assignments)?, rng).map(drop)
}

fn archive(site: &mut Site, of: &str, name: &str, archived: bool) {
    let (desk, rng) = site.desk();
    desk.archive(kind(of), name, archived, rng).unwrap();
}

/// Defines an own field of parties.
fn define(site: &mut Site, assignments: &[&str]) -> Result<RecordId, CommandError> {
    make(site, "custom-field", &[&["kind=party"], assignments].concat())
}

fn show(site: &mut Site, name: &str) -> RecordShown {
    let (desk, _) = site.desk();
    let place = desk.find(party(), name).unwrap();
    desk.look(|reading| alias::show(reading, party(), place)).unwrap()
}

fn read<T>(site: &Site, query: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T>) -> T {
    site.replica.read(|reading| query(reading.connection())).unwrap()
}

fn new_party(site: &mut Site, assignments: &[&str]) -> Result<RecordId, CommandError> {
    make(site, "party", &[&["name=Dupont"], assignments].concat())
}

#[test]
fn every_type_of_own_field_is_typed_stored_and_shown() {
    let mut site = sites(1, 40).remove(0);
    new_party(&mut site, &["reference=C-1"]).unwrap();
    let target = site.show("C-1").id;
    for field in [
        &["key=motto", "type=text"][..],
        &["key=weight", "type=number"],
        &["key=since", "type=date"],
        &["key=size", "type=choice", r#"choices+={"value":"Large","label_fr":"Grand"}"#],
        &["key=parent", "type=reference", "target=party"],
        &["key=limit", "type=money"],
        &["key=vip", "type=yes-no"],
    ] {
        define(&mut site, field).unwrap();
    }
    let values = [
        "custom.motto=  Ad   astra ",
        "custom.weight=1 234,50",
        "custom.since=2026-02-28",
        "custom.size=large",
        "custom.parent=C-1",
        "custom.limit=1 000,5",
        "custom.vip=true",
    ];
    let id = new_party(&mut site, &values).unwrap().to_string();
    let expected = json!({
        "motto": "Ad   astra", "weight": "1234.5", "since": "2026-02-28", "size": "large", "parent": target,
        "limit": "1000.50 EUR", "vip": true,
    });
    let shown = show(&mut site, &id);
    assert_eq!(json!(shown.custom), expected);
    assert!(shown.retired.is_empty());
    let stored = site.replica.find_record(id.parse().unwrap()).unwrap().unwrap();
    assert_eq!(stored.cells.winner("custom/limit"), Some(&Scalar::from("EUR 100050")));

    // What is shown is taken again and changes nothing; an empty value clears.
    let again = Changes {
        set: shown.custom.iter().map(|(key, value)| (format!("custom.{key}"), value.clone())).collect(),
        ..Changes::default()
    };
    let (desk, rng) = site.desk();
    assert!(desk.change(party(), &id, again, rng).unwrap().appended.heads.is_empty());
    change(&mut site, "party", &id, &["custom.motto=", "custom.vip="]).unwrap();
    let shown = show(&mut site, &id);
    assert_eq!((&shown.custom["motto"], &shown.custom["vip"]), (&Value::Null, &Value::Null));
}

#[test]
fn values_that_break_a_rule_are_refused_by_code_and_field() {
    let mut site = sites(1, 41).remove(0);
    for field in [
        &["key=plate", "type=text", "pattern=AA-999", "length=6"][..],
        &["key=note", "type=text", "length=5"],
        &["key=weight", "type=number", "min=0", "max=100", "decimals=2"],
        &["key=since", "type=date", "min=2020-01-01"],
        &["key=size", "type=choice", r#"choices+={"value":"s"}"#, r#"choices+={"value":"xl","archived":true}"#],
        &["key=parent", "type=reference", "target=party"],
        &["key=limit", "type=money", "max=50"],
        &["key=vip", "type=yes-no"],
    ] {
        define(&mut site, field).unwrap();
    }
    new_party(&mut site, &["reference=C-1", "custom.plate=FR-007", "custom.limit=50"]).unwrap();
    let before = show(&mut site, "C-1");
    for (assignment, expected) in [
        ("custom.plate=FR-07", Code::PatternMismatch),
        ("custom.note=abcdef", Code::TooLong),
        ("custom.weight=-0.01", Code::TooLow),
        ("custom.weight=100.01", Code::TooHigh),
        ("custom.weight=1.234", Code::TooManyDecimals),
        ("custom.weight=heavy", Code::WrongType),
        ("custom.since=2019-12-31", Code::TooLow),
        ("custom.since=2026-02-30", Code::WrongType),
        ("custom.size=m", Code::NotInList),
        ("custom.size=xl", Code::NotInList),
        ("custom.parent=C-9", Code::NotFound),
        ("custom.limit=50.01", Code::TooHigh),
        ("custom.limit=1 USD", Code::OtherCurrency),
        ("custom.limit=1.005", Code::TooManyDecimals),
        ("custom.limit=1 ZZZ", Code::CurrencyUnknown),
        ("custom.limit=much", Code::AmountShape),
        ("custom.vip=perhaps", Code::WrongType),
        ("custom.colour=red", Code::UnknownField),
        ("custom.=red", Code::UnknownField),
    ] {
        let refused = refusal(change(&mut site, "party", "C-1", &["name=Durand", assignment]));
        let field = assignment.split('=').next();
        assert_eq!((refused.code, refused.field.as_deref()), (expected, field), "{assignment}");
    }
    assert_eq!(show(&mut site, "C-1"), before, "nothing half-done");
    let known = refusal(change(&mut site, "party", "C-1", &["custom.colour=red"])).params["known"].clone();
    assert!(known.contains("custom.plate") && known.contains("custom.vip"), "{known}");
}

#[test]
fn definitions_that_contradict_themselves_are_refused() {
    let mut site = sites(1, 42).remove(0);
    let choice = r#"choices+={"value":"a"}"#;
    let long = format!("key={}", "k".repeat(MAX_KEY_CHARS + 1));
    for (field, expected, at) in [
        (&["key=a"][..], Code::Required, "type"),
        (&["type=text"], Code::Required, "key"),
        (&["key=a", "type=colour"], Code::NotInList, "type"),
        (&["key=9a", "type=text"], Code::KeyShape, "key"),
        (&["key=a b", "type=text"], Code::KeyShape, "key"),
        (&["key=a/b", "type=text"], Code::KeyShape, "key"),
        (&["key=é", "type=text"], Code::KeyShape, "key"),
        (&[&long, "type=text"], Code::KeyShape, "key"),
        (&["key=a", "type=number", "min=2", "max=1"], Code::RuleEmpty, "min"),
        (&["key=a", "type=money", "min=1 EUR", "max=2 USD"], Code::OtherCurrency, "min"),
        (&["key=a", "type=number", "min=few"], Code::WrongType, "min"),
        (&["key=a", "type=number", "max=5", "default=6"], Code::TooHigh, "default"),
        (&["key=a", "type=date", "default=soon"], Code::WrongType, "default"),
        (&["key=a", "type=text", "pattern=99", "default=x"], Code::PatternMismatch, "default"),
        (&["key=a", "type=choice", choice, "default=b"], Code::NotInList, "default"),
        (&["key=a", "type=choice"], Code::Required, "choices"),
        (&["key=a", "type=choice", choice, choice], Code::ValueTwice, "choices"),
        (&["key=a", "type=reference"], Code::Required, "target"),
        (&["key=a", "type=reference", "target=robot"], Code::UnknownKind, "target"),
        (&["key=a", "type=text", "min=1"], Code::RuleUnfit, "min"),
        (&["key=a", "type=number", "pattern=9"], Code::RuleUnfit, "pattern"),
        (&["key=a", "type=yes-no", choice], Code::RuleUnfit, "choices"),
        (&["key=a", "type=number", "decimals=7"], Code::TooHigh, "decimals"),
        (&["key=a", "type=text", "length=0"], Code::TooLow, "length"),
        (&["key=a", "type=text", "reference=party.b"], Code::NotWritable, "reference"),
    ] {
        let refused = refusal(define(&mut site, field));
        assert_eq!((refused.code, refused.field.as_deref()), (expected, Some(at)), "{field:?}");
    }
    let wrong_kind = refusal(make(&mut site, "custom-field", &["kind=robot", "key=a", "type=text"]));
    assert_eq!((wrong_kind.code, wrong_kind.field.as_deref()), (Code::UnknownKind, Some("kind")));
    assert!(read(&site, |connection| definitions(connection, "party")).is_empty());

    define(&mut site, &["key=a", "type=text"]).unwrap();
    assert_eq!(code(define(&mut site, &["key=a", "type=number"])), Code::DefinedAlready);
    for assignment in ["type=number", "key=b", "kind=label"] {
        assert_eq!(code(change(&mut site, "custom-field", "party.a", &[assignment])), Code::Fixed, "{assignment}");
    }
    assert_eq!(code(change(&mut site, "custom-field", "party.a", &["reference=party.b"])), Code::NotWritable);
    change(&mut site, "custom-field", "party.a", &["label_fr=Devise", "type=text"]).unwrap();
    archive(&mut site, "custom-field", "party.a", true);
    assert_eq!(code(define(&mut site, &["key=a", "type=number"])), Code::DefinedAlready);
    // The same key is free for another kind.
    make(&mut site, "custom-field", &["kind=label", "key=a", "type=number"]).unwrap();
}

#[test]
fn a_new_record_gets_defaults_and_must_have_what_is_required() {
    let mut site = sites(1, 43).remove(0);
    define(&mut site, &["key=limit", "type=money", "default=12,5", "max=100"]).unwrap();
    define(&mut site, &["key=zone", "type=text", "required=true"]).unwrap();
    let limit = read(&site, |connection| definition(connection, "party", "limit")).unwrap();
    assert_eq!((limit.field.default.as_str(), limit.field.max.as_str()), ("12.50 EUR", "100.00 EUR"));
    let refused = refusal(new_party(&mut site, &[]));
    assert_eq!((refused.code, refused.field.as_deref()), (Code::Required, Some("custom.zone")));
    // Another currency at home changes nothing about what headquarters wrote.
    site.home.currency = "XOF".into();
    let id = new_party(&mut site, &["custom.zone=N"]).unwrap().to_string();
    assert_eq!(json!(show(&mut site, &id).custom), json!({ "limit": "12.50 EUR", "zone": "N" }));
    assert_eq!(code(change(&mut site, "party", &id, &["custom.zone="])), Code::Required);
    change(&mut site, "party", &id, &["custom.limit="]).unwrap();
    let id = new_party(&mut site, &["custom.zone=N", "custom.limit="]).unwrap().to_string();
    assert_eq!(json!(show(&mut site, &id).custom), json!({ "zone": "N" }), "who empties it wants it empty");
    // A record from before a field was required goes on.
    define(&mut site, &["key=later", "type=text", "required=true"]).unwrap();
    change(&mut site, "party", &id, &["notes=1"]).unwrap();
}

#[test]
fn a_value_whose_definition_was_just_retired_is_kept_and_shown_and_takes_no_other() {
    let mut sites = sites(2, 44);
    let zone = define(&mut sites[0], &["key=zone", "type=text", "label_en=Zone"]).unwrap().to_string();
    new_party(&mut sites[0], &["reference=C-1", "custom.zone=N"]).unwrap();
    converge(&sites);
    // Headquarters retires the field while the branch fills it in.
    archive(&mut sites[0], "custom-field", "party.zone", true);
    change(&mut sites[1], "party", "C-1", &["custom.zone=S"]).unwrap();
    converge(&sites);
    for site in &mut sites {
        let shown = show(site, "C-1");
        assert_eq!((&shown.custom["zone"], shown.retired.as_slice()), (&json!("S"), &["zone".to_owned()][..]));
        let refused = refusal(change(site, "party", "C-1", &["custom.zone=W"]));
        assert_eq!((refused.code, refused.field.as_deref()), (Code::FieldRetired, Some("custom.zone")));
        assert_eq!(refused.params["value"], "Zone");
        assert_eq!(code(new_party(site, &["custom.zone=W"])), Code::FieldRetired);
        // What is there already is no new value.
        change(site, "party", "C-1", &["custom.zone=S", "notes=1"]).unwrap();
    }
    let schema = read(&sites[1], |connection| schema_for(connection, party(), "en"));
    assert!(schema["properties"].get("custom").is_none());
    archive(&mut sites[0], "custom-field", &zone, false);
    converge(&sites);
    change(&mut sites[1], "party", "C-1", &["custom.zone=W"]).unwrap();
    archive(&mut sites[0], "custom-field", "party.zone", true);
    change(&mut sites[0], "party", "C-1", &["custom.zone="]).unwrap();
}

#[test]
fn values_of_a_key_that_nobody_defined_are_kept() {
    let mut sites = sites(2, 45);
    let id = new_party(&mut sites[0], &["reference=C-1"]).unwrap();
    let scope = sites[0].replica.find_record(id).unwrap().unwrap().scope;
    let site = &mut sites[0];
    let puts = vec![("custom/mystery".into(), Scalar::from("42")), ("custom/a/b".into(), Scalar::from(true))];
    let request = Append::new(scope, "S00/operator", "party.change");
    site.replica.append_edits(request, vec![Edit::change("party", id, puts)], sites::NOW_MS, &mut site.rng).unwrap();
    converge(&sites);
    change(&mut sites[1], "party", "C-1", &["notes=1"]).unwrap();
    converge(&sites);
    for site in &mut sites {
        assert_eq!(json!(show(site, "C-1").custom), json!({ "mystery": "42", "a/b": true }));
    }
    // A definition that comes later gives them a meaning where they have the type.
    define(&mut sites[0], &["key=mystery", "type=number"]).unwrap();
    change(&mut sites[0], "party", "C-1", &["custom.mystery=43"]).unwrap();
    assert_eq!(show(&mut sites[0], "C-1").custom["mystery"], "43");
}

#[test]
fn only_headquarters_defines_unless_the_organisation_loosens_the_kind() {
    const SEED: u64 = 46;
    let mut sites = sites(3, SEED);
    assert_eq!(code(define(&mut sites[1], &["key=size", "type=text"])), Code::HeadquartersOnly);
    let admin = organisation(3, SEED).admin;
    let hq = &mut sites[0];
    let by = ("S00/operator", "scope.writers");
    let class = WritersClass::Shared;
    hq.replica.set_writers((&admin, Epoch([3; 8])), "custom-field", class, by, sites::NOW_MS, &mut hq.rng).unwrap();
    converge(&sites);

    // Two branches define one field differently, and each fills it in by its own definition.
    let one = define(&mut sites[1], &["key=size", "type=text", "pattern=A"]).unwrap();
    let other = define(&mut sites[2], &["key=size", "type=number", "max=9"]).unwrap();
    new_party(&mut sites[1], &["reference=C-1", "custom.size=L"]).unwrap();
    new_party(&mut sites[2], &["reference=C-2", "custom.size=7"]).unwrap();
    converge(&sites);
    let (in_force, contested) = if one < other { ("text", other) } else { ("number", one) };
    for site in &mut sites {
        let known = read(site, |connection| definitions(connection, "party"));
        assert_eq!(known.iter().map(|known| known.field.r#type.as_str()).collect::<Vec<_>>(), [in_force]);
        let found = read(site, |connection| contested_definitions(connection, 10));
        assert_eq!((found.len(), found[0].reference.as_str()), (1, "party.size"));
        assert_eq!((found[0].in_force.1, found[0].others[0].1), (one.min(other), contested));
        // Values of either stay.
        assert_eq!((&show(site, "C-1").custom["size"], &show(site, "C-2").custom["size"]), (&json!("L"), &json!("7")));
    }
    let rule = if in_force == "text" { Code::PatternMismatch } else { Code::TooHigh };
    assert_eq!(code(change(&mut sites[0], "party", "C-1", &["custom.size=77"])), rule);

    // A person decides, in the inbox, for the other one: then that is in force everywhere.
    let item = sites[1].inbox(ItemKind::DuplicateReference).remove(0);
    sites[1].settle(&item.id, &take(2)).unwrap();
    converge(&sites);
    for site in &sites {
        let known = read(site, |connection| definition(connection, "party", "size")).unwrap();
        assert_ne!(known.field.r#type, in_force);
        assert!(!known.field.archived);
        assert!(read(site, |connection| contested_definitions(connection, 10)).is_empty());
    }
}

#[test]
fn a_schema_is_the_types_with_the_organisations_names_fields_and_stages() {
    let mut site = sites(1, 48).remove(0);
    make(&mut site, "label", &["kind=party", "language=fr", "text=Tiers"]).unwrap();
    make(&mut site, "label", &["kind=party", "path=name", "language=fr", "text=Raison sociale", "help=Au registre"])
        .unwrap();
    make(&mut site, "label", &["kind=party", "path=addresses.city", "language=en", "text=Town"]).unwrap();
    define(&mut site, &["key=zone", "type=text", "label_en=Zone", "label_fr=Secteur", "order=2", "length=3"]).unwrap();
    let choice = r#"choices+={"value":"l","label_fr":"Grand","label_en":"Large"}"#;
    define(&mut site, &["key=size", "type=choice", choice, "order=1", "required=true", "listed=true"]).unwrap();
    let french = read(&site, |connection| schema_for(connection, party(), "fr-CA"));
    assert_eq!(french["x-ui"]["text"], "Tiers");
    assert_eq!(french["properties"]["name"]["x-ui"]["text"], "Raison sociale");
    assert_eq!(french["properties"]["name"]["x-ui"]["help"], "Au registre");
    assert_eq!(french["properties"]["name"]["x-ui"]["label"], "party.name", "what the type declares stays");
    let custom = &french["properties"]["custom"];
    assert_eq!(custom["required"], json!(["size"]));
    assert_eq!(custom["properties"]["zone"]["x-ui"]["text"], "Secteur");
    assert_eq!(custom["properties"]["zone"]["maxLength"], 3);
    assert_eq!(custom["properties"]["size"]["enum"], json!(["l"]));
    assert_eq!(custom["properties"]["size"]["x-ui"]["choice_texts"], json!({ "l": "Grand" }));
    assert_eq!(custom["properties"]["size"]["x-ui"]["order"], 1);
    let english = read(&site, |connection| schema_for(connection, party(), "en"));
    assert!(english["properties"]["name"]["x-ui"].get("text").is_none());
    assert_eq!(english["properties"]["addresses"]["x-line-fields"]["city"]["text"], "Town");

    assert_eq!(code(make(&mut site, "label", &["kind=party", "path=shoe", "language=fr", "text=x"])), Code::NotInList);
    assert_eq!(code(make(&mut site, "label", &["kind=party", "language=fr", "text=x"])), Code::DefinedAlready);
    archive(&mut site, "label", "party.name/fr", true);
    assert!(!read(&site, |connection| names(connection, "party", "fr")).contains_key("name"));
}

#[test]
fn at_most_so_many_fields_are_in_use() {
    let mut site = sites(1, 49).remove(0);
    for number in 0..MAX_CUSTOM_FIELDS {
        define(&mut site, &[&format!("key=k{number}"), "type=text"]).unwrap();
    }
    assert_eq!(code(define(&mut site, &["key=one-more", "type=text"])), Code::TooMany);
    archive(&mut site, "custom-field", "party.k7", true);
    define(&mut site, &["key=one-more", "type=text"]).unwrap();
}

#[test]
fn definitions_hold_for_the_whole_organisation() {
    let mut site = sites(1, 50).remove(0);
    let (desk, rng) = site.desk();
    let changes = Changes::parse(&["kind=party", "key=a", "type=text"]).unwrap();
    let refused = desk.create_in(kind("custom-field"), Placement::Private, changes, rng);
    assert_eq!(code(refused), Code::OrganisationWide);
}

#[test]
fn views_and_mappings_are_found_by_id_and_by_name() {
    let mut sites = sites(2, 51);
    let id =
        make(&mut sites[1], "view", &["name=Clients FR", "kind=party", "query=?customer=true&sort=-name"]).unwrap();
    let columns = r#"columns+={"source":"Nom","target":"name"}"#;
    let more = r#"columns+={"target":"kind","default":"person"}"#;
    make(&mut sites[1], "import-mapping", &["name=Old books", "kind=party", "form=csv", columns, more]).unwrap();
    converge(&sites);
    let (desk, _) = sites[0].desk();
    for name in ["Clients FR".to_owned(), id.to_string()] {
        let view = desk.look(|reading| query::view(reading.connection(), party(), &name)).unwrap();
        assert_eq!((view.name.as_str(), view.query.as_str()), ("Clients FR", "customer=true&sort=-name"));
    }
    let other = desk.look(|reading| query::view(reading.connection(), kind("label"), "Clients FR"));
    assert_eq!(code(other), Code::NotFound, "a view is of one kind");
    let found = desk.look(|reading| mapping(reading.connection(), party(), "Old books")).unwrap();
    let columns: Vec<_> =
        found.columns.in_use().map(|(_, c)| (c.source.as_str(), c.target.as_str(), c.default.as_str())).collect();
    assert_eq!((found.form.as_str(), columns), ("csv", vec![("Nom", "name", ""), ("", "kind", "person")]));
    assert_eq!(code(make(&mut sites[0], "view", &["kind=party"])), Code::Required);
    archive(&mut sites[0], "view", &id.to_string(), true);
    let (desk, _) = sites[0].desk();
    let archived = desk.look(|reading| query::view(reading.connection(), party(), "Clients FR"));
    assert_eq!(code(archived), Code::NotFound);
}

#[test]
fn stages_are_named_in_order() {
    let mut site = sites(1, 52).remove(0);
    make(&mut site, "stage", &["kind=party", "key=won", "label_en=Won", "order=2", "closed=true", "colour=#2B8A3E"])
        .unwrap();
    make(&mut site, "stage", &["kind=party", "key=first", "order=1"]).unwrap();
    let live = read(&site, |connection| stages(connection, "party"));
    let live: Vec<_> = live.iter().map(|stage| (stage.key.as_str(), stage.colour.as_str(), stage.closed)).collect();
    assert_eq!(live, [("first", "", false), ("won", "#2b8a3e", true)]);
    assert_eq!(code(make(&mut site, "stage", &["kind=party", "key=x", "colour=green"])), Code::ColourShape);

    new_party(&mut site, &["reference=C-1", "stage=won"]).unwrap();
    let refused = refusal(change(&mut site, "party", "C-1", &["stage=lost"]));
    assert_eq!((refused.code, refused.field.as_deref()), (Code::NotInList, Some("stage")));
    assert_eq!(refused.params["known"], "first, won");
    archive(&mut site, "stage", "party.won", true);
    assert_eq!(read(&site, |connection| stages(connection, "party")).len(), 1);
    assert_eq!(code(new_party(&mut site, &["stage=won"])), Code::NotInList);
    change(&mut site, "party", "C-1", &["notes=1", "stage=won"]).unwrap();
    assert_eq!(show(&mut site, "C-1").fields["stage"], "won", "who is at it stays");
    change(&mut site, "party", "C-1", &["stage="]).unwrap();
    let schema = read(&site, |connection| schema_for(connection, party(), "en"));
    assert_eq!(schema["properties"]["stage"]["x-ui"]["stages"][0]["text"], "first");
}

#[test]
fn amounts_of_declared_fields_are_typed_and_shown_alike() {
    let mut site = sites(1, 54).remove(0);
    let id = new_party(&mut site, &["credit_limit=1 000,50"]).unwrap().to_string();
    let shown = show(&mut site, &id);
    assert_eq!(shown.fields["credit_limit"], "1000.50 EUR");
    let same = format!("credit_limit={}", shown.fields["credit_limit"].as_str().unwrap());
    change(&mut site, "party", &id, &[&same]).unwrap();
    assert_eq!(code(change(&mut site, "party", &id, &["credit_limit=1.001"])), Code::TooManyDecimals);
    change(&mut site, "party", &id, &["credit_limit="]).unwrap();
    let pattern = party().schema_json()["properties"]["credit_limit"]["pattern"].clone();
    assert!(pattern.as_str().unwrap().starts_with("^-?"), "{pattern}");
}

#[test]
fn a_module_that_others_need_stays_on() {
    let mut sites = sites(2, 53);
    let refused = refusal(make(&mut sites[0], "module-switch", &["module=parties", "on=false"]));
    assert_eq!((refused.code, refused.field.as_deref()), (Code::ModuleNeeded, Some("on")));
    assert!(refused.to_string().contains("every other module"), "{refused}");
    assert_eq!(code(make(&mut sites[0], "module-switch", &["module=customising"])), Code::ModuleNeeded);
    assert_eq!(code(make(&mut sites[0], "module-switch", &["module=tennis"])), Code::UnknownModule);
    make(&mut sites[0], "module-switch", &["module=parties", "on=true"]).unwrap();
    exchange(&sites);
    for module in [Module::Parties, Module::Customising] {
        assert!(read(&sites[1], |connection| query::is_on(connection, module, "S01")));
    }
    let home = sites[1].home.clone();
    let checked = sites[1]
        .replica
        .read(|reading| Ok(query::check_on(&Context::new(reading.connection(), &home), party()).is_ok()));
    assert!(checked.unwrap());
}

#[test]
fn a_module_goes_off_and_on_again_with_nothing_lost() {
    let mut sites = sites(2, 55);
    let xof = ["code=XOF", "name_en=CFA franc", "digits=0"];
    let id = make(&mut sites[0], "currency", &xof).unwrap().to_string();
    let listed = |site: &mut Site| {
        let (desk, _) = site.desk();
        desk.list(kind("currency"), &ListQuery::default()).map(|page| page.total)
    };
    converge(&sites);
    assert_eq!(listed(&mut sites[1]).unwrap(), 1);

    // Off at the branch alone.
    let switch = make(&mut sites[0], "module-switch", &["module=reference", "site=s01", "on=false"]).unwrap();
    converge(&sites);
    assert_eq!(listed(&mut sites[0]).unwrap(), 1);
    let refused = refusal(listed(&mut sites[1]));
    assert_eq!((refused.code, refused.params["value"].as_str()), (Code::ModuleOff, "reference"));
    let branch = &mut sites[1];
    assert_eq!(code(make(branch, "currency", &["code=TND", "name_en=Dinar"])), Code::ModuleOff);
    assert_eq!(code(change(branch, "currency", "XOF", &["name_en=x"])), Code::ModuleOff);
    let (desk, rng) = branch.desk();
    assert_eq!(code(desk.archive(kind("currency"), &id, true, rng)), Code::ModuleOff);
    assert_eq!(code(desk.find(kind("currency"), "XOF")), Code::ModuleOff);
    assert_eq!(code(desk.share(kind("currency"), &id, rng)), Code::ModuleOff);

    // Headquarters goes on, and what it writes arrives unseen.
    change(&mut sites[0], "currency", "XOF", &["name_fr=Franc CFA"]).unwrap();
    make(&mut sites[0], "currency", &["code=TND", "name_en=Dinar", "digits=3"]).unwrap();
    converge(&sites);
    change(&mut sites[0], "module-switch", &switch.to_string(), &["on=true"]).unwrap();
    converge(&sites);
    assert_eq!(listed(&mut sites[1]).unwrap(), 2);
    let (desk, _) = sites[1].desk();
    let place = desk.find(kind("currency"), "XOF").unwrap();
    let shown = desk.look(|reading| alias::show(reading, kind("currency"), place)).unwrap();
    assert_eq!(shown.fields["name_fr"], "Franc CFA");

    // Off in the organisation: a site's own switch comes first, and without it everyone is off.
    make(&mut sites[0], "module-switch", &["module=reference", "on=false"]).unwrap();
    converge(&sites);
    assert_eq!(code(listed(&mut sites[0])), Code::ModuleOff);
    assert_eq!(listed(&mut sites[1]).unwrap(), 2);
    archive(&mut sites[0], "module-switch", &switch.to_string(), true);
    converge(&sites);
    assert_eq!(code(listed(&mut sites[1])), Code::ModuleOff);
}
