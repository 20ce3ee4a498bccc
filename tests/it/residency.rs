//! Residency: a scope that is confined to a law leaves it no more, neither for a site that is a member nor for the relay; where the law
//! allows it, it travels.

use comptoir_tests::processes::branches::connected;
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::CONVERGE;
use comptoir_tests::processes::{Branches, Failure, Site, until};
use serde_json::{Value, json};

use crate::place::in_place;
use crate::search::Search;

const BEFORE: &str = "Tiers connu du siège";
const CONFINED: &str = "Tiers que la loi retient";
const SHARED: &str = "Tiers commun à tous";

fn create(site: &Site, reference: &str, name: &str, more: &[&str]) -> Result<Value, Failure> {
    let fields = [format!("name={name}"), format!("reference={reference}")];
    site.ask(&[&["record", "create", "party", &fields[0], &fields[1]], more].concat())
}

fn sees(site: &Site, reference: &str) -> Result<(), Failure> {
    until(&format!("{} sees {reference}", site.code), CONVERGE, || {
        let shown = site.run(&["record", "show", "party", reference])?;
        Ok(if shown.exit == Some(0) { Ok(()) } else { Err(shown.err) })
    })
    .map(drop)
}

fn in_files(site: &Site) -> bool {
    let mut search = Search::new([CONFINED]);
    search.directory(&site.dir);
    !search.found().is_empty()
}

#[test]
fn f31_a_confined_scope_stays_under_its_law() {
    in_place(|programs, root| {
        let branches = Branches::found(programs, root)?;
        let (par, dkr) = (&branches.par, &branches.dkr);
        create(dkr, "B-1", BEFORE, &["--scope", "private"])?;
        sees(par, "B-1")?;
        let held = par.ask(&["where", "party", "B-1"])?;
        hold(
            held["holders"] == json!(["DKR", "PAR"]) && held["relays"].as_array().is_some_and(|all| all.len() == 1),
            || format!("{held}"),
        )?;

        par.refused(&["scope", "confine", "private:DKR", "XX"], 2)?;
        par.refused(&["scope", "confine", "private:DKR", "CA"], 1)?;
        par.refused(&["scope", "confine", "organisation", "SN"], 1)?;
        dkr.refused(&["scope", "confine", "private:DKR", "SN"], 1)?;
        let trial = par.ask(&["scope", "confine", "private:DKR", "SN", "--trial"])?;
        let now = par.ask(&["where", "party", "B-1"])?;
        hold(trial["holders"] == json!(["DKR"]) && now == held, || format!("{trial}, {now}"))?;
        let confined = par.ask(&["scope", "confine", "private:DKR", "SN"])?;
        hold(confined["relays"] == json!([]), || format!("{confined}"))?;
        until("Dakar knows it", CONVERGE, || {
            let held = dkr.ask(&["where", "party", "B-1"])?;
            Ok(if held["holders"] == json!(["DKR"]) { Ok(()) } else { Err(held.to_string()) })
        })?;

        // What is written after it does not leave, whatever else does; the one that leaves it behind is not hindered.
        create(dkr, "C-1", CONFINED, &["--scope", "private"])?;
        create(dkr, "S-1", SHARED, &[])?;
        sees(par, "S-1")?;
        connected(&[par, dkr])?;
        par.refused(&["record", "show", "party", "C-1"], 1)?;
        hold(in_files(dkr) && !in_files(par), || "what is confined is not where it belongs".to_owned())?;
        hold(dkr.outbox()? == 1, || format!("{:?} to send", dkr.outbox()))?;
        sees(par, "B-1")?;

        // Once the law allows it, it is sent.
        par.ask(&["scope", "confine", "private:DKR", "SN", "FR"])?;
        sees(par, "C-1")?;
        hold(in_files(par), || "what may travel does not".to_owned())
    });
}

