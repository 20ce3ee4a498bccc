//! The story that `demo --check` plays: three branches work through an outage, one of them through a crash as well, and end
//! alike. Each step is a function that holds what it promises; all of it goes through the real programs' command lines.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::play::Play;
use super::trade;
use super::{PARTIES, SEED};
use crate::demo_data::write_csv;
use crate::processes::branches::{connected, digests, disconnected};
use crate::processes::failure::hold;
use crate::processes::limits::{CONVERGE, LONG_COMMAND, LOOK_AGAIN_SOON};
use crate::processes::site::number;
use crate::processes::wait::until_every;
use crate::processes::{Branches, Counts, Daemon, Failure, Programs, Site, differences};

/// Parties that Dakar imports while the relay is down.
const PARTIES_OF_DAKAR: usize = 2_000;
/// The party whose phone two sites change at once.
const DISPUTED: &str = "C-000042";
/// The party that gets an address at one site while another site changes a different one.
const SHARED: &str = "C-000077";
/// As people type them.
const PHONE_OF_PARIS: &str = "+33 1 99 00 11 22";
const PHONE_OF_DAKAR: &str = "+221 33 899 00 11";
const CITY_OF_PARIS: &str = "Saint-Denis";
const ADDRESS_OF_MONTREAL: &str =
    r#"{"street":"1200, rue Sainte-Catherine Ouest","postcode":"H3B 1K1","city":"Montréal","country":"CA"}"#;

/// What the story goes on.
struct Scene {
    branches: Branches,
    parties: PathBuf,
    /// What Dakar imports: one file, and another for each time that the kill came too late.
    parties_of_dakar: Vec<PathBuf>,
    disputed: String,
    shared: String,
}

/// Plays it under `root`.
pub(super) fn play(play: &mut Play, programs: &Programs, root: &Path) -> Result<(), Failure> {
    let branches = play.step("a relay and PAR are founded, DKR and MTL join", || {
        hold(!root.join("relay.address").exists(), || format!("{} holds an earlier demo", root.display()))?;
        Ok((Branches::found(programs, root)?, "PAR EUR fr-FR, DKR XOF fr-SN, MTL CAD fr-CA".to_owned()))
    })?;
    let parties = written(root, "parties.csv", PARTIES, "C-")?;
    let (disputed, shared) = (String::new(), String::new());
    let mut scene = Scene { branches, parties, parties_of_dakar: Vec::new(), disputed, shared };
    let ended = acts(play, &mut scene, root);
    if ended.is_err() {
        tell_differences(&scene.branches);
    }
    ended
}

fn acts(play: &mut Play, scene: &mut Scene, root: &Path) -> Result<(), Failure> {
    play.step("PAR imports 10,000 parties", || first_import(scene))?;
    play.step("DKR and MTL have them", || arrived(scene))?;
    trade::prepare(play, &scene.branches, root)?;
    play.step("the relay goes down", || {
        scene.branches.relay.stop()?;
        Ok((disconnected(&scene.branches.sites())?, "all three know".to_owned()))
    })?;
    play.step("all three edit: PAR and DKR one phone, MTL adds an address while PAR changes another", || edits(scene))?;
    let rows = play.step("DKR is killed with -9 in the middle of an import of 2,000", || killed(scene, root))?;
    play.step("DKR starts again, imports again", || imported_again(scene, rows))?;
    let sold = trade::sell_apart(play, &scene.branches)?;
    play.step("the relay comes back", || {
        scene.branches.relay.start()?;
        Ok((connected(&scene.branches.sites())?, "all three are connected".to_owned()))
    })?;
    play.step("all three hold the same", || {
        let took = scene.branches.converge(CONVERGE)?;
        Ok(((), format!("digests equal, outboxes empty, {:.1} s after the line was there", took.as_secs_f32())))
    })?;
    play.step("the conflict is listed on all three", || conflict_everywhere(scene))?;
    play.step("both addresses are there on all three", || addresses_everywhere(scene))?;
    trade::agreed(play, &scene.branches, &sold)?;
    let expected = expected(scene)?;
    play.step("the records are counted", || {
        for site in scene.branches.sites() {
            let found = site.parties()?;
            hold(found == expected, || format!("{} has {found} records, expected {expected}", site.code))?;
        }
        Ok(((), format!("{expected} on each, exactly")))
    })?;
    play.step("verify passes on all", || {
        let mut told = Vec::new();
        for site in scene.branches.sites() {
            let found = site.verify()?;
            let [entries, records] = ["entries", "records"].map(|name| number(&site.code, &found, name));
            let (entries, records) = (entries?, records?);
            let all = expected + sold.records();
            hold(records == all, || format!("verify at {} held {records} records of {all}", site.code))?;
            told.push(format!("{} {entries} entries", site.code));
        }
        Ok(((), told.join(", ")))
    })?;
    play.step("everything stops", || Ok((scene.branches.stop()?, String::new())))?;
    println!("converged: 3 sites, {expected} records");
    Ok(())
}

