//! Staff through the real binary: accounts, signing in by name and password on this machine and over the local network, whose name
//! entries bear, and what ends a sign-in.
#![allow(clippy::unwrap_used)]

mod common;

use common::guest::{END, Guest, hears};
use common::{Daemon, TestNode};
use serde_json::{Value, json};

const FIRST: &str = "a first password";

fn staffed() -> TestNode {
    let node = TestNode::empty();
    let create =
        ["create", "--organisation", "Négoce & Fils", "--site", "PAR", "--country", "FR", "--admin", "aminata"];
    let created = node.run_with(&[&create[..], &["--password-stdin"]].concat(), format!("{FIRST}\nmore").as_bytes());
    assert_eq!(created.well().json()["account"], "PAR/aminata");
    node
}

fn entry(login: &str, password: &str) -> String {
    json!({ "login": login, "password": password }).to_string()
}

/// Signs in: what further requests bear.
#[track_caller]
fn sign_in(guest: &Guest, login: &str, password: &str) -> String {
    let entered = guest.ask("POST /api/v1/account/entry", "", &entry(login, password));
    assert_eq!(entered.0, 200, "{entered:?}");
    entered.cookie()
}

fn token(node: &TestNode) -> String {
    let file: Value = serde_json::from_slice(&std::fs::read(node.data().join("api.json")).unwrap()).unwrap();
    format!("Authorization: Bearer {}\r\n", file["token"].as_str().unwrap())
}

fn author(node: &TestNode, record: &str) -> String {
    let history = node.run(&["record", "history", "party", record]).well().json();
    history["items"].as_array().unwrap().iter().map(|item| item["author"].as_str().unwrap()).collect()
}

/// The door on the local network of a node whose daemon runs, and a code for a device.
fn elsewhere(node: &TestNode) -> (Guest, String) {
    node.run(&["lan", "open", "127.0.0.1:0"]).well();
    invited(node)
}

fn invited(node: &TestNode) -> (Guest, String) {
    let invited = node.run(&["lan", "invite"]).well().json();
    Guest::invited(invited["window"].as_str().unwrap())
}

