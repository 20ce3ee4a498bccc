//! New keys of a site as operators meet them: made, asked for, bound, given up, killed in between, under a seal. Owns the tests that need one node only.

#![allow(clippy::unwrap_used)]

mod common;

use common::TestNode;
use serde_json::{Value, json};

const PASSPHRASE: &str = "correct horse battery staple";

/// The request of new keys, and which of them are new.
fn renew(node: &TestNode, options: &[&str]) -> (String, Vec<bool>) {
    let made = node.run(&[&["keys", "renew"], options].concat()).well().json();
    let new = ["tls", "signing", "sealing"].map(|name| made[name] == true).to_vec();
    (made["request"].as_str().unwrap().to_owned(), new)
}

fn renewal(node: &TestNode) -> Value {
    node.run(&["keys", "status"]).well().json()["renewal"].clone()
}

fn party(node: &TestNode, name: &str) {
    node.run(&["record", "create", "party", &format!("name={name}")]).well();
}

fn stands_well(node: &TestNode) {
    let doctor = node.run(&["doctor"]).json();
    let keys = doctor["checks"].as_array().unwrap().iter().find(|check| check["check"] == "keys").unwrap();
    assert_eq!(keys["state"], "good", "{keys}");
    node.run(&["verify"]).well();
}

#[test]
fn keys_are_renewed_each_apart_and_serve_once_they_are_bound() {
    let node = TestNode::founded();
    party(&node, "Before");
    assert_eq!(renewal(&node), Value::Null);
    node.run(&["keys", "renew", "--cancel"]).failed(1, "not-found");
    for (options, new) in [
        (&["--tls"][..], [true, false, false]),
        (&["--signing"], [false, true, false]),
        (&["--sealing"], [false, false, true]),
        (&[], [true, true, true]),
    ] {
        let (request, made) = renew(&node, options);
        assert_eq!(made, new);
        assert!(request.starts_with("COMPTOIR-REKEY-"), "{request}");
        let waits = renewal(&node);
        assert!(waits["since"].is_string() && waits["request"] == request.as_str(), "{waits}");
        // Told again, it is the same; others are not made meanwhile.
        assert_eq!(renew(&node, &[]), (request.clone(), made.clone()));
        assert_eq!(renew(&node, options), (request.clone(), made));
        let others = if options == ["--tls"] { "--signing" } else { "--tls" };
        node.run(&["keys", "renew", others]).failed(1, "renewal-pending");
        party(&node, "While they wait");
        node.run(&["site", "rekey", "PAR", &request]).failed(2, "bad-request");
        node.run(&["site", "rekey", "DKR", &request, "--yes"]).failed(1, "not-found");
        node.run(&["site", "rekey", "PAR", &request[..60], "--yes"]).failed(2, "code-mistyped");
        let bound = node.run(&["site", "rekey", "PAR", &request, "--yes"]).well().json();
        assert_eq!((&bound["site"], bound["tls"] == true, bound["sealing"] == true), (&json!("PAR"), new[0], new[2]));
        assert_eq!(renewal(&node), Value::Null);
        let again = node.run(&["site", "rekey", "PAR", &request, "--yes"]).well().json();
        assert_eq!(
            (&again["tls"], &again["signing"], &again["sealing"]),
            (&json!(false), &json!(false), &json!(false))
        );
        party(&node, "After");
        stands_well(&node);
    }
    assert_eq!(node.run(&["record", "list", "party"]).well().json()["total"], 9);
    let stranger = TestNode::founded();
    let (request, _) = renew(&stranger, &[]);
    node.run(&["site", "rekey", "PAR", &request, "--yes"]).failed(1, "other-key");
}

#[test]
fn keys_that_were_given_up_and_bound_all_the_same_serve_and_what_a_kill_leaves_is_told_again() {
    let node = TestNode::founded();
    let (given_up, _) = renew(&node, &[]);
    node.run(&["keys", "renew", "--cancel"]).well();
    assert_eq!(renewal(&node), Value::Null);
    let (wanted, _) = renew(&node, &[]);
    assert_ne!(wanted, given_up);
    // The daemon dies right after it has made the keys, and after it has bound them.
    let mut daemon = node.start();
    assert_eq!(renew(&node, &[]).0, wanted);
    daemon.kill();
    let mut daemon = node.start();
    assert_eq!(renewal(&node)["request"], wanted.as_str());
    node.run(&["site", "rekey", "PAR", &given_up, "--yes"]).well();
    daemon.kill();
    party(&node, "Under what was given up");
    assert_eq!(renewal(&node)["request"], wanted.as_str(), "what is wanted still waits");
    stands_well(&node);
    let mut daemon = node.start();
    node.run(&["site", "rekey", "PAR", &wanted, "--yes"]).well();
    party(&node, "Under what was wanted");
    daemon.kill();
    assert_eq!(renewal(&node), Value::Null);
    stands_well(&node);
}

#[test]
fn a_sealed_node_keeps_its_new_keys_under_the_seal() {
    let node = TestNode::founded();
    let file = node.file("passphrase", PASSPHRASE.as_bytes());
    node.run(&["keys", "seal", "--passphrase-file", &file]).well();
    let (request, _) = renew(&node, &[]);
    let status = node.run(&["keys", "status"]).well().json();
    assert_eq!((&status["files"]["renewed-keys.json"], &status["sealed"]), (&json!("sealed"), &json!(true)));
    let made: Value = serde_json::from_slice(&std::fs::read(node.data().join("renewed-keys.json")).unwrap()).unwrap();
    assert!(made["sets"].is_null() && made["sealed"].is_string(), "{made}");
    node.run(&["site", "rekey", "PAR", &request, "--yes"]).well();
    let opened = node.run(&["keys", "unseal"]).well().json();
    assert_eq!((&opened["files"]["renewed-keys.json"], &opened["sealed"]), (&json!("plain"), &json!(false)));
    party(&node, "After");
    stands_well(&node);
}
