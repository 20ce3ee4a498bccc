//! What an open page is told, and when it is told no more.

use comptoir_relay::console::account::Role;
use comptoir_relay::console::book::accounts::LastOne;
use comptoir_relay::console::code;
use comptoir_relay::limits::{MAX_CONSOLE_REQUESTS, MAX_EVENT_STREAMS_PER_SESSION, SESSION_IDLE_LIFETIME};
use serde_json::json;

use crate::browser::{Browser, Heard, Stream};
use crate::open::Open;
use crate::site::Site;
use crate::world::World;

const EVENTS: &str = "/api/v1/events";

fn listen(browser: &Browser) -> Stream {
    browser.listen(EVENTS).unwrap_or_else(|reply| panic!("{} {}", reply.status, reply.body))
}

/// Waits until a page that reads again what it is told of sees the second site so.
fn sees(browser: &Browser, stream: &mut Stream, connected: bool) {
    loop {
        stream.until("sites");
        if browser.get("/api/v1/sites").done().json()["sites"][1]["connected"] == connected {
            return;
        }
    }
}

#[test]
fn a_page_is_told_that_a_site_came_and_that_it_left() {
    let world = World::new(2);
    let open = Open::of(world.dir.path(), None, &[]);
    let browser = open.signed_in(&open.person("awa", Role::Viewer));
    let mut stream = listen(&browser);
    assert!(stream.head.contains("content-type: text/event-stream") && stream.head.contains("cache-control: no-store"));
    let _headquarters = open.dial(&Site::new(&world, 0).with_roster(&world), Some(world.code.claim.0));
    stream.until("relay");
    let line = open.dial(&Site::new(&world, 1).with_roster(&world), None);
    sees(&browser, &mut stream, true);
    open.runtime.block_on(line.hang_up());
    sees(&browser, &mut stream, false);
}

#[test]
fn each_hears_of_what_they_may_read_and_of_nothing_else() {
    let world = World::new(2);
    let open = Open::of(world.dir.path(), None, &[]);
    let people = Role::ALL.map(|role| open.signed_in(&open.person(role.text(), role)));
    let [mut viewer, mut operator, mut administrator] = people.each_ref().map(listen);
    people[2].post("/api/v1/accounts", json!({ "name": "paul", "role": "viewer" })).done();
    let heard = administrator.until("audit");
    assert!(heard.contains(&"accounts".to_owned()), "{heard:?}");
    let _headquarters = open.dial(&Site::new(&world, 0).with_roster(&world), Some(world.code.claim.0));
    let asked = json!({ "ask": { "act": "suspend", "site": "S01" }, "reason": "" });
    people[1].post("/api/v1/requests", asked).done();
    for stream in [&mut viewer, &mut operator] {
        let heard = stream.until("requests");
        assert!(heard.iter().all(|topic| !["accounts", "audit"].contains(&topic.as_str())), "{heard:?}");
    }
    administrator.until("requests");
}

#[test]
fn a_stream_ends_with_its_session_whoever_ends_it() {
    let open = Open::new();
    let (awa, book) = (open.person("awa", Role::Viewer), open.book());
    let (one, other) = (open.signed_in(&awa), open.signed_in(&awa));
    let (mut of_one, mut of_other) = (listen(&one), listen(&other));
    one.change("DELETE", "/api/v1/session", None).done();
    assert_eq!(of_one.next(), Heard::End);
    assert_eq!(one.listen(EVENTS).err().unwrap().code(), "unauthorised");

    book.disable(&open.by_command(), "awa", true, LastOne::MayGo).unwrap();
    assert_eq!(of_other.next(), Heard::End, "by a command beside the relay");
    book.disable(&open.by_command(), "awa", false, LastOne::MayGo).unwrap();

    let mut stream = listen(&open.signed_in(&awa));
    book.set_role(&open.by_command(), "awa", Role::Operator, LastOne::MayGo).unwrap();
    assert_eq!(stream.next(), Heard::End, "they may hear something else now");
    let mut stream = listen(&open.signed_in(&awa));
    book.reset(&open.by_command(), "awa", code::hash("A")).unwrap();
    assert_eq!(stream.next(), Heard::End);
}

#[test]
fn to_listen_keeps_no_session_alive() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let browser = open.signed_in(&awa);
    let mut stream = listen(&browser);
    open.clock.pass(SESSION_IDLE_LIFETIME);
    assert_eq!(stream.next(), Heard::End);
    assert_eq!(browser.get("/api/v1/session").status, 401);
}

#[test]
fn a_relay_that_stops_waits_for_no_stream() {
    let mut open = Open::new();
    let mut stream = listen(&open.signed_in(&open.person("awa", Role::Viewer)));
    let relay = open.relay.take().unwrap();
    open.runtime.block_on(relay.shut_down()).unwrap();
    assert_eq!(stream.next(), Heard::End);
}

#[test]
fn streams_are_bounded_by_session_and_take_no_place_of_requests() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let paul = open.person("paul", Role::Viewer);
    let (first, mut streams) = (open.signed_in(&awa), Vec::new());
    streams.extend((0..MAX_EVENT_STREAMS_PER_SESSION).map(|_| listen(&first)));
    let refused = first.listen(EVENTS).err().unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (429, "too-many-streams"));
    while streams.len() <= MAX_CONSOLE_REQUESTS {
        let browser = open.signed_in(if streams.len() * 2 < MAX_CONSOLE_REQUESTS { &awa } else { &paul });
        streams.extend((0..MAX_EVENT_STREAMS_PER_SESSION).map(|_| listen(&browser)));
    }
    assert_eq!(first.get("/api/v1/session").done().json()["name"], "awa");
    streams.clear();
    let again = std::iter::repeat_with(|| first.listen(EVENTS).ok()).take(10_000).flatten().next();
    assert!(again.is_some(), "who closed a window may open another");
}
