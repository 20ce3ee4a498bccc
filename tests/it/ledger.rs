//! What was acknowledged: a list kept by the client alone, from the answers it got. Afterwards every site is held against it.
//! It shares nothing with the programs but their answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::{Failure, Site};

/// Acknowledged work. Filled by several threads.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Values of the field `notes`, by party: each was an edit of its own.
    edits: Mutex<BTreeMap<String, Vec<String>>>,
    /// References of parties that were created or imported.
    references: Mutex<BTreeSet<String>>,
    count: AtomicU64,
}

impl Ledger {
    /// An edit of a party's notes was acknowledged.
    pub fn edited(&self, id: &str, notes: &str) {
        self.edits.lock().unwrap().entry(id.to_owned()).or_default().push(notes.to_owned());
        self.count.fetch_add(1, Ordering::SeqCst);
    }

    /// A party with this reference was acknowledged.
    pub fn created(&self, reference: &str) {
        self.references.lock().unwrap().insert(reference.to_owned());
        self.count.fetch_add(1, Ordering::SeqCst);
    }

    /// Acknowledgements until now.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    /// Fails unless a site has all of it: each edit in its party's history, each reference among its parties.
    pub fn hold(&self, site: &Site) -> Result<(), Failure> {
        let references = self.references.lock().unwrap();
        let held = references_of(site)?;
        let missing: Vec<&String> = references.difference(&held).take(5).collect();
        hold(missing.is_empty(), || format!("{} lacks acknowledged parties, such as {missing:?}", site.code))?;
        for (id, edits) in self.edits.lock().unwrap().iter() {
            let history = site.api()?.get(&format!("/api/v1/records/party/{id}/history"))?;
            let puts =
                history["items"].as_array().into_iter().flatten().flat_map(|item| item["puts"].as_array()).flatten();
            let seen: BTreeSet<&str> =
                puts.filter(|put| put["field"] == "notes").filter_map(|put| put["value"].as_str()).collect();
            let missing: Vec<&String> = edits.iter().filter(|notes| !seen.contains(notes.as_str())).take(5).collect();
            hold(missing.is_empty(), || format!("{} lacks acknowledged edits of {id}: {missing:?}", site.code))?;
        }
        Ok(())
    }
}

/// The references of all parties that a site exports. A reference that occurs twice is a failure.
pub fn references_of(site: &Site) -> Result<BTreeSet<String>, Failure> {
    let exported = site.run(&["export", "party"])?.leaving(0)?;
    let mut references = BTreeSet::new();
    for row in csv::Reader::from_reader(exported.out.as_slice()).records() {
        let row = row.map_err(|error| Failure::Wrong(format!("the export of {}: {error}", site.code)))?;
        hold(references.insert(row[0].to_owned()), || format!("{} has {} twice", site.code, &row[0]))?;
    }
    Ok(references)
}

#[test]
fn the_ledger_misses_what_a_site_does_not_have() {
    crate::place::in_place(|programs, root| {
        let mut site = crate::place::alone(programs, root)?;
        site.start()?;
        let made = site.ask(&["record", "create", "party", "name=Awa", "reference=L-1", "notes=one"])?;
        let id = made["id"].as_str().unwrap();
        site.set(id, &["notes=two"])?;
        let ledger = Ledger::default();
        ledger.created("L-1");
        ledger.edited(id, "one");
        ledger.edited(id, "two");
        ledger.hold(&site)?;
        ledger.edited(id, "three");
        assert!(ledger.hold(&site).is_err_and(|failure| failure.to_string().contains("three")));
        let ledger = Ledger::default();
        ledger.created("L-2");
        assert!(ledger.hold(&site).is_err_and(|failure| failure.to_string().contains("L-2")));
        Ok(())
    });
}
