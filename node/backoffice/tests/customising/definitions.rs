//! Definitions of own fields: what is refused of them, who writes them, and which is in force where two sites define one field.

use super::*;

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
    let refused = desk.create_in(kind("custom-field"), &Placement::Private, changes, rng);
    assert_eq!(code(refused), Code::FixedPlace);
}

#[test]
fn definitions_and_values_come_by_file_like_any_other_record() {
    let mut site = sites(1, 56).remove(0);
    let counts = |report: ImportReport| [report.created, report.changed, report.unchanged, report.refused_rows];
    let file = "reference,kind,key,type,label_fr,max,choices.1.value,choices.2.value\n\
        party.zone,party,zone,text,Secteur,,,\nparty.size,party,size,choice,,,s,l\nparty.limit,party,limit,money,,50,,\n\
        party.odd,party,odd,text,,9,,\nparty.wrong,party,other,text,,,,\n";
    let report = import_as_tried(&mut site, kind("custom-field"), file);
    let codes: Vec<_> = report.refused.iter().map(|row| (row.row, row.code)).collect();
    assert_eq!(codes, [(5, Code::RuleUnfit), (6, Code::NotWritable)]);
    assert_eq!(counts(report), [3, 0, 0, 2]);
    assert_eq!(counts(import_as_tried(&mut site, kind("custom-field"), file)), [0, 0, 3, 2]);

    let parties = "reference,name,custom.size,custom.limit,Secteur\nC-1,Dupont,l,\"12,5\",N\nC-2,Durand,m,1,\n";
    let report = import_as_tried(&mut site, party(), parties);
    assert_eq!((report.refused[0].column.as_deref(), report.refused[0].code), (Some("custom.size"), Code::NotInList));
    assert_eq!(counts(report), [1, 0, 0, 1]);
    let expected = json!({ "size": "l", "limit": "12.50 EUR", "zone": "N" });
    assert_eq!(json!(show(&mut site, "C-1").custom), expected);
    assert_eq!(counts(import_as_tried(&mut site, party(), parties)), [0, 0, 1, 1]);
}
