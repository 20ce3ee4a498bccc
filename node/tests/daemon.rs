//! The daemon as commands and strangers meet it: who may speak to it, what it leaves behind, and what becomes of a directory
//! that is in use, damaged or newer. Owns the tests that need a running process.

#![allow(clippy::unwrap_used)]

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;

use common::TestNode;
use serde_json::{Value, json};

/// Sends one request as it is written; status and body.
fn raw(address: &str, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

fn get(address: &str, headers: &str) -> u16 {
    raw(address, &format!("GET /api/v1/status HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")).0
}

fn token(node: &TestNode) -> String {
    let file: Value = serde_json::from_slice(&std::fs::read(node.data().join("api.json")).unwrap()).unwrap();
    file["token"].as_str().unwrap().to_owned()
}

#[test]
fn f37_only_who_knows_token_and_host_gets_an_answer() {
    let node = TestNode::founded();
    let daemon = node.start();
    let address = &daemon.address;
    let token = format!("Authorization: Bearer {}\r\n", token(&node));
    let host = format!("Host: {address}\r\n");
    assert_eq!(get(address, &format!("{host}{token}")), 200);
    assert_eq!(get(address, &host), 401);
    assert_eq!(get(address, &format!("{host}Authorization: Bearer 00\r\n")), 401);
    assert_eq!(get(address, &format!("Host: rebound.example\r\n{token}")), 403);
    assert_eq!(get(address, &format!("{host}{token}Origin: http://evil.example\r\n")), 403);
    assert_eq!(get(address, &format!("{host}{token}Origin: http://{address}\r\n")), 200);
    let (status, answer) = raw(address, &format!("GET /nothing HTTP/1.1\r\n{host}{token}Connection: close\r\n\r\n"));
    assert_eq!(status, 404);
    assert!(answer.contains("x-frame-options: DENY") && answer.contains("\"not-found\""), "{answer}");
    let (status, _) = raw(address, &format!("GET /nothing HTTP/1.1\r\n{host}Connection: close\r\n\r\n"));
    assert_eq!(status, 401, "whoever bears no token does not learn what there is");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for file in ["api.json", "keys.json", "admin.json", "root.json"] {
            let mode = std::fs::metadata(node.data().join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
    }
}

/// A page of the interface asks for something: status and whole answer.
fn ask(address: &str, request: &str, headers: &str, body: &str) -> (u16, String) {
    let length = body.len();
    raw(
        address,
        &format!(
            "{request} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n{headers}Connection: close\r\n\r\n{body}"
        ),
    )
}

#[test]
fn a_browser_signs_in_once_by_a_link_and_gets_screens_that_run_no_foreign_script() {
    let node = TestNode::founded();
    let ui = std::path::PathBuf::from(node.file("index.html", b"<!doctype html>screens"));
    let daemon = node.start_with(&["--ui", ui.parent().unwrap().to_str().unwrap()]);
    let address = &daemon.address;
    let (status, page) = ask(address, "GET /records/party", "", "");
    assert!(status == 200 && page.ends_with("screens") && page.contains("script-src 'self';"), "{page}");
    let (status, _) = raw(address, "GET / HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n");
    assert_eq!(status, 403);
    assert_eq!(ask(address, "GET /api/v1/status", "", "").0, 401);
    let code = |link: &str| link.split_once("/#sign-in=").map(|(_, code)| json!({ "code": code }).to_string()).unwrap();
    let first = code(daemon.ready["open"].as_str().unwrap());
    let foreign = ask(address, "POST /api/v1/session", "Sec-Fetch-Site: same-site\r\n", &first);
    assert_eq!(foreign.0, 403, "another page of this machine cannot sign anybody in");
    let (status, answer) = ask(address, "POST /api/v1/session", "", &first);
    let cookie = answer.split("set-cookie: ").nth(1).unwrap().lines().next().unwrap();
    assert_eq!(status, 204);
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let bears = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
    assert_eq!(ask(address, "GET /api/v1/status", &bears, "").0, 200);
    assert_eq!(ask(address, "POST /api/v1/session", "", &first).0, 401, "a link works once");
    let forged = format!("{bears}Sec-Fetch-Site: cross-site\r\n");
    assert_eq!(ask(address, "POST /api/v1/rebuild", &forged, "").0, 403);
    assert_eq!(ask(address, "DELETE /api/v1/session", &bears, "").0, 204);
    assert_eq!(ask(address, "GET /api/v1/status", &bears, "").0, 401);
    let again = node.run(&["open"]).well().json();
    assert_eq!(ask(address, "POST /api/v1/session", "", &code(again["link"].as_str().unwrap())).0, 204);
}

#[test]
fn a_link_needs_a_daemon_and_screens() {
    let node = TestNode::founded();
    node.run(&["open"]).failed(3, "daemon-unreachable");
    let daemon = node.start();
    assert!(daemon.ready["open"].is_null());
    node.run(&["open"]).failed(1, "no-screens");
    drop(daemon);
    node.run(&["run", "--ui", "/nowhere"]).failed(2, "file-unreadable");
}

#[test]
fn a_body_over_the_bound_is_refused() {
    let node = TestNode::founded();
    let daemon = node.start();
    let address = &daemon.address;
    let request = format!(
        "POST /api/v1/records/party HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 10000000\r\nConnection: close\r\n\r\n{{",
        token(&node)
    );
    let (status, answer) = raw(address, &request);
    assert!(status == 413 && answer.contains("body-too-large"), "{answer}");
}

#[test]
fn commands_go_through_the_daemon_and_it_stops_in_good_order() {
    let node = TestNode::founded();
    let mut daemon = node.start();
    node.run(&["record", "create", "party", "name=Anne"]).well();
    assert_eq!(node.run(&["record", "list", "party"]).well().json()["total"], 1);
    node.run(&["run"]).failed(1, "directory-in-use");
    node.run(&["create", "--organisation", "X", "--site", "PAR", "--country", "FR"]).failed(1, "already-a-node");
    assert_eq!(daemon.terminate(), Some(0));
    assert!(!node.data().join("api.json").exists());
    assert_eq!(node.run(&["record", "list", "party"]).well().json()["total"], 1);
}

#[cfg(unix)]
#[test]
fn a_daemon_that_is_asked_to_stop_as_soon_as_it_is_known_stops_in_good_order() {
    let node = TestNode::founded();
    for _ in 0..8 {
        assert_eq!(node.start_unheard().terminate(), Some(0));
        assert!(!node.data().join("api.json").exists());
    }
}

#[test]
fn f01_what_was_acknowledged_is_there_after_a_kill() {
    let node = TestNode::founded();
    let mut daemon = node.start();
    for n in 0..10 {
        node.run(&["record", "create", "party", &format!("name=N{n}")]).well();
    }
    daemon.kill();
    assert!(node.data().join("api.json").exists(), "a killed daemon leaves its address behind");
    assert_eq!(node.run(&["record", "list", "party"]).well().json()["total"], 10);
    assert!(!node.data().join("api.json").exists(), "nobody is sent to a daemon that was killed");
    node.run(&["verify"]).well();
}

#[test]
fn a_port_in_use_is_told() {
    let node = TestNode::founded();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    node.run(&["run", "--api", &address]).failed(1, "port-in-use");
    node.run(&["run", "--api", "0.0.0.0:0"]).failed(2, "settings-unfit");
}

#[test]
fn damage_and_newer_versions_are_told_and_nothing_is_touched() {
    let node = TestNode::founded();
    let database = node.data().join("replica.sqlite");
    let whole = std::fs::read(&database).unwrap();
    let newer = rusqlite::Connection::open(&database).unwrap();
    newer.pragma_update(None, "user_version", 9_999).unwrap();
    newer.close().unwrap();
    let refused = node.run(&["status"]).failed(1, "directory-newer");
    assert!(refused.err.contains("Nothing was lost"), "{refused:?}");
    std::fs::write(&database, b"this is no database, it is a poem of some length, and more than one page of it")
        .unwrap();
    for file in ["replica.sqlite-wal", "replica.sqlite-shm"] {
        let _ = std::fs::remove_file(node.data().join(file));
    }
    node.run(&["status"]).failed(4, "damaged");
    std::fs::write(&database, b"").unwrap();
    let emptied = node.run(&["status"]).failed(4, "damaged");
    assert!(emptied.err.contains("put a copy of it back"), "{emptied:?}");
    std::fs::write(&database, whole).unwrap();
    node.run(&["status"]).well();
    std::fs::write(node.data().join("keys.json"), "{").unwrap();
    node.run(&["status"]).failed(4, "damaged");
}

#[test]
fn events_name_what_changed() {
    let node = TestNode::founded();
    let daemon = node.start();
    let address = &daemon.address;
    let mut stream = TcpStream::connect(address).unwrap();
    let request =
        format!("GET /api/v1/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\r\n", token(&node));
    stream.write_all(request.as_bytes()).unwrap();
    // The head of the answer comes first: from then on nothing is missed.
    let mut seen = String::new();
    let mut buffer = [0; 4096];
    while !seen.contains("\r\n\r\n") {
        let read = stream.read(&mut buffer).unwrap();
        seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    let made = node.run(&["record", "create", "party", "name=Anne"]).well().json();
    let id = made["id"].as_str().unwrap();
    while !seen.contains(id) {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "{seen}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    // The line's own news (there is no relay) may come before.
    let mut events = seen.lines().filter_map(|line| line.strip_prefix("data: "));
    let event: Value = serde_json::from_str(events.find(|data| data.contains(id)).unwrap()).unwrap();
    assert_eq!(event, json!({"event": "records", "scope": "organisation", "kind": "party", "ids": [id]}));
}

#[test]
fn f06_verify_names_a_flipped_bit_and_exits_4() {
    let node = TestNode::founded();
    node.run(&["record", "create", "party", "name=Anne"]).well();
    let database = rusqlite::Connection::open(node.data().join("replica.sqlite")).unwrap();
    let (position, mut bytes): (i64, Vec<u8>) = database
        .query_row("SELECT position, bytes FROM entries ORDER BY position DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    database.execute("UPDATE entries SET bytes = ?1 WHERE position = ?2", (&bytes, position)).unwrap();
    database.close().unwrap();
    let verified = node.run(&["verify"]);
    assert_eq!(verified.exit, 4, "{verified:?}");
    let found = verified.json();
    assert_eq!((&found["sound"], found["findings"].as_array().unwrap().len()), (&json!(false), 1));
    assert!(found["findings"][0].as_str().unwrap().starts_with("damaged: entry 1 of "), "{found}");
    let doctor = node.run(&["doctor"]);
    assert_eq!(doctor.exit, 4, "{doctor:?}");
    assert_eq!(node.run(&["rebuild"]).failed(4, "damaged").exit, 4);
    assert_eq!(node.run(&["record", "list", "party"]).well().json()["total"], 1, "reading goes on");
}

#[tokio::test]
async fn f03_a_broken_disk_ends_the_node_and_nothing_more_is_acknowledged() {
    use comptoir_node::daemon::{self, Config};
    use comptoir_node::data_dir::DataDir;
    use comptoir_node::problem::{Code, Problem};
    let node = TestNode::founded();
    let config = Config { data: DataDir::new(node.data()), api: "127.0.0.1:0".parse().unwrap(), ui: None };
    let running = daemon::start(config).await.unwrap();
    running.node().unwrap().breaks(Problem::new(Code::StorageFailed, "fsync failed"));
    running.failed().await;
    let address = running.address().to_string();
    let token = running.token().to_owned();
    let body = "{\"set\":{\"name\":\"Anne\"}}";
    let request = format!(
        "POST /api/v1/records/party HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let (status, answer) = tokio::task::spawn_blocking(move || raw(&address, &request)).await.unwrap();
    assert!(status == 500 && answer.contains("storage-failed"), "{answer}");
    let ended = running.stop().await.unwrap_err();
    assert_eq!(ended.class.exit(), 4);
}
