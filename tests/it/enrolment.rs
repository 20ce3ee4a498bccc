//! Joining: a code works once, while it is valid, typed right, and when headquarters can be reached; otherwise the command says
//! so, and the same command goes on later. After it the site needs nobody.

use std::path::Path;
use std::time::Duration;

use comptoir_tests::processes::branches::{connected, converge, headquarters};
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::CONVERGE;
use comptoir_tests::processes::site::text;
use comptoir_tests::processes::{Failure, Programs, Site, until};

use crate::place::in_place;

fn invited(headquarters: &Site, more: &[&str]) -> Result<String, Failure> {
    let invite = ["invite", "--site", "DKR", "--country", "SN"];
    text("PAR", &headquarters.ask(&[&invite, more].concat())?, "code")
}

fn dakar(programs: &Programs, root: &Path) -> Site {
    Site::new(programs, "DKR", root)
}

#[test]
fn a_code_works_once() {
    in_place(|programs, root| {
        let (_relay, par) = headquarters(programs, root)?;
        let code = invited(&par, &[])?;
        let dkr = dakar(programs, root);
        dkr.ask(&["join", &code])?;
        assert_eq!(dkr.status()?["site"], "DKR");
        let thief = Site::new(programs, "THIEF", root);
        assert_eq!(thief.refused(&["join", &code], 1)?, "join-code-used");
        let again = par.refused(&["invite", "--site", "DKR", "--country", "SN"], 1)?;
        hold(again == "site-code-taken", || format!("a taken code was answered with {again}"))
    });
}

#[test]
fn a_mistyped_code_is_told_before_anyone_is_asked() {
    in_place(|programs, root| {
        let (mut relay, par) = headquarters(programs, root)?;
        let code = invited(&par, &[])?;
        relay.stop()?;
        let dkr = dakar(programs, root);
        let middle = code.len() / 2;
        let other = if &code[middle..=middle] == "A" { "B" } else { "A" };
        let mistyped = format!("{}{other}{}", &code[..middle], &code[middle + 1..]);
        for wrong in [mistyped.as_str(), &code[..code.len() - 3], "DKR", ""] {
            assert_eq!(dkr.refused(&["join", wrong], 2)?, "code-mistyped", "{wrong}");
        }
        hold(!dkr.dir.join("keys.json").exists(), || "a mistyped code left keys".to_owned())
    });
}

#[test]
fn an_expired_code_is_refused_by_headquarters_clock() {
    in_place(|programs, root| {
        let (_relay, par) = headquarters(programs, root)?;
        let code = invited(&par, &["--expires", "1s"])?;
        let dkr = dakar(programs, root);
        // The code is of no use from its second on: joining in between would be no test, so the clock is looked at.
        let issued = std::time::Instant::now();
        until("the code has expired", Duration::from_secs(60), || {
            let age = issued.elapsed();
            Ok(if age > Duration::from_millis(1_100) { Ok(()) } else { Err(format!("{age:?}")) })
        })?;
        assert_eq!(dkr.refused(&["join", &code], 1)?, "join-code-expired");
        let code = invited(&par, &[])?;
        // The directory began with another code: it may go on with a new one only where nothing hangs on the old.
        let fresh = Site::new(programs, "DKR2", root);
        fresh.ask(&["join", &code])?;
        hold(fresh.status()?["site"] == "DKR", || "the new code did not work".to_owned())
    });
}

#[test]
fn without_a_line_or_headquarters_join_leaves_with_3_and_the_same_command_resumes() {
    in_place(|programs, root| {
        let (mut relay, mut par) = headquarters(programs, root)?;
        let code = invited(&par, &[])?;
        let dkr = dakar(programs, root);
        let join = ["join", code.as_str(), "--wait", "2s"];
        relay.stop()?;
        assert_eq!(dkr.refused(&join, 3)?, "relay-unreachable");
        par.stop()?;
        relay.start()?;
        assert_eq!(dkr.refused(&join, 3)?, "join-waiting");
        par.start()?;
        connected(&[&par])?;
        dkr.ask(&["join", &code])?;
        hold(dkr.status()?["site"] == "DKR", || "it did not join".to_owned())
    });
}

