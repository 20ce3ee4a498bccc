//! Signing in, and what guessing costs.

use std::time::Duration;

use comptoir_relay::console::account::Role;
use comptoir_relay::console::totp;
use serde_json::{Value, json};

use crate::browser::{Browser, Reply};
use crate::open::{Open, PASSWORD, Person};

fn try_password(open: &Open, name: &str, password: &str) -> Reply {
    open.browser().post("/api/v1/sign-in", json!({ "name": name, "password": password }))
}

fn try_code(open: &Open, challenge: &str, code: &str) -> Reply {
    open.browser().post("/api/v1/sign-in/second-factor", json!({ "challenge": challenge, "code": code }))
}

fn try_recovery(open: &Open, person: &Person, code: &str) -> Reply {
    let second = json!({ "challenge": open.challenge(person), "recovery_code": code });
    open.browser().post("/api/v1/sign-in/second-factor", second)
}

#[test]
fn f33_who_guesses_at_the_console_hears_nothing_of_which_names_there_are() {
    let open = Open::new();
    open.person("awa", Role::Viewer);
    let (known, unknown) =
        (try_password(&open, "awa", "wrong password"), try_password(&open, "nobody", "wrong password"));
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
    assert_eq!(known.code(), "sign-in-wrong");
    // Both wait alike: an unknown name is slowed down like a known one.
    let waits = |name: &str| -> Value {
        let mut replies = (0..10).map(|_| try_password(&open, name, "wrong password"));
        replies.find(|reply| reply.status == 429).map(|reply| reply.json()).unwrap()
    };
    assert_eq!(waits("awa"), waits("nobody"));
}

#[test]
fn the_first_half_of_a_sign_in_opens_no_session() {
    let open = Open::new();
    open.person("awa", Role::Administrator);
    let begun = try_password(&open, "awa", PASSWORD).done();
    assert_eq!(begun.set_cookie, None);
    let challenge = begun.json()["challenge"].as_str().unwrap().to_owned();
    let bears = format!("__Host-comptoir-console={challenge}");
    assert_eq!(Browser { cookie: Some(bears), ..open.browser() }.get("/api/v1/session").code(), "unauthorised");
}

#[test]
fn the_secret_of_a_session_has_256_bits_and_is_new_each_time() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let secret = |browser: &Browser| browser.cookie.as_ref().unwrap().split_once('=').unwrap().1.to_owned();
    let (one, other) = (open.signed_in(&awa), open.signed_in(&awa));
    for secret in [secret(&one), secret(&other)] {
        assert!(secret.len() == 64 && secret.chars().all(|c| c.is_ascii_hexdigit()), "{secret}");
    }
    assert_ne!(secret(&one), secret(&other));
    let code = open.next_code(&awa);
    let again = json!({ "challenge": open.challenge(&awa), "code": code });
    let again = one.post("/api/v1/sign-in/second-factor", again).done();
    let again =
        Browser { cookie: Some(again.set_cookie.unwrap().split(';').next().unwrap().to_owned()), ..open.browser() };
    let status = |browser: &Browser| browser.get("/api/v1/session").status;
    assert_eq!(
        (status(&again), status(&one), status(&other)),
        (200, 401, 200),
        "the one that this browser had is over"
    );
}

#[test]
fn a_password_is_taken_whole_and_as_it_is_typed() {
    let open = Open::new();
    let code = open.add("awa", Role::Viewer);
    let password = format!(" Trois Chevaux {} ", "é".repeat(500));
    assert_eq!(password.len(), 1_016);
    open.set_up_by("awa", &code, &password);
    let is_it = |typed: &str| {
        open.clock.pass(Duration::from_secs(60));
        try_password(&open, "awa", typed).status == 200
    };
    assert!(is_it(&password));
    let beginning: String = password.chars().take(43).collect();
    for other in [&*password.to_lowercase(), password.trim_start(), password.trim_end(), &beginning] {
        assert!(!is_it(other), "{} bytes", other.len());
    }
    assert!(is_it(&password));
}

#[test]
fn f33_nobody_is_kept_out_of_the_console_for_good() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let guesses = (0..40).map(|_| try_password(&open, "awa", "wrong password").status);
    assert!(guesses.filter(|status| *status == 429).count() >= 20);
    assert_eq!(try_password(&open, "awa", PASSWORD).status, 429, "the right one waits too");
    open.clock.pass(Duration::from_secs(15 * 60));
    open.signed_in(&awa).get("/api/v1/session").done();
}

