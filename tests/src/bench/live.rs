//! The scenario of live edits: one at headquarters after the other, each followed until the branch's node tells of it. Three
//! durable commits lie on the way: headquarters', the relay's, the branch's.

use std::time::{Duration, Instant};

use super::events::may_concern;
use super::figures::Figures;
use super::running::RunningNode;
use super::transfer::{ALIKE, edit, parties_of};
use super::world::World;
use crate::processes::Failure;
use crate::processes::failure::hold;
use crate::processes::limits::CONVERGE;

/// `count` edits. `p50_ms` and `p99_ms` count from the answer to the edit, which follows its commit; those with `request`
/// from the moment when it was asked for.
pub(super) fn follow(world: &mut World<'_>, count: usize) -> Result<Figures, Failure> {
    world.bring_back(ALIKE)?;
    let relay = world.start_relay()?;
    let (par, dkr) = (world.start(&world.par)?, world.start(&world.dkr)?);
    let parties = parties_of(&par)?;
    hold(!parties.is_empty(), || "there is nothing to edit".to_owned())?;
    // The first one waits for the lines to be there.
    let warm = &parties[0].id;
    edit(&par, warm, "les lignes sont ouvertes")?;
    dkr.sees(warm, "notes", "les lignes sont ouvertes")?;
    let (before, began) = (world.network.bytes()?, Instant::now());
    let (mut after_commit, mut after_request) = (Vec::new(), Vec::new());
    for number in 0..count {
        let id = &parties[number % parties.len()].id;
        let asked = Instant::now();
        edit(&par, id, &format!("suivi {number}"))?;
        let committed = Instant::now();
        let seen = came(&dkr, id)?;
        after_commit.push(seen.saturating_duration_since(committed));
        after_request.push(seen - asked);
    }
    let seconds = began.elapsed().as_secs_f64();
    let bytes = world.network.bytes()? - before;
    let last = &parties[(count - 1) % parties.len()].id;
    dkr.sees(last, "notes", &format!("suivi {}", count - 1))?;
    let figures = Figures::default()
        .with("seconds", seconds)
        .with("bytes", bytes as f64)
        .times(["p50_ms", "p99_ms"], &after_commit)
        .times(["request_p50_ms", "request_p99_ms"], &after_request)
        .used(&[par.used()?, dkr.used()?], Some(relay.used()?));
    par.is_empty_handed()?;
    for node in [par, dkr] {
        node.stop()?;
    }
    relay.stop()?;
    Ok(figures)
}

/// When the node told that this record changed.
fn came(node: &RunningNode, record: &str) -> Result<Instant, Failure> {
    let ends = Instant::now() + CONVERGE;
    loop {
        let rest: Duration = ends.saturating_duration_since(Instant::now());
        match node.events.next(rest) {
            Some((came, event)) if may_concern(&event, record) => return Ok(came),
            Some(_) => {}
            None => return Err(Failure::Wrong(format!("an edit of {record} did not arrive"))),
        }
    }
}
