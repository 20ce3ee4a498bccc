//! Records as scripts meet them through the real binary: lists in full, kinds, search, history and undo, merging, sharing.
//! Owns the contract's tests of what is alike for every kind of record.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Ran, TestNode};
use serde_json::{Value, json};

/// A headquarters with three parties and fields of its own.
fn node() -> TestNode {
    let node = TestNode::founded();
    for field in [
        &["kind=party", "key=size", "type=choice", "choices+={\"value\":\"s\"}", "choices+={\"value\":\"m\"}"][..],
        &["kind=party", "key=weight", "type=number", "listed=true"],
    ] {
        node.run(&[&["record", "create", "custom-field"], field].concat()).well();
    }
    for party in [
        &[
            "name=Évreux & Fils",
            "reference=C-1",
            "customer=true",
            "credit_limit=100 EUR",
            "custom.size=s",
            "custom.weight=2,5",
            "addresses+={\"city\":\"Évry\",\"country\":\"FR\"}",
        ][..],
        &[
            "name=dupont",
            "reference=C-2",
            "kind=person",
            "credit_limit=12.34",
            "custom.weight=-1",
            "addresses+={\"city\":\"Dakar\",\"country\":\"SN\"}",
        ],
        &["name=Zola", "reference=C-3", "customer=true", "credit_limit=5000 XOF"],
    ] {
        node.run(&[&["record", "create", "party"], party].concat()).well();
    }
    node
}

fn list(node: &TestNode, arguments: &[&str]) -> Ran {
    node.run(&[&["record", "list", "party"], arguments].concat())
}

#[track_caller]
fn names(node: &TestNode, arguments: &[&str]) -> String {
    let page = list(node, arguments).well().json();
    let records = page["records"].as_array().unwrap().iter();
    records.map(|record| record["title"].as_str().unwrap().split(' ').next().unwrap()).collect::<Vec<_>>().join(" ")
}

