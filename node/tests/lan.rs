//! The door on the local network, through the real binary and real TLS: who is let in, who is not, and what is asked there.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use common::TestNode;
use common::guest::{END, Guest, hears};
use comptoir_transport::Pin;
use serde_json::{Value, json};

fn open(node: &TestNode) -> Value {
    node.run(&["lan", "open", "127.0.0.1:0"]).well().json()
}

/// Waits for a door that opens by itself while the daemon starts.
fn shown_open(node: &TestNode) -> Value {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let lan = node.run(&["lan", "show"]).well().json();
        if lan["state"] == "open" {
            return lan;
        }
        assert!(std::time::Instant::now() < deadline, "{lan}");
    }
}

fn invitation(node: &TestNode) -> Value {
    node.run(&["lan", "invite"]).well().json()
}

#[test]
fn it_is_shut_until_it_is_opened_and_shut_again() {
    let node = TestNode::founded();
    let daemon = node.start();
    let at_first = node.run(&["lan", "show"]).well().json();
    assert_eq!((&at_first["state"], &at_first["listen"]), (&json!("shut"), &Value::Null));
    node.run(&["lan", "invite"]).failed(1, "lan-shut");

    let opened = open(&node);
    assert_eq!(opened["state"], "open", "{opened}");
    let address = opened["addresses"][0].as_str().unwrap().to_owned();
    assert!(TcpStream::connect(&address).is_ok());

    let shut = node.run(&["lan", "shut"]).well().json();
    assert_eq!((&shut["state"], &shut["addresses"]), (&json!("shut"), &json!([])));
    assert!(TcpStream::connect(&address).is_err());
    drop(daemon);
}

