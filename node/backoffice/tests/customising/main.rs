//! Fields of an organisation's own, its names, stages, lists and switches, on real replicas of several sites: what headquarters
//! defines, what branches then may write, and what becomes of values whose definition is gone, doubled or not yet here.
#![allow(clippy::unwrap_used)]

#[path = "../sites/mod.rs"]
mod sites;

mod definitions;
mod modules;
mod names;
mod values;

use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::customising::query::{
    self, contested_definitions, definition, definitions, mapping, names, stages,
};
use comptoir_backoffice::desk::{CommandError, Placement};
use comptoir_backoffice::inbox::ItemKind;
use comptoir_backoffice::limits::{MAX_CUSTOM_FIELDS, MAX_KEY_CHARS};
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::registry::{self, Context, Kind, Module};
use comptoir_backoffice::shown::RecordShown;
use comptoir_backoffice::staff::Standing;
use comptoir_backoffice::transfer::ImportReport;
use comptoir_replica::record::{RecordId, Scalar};
use comptoir_replica::testing::organisation;
use comptoir_replica::{Append, Edit};
use comptoir_sync_protocol::ids::Epoch;
use comptoir_sync_protocol::roster::WritersClass;
use serde_json::{Value, json};

use sites::{Site, code, converge, exchange, import_as_tried, party, refusal, sites, take};

fn kind(name: &str) -> &'static Kind {
    registry::kind(name).unwrap()
}

fn make(site: &mut Site, of: &str, assignments: &[&str]) -> Result<RecordId, CommandError> {
    let (desk, rng) = site.desk();
    Ok(desk.create(kind(of), Changes::parse(assignments)?, rng)?.record)
}

fn change(site: &mut Site, of: &str, name: &str, assignments: &[&str]) -> Result<(), CommandError> {
    let (desk, rng) = site.desk();
    desk.change(kind(of), name, Changes::parse(assignments)?, rng).map(drop)
}

fn archive(site: &mut Site, of: &str, name: &str, archived: bool) {
    let (desk, rng) = site.desk();
    desk.archive(kind(of), name, archived, rng).unwrap();
}

/// Defines an own field of parties.
fn define(site: &mut Site, assignments: &[&str]) -> Result<RecordId, CommandError> {
    make(site, "custom-field", &[&["kind=party"], assignments].concat())
}

fn show(site: &mut Site, name: &str) -> RecordShown {
    let (desk, _) = site.desk();
    let place = desk.find(party(), name).unwrap();
    desk.show(party(), place).unwrap()
}

fn read<T>(site: &Site, query: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T>) -> T {
    site.replica.read(|reading| query(reading.connection())).unwrap()
}

fn new_party(site: &mut Site, assignments: &[&str]) -> Result<RecordId, CommandError> {
    make(site, "party", &[&["name=Dupont"], assignments].concat())
}
