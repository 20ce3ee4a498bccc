//! The scenarios that carry entries: a site fills an empty relay, an empty site receives all, two sites meet after work
//! apart. Each is measured from the start of the node's process until the last of it is visible or acknowledged.

use std::time::Instant;

use serde_json::json;

use super::figures::Figures;
use super::parties::Parties;
use super::running::{RunningNode, StartingNode};
use super::world::World;
use crate::processes::failure::hold;
use crate::processes::{Failure, Site, differences};

/// The names under which directories are kept.
const IMPORTED: &str = "imported";
const PUSHED: &str = "pushed";
/// Both sites and the relay hold all.
pub(super) const ALIKE: &str = "alike";
const APART: &str = "apart";
/// Records on one page when all are read.
const PAGE_RECORDS: usize = 1_000;

/// Headquarters has imported `count` parties; the relay and the branch have none of them.
pub(super) fn prepare(world: &mut World<'_>, count: usize) -> Result<(), Failure> {
    let parties = Parties::draw(count)?;
    let file = world.file("parties.csv", &parties.csv())?;
    let counts = world.par.import(&file)?;
    hold(counts.created == count as u64, || format!("the import answered {counts:?}"))?;
    world.keep(IMPORTED)
}

/// Headquarters fills the relay.
pub(super) fn push(world: &mut World<'_>) -> Result<Figures, Failure> {
    world.bring_back(IMPORTED)?;
    let relay = world.start_relay()?;
    let before = world.network.bytes()?;
    let par = world.start(&world.par)?;
    let done = par.is_empty_handed()?;
    let figures = timed(&par, done).with("bytes", (world.network.bytes()? - before) as f64);
    let figures = figures.used(&[par.used()?], Some(relay.used()?));
    par.stop()?;
    relay.stop()?;
    Ok(figures)
}

/// What the last push left is where a new branch begins.
pub(super) fn keep_pushed(world: &mut World<'_>) -> Result<(), Failure> {
    world.keep(PUSHED)
}

/// The branch receives everything.
pub(super) fn bootstrap(world: &mut World<'_>, count: usize) -> Result<Figures, Failure> {
    world.bring_back(PUSHED)?;
    let parties = Parties::draw(count)?;
    let last = last_party(world, &parties)?;
    let relay = world.start_relay()?;
    let before = world.network.bytes()?;
    let dkr = world.start(&world.dkr)?;
    let done = dkr.sees(&last, "reference", parties.last_reference())?;
    let figures = timed(&dkr, done).with("bytes", (world.network.bytes()? - before) as f64);
    let figures = figures.used(&[dkr.used()?], Some(relay.used()?));
    let found = dkr.parties()?;
    hold(found == count as u64, || format!("the branch has {found} parties"))?;
    dkr.stop()?;
    relay.stop()?;
    world.keep(ALIKE)?;
    Ok(figures)
}

/// The id of the last party, asked of headquarters' directory.
fn last_party(world: &World<'_>, parties: &Parties) -> Result<String, Failure> {
    let shown = world.par.show(parties.last_reference())?;
    crate::processes::site::text("PAR", &shown, "id")
}

/// What a site did last while it was apart: once it is there, all is.
pub(super) struct LastEdit {
    record: String,
    field: &'static str,
    value: String,
}

/// Both sites edit `count` parties while the relay is down, never the same one: one commit for each, or one import for all.
/// What headquarters did last, and what the branch did.
pub(super) fn edit_apart(world: &mut World<'_>, count: usize, one_by_one: bool) -> Result<[LastEdit; 2], Failure> {
    world.bring_back(ALIKE)?;
    let last = [edits(world, &world.par, 0, count, one_by_one)?, edits(world, &world.dkr, 1, count, one_by_one)?];
    world.keep(APART)?;
    Ok(last)
}

