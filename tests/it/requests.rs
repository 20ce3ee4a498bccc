//! What headquarters, where the roster is written, does with a branch's word and name: a site that a branch asks for is invited or declined, and the
//! branch sees what became of it; a site is renamed.

use comptoir_tests::processes::limits::CONVERGE;
use comptoir_tests::processes::site::text;
use comptoir_tests::processes::{Branches, Failure, Site, until};
use serde_json::Value;

use crate::place::in_place;

fn request(site: &Site, id: &str) -> Result<Option<Value>, Failure> {
    let asked = site.ask(&["site", "requests"])?;
    Ok(asked["requests"].as_array().and_then(|all| all.iter().find(|request| request["id"] == id).cloned()))
}

/// Waits until a site sees this decided, or undecided.
fn is_seen(site: &Site, id: &str, decision: &str) -> Result<Value, Failure> {
    let mut seen = Value::Null;
    until("the request is seen there", CONVERGE, || {
        seen = request(site, id)?.unwrap_or_default();
        Ok(if seen["decision"] == decision { Ok(()) } else { Err(seen.to_string()) })
    })?;
    Ok(seen)
}

#[test]
fn headquarters_invites_a_site_that_a_branch_asks_for_and_nobody_else_does() {
    in_place(|programs, root| {
        let branches = Branches::found(programs, root)?;
        let (par, dkr) = (&branches.par, &branches.dkr);
        let ask = ["site", "ask", "--site", "ABJ", "--country", "CI", "--name", "Abidjan", "--reason", "port"];
        let id = text("DKR", &dkr.ask(&ask)?, "id")?;
        let own = is_seen(dkr, &id, "")?;
        assert_eq!((&own["asked_by"], &own["site"]["currency"]), (&"DKR".into(), &"XOF".into()));
        // Asking makes no code, and deciding is not for who asks.
        assert_eq!(dkr.refused(&["invite", "--request", &id], 1)?, "not-headquarters");
        assert_eq!(dkr.refused(&["site", "decline", &id], 1)?, "not-headquarters");
        assert_eq!(dkr.refused(&["record", "set", "site-request", &id, "decision=invited"], 1)?, "not-writable");
        assert_eq!(dkr.refused(&["site", "ask", "--site", "PAR", "--country", "FR"], 1)?, "site-code-taken");

        is_seen(par, &id, "")?;
        let code = text("PAR", &par.ask(&["invite", "--request", &id])?, "code")?;
        assert_eq!(par.refused(&["invite", "--request", &id], 1)?, "decided-already");
        let abidjan = Site::new(programs, "ABJ", root);
        abidjan.ask(&["join", &code])?;
        assert_eq!(abidjan.status()?["site"], "ABJ");
        is_seen(dkr, &id, "invited")?;

        let other = text("DKR", &dkr.ask(&["site", "ask", "--site", "OUA", "--country", "BF"])?, "id")?;
        is_seen(par, &other, "")?;
        par.ask(&["site", "decline", &other, "--answer", "next year"])?;
        assert_eq!(is_seen(dkr, &other, "declined")?["answer"], "next year");
        assert_eq!(par.refused(&["site", "decline", &other], 1)?, "decided-already");
        assert_eq!(par.refused(&["site", "decline", "nothing"], 1)?, "not-found");
        Ok(())
    });
}

#[test]
fn a_site_is_renamed_by_headquarters_and_everybody_hears_of_it() {
    in_place(|programs, root| {
        let branches = Branches::found(programs, root)?;
        let (par, dkr) = (&branches.par, &branches.dkr);
        assert_eq!(dkr.refused(&["site", "rename", "DKR", "Dakar-Plateau"], 1)?, "not-headquarters");
        assert_eq!(par.refused(&["site", "rename", "DKR", " "], 2)?, "profile-invalid");
        par.ask(&["site", "rename", "DKR", "Dakar-Plateau"])?;
        let name = |site: &Site| -> Result<String, Failure> {
            let sites = site.ask(&["site", "list"])?;
            let found =
                sites["sites"].as_array().and_then(|all| all.iter().find(|site| site["code"] == "DKR").cloned());
            Ok(found.map_or_else(String::new, |site| site["name"].as_str().unwrap_or_default().to_owned()))
        };
        assert_eq!(name(par)?, "Dakar-Plateau");
        until("Dakar knows what it is called", CONVERGE, || {
            let name = name(dkr)?;
            Ok(if name == "Dakar-Plateau" { Ok(()) } else { Err(name) })
        })
    });
}
