//! Acts over several records as clients of the API do them: changes of one batch, imports that are named and told apart. Owns the
//! tests of what no command asks for.

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

/// The events named `import` in what a stream gave.
fn imports(seen: &str) -> Vec<Value> {
    let events = seen.lines().filter_map(|line| line.strip_prefix("data: "));
    events.map(|data| serde_json::from_str(data).unwrap()).filter(|event: &Value| event["event"] == "import").collect()
}

#[test]
fn an_import_says_how_far_it_is_under_the_name_it_was_given() {
    let node = TestNode::founded();
    let daemon = node.start();
    let client = Client::of(&node, &daemon);
    let rows: Vec<String> = (0..2_500).map(|n| format!("C-{n},Anne {n}")).collect();
    let file = format!("reference,name\n{}\n", rows.join("\n"));
    let (tried, written) = ("a".repeat(32), "b".repeat(32));
    let mut stream = client.send("GET /api/v1/events", "");
    let (mut seen, mut buffer) = (String::new(), [0; 4096]);
    let mut hear = |seen: &mut String| {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "{seen}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
    };
    // The head of the answer comes first: from then on nothing is missed.
    while !seen.contains("\r\n\r\n") {
        hear(&mut seen);
    }
    let (status, report) = client.ask(&format!("POST /api/v1/records/party/import?dry_run=true&batch={tried}"), &file);
    assert_eq!((status, &report["created"], &report["batch"]), (200, &json!(2_500), &Value::Null));
    let (_, report) = client.ask(&format!("POST /api/v1/records/party/import?batch={written}"), &file);
    assert_eq!((&report["created"], &report["batch"]), (&json!(2_500), &json!(written)));
    let last = |events: &[Value]| events.last().is_some_and(|event| event["rows"] == 2_500);
    while !last(&imports(seen.rsplit_once("\n\n").map_or("", |(whole, _)| whole))) {
        hear(&mut seen);
    }
    let of = |batch: &str, dry_run: bool| {
        let own = |event: &Value| event["batch"] == batch && event["dry_run"] == dry_run;
        let events = imports(&seen).into_iter().filter(own);
        events.map(|event| (event["rows"].clone(), event["of"].clone())).collect::<Vec<_>>()
    };
    let looked = [(json!(1_000), Value::Null), (json!(2_000), Value::Null)];
    let judged = [(json!(1_000), json!(2_500)), (json!(2_000), json!(2_500))];
    assert_eq!(of(&tried, true), [looked.clone(), judged.clone()].concat());
    assert_eq!(of(&written, false), [&looked[..], &judged[..], &[(json!(2_500), json!(2_500))]].concat());
    assert_eq!(imports(&seen).len(), 9, "none is without its name");
}
