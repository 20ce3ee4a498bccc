//! Values of own fields: how each type is typed, stored and shown, what is refused, and what becomes of values without a
//! definition.

use super::*;

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
    let schema = sites[1].reader().schema(party(), "en").unwrap();
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
