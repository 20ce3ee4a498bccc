//! What ends a session, whoever does it.

use std::time::Duration;

use comptoir_relay::console::account::Role;
use comptoir_relay::console::book::accounts::LastOne;
use comptoir_relay::console::code;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::open::{Open, PASSWORD};
use crate::world::init;

fn is_in(browser: &Browser) -> bool {
    browser.get("/api/v1/session").status == 200
}

#[test]
fn a_session_ends_at_sign_out_and_no_other_does() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let (one, other) = (open.signed_in(&awa), open.signed_in(&awa));
    assert_ne!(one.cookie, other.cookie);
    let out = one.change("DELETE", "/api/v1/session", None).done();
    assert!(out.set_cookie.unwrap().contains("Max-Age=0"));
    assert!(!is_in(&one) && is_in(&other));
}

#[test]
fn a_command_beside_the_running_relay_ends_sessions() {
    let open = Open::new();
    let (awa, book) = (open.person("awa", Role::Administrator), open.book());
    let browser = open.signed_in(&awa);
    book.disable(&open.by_command(), "awa", true, LastOne::MayGo).unwrap();
    assert!(!is_in(&browser));
    book.disable(&open.by_command(), "awa", false, LastOne::MayGo).unwrap();
    assert!(!is_in(&browser), "it is not let in again with the account");
    let browser = open.signed_in(&awa);
    book.set_role(&open.by_command(), "awa", Role::Viewer, LastOne::MayGo).unwrap();
    assert!(!is_in(&browser));
    let browser = open.signed_in(&awa);
    let challenge = open.challenge(&awa);
    book.reset(&open.by_command(), "awa", code::hash("A")).unwrap();
    assert!(!is_in(&browser));
    let second = json!({ "challenge": challenge, "code": open.next_code(&awa) });
    let late = open.browser().post("/api/v1/sign-in/second-factor", second);
    assert_eq!(late.code(), "sign-in-wrong", "a sign-in that was begun before is over too");
}

#[test]
fn a_reset_ends_every_session_and_the_password_the_factor_and_the_recovery_codes() {
    let open = Open::new();
    let (awa, browser) = (open.person("awa", Role::Viewer), open.signed_in(&open.person("paul", Role::Administrator)));
    let sessions: Vec<Browser> = (0..3).map(|_| open.signed_in(&awa)).collect();
    let given = browser.post("/api/v1/accounts/awa/reset", json!({})).done().json();
    assert!(sessions.iter().all(|session| !is_in(session)) && is_in(&browser));
    let enter = |password: &str| open.browser().post("/api/v1/sign-in", json!({ "name": "awa", "password": password }));
    assert_eq!(enter(PASSWORD).code(), "sign-in-wrong");
    let new = "agrafe cheval correct";
    let anew = open.set_up_by("awa", given["setup_code"].as_str().unwrap(), new);
    assert_eq!(enter(PASSWORD).code(), "sign-in-wrong");
    let second = |body: Value| {
        let mut body = body;
        body["challenge"] = enter(new).done().json()["challenge"].clone();
        open.browser().post("/api/v1/sign-in/second-factor", body)
    };
    assert_eq!(second(json!({ "code": open.next_code(&awa) })).code(), "sign-in-wrong", "the old authenticator");
    assert_eq!(second(json!({ "recovery_code": awa.recovery_codes[0] })).code(), "sign-in-wrong");
    second(json!({ "code": open.next_code(&anew) })).done();
}

#[test]
fn a_restart_of_the_relay_ends_sessions_and_no_account() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path());
    let open = Open::of(dir.path(), None, &[]);
    let awa = open.person("awa", Role::Viewer);
    let before = open.signed_in(&awa);
    assert!(is_in(&before));
    drop(open);
    let open = Open::of(dir.path(), None, &[]);
    assert!(!is_in(&Browser { cookie: before.cookie, ..open.browser() }));
    open.clock.pass(Duration::from_secs(60));
    assert!(is_in(&open.signed_in(&awa)));
}

#[test]
fn a_session_ends_by_itself_when_nothing_is_done_and_after_its_time() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let browser = open.signed_in(&awa);
    for _ in 0..24 {
        open.clock.pass(Duration::from_secs(29 * 60));
        assert!(is_in(&browser));
    }
    open.clock.pass(Duration::from_secs(29 * 60));
    assert!(!is_in(&browser), "twelve hours are over");
    let browser = open.signed_in(&awa);
    open.clock.pass(Duration::from_secs(30 * 60));
    assert!(!is_in(&browser));
}
