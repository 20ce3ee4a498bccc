//! Backups: what is in one, what it takes to open it, and that putting one back brings the records back and loses nothing of what was there.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Ran, TestNode};
use serde_json::Value;

const WORDS: &[u8] = b"correct horse battery\n";

fn names(node: &TestNode) -> Vec<String> {
    let listed = node.run(&["record", "list", "party", "--sort", "name"]).well().json();
    let name = |record: &Value| record["title"].as_str().unwrap().to_owned();
    listed["records"].as_array().unwrap().iter().map(name).collect()
}

fn add(node: &TestNode, name: &str) -> Ran {
    node.run(&["record", "create", "party", &format!("name={name}")]).well()
}

fn beside(node: &TestNode, name: &str) -> String {
    node.data().parent().unwrap().join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_backup_is_taken_while_work_goes_on_and_put_back() {
    let node = TestNode::founded();
    add(&node, "Awa");
    let check = |node: &TestNode| {
        let checks = node.run(&["doctor"]).json();
        checks["checks"].as_array().unwrap().iter().find(|check| check["check"] == "backup").unwrap().clone()
    };
    assert_eq!(check(&node)["state"], "look");
    assert_eq!(node.run(&["status"]).json()["last_backup"], Value::Null);
    let (plain, sealed) = (beside(&node, "plain.sqlite"), beside(&node, "sealed.age"));
    let passphrase = node.file("passphrase", WORDS);
    let daemon = node.start();
    let made = node.run(&["backup", "create", &plain]).well().json();
    node.run(&["backup", "create", &sealed, "--passphrase-file", &passphrase]).well();
    // None replaces another.
    node.run(&["backup", "create", &plain]).failed(2, "bad-request");
    assert!(std::fs::metadata(&plain).unwrap().len() == made["bytes"].as_u64().unwrap());
    assert!(std::fs::read(&plain).unwrap().starts_with(b"SQLite format 3\0"));
    add(&node, "Fatou");
    for file in [&plain, &sealed] {
        node.run(&["backup", "check", file, "--passphrase-file", &passphrase]).well();
        node.run(&["backup", "restore", file, "--passphrase-file", &passphrase, "--yes"]).failed(1, "directory-in-use");
    }
    assert!(node.run(&["status"]).json()["last_backup"].as_str() >= made["at"].as_str());
    assert_eq!(check(&node)["state"], "good");
    drop(daemon);

    assert_eq!(names(&node), ["Awa", "Fatou"]);
    node.run(&["backup", "restore", &sealed, "--passphrase-file", &passphrase]).failed(2, "bad-request");
    let restored = node.run(&["backup", "restore", &sealed, "--passphrase-file", &passphrase, "--yes"]).well().json();
    assert_eq!((names(&node), &restored["notices"]), (vec!["Awa".to_owned()], &Value::Bool(false)));
    add(&node, "Moussa");
    node.run(&["verify"]).well();
    // What was there is kept, whole.
    let before = restored["before"].as_str().unwrap();
    node.run(&["backup", "restore", before, "--yes"]).well();
    assert_eq!(names(&node), ["Awa", "Fatou"]);
    node.run(&["backup", "restore", &plain, "--yes"]).well();
    assert_eq!(names(&node), ["Awa"]);
    let left = std::fs::read_dir(node.data()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = left.filter(|name| name.contains(".of-") || name.starts_with("passing-")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_is_no_backup_of_this_site_changes_nothing() {
    let (node, other) = (TestNode::founded(), TestNode::founded());
    add(&node, "Awa");
    let passphrase = node.file("passphrase", WORDS);
    let (plain, sealed, elsewhere) = (beside(&node, "plain"), beside(&node, "sealed"), beside(&other, "elsewhere"));
    node.run(&["backup", "create", &plain]).well();
    node.run(&["backup", "create", &sealed, "--passphrase-file", &passphrase]).well();
    other.run(&["backup", "create", &elsewhere]).well();
    let damaged = |name: &str, from: &str, damage: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = std::fs::read(from).unwrap();
        damage(&mut bytes);
        node.file(name, &bytes)
    };
    let middle = |bytes: &mut Vec<u8>| {
        let place = bytes.len() / 2 / 4096 * 4096;
        bytes[place..place + 4096].fill(0x5a);
    };
    let half = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2);
    let unfit = [
        damaged("middle-plain", &plain, &middle),
        damaged("half-plain", &plain, &half),
        node.file("text", b"nothing of ours"),
        node.file("empty", b""),
        node.file("begins", b"SQLite format 3\0 and no more"),
    ];
    let words = node.file("other-words", b"battery staple horse\n");
    for how in [&["check"][..], &["restore", "--yes"]] {
        let run = |file: &str, more: &[&str]| node.run(&[&["backup"], how, &[file], more].concat());
        for file in &unfit {
            run(file, &[]).failed(2, "backup-unfit");
        }
        run(&elsewhere, &[]).failed(1, "other-backup");
        run(&sealed, &[]).failed(1, "passphrase-wrong");
        run(&beside(&node, "absent"), &[]).failed(2, "file-unreadable");
    }
    let check = |file: &str, words: &str| node.run(&["backup", "check", file, "--passphrase-file", words]);
    check(&sealed, &words).failed(1, "passphrase-wrong");
    check(&damaged("middle-sealed", &sealed, &middle), &passphrase).failed(2, "backup-unfit");
    check(&damaged("half-sealed", &sealed, &half), &passphrase).failed(2, "backup-unfit");
    assert_eq!(names(&node), ["Awa"]);
    let nowhere = beside(&node, "no/such/folder");
    assert_ne!(node.run(&["backup", "create", &nowhere]).exit, 0);
}

#[test]
fn an_emptied_directory_gets_its_database_back() {
    let node = TestNode::founded();
    add(&node, "Awa");
    let plain = beside(&node, "plain");
    node.run(&["backup", "create", &plain]).well();
    std::fs::remove_file(node.data().join("replica.sqlite")).unwrap();
    node.run(&["status"]).failed(4, "damaged");
    node.run(&["backup", "restore", &plain, "--yes"]).well();
    assert_eq!(names(&node), ["Awa"]);
}
