//! Relays through the real binary: taken into service and retired, by whom, and the last one only when that is said. What becomes of
//! sessions is the process tests'.
#![allow(clippy::unwrap_used)]

mod common;

use common::guest::Guest;
use common::{Ran, TestNode};
use comptoir_sync_protocol::enrolment::{RelayCode, Secret};
use comptoir_transport::Pin;

fn code(number: u8, address: &str) -> String {
    let (address, jurisdiction) = (address.to_owned(), "FR".to_owned());
    RelayCode { address, tls_pin: [number; 32], signing: [number; 32], jurisdiction, claim: Secret([3; 16]) }.to_text()
}

fn addresses(node: &TestNode) -> Vec<String> {
    let listed = node.run(&["relay", "list"]).well().json();
    listed["relays"].as_array().unwrap().iter().map(|relay| relay["address"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_relay_is_retired_by_its_address_or_pin_and_the_last_one_when_that_is_said() {
    let node = TestNode::founded();
    let add = |number: u8, address: &str| node.run(&["relay", "add", &code(number, address)]).well();
    let retire = |more: &[&str]| -> Ran { node.run(&[&["relay", "retire"], more].concat()) };
    retire(&["one.example:4433"]).failed(1, "not-found");
    add(1, "one.example:4433");
    retire(&["one.example:4433"]).failed(1, "last-relay");
    assert_eq!(addresses(&node), ["one.example:4433"]);
    add(2, "two.example:4433");
    add(3, "two.example:4433");
    retire(&["two.example:4433"]).failed(2, "bad-request");
    assert_eq!(retire(&[&Pin([2; 32]).to_string()]).well().json()["retired"], Pin([2; 32]).to_string());
    assert_eq!(addresses(&node), ["one.example:4433", "two.example:4433"]);
    retire(&["one.example:4433"]).well();
    retire(&["one.example:4433"]).failed(1, "not-found");
    retire(&["two.example:4433"]).failed(1, "last-relay");
    retire(&["two.example:4433", "--yes"]).well();
    assert!(addresses(&node).is_empty());
    // Its code takes it back.
    add(1, "one.example:4433");
    assert_eq!(addresses(&node), ["one.example:4433"]);
}

#[test]
fn whoever_may_not_do_everything_retires_no_relay() {
    let node = TestNode::founded();
    node.run(&["relay", "add", &code(1, "one.example:4433")]).well();
    node.run(&["staff", "add", "reader", "--without-password", "--role", "reader"]).well();
    let made = node.run(&["staff", "token", "create", "reader", "x"]).well().json();
    let bears = format!("Authorization: Bearer {}\r\n", made["secret"].as_str().unwrap());
    let daemon = node.start();
    let asked = "DELETE /api/v1/relays/one.example:4433?last=true";
    assert_eq!(Guest::here(&daemon.address).ask(asked, &bears, "").refusal(), (403, "not-granted".into()));
    assert_eq!(addresses(&node), ["one.example:4433"]);
}
