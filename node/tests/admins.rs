//! Admins as operators meet them: one is removed by another, let back, and removed for good. Owns the tests that need one node only; what a
//! removal means for acts is the replica's to test.

#![allow(clippy::unwrap_used)]

mod common;

use common::TestNode;
use comptoir_sync_protocol::enrolment::AdminCode;
use ed25519_dalek::SigningKey;
use serde_json::Value;

/// The code of a key that was made elsewhere.
fn made_elsewhere(code: &str, seed: u8) -> String {
    let mut code = AdminCode::from_text(code).unwrap();
    code.admin = SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes();
    code.to_text()
}

fn standings(node: &TestNode) -> Vec<(String, String)> {
    let listed = node.run(&["admin", "list"]).well().json();
    let told =
        |admin: &Value| (admin["name"].as_str().unwrap().to_owned(), admin["standing"].as_str().unwrap().to_owned());
    listed["admins"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn an_admin_is_removed_by_another_let_back_and_removed_for_good() {
    let node = TestNode::founded();
    let own = node.run(&["admin", "request"]).well().json()["code"].as_str().unwrap().to_owned();
    node.run(&["admin", "delegate", "Paul", &own]).well();
    node.run(&["admin", "delegate", "Anne", &made_elsewhere(&own, 1)]).well();
    let named = |standing: &str| [("Anne".to_owned(), standing.to_owned()), ("Paul".to_owned(), "member".to_owned())];
    assert_eq!(standings(&node), named("member"));

    // It is asked before it is done.
    node.run(&["admin", "suspend", "Anne"]).failed(2, "bad-request");
    let suspended = node.run(&["admin", "suspend", "Anne", "--yes"]).well().json();
    assert_eq!(suspended["standing"], "suspended");
    assert_eq!(standings(&node), named("suspended"));
    node.run(&["admin", "resume", "Anne", "--yes"]).well();
    assert_eq!(standings(&node), named("member"));
    let id = suspended["id"].as_str().unwrap();
    node.run(&["admin", "revoke", id, "--yes"]).well();
    assert_eq!(standings(&node), named("revoked"));
    node.run(&["admin", "resume", "Anne", "--yes"]).failed(1, "change-refused");

    node.run(&["admin", "suspend", "Paul", "--yes"]).failed(1, "change-refused");
    node.run(&["admin", "suspend", "Nobody", "--yes"]).failed(1, "not-found");
    node.run(&["admin", "delegate", "Anne", &made_elsewhere(&own, 2)]).well();
    node.run(&["admin", "suspend", "Anne", "--yes"]).failed(2, "bad-request");
    assert_eq!(standings(&node).iter().filter(|(name, _)| name == "Anne").count(), 2);
}
