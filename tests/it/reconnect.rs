//! What a reconnect with nothing new costs: counted in frame bytes at the relay, the same at 100 and at 10,000 records.

use comptoir_tests::demo_data::write_csv;
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::{CONVERGE, LINE};
use comptoir_tests::processes::{Branches, Failure, Relay, until};

use crate::place::{file, in_place};

/// A reconnect with nothing new stays below this, both directions together.
const MOST_BYTES: u64 = 2 * 1024;

/// Frame bytes that the relay has received and sent since it started, but for what sites say of themselves: they do so whether there is
/// anything new or not, in their own time.
fn frame_bytes(relay: &Relay) -> Result<u64, Failure> {
    let metrics = relay.page("/metrics")?;
    let counter = |name: &str| {
        let figure = metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
        figure.ok_or_else(|| Failure::Wrong(format!("the relay's figures lack {name}:\n{metrics}")))
    };
    let all = counter("comptoir_relay_received_bytes_total")? + counter("comptoir_relay_sent_bytes_total")?;
    Ok((all - counter("comptoir_relay_health_bytes_total")?) as u64)
}

/// Until a number stays what it is for as many looks: what was under way has arrived.
fn settled(relay: &Relay) -> Result<u64, Failure> {
    let (mut before, mut same) = (frame_bytes(relay)?, 0);
    until("the relay falls silent", CONVERGE, || {
        let now = frame_bytes(relay)?;
        same = if now == before { same + 1 } else { 0 };
        before = now;
        Ok(if same == 20 { Ok(now) } else { Err(format!("{now} bytes")) })
    })
}

/// Dakar's node stops, starts again and hears that there is nothing new: how many frame bytes that took.
fn cost(branches: &mut Branches) -> Result<u64, Failure> {
    branches.converge(CONVERGE)?;
    branches.dkr.stop()?;
    let before = settled(&branches.relay)?;
    let heard = branches.dkr.status()?["relay"]["received_up_to"].clone();
    branches.dkr.start()?;
    until("Dakar has heard that it has everything", LINE, || {
        let now = branches.dkr.status()?["relay"]["received_up_to"].clone();
        Ok(if now != heard && !now.is_null() { Ok(()) } else { Err(now.to_string()) })
    })?;
    let after = settled(&branches.relay)?;
    hold(after > before, || "the relay's figures count nothing".to_owned())?;
    Ok(after - before)
}

#[test]
fn a_reconnect_with_nothing_new_costs_the_same_at_any_size() {
    in_place(|programs, root| {
        let mut branches = Branches::found(programs, root)?;
        let mut costs = Vec::new();
        for (count, prefix) in [(100, "A-"), (9_900, "B-")] {
            let csv = file(root, "parties.csv", write_csv(2, count, prefix))?;
            branches.par.import(&csv)?;
            costs.push(cost(&mut branches)?);
        }
        println!("{costs:?} bytes at 100 and at {} records", branches.dkr.parties()?);
        hold(branches.dkr.parties()? == 10_000, || "not all parties arrived".to_owned())?;
        hold(costs.iter().all(|cost| *cost < MOST_BYTES), || format!("a reconnect cost {costs:?} bytes"))?;
        hold(costs[0].abs_diff(costs[1]) <= 64, || format!("the cost grows with the records: {costs:?} bytes"))
    });
}
