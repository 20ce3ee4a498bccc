//! A relay that is retired: its sessions end, the sites go on by another one, and it is given nothing more.

use comptoir_tests::processes::branches::{connected, converge};
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::{CONVERGE, LINE};
use comptoir_tests::processes::{Branches, Failure, Relay, until};

use crate::place::in_place;

/// What a relay says that it holds, and how many sessions it has.
fn stands(relay: &Relay) -> Result<(u64, u64), Failure> {
    let page: serde_json::Value = serde_json::from_str(&relay.page("/status")?)
        .map_err(|error| Failure::Wrong(format!("the relay's status is no JSON: {error}")))?;
    let scopes = page["scopes"].as_array().into_iter().flatten();
    let entries = scopes.map(|scope| scope["entries"].as_u64().unwrap_or_default()).sum();
    Ok((entries, page["sessions"].as_u64().unwrap_or_default()))
}

#[test]
fn a_retired_relay_is_told_so_given_nothing_more_and_called_no_more() {
    in_place(|programs, root| {
        let mut branches = Branches::found(programs, root)?;
        branches.converge(CONVERGE)?;
        let only = branches.par.refused(&["relay", "retire", &branches.relay.address], 1)?;
        hold(only == "last-relay", || format!("the only relay was answered with {only}"))?;

        let beside = root.join("beside");
        std::fs::create_dir_all(&beside).map_err(Failure::system("cannot make a place for a relay"))?;
        let mut second = Relay::new(programs, &beside)?;
        let code = second.init()?;
        second.start()?;
        branches.par.ask(&["relay", "add", &code])?;
        // All hear of the second by the first.
        for site in branches.sites() {
            until(&format!("{} knows both relays", site.code), LINE, || {
                let known = site.ask(&["relay", "list"])?["relays"].as_array().map_or(0, Vec::len);
                Ok(if known == 2 { Ok(()) } else { Err(format!("{known} relays")) })
            })?;
        }
        // One is away while the other relay is retired: it is told by the retired one itself.
        branches.mtl.stop()?;
        branches.par.ask(&["relay", "retire", &branches.relay.address])?;
        let listed = branches.par.ask(&["relay", "list"])?;
        hold(listed["relays"].as_array().map(Vec::len) == Some(1), || listed.to_string())?;
        until("the retired relay has no session", LINE, || {
            let (_, sessions) = stands(&branches.relay)?;
            Ok(if sessions == 0 { Ok(()) } else { Err(format!("{sessions} sessions")) })
        })?;
        let (before, _) = stands(&branches.relay)?;
        branches.mtl.start()?;
        connected(&[&branches.par, &branches.dkr, &branches.mtl])?;
        for site in branches.sites() {
            site.ask(&["record", "create", "party", &format!("name=After, at {}", site.code)])?;
        }
        converge(&branches.sites(), CONVERGE)?;
        let (after, sessions) = stands(&branches.relay)?;
        hold((after, sessions) == (before, 0), || format!("{before} entries, then {after}, {sessions} sessions"))?;
        hold(stands(&second)?.1 == 3, || "not all are at the second".to_owned())?;

        // Whoever says so retires the last one as well.
        branches.par.ask(&["relay", "retire", &second.address, "--yes"])?;
        until("nobody has a line", LINE, || {
            let (_, sessions) = stands(&second)?;
            Ok(if sessions == 0 { Ok(()) } else { Err(format!("{sessions} sessions")) })
        })?;
        until("headquarters has no line", LINE, || {
            let line = branches.par.line()?;
            Ok(if line == "none" { Ok(()) } else { Err(line) })
        })
    });
}
