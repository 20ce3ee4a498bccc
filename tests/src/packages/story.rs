//! The story: a relay and headquarters on one machine and a branch on another, from two packages, as an administrator would do it by the
//! documentation; then upgraded, and taken off again. Each step says what it did.

use std::path::Path;

use serde_json::Value;

use super::debian::{self, Mirror};
use super::installed::{NODE, Package, RELAY};
use super::machine::Machine;
use super::{INSTALL, MACHINES_MEBIBYTES};
use crate::processes::failure::hold;
use crate::processes::limits::{CONVERGE, LINE};
use crate::processes::site::{number, text};
use crate::processes::{Failure, until};

/// Addresses that are nobody's: those of examples.
const HEADQUARTERS: &str = "192.0.2.1/24";
const BRANCH: &str = "192.0.2.2/24";
/// Where sites find the relay: the port is that of the shipped settings.
const RELAY_ADDRESS: &str = "192.0.2.1:4433";
/// Ports of the shipped settings: the node's screens, the relay's figures, the console.
const SCREENS: u16 = 8737;
const FIGURES: u16 = 9464;
const CONSOLE: u16 = 9443;
/// What somebody adds to settings.
const OURS: &str = "# Ours.\n";

/// Plays it with the packages of a folder, on machines in another.
pub(super) fn play(folder: &Path, place: &Path) -> Result<(), Failure> {
    debian::mount_memory(place, MACHINES_MEBIBYTES)?;
    debian::hide_containers()?;
    let mut first = Machine::new("headquarters", &place.join("headquarters"));
    let mut second = Machine::new("the branch", &place.join("branch"));
    Mirror::of_this_system().map_err(Failure::Wrong)?.install(&first.root)?;
    say("a Debian stands");
    let packages = brought(folder, &first)?;
    let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
    debian::with_proc(&first.root, || {
        first.run("root", &["apt-get", "update", "--quiet"], INSTALL)?;
        let install = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends"];
        first.run("root", &[&install, packages.as_slice()].concat(), INSTALL)
    })?;
    debian::copy(&first.root, &second.root)?;
    say("both packages are installed, on two machines");
    for machine in [&mut first, &mut second] {
        machine.start()?;
        for package in [&RELAY, &NODE] {
            package.is_installed(machine)?;
        }
        // It has no keys yet; a node without keys serves its set-up.
        machine.is(RELAY.name, "inactive")?;
        machine.is(NODE.name, "active")?;
        say(&format!("{} is up, with both packages as they should be", machine.name));
    }
    first.wire(&second, HEADQUARTERS, BRANCH)?;
    let code = relay(&first)?;
    headquarters(&first, &code)?;
    branch(&first, &second)?;
    work(&first, &second)?;
    second.stop_unit(NODE.name)?;
    upgraded(&first, &packages)?;
    purged(&first)
}

fn say(what: &str) {
    println!("{what}");
}

/// Carries the packages to a machine; where they lie there.
fn brought(folder: &Path, machine: &Machine) -> Result<Vec<String>, Failure> {
    let unread = || Failure::system(format!("cannot read {}", folder.display()));
    let mut packages = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unread())? {
        let path = entry.map_err(unread())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".deb") {
            let there = format!("/srv/{name}");
            std::fs::copy(&path, machine.path(&there))
                .map_err(Failure::system(format!("cannot copy {}", path.display())))?;
            packages.push(there);
        }
    }
    hold(packages.len() == 2, || format!("{} holds {packages:?}, not the two packages", folder.display()))?;
    Ok(packages)
}

fn ask(machine: &Machine, package: &Package, words: &[&str]) -> Result<Value, Failure> {
    machine.ask(package.user, &[&[package.name], words, &["--data", package.data]].concat())
}

/// The relay's keys, and the relay; its code.
fn relay(machine: &Machine) -> Result<String, Failure> {
    let init = ["init", "--address", RELAY_ADDRESS, "--jurisdiction", "FR"];
    let code = text("comptoir-relay init", &ask(machine, &RELAY, &init)?, "code")?;
    machine.start_unit(RELAY.name)?;
    let live = machine.page(FIGURES, "/livez")?;
    hold(live.starts_with("HTTP/1.1 200"), || format!("the relay's /livez: {live}"))?;
    machine.says(&["bash", "-c", &format!("exec 3<>/dev/tcp/127.0.0.1/{CONSOLE}")])?;
    say("the relay runs, with figures and console");
    Ok(code)
}

/// The organisation, its node, and the relay taken into service.
fn headquarters(machine: &Machine, code: &str) -> Result<(), Failure> {
    machine.stop_unit(NODE.name)?;
    ask(machine, &NODE, &["create", "--organisation", "Maison Ndiaye", "--site", "PAR", "--country", "FR"])?;
    machine.start_unit(NODE.name)?;
    let page = machine.page(SCREENS, "/")?;
    hold(page.contains("<!doctype html>"), || format!("the node serves no screens: {page}"))?;
    ask(machine, &NODE, &["relay", "add", code])?;
    connected(machine)?;
    say("headquarters runs and has its line");
    Ok(())
}

