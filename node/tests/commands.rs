//! The commands as scripts meet them: exit statuses, codes and shapes of the real binary. Owns the contract's tests that need
//! one node only.

#![allow(clippy::unwrap_used)]

mod common;

use common::{TestNode, bare};
use serde_json::{Value, json};

#[test]
fn wrong_usage_exits_2() {
    for arguments in [&["fly"][..], &["status", "--colour"], &["join"], &["join", "X", "--wait", "soon"], &[]] {
        assert_eq!(bare(arguments).exit, 2, "{arguments:?}");
    }
    bare(&["--json", "status"]).failed(2, "not-a-data-directory");
    TestNode::empty().run(&["status"]).failed(2, "not-a-data-directory");
    bare(&["foo", "--json"]).failed(2, "bad-request");
    bare(&["--json"]).failed(2, "bad-request");
    let revert = bare(&["record", "revert", "party", "AD-1", "--json"]).failed(2, "bad-request");
    assert!(revert.err.contains("--to"), "{revert:?}");
    assert_eq!(bare(&["--help"]).exit, 0);
    assert_eq!(bare(&["--version"]).exit, 0);
}

#[test]
fn a_node_is_founded_once() {
    let node = TestNode::empty();
    let create = ["create", "--organisation", "Négoce", "--site", "par", "--country", "fr"];
    let founded = node.run(&create).well().json();
    assert_eq!(founded["site"], "PAR");
    node.run(&create).failed(1, "already-a-node");
    let status = node.run(&["status"]).well().json();
    assert_eq!((&status["site"], &status["writer"]), (&json!("PAR"), &founded["writer"]));
    assert_eq!(status["relay"], json!({"state": "none", "received_up_to": null, "address": null}));
    assert_eq!((&status["standing"], &status["past_cut"]), (&json!("member"), &json!(0)));
    assert_eq!((&status["inbox"], &status["quarantined"], &status["waiting"]), (&json!(0), &json!(0), &json!(0)));
    let names: Vec<&str> = status["scopes"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["books:PAR", "organisation", "private:PAR", "roster", "staff:PAR", "trade"]);
    let digest = node.run(&["digest"]).well().json();
    assert_eq!(digest["scopes"]["organisation"].as_str().unwrap().len(), 64);
    assert_eq!(digest["state"]["organisation"].as_str().unwrap().len(), 64);
    assert!(node.say(&["status"]).well().out.starts_with("PAR of Négoce\n"));
}

#[test]
fn what_is_said_of_a_site_is_checked_before_anything_is_made() {
    let node = TestNode::empty();
    let create = |site: &str, country: &str, more: &[&str]| {
        let arguments = [&["create", "--organisation", "N", "--site", site, "--country", country], more].concat();
        node.run(&arguments)
    };
    create("PAR", "Ruritania", &[]).failed(2, "country-unknown");
    create("PAR", "FR", &["--currency", "ZZZ"]).failed(2, "profile-invalid");
    create("P R", "FR", &[]).failed(2, "profile-invalid");
    create("PAR", "FR", &["--time-zone", "Mars/Base"]).failed(2, "profile-invalid");
    create("PAR", "FR", &["--relay", "COMPTOIR-RELAY-XYZ"]).failed(2, "code-mistyped");
    assert!(!node.data().join("keys.json").exists());
    create("PAR", "FR", &[]).well();
}