#[test]
fn accounts_are_made_and_listed_whether_a_daemon_runs_or_not() {
    let node = staffed();
    node.run_with(&["staff", "add", "Paul", "--name", "Paul Diop", "--password-stdin"], b"another password\r\n").well();
    let daemon = node.start();
    node.run_with(&["staff", "add", "zoe", "--password-stdin"], b"yet another one").well();
    let listed = node.run(&["staff", "list"]).well().json();
    let of = |name: &str| listed["staff"].as_array().unwrap().iter().map(|one| one[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("login"), ["aminata", "paul", "zoe"]);
    assert_eq!(of("name"), ["aminata", "Paul Diop", "zoe"]);
    assert_eq!(of("author"), ["PAR/aminata", "PAR/paul", "PAR/zoe"]);
    assert_eq!(of("has_password"), [true, true, true]);
    let said = node.say(&["staff", "list"]).well().out;
    assert!(said.contains("Paul Diop") && said.contains("can sign in"), "{said}");

    let add = |login: &str, password: &[u8]| node.run_with(&["staff", "add", login, "--password-stdin"], password);
    add("paul", b"a long password").failed(1, "defined-already");
    add("operator", b"a long password").failed(1, "login-shape");
    add("a b", b"a long password").failed(1, "login-shape");
    add("awa", b"short").failed(1, "password-unfit");
    add("awa", b"Password1234").failed(1, "password-common");
    add("awa-diop", b"comptoir-awa").failed(1, "password-guessable");
    add("awa", b"not UTF-8: \xff\xff\xff").failed(2, "bad-request");
    node.run(&["staff", "lock", "nobody"]).failed(1, "not-found");
    assert_eq!(
        node.run(&["staff", "list"]).well().json()["staff"].as_array().unwrap().len(),
        3,
        "nothing was half made"
    );
    drop(daemon);
}

#[test]
fn a_first_account_that_cannot_be_is_refused_before_anything_is_founded() {
    for (login, password, code) in [
        ("Operator", "a long password", "login-shape"),
        ("aminata", "short", "password-unfit"),
        ("aminata", "Aminata 2026", "password-guessable"),
    ] {
        let node = TestNode::empty();
        let create =
            ["create", "--organisation", "X", "--site", "PAR", "--country", "FR", "--password-stdin", "--admin"];
        node.run_with(&[&create[..], &[login]].concat(), password.as_bytes()).failed(1, code);
        assert!(!node.data().exists(), "{code}");
    }
}

#[test]
fn whoever_signs_in_is_named_as_the_author_of_what_they_write() {
    let node = staffed();
    let daemon = node.start();
    let here = Guest::here(&daemon.address);
    assert_eq!(here.ask("GET /api/v1/account/entry", "", "").json(), json!({ "accounts": true }));
    assert_eq!(here.ask("GET /api/v1/account", "", "").refusal(), (401, "unauthorised".into()));
    let signed_in = here.ask("POST /api/v1/account/entry", "", &entry("aminata", FIRST));
    assert!(signed_in.1.contains("httponly") && signed_in.1.contains("samesite=strict"), "{signed_in:?}");
    let bears = signed_in.cookie();
    let account = here.ask("GET /api/v1/account", &bears, "").json();
    assert_eq!((&account["author"], &account["keeps_accounts"]), (&json!("PAR/aminata"), &json!(false)));
    let made = |headers: &str, reference: &str| {
        let body = json!({ "set": { "name": "Martin", "kind": "organisation", "reference": reference } }).to_string();
        assert_eq!(here.ask("POST /api/v1/records/party", headers, &body).0, 200, "{reference}");
        author(&node, reference)
    };
    assert_eq!(made(&bears, "A-1"), "PAR/aminata");
    assert_eq!(made(&token(&node), "A-2"), "PAR/operator", "the key of the node is the operator's");
    // Imports are written by another path.
    let imported =
        here.ask("POST /api/v1/records/party/import", &bears, "reference;name;kind\nA-3;Durand;organisation\n");
    assert_eq!(imported.0, 200, "{imported:?}");
    assert_eq!(author(&node, "A-3"), "PAR/aminata");
    assert_eq!(made(&token(&node), "A-4"), "PAR/operator", "one request knows nothing of another");

    assert_eq!(here.ask("DELETE /api/v1/account/entry", &bears, "").0, 204);
    assert_eq!(here.ask("GET /api/v1/account", &bears, "").0, 401);
}

#[test]
fn f33_who_guesses_hears_nothing_of_which_names_there_are_and_waits() {
    let node = staffed();
    let daemon = node.start();
    let here = Guest::here(&daemon.address);
    let guess = |login: &str| here.ask("POST /api/v1/account/entry", "", &entry(login, "a wrong password"));
    let (known, unknown) = (guess("aminata"), guess("nobody"));
    assert_eq!((known.refusal(), known.json()), ((401, "sign-in-wrong".into()), unknown.json()));
    for _ in 0..4 {
        assert_eq!(guess("aminata").0, 401);
    }
    let waits = here.ask("POST /api/v1/account/entry", "", &entry("aminata", FIRST));
    assert_eq!(
        (waits.refusal(), waits.json()["params"]["seconds"].is_string()),
        ((429, "too-many-attempts".into()), true)
    );
    // The wait ends by itself.
    let give_up = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while here.ask("POST /api/v1/account/entry", "", &entry("aminata", FIRST)).0 == 429 {
        assert!(std::time::Instant::now() < give_up, "the owner is still shut out");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    sign_in(&here, "aminata", FIRST);
    // Another site's page signs nobody in (F37).
    let foreign = here.ask("POST /api/v1/account/entry", "Origin: http://evil.example\r\n", &entry("aminata", FIRST));
    assert_eq!(foreign.refusal(), (403, "origin-forbidden".into()));
}

#[test]
fn a_locked_account_is_out_at_once_and_so_is_what_it_follows() {
    let node = staffed();
    let daemon = node.start();
    let here = Guest::here(&daemon.address);
    let bears = sign_in(&here, "aminata", FIRST);
    let mut follows = here.follow(&bears);
    node.run(&["record", "create", "party", "name=Seen", "kind=organisation"]).well();
    hears(&mut follows, "event: records");
    assert_eq!(node.run(&["staff", "lock", "aminata"]).well().json()["locked"], true);
    hears(&mut follows, END);
    assert_eq!(here.ask("GET /api/v1/status", &bears, "").refusal(), (401, "sign-in-needed".into()));
    assert_eq!(here.ask("POST /api/v1/account/entry", "", &entry("aminata", FIRST)).refusal().1, "account-locked");
    node.run(&["staff", "unlock", "aminata"]).well();
    assert_eq!(here.ask("GET /api/v1/status", &bears, "").0, 401, "unlocking revives no session");
    let again = sign_in(&here, "aminata", FIRST);

    // As any record is locked, and archived.
    node.run(&["record", "set", "account", "PAR/aminata", "locked=true"]).well();
    assert_eq!(here.ask("GET /api/v1/status", &again, "").0, 401);
    node.run(&["record", "set", "account", "aminata", "locked=false"]).well();
    let again = sign_in(&here, "aminata", FIRST);
    node.run(&["record", "archive", "account", "aminata"]).well();
    assert_eq!(here.ask("GET /api/v1/status", &again, "").0, 401);
}

#[test]
fn a_new_password_ends_what_was_signed_in_by_the_old_one() {
    let node = staffed();
    let daemon = node.start();
    let here = Guest::here(&daemon.address);
    let (one, other) = (sign_in(&here, "aminata", FIRST), sign_in(&here, "aminata", FIRST));
    let change = |bears: &str, present: &str, new: &str| {
        here.ask("POST /api/v1/account/password", bears, &json!({ "present": present, "new": new }).to_string())
    };
    assert_eq!(change(&one, "a wrong password", "a second password").refusal(), (401, "sign-in-wrong".into()));
    assert_eq!(change(&one, FIRST, "short").refusal(), (422, "password-unfit".into()));
    assert_eq!(change(&token(&node), FIRST, "a second password").refusal(), (401, "sign-in-needed".into()));
    let changed = change(&one, FIRST, "a second password");
    assert_eq!(changed.0, 204, "{changed:?}");
    assert_eq!(here.ask("GET /api/v1/status", &changed.cookie(), "").0, 200, "whoever changed it stays");
    assert_eq!(here.ask("GET /api/v1/status", &other, "").0, 401);
    let second = sign_in(&here, "aminata", "a second password");
    node.run_with(&["staff", "password", "aminata", "--password-stdin"], b"a third password").well();
    assert_eq!(here.ask("GET /api/v1/status", &second, "").0, 401);
    sign_in(&here, "aminata", "a third password");
}

#[test]
fn over_the_local_network_everybody_signs_in_once_there_are_accounts() {
    let node = TestNode::founded();
    let daemon = node.start();
    let (guest, code) = elsewhere(&node);
    let admitted = guest.ask("POST /api/v1/lan/devices", "", &json!({ "code": code, "name": "Reception" }).to_string());
    let device = format!("Authorization: Bearer {}\r\n", admitted.json()["token"].as_str().unwrap());
    assert_eq!(
        guest.ask("GET /api/v1/account", &device, "").json()["author"],
        "PAR/operator",
        "as before there are any"
    );
    let mut follows = guest.follow(&device);
    let add = ["staff", "add", "aminata", "--role", "everything", "--password-stdin"];
    node.run_with(&add, FIRST.as_bytes()).well();
    // What was open to whoever stood before the device is not from now on.
    hears(&mut follows, END);
    assert_eq!(guest.ask("GET /api/v1/status", &device, "").refusal(), (401, "sign-in-needed".into()));
    assert_eq!(guest.ask("GET /api/v1/events", &device, "").0, 401);

    let entered = guest.ask("POST /api/v1/account/entry", &device, &entry("aminata", FIRST));
    assert_eq!((entered.0, &entered.3), (200, &None), "a device has a secret of its own, and no cookie");
    let made = guest.ask(
        "POST /api/v1/records/party",
        &device,
        r#"{"set":{"name":"A","kind":"organisation","reference":"A-1"}}"#,
    );
    assert_eq!(made.0, 200, "{made:?}");
    assert_eq!(author(&node, "A-1"), "PAR/aminata");
    let mut follows = guest.follow(&device);
    assert_eq!(guest.ask("DELETE /api/v1/account/entry", &device, "").0, 204);
    hears(&mut follows, END);
    assert_eq!(guest.ask("GET /api/v1/status", &device, "").0, 401);
    guest.ask("POST /api/v1/account/entry", &device, &entry("aminata", FIRST));
    node.run(&["staff", "lock", "aminata"]).well();
    assert_eq!(guest.ask("GET /api/v1/status", &device, "").0, 401, "locking the last account opens nothing");
    assert_eq!(guest.ask("DELETE /api/v1/lan/devices/self", &device, "").0, 204, "it may go all the same");

    // A browser needs no link: name and password are enough.
    node.run(&["staff", "unlock", "aminata"]).well();
    let entered = guest.ask("POST /api/v1/account/entry", "", &entry("aminata", FIRST));
    assert!(entered.0 == 200 && entered.1.contains("; secure"), "{entered:?}");
    assert_eq!(guest.ask("GET /api/v1/status", &entered.cookie(), "").0, 200);
    let here = Guest::here(&daemon.address);
    assert_eq!(
        here.ask("GET /api/v1/status", &entered.cookie(), "").0,
        401,
        "a session of one door is none of the other's"
    );
    // Nor is it let in by a link alone.
    let code = invited(&node).1;
    let linked = guest.ask("POST /api/v1/session", "", &json!({ "code": code }).to_string());
    assert_eq!(guest.ask("GET /api/v1/status", &linked.cookie(), "").refusal(), (401, "sign-in-needed".into()));
}

/// Whoever asks must not come to keep accounts by another way: every way that a record is written.
fn keeps_no_account(guest: &Guest, bears: &str, account: &str, batch: &str) {
    let undo = format!("POST /api/v1/batches/{batch}/undo");
    let lines = [
        ("PATCH /api/v1/records/account/aminata", r#"{"set":{"locked":true}}"#.to_owned()),
        ("PATCH /api/v1/records/acc%6Funt/aminata", r#"{"set":{"locked":true}}"#.to_owned()),
        ("POST /api/v1/records/account", r#"{"set":{"login":"intruder","name":"X"}}"#.to_owned()),
        ("POST /api/v1/records/account/aminata/archive", r#"{"archived":true}"#.to_owned()),
        ("POST /api/v1/records/account/import", "reference;login;name\n;intruder;X\n".to_owned()),
        ("POST /api/v1/records/account/paul/merge", json!({ "into": account, "take": [] }).to_string()),
        ("POST /api/v1/records/account/paul/revert", json!({ "to": "2027-01-01" }).to_string()),
        (undo.as_str(), "{}".to_owned()),
    ];
    for (line, body) in &lines {
        let refused = guest.ask(line, bears, body);
        assert!(!(200..300).contains(&refused.0) || refused.2.contains("operator-only"), "{line}: {refused:?}");
    }
}

fn accounts(node: &TestNode) -> Value {
    node.run(&["staff", "list"]).well().json()
}

#[test]
fn accounts_are_kept_by_the_operator_alone_on_every_way_that_a_record_is_written() {
    let node = staffed();
    let file = node.file("staff.csv", b"login,name\npaul,Paul\n");
    let imported = node.run(&["import", "account", &file]).well().json();
    let batch = imported["batch"].as_str().unwrap().to_owned();
    let daemon = node.start();
    let before = accounts(&node);
    let id = before["staff"][0]["id"].as_str().unwrap().to_owned();
    let here = Guest::here(&daemon.address);
    let staff = sign_in(&here, "aminata", FIRST);
    for line in ["POST /api/v1/staff", "POST /api/v1/staff/aminata/lock", "POST /api/v1/staff/aminata/password"] {
        let body = if line.ends_with("lock") {
            json!({ "locked": true })
        } else if line.ends_with("staff") {
            json!({ "login": "intruder", "password": "a long password" })
        } else {
            json!({ "password": "a long password" })
        };
        assert_eq!(here.ask(line, &staff, &body.to_string()).refusal(), (403, "operator-only".into()), "{line}");
    }
    // Nor does anybody come to be the operator by a link of their own, or let others in.
    for line in ["POST /api/v1/sign-in-links", "GET /api/v1/lan", "PUT /api/v1/lan", "POST /api/v1/lan/invitations"] {
        assert_eq!(here.ask(line, &staff, "{}").refusal(), (403, "operator-only".into()), "{line}");
    }
    keeps_no_account(&here, &staff, &id, &batch);
    assert_eq!(accounts(&node), before);
    let (guest, _) = elsewhere(&node);
    let signed_in = sign_in(&guest, "aminata", FIRST);
    assert_eq!(guest.ask("GET /api/v1/staff", &signed_in, "").0, 200);
    assert_eq!(guest.ask("POST /api/v1/staff", &signed_in, "{}").refusal(), (403, "only-here".into()));
    keeps_no_account(&guest, &signed_in, &id, &batch);
    assert_eq!(accounts(&node), before);

    // The positive control: the operator does all of it.
    let key = token(&node);
    let done = here.ask("PATCH /api/v1/records/account/aminata", &key, r#"{"set":{"locked":true}}"#);
    assert_eq!(done.0, 200, "{done:?}");
    assert_ne!(accounts(&node), before);
}

#[test]
fn a_guest_of_a_node_without_accounts_makes_none() {
    let node = TestNode::founded();
    let _daemon: Daemon = node.start();
    let (guest, code) = elsewhere(&node);
    let linked = guest.ask("POST /api/v1/session", "", &json!({ "code": code }).to_string()).cookie();
    assert_eq!(guest.ask("GET /api/v1/account", &linked, "").json()["keeps_accounts"], false);
    let made = guest.ask("POST /api/v1/records/account", &linked, r#"{"set":{"login":"intruder","name":"X"}}"#);
    assert_eq!(made.refusal(), (403, "operator-only".into()));
    assert_eq!(accounts(&node)["staff"], json!([]));
}
