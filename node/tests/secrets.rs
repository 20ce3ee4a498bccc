//! What is kept of a password or of a token occurs on no surface: not in an answer of the API, not in what commands print, not in the database, not
//! in the log of the daemon. Owns the walk over all of them, each held against the account's name, which does occur there.
#![allow(clippy::unwrap_used)]

mod common;

use std::process::Command;

use common::TestNode;
use common::guest::{Answered, Guest};
use serde_json::{Value, json};

const PASSWORD: &str = "unmistakable pass phrase";
const NAME: &str = "Aminata Unmistakable";

/// Every way in which the bytes could be written.
fn forms(hex: &str) -> Vec<Vec<u8>> {
    let bytes: Vec<u8> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    vec![hex.as_bytes().to_vec(), hex.to_uppercase().into_bytes(), bytes]
}

fn contains(held: &[u8], sought: &[u8]) -> bool {
    held.windows(sought.len()).any(|window| window == sought)
}

struct Walk {
    secrets: Vec<Vec<u8>>,
    walked: usize,
    named: Vec<String>,
}

impl Walk {
    fn look(&mut self, surface: &str, bytes: &[u8]) {
        assert!(!self.secrets.iter().any(|secret| contains(bytes, secret)), "{surface} gives it away");
        self.walked += 1;
        if contains(bytes, NAME.as_bytes()) {
            self.named.push(surface.to_owned());
        }
    }

    fn ask(&mut self, guest: &Guest, line: &str, headers: &str, body: &str) -> Answered {
        let answered = guest.ask(line, headers, body);
        self.look(line, format!("{}{}", answered.1, answered.2).as_bytes());
        answered
    }
}

/// The paths of the description that are read, with what their parameters are.
fn reads(description: &Value, account: &str) -> Vec<String> {
    let paths = description["paths"].as_object().unwrap().iter();
    let read = paths
        .filter(|(_, methods)| methods.get("get").is_some() && !methods["get"].to_string().contains("event-stream"));
    read.map(|(path, _)| path.replace("{kind}", "account").replace("{id}", account).replace("{item}", account))
        .collect()
}

