//! Sites whose keys are renewed while they, or others, are away: by the relay and without one, killed between the steps.

use comptoir_tests::processes::branches::{connected, hold_alike};
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::{CONVERGE, LINE};
use comptoir_tests::processes::site::{free_port, text};
use comptoir_tests::processes::{Branches, Failure, Site, until};
use serde_json::Value;

use crate::place::in_place;

fn party(site: &Site, reference: &str) -> Result<(), Failure> {
    let fields = ["record", "create", "party", &format!("name=Party {reference}"), &format!("reference={reference}")];
    site.ask(&fields).map(drop)
}

/// New keys of a site, which wait; their request.
fn renew(site: &Site) -> Result<String, Failure> {
    text(&site.code, &site.ask(&["keys", "renew"])?, "request")
}

/// An admin binds them.
fn bind(admin: &Site, site: &str, request: &str) -> Result<Value, Failure> {
    admin.ask(&["site", "rekey", site, request, "--yes"])
}

/// Waits until a site has heard that its keys are bound.
fn took_up(site: &Site) -> Result<(), Failure> {
    until(&format!("the new keys of {} are at work", site.code), CONVERGE, || {
        let waits = site.ask(&["keys", "status"])?["renewal"].clone();
        Ok(if waits.is_null() { Ok(()) } else { Err(waits.to_string()) })
    })
}

fn keys_are_good(site: &Site) -> Result<(), Failure> {
    let doctor = site.ask(&["doctor"])?;
    let check = doctor["checks"].as_array().into_iter().flatten().find(|check| check["check"] == "keys");
    hold(check.is_some_and(|check| check["state"] == "good"), || doctor.to_string())?;
    site.verify().map(drop)
}

fn listens(site: &Site) -> Result<String, Failure> {
    let address = free_port()?;
    let direct = site.ask(&["direct", "listen", &address])?;
    hold(direct["state"] == "open", || direct.to_string())?;
    Ok(address)
}

/// Waits until each has a party of this reference, and both hold the same.
fn have(sites: &[&Site], reference: &str) -> Result<(), Failure> {
    for site in sites {
        until(&format!("{} has {reference}", site.code), CONVERGE, || {
            Ok(site.party(reference).map(drop).map_err(|failure| failure.to_string()))
        })?;
    }
    until("the sites hold the same", CONVERGE, || Ok(hold_alike(sites).map_err(|failure| failure.to_string())))
}

#[test]
fn a_site_that_was_away_while_its_keys_were_bound_comes_back_by_the_relay_whatever_kills_it() {
    in_place(|programs, root| {
        let mut branches = Branches::found(programs, root)?;
        branches.converge(CONVERGE)?;
        let request = renew(&branches.dkr)?;
        // Cut off right after: what was made is there, and the old keys serve.
        branches.dkr.kill()?;
        branches.dkr.start()?;
        connected(&[&branches.dkr])?;
        hold(renew(&branches.dkr)? == request, || "other keys after a kill".to_owned())?;
        branches.dkr.stop()?;

        hold(branches.par.refused(&["site", "rekey", "MTL", &request, "--yes"], 1)? == "other-key", || {
            "the keys of one site were bound to another".to_owned()
        })?;
        hold(branches.mtl.refused(&["site", "rekey", "DKR", &request, "--yes"], 1)? == "not-headquarters", || {
            "a branch bound keys".to_owned()
        })?;
        let bound = bind(&branches.par, "DKR", &request)?;
        hold(bound["tls"] == true && bound["signing"] == true && bound["sealing"] == true, || bound.to_string())?;
        party(&branches.par, "P-1")?;
        have(&[&branches.par, &branches.mtl], "P-1")?;

        // It writes while it is away, under what it knows; then the relay does not know its old key.
        party(&branches.dkr, "D-1")?;
        branches.dkr.start()?;
        took_up(&branches.dkr)?;
        branches.dkr.kill()?;
        branches.dkr.start()?;
        connected(&[&branches.dkr])?;
        party(&branches.dkr, "D-2")?;
        branches.converge(CONVERGE)?;
        have(&branches.sites(), "D-1")?;
        have(&branches.sites(), "D-2")?;
        have(&branches.sites(), "P-1")?;

        // Headquarters itself, while all are there; and once more the branch, which hears at once.
        bind(&branches.par, "PAR", &renew(&branches.par)?)?;
        bind(&branches.par, "DKR", &renew(&branches.dkr)?)?;
        took_up(&branches.par)?;
        took_up(&branches.dkr)?;
        connected(&branches.sites())?;
        party(&branches.par, "P-2")?;
        party(&branches.dkr, "D-3")?;
        branches.converge(CONVERGE)?;
        have(&branches.sites(), "P-2")?;
        have(&branches.sites(), "D-3")?;
        for site in branches.sites() {
            keys_are_good(site)?;
        }
        Ok(())
    });
}

#[test]
fn sites_that_meet_without_a_relay_find_each_other_whoever_was_away_when_keys_were_bound() {
    in_place(|programs, root| {
        let mut branches = Branches::found(programs, root)?;
        branches.converge(CONVERGE)?;
        branches.relay.stop()?;
        let paris = listens(&branches.par)?;
        branches.dkr.ask(&["direct", "add", "PAR", &paris])?;
        party(&branches.dkr, "D-1")?;
        have(&[&branches.par, &branches.dkr], "D-1")?;

        // Dakar's keys are bound while it is away: it comes under the old one, and then under the new one.
        let request = renew(&branches.dkr)?;
        branches.dkr.stop()?;
        bind(&branches.par, "DKR", &request)?;
        branches.dkr.start()?;
        took_up(&branches.dkr)?;
        party(&branches.dkr, "D-2")?;
        have(&[&branches.par, &branches.dkr], "D-2")?;

        // Those of Paris, while Dakar is away: it comes for the old key, which it knows, and hears.
        branches.dkr.stop()?;
        bind(&branches.par, "PAR", &renew(&branches.par)?)?;
        took_up(&branches.par)?;
        branches.par.kill()?;
        branches.par.start()?;
        branches.dkr.start()?;
        party(&branches.par, "P-1")?;
        have(&[&branches.par, &branches.dkr], "P-1")?;

        // Paris dials who has not heard of its new keys, and is known by the old one first.
        let montreal = listens(&branches.mtl)?;
        branches.par.ask(&["direct", "add", "MTL", &montreal])?;
        party(&branches.mtl, "M-1")?;
        have(&branches.sites(), "M-1")?;
        until("Paris and Montréal are connected", LINE, || {
            let status = branches.par.status()?;
            let mut peers = status["direct"].as_array().into_iter().flatten();
            let there = peers.any(|peer| peer["site"] == "MTL" && peer["state"] == "connected");
            Ok(if there { Ok(()) } else { Err(status["direct"].to_string()) })
        })?;

        branches.relay.start()?;
        connected(&branches.sites())?;
        branches.converge(CONVERGE)?;
        for site in branches.sites() {
            keys_are_good(site)?;
        }
        Ok(())
    });
}
