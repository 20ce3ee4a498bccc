//! What the console tells of relay and sites.

use comptoir_relay::console::account::Role;
use serde_json::{Value, json};

use crate::open::Open;
use crate::site::Site;
use crate::world::{World, until};

#[test]
fn the_console_tells_of_the_relay_and_of_each_site() {
    let mut world = World::new(2);
    let open = Open::of(world.dir.path(), None, &[]);
    let browser = open.signed_in(&open.person("awa", Role::Viewer));
    let relay = browser.get("/api/v1/relay").done().json();
    assert_eq!(
        (&relay["jurisdiction"], &relay["running"], &relay["organisation"]),
        (&json!("FR"), &json!(true), &Value::Null)
    );
    assert_eq!(browser.get("/api/v1/sites").done().json()["sites"], json!([]), "nobody claimed it");
    assert_eq!(browser.get("/api/v1/scopes").done().json()["scopes"], json!([]));

    let site = Site::new(&world, 0).with_roster(&world);
    site.hold(&world.write(0, 3));
    let running = open.relay.as_ref().unwrap();
    let line = open.runtime.block_on(async {
        let mut line = site.dial(running.listen_addr(), Some(world.code.claim.0)).await;
        line.hear_current().await;
        while running.core().unwrap().view().vectors.get(&world.scope()).is_none_or(|vector| vector.entries() < 3) {
            line.hear_receipts().await;
        }
        line
    });
    let sites = browser.get("/api/v1/sites").done().json();
    let (here, away) = (&sites["sites"][0], &sites["sites"][1]);
    assert_eq!((&here["code"], &here["headquarters"], &here["country"]), (&json!("S00"), &json!(true), &json!("FR")));
    assert_eq!((&here["connected"], here["connected_since"].is_string()), (&json!(true), true));
    assert_eq!(here["scopes"], json!([{ "name": "organisation", "logs": 1, "entries": 3 }]));
    assert_eq!((&away["code"], &away["connected"], &away["seen"]), (&json!("S01"), &json!(false), &Value::Null));
    assert_eq!((&away["scopes"], &away["removed"]), (&json!([]), &Value::Null));
    let relay = browser.get("/api/v1/relay").done().json();
    assert_eq!((&relay["sessions"], &relay["connections"]), (&json!(1), &json!(1)));
    assert!(relay["received_bytes"].as_u64() > Some(1_000) && relay["sent_bytes"].as_u64() > Some(100), "{relay}");
    assert!(relay["receipts"].as_u64() >= Some(1), "{relay}");
    assert_eq!(browser.get("/api/v1/relay/traffic").done().json(), json!({ "samples": [] }), "none is due yet");
    assert_eq!(browser.get("/api/v1/relay/traffic?since=yesterday").code(), "bad-request");
    let scopes = browser.get("/api/v1/scopes").done().json();
    let shared = scopes["scopes"].as_array().unwrap().iter().find(|scope| scope["name"] == "organisation").unwrap();
    let expected = json!({ "name": "organisation", "jurisdictions": [], "sites": ["S00", "S01"], "kept_out": [],
        "relay": true, "logs": 1, "entries": 3 });
    assert_eq!(shared, &expected);

    open.runtime.block_on(line.hang_up());
    let gone = || {
        let sites = browser.get("/api/v1/sites").done().json();
        (sites["sites"][0]["connected"] == false).then(|| sites["sites"][0]["seen"].is_string())
    };
    let seen = std::iter::repeat_with(gone).take(10_000).flatten().next();
    assert_eq!(seen, Some(true), "it left, and when is told");
}

#[test]
fn a_thousand_sites_are_listed_whole_and_by_their_codes() {
    const SITES: usize = 1_000;
    let world = World::new(SITES);
    let open = Open::of(world.dir.path(), None, &[]);
    let browser = open.signed_in(&open.person("awa", Role::Viewer));
    let site = Site::new(&world, 0).with_roster(&world);
    let running = open.relay.as_ref().unwrap();
    let line = open.runtime.block_on(async {
        let mut line = site.dial(running.listen_addr(), Some(world.code.claim.0)).await;
        line.hear_current().await;
        let named = || running.core().is_some_and(|core| core.roster().sites.len() == SITES);
        until("the relay has the roster", named).await;
        line
    });
    let listed = browser.get("/api/v1/sites").done().json();
    let codes: Vec<&str> =
        listed["sites"].as_array().unwrap().iter().map(|site| site["code"].as_str().unwrap()).collect();
    assert_eq!((codes.len(), codes.is_sorted()), (SITES, true));
    assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), SITES);
    assert_eq!(listed["sites"].as_array().unwrap().iter().filter(|site| site["connected"] == true).count(), 1);
    open.runtime.block_on(line.hang_up());
}
