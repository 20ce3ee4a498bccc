//! An account from its set-up code to its first sign-in.

use std::collections::BTreeSet;
use std::time::Duration;

use comptoir_relay::console::account::Role;
use comptoir_relay::console::totp;
use serde_json::json;

use crate::open::{Open, PASSWORD};

const DAY: Duration = Duration::from_secs(24 * 3_600);

#[test]
fn an_account_is_set_up_by_its_code_once_and_signs_in() {
    let open = Open::new();
    let (browser, code) = (open.browser(), open.add("awa", Role::Administrator));
    let sloppy = code.to_lowercase().replace('-', " ");
    let shown = browser.post("/api/v1/setup", json!({ "code": sloppy })).done().json();
    assert_eq!((&shown["name"], &shown["role"]), (&json!("awa"), &json!("administrator")));
    let short = browser.post("/api/v1/setup/password", json!({ "code": code, "password": "short" }));
    assert_eq!((short.status, short.code().as_str()), (409, "password-unfit"));
    let unfit = |password: &str| browser.post("/api/v1/setup/password", json!({ "code": code, "password": password }));
    assert_eq!(unfit("Password1234").code(), "password-common");
    let guessable = unfit("awa, comptoir").json();
    assert_eq!((&guessable["code"], &guessable["params"]["value"]), (&json!("password-guessable"), &json!("comptoir")));
    let the_code = unfit(&format!("{} 1", code.to_lowercase())).json();
    assert_eq!(
        (&the_code["code"], &the_code["params"]),
        (&json!("password-guessable"), &json!({})),
        "it is not said again"
    );
    let early = browser.post("/api/v1/setup/confirmation", json!({ "code": code, "confirmation": "123456" }));
    assert_eq!(early.code(), "set-up-unknown", "no password was chosen");

    let begun = browser.post("/api/v1/setup/password", json!({ "code": code, "password": PASSWORD })).done().json();
    let address = begun["address"].as_str().unwrap();
    assert!(address.starts_with("otpauth://totp/Comptoir%20relay.example:awa?secret="), "{address}");
    let wrong = browser.post("/api/v1/setup/confirmation", json!({ "code": code, "confirmation": "12345" }));
    assert_eq!(wrong.code(), "second-factor-wrong");
    let locked_out = browser.post("/api/v1/sign-in", json!({ "name": "awa", "password": PASSWORD }));
    assert_eq!(locked_out.code(), "sign-in-wrong", "it is not set up yet");

    let awa = open.set_up("awa", &code);
    let codes: BTreeSet<String> = awa.recovery_codes.iter().map(|code| code.replace('-', "")).collect();
    assert_eq!((awa.recovery_codes.len(), codes.len()), (10, 10), "all differ");
    assert!(codes.iter().all(|code| code.len() * 5 >= 112), "{codes:?}");
    let again = browser.post("/api/v1/setup", json!({ "code": code }));
    assert_eq!((again.status, again.code().as_str()), (409, "set-up-unknown"));
    let session = open.signed_in(&awa).get("/api/v1/session").done().json();
    assert_eq!((&session["name"], &session["role"]), (&json!("awa"), &json!("administrator")));
}

#[test]
fn a_set_up_code_is_good_for_a_day_and_not_for_who_is_kept_out() {
    let open = Open::new();
    let (awa, paul) = (open.add("awa", Role::Viewer), open.add("paul", Role::Viewer));
    open.book()
        .disable(&open.by_command(), "paul", true, comptoir_relay::console::book::accounts::LastOne::MayGo)
        .unwrap();
    let look = |code: &str| open.browser().post("/api/v1/setup", json!({ "code": code })).status;
    assert_eq!((look(&awa), look(&paul)), (200, 409));
    open.clock.pass(DAY);
    assert_eq!(look(&awa), 409);
}

#[test]
fn what_is_typed_is_not_kept() {
    let open = Open::new();
    let code = open.add("awa", Role::Viewer);
    let awa = open.set_up("awa", &code);
    let shown = totp::typed(&awa.shared);
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(&open.dir).unwrap() {
        kept.extend(std::fs::read(entry.unwrap().path()).unwrap_or_default());
    }
    let holds = |text: &str| kept.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("awa"), "the files are read at all");
    for secret in [PASSWORD, &code, &awa.recovery_codes[0], &shown] {
        assert!(!holds(secret), "{secret}");
    }
}