/// A node that offers its set-up first, and is a branch then.
fn branch(headquarters: &Machine, machine: &Machine) -> Result<(), Failure> {
    let link = ask(machine, &NODE, &["open"])?.to_string();
    hold(link.contains(&format!("http://127.0.0.1:{SCREENS}/")), || format!("`open` gave {link}"))?;
    let journal = machine.says(&["journalctl", "--no-pager", "--unit", NODE.name])?;
    hold(!journal.contains("sign-in"), || format!("a link that signs in is in the journal: {journal}"))?;
    machine.stop_unit(NODE.name)?;
    let invited = ask(headquarters, &NODE, &["invite", "--site", "DKR", "--country", "SN"])?;
    let code = text("invite", &invited, "code")?;
    ask(machine, &NODE, &["join", &code, "--wait", "60s"])?;
    machine.start_unit(NODE.name)?;
    connected(machine)?;
    say("the branch offered its set-up, joined, and has its line");
    Ok(())
}

fn connected(machine: &Machine) -> Result<(), Failure> {
    until(&format!("{} has its line", machine.name), LINE, || {
        let status = ask(machine, &NODE, &["status"])?;
        let state = status["relay"]["state"].as_str().unwrap_or("no relay").to_owned();
        Ok(if state == "connected" { Ok(()) } else { Err(state) })
    })
}

/// What is written at the branch arrives at headquarters, and nothing waits any more.
fn work(headquarters: &Machine, branch: &Machine) -> Result<(), Failure> {
    let new = ["record", "create", "party", "name=Atelier Diop", "kind=organisation", "reference=AD-1"];
    ask(branch, &NODE, &new)?;
    until("headquarters has what the branch wrote", CONVERGE, || {
        let page = ask(headquarters, &NODE, &["record", "list", "party", "--search", "AD-1"])?;
        let total = number(headquarters.name, &page, "total")?;
        Ok(if total == 1 { Ok(()) } else { Err(page.to_string()) })
    })?;
    until("the branch knows that the relay has it", CONVERGE, || {
        let outbox = number(branch.name, &ask(branch, &NODE, &["status"])?, "outbox")?;
        Ok(if outbox == 0 { Ok(()) } else { Err(format!("{outbox} in the outbox")) })
    })?;
    for package in [&RELAY, &NODE] {
        package.owns_its_directory(headquarters)?;
    }
    say("what the branch wrote is at headquarters");
    // The unit may write its own directory alone; a backup goes elsewhere.
    for how in ["create", "check"] {
        ask(branch, &NODE, &["backup", how, "/var/tmp/dkr.sqlite"])?;
    }
    say("the branch has a backup");
    Ok(())
}

/// The same version again: what ran is started anew, settings that somebody changed stay, and so does what was written.
fn upgraded(machine: &Machine, packages: &[&str]) -> Result<(), Failure> {
    let mut before = Vec::new();
    for package in [&RELAY, &NODE] {
        let path = machine.path(package.settings);
        let changed = std::fs::read_to_string(&path).map(|text| text + OURS);
        let written = changed.and_then(|text| std::fs::write(&path, text));
        written.map_err(Failure::system(format!("cannot change {}", path.display())))?;
        before.push(machine.shows(package.name, "MainPID")?);
    }
    machine.run("root", &[&["dpkg", "--install"], packages].concat(), INSTALL)?;
    for (package, before) in [&RELAY, &NODE].into_iter().zip(before) {
        let found = std::fs::read_to_string(machine.path(package.settings)).unwrap_or_default();
        hold(found.ends_with(OURS), || format!("the upgrade took what was written in {}", package.settings))?;
        package.is_installed(machine)?;
        machine.is(package.name, "active")?;
        let now = machine.shows(package.name, "MainPID")?;
        hold(now != before, || format!("the upgrade let the old {} run on", package.name))?;
    }
    connected(machine)?;
    say("installed again, both were started anew and go on as they were set");
    Ok(())
}

/// Taken off for good, both end and leave what they wrote.
fn purged(machine: &Machine) -> Result<(), Failure> {
    let said = machine.says(&["dpkg", "--purge", RELAY.name, NODE.name])?;
    for (package, written) in [(&RELAY, "relay.json"), (&NODE, "keys.json")] {
        package.is_purged(machine, written)?;
        let told = said.contains(&format!("{} stays", package.data));
        hold(told, || format!("the purge of {} did not say what stays: {said}", package.name))?;
        let runs = machine.shows(package.name, "MainPID")?;
        hold(runs == "0", || format!("the purge let {} run on", package.name))?;
    }
    say("purged, they leave nothing but what was written");
    Ok(())
}