fn first_import(scene: &mut Scene) -> Result<((), String), Failure> {
    let counts = scene.branches.par.import(&scene.parties)?;
    let wanted = Counts { created: PARTIES as u64, ..Counts::default() };
    hold(counts == wanted, || format!("the import answered {counts:?}"))?;
    scene.disputed = scene.branches.par.party(DISPUTED)?;
    scene.shared = scene.branches.par.party(SHARED)?;
    Ok(((), format!("{} created", counts.created)))
}

fn arrived(scene: &Scene) -> Result<((), String), Failure> {
    scene.branches.converge(CONVERGE)?;
    for site in scene.branches.sites() {
        let found = site.parties()?;
        hold(found == PARTIES as u64, || format!("{} has {found} parties", site.code))?;
    }
    Ok(((), "digests equal".to_owned()))
}

fn edits(scene: &Scene) -> Result<((), String), Failure> {
    let Branches { par, dkr, mtl, .. } = &scene.branches;
    par.set(&scene.disputed, &[&format!("phone={PHONE_OF_PARIS}")])?;
    dkr.set(&scene.disputed, &[&format!("phone={PHONE_OF_DAKAR}")])?;
    mtl.set(&scene.shared, &[&format!("addresses+={ADDRESS_OF_MONTREAL}")])?;
    let shared = par.show(&scene.shared)?;
    let key = shared["lines"]["addresses"][0]["key"].as_str();
    let key = key.ok_or_else(|| Failure::Wrong(format!("{SHARED} has no address: {shared}")))?;
    par.set(&scene.shared, &[&format!("addresses.{key}.city={CITY_OF_PARIS}")])?;
    for site in scene.branches.sites() {
        hold(site.outbox()? > 0, || format!("the edit at {} is not in its outbox", site.code))?;
    }
    Ok(((), "each is in its site's outbox".to_owned()))
}

/// Kills Dakar's node in the middle of an import, and starts it again. Where the whole file was in before the kill came, another
/// file is tried: nobody can hold an import at its middle from outside. Returns how many rows of the last one were there.
fn killed(scene: &mut Scene, root: &Path) -> Result<(u64, String), Failure> {
    for prefix in ["D-", "E-", "F-", "G-"] {
        let file = written(root, &format!("parties-dkr-{prefix}.csv"), PARTIES_OF_DAKAR, prefix)?;
        scene.parties_of_dakar.push(file.clone());
        let before = scene.branches.dkr.parties()?;
        let exit = killed_importing(&mut scene.branches.dkr, &file, before)?;
        scene.branches.dkr.start()?;
        let rows = scene.branches.dkr.parties()?.saturating_sub(before);
        if rows < PARTIES_OF_DAKAR as u64 {
            hold(rows > 0, || "rows that were seen before the kill are gone".to_owned())?;
            let exit = exit.map_or_else(|| "a signal".to_owned(), |exit| exit.to_string());
            return Ok((rows, format!("{rows} rows were there, the command left with {exit}")));
        }
    }
    Err(Failure::Wrong("every import was done before the kill came".to_owned()))
}

