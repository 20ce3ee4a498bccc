//! Keys as operators meet them: the root key's copy, its leaving and its coming back, admins, and key files under a seal. Owns the tests that need one
//! node only.

#![allow(clippy::unwrap_used)]

mod common;

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use common::{Ran, TestNode};
use comptoir_sync_protocol::enrolment::{RelayCode, Secret};
use serde_json::{Value, json};

const PASSPHRASE: &str = "correct horse battery staple";

/// A place for a file beside the node's directory, where there is none yet.
fn place(node: &TestNode, name: &str) -> String {
    node.data().with_file_name(name).to_str().unwrap().to_owned()
}

fn with_passphrase(node: &TestNode, arguments: &[&str]) -> Ran {
    node.run_with(&[arguments, &["--passphrase-stdin"]].concat(), format!("{PASSPHRASE}\n").as_bytes())
}

/// Daily work that writes the roster: it takes a relay into service.
fn add_relay(node: &TestNode, number: u8) -> Ran {
    let (address, jurisdiction) = (format!("relay-{number}.example:4433"), "FR".into());
    let relay = RelayCode { address, tls_pin: [number; 32], signing: [2; 32], jurisdiction, claim: Secret([3; 16]) };
    node.run(&["relay", "add", &relay.to_text()])
}

fn relays(node: &TestNode) -> usize {
    node.run(&["relay", "list"]).well().json()["relays"].as_array().unwrap().len()
}

#[test]
fn a_root_key_is_copied_taken_off_and_brought_back() {
    let node = TestNode::founded();
    let root = node.data().join("root.json");
    let status = node.run(&["root", "status"]).well().json();
    assert_eq!((&status["here"], &status["copy_seen"]), (&json!(true), &Value::Null));
    let copy = place(&node, "root.age");
    node.run_with(&["root", "export", &copy, "--passphrase-stdin"], b"short\n").failed(2, "passphrase-unfit");
    node.run(&["root", "export", &copy]).failed(2, "bad-request");
    assert!(!std::path::Path::new(&copy).exists());
    let exported = with_passphrase(&node, &["root", "export", &copy]).well().json();
    assert!(exported["copy_seen"].is_string() && root.exists());
    let text = std::fs::read_to_string(&copy).unwrap();
    assert!(text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"), "{text}");
    with_passphrase(&node, &["root", "export", &copy]).failed(2, "bad-request");
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), text, "a copy is never replaced");
    node.run_with(&["root", "remove", &copy, "--passphrase-stdin"], b"another passphrase")
        .failed(1, "passphrase-wrong");
    with_passphrase(&node, &["root", "remove", &node.file("torn.age", &text.as_bytes()[..200])])
        .failed(2, "key-file-unfit");
    let other = TestNode::founded();
    let others = place(&other, "other.age");
    with_passphrase(&other, &["root", "export", &others]).well();
    with_passphrase(&node, &["root", "remove", &others]).failed(1, "other-key");
    assert!(root.exists());
    let removed = with_passphrase(&node, &["root", "remove", &copy]).well().json();
    assert_eq!((&removed["here"], removed["removed"].is_string()), (&json!(false), true));
    assert!(!root.exists());
    // Daily work goes on; what is root's alone says what is missing.
    add_relay(&node, 1).well();
    node.run(&["invite", "--site", "DKR", "--country", "SN"]).well();
    let code = node.run(&["admin", "request"]).well().json()["code"].as_str().unwrap().to_owned();
    node.run(&["admin", "delegate", "Anne", &code]).failed(1, "root-key-absent");
    with_passphrase(&node, &["root", "export", &place(&node, "again.age")]).failed(1, "root-key-absent");
    with_passphrase(&node, &["root", "import", &others]).failed(1, "other-key");
    let back = with_passphrase(&node, &["root", "import", &copy]).well().json();
    assert_eq!((&back["here"], &back["removed"]), (&json!(true), &Value::Null));
    node.run(&["admin", "delegate", "Anne", &code]).well();
    assert_eq!(node.run(&["admin", "list"]).well().json()["admins"][0]["name"], "Anne");
    with_passphrase(&node, &["root", "remove", &copy]).well();
    add_relay(&node, 2).well();
    assert_eq!(relays(&node), 2);
    node.run(&["verify"]).well();
}

