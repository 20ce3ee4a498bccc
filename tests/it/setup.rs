//! Joining from the screens: a daemon in an empty directory is given a code, waits visibly, goes on after a kill, and is the site's
//! node from the moment that headquarters has admitted it. Owns the cases that need a relay and a headquarters.

use std::time::Duration;

use comptoir_tests::processes::branches::{connected, converge, headquarters};
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::CONVERGE;
use comptoir_tests::processes::site::text;
use comptoir_tests::processes::{Failure, Site, until};
use serde_json::{Value, json};

use crate::place::in_place;

const LIMIT: Duration = Duration::from_secs(60);

fn invited(headquarters: &Site, site: &str) -> Result<String, Failure> {
    text("PAR", &headquarters.ask(&["invite", "--site", site, "--country", "SN"])?, "code")
}

/// Waits until the set-up of a site stands as is wished.
fn stands(site: &Site, what: &str, wished: impl Fn(&Value) -> bool) -> Result<(), Failure> {
    until(what, LIMIT, || {
        let setup = site.api()?.get("/api/v1/setup")?;
        Ok(if wished(&setup) { Ok(()) } else { Err(setup.to_string()) })
    })
}

fn step(setup: &Value) -> (&str, &str) {
    (setup["join"]["step"].as_str().unwrap_or_default(), setup["join"]["trouble"]["code"].as_str().unwrap_or_default())
}

fn refused(site: &Site, method: &'static str, body: Option<&Value>) -> Result<String, Failure> {
    let reply = site.api()?.send(method, "/api/v1/setup/join", body)?;
    Ok(reply.body["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_join_from_the_screens_waits_visibly_and_goes_on_after_a_kill() {
    in_place(|programs, root| {
        let (mut relay, mut par) = headquarters(programs, root)?;
        let code = json!({ "code": invited(&par, "DKR")? });
        let other = json!({ "code": invited(&par, "ABJ")? });
        par.ask(&["record", "create", "party", "name=Known before", "reference=P-1"])?;
        relay.stop()?;
        let mut dkr = Site::new(programs, "DKR", root);
        dkr.start_to_set_up()?;
        let begun = dkr.api()?.post("/api/v1/setup/join", &code)?;
        hold(begun["state"] == "joining" && begun["join"]["site"] == "DKR", || begun.to_string())?;
        stands(&dkr, "the relay is missed", |setup| step(setup) == ("reaching", "relay-unreachable"))?;
        // The same code again is no other join; another one is, until the first is given up.
        dkr.api()?.post("/api/v1/setup/join", &code)?;
        assert_eq!(refused(&dkr, "POST", Some(&other))?, "other-join-under-way");
        dkr.api()?.send("DELETE", "/api/v1/setup/join", None)?;
        stands(&dkr, "the code is given up", |setup| setup["state"] == "empty" && setup["refused"].is_null())?;
        hold(!dkr.dir.join("keys.json").exists(), || "the join that was given up left its keys".to_owned())?;

        par.stop()?;
        relay.start()?;
        dkr.api()?.post("/api/v1/setup/join", &code)?;
        stands(&dkr, "headquarters is asked", |setup| step(setup) == ("asked", ""))?;
        dkr.kill()?;
        dkr.start_to_set_up()?;
        stands(&dkr, "it goes on by itself", |setup| step(setup) == ("asked", ""))?;
        par.start()?;
        connected(&[&par])?;
        stands(&dkr, "the node is there", |setup| setup["state"] == "ready")?;
        let status = dkr.api()?.get("/api/v1/status")?;
        hold(status["site"] == "DKR", || status.to_string())?;
        converge(&[&par, &dkr], CONVERGE)?;
        dkr.party("P-1")?;
        dkr.stop()
    });
}

#[test]
fn a_code_that_is_refused_for_good_makes_room_for_another() {
    in_place(|programs, root| {
        let (_relay, par) = headquarters(programs, root)?;
        let code = invited(&par, "DKR")?;
        Site::new(programs, "FIRST", root).ask(&["join", &code])?;
        let mut thief = Site::new(programs, "THIEF", root);
        thief.start_to_set_up()?;
        thief.api()?.post("/api/v1/setup/join", &json!({ "code": code }))?;
        stands(&thief, "it is told why", |setup| {
            setup["state"] == "empty" && setup["refused"]["code"] == "join-code-used"
        })?;
        let good = json!({ "code": invited(&par, "ABJ")? });
        thief.api()?.post("/api/v1/setup/join", &good)?;
        stands(&thief, "the other code is good", |setup| setup["state"] == "ready")?;
        assert_eq!(refused(&thief, "DELETE", None)?, "already-a-node");
        let status = thief.api()?.get("/api/v1/status")?;
        hold(status["site"] == "ABJ", || status.to_string())
    });
}
