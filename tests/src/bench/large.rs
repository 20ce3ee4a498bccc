//! What a large site feels: an import of very many parties, then pages of the list, filtered ones and searches, asked over
//! HTTP as a screen asks. Leaves the site's records at the relay, for a reconnect at that size.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::figures::Figures;
use super::parties::Parties;
use super::running::RunningNode;
use super::transfer::percent_encoded;
use super::world::World;
use crate::processes::Failure;
use crate::processes::failure::hold;

/// Requests of each kind.
const REQUESTS: usize = 50;
const PAGE: &str = "/api/v1/records/party?limit=50";
/// Each is a country of many parties.
const FILTERED: [&str; 3] = ["FR", "SN", "CA"];

/// The figures by scenario.
pub(super) fn measure(world: &mut World<'_>, count: usize) -> Result<BTreeMap<&'static str, Figures>, Failure> {
    let parties = Parties::draw(count)?;
    let file = world.file("parties.csv", &parties.csv())?;
    let par = world.start(&world.par)?;
    let began = Instant::now();
    let counts = world.par.import(&file)?;
    let seconds = began.elapsed().as_secs_f64();
    hold(counts.created == count as u64, || format!("the import answered {counts:?}"))?;
    let import = Figures::default()
        .with("seconds", seconds)
        .with("rows", count as f64)
        .with("rows_per_second", count as f64 / seconds)
        .used(&[par.used()?], None);
    let mut found = BTreeMap::from([("import", import)]);
    found.insert("list", pages(&par)?);
    let filters = FILTERED.iter().cycle().map(|country| format!("{PAGE}&addresses.country={country}"));
    found.insert("filter", asked(&par, filters)?);
    let words = parties.words().map(|word| format!("{PAGE}&search={}", percent_encoded(word)));
    found.insert("search", asked(&par, words)?);
    let relay = world.start_relay()?;
    par.is_empty_handed()?;
    par.stop()?;
    relay.stop()?;
    Ok(found)
}

/// The first pages of the list, each by the key that the one before gave.
fn pages(node: &RunningNode) -> Result<Figures, Failure> {
    let (mut times, mut after) = (Vec::new(), String::new());
    for _ in 0..REQUESTS {
        let began = Instant::now();
        let page = node.api.get(&format!("{PAGE}{after}"))?;
        times.push(began.elapsed());
        after = page["next"].as_str().map(|next| format!("&after={}", percent_encoded(next))).unwrap_or_default();
    }
    latency(node, &times)
}

/// Each of these, which must find something.
fn asked(node: &RunningNode, paths: impl Iterator<Item = String>) -> Result<Figures, Failure> {
    let mut times = Vec::new();
    for path in paths.take(REQUESTS) {
        let began = Instant::now();
        let page = node.api.get(&path)?;
        times.push(began.elapsed());
        hold(page["total"].as_u64() > Some(0), || format!("{path} found nothing"))?;
    }
    latency(node, &times)
}

fn latency(node: &RunningNode, times: &[Duration]) -> Result<Figures, Failure> {
    let sum: Duration = times.iter().sum();
    let figures = Figures::default().with("seconds", sum.as_secs_f64()).times(["p50_ms", "p99_ms"], times);
    Ok(figures.used(&[node.used()?], None))
}