#[test]
fn one_step_copies_and_takes_off_while_the_daemon_runs() {
    let node = TestNode::founded();
    let daemon = node.start();
    let copy = place(&node, "root.age");
    with_passphrase(&node, &["root", "remove", &copy]).failed(2, "file-unreadable");
    with_passphrase(&node, &["root", "remove", &copy, "--export"]).well();
    assert!(!node.data().join("root.json").exists());
    add_relay(&node, 1).well();
    assert!(node.say(&["root", "status"]).well().out.contains("was taken off"));
    drop(daemon);
    with_passphrase(&node, &["root", "import", &copy]).well();
}

#[cfg(unix)]
#[test]
fn a_copy_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let node = TestNode::founded();
    let copy = place(&node, "root.age");
    with_passphrase(&node, &["root", "export", &copy]).well();
    assert_eq!(std::fs::metadata(copy).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_directory_that_has_root_alone_works_and_keeps_it_until_an_admin_is_there() {
    let node = TestNode::founded();
    std::fs::remove_file(node.data().join("admin.json")).unwrap();
    add_relay(&node, 1).well();
    let copy = place(&node, "root.age");
    with_passphrase(&node, &["root", "remove", &copy, "--export"]).failed(1, "admin-key-needed");
    assert!(node.data().join("root.json").exists());
    let code = node.run(&["admin", "request"]).well().json()["code"].as_str().unwrap().to_owned();
    assert_eq!(node.run(&["admin", "list"]).well().json()["admin"]["state"], "unknown");
    with_passphrase(&node, &["root", "remove", &copy]).failed(1, "admin-key-needed");
    add_relay(&node, 2).well();
    let delegated = node.run(&["admin", "delegate", "PAR", &code]).well().json();
    assert_eq!(delegated["here"], true);
    with_passphrase(&node, &["root", "remove", &copy]).well();
    add_relay(&node, 3).well();
    assert_eq!(relays(&node), 3);
    node.run(&["verify"]).well();
}

#[test]
fn an_admin_key_is_made_where_it_is_used_and_works_when_root_has_delegated_it() {
    let node = TestNode::founded();
    let admins = node.run(&["admin", "list"]).well().json();
    assert_eq!((&admins["admin"]["state"], admins["admins"].as_array().unwrap().len()), (&json!("named"), 1));
    let (admin, copy) = (node.data().join("admin.json"), place(&node, "admin.age"));
    with_passphrase(&node, &["admin", "export", &copy]).well();
    std::fs::remove_file(&admin).unwrap();
    let code = node.run(&["admin", "request"]).well().json()["code"].as_str().unwrap().to_owned();
    assert_eq!(node.run(&["admin", "request"]).well().json()["code"], json!(code), "it is made once");
    with_passphrase(&node, &["root", "remove", &place(&node, "root.age"), "--export"]).failed(1, "admin-key-needed");
    std::fs::rename(node.data().join("root.json"), place(&node, "root.json")).unwrap();
    add_relay(&node, 1).failed(1, "admin-key-unknown");
    let mistyped = code.replace(&code[20..22], if &code[20..22] == "00" { "11" } else { "00" });
    node.run(&["admin", "delegate", "Anne", &mistyped]).failed(2, "code-mistyped");
    let other = TestNode::founded();
    other.run(&["admin", "delegate", "Anne", &code]).failed(1, "other-key");
    std::fs::rename(place(&node, "root.json"), node.data().join("root.json")).unwrap();
    node.run(&["admin", "delegate", " ", &code]).failed(2, "profile-invalid");
    node.run(&["admin", "delegate", "Anne", &code]).well();
    node.run(&["admin", "delegate", "Anne", &code]).well();
    add_relay(&node, 1).well();
    with_passphrase(&node, &["admin", "import", &copy]).failed(1, "other-key");
    std::fs::remove_file(&admin).unwrap();
    // The first one comes back from its copy, in a new epoch.
    with_passphrase(&node, &["admin", "import", &place(&node, "nowhere.age")]).failed(2, "file-unreadable");
    with_passphrase(&node, &["admin", "import", &copy]).well();
    add_relay(&node, 2).well();
    let admins = node.run(&["admin", "list"]).well().json();
    assert_eq!((&admins["admin"]["state"], admins["admins"].as_array().unwrap().len()), (&json!("named"), 2));
    node.run(&["verify"]).well();
}

/// The node's secrets, in bytes and in hex, as they stand in its files before they are sealed.
fn secrets(node: &TestNode) -> Vec<Vec<u8>> {
    let of = |file: &str, key: &str| {
        let file: Value = serde_json::from_slice(&std::fs::read(node.data().join(file)).unwrap()).unwrap();
        let hex = file[key].as_str().unwrap();
        // The end: the beginning of a TLS key's document is alike for all keys.
        hex[hex.len() - 64..].to_owned()
    };
    let files = [("keys.json", "tls"), ("keys.json", "signing"), ("keys.json", "sealing")];
    let files = files.into_iter().chain([("admin.json", "signing"), ("root.json", "signing")]);
    let hex: Vec<String> = files.map(|(file, key)| of(file, key)).collect();
    let bytes = hex.iter().map(|hex| comptoir_node::entropy::unhex(hex).unwrap());
    bytes.chain(hex.iter().map(|hex| hex.clone().into_bytes())).collect()
}

fn occur(secrets: &[Vec<u8>], bytes: &[u8]) -> usize {
    secrets.iter().filter(|secret| bytes.windows(secret.len()).any(|part| part == &secret[..])).count()
}

fn whole(node: &TestNode) -> Vec<u8> {
    let files = std::fs::read_dir(node.data()).unwrap();
    files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

#[test]
fn no_secret_of_a_sealed_node_is_in_its_directory_its_log_or_what_doctor_says() {
    let node = TestNode::founded();
    node.run(&["record", "create", "party", "name=Anne"]).well();
    let secrets = secrets(&node);
    assert_eq!(occur(&secrets, &whole(&node)), 5, "what is searched for is found where it is");
    let file = node.file("passphrase", PASSPHRASE.as_bytes());
    let sealed = node.run(&["keys", "seal", "--passphrase-file", &file]).well().json();
    assert_eq!((&sealed["sealed"], &sealed["files"]["root.json"]), (&json!(true), &json!("sealed")));
    assert_eq!(occur(&secrets, &whole(&node)), 0);
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_comptoir-node"))
        .args(["--json", "run", "--data"])
        .arg(node.data())
        .env("COMPTOIR_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let mut log = daemon.stderr.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        log.read_to_end(&mut bytes).unwrap();
        bytes
    });
    node.run(&["record", "create", "party", "name=Zoé"]).well();
    add_relay(&node, 1).well();
    let doctor = node.run(&["doctor"]);
    let copy = place(&node, "root.age");
    with_passphrase(&node, &["root", "remove", &copy, "--export"]).well();
    with_passphrase(&node, &["root", "import", &copy]).well();
    node.run(&["keys", "unseal"]).failed(1, "directory-in-use");
    assert_eq!(node.run(&["keys", "status"]).well().json()["sealed"], true);
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    let log = reading.join().unwrap();
    assert!(log.windows(11).any(|part| part == b"daemon runs"), "the log was read");
    assert_eq!(occur(&secrets, &log) + occur(&secrets, format!("{doctor:?}").as_bytes()), 0);
    assert_eq!(occur(&[PASSPHRASE.as_bytes().to_vec()], &[log, whole(&node)].concat()), 0);
    assert_eq!(occur(&secrets, &whole(&node)), 0, "what is written later is sealed too");
    node.run(&["verify"]).well();
    assert_eq!(relays(&node), 1);
}

#[test]
fn f01_a_sealed_node_starts_is_killed_and_starts_again() {
    let node = TestNode::founded();
    let file = node.file("passphrase", PASSPHRASE.as_bytes());
    let plain = std::fs::read(node.data().join("admin.json")).unwrap();
    node.run(&["keys", "seal", "--passphrase-file", &file]).well();
    for name in ["Anne", "Zoé", "Ali"] {
        let mut daemon = node.start();
        node.run(&["record", "create", "party", &format!("name={name}")]).well();
        daemon.kill();
    }
    assert_eq!(node.run(&["record", "list", "party"]).well().json()["total"], 3);
    // Killed while it was sealed: one file is still plain.
    let (sealed, admin) = (std::fs::read(node.data().join("admin.json")).unwrap(), node.data().join("admin.json"));
    std::fs::write(&admin, &plain).unwrap();
    let keys = |node: &TestNode| node.run(&["doctor"]).json()["checks"][2].clone();
    assert_eq!((&keys(&node)["check"], &keys(&node)["state"]), (&json!("keys"), &json!("look")));
    assert_eq!(node.run(&["keys", "status"]).well().json()["sealed"], false);
    node.run(&["keys", "seal", "--passphrase-file", &file]).well();
    assert_eq!(keys(&node)["state"], "good");
    let again = std::fs::read(&admin).unwrap();
    assert!(again != plain && again != sealed);
    // The first version's form comes back whole.
    node.run(&["keys", "unseal"]).well();
    std::fs::remove_file(file).unwrap();
    assert_eq!(node.run(&["keys", "status"]).well().json()["files"]["keys.json"], "plain");
    node.run(&["verify"]).well();
}

#[test]
fn what_does_not_open_says_why_and_harms_nothing() {
    let node = TestNode::founded();
    let (right, wrong) = (node.file("right", PASSPHRASE.as_bytes()), node.file("wrong", b"another passphrase"));
    node.run(&["keys", "change", "--passphrase-file", &right]).failed(1, "keys-not-sealed");
    node.run(&["keys", "seal", "--passphrase-file", &place(&node, "nowhere")]).failed(2, "file-unreadable");
    node.run(&["keys", "seal"]).failed(2, "bad-request");
    node.run(&["keys", "seal", "--passphrase-file", &right]).well();
    let before = whole(&node);
    for arguments in [&["status"][..], &["run"], &["root", "status"], &["keys", "unseal"]] {
        let with = |more: &[&str]| node.run(&[more, arguments].concat());
        with(&["--keys-passphrase-file", &wrong]).failed(1, "passphrase-wrong");
        with(&["--keys-passphrase-file", &place(&node, "nowhere")]).failed(1, "keys-sealed");
        with(&["--keys-credential", "keys"]).failed(1, "keys-sealed");
    }
    node.run(&["keys", "seal", "--passphrase-file", &wrong]).failed(1, "passphrase-wrong");
    assert_eq!(whole(&node), before);
    std::fs::rename(&right, place(&node, "moved")).unwrap();
    let told = node.run(&["status"]).failed(1, "keys-sealed");
    assert!(told.err.contains("right"), "it names the file: {told:?}");
    node.run(&["--keys-passphrase-file", &place(&node, "moved"), "status"]).well();
    node.run_where(&[("COMPTOIR_KEYS_PASSPHRASE_FILE", place(&node, "moved").as_str())], &["status"]).well();
}

#[test]
fn a_passphrase_may_be_a_credential_of_the_service() {
    let node = TestNode::founded();
    let credentials = node.file("credential", PASSPHRASE.as_bytes());
    let credentials = std::path::Path::new(&credentials).parent().unwrap().to_str().unwrap().to_owned();
    let handed = [("CREDENTIALS_DIRECTORY", credentials.as_str())];
    node.run(&["keys", "seal", "--credential", "credential"]).failed(2, "file-unreadable");
    node.run_where(&handed, &["keys", "seal", "--credential", "../credential"]).failed(2, "bad-request");
    let sealed = node.run_where(&handed, &["keys", "seal", "--credential", "credential"]).well().json();
    assert_eq!((&sealed["credential"], &sealed["passphrase_file"]), (&json!("credential"), &Value::Null));
    node.run_where(&handed, &["status"]).well();
    node.run(&["status"]).failed(1, "keys-sealed");
    let file = node.file("elsewhere", b"staple battery horse correct");
    node.run_where(&handed, &["keys", "change", "--passphrase-file", &file]).well();
    node.run(&["status"]).well();
    node.run_where(&[handed[0], ("COMPTOIR_KEYS_CREDENTIAL", "credential")], &["status"]).failed(1, "passphrase-wrong");
}

#[test]
fn the_directory_of_the_first_version_is_sealed_and_its_root_key_taken_off() {
    let node = TestNode::empty();
    let frozen = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/v0.1.0/PAR");
    std::fs::create_dir(node.data()).unwrap();
    for file in std::fs::read_dir(frozen).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), node.data().join(file.file_name())).unwrap();
    }
    let secrets = secrets(&node);
    let relays_before = relays(&node);
    let file = node.file("passphrase", PASSPHRASE.as_bytes());
    node.run(&["keys", "seal", "--passphrase-file", &file]).well();
    with_passphrase(&node, &["root", "remove", &place(&node, "root.age"), "--export"]).well();
    assert_eq!(occur(&secrets, &whole(&node)), 0);
    add_relay(&node, 1).well();
    assert_eq!(relays(&node), relays_before + 1);
    node.run(&["verify"]).well();
}
