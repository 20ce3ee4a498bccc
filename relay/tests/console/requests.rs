//! What people ask of nodes from the console, and the lines that they hold.

use comptoir_relay::console::account::Role;
use comptoir_sync_protocol::console::{ConsoleAct, ConsoleAnswer, ConsoleOutcome, ConsoleRequest};
use comptoir_sync_protocol::session::Event;
use comptoir_transport::{CloseCode, Notice};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::open::Open;
use crate::site::{Line, Site};
use crate::world::World;

/// A relay that headquarters has claimed, which is at the line, and an operator at its console.
fn claimed(world: &World) -> (Open, Browser, Line) {
    let open = Open::of(world.dir.path(), None, &[]);
    let browser = open.signed_in(&open.person("paul", Role::Operator));
    let line = open.dial(&Site::new(world, 0).with_roster(world), Some(world.code.claim.0));
    (open, browser, line)
}

fn hear(open: &Open, line: &mut Line) -> ConsoleRequest {
    let asked = |notice| if let Notice::ConsoleRequest(request) = notice { Some(request) } else { None };
    open.runtime.block_on(line.hear("what the console asks", asked))
}

fn tell(open: &Open, line: &Line, asked: &ConsoleRequest, outcome: ConsoleOutcome) {
    let answer = ConsoleAnswer { id: asked.id, outcome, by: "S00/awa".into(), said: "seen to".into() };
    open.runtime.block_on(line.events.send(Event::ConsoleAnswer(answer))).unwrap();
}

/// The last request, once it is answered.
fn answered(browser: &Browser) -> Value {
    let look = || {
        let request = browser.get("/api/v1/requests").done().json()["requests"][0].clone();
        request["answer"].is_object().then_some(request)
    };
    std::iter::repeat_with(look).take(10_000).flatten().next().expect("it is answered")
}

#[test]
fn what_is_asked_waits_for_headquarters_which_alone_answers() {
    let world = World::new(2);
    let (open, browser, line) = claimed(&world);
    open.runtime.block_on(line.hang_up());
    let made = json!({ "ask": { "act": "suspend", "site": "S01" }, "reason": "the laptop\u{1b}[2J is lost" });
    let asked = browser.post("/api/v1/requests", made.clone()).done().json();
    assert_eq!((&asked["act"], &asked["site"], &asked["answer"]), (&json!("suspend"), &json!("S01"), &Value::Null));
    assert_eq!(asked["reason"], "the laptop [2J is lost", "what cannot be seen is not carried");
    assert_eq!(browser.post("/api/v1/requests", made).code(), "asked-already");

    let mut other = open.dial(&Site::new(&world, 1).with_roster(&world), None);
    let address = open.relay.as_ref().unwrap().listen_addr();
    let again = Site::new(&world, 0).with_roster(&world);
    let mut headquarters = open.runtime.block_on(again.dial(address, None));
    let heard = hear(&open, &mut headquarters);
    assert!(matches!(heard.act, ConsoleAct::Suspend(subject) if subject.site == world.members[1].id));
    assert_eq!((heard.by.as_str(), heard.id.to_string()), ("paul", asked["id"].as_str().unwrap().to_owned()));
    tell(&open, &other, &heard, ConsoleOutcome::Done);
    // What comes by the same line after it shows that it was heard: the site is asked something itself, and answers.
    let entry = "ab".repeat(32);
    browser.post("/api/v1/requests", json!({ "ask": { "act": "judge-again", "site": "S01", "entry": entry } })).done();
    let own = hear(&open, &mut other);
    tell(&open, &other, &own, ConsoleOutcome::Unchanged);
    let one_waits = || {
        let all = browser.get("/api/v1/requests").done().json();
        let waiting = all["requests"].as_array().unwrap().iter().filter(|request| request["answer"].is_null()).count();
        (waiting == 1).then(|| all["requests"][0]["act"].clone())
    };
    let waits = std::iter::repeat_with(one_waits).take(10_000).flatten().next();
    assert_eq!(waits, Some(json!("suspend")), "no site answers for headquarters");

    tell(&open, &headquarters, &heard, ConsoleOutcome::Declined);
    let all = || browser.get("/api/v1/requests").done().json()["requests"].clone();
    let declined =
        || all().as_array().unwrap().iter().find(|request| request["answer"]["outcome"] == "declined").cloned();
    let declined = std::iter::repeat_with(declined).take(10_000).flatten().next().expect("it is answered");
    assert_eq!((&declined["answer"]["by"], &declined["answer"]["said"]), (&json!("S00/awa"), &json!("seen to")));
    let log = open.signed_in(&open.person("awa", Role::Administrator)).get("/api/v1/audit?act=request").done().json();
    let subjects: Vec<&Value> = log["entries"].as_array().unwrap().iter().map(|line| &line["subject"]).collect();
    assert_eq!(subjects, ["judge-again S01", "suspend S01"]);
}