#[test]
fn a_window_is_let_in_by_a_code_and_stays_until_it_is_sent_away() {
    let node = TestNode::founded();
    let mut daemon = node.start();
    open(&node);
    let (guest, code) = Guest::invited(invitation(&node)["window"].as_str().unwrap());
    assert_eq!(guest.ask("GET /api/v1/status", "", "").0, 401);
    let key: Value = serde_json::from_slice(&std::fs::read(node.data().join("api.json")).unwrap()).unwrap();
    let local = format!("Authorization: Bearer {}\r\n", key["token"].as_str().unwrap());
    assert_eq!(guest.ask("GET /api/v1/status", &local, "").0, 401, "the token of this machine is good here alone");

    let request = json!({ "code": code, "name": "Reception" }).to_string();
    let admitted = guest.ask("POST /api/v1/lan/devices", "", &request).json();
    assert_eq!((&admitted["site"], admitted["token"].as_str().unwrap().len()), (&json!("PAR"), 64));
    assert_eq!(guest.ask("POST /api/v1/lan/devices", "", &request).0, 401, "a code works once");
    let bears = format!("Authorization: Bearer {}\r\n", admitted["token"].as_str().unwrap());
    assert_eq!(guest.ask("GET /api/v1/status", &bears, "").json()["site"], "PAR");
    let made =
        guest.ask("POST /api/v1/records/party", &bears, r#"{"set":{"name":"Over the network","kind":"organisation"}}"#);
    assert_eq!(made.0, 200, "{made:?}");

    // A restart keeps who was let in, and what the node is known by.
    let before = node.run(&["lan", "show"]).well().json();
    assert_eq!(before["devices"][0]["name"], "Reception");
    assert!(
        !std::fs::read_to_string(node.data().join("lan.json")).unwrap().contains(admitted["token"].as_str().unwrap())
    );
    assert_eq!(daemon.terminate(), Some(0));
    assert_eq!(node.run(&["lan", "show"]).well().json()["state"], "waiting");
    let daemon = node.start();
    let after = shown_open(&node);
    assert_eq!(after["fingerprint"], before["fingerprint"]);
    let guest = Guest { address: after["addresses"][0].as_str().unwrap().to_owned(), ..guest };
    assert_eq!(guest.ask("GET /api/v1/status", &bears, "").0, 200);

    let id = after["devices"][0]["id"].as_str().unwrap();
    let mut follows = guest.follow(&bears);
    node.run(&["record", "create", "party", "name=Seen", "kind=organisation"]).well();
    hears(&mut follows, "event: records");
    node.run(&["lan", "send-away", id]).well();
    hears(&mut follows, END);
    assert_eq!(guest.ask("GET /api/v1/status", &bears, "").0, 401);
    node.run(&["lan", "send-away", id]).failed(1, "not-found");
    drop(daemon);
}

#[test]
fn a_window_leaves_by_itself_and_decides_over_no_other() {
    let node = TestNode::founded();
    let _daemon = node.start();
    open(&node);
    let enter = |name: &str| {
        let (guest, code) = Guest::invited(invitation(&node)["window"].as_str().unwrap());
        let admitted = guest.ask("POST /api/v1/lan/devices", "", &json!({ "code": code, "name": name }).to_string());
        let admitted = admitted.json();
        (guest, admitted["id"].as_str().unwrap().to_owned(), admitted["token"].as_str().unwrap().to_owned())
    };
    let ((guest, _, first), (_, other, second)) = (enter("One"), enter("Two"));
    let bears = |token: &str| format!("Authorization: Bearer {token}\r\n");
    for line in [
        "GET /api/v1/lan",
        "PUT /api/v1/lan",
        "POST /api/v1/lan/invitations",
        "POST /api/v1/sign-in-links",
        &format!("DELETE /api/v1/lan/devices/{other}"),
    ] {
        let refused = guest.ask(line, &bears(&first), "{}");
        assert_eq!((refused.0, &refused.json()["code"]), (403, &json!("only-here")), "{line}");
    }
    assert_eq!(guest.ask("DELETE /api/v1/lan/devices/self", &bears(&first), "").0, 204);
    assert_eq!(guest.ask("GET /api/v1/status", &bears(&first), "").0, 401);
    assert_eq!(guest.ask("GET /api/v1/status", &bears(&second), "").0, 200);
    let name = format!("{}\u{202e}", "x".repeat(10));
    let (_, code) = Guest::invited(invitation(&node)["window"].as_str().unwrap());
    let body = json!({ "code": code, "name": name }).to_string();
    assert_eq!(guest.ask("POST /api/v1/lan/devices", "", &body).0, 400, "F35: a name that turns the text round");
    let body = json!({ "code": code, "name": "Three" }).to_string();
    assert_eq!(guest.ask("POST /api/v1/lan/devices", "", &body).0, 200, "what was refused used no code up");
}

#[test]
fn a_browser_signs_in_over_tls_with_a_cookie_that_goes_nowhere_else() {
    let node = TestNode::founded();
    let ui = std::path::PathBuf::from(node.file("index.html", b"<!doctype html>screens"));
    let _daemon = node.start_with(&["--ui", ui.parent().unwrap().to_str().unwrap()]);
    open(&node);
    let invited = invitation(&node);
    let (guest, _) = Guest::invited(invited["window"].as_str().unwrap());
    let link = invited["browser"].as_str().unwrap();
    let (origin, code) = link.split_once("/#sign-in=").unwrap();
    assert_eq!(origin, format!("https://{}", guest.address));
    let page = guest.ask("GET /records/party", "", "");
    assert!(page.0 == 200 && page.2.ends_with("screens") && page.1.contains("script-src 'self'"), "{page:?}");
    assert_eq!(guest.ask_as("rebound.example", "GET /", "", "").0, 403, "F37");
    assert_eq!(guest.ask_as("rebound.example", "GET /api/v1/status", "", "").0, 403, "F37");

    let body = json!({ "code": code }).to_string();
    let foreign = format!("Origin: http://{}\r\n", guest.address);
    assert_eq!(guest.ask("POST /api/v1/session", &foreign, &body).0, 403, "F37: a page that came in the clear");
    let signed_in = guest.ask("POST /api/v1/session", &format!("Origin: {origin}\r\n"), &body);
    assert_eq!(signed_in.0, 204, "{signed_in:?}");
    let cookie = signed_in.1.split("set-cookie: ").nth(1).unwrap().lines().next().unwrap();
    assert!(
        cookie.contains("; secure") && cookie.contains("httponly") && cookie.contains("samesite=strict"),
        "{cookie}"
    );
    let bears = signed_in.cookie();
    assert_eq!(guest.ask("GET /api/v1/status", &bears, "").0, 200);
    assert_eq!(guest.ask("GET /api/v1/lan", &bears, "").0, 403);
}

#[test]
fn f26_whoever_does_not_prove_the_key_or_speaks_no_tls_gets_nothing() {
    let node = TestNode::founded();
    let _daemon = node.start();
    open(&node);
    let (guest, _) = Guest::invited(invitation(&node)["window"].as_str().unwrap());
    assert!(guest.connect().is_ok());
    let other = Guest { pin: Some(Pin([7; 32])), address: guest.address.clone() };
    assert!(other.connect().is_err(), "a window speaks to the node that invited it alone");

    let mut plain = TcpStream::connect(&guest.address).unwrap();
    plain.write_all(b"GET /api/v1/status HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/"), "{answer:?}");
    assert_eq!(guest.ask("GET /api/v1/status", "", "").0, 401, "and the door stands as before");
}

#[test]
fn an_address_that_is_taken_or_none_is_told() {
    let node = TestNode::founded();
    let _daemon = node.start();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let lan = node.run(&["lan", "open", &address]).well().json();
    assert_eq!((&lan["state"], &lan["trouble"]["code"]), (&json!("failed"), &json!("port-in-use")), "{lan}");
    node.run(&["lan", "open", "here"]).failed(2, "address-invalid");
    assert!(node.say(&["lan", "show"]).out.contains("[port-in-use]"));

    // A file that somebody spoilt keeps the door shut, and is not written over.
    let spoilt = TestNode::founded();
    std::fs::write(spoilt.data().join("lan.json"), "{").unwrap();
    let _daemon = spoilt.start();
    let lan = spoilt.run(&["lan", "show"]).well().json();
    assert_eq!((&lan["state"], &lan["trouble"]["code"]), (&json!("failed"), &json!("damaged")));
    spoilt.run(&["lan", "open"]).failed(4, "damaged");
    assert_eq!(std::fs::read_to_string(spoilt.data().join("lan.json")).unwrap(), "{");
}