fn id_of(node: &TestNode, reference: &str) -> String {
    node.run(&["record", "show", "party", reference]).well().json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn lists_filter_sort_add_up_and_page() {
    let node = node();
    assert_eq!(names(&node, &[]), "dupont Évreux Zola");
    assert_eq!(names(&node, &["--filter", "addresses.country=FR", "--filter", "credit_limit[gte]=100"]), "Évreux");
    assert_eq!(
        names(&node, &["--filter", "custom.weight[between]=-1|2.5", "--sort", "-custom.weight"]),
        "Évreux dupont"
    );
    assert_eq!(names(&node, &["--filter", "custom.size=s"]), "Évreux");
    assert_eq!(names(&node, &["--sort", "-customer,-name"]), "Zola Évreux dupont");
    assert_eq!(names(&node, &["--search", "evry"]), "Évreux");
    let page = list(&node, &["--limit", "2", "--columns", "customer,credit_limit,city", "--totals", "credit_limit"]);
    let page = page.well().json();
    assert_eq!((&page["total"], &page["previous"]), (&json!(3), &Value::Null));
    assert_eq!(page["records"][1]["fields"], json!({"customer": true, "credit_limit": "100.00 EUR", "city": "Évry"}));
    assert_eq!(page["totals"], json!({"credit_limit": ["112.34 EUR", "5000 XOF"]}));
    let next = page["next"].as_str().unwrap();
    let last = list(&node, &["--limit", "2", "--after", next]).well().json();
    assert_eq!((&last["records"][0]["title"], &last["next"]), (&json!("Zola"), &Value::Null));
    assert_eq!(names(&node, &["--limit", "2", "--before", last["previous"].as_str().unwrap()]), "dupont Évreux");
    let refused = list(&node, &["--filter", "wings=2"]).failed(1, "unknown-field");
    assert!(refused.err.contains("addresses.country"), "{refused:?}");
    list(&node, &["--filter", "name[gte]=2"]).failed(1, "unknown-operator");
    list(&node, &["--filter", "credit_limit=much"]).failed(1, "amount-shape");
    list(&node, &["--after", "00"]).failed(1, "bad-page-key");
    let none = node.say(&["record", "list", "party", "--search", "nobody", "--totals", "credit_limit"]).well().out;
    assert!(none.contains("Total of credit_limit: 0."), "{none}");
    assert_eq!(list(&node, &["--filter", "nothing"]).exit, 2);
    let told = node.say(&["record", "list", "party", "--limit", "2", "--totals", "credit_limit"]).well().out;
    assert!(told.contains("Total of credit_limit: 112.34 EUR | 5000 XOF.\n2 of 3.\nMore: --after "), "{told}");
}

#[test]
fn a_saved_view_lists_under_its_name() {
    let node = node();
    let query = "query=customer=true&sort=-name&columns=name,custom.weight";
    node.run(&["record", "create", "view", "name=Clients", "kind=party", query]).well();
    assert_eq!(names(&node, &["--view", "Clients"]), "Zola Évreux");
    assert_eq!(names(&node, &["--view", "Clients", "--sort", "name"]), "Évreux Zola");
    assert_eq!(list(&node, &["--view", "Clients"]).json()["columns"], json!(["name", "custom.weight"]));
    list(&node, &["--view", "Nobody's"]).failed(1, "not-found");
}

#[test]
fn kinds_tell_what_they_are_made_of() {
    let node = node();
    let kinds = node.run(&["kinds"]).well().json();
    let kinds = kinds["kinds"].as_array().unwrap();
    let party = kinds.iter().find(|kind| kind["kind"] == "party").unwrap();
    assert_eq!(
        (&party["module"], &party["on"], &party["write_class"]),
        (&json!("parties"), &json!(true), &json!("shared"))
    );
    assert!(kinds.iter().any(|kind| kind["kind"] == "custom-field" && kind["write_class"] == "reference"));
    node.run(&["record", "create", "label", "kind=party", "language=fr", "text=Tiers"]).well();
    let schema = node.run(&["schema", "party", "--lang", "fr"]).well().json();
    assert_eq!(schema["x-kind"], "party");
    assert!(schema["properties"]["custom"].to_string().contains("weight"), "{}", schema["properties"]["custom"]);
    let kinds = node.run(&["kinds"]).well().json();
    assert!(kinds["kinds"].as_array().unwrap().iter().any(|kind| kind["label"] == "Tiers"), "{kinds}");
    node.run(&["schema", "robot"]).failed(2, "unknown-kind");
}

#[test]
fn a_search_goes_through_all_kinds_and_the_best_come_first() {
    let node = node();
    node.run(&["record", "create", "party", "name=Société Dupont", "reference=C-4"]).well();
    let found = node.run(&["search", "DUPONT"]).well().json();
    assert_eq!(found["kinds"][0]["kind"], "party");
    let titles: Vec<&Value> =
        found["kinds"][0]["records"].as_array().unwrap().iter().map(|hit| &hit["title"]).collect();
    assert_eq!(titles, [&json!("dupont"), &json!("Société Dupont")]);
    assert_eq!(node.run(&["search", "c-4"]).well().json()["kinds"][0]["records"][0]["title"], "Société Dupont");
    assert_eq!(node.run(&["search", "C-4"]).well().json()["kinds"][0]["records"][0]["rank"], "reference");
    let kinds = node.run(&["search", "weight"]).well().json();
    assert_eq!(kinds["kinds"][0]["kind"], "custom-field");
    assert_eq!(node.run(&["search", "nobody", "at", "all"]).well().json(), json!({"kinds": []}));
    let told = node.say(&["search", "dupont", "--limit", "1"]).well().out;
    assert!(told.contains("More: record list party --search 'dupont'"), "{told}");
}

#[test]
fn a_change_is_taken_back_by_its_name_and_a_record_shown_as_it_was() {
    let node = node();
    let id = id_of(&node, "C-1");
    node.run(&["record", "set", "party", "C-1", "phone=+33123456789"]).well();
    let history = node.run(&["record", "history", "party", "C-1"]).well().json();
    let items = history["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["created"], &items[1]["created"]), (2, &json!(true), &json!(false)));
    assert_eq!(items[1]["puts"][0]["concurrent"], false);
    let change = items[1]["change"].as_str().unwrap();
    let reverted = node.run(&["record", "revert", "party", &id, change]).well().json();
    assert_eq!((&reverted["record"]["fields"]["phone"], &reverted["superseded"]), (&json!(""), &json!([])));
    node.run(&["record", "set", "party", "C-1", "name=Évreux SA"]).well();
    let made = items[0]["time"].as_str().unwrap();
    let then = node.run(&["record", "show", "party", &id, "--at", made]).well().json();
    assert_eq!(then["title"], "Évreux & Fils");
    let back = node.run(&["record", "revert", "party", &id, "--to", made]).well().json();
    assert_eq!(back["record"]["title"], "Évreux & Fils");
    node.run(&["record", "show", "party", &id, "--at", "2001-01-01"]).failed(1, "not-found");
    node.run(&["record", "show", "party", &id, "--at", "soon"]).failed(2, "bad-request");
    node.run(&["record", "revert", "party", &id, &"0".repeat(64)]).failed(1, "unknown-change");
    node.run(&["record", "revert", "party", &id, "first"]).failed(2, "bad-request");
    let told = node.say(&["record", "history", "party", &id]).well().out;
    assert!(told.contains(change) && told.contains("phone: +33123456789 -> (empty)"), "{told}");
}

#[test]
fn what_a_command_wrote_is_named_and_taken_back_whatever_came_since() {
    let node = node();
    let id = id_of(&node, "C-1");
    let set = node.run(&["record", "set", "party", "C-1", "phone=+33123456789"]).well().json();
    let [written] = set["written"].as_array().unwrap().as_slice() else { panic!("{set}") };
    assert_eq!((&written["kind"], &written["record"]), (&json!("party"), &json!(id)));
    let again = node.run(&["record", "set", "party", "C-1", "phone=+33123456789"]).well().json();
    assert_eq!(again["written"], json!([]), "nothing differed, so nothing is there to take back");
    node.run(&["record", "set", "party", "C-1", "website=https://evreux.example"]).well();
    let change = written["change"].as_str().unwrap();
    let back = node.run(&["record", "revert", "party", &id, change]).well().json();
    let fields = &back["record"]["fields"];
    assert_eq!((&fields["phone"], &fields["website"]), (&json!(""), &json!("https://evreux.example")));
    let archived = node.run(&["record", "archive", "party", "C-1"]).well().json();
    let change = archived["written"][0]["change"].as_str().unwrap();
    let back = node.run(&["record", "revert", "party", &id, change]).well().json();
    assert_eq!(back["record"]["archived"], false);
}

#[test]
fn what_settling_an_item_wrote_is_named_and_taken_back() {
    let node = node();
    for reference in ["D-1", "D-2"] {
        let named = format!("reference={reference}");
        node.run(&["record", "create", "party", "name=Fall", &named, "email=q@fall.sn"]).well();
    }
    let pair = || node.run(&["inbox", "list", "--kind", "possible-duplicate"]).json()["items"][0].clone();
    // Merged, and said to be two: each is a change of a record, and each is taken back as one.
    for take in ["1", "3"] {
        let item = pair();
        let settled = node.run(&["inbox", "resolve", item["id"].as_str().unwrap(), "--take", take]).well().json();
        assert_eq!(pair(), Value::Null);
        for written in settled["written"].as_array().unwrap() {
            let [record, change] = ["record", "change"].map(|name| written[name].as_str().unwrap());
            node.run(&["record", "revert", "party", record, change]).well();
        }
        assert_eq!(pair()["id"], item["id"], "taken back after {take}");
    }
}

#[test]
fn two_records_become_one_and_two_again() {
    let node = node();
    let (evreux, dupont) = (id_of(&node, "C-1"), id_of(&node, "C-2"));
    let merged = node.run(&["record", "merge", "party", "C-2", "C-1", "--take", "kind"]).well().json();
    assert_eq!((&merged["id"], &merged["fields"]["kind"]), (&json!(evreux), &json!("person")));
    assert_eq!(merged["aliases"][0]["id"], json!(dupont));
    assert_eq!(names(&node, &[]), "Évreux Zola");
    assert_eq!(names(&node, &["--search", "dakar"]), "Évreux");
    assert_eq!(node.run(&["record", "show", "party", &dupont]).well().json()["id"], json!(evreux));
    assert_eq!(node.run(&["record", "show", "party", &dupont, "--itself"]).well().json()["alias_of"], json!(evreux));
    node.run(&["record", "merge", "party", "C-1", "C-1"]).failed(1, "merge-itself");
    node.run(&["record", "unmerge", "party", "C-3"]).failed(1, "not-merged");
    assert_eq!(node.run(&["record", "unmerge", "party", &dupont, "--distinct"]).well().json()["title"], "dupont");
    assert_eq!(names(&node, &[]), "dupont Évreux Zola");
}

#[test]
fn a_private_record_is_shared_once() {
    let node = node();
    let made =
        node.run(&["record", "create", "party", "--scope", "private", "name=Discret", "reference=P-1"]).well().json();
    let shared = node.run(&["record", "share", "party", "P-1"]).well().json();
    assert_ne!((&shared["scope"], &shared["id"]), (&made["scope"], &made["id"]));
    assert_eq!(names(&node, &["--filter", "reference=P-1"]), "Discret");
    node.run(&["record", "share", "party", "P-1"]).failed(1, "already-shared");
    node.run(&["verify"]).well();
}