#[test]
fn what_is_kept_of_a_password_occurs_on_no_surface() {
    let node = TestNode::empty();
    let create =
        ["create", "--organisation", "X", "--site", "PAR", "--country", "FR", "--admin", "aminata", "--password-stdin"];
    let created = node.run_with(&create, PASSWORD.as_bytes()).well();
    node.run(&["record", "set", "account", "aminata", &format!("name={NAME}")]).well();
    let token = node.run(&["staff", "token", "create", "aminata", "Nightly"]).well().json();
    let token = token["secret"].as_str().unwrap().to_owned();
    let kept: Value = serde_json::from_slice(&std::fs::read(node.data().join("staff.json")).unwrap()).unwrap();
    let token_hash = kept["tokens"][0]["hash"].as_str().unwrap();
    assert_eq!(token_hash, blake3::hash(token.as_bytes()).to_hex().as_str(), "positive control: it is kept there");
    let (id, kept) = kept["passwords"].as_object().unwrap().iter().next().unwrap();
    let (salt, hash) = (kept["salt"].as_str().unwrap(), kept["hash"].as_str().unwrap());
    assert_eq!((salt.len(), hash.len()), (32, 64), "positive control: it is kept there");
    let mut secrets = forms(salt);
    secrets.extend(forms(hash));
    secrets.extend(forms(token_hash));
    secrets.extend(forms(token.strip_prefix("cpt_").unwrap()));
    secrets.push(PASSWORD.as_bytes().to_vec());
    let mut walk = Walk { secrets, walked: 0, named: Vec::new() };
    walk.look("create", created.out.as_bytes());

    // The log of the daemon, all of it.
    let log = node.file("log", b"");
    let mut run = Command::new(env!("CARGO_BIN_EXE_comptoir-node"));
    run.arg("--data").arg(node.data()).args(["--json", "run", "--api", "127.0.0.1:0"]).env("COMPTOIR_LOG", "trace");
    run.stdout(std::process::Stdio::null()).stderr(std::fs::File::create(&log).unwrap());
    let mut daemon = run.spawn().unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !node.data().join("api.json").exists() {
        assert!(std::time::Instant::now() < deadline);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let api: Value = serde_json::from_slice(&std::fs::read(node.data().join("api.json")).unwrap()).unwrap();
    let here = Guest::here(api["address"].as_str().unwrap());
    let bears = format!("Authorization: Bearer {}\r\n", api["token"].as_str().unwrap());

    let entry = |password: &str| json!({ "login": "aminata", "password": password }).to_string();
    walk.ask(&here, "POST /api/v1/account/entry", "", &entry("wrong, and long"));
    let entered = walk.ask(&here, "POST /api/v1/account/entry", "", &entry(PASSWORD));
    let description = here.ask("GET /api/v1/openapi.json", &bears, "").json();
    for headers in [&bears, &entered.cookie(), &format!("Authorization: Bearer {token}\r\n")] {
        for path in reads(&description, id) {
            walk.ask(&here, &format!("GET {path}"), headers, "");
        }
        for query in [
            "search?q=unmistakable",
            "records/account?columns=reference,login,name,site,locked,archived",
            "records/account/export?format=json",
            "records/account/export?format=xlsx",
            "records/account/export?all_lines=true",
            "records/account/aminata?at=2100-01-01",
            "kinds/account/schema",
        ] {
            walk.ask(&here, &format!("GET /api/v1/{query}"), headers, "");
        }
        for (line, body) in [
            ("POST /api/v1/records/account/import?dry_run=true", "login;name\npaul;Paul\n"),
            ("POST /api/v1/verify", ""),
            ("POST /api/v1/rebuild", ""),
            ("PATCH /api/v1/records/account/aminata", r#"{"set":{"locked":false,"password":"x"}}"#),
            ("POST /api/v1/staff/aminata/lock", r#"{"locked":false}"#),
        ] {
            walk.ask(&here, line, headers, body);
        }
    }
    for command in [
        &["staff", "list"][..],
        &["staff", "token", "list"],
        &["record", "list", "account"],
        &["record", "show", "account", "aminata"],
        &["record", "history", "account", "aminata"],
        &["export", "account"],
        &["search", "Unmistakable"],
        &["doctor"],
        &["batches"],
        &["merges"],
        &["inbox", "list"],
        &["outbox"],
    ] {
        for ran in [node.run(command), node.say(command)] {
            walk.look(&command.join(" "), format!("{}{}", ran.out, ran.err).as_bytes());
        }
    }
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    walk.look("the daemon's log", &std::fs::read(&log).unwrap());
    for file in std::fs::read_dir(node.data()).unwrap().map(|file| file.unwrap().path()) {
        if file.is_file() && file.file_name().unwrap() != "staff.json" {
            walk.look(file.to_str().unwrap(), &std::fs::read(&file).unwrap());
        }
    }
    assert!(walk.walked > 100, "{}", walk.walked);
    for surface in [
        "GET /api/v1/staff",
        "GET /api/v1/account",
        "GET /api/v1/records/account",
        &format!("GET /api/v1/records/account/{id}"),
        &format!("GET /api/v1/records/account/{id}/history"),
        &format!("GET /api/v1/records/account/{id}/automerge"),
        "GET /api/v1/records/account/export",
        "GET /api/v1/search?q=unmistakable",
        "record show account aminata",
        "export account",
        "staff list",
    ] {
        assert!(
            walk.named.iter().any(|named| named == surface),
            "{surface} does not even say who it is: {:?}",
            walk.named
        );
    }
    assert!(walk.named.iter().any(|named| named.ends_with("replica.sqlite") || named.ends_with("replica.sqlite-wal")));
}
