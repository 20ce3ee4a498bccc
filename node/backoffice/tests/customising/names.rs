//! What else an organisation names: labels and the schema that they make, stages, views, mappings.

use super::*;

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
    let french = site.reader().schema(party(), "fr-CA").unwrap();
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
    let english = site.reader().schema(party(), "en").unwrap();
    assert!(english["properties"]["name"]["x-ui"].get("text").is_none());
    assert_eq!(english["properties"]["addresses"]["x-line-fields"]["city"]["text"], "Town");

    assert_eq!(code(make(&mut site, "label", &["kind=party", "path=shoe", "language=fr", "text=x"])), Code::NotInList);
    assert_eq!(code(make(&mut site, "label", &["kind=party", "language=fr", "text=x"])), Code::DefinedAlready);
    archive(&mut site, "label", "party.name/fr", true);
    assert!(!read(&site, |connection| names(connection, "party", "fr")).contains_key("name"));
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
    // What no list of the kind takes is not kept, nor a second view of one name.
    let wrong = ["name=x", "kind=party", "query=addresses.countr=FR"];
    let told = refusal(make(&mut sites[0], "view", &wrong));
    assert_eq!((told.code, told.field.as_deref()), (Code::UnknownField, Some("query.addresses.countr")));
    for query in ["query=sort=nothing", "query=columns=name,nothing", "query=customer=perhaps"] {
        let told = refusal(make(&mut sites[0], "view", &["name=x", "kind=party", query]));
        assert!(told.field.is_some_and(|field| field.starts_with("query.")), "{query}");
    }
    let twice = refusal(make(&mut sites[0], "view", &["name=Clients FR", "kind=party"]));
    assert_eq!((twice.code, &twice.params["id"]), (Code::DefinedAlready, &id.to_string()));
    make(&mut sites[0], "view", &["name=Clients FR", "kind=label"]).unwrap();
    change(&mut sites[0], "view", &id.to_string(), &["name=Clients FR", "query=addresses.country=FR"]).unwrap();
    // A stage is of a kind whose records are at one.
    let told = refusal(make(&mut sites[0], "stage", &["kind=country", "key=won"]));
    assert_eq!(
        (told.code, told.field.as_deref(), told.params["known"].as_str()),
        (Code::NotInList, Some("kind"), "party")
    );
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
    let schema = site.reader().schema(party(), "en").unwrap();
    assert_eq!(schema["properties"]["stage"]["x-ui"]["stages"][0]["text"], "first");
}