#[test]
fn records_are_made_changed_archived_and_remembered() {
    let node = TestNode::founded();
    let made = node
        .run(&["record", "create", "party", "reference=C-1", "name=Aïda NDiaye", "kind=person", "phone=+33123456789"])
        .well()
        .json();
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["title"], "Aïda NDiaye");
    node.run(&[
        "record",
        "set",
        "party",
        id,
        "phone=+221 33 821 00 00",
        "addresses+={\"city\":\"Dakar\",\"country\":\"SN\"}",
    ])
    .well();
    let shown = node.run(&["record", "show", "party", "C-1"]).well().json();
    assert_eq!(
        (&shown["fields"]["phone"], &shown["lines"]["addresses"][0]["city"]),
        (&json!("+221338210000"), &json!("Dakar"))
    );
    let line = shown["lines"]["addresses"][0]["key"].as_str().unwrap();
    node.run(&["record", "set", "party", id, &format!("addresses.{line}.city=Thiès")]).well();
    let listed = node.run(&["record", "list", "party", "--search", "ndiaye thies"]).well().json();
    assert_eq!((&listed["total"], &listed["records"][0]["id"]), (&json!(1), &json!(id)));
    let history = node.run(&["record", "history", "party", id]).well().json();
    let items = history["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!((&items[1]["author"], &items[1]["command"]), (&json!("PAR/operator"), &json!("party.change")));
    let phone = items[1]["puts"].as_array().unwrap().iter().find(|put| put["field"] == "phone").unwrap();
    assert_eq!((&phone["before"], &phone["value"]), (&json!("+33123456789"), &json!("+221338210000")));
    let document = node.file("record.automerge", b"");
    node.run(&["record", "export", "party", id, "--automerge", "--out", &document]).well();
    assert_eq!(&std::fs::read(&document).unwrap()[..4], b"\x85\x6f\x4a\x83", "an Automerge document");
    node.run(&["record", "archive", "party", id]).well();
    node.run(&["record", "set", "party", id, "phone=2"]).failed(1, "archived-record");
    assert_eq!(node.run(&["record", "list", "party"]).well().json()["total"], 0);
    node.run(&["record", "archive", "party", id, "--undo"]).well();
    node.run(&["record", "set", "party", id, "wings=2"]).failed(1, "unknown-field");
    node.run(&["record", "set", "party", id, "phone"]).failed(2, "bad-assignment");
    node.run(&["record", "show", "party", "C-2"]).failed(1, "not-found");
    node.run(&["record", "show", "robot", "C-2"]).failed(2, "unknown-kind");
    node.run(&["verify"]).well();
    assert_eq!(node.run(&["outbox"]).well().json()["entries"].as_array().unwrap().len(), 8);
}

const HEADER: &str = "reference,kind,name,roles,street,postcode,city,country,email,phone,vat,siren,iban,terms";