#[test]
fn a_member_that_is_added_later_reads_what_was_written_before_and_one_that_leaves_gets_nothing_more() {
    in_place(|programs, root| {
        let branches = Branches::found(programs, root)?;
        let (par, dkr, mtl) = (&branches.par, &branches.dkr, &branches.mtl);
        create(dkr, "B-1", BEFORE, &["--scope", "private"])?;
        sees(par, "B-1")?;
        for (command, site, exit) in [("widen", "XXX", 1), ("narrow", "DKR", 1), ("narrow", "PAR", 1)] {
            par.refused(&["scope", command, "private:DKR", site], exit)?;
        }
        mtl.refused(&["scope", "widen", "private:DKR", "MTL"], 1)?;
        par.ask(&["scope", "confine", "private:DKR", "SN", "FR"])?;
        let code = par.refused(&["scope", "widen", "private:DKR", "MTL"], 1)?;
        hold(code == "law-forbids", || code.clone())?;
        par.ask(&["scope", "confine", "private:DKR"])?;
        let trial = par.ask(&["scope", "widen", "private:DKR", "MTL", "--trial"])?;
        hold(trial["holders"] == json!(["DKR", "MTL", "PAR"]), || trial.to_string())?;
        connected(&[par, dkr, mtl])?;
        mtl.refused(&["record", "show", "party", "B-1"], 1)?;

        par.ask(&["scope", "widen", "private:DKR", "MTL"])?;
        sees(mtl, "B-1")?;
        par.ask(&["scope", "narrow", "private:DKR", "MTL"])?;
        until("Dakar knows that Montréal has left", CONVERGE, || {
            let held = dkr.ask(&["where", "party", "B-1"])?;
            Ok(if held["holders"] == json!(["DKR", "PAR"]) { Ok(()) } else { Err(held.to_string()) })
        })?;
        create(dkr, "C-1", CONFINED, &["--scope", "private"])?;
        create(dkr, "S-1", SHARED, &[])?;
        sees(par, "C-1")?;
        sees(mtl, "S-1")?;
        mtl.refused(&["record", "show", "party", "C-1"], 1)?;
        sees(mtl, "B-1")?;
        hold(in_files(par) && !in_files(mtl), || "what is written after it left is with it".to_owned())
    });
}

#[test]
fn f31_a_scope_of_the_organisations_own_is_for_its_members_alone() {
    in_place(|programs, root| {
        let branches = Branches::found(programs, root)?;
        let (par, dkr, mtl) = (&branches.par, &branches.dkr, &branches.mtl);
        dkr.refused(&["scope", "define", "abroad", "DKR", "MTL"], 1)?;
        for (wrong, exit, code) in [
            (&["private", "DKR"][..], 2, "scope-name-unfit"),
            (&["abroad", "DKR", "XXX"], 1, "not-found"),
            (&["abroad", "DKR", "MTL", "--confine", "SN"], 1, "law-forbids"),
            (&["abroad", "DKR", "--confine", "XX"], 2, "jurisdiction-unknown"),
        ] {
            let refused = par.refused(&[&["scope", "define"], wrong].concat(), exit)?;
            hold(refused == code, || format!("{wrong:?}: {refused}"))?;
        }
        let define = ["scope", "define", "abroad", "DKR", "MTL", "--confine", "SN", "CA", "FR"];
        let trial = par.ask(&[&define[..], &["--trial"]].concat())?;
        hold(trial["holders"] == json!(["DKR", "MTL"]) && trial["defined"] == json!(true), || trial.to_string())?;
        par.ask(&define)?;
        hold(par.refused(&["scope", "define", "abroad", "DKR"], 1)? == "scope-name-taken", String::new)?;
        until("Dakar can make records there", CONVERGE, || {
            let made = create(dkr, "C-1", CONFINED, &["--scope", "abroad"]);
            Ok(made.map(drop).map_err(|error| error.to_string()))
        })?;
        sees(mtl, "C-1")?;
        // Headquarters makes a new key for them, too, and has it no more than the first.
        dkr.refused(&["scope", "rotate", "abroad"], 1)?;
        par.refused(&["scope", "rotate", "nowhere"], 1)?;
        par.ask(&["scope", "rotate", "abroad"])?;
        create(mtl, "C-2", CONFINED, &["--scope", "abroad"])?;
        sees(dkr, "C-2")?;

        // Headquarters carries it nowhere and reads it nowhere, nor can it let itself in.
        create(dkr, "S-1", SHARED, &[])?;
        sees(par, "S-1")?;
        connected(&[par, dkr, mtl])?;
        par.refused(&["record", "show", "party", "C-1"], 1)?;
        hold(in_files(dkr) && !in_files(par), || "what is for two sites is at headquarters".to_owned())?;
        let code = par.refused(&["scope", "widen", "abroad", "PAR"], 1)?;
        hold(code == "scope-keys-elsewhere", || code.clone())?;

        // What its members share, all see.
        let narrowed = mtl.refused(&["record", "share", "party", "S-1", "--scope", "abroad"], 1)?;
        hold(narrowed == "share-narrows", || narrowed.clone())?;
        mtl.ask(&["record", "share", "party", "C-1"])?;
        sees(par, "C-1")?;
        hold(in_files(par), || "what was shared is not there".to_owned())
    });
}