#[test]
fn a_killed_join_goes_on_with_the_same_command() {
    in_place(|programs, root| {
        let (relay, mut par) = headquarters(programs, root)?;
        let code = invited(&par, &[])?;
        par.stop()?;
        let dkr = dakar(programs, root);
        let command = dkr.command(&["join", &code]);
        let join = comptoir_tests::processes::Daemon::start("join", &command, &root.join("join.log"))?;
        until("it has made its keys", Duration::from_secs(60), || {
            Ok(if dkr.dir.join("join.json").exists() { Ok(()) } else { Err("no join.json".to_owned()) })
        })?;
        join.kill()?;
        par.start()?;
        dkr.ask(&["join", &code])?;
        hold(relay.page("/livez").is_ok() && dkr.status()?["site"] == "DKR", || "it did not join".to_owned())
    });
}

#[test]
fn a_site_that_joins_may_begin_with_an_account_which_headquarters_sees_without_its_password() {
    in_place(|programs, root| {
        let (_relay, par) = headquarters(programs, root)?;
        let code = invited(&par, &[])?;
        let mut dkr = dakar(programs, root);
        let password = root.join("password");
        std::fs::write(&password, "a password of Dakar\n").map_err(Failure::system("cannot write a file"))?;
        let mut join = dkr.command(&["join", &code, "--admin", "awa", "--password-stdin"]);
        join.stdin(std::fs::File::open(&password).map_err(Failure::system("cannot open a file"))?);
        let joined = join.output().map_err(Failure::system("cannot start join"))?;
        hold(joined.status.success(), || String::from_utf8_lossy(&joined.stderr).into_owned())?;
        assert!(String::from_utf8_lossy(&joined.stdout).contains("\"account\":\"DKR/awa\""), "{joined:?}");
        dkr.start()?;
        until("headquarters sees the account", CONVERGE, || {
            let accounts = par.ask(&["record", "list", "account"])?.to_string();
            Ok(if accounts.contains("DKR/awa") { Ok(()) } else { Err(accounts) })
        })?;
        let own = par.ask(&["staff", "list"])?;
        assert_eq!(own["staff"], serde_json::json!([]), "it signs in at its own site");
        assert_eq!(dkr.ask(&["staff", "list"])?["staff"][0]["has_password"], true);
        hold(!par.dir.join("staff.json").exists(), || "headquarters keeps a password of the branch".to_owned())
    });
}

#[test]
fn after_join_a_site_works_without_a_relay_from_the_first_minute() {
    in_place(|programs, root| {
        let (mut relay, mut par) = headquarters(programs, root)?;
        par.ask(&["record", "create", "party", "name=Known before", "reference=P-1"])?;
        until("the relay has it", CONVERGE, || {
            let outbox = par.outbox()?;
            Ok(if outbox == 0 { Ok(()) } else { Err(format!("{outbox} entries wait")) })
        })?;
        let code = invited(&par, &[])?;
        let mut dkr = dakar(programs, root);
        dkr.ask(&["join", &code])?;
        relay.kill()?;
        par.kill()?;
        dkr.ask(&["record", "create", "party", "name=Chez Awa", "reference=D-1"])?;
        dkr.start()?;
        dkr.ask(&["record", "create", "party", "name=Chez Binta", "reference=D-2"])?;
        assert_eq!(dkr.show(&dkr.party("D-1")?)?["fields"]["name"], "Chez Awa");
        assert!(["connecting", "offline"].contains(&dkr.line()?.as_str()), "{}", dkr.line()?);
        assert!(dkr.outbox()? >= 2, "what nobody has acknowledged is in the outbox");
        relay.start()?;
        par.start()?;
        converge(&[&par, &dkr], CONVERGE)?;
        for reference in ["P-1", "D-1", "D-2"] {
            par.party(reference)?;
            dkr.party(reference)?;
        }
        Ok(())
    });
}