/// Kills the node once the first rows are there; how the command left that was importing.
fn killed_importing(dkr: &mut Site, file: &Path, before: u64) -> Result<Option<i32>, Failure> {
    let arguments = ["import", "party", &file.to_string_lossy()];
    let log = dkr.log.with_extension("import.log");
    let mut import = Daemon::start("the import at DKR", &dkr.command(&arguments), &log)?;
    let api = dkr.api()?.clone();
    until_every("the first rows of the import are there", LONG_COMMAND, LOOK_AGAIN_SOON, || {
        let total = number("DKR", &api.get("/api/v1/records/party?limit=1")?, "total")?;
        Ok(if total > before { Ok(()) } else { Err(format!("{total} parties")) })
    })?;
    dkr.kill()?;
    import.left().map(|status| status.code())
}

fn imported_again(scene: &Scene, rows: u64) -> Result<((), String), Failure> {
    let dkr = &scene.branches.dkr;
    let Some(file) = scene.parties_of_dakar.last() else { return Err(Failure::Wrong("no file".to_owned())) };
    let counts = dkr.import(file)?;
    let wanted = Counts { created: PARTIES_OF_DAKAR as u64 - rows, unchanged: rows, ..Counts::default() };
    hold(counts == wanted, || format!("the second import answered {counts:?}, expected {wanted:?}"))?;
    Ok(((), format!("{} created, {} unchanged", counts.created, counts.unchanged)))
}

/// The one conflict that the story makes, the same item with the same values on every site.
fn conflict_everywhere(scene: &Scene) -> Result<((), String), Failure> {
    let mut ids = BTreeSet::new();
    for site in scene.branches.sites() {
        let listed = site.conflicts()?;
        let [item] = listed.as_slice() else {
            return Err(Failure::Wrong(format!("{} lists {} conflicts: {listed:?}", site.code, listed.len())));
        };
        let values: BTreeSet<String> = item["values"].as_array().into_iter().flatten().filter_map(value).collect();
        let right = item["field"].as_str() == Some("phone")
            && item["record"].as_str() == Some(&scene.disputed)
            && values == BTreeSet::from([PHONE_OF_PARIS, PHONE_OF_DAKAR].map(kept));
        hold(right, || format!("{} lists another conflict: {item}", site.code))?;
        ids.insert(item["id"].to_string());
    }
    hold(ids.len() == 1, || format!("the conflict has several ids: {ids:?}"))?;
    Ok(((), format!("phone of {DISPUTED}, both values kept")))
}

fn value(shown: &Value) -> Option<String> {
    shown["value"].as_str().map(str::to_owned)
}

/// A telephone number as records hold it.
fn kept(typed: &str) -> String {
    typed.replace(' ', "")
}

fn addresses_everywhere(scene: &Scene) -> Result<((), String), Failure> {
    for site in scene.branches.sites() {
        let shown = site.show(&scene.shared)?;
        let cities: Vec<&str> = shown["lines"]["addresses"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|line| line["city"].as_str())
            .collect();
        let both = cities.len() == 2 && cities.contains(&CITY_OF_PARIS) && cities.contains(&"Montréal");
        hold(both, || format!("{} shows the cities {cities:?}", site.code))?;
    }
    Ok(((), SHARED.to_owned()))
}

/// How many records there must be: one for each reference of the files, whatever was imported how often.
fn expected(scene: &Scene) -> Result<u64, Failure> {
    let mut references = BTreeSet::new();
    for file in scene.parties_of_dakar.iter().chain([&scene.parties]) {
        let broken = |error: csv::Error| Failure::Wrong(format!("{}: {error}", file.display()));
        for row in csv::Reader::from_path(file).map_err(broken)?.records() {
            references.insert(row.map_err(broken)?[0].to_owned());
        }
    }
    Ok(references.len() as u64)
}

fn written(root: &Path, name: &str, count: usize, prefix: &str) -> Result<PathBuf, Failure> {
    let file = root.join(name);
    std::fs::write(&file, write_csv(SEED, count, prefix)).map_err(Failure::system(format!("cannot write {name}")))?;
    Ok(file)
}

/// For who looks into a failure: every site's digests, and what differs.
fn tell_differences(branches: &Branches) {
    let reached: Vec<&Site> = branches.sites().into_iter().filter(|site| site.digest().is_ok()).collect();
    match digests(&reached) {
        Ok(all) => {
            for (site, digest) in &all {
                println!("digest of {site}: {}", pretty(digest));
            }
            println!("differences: {}", differences(&all).join("; "));
        }
        Err(failure) => println!("digests cannot be read: {failure}"),
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}
