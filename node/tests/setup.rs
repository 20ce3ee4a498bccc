//! Setting a node up through its API, as its screens do: a daemon in an empty directory, a founding, and the same process as the
//! node from then on. Owns the cases that need no relay; joining is tested with one.

#![allow(clippy::unwrap_used)]

mod common;

use std::time::{Duration, Instant};

use common::{Daemon, TestNode, bare};
use serde_json::{Value, json};

/// A client of the daemon, by its token.
struct Client {
    agent: ureq::Agent,
    address: String,
    token: String,
}

impl Client {
    fn of(node: &TestNode, daemon: &Daemon) -> Self {
        let file: Value = serde_json::from_slice(&std::fs::read(node.data().join("api.json")).unwrap()).unwrap();
        let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None);
        Self {
            agent: config.build().new_agent(),
            address: daemon.address.clone(),
            token: file["token"].as_str().unwrap().to_owned(),
        }
    }

    fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        self.try_ask(method, path, body).unwrap()
    }

    fn try_ask(&self, method: &str, path: &str, body: Option<Value>) -> Result<(u16, Value), ureq::Error> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}/api/v1{path}", self.address))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        let request = request.body(body.map(|body| body.to_string()).unwrap_or_default()).unwrap();
        let mut answer = self.agent.run(request)?;
        let text = answer.body_mut().read_to_string()?;
        Ok((answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, None)
    }

    fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.ask("POST", path, Some(body))
    }

    fn is_ready(&self) {
        let give_up = Instant::now() + Duration::from_secs(60);
        // The set-up closes the connections that it kept open when the node takes its place; a browser asks again, and so does this.
        while self.try_ask("GET", "/setup", None).ok().is_none_or(|answer| answer.1["state"] != "ready") {
            assert!(Instant::now() < give_up, "the node does not answer in the set-up's place");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn founding(country: &str) -> Value {
    json!({ "organisation": "Négoce & Fils", "site": { "code": "PAR", "country": country, "name": "Paris" } })
}

#[test]
fn an_empty_directory_becomes_a_headquarters_without_a_restart() {
    let node = TestNode::empty();
    let page = std::path::PathBuf::from(node.file("index.html", b"<!doctype html>screens"));
    let mut daemon = node.start_with(&["--ui", page.parent().unwrap().to_str().unwrap()]);
    assert_eq!(daemon.ready["setup"], true);
    assert!(daemon.ready["open"].as_str().unwrap().contains("#sign-in="));
    let client = Client::of(&node, &daemon);
    assert_eq!(client.get("/setup"), (200, json!({ "state": "empty" })));
    let (status, problem) = client.get("/status");
    assert_eq!((status, problem["code"].as_str()), (409, Some("not-set-up")));
    let link = node.run(&["open"]).well().json();
    assert!(link["link"].as_str().unwrap().starts_with(&format!("http://{}/#sign-in=", daemon.address)));
    node.run(&["status"]).failed(1, "not-set-up");
    node.run(&["create", "--organisation", "N", "--site", "PAR", "--country", "FR"]).failed(1, "directory-in-use");

    let countries = client.get("/setup/countries").1;
    let senegal = countries["countries"].as_array().unwrap().iter().find(|one| one["code"] == "SN").unwrap();
    assert_eq!((senegal["currency"].as_str(), senegal["locale"].as_str()), (Some("XOF"), Some("fr-SN")));
    let (status, problem) = client.post("/setup/organisation", founding("XX"));
    assert_eq!((status, problem["code"].as_str()), (400, Some("country-unknown")));
    let mistyped =
        json!({ "organisation": "N", "site": { "code": "PAR", "country": "FR" }, "relay": "COMPTOIR-RELAY-X" });
    assert_eq!(client.post("/setup/organisation", mistyped).1["code"], "code-mistyped");
    assert_eq!(client.post("/setup/join", json!({ "code": "PAR" })).1["code"], "code-mistyped");
    assert_eq!(client.ask("DELETE", "/setup/join", None).0, 404);
    assert!(!node.data().join("keys.json").exists(), "what was refused left nothing");

    let (status, founded) = client.post("/setup/organisation", founding("FR"));
    assert_eq!((status, founded["site"].as_str(), founded["name"].as_str()), (200, Some("PAR"), Some("Négoce & Fils")));
    assert!(std::path::Path::new(founded["root_key"].as_str().unwrap()).exists());
    client.is_ready();
    let (status, now) = client.get("/status");
    assert_eq!((status, now["site"].as_str()), (200, Some("PAR")), "the same token opens the node");
    for (method, path) in [("POST", "/setup/organisation"), ("POST", "/setup/join"), ("DELETE", "/setup/join")] {
        let body = (method == "POST").then(|| founding("FR"));
        assert_eq!(client.ask(method, path, body).1["code"], "already-a-node", "{method} {path}");
    }
    node.run(&["record", "create", "party", "name=Chez Awa"]).well();
    #[cfg(unix)]
    assert_eq!(daemon.terminate(), Some(0));
    drop(daemon);
    assert!(!node.data().join("api.json").exists());
    let again = node.start();
    assert_eq!(again.ready["setup"], false);
    assert_eq!(Client::of(&node, &again).get("/records/party").1["total"], 1);
}

#[test]
fn who_bears_no_token_sets_nothing_up() {
    let node = TestNode::empty();
    let daemon = node.start();
    assert_eq!(daemon.ready["open"], Value::Null, "no screens, no link");
    let client = Client { token: "00".to_owned(), ..Client::of(&node, &daemon) };
    for (method, path) in [("GET", "/setup"), ("POST", "/setup/organisation"), ("POST", "/setup/join"), ("GET", "/x")] {
        let body = (method == "POST").then(|| founding("FR"));
        assert_eq!(client.ask(method, path, body).0, 401, "{method} {path}");
    }
}

#[test]
fn a_set_up_that_was_killed_leaves_the_directory_free() {
    let node = TestNode::empty();
    node.start().kill();
    assert!(node.data().join("api.json").exists(), "a killed daemon cannot remove it");
    node.start().kill();
    node.run(&["create", "--organisation", "N", "--site", "PAR", "--country", "FR"]).well();
    node.run(&["status"]).well();
}

#[test]
fn other_peoples_directories_are_not_set_up() {
    let node = TestNode::empty();
    let thesis = std::path::PathBuf::from(node.file("thesis.odt", b""));
    let folder = thesis.parent().unwrap().to_str().unwrap();
    bare(&["--json", "--data", folder, "run", "--api", "127.0.0.1:0"]).failed(2, "not-a-data-directory");
}
