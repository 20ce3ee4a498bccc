//! Acts over several records as clients of the API do them: changes of one batch. Owns the tests of what no command asks for.

#![allow(clippy::unwrap_used)]

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;

use common::{Daemon, TestNode};
use serde_json::{Value, json};

/// A client of the API, who knows the token.
struct Client {
    address: String,
    token: String,
}

impl Client {
    fn of(node: &TestNode, daemon: &Daemon) -> Self {
        let file: Value = serde_json::from_slice(&std::fs::read(node.data().join("api.json")).unwrap()).unwrap();
        Self { address: daemon.address.clone(), token: file["token"].as_str().unwrap().to_owned() }
    }

    fn send(&self, request: &str, body: &str) -> TcpStream {
        let Self { address, token } = self;
        let length = body.len();
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!(
            "{request} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        stream
    }

    /// Status and body.
    fn ask(&self, request: &str, body: &str) -> (u16, Value) {
        let mut answer = String::new();
        self.send(request, body).read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap())
    }
}

#[test]
fn changes_of_one_act_are_taken_back_as_one() {
    let node = TestNode::founded();
    let daemon = node.start();
    let client = Client::of(&node, &daemon);
    for reference in ["C-1", "C-2", "C-3"] {
        node.run(&["record", "create", "party", "name=Anne", &format!("reference={reference}")]).well();
    }
    let batch = "00112233445566778899aabbccddeeff";
    let set = r#"{"set":{"name":"Zoé"}}"#;
    for reference in ["C-1", "C-2"] {
        let (status, shown) = client.ask(&format!("PATCH /api/v1/records/party/{reference}?batch={batch}"), set);
        assert_eq!((status, &shown["fields"]["name"]), (200, &json!("Zoé")));
    }
    client.ask("PATCH /api/v1/records/party/C-3", set);
    let listed = node.run(&["batches"]).well().json();
    let listed = listed["batches"].as_array().unwrap();
    assert_eq!(listed.len(), 1, "a change alone is no act over several");
    assert_eq!(
        (&listed[0]["id"], &listed[0]["command"], &listed[0]["changes"]),
        (&json!(batch), &json!("party.change"), &json!(2))
    );
    assert_eq!(node.run(&["undo", batch]).well().json()["reverted"], 2);
    let name = |reference| node.run(&["record", "show", "party", reference]).well().json()["fields"]["name"].clone();
    assert_eq!([name("C-1"), name("C-2"), name("C-3")], [json!("Anne"), json!("Anne"), json!("Zoé")]);
    let (status, refused) = client.ask("PATCH /api/v1/records/party/C-1?batch=7", set);
    assert_eq!((status, &refused["code"], &refused["params"]["field"]), (400, &json!("bad-request"), &json!("batch")));
}
