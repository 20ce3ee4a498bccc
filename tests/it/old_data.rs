//! Every data directory that an earlier version left (tests/data) is opened by this one: nothing in it is lost, all that was
//! said of a record is still said, and it can be worked with. What follows from records grows with versions, so that hashes
//! of states are compared within one version alone: as opened, and as rebuilt.

use std::path::Path;

use comptoir_tests::old_data::{EXPECTED_FILE, copy, frozen};
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::{Failure, Programs, Relay, Site};
use serde_json::Value;

use crate::place::in_place;

fn open(programs: &Programs, root: &Path, frozen: &Path) -> Result<(), Failure> {
    let expected: Value = serde_json::from_slice(&std::fs::read(frozen.join(EXPECTED_FILE)).unwrap()).unwrap();
    let mut site = Site::new(programs, "PAR", root);
    copy(&frozen.join("PAR"), &site.dir)?;
    let same = |what: &str, found: &Value, wanted: &Value| {
        hold(found == wanted, || format!("{}: {what} is {found}, was {wanted}", frozen.display()))
    };
    hold(site.status()?["site"] == "PAR", || "it is another site".to_owned())?;
    let opened = site.digest()?;
    same("what is held", &opened["scopes"], &expected["digest"]["scopes"])?;
    same("the number of parties", &site.parties()?.into(), &expected["parties"])?;
    site.verify()?;
    let id = expected["disputed"]["id"].as_str().unwrap().to_owned();
    let shown = site.show(&id)?;
    hold(says(&shown, &expected["disputed"]), || format!("{shown} does not say {}", expected["disputed"]))?;
    let history = site.ask(&["record", "history", "party", &id])?;
    same("the length of its history", &history["items"].as_array().map_or(0, Vec::len).into(), &expected["history"])?;
    let conflicts: Vec<Value> = site.conflicts()?.iter().map(|item| item["id"].clone()).collect();
    same("the list of conflicts", &conflicts.into(), &Value::from(vec![expected["conflict"].clone()]))?;
    site.ask(&["rebuild"])?;
    same("the digest after a rebuild", &site.digest()?, &opened)?;
    site.start()?;
    site.set(&id, &["notes=written by a later version"])?;
    site.verify()?;
    site.stop()?;

    let mut relay = Relay::at(programs, root, "127.0.0.1:0".to_owned());
    copy(&frozen.join("relay"), &relay.dir)?;
    relay.start()?;
    relay.stop()
}

/// Whether everything that an earlier version said is said, member by member; a later one says more.
fn says(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            wanted.iter().all(|(name, wanted)| found.get(name).is_some_and(|found| says(found, wanted)))
        }
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| says(found, wanted))
        }
        _ => found == wanted,
    }
}

#[test]
fn what_an_earlier_version_said_and_this_one_does_not_is_noticed() {
    let wanted = serde_json::json!({"name": "x", "lines": [{"city": "Lyon"}]});
    assert!(says(&serde_json::json!({"name": "x", "more": 1, "lines": [{"city": "Lyon", "use": ""}]}), &wanted));
    assert!(!says(&serde_json::json!({"name": "x", "lines": [{"city": "Nice"}]}), &wanted));
    assert!(!says(&serde_json::json!({"name": "x", "lines": []}), &wanted));
}

#[test]
fn data_of_every_earlier_version_is_opened() {
    let frozen = frozen().unwrap();
    assert!(!frozen.is_empty(), "there is no tests/data/v…: make it with `comptoir-tests freeze-data`");
    for directory in frozen {
        in_place(|programs, root| open(programs, root, &directory));
    }
}

#[test]
fn what_a_test_copies_is_whole() {
    in_place(|_, root| {
        let from = root.join("from");
        std::fs::create_dir(&from).unwrap();
        std::fs::write(from.join("keys.json"), "{}").unwrap();
        std::fs::write(from.join("api.json"), "{}").unwrap();
        copy(&from, &root.join("to"))?;
        let copied: Vec<_> =
            std::fs::read_dir(root.join("to")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        hold(copied == ["keys.json"], || format!("copied {copied:?}"))
    });
}
