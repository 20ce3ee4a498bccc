//! Every data directory that an earlier version left (tests/data) is opened by this one: nothing in it is lost, what follows from
//! it is the same, and it can be worked with.

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
    same("the digest", &site.digest()?, &expected["digest"])?;
    same("the number of parties", &site.parties()?.into(), &expected["parties"])?;
    site.verify()?;
    let id = expected["disputed"]["id"].as_str().unwrap().to_owned();
    same("the disputed party", &site.show(&id)?, &expected["disputed"])?;
    let history = site.ask(&["record", "history", "party", &id])?;
    same("the length of its history", &history["items"].as_array().map_or(0, Vec::len).into(), &expected["history"])?;
    let conflicts: Vec<Value> = site.conflicts()?.iter().map(|item| item["id"].clone()).collect();
    same("the list of conflicts", &conflicts.into(), &Value::from(vec![expected["conflict"].clone()]))?;
    site.ask(&["rebuild"])?;
    same("the digest after a rebuild", &site.digest()?, &expected["digest"])?;
    site.start()?;
    site.set(&id, &["notes=written by a later version"])?;
    site.verify()?;
    site.stop()?;

    let mut relay = Relay::at(programs, root, "127.0.0.1:0".to_owned());
    copy(&frozen.join("relay"), &relay.dir)?;
    relay.start()?;
    relay.stop()
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
