//! The support bundle of a node: how it stands, and nothing of what records say, whether its daemon runs or not.

#![allow(clippy::unwrap_used)]

mod common;

use common::TestNode;
use serde_json::{Value, json};

const WORD: &str = "Unmistakable";

#[test]
fn a_support_bundle_tells_how_the_node_stands_and_nothing_of_records() {
    let node = TestNode::empty();
    node.run(&["create", "--organisation", &format!("{WORD} SA"), "--site", "PAR", "--country", "FR"]).well();
    node.run(&["record", "create", "party", &format!("name={WORD} & Fils")]).well();
    node.run_with(&["staff", "add", "unmistakable.diop", "--password-stdin"], b"a password of several words\n").well();
    let write = |name: &str| {
        let file = node.data().parent().unwrap().join(name);
        node.run(&["support-bundle", file.to_str().unwrap()]).well();
        std::fs::read_to_string(file).unwrap()
    };
    let stopped = write("stopped.json");
    let _daemon = node.start();
    let keys = std::fs::read_to_string(node.data().join("keys.json")).unwrap();
    let keys: Value = serde_json::from_str(&keys).unwrap();
    let secrets = ["tls", "signing", "sealing"].map(|name| keys[name].as_str().unwrap());
    for text in [stopped, write("running.json")] {
        let bundle: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&bundle["program"], &bundle["status"]["site"]), (&json!("comptoir-node"), &json!("PAR")));
        let replica = bundle["databases"].as_array().unwrap().iter().find(|found| found["name"] == "replica.sqlite");
        assert!(replica.unwrap()["rows"]["entries"].as_i64() > Some(1), "{text}");
        assert!(bundle["doctor"].as_array().unwrap().len() >= 6, "{text}");
        assert!(!text.to_lowercase().contains(&WORD.to_lowercase()), "a name stands in it");
        assert!(!secrets.iter().any(|secret| text.contains(*secret)), "a key stands in it");
    }
    let there = node.data().parent().unwrap().join("stopped.json");
    node.run(&["support-bundle", there.to_str().unwrap()]).failed(2, "bad-request");
}