#[test]
fn an_import_keeps_good_rows_and_names_bad_ones() {
    let node = TestNode::founded();
    let text = format!(
        "{HEADER}\nC-1,person,Anne,customer,\"1, rue \"\"X\"\"\nbis\",75001,Paris,FR,a@b.example,+33 1 23 45 67 89,,,,30\n\
         C-2,person,,customer,,,,,,,,,,\nC-3,person,Zoé,customer,,,,Atlantis,,,,,,\nC-4,organisation,Fin,supplier,,,,,,,,,,\n"
    );
    let file = node.file("parties.csv", text.as_bytes());
    let dry = node.run(&["import", "party", &file, "--dry-run"]);
    assert_eq!((dry.exit, node.run(&["record", "list", "party"]).json()["total"].clone()), (1, json!(0)));
    let ran = node.run(&["import", "party", &file]);
    let (result, foreseen) = (ran.json(), dry.json());
    assert_eq!(ran.exit, 1);
    for part in ["created", "changed", "unchanged", "refused"] {
        assert_eq!(result[part], foreseen[part], "{part}");
    }
    assert_eq!((&result["created"], &result["changed"], &result["unchanged"]), (&json!(2), &json!(0), &json!(0)));
    let refused = result["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 2);
    assert_eq!(
        (&refused[0]["row"], &refused[0]["column"], &refused[0]["code"]),
        (&json!(4), &json!("name"), &json!("required"))
    );
    assert_eq!((&refused[1]["row"], &refused[1]["column"]), (&json!(5), &json!("country")));
    let again = node.run(&["import", "party", &file]).json();
    assert_eq!((&again["created"], &again["unchanged"]), (&json!(0), &json!(2)));
    let exported = node.run(&["export", "party"]).well().out;
    let back = TestNode::founded();
    let imported = back.run_with(&["import", "party", "-"], exported.as_bytes()).well().json();
    assert_eq!(imported["created"], 2);
    // The last column is the id, which each node gives its own.
    let without_ids = |rows: &str| -> Vec<String> {
        rows.split("\r\n").map(|row| row.rsplit_once(',').map_or("", |(kept, _)| kept).to_owned()).collect()
    };
    assert_eq!(without_ids(&back.run(&["export", "party"]).well().out), without_ids(&exported));
    let all: Value = node.run(&["export", "party", "--format", "json"]).well().json();
    assert_eq!(all.as_array().unwrap().len(), 2);
    let told = node.say(&["import", "party", &file]).out;
    assert!(told.contains("must not be empty"), "{told}");
    let out = node.file("all.json", b"");
    let written = node.run(&["export", "party", "--out", &out]).well().json();
    let saved = std::fs::read(&out).unwrap();
    assert_eq!((written, serde_json::from_slice::<Value>(&saved).unwrap()), (json!({"bytes": saved.len()}), all));
    node.run(&["export", "party", "--out", &node.file("all.doc", b"")]).failed(2, "bad-request");
}

#[test]
fn files_of_other_programs_are_read_and_broken_ones_refused_whole() {
    let node = TestNode::founded();
    let semicolons = format!("\u{feff}{}\nC-1;person;Zoé;customer;;;;;;;;;;\n", HEADER.replace(',', ";"));
    node.run(&["import", "party", &node.file("bom.csv", semicolons.as_bytes())]).well();
    let latin_1 = [HEADER.as_bytes(), b"\nC-2,person,Ren\xe9e,customer,,,,,,,,,,\n"].concat();
    node.run(&["import", "party", &node.file("latin1.csv", &latin_1)]).well();
    let listed = node.run(&["record", "list", "party", "--search", "renee"]).well().json();
    assert_eq!(listed["records"][0]["title"], "Renée");
    let wrong = node.run(&["import", "party", &node.file("wrong.csv", b"reference,nom\nC-3,x\n")]);
    assert_eq!(wrong.exit, 1, "{wrong:?}");
    node.run(&["import", "party", "/nowhere/at/all.csv"]).failed(2, "file-unreadable");
    assert_eq!(node.run(&["record", "list", "party"]).json()["total"], 2);
}

#[test]
fn codes_that_are_none_and_relays_that_are_not_there() {
    let node = TestNode::founded();
    node.run(&["invite", "--site", "DKR", "--country", "SN"]).failed(1, "no-relay");
    node.run(&["relay", "add", "COMPTOIR-RELAY-00"]).failed(2, "code-mistyped");
    let other = TestNode::empty();
    other.run(&["join", "COMPTOIR-JOIN-00"]).failed(2, "code-mistyped");
    other.run(&["join", "hello"]).failed(2, "code-mistyped");
    node.run(&["inbox", "resolve", "nothing", "--take", "1"]).failed(1, "unknown-item");
    node.run(&["inbox", "resolve", "nothing"]).failed(2, "bad-request");
    assert_eq!(node.run(&["inbox", "list"]).well().json()["items"], json!([]));
    assert_eq!(node.run(&["merges", "--limit", "5"]).well().json(), json!({"merges": [], "since": null}));
    assert!(node.say(&["merges"]).well().out.starts_with("Nothing"), "a site alone merges nothing");
    node.run(&["merges", "--limit", "x"]).failed(2, "bad-request");
}

#[test]
fn an_unreachable_relay_is_told_and_the_same_command_resumes() {
    use comptoir_sync_protocol::enrolment::{JoinCode, RelayCode, Secret};
    let node = TestNode::founded();
    let closed = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let relay = RelayCode {
        address: closed.to_string(),
        tls_pin: [1; 32],
        signing: [2; 32],
        jurisdiction: "FR".into(),
        claim: Secret([3; 16]),
    };
    node.run(&["relay", "add", &relay.to_text()]).well();
    assert_eq!(node.run(&["status"]).json()["relay"]["state"], "stopped");
    let made = node.run(&["invite", "--site", "DKR", "--country", "SN", "--expires", "1h"]).well().json();
    node.run(&["invite", "--site", "PAR", "--country", "SN"]).failed(1, "site-code-taken");
    let code = made["code"].as_str().unwrap();
    assert_eq!(JoinCode::from_text(code).unwrap().site_code, "DKR");
    let other = TestNode::empty();
    let first = other.run(&["join", code, "--wait", "200ms"]);
    assert_eq!(first.exit, 3, "{first:?}");
    let keys = std::fs::read(other.data().join("keys.json")).unwrap();
    let second = other.run(&["join", code, "--wait", "200ms"]);
    assert_eq!(second.exit, 3, "{second:?}");
    assert_eq!(std::fs::read(other.data().join("keys.json")).unwrap(), keys, "keys are made once");
    other.run(&["status"]).failed(1, "not-joined");
    let another = node.run(&["invite", "--site", "MTL", "--country", "CA"]).well().json();
    other.run(&["join", another["code"].as_str().unwrap(), "--wait", "1ms"]).failed(1, "other-join-under-way");
}

#[test]
fn what_is_made_from_the_code_is_printed() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json")).unwrap();
    assert_eq!(bare(&["openapi"]).well().out, committed);
    assert!(bare(&["completions", "bash"]).well().out.contains("comptoir-node"));
    assert!(bare(&["man"]).well().out.contains("comptoir"));
}