#[test]
fn headquarters_hears_at_once_what_is_asked_while_it_is_here() {
    let world = World::new(1);
    let (open, browser, mut headquarters) = claimed(&world);
    let wish = json!({ "act": "invite", "code": "abj", "name": "Abidjan", "country": "ci" });
    browser.post("/api/v1/requests", json!({ "ask": wish, "reason": "" })).done();
    let heard = hear(&open, &mut headquarters);
    let ConsoleAct::Invite(wish) = &heard.act else { panic!("{heard:?}") };
    assert_eq!((wish.code.as_str(), wish.country.as_str()), ("ABJ", "CI"));
    tell(&open, &headquarters, &heard, ConsoleOutcome::Done);
    assert_eq!(answered(&browser)["answer"]["outcome"], "done");
    browser.post("/api/v1/requests", json!({ "ask": { "act": "rotate", "scope": "organisation" } })).done();
    assert!(
        matches!(hear(&open, &mut headquarters).act, ConsoleAct::Rotate(subject) if subject.scope == world.scope())
    );
}

#[test]
fn what_makes_no_sense_is_not_asked() {
    let world = World::new(2);
    let (_open, browser, _headquarters) = claimed(&world);
    let long = "x".repeat(1_001);
    let cases = [
        (json!({ "ask": { "act": "suspend", "site": "NONE" } }), "not-found"),
        (json!({ "ask": { "act": "suspend", "site": "S00" } }), "is-headquarters"),
        (json!({ "ask": { "act": "rotate", "scope": "none" } }), "not-found"),
        (json!({ "ask": { "act": "judge-again", "site": "S01", "entry": "zz" } }), "not-found"),
        (json!({ "ask": { "act": "invite", "code": "S01", "country": "FR" } }), "site-taken"),
        (json!({ "ask": { "act": "invite", "code": " ", "country": "FR" } }), "bad-request"),
        (json!({ "ask": { "act": "suspend", "site": "S01" }, "reason": long }), "too-long"),
        (json!({ "ask": { "act": "adopt", "site": "S01" } }), "bad-request"),
        (json!({ "ask": { "act": "suspend", "site": "S01", "also": 1 } }), "bad-request"),
        (json!({ "ask": { "act": "suspend", "site": "S01" }, "also": 1 }), "bad-request"),
    ];
    for (made, code) in cases {
        assert_eq!(browser.post("/api/v1/requests", made.clone()).code(), code, "{made}");
    }
    assert_eq!(browser.get("/api/v1/requests").done().json()["requests"], json!([]));
}

#[test]
fn a_line_that_is_held_ends_at_once_and_is_not_taken_until_it_is_released() {
    let world = World::new(2);
    let (open, browser, _headquarters) = claimed(&world);
    let site = Site::new(&world, 1).with_roster(&world);
    let line = open.dial(&site, None);
    let held = browser.post("/api/v1/sites/S01/line", json!({ "reason": "odd traffic" })).done().json();
    assert_eq!(
        (&held["code"], &held["held"]["by"], &held["held"]["reason"]),
        (&json!("S01"), &json!("paul"), &json!("odd traffic"))
    );
    assert_eq!(open.runtime.block_on(line.refusal()), CloseCode::Held);
    let address = open.relay.as_ref().unwrap().listen_addr();
    let again = open.runtime.block_on(async { site.dial(address, None).await.refusal().await });
    assert_eq!(again, CloseCode::Held);
    assert_eq!(browser.post("/api/v1/sites/S00/line", json!({})).code(), "is-headquarters");
    assert_eq!(browser.post("/api/v1/sites/NONE/line", json!({})).code(), "not-found");

    let released = browser.change("DELETE", "/api/v1/sites/S01/line", None).done().json();
    assert_eq!(released["held"], Value::Null);
    open.dial(&site, None);
    let log = open.signed_in(&open.person("awa", Role::Administrator)).get("/api/v1/audit").done().json();
    let acts = log["entries"].as_array().unwrap().iter().filter(|line| line["subject"] == "S01");
    assert_eq!(acts.map(|line| line["act"].clone()).collect::<Vec<_>>(), ["line-release", "line-hold"]);
}
