//! Stock as scripts meet it through the real binary: drafts, postings, what is refused, with and without a daemon. Owns the
//! contract's tests of those commands; what the rules are is tested with the rules.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Ran, TestNode};
use serde_json::{Value, json};

/// A headquarters with a store and an item.
fn node() -> TestNode {
    let node = TestNode::founded();
    node.run(&["record", "create", "location", "code=MAIN", "name=Main store"]).well();
    let units = r#"units+={"code":"box","factor":"12"}"#;
    node.run(&["record", "create", "item", "sku=NAIL", "name=Nails", units]).well();
    node
}

fn moved(node: &TestNode, what: &str, place: &str, line: &str) -> Ran {
    node.run(&["move", "draft", what, place, "--line", line, "--post"])
}

fn on_hand(node: &TestNode) -> Value {
    node.run(&["stock", "on-hand", "NAIL"]).well().json()
}

#[test]
fn goods_are_received_issued_and_taken_back() {
    let node = node();
    let posted = moved(&node, "receive", "to=MAIN", "item=NAIL quantity=10 unit=box cost=48EUR").well().json();
    assert_eq!((&posted["type"], &posted["lines"][0]["quantity"]), (&json!("receive"), &json!("120")));
    moved(&node, "issue", "from=MAIN", "item=NAIL quantity=121").failed(1, "stock-short");
    let issued = moved(&node, "issue", "from=MAIN", "item=NAIL quantity=20").well().json();
    assert_eq!(on_hand(&node)["sites"][0]["on_hand"], "100");
    let value = node.run(&["stock", "value"]).well().json();
    assert_eq!(value["sites"][0]["value"], "40.00 EUR");
    let id = issued["id"].as_str().unwrap();
    node.run(&["move", "reverse", id]).well();
    node.run(&["move", "reverse", id]).failed(1, "reversed-already");
    node.run(&["move", "reverse", "nothing"]).failed(1, "not-found");
    let listed = node.run(&["stock", "postings"]).well().json();
    let types: Vec<&str> =
        listed["postings"].as_array().unwrap().iter().map(|posting| posting["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["issue", "issue", "receive"]);
    let before = node.run(&["stock", "postings", "--before", id, "--limit", "1"]).well().json();
    assert_eq!(before["postings"][0]["id"], posted["id"]);
    let shown = node.say(&["stock", "show", id]).well().out;
    assert!(shown.contains("It was taken back by") && shown.contains("-20"), "{shown}");
    assert_eq!(node.run(&["verify"]).well().json()["sound"], true);
}

#[test]
fn a_draft_that_is_refused_at_once_is_set_aside_and_one_that_waits_stays() {
    let node = node();
    moved(&node, "issue", "from=MAIN", "item=NAIL quantity=1").failed(1, "stock-short");
    assert_eq!(node.run(&["record", "list", "move"]).well().json()["total"], 0);
    let draft = node.run(&["move", "draft", "receive", "to=MAIN", "--line", "item=NAIL quantity=3"]).well().json();
    let id = draft["id"].as_str().unwrap().to_owned();
    assert_eq!(node.run(&["record", "list", "move"]).well().json()["total"], 1);
    node.run(&["move", "post", &id]).well();
    node.run(&["move", "post", &id]).failed(1, "posted-already");
    node.run(&["record", "set", "move", &id, "note=later"]).failed(1, "posted-already");
    node.run(&["move", "draft", "steal"]).failed(1, "not-in-list");
    node.run(&["move", "draft", "issue", "--line", "NAIL"]).failed(2, "bad-request");
    let inbox = node.run(&["inbox", "list", "--kind", "uncosted"]).well().json();
    assert_eq!((&inbox["items"][0]["name"], &inbox["items"][0]["site"]), (&json!("NAIL Nails"), &json!("PAR")));
    node.run(&["inbox", "resolve", inbox["items"][0]["id"].as_str().unwrap(), "--take", "1"])
        .failed(1, "unknown-choice");
    node.run(&["stock", "revalue", "NAIL", "-1 EUR"]).failed(1, "revaluation-unfit");
    node.run(&["stock", "revalue", "NAIL", "3 EUR"]).well();
    assert_eq!(node.run(&["inbox", "list", "--kind", "uncosted"]).well().json()["items"], json!([]));
}

#[test]
fn a_daemon_answers_the_same_and_tells_what_was_posted() {
    let node = node();
    let daemon = node.start();
    moved(&node, "receive", "to=MAIN", "item=NAIL quantity=5 cost=5EUR").well();
    assert_eq!(on_hand(&node)["places"][0]["quantity"], "5");
    let available = node.run(&["stock", "availability", "--search", "nai"]).well().json();
    assert_eq!((&available["items"][0]["total"]["available"], &available["next"]), (&json!("5"), &Value::Null));
    node.run(&["stock", "availability", "--at-site", "XXX"]).failed(1, "unknown-site");
    node.run(&["stock", "on-hand", "NAIL", "--at", "soon"]).failed(2, "bad-request");
    node.run(&["record", "create", "pool", "code=P", "name=Pool", "item=NAIL", "location=MAIN"]).well();
    assert_eq!(node.run(&["stock", "rights"]).well().json()["pools"][0]["free"], "5");
    node.run(&["rights", "grant", "P", "1", "--to", "PAR"]).failed(1, "rights-unfit");
    node.run(&["rights", "spend", "P", "1"]).failed(1, "rights-short");
    node.run(&["rights", "share-out", "P"]).failed(1, "pool-empty");
    node.run(&["rights", "reclaim", "P", "PAR"]).failed(1, "not-revoked");
    node.run(&["rights", "reclaim", "P", "XXX"]).failed(1, "unknown-site");
    node.run(&["transfer", "send", "--to", "PAR", "--from", "MAIN", "--line", "item=NAIL quantity=1"])
        .failed(1, "same-site");
    assert_eq!(node.run(&["transfer", "list"]).well().json()["transfers"], json!([]));
    node.run(&["transfer", "show", "nothing"]).failed(1, "not-found");
    drop(daemon);
}