#[test]
fn f08_an_older_database_goes_on_in_a_new_epoch() {
    let node = TestNode::founded();
    node.run(&["record", "create", "party", "name=Anne"]).well();
    let writer = node.run(&["status"]).well().json()["writer"].as_str().unwrap().to_owned();
    let scopes = node.run(&["digest"]).well().json()["scopes"]["organisation"].clone();
    let organisation = node.run(&["status"]).json()["organisation"]["id"].as_str().unwrap().parse().unwrap();
    let scope = comptoir_sync_protocol::ScopeId::of(&organisation, "organisation").to_string();
    let (site, epoch) = writer.split_once('.').unwrap();
    let receipts = |seq: u64| {
        let file = json!({"acknowledged": [{"scope": scope, "site": site, "epoch": epoch, "seq": seq}]});
        std::fs::write(node.data().join("receipts.json"), file.to_string()).unwrap();
    };
    receipts(1);
    assert_eq!(node.run(&["status"]).json()["writer"], json!(writer), "what was acknowledged is here");
    receipts(2);
    let newer = node.run(&["status"]).well().json()["writer"].as_str().unwrap().to_owned();
    assert!(newer.starts_with(site) && newer != writer, "{newer}");
    assert_eq!(node.run(&["status"]).json()["writer"], json!(newer), "once is enough");
    assert_eq!(node.run(&["digest"]).json()["scopes"]["organisation"], scopes);
    node.run(&["record", "create", "party", "name=Zoé"]).well();
    node.run(&["verify"]).well();
}

#[test]
fn f08_the_admin_key_of_an_older_database_writes_the_roster_in_a_new_epoch() {
    use comptoir_sync_protocol::enrolment::{RelayCode, Secret};
    let node = TestNode::founded();
    let admin =
        || -> Value { serde_json::from_slice(&std::fs::read(node.data().join("admin.json")).unwrap()).unwrap() };
    let before = admin();
    let seed: Vec<u8> = comptoir_node::entropy::unhex(before["signing"].as_str().unwrap()).unwrap();
    let public = ed25519_dalek::SigningKey::from_bytes(&seed.try_into().unwrap()).verifying_key().to_bytes();
    let file = json!({"acknowledged": [{
        "scope": comptoir_sync_protocol::roster::scope_id().to_string(),
        "site": comptoir_sync_protocol::SiteId::of_roster_key(&public).to_string(),
        "epoch": before["epoch"],
        "seq": 2,
    }]});
    std::fs::write(node.data().join("receipts.json"), file.to_string()).unwrap();
    node.run(&["status"]).well();
    assert_ne!(admin()["epoch"], before["epoch"]);
    assert_eq!(admin()["signing"], before["signing"]);
    let (address, jurisdiction) = ("relay.example:4433".into(), "FR".into());
    let relay = RelayCode { address, tls_pin: [1; 32], signing: [2; 32], jurisdiction, claim: Secret([3; 16]) };
    node.run(&["relay", "add", &relay.to_text()]).well();
    assert_eq!(node.run(&["relay", "list"]).well().json()["relays"].as_array().unwrap().len(), 1);
    node.run(&["verify"]).well();
}
