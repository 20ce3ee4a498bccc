//! Tokens for scripts through the real binary: whoever bears one is its account and never more, on this machine and over the local
//! network, and what ends it.
#![allow(clippy::unwrap_used)]

mod common;

use common::TestNode;
use common::guest::{END, Guest, hears};
use serde_json::{Value, json};

/// A node with an account for a script, which has no password but these roles, and a record.
fn with_robot(roles: &[&str]) -> TestNode {
    let node = TestNode::founded();
    let roles: Vec<&str> = roles.iter().flat_map(|role| ["--role", role]).collect();
    node.run(&[&["staff", "add", "robot", "--without-password"], &roles[..]].concat()).well();
    node.run(&["record", "create", "party", "name=Martin", "kind=organisation", "reference=A-1"]).well();
    node
}

/// A token of the account: its id, and what a request bears.
fn token(node: &TestNode, more: &[&str]) -> (String, String) {
    let made = node.run(&[&["staff", "token", "create", "robot", "Nightly export"], more].concat()).well().json();
    let id = made["token"]["id"].as_str().unwrap().to_owned();
    (id, format!("Authorization: Bearer {}\r\n", made["secret"].as_str().unwrap()))
}

fn elsewhere(node: &TestNode) -> Guest {
    node.run(&["lan", "open", "127.0.0.1:0"]).well();
    Guest::invited(node.run(&["lan", "invite"]).well().json()["window"].as_str().unwrap()).0
}

const PARTY: &str = r#"{"set":{"name":"Durand","kind":"organisation","reference":"A-2"}}"#;

