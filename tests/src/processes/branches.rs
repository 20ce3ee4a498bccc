//! Three branches and their relay, as the demo and most process tests want them: Paris is headquarters, Dakar and Montréal
//! have joined. Owns their founding, and the comparison of what sites hold.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::failure::{Failure, hold};
use super::limits::LINE;
use super::site::text;
use super::{Programs, Relay, Site, until};

/// What founds a site: its code and the options of `create` or `invite`.
type Profile = (&'static str, &'static [&'static str]);

const PARIS: Profile = (
    "PAR",
    &["--name", "Paris", "--country", "FR", "--currency", "EUR", "--locale", "fr-FR", "--time-zone", "Europe/Paris"],
);
const DAKAR: Profile = (
    "DKR",
    &["--name", "Dakar", "--country", "SN", "--currency", "XOF", "--locale", "fr-SN", "--time-zone", "Africa/Dakar"],
);
const MONTREAL: Profile = (
    "MTL",
    &[
        "--name",
        "Montréal",
        "--country",
        "CA",
        "--currency",
        "CAD",
        "--locale",
        "fr-CA",
        "--time-zone",
        "America/Toronto",
    ],
);

/// What the organisation is called.
pub const ORGANISATION: &str = "Comptoir de démonstration";
/// Scopes that every site of these is a member of.
const COMMON_SCOPES: [&str; 2] = ["organisation", "trade"];

/// The three sites and their relay.
#[derive(Debug)]
pub struct Branches {
    /// The relay.
    pub relay: Relay,
    /// Headquarters, in Paris.
    pub par: Site,
    /// Dakar.
    pub dkr: Site,
    /// Montréal.
    pub mtl: Site,
}

impl Branches {
    /// Founds them under `root` and starts them all.
    pub fn found(programs: &Programs, root: &Path) -> Result<Self, Failure> {
        let (relay, par) = headquarters(programs, root)?;
        Self::joined(relay, par, programs, root)
    }

    /// Joins Dakar and Montréal to a headquarters that is there, and starts them.
    pub fn joined(relay: Relay, par: Site, programs: &Programs, root: &Path) -> Result<Self, Failure> {
        let dkr = joined(programs, root, &par, DAKAR)?;
        let mtl = joined(programs, root, &par, MONTREAL)?;
        connected(&[&dkr, &mtl])?;
        Ok(Self { relay, par, dkr, mtl })
    }

    /// Starts those that were founded under `root` before; `None` if there are none.
    pub fn again(programs: &Programs, root: &Path) -> Result<Option<Self>, Failure> {
        let Ok(address) = std::fs::read_to_string(root.join("relay.address")) else { return Ok(None) };
        let [par, dkr, mtl] = [PARIS, DAKAR, MONTREAL].map(|(code, _)| Site::new(programs, code, root));
        let mut branches = Self { relay: Relay::at(programs, root, address), par, dkr, mtl };
        branches.relay.start()?;
        for site in [&mut branches.par, &mut branches.dkr, &mut branches.mtl] {
            site.start()?;
        }
        Ok(Some(branches))
    }

    /// The sites, headquarters first.
    pub fn sites(&self) -> [&Site; 3] {
        [&self.par, &self.dkr, &self.mtl]
    }

    /// Waits until all hold the same, and a relay all that they hold; how long that took.
    pub fn converge(&self, limit: Duration) -> Result<Duration, Failure> {
        converge(&self.sites(), limit)
    }

    /// Stops all in good order: sites first, so that none sees its line break.
    pub fn stop(&mut self) -> Result<(), Failure> {
        for site in [&mut self.mtl, &mut self.dkr, &mut self.par] {
            site.stop()?;
        }
        self.relay.stop()
    }
}

/// A relay and headquarters under `root`, both started and connected.
pub fn headquarters(programs: &Programs, root: &Path) -> Result<(Relay, Site), Failure> {
    headquarters_by(Relay::new(programs, root)?, programs, root)
}

/// As [`headquarters`], by a relay that is not initialised yet.
pub fn headquarters_by(mut relay: Relay, programs: &Programs, root: &Path) -> Result<(Relay, Site), Failure> {
    let code = relay.init()?;
    let keep = root.join("relay.address");
    std::fs::write(&keep, &relay.address).map_err(Failure::system(format!("cannot write {}", keep.display())))?;
    relay.start()?;
    let mut par = Site::new(programs, PARIS.0, root);
    let create = ["create", "--organisation", ORGANISATION, "--relay", &code, "--site", PARIS.0];
    par.ask(&[&create, PARIS.1].concat())?;
    par.start()?;
    connected(&[&par])?;
    Ok((relay, par))
}

/// Invites a site at headquarters, joins it from an empty directory and starts it.
fn joined(programs: &Programs, root: &Path, headquarters: &Site, profile: Profile) -> Result<Site, Failure> {
    let mut site = Site::new(programs, profile.0, root);
    let invited = headquarters.ask(&[&["invite", "--site", profile.0], profile.1].concat())?;
    let code = text(&headquarters.code, &invited, "code")?;
    site.ask(&["join", &code, "--wait", "60s"])?;
    site.start()?;
    Ok(site)
}

/// Waits until these sites have their line.
pub fn connected(sites: &[&Site]) -> Result<(), Failure> {
    lines(sites, "is connected", |state| state == "connected")
}

/// Waits until these sites have noticed that their line is gone.
pub fn disconnected(sites: &[&Site]) -> Result<(), Failure> {
    lines(sites, "knows that its line is gone", |state| state != "connected")
}

fn lines(sites: &[&Site], what: &str, wanted: impl Fn(&str) -> bool) -> Result<(), Failure> {
    for site in sites {
        until(&format!("{} {what}", site.code), LINE, || {
            let state = site.line()?;
            Ok(if wanted(&state) { Ok(()) } else { Err(state) })
        })?;
    }
    Ok(())
}

/// Waits until these sites hold the same and their outboxes are empty; how long that took.
pub fn converge(sites: &[&Site], limit: Duration) -> Result<Duration, Failure> {
    let began = Instant::now();
    until("all sites hold the same, and the relay all of it", limit, || {
        for site in sites {
            let outbox = site.outbox()?;
            if outbox > 0 {
                return Ok(Err(format!("{} has {outbox} entries in its outbox", site.code)));
            }
        }
        let digests = digests(sites)?;
        let found = differences(&digests);
        Ok(if found.is_empty() { Ok(()) } else { Err(found.join("; ")) })
    })?;
    Ok(began.elapsed())
}

/// Each site's `digest`, by its code.
pub fn digests(sites: &[&Site]) -> Result<BTreeMap<String, Value>, Failure> {
    sites.iter().map(|site| Ok((site.code.clone(), site.digest()?))).collect()
}

/// Where `digest`s contradict each other: scopes that several sites name must be alike, vectors and state, and every site
/// must name those that all are members of.
pub fn differences(digests: &BTreeMap<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    for part in ["scopes", "state"] {
        let mut seen: BTreeMap<&str, (&str, &Value)> = BTreeMap::new();
        for (site, digest) in digests {
            let named = digest[part].as_object();
            for scope in COMMON_SCOPES {
                if named.is_none_or(|scopes| !scopes.contains_key(scope)) {
                    found.push(format!("{site} names no {part} of {scope}"));
                }
            }
            for (scope, hash) in named.into_iter().flatten() {
                let (first, of_first) = seen.entry(scope).or_insert((site, hash));
                if *of_first != hash {
                    found.push(format!("{part} of {scope}: {first} {of_first}, {site} {hash}"));
                }
            }
        }
    }
    found
}

/// Fails unless these sites hold the same now.
pub fn hold_alike(sites: &[&Site]) -> Result<(), Failure> {
    let found = differences(&digests(sites)?);
    hold(found.is_empty(), || found.join("; "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn digest(trade: &str, state: &str, own: &str) -> Value {
        json!({
            "scopes": { "organisation": "aa", "trade": trade, (own): own },
            "state": { "organisation": state, "trade": trade },
        })
    }

    #[test]
    fn scopes_that_only_one_site_has_are_no_difference() {
        let alike = [("PAR", digest("bb", "cc", "books:PAR")), ("DKR", digest("bb", "cc", "books:DKR"))];
        assert_eq!(differences(&alike.map(|(site, digest)| (site.to_owned(), digest)).into()), [""; 0]);
    }

    #[test]
    fn other_vectors_other_states_and_missing_scopes_are_found() {
        let other =
            [("PAR", digest("bb", "cc", "x")), ("DKR", digest("dd", "ee", "y")), ("MTL", json!({ "scopes": {} }))];
        let found = differences(&other.map(|(site, digest)| (site.to_owned(), digest)).into());
        assert_eq!(found.iter().filter(|finding| finding.contains("of trade: ")).count(), 2, "{found:?}");
        assert_eq!(found.iter().filter(|finding| finding.contains("of organisation: ")).count(), 1, "{found:?}");
        assert_eq!(found.iter().filter(|finding| finding.starts_with("MTL names no")).count(), 4, "{found:?}");
    }
}