fn edits(world: &World<'_>, site: &Site, half: usize, count: usize, one_by_one: bool) -> Result<LastEdit, Failure> {
    let node = world.start(site)?;
    let mut mine: Vec<_> = parties_of(&node)?.into_iter().skip(half).step_by(2).collect();
    hold(mine.len() >= count, || format!("{} has too few parties for {count} edits", site.code))?;
    mine.truncate(count);
    let (field, edited) = if one_by_one { ("notes", noted(site, &mine)) } else { ("name", renamed(site, &mine)) };
    if one_by_one {
        for (party, note) in mine.iter().zip(&edited) {
            edit(&node, &party.id, note)?;
        }
        node.stop()?;
    } else {
        node.stop()?;
        let rows = mine
            .iter()
            .zip(&edited)
            .map(|(party, name)| format!("{},\"{}\"\n", party.reference, name.replace('"', "\"\"")));
        let csv = rows.fold("reference,name\n".to_owned(), |csv, row| csv + &row);
        let counts = site.import(&world.file(&format!("edits-{}.csv", site.code), &csv)?)?;
        hold(counts.changed == count as u64, || format!("the import at {} answered {counts:?}", site.code))?;
    }
    let last = mine.last().zip(edited.last());
    let last = last.map(|(party, value)| LastEdit { record: party.id.clone(), field, value: value.clone() });
    last.ok_or_else(|| Failure::Wrong("no edits were asked for".to_owned()))
}

/// About what a clerk types.
fn noted(site: &Site, parties: &[Party]) -> Vec<String> {
    let note = |number| format!("{}: rappeler le 12 pour la facture {number:06}", site.code);
    (0..parties.len()).map(note).collect()
}

fn renamed(site: &Site, parties: &[Party]) -> Vec<String> {
    parties.iter().map(|party| format!("{} ({})", party.name, site.code)).collect()
}

/// Changes one field of one party by one commit.
pub(super) fn edit(node: &RunningNode, id: &str, note: &str) -> Result<(), Failure> {
    node.api.patch(&format!("/api/v1/records/party/{id}"), &json!({ "set": { "notes": note } })).map(drop)
}

/// A party as a list shows it.
pub(super) struct Party {
    /// Its id.
    pub(super) id: String,
    reference: String,
    name: String,
}

/// Every party, in the order of lists.
pub(super) fn parties_of(node: &RunningNode) -> Result<Vec<Party>, Failure> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = node.api.get(&format!("/api/v1/records/party?limit={PAGE_RECORDS}{after}"))?;
        for record in page["records"].as_array().into_iter().flatten() {
            let of = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let (id, reference) = (of(&record["id"]), of(&record["fields"]["reference"]));
            all.push(Party { id, reference, name: of(&record["title"]) });
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={}", percent_encoded(next)),
            None => return Ok(all),
        }
    }
}

/// Every byte of a query's value, so that none can mean anything.
pub(super) fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Both sites come to the relay with what they did, until each has what the other did.
pub(super) fn meet_again(world: &mut World<'_>, [of_par, of_dkr]: &[LastEdit; 2]) -> Result<Figures, Failure> {
    world.bring_back(APART)?;
    let relay = world.start_relay()?;
    let before = world.network.bytes()?;
    let starting = (StartingNode::of(&world.par)?, StartingNode::of(&world.dkr)?);
    let (par, dkr) = (starting.0.followed()?, starting.1.followed()?);
    let here = par.sees(&of_dkr.record, of_dkr.field, &of_dkr.value)?;
    let there = dkr.sees(&of_par.record, of_par.field, &of_par.value)?;
    let figures = timed(&par, here.max(there)).with("bytes", (world.network.bytes()? - before) as f64);
    let figures = figures.used(&[par.used()?, dkr.used()?], Some(relay.used()?));
    par.is_empty_handed()?;
    dkr.is_empty_handed()?;
    let digest = |node: &RunningNode| node.api.get("/api/v1/digest");
    let found = differences(&[("PAR".to_owned(), digest(&par)?), ("DKR".to_owned(), digest(&dkr)?)].into());
    hold(found.is_empty(), || format!("the sites differ: {}", found.join("; ")))?;
    for node in [par, dkr] {
        node.stop()?;
    }
    relay.stop()?;
    Ok(figures)
}

/// From the start of a node's process until then.
fn timed(node: &RunningNode, done: Instant) -> Figures {
    let seconds = done.saturating_duration_since(node.began).as_secs_f64();
    Figures::default().with("seconds", seconds).with("start_seconds", node.start_seconds)
}
