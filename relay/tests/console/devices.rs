//! Devices at which somebody signed in before: strangers who guess on keep nobody waiting there (F33).

use std::time::Duration;

use comptoir_relay::console::account::Role;
use comptoir_relay::console::code;
use serde_json::json;

use crate::browser::{Browser, Reply};
use crate::open::{Open, PASSWORD, Person};

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A browser in which somebody signed in, and out again.
fn known_to(open: &Open, person: &Person) -> Browser {
    let second = json!({ "challenge": open.challenge(person), "code": open.next_code(person) });
    let entered = open.browser().post("/api/v1/sign-in/second-factor", second).done();
    Browser { cookie: Some(entered.device.unwrap()), ..open.browser() }
}

fn try_password(browser: &Browser, name: &str, password: &str) -> Reply {
    browser.post("/api/v1/sign-in", json!({ "name": name, "password": password }))
}

/// Strangers guess until they have to wait.
fn strangers_guess(open: &Open, name: &str) {
    let refused = (0..50).any(|_| try_password(&open.browser(), name, "wrong password").status == 429);
    assert!(refused);
}

/// The browser afterwards, which bears another secret; none where one has to wait.
fn signs_in(open: &Open, browser: &Browser, person: &Person) -> Option<Browser> {
    let begun = try_password(browser, &person.name, PASSWORD);
    let challenge = begun.json()["challenge"].as_str()?.to_owned();
    let second = json!({ "challenge": challenge, "code": open.next_code(person) });
    let entered = browser.post("/api/v1/sign-in/second-factor", second).done();
    Some(Browser { cookie: entered.device, ..open.browser() })
}

#[test]
fn f33_an_owner_signs_in_at_once_where_they_did_before_while_strangers_guess_on() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let mut desk = known_to(&open, &awa);
    for _ in 0..5 {
        strangers_guess(&open, "awa");
        assert!(signs_in(&open, &open.browser(), &awa).is_none(), "at a device that nobody knows one waits");
        let begun = try_password(&desk, "awa", PASSWORD).done();
        let second = json!({ "challenge": begun.json()["challenge"], "code": "000000" });
        assert_eq!(desk.post("/api/v1/sign-in/second-factor", second).code(), "sign-in-wrong");
        desk = signs_in(&open, &desk, &awa).unwrap();
    }
}

#[test]
fn f33_a_stolen_device_buys_no_more_guesses_than_the_account_has() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let stolen = known_to(&open, &awa);
    let looked_at = (0..30).filter(|_| try_password(&stolen, "awa", "wrong password").status == 401).count();
    assert_eq!(looked_at, 5);
    assert_eq!(try_password(&stolen, "awa", PASSWORD).code(), "too-many-attempts");
    open.signed_in(&awa).get("/api/v1/session").done();
}

#[test]
fn f33_a_device_of_another_account_or_one_that_was_made_up_is_as_none() {
    let open = Open::new();
    let (awa, paul) = (open.person("awa", Role::Viewer), open.person("paul", Role::Viewer));
    let (awas, pauls) = (known_to(&open, &awa), known_to(&open, &paul));
    let pair = awas.cookie.clone().unwrap();
    let made_up = format!("{}={}", pair.split_once('=').unwrap().0, "0".repeat(64));
    let made_up = Browser { cookie: Some(made_up), ..open.browser() };
    strangers_guess(&open, "awa");
    assert_eq!(try_password(&pauls, "awa", PASSWORD).code(), "too-many-attempts");
    assert_eq!(try_password(&made_up, "awa", PASSWORD).code(), "too-many-attempts");
    try_password(&awas, "awa", PASSWORD).done();
    assert_eq!(awas.get("/api/v1/session").status, 401, "a device opens nothing");
}

#[test]
fn a_device_is_known_for_ninety_days_and_until_the_account_is_reset_or_its_password_changed() {
    let open = Open::new();
    let (awa, paul) = (open.person("awa", Role::Administrator), open.person("paul", Role::Viewer));
    let is_known = |browser: &Browser, name: &str| {
        strangers_guess(&open, name);
        try_password(browser, name, "wrong password").code() == "sign-in-wrong"
    };
    let (first, pauls) = (known_to(&open, &awa), known_to(&open, &paul));
    assert!(is_known(&first, "awa") && is_known(&pauls, "paul"));
    open.book().reset(&open.by_command(), "paul", code::hash("A")).unwrap();
    assert!(!is_known(&pauls, "paul"));
    open.clock.pass(Duration::from_secs(2 * 3_600));
    let browser = open.signed_in(&awa);
    let body = json!({ "present": PASSWORD, "new": "agrafe cheval correct", "code": open.next_code(&awa) });
    let changed = browser.post("/api/v1/session/password", body).done();
    let second = Browser { cookie: changed.device, ..open.browser() };
    assert!(!is_known(&first, "awa") && is_known(&second, "awa"));
    open.clock.pass(90 * DAY);
    assert!(!is_known(&second, "awa"));
}