/// What keeps accounts, lets others in or moves keys: asked by whoever bears a token of an account that may do everything else.
fn is_no_operator(guest: &Guest, bears: &str, code: &str) {
    for (line, body) in [
        ("POST /api/v1/staff", r#"{"login":"intruder","password":"a long password"}"#),
        ("POST /api/v1/staff/robot/password", r#"{"password":"a long password"}"#),
        ("POST /api/v1/staff/robot/lock", r#"{"locked":false}"#),
        ("POST /api/v1/staff/robot/roles", r#"{"role":"everything","granted":true}"#),
        ("POST /api/v1/staff/tokens", r#"{"account":"robot","label":"another"}"#),
        ("POST /api/v1/staff/tokens/0/revoke", ""),
        ("POST /api/v1/sign-in-links", ""),
        ("GET /api/v1/lan", ""),
        ("POST /api/v1/lan/invitations", "{}"),
        ("GET /api/v1/keys", ""),
    ] {
        assert_eq!(guest.ask(line, bears, body).refusal(), (403, code.to_owned()), "{line}");
    }
}

#[test]
fn whoever_bears_a_token_is_its_account_and_never_more() {
    let node = with_robot(&["reader"]);
    let daemon = node.start();
    let (_, bears) = token(&node, &[]);
    let here = Guest::here(&daemon.address);
    let account = here.ask("GET /api/v1/account", &bears, "").json();
    assert_eq!((&account["author"], &account["login"]), (&json!("PAR/robot"), &json!("robot")));
    assert_eq!((&account["keeps_accounts"], &account["everything"]), (&json!(false), &json!(false)));
    assert_eq!(here.ask("GET /api/v1/records/party/A-1", &bears, "").0, 200);
    assert_eq!(here.ask("POST /api/v1/records/party", &bears, PARTY).refusal(), (403, "not-granted".into()));
    assert_eq!(here.ask("GET /api/v1/invitations", &bears, "").refusal(), (403, "not-granted".into()));
    // What the account is given counts for the next request.
    node.run(&["staff", "grant", "robot", "everything"]).well();
    assert_eq!(here.ask("POST /api/v1/records/party", &bears, PARTY).0, 200);
    let history = node.run(&["record", "history", "party", "A-2"]).well().json();
    assert_eq!(history["items"][0]["author"], "PAR/robot");
    is_no_operator(&here, &bears, "operator-only");

    let guest = elsewhere(&node);
    assert_eq!(guest.ask("GET /api/v1/account", &bears, "").json()["author"], "PAR/robot");
    assert_eq!(guest.ask("GET /api/v1/records/party/A-2", &bears, "").0, 200);
    is_no_operator(&guest, &bears, "only-here");
    node.run(&["staff", "withdraw", "robot", "everything"]).well();
    assert_eq!(guest.ask("PATCH /api/v1/records/party/A-2", &bears, r#"{"set":{}}"#).refusal().1, "not-granted");
}

#[test]
fn a_token_signs_no_browser_in_and_changes_no_password() {
    let node = with_robot(&["everything"]);
    node.run_with(&["staff", "password", "robot", "--password-stdin"], b"a first password").well();
    let daemon = node.start();
    let (_, bears) = token(&node, &[]);
    let link = node.run(&["open"]);
    assert_eq!(link.code(), "no-screens", "{link:?}");
    for guest in [Guest::here(&daemon.address), elsewhere(&node)] {
        let entry = json!({ "login": "robot", "password": "a first password" }).to_string();
        let entered = guest.ask("POST /api/v1/account/entry", &bears, &entry);
        assert_eq!((entered.refusal(), entered.3), ((400, "bad-request".into()), None));
        let code = guest.ask("POST /api/v1/session", &bears, r#"{"code":"0"}"#);
        assert_eq!((code.refusal(), code.3), ((400, "bad-request".into()), None));
        let change = json!({ "present": "a first password", "new": "a second password" }).to_string();
        let changed = guest.ask("POST /api/v1/account/password", &bears, &change);
        assert_eq!(changed.refusal(), (401, "sign-in-needed".into()));
        // The positive control: name and password do.
        assert_eq!(guest.ask("POST /api/v1/account/entry", "", &entry).0, 200);
        // A new password is no end of a token: it was not made by the old one.
        assert_eq!(guest.ask("GET /api/v1/account", &bears, "").0, 200);
    }
}

#[test]
fn a_token_ends_when_it_is_revoked_and_when_its_account_is_locked_and_so_does_what_it_follows() {
    let node = with_robot(&["reader"]);
    let daemon = node.start();
    let ((id, bears), (_, other)) = (token(&node, &[]), token(&node, &[]));
    for guest in [Guest::here(&daemon.address), elsewhere(&node)] {
        let mut follows = guest.follow(&bears);
        node.run(&["record", "create", "party", "name=Seen", "kind=organisation"]).well();
        hears(&mut follows, "event: records");
        node.run(&["staff", "lock", "robot"]).well();
        hears(&mut follows, END);
        assert_eq!(guest.ask("GET /api/v1/account", &bears, "").refusal(), (403, "account-locked".into()));
        assert_eq!(guest.ask("GET /api/v1/events", &bears, "").refusal(), (403, "account-locked".into()));
        node.run(&["staff", "unlock", "robot"]).well();
        assert_eq!(guest.ask("GET /api/v1/account", &bears, "").0, 200, "a token outlives a lock, as a password does");
    }
    let here = Guest::here(&daemon.address);
    let (mut follows, mut others) = (here.follow(&bears), here.follow(&other));
    node.run(&["staff", "token", "revoke", &id]).well();
    hears(&mut follows, END);
    assert_eq!(here.ask("GET /api/v1/account", &bears, "").refusal(), (401, "unauthorised".into()));
    node.run(&["record", "create", "party", "name=Seen again", "kind=organisation"]).well();
    hears(&mut others, "event: records");
    node.run(&["record", "archive", "account", "robot"]).well();
    hears(&mut others, END);
    assert_eq!(here.ask("GET /api/v1/account", &other, "").refusal(), (403, "account-locked".into()));
    node.run(&["staff", "token", "revoke", &id]).failed(1, "not-found");
}

#[test]
fn a_token_is_refused_after_its_day_and_is_told_so() {
    let node = with_robot(&["reader"]);
    let create = |until: &str| node.run(&["staff", "token", "create", "robot", "export", "--until", until]);
    create("2020-01-01").failed(2, "bad-request");
    create("soon").failed(2, "bad-request");
    let (_, bears) = token(&node, &["--until", "2999-12-31"]);
    let path = node.data().join("staff.json");
    let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let daemon = node.start();
    assert_eq!(Guest::here(&daemon.address).ask("GET /api/v1/account", &bears, "").0, 200);
    drop(daemon);
    file["tokens"][0]["until"] = json!({ "day": "2020-01-01", "ends_ms": 1_577_919_599_999_i64 });
    std::fs::write(&path, file.to_string()).unwrap();
    let daemon = node.start();
    let refused = Guest::here(&daemon.address).ask("GET /api/v1/account", &bears, "");
    assert_eq!(refused.refusal(), (401, "token-expired".into()));
    assert_eq!(refused.json()["params"]["until"], "2020-01-01");
    assert_eq!(node.run(&["staff", "token", "list"]).well().json()["tokens"][0]["state"], "expired");
    assert!(node.say(&["staff", "token", "list"]).well().out.contains("its day is over"));
}

#[test]
fn tokens_are_made_and_listed_whether_a_daemon_runs_or_not() {
    let node = with_robot(&[]);
    assert!(node.say(&["staff", "token", "list"]).well().out.contains("There is no token"));
    let said = node.say(&["staff", "token", "create", "robot", "Till"]).well().out;
    assert!(said.starts_with("cpt_") && said.contains("PAR/robot"), "{said}");
    let daemon = node.start();
    let (id, bears) = token(&node, &["--until", "2999-12-31"]);
    let list = || node.run(&["staff", "token", "list"]).well().json()["tokens"].clone();
    let before = list();
    assert_eq!((&before[0]["label"], &before[1]["label"]), (&json!("Till"), &json!("Nightly export")));
    assert_eq!((&before[1]["id"], &before[1]["until"]), (&json!(id), &json!("2999-12-31")));
    assert_eq!((&before[1]["account"], &before[1]["state"]), (&json!("robot"), &json!("good")));
    assert_eq!(before[1]["used"], Value::Null);
    let here = Guest::here(&daemon.address);
    here.ask("GET /api/v1/account", &bears, "");
    let used = list()[1]["used"].clone();
    assert!(used.is_string(), "{used}");
    assert_eq!(here.ask("GET /api/v1/staff/tokens", &bears, "").refusal(), (403, "not-granted".into()));
    node.run(&["staff", "grant", "robot", "reader"]).well();
    assert_eq!(here.ask("GET /api/v1/staff/tokens", &bears, "").json()["tokens"], list());
    node.run(&["staff", "token", "create", "nobody", "x"]).failed(1, "not-found");
    node.run(&["staff", "token", "create", "robot", ""]).failed(2, "bad-request");
    drop(daemon);
    node.run(&["staff", "token", "revoke", &id]).well();
    assert_eq!(list().as_array().unwrap().len(), 1);
}

#[test]
fn an_account_without_a_password_asks_nobody_to_sign_in() {
    let node = with_robot(&["reader"]);
    let daemon = node.start();
    let (_, bears) = token(&node, &[]);
    let staff = node.run(&["staff", "list"]).well().json();
    assert_eq!((&staff["staff"][0]["login"], &staff["staff"][0]["has_password"]), (&json!("robot"), &json!(false)));
    let here = Guest::here(&daemon.address);
    assert_eq!(here.ask("GET /api/v1/account/entry", "", "").json(), json!({ "accounts": false }));
    let guest = elsewhere(&node);
    // Without a valid one, what comes over the network is nobody: not even as long as whoever was let in works.
    let wrong = format!("Authorization: Bearer cpt_{}\r\n", "0".repeat(64));
    for (bears, status) in [(bears.as_str(), 200), (wrong.as_str(), 401), ("", 401)] {
        assert_eq!(guest.ask("GET /api/v1/account", bears, "").0, status);
    }
    node.run(&["staff", "lock", "robot"]).well();
    assert_eq!(guest.ask("GET /api/v1/account", &bears, "").refusal(), (403, "account-locked".into()));
    // Another account may be called as the tokens are.
    node.run(&["staff", "add", "tokens", "--without-password"]).well();
    assert_eq!(node.run(&["staff", "lock", "tokens"]).well().json()["locked"], true);
}
