//! One's own password, changed by who is signed in.

use std::time::Duration;

use comptoir_relay::console::account::Role;
use serde_json::{Value, json};

use crate::browser::{Browser, Reply};
use crate::open::{Open, PASSWORD, Person};

const NEW: &str = "agrafe cheval correct";

fn change(open: &Open, browser: &Browser, person: &Person, present: &str, new: &str) -> Reply {
    let body = json!({ "present": present, "new": new, "code": open.next_code(person) });
    browser.post("/api/v1/session/password", body)
}

fn status(browser: &Browser) -> u16 {
    browser.get("/api/v1/session").status
}

#[test]
fn one_changes_ones_own_password_and_everybody_else_is_signed_out_of_the_account() {
    let open = Open::new();
    let (awa, paul) = (open.person("awa", Role::Viewer), open.person("paul", Role::Administrator));
    let (own, other, pauls) = (open.signed_in(&awa), open.signed_in(&awa), open.signed_in(&paul));
    let begun = open.challenge(&awa);
    let changed = change(&open, &own, &awa, PASSWORD, NEW).done();
    assert_eq!(changed.json()["name"], "awa");
    let cookie = changed.set_cookie.unwrap().split(';').next().unwrap().to_owned();
    assert_ne!(Some(&cookie), own.cookie.as_ref());
    let own_from_now_on = Browser { cookie: Some(cookie), ..open.browser() };
    assert_eq!((status(&own_from_now_on), status(&own), status(&other), status(&pauls)), (200, 401, 401, 200));
    let second = json!({ "challenge": begun, "code": open.next_code(&awa) });
    let late = open.browser().post("/api/v1/sign-in/second-factor", second);
    assert_eq!(late.code(), "sign-in-wrong", "a sign-in that was begun by the old one is over");
    let enter = |password: &str| open.browser().post("/api/v1/sign-in", json!({ "name": "awa", "password": password }));
    assert_eq!((enter(PASSWORD).code().as_str(), enter(NEW).status), ("sign-in-wrong", 200));
    let told = pauls.get("/api/v1/audit?act=password-change").done().json();
    assert_eq!((&told["entries"][0]["account"], &told["entries"][0]["refused"]), (&json!("awa"), &json!(false)));
    assert!(![PASSWORD, NEW].iter().any(|secret| changed.body.contains(secret)));
}

#[test]
fn a_password_is_changed_by_who_has_the_present_one_and_the_second_factor() {
    let open = Open::new();
    let (awa, paul) = (open.person("awa", Role::Administrator), open.person("paul", Role::Viewer));
    let browser = open.signed_in(&awa);
    assert_eq!(change(&open, &browser, &awa, "wrong password", NEW).code(), "sign-in-wrong");
    assert_eq!(change(&open, &browser, &paul, PASSWORD, NEW).code(), "sign-in-wrong", "somebody else's code");
    for (unfit, code) in
        [("short", "password-unfit"), ("1234567890", "password-common"), ("Awa-comptoir-9", "password-guessable")]
    {
        assert_eq!(change(&open, &browser, &awa, PASSWORD, unfit).code(), code, "{unfit}");
    }
    let code = open.next_code(&awa);
    let body = |new: &str| json!({ "present": PASSWORD, "new": new, "code": code });
    browser.post("/api/v1/session/password", body(NEW)).done();
    let own = open.signed_in_by(&awa, NEW);
    let again = json!({ "present": NEW, "new": PASSWORD, "code": code });
    assert_eq!(own.post("/api/v1/session/password", again).code(), "sign-in-wrong", "a code is taken once");
    let told = own.get("/api/v1/audit?act=password-change").done().json();
    let refused = told["entries"].as_array().unwrap().iter().filter(|entry| entry["refused"] == true).count();
    assert_eq!((refused, &told["entries"][0]["account"]), (3, &Value::from("awa")));
}

#[test]
fn f33_a_session_buys_no_guesses_at_the_password_or_the_second_factor() {
    let open = Open::new();
    let (awa, paul) = (open.person("awa", Role::Viewer), open.person("paul", Role::Viewer));
    let (awas, pauls) = (open.signed_in(&awa), open.signed_in(&paul));
    let guess = |browser: &Browser, present: &str| {
        let body = json!({ "present": present, "new": NEW, "code": "000000" });
        browser.post("/api/v1/session/password", body).status
    };
    let at_password = (0..20).filter(|_| guess(&awas, "wrong password") == 401).count();
    let at_factor = (0..20).filter(|_| guess(&pauls, PASSWORD) == 401).count();
    assert!(at_password <= 6 && at_factor <= 6, "{at_password} {at_factor}");
    let elsewhere = open.browser().post("/api/v1/sign-in", json!({ "name": "awa", "password": PASSWORD }));
    assert_eq!(elsewhere.code(), "too-many-attempts", "it is the count of the account's sign-in");
    open.clock.pass(Duration::from_secs(15 * 60));
    open.signed_in(&awa).get("/api/v1/session").done();
}