#[test]
fn f33_a_code_of_the_second_factor_is_taken_once() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let confirmed = totp::code_at(&awa.shared, open.clock.ms()).unwrap();
    let replayed = try_code(&open, &open.challenge(&awa), &confirmed);
    assert_eq!(replayed.code(), "sign-in-wrong", "it confirmed the set-up already");
    let (before, code) = (open.next_code(&awa), open.next_code(&awa));
    let challenge = open.challenge(&awa);
    try_code(&open, &challenge, &code).done();
    assert_eq!(try_code(&open, &challenge, &code).code(), "challenge-unknown", "a challenge is good once");
    assert_eq!(try_code(&open, &open.challenge(&awa), &code).code(), "sign-in-wrong");
    assert_eq!(try_code(&open, &open.challenge(&awa), &before).code(), "sign-in-wrong", "an earlier step is over");
    open.signed_in(&awa).get("/api/v1/session").done();
}

#[test]
fn who_signs_in_hears_once_of_what_was_refused_since_they_last_did() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let enter = || {
        let code = open.next_code(&awa);
        try_code(&open, &open.challenge(&awa), &code).done()
    };
    assert_eq!(enter().json()["before"], json!({ "last_sign_in": null, "refused_since": 0 }));
    let first = open.clock.ms();
    try_password(&open, "awa", "wrong password");
    try_password(&open, "paul", "wrong password");
    try_code(&open, &open.challenge(&awa), "000000");
    open.clock.pass(Duration::from_secs(3_600));
    assert_eq!(first, 1_800_000_030_000);
    let entered = enter();
    let heard = json!({ "last_sign_in": "2027-01-15T08:00:30Z", "refused_since": 2 });
    assert_eq!(entered.json()["before"], heard);
    let cookie = entered.set_cookie.unwrap().split(';').next().unwrap().to_owned();
    let browser = Browser { cookie: Some(cookie), ..open.browser() };
    assert_eq!(browser.get("/api/v1/session").done().json()["before"], Value::Null);
    assert_eq!(enter().json()["before"]["refused_since"], 0);
}

#[test]
fn f33_a_recovery_code_signs_in_once() {
    let open = Open::new();
    let (awa, paul) = (open.person("awa", Role::Viewer), open.person("paul", Role::Viewer));
    let code = awa.recovery_codes[3].to_lowercase();
    assert_eq!(try_recovery(&open, &paul, &code).code(), "sign-in-wrong", "it is somebody else's");
    try_recovery(&open, &awa, &code).done();
    assert_eq!(try_recovery(&open, &awa, &code).code(), "sign-in-wrong");
    try_recovery(&open, &awa, &awa.recovery_codes[4]).done();
    let accounts = open.book().accounts(open.clock.ms()).unwrap();
    assert_eq!(accounts.iter().map(|account| account.recovery_codes).collect::<Vec<_>>(), [8, 10]);
}

#[test]
fn f33_a_password_that_is_known_buys_few_guesses_at_the_code() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let mut looked_at = 0;
    for _ in 0..10 {
        let challenge = match try_password(&open, "awa", PASSWORD) {
            reply if reply.status == 200 => reply.json()["challenge"].as_str().unwrap().to_owned(),
            reply => panic!("{}", reply.body),
        };
        let guesses = (0..10).map(|_| try_code(&open, &challenge, "000000").code());
        looked_at += guesses.filter(|code| code == "sign-in-wrong").count();
    }
    assert!(looked_at <= 6, "{looked_at}");
    open.clock.pass(Duration::from_secs(15 * 60));
    open.signed_in(&awa).get("/api/v1/session").done();
}

#[test]
fn a_sign_in_is_bounded_in_time_and_takes_one_kind_of_code() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let challenge = open.challenge(&awa);
    let both = json!({ "challenge": challenge, "code": "123456", "recovery_code": "A" });
    assert_eq!(open.browser().post("/api/v1/sign-in/second-factor", both).code(), "bad-request");
    open.clock.pass(Duration::from_secs(5 * 60));
    let code = totp::code_at(&awa.shared, open.clock.ms()).unwrap();
    assert_eq!(try_code(&open, &challenge, &code).code(), "challenge-unknown");
    let large = json!({ "name": "awa", "password": "x".repeat(20_000) });
    assert_eq!(open.browser().post("/api/v1/sign-in", large).code(), "body-too-large");
}
