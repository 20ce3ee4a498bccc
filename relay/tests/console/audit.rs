//! The audit log: every act and every sign-in, by whom, from where.

use std::time::Duration;

use comptoir_relay::console::account::Role;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::open::Open;

fn acts(browser: &Browser, query: &str) -> Vec<String> {
    let shown = browser.get(&format!("/api/v1/audit?{query}")).done().json();
    let told = |entry: &Value| {
        let text = |name: &str| entry[name].as_str().unwrap_or("-").to_owned();
        let refused = if entry["refused"] == true { " refused" } else { "" };
        format!("{} {} {} {}{refused}", text("account"), text("address"), text("act"), text("subject"))
    };
    shown["entries"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn every_act_and_every_sign_in_right_or_wrong_is_told() {
    let open = Open::new();
    let (awa, paul) = (open.person("awa", Role::Administrator), open.person("paul", Role::Viewer));
    open.browser().post("/api/v1/sign-in", json!({ "name": "paul", "password": "wrong password" }));
    open.browser().post("/api/v1/sign-in", json!({ "name": "my password 1!", "password": "wrong password" }));
    let lesser = open.signed_in(&paul);
    assert_eq!(lesser.get("/api/v1/accounts").status, 403);
    lesser.change("DELETE", "/api/v1/session", None).done();
    let browser = open.signed_in(&awa);
    browser.post("/api/v1/accounts/paul/reset", json!({})).done();
    assert_eq!(
        acts(&browser, "limit=20"),
        [
            "awa 127.0.0.1 account-reset paul",
            "awa 127.0.0.1 sign-in -",
            "paul 127.0.0.1 sign-out -",
            "paul 127.0.0.1 denied GET /api/v1/accounts refused",
            "paul 127.0.0.1 sign-in -",
            "- 127.0.0.1 sign-in - refused",
            "paul 127.0.0.1 sign-in - refused",
            "paul 127.0.0.1 set-up -",
            "- - account-add paul viewer",
            "awa 127.0.0.1 set-up -",
            "- - account-add awa administrator",
        ]
    );
    assert!(!browser.get("/api/v1/audit").body.contains("my password"), "what is typed as a name may be a password");
}

#[test]
fn the_audit_log_is_filtered_and_read_by_pages() {
    let open = Open::new();
    let awa = open.person("awa", Role::Administrator);
    open.clock.pass(Duration::from_secs(3_600));
    let since = open.clock.ms();
    let browser = open.signed_in(&awa);
    assert_eq!(acts(&browser, "act=account-add").len(), 1);
    assert_eq!(acts(&browser, "account=awa").len(), 2);
    assert_eq!(acts(&browser, "account=nobody").len(), 0);
    // 2027-01-15T08:00:00Z and an hour.
    assert_eq!(since, 1_800_003_600_000);
    assert_eq!(acts(&browser, "since=2027-01-15T09:00:00Z"), ["awa 127.0.0.1 sign-in -"]);
    assert_eq!(acts(&browser, "until=2027-01-15T09:00:00Z").len(), 2);
    let page = browser.get("/api/v1/audit?limit=2").done().json();
    assert_eq!(page["entries"].as_array().unwrap().len(), 2);
    let rest = browser.get(&format!("/api/v1/audit?limit=2&before={}", page["next"])).done().json();
    assert_eq!((rest["entries"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
    for wrong in ["since=yesterday", "act=frobnicate", "limit=x", "other=1"] {
        assert_eq!(browser.get(&format!("/api/v1/audit?{wrong}")).code(), "bad-request", "{wrong}");
    }
}

#[test]
fn the_audit_log_is_exported_whole_and_that_is_told() {
    let open = Open::new();
    let browser = open.signed_in(&open.person("awa", Role::Administrator));
    let file = browser.get("/api/v1/audit/export?account=awa").done();
    assert!(
        file.head.contains("content-type: text/csv") && file.head.contains("attachment; filename="),
        "{}",
        file.head
    );
    let lines: Vec<&str> = file.body.lines().collect();
    assert_eq!(lines[0], "\"number\",\"time\",\"account\",\"address\",\"act\",\"subject\",\"refused\"");
    assert!(lines[1].ends_with(",\"awa\",\"127.0.0.1\",\"audit-export\",\"\",\"no\""), "{}", lines[1]);
    assert!(lines[1].contains("\"2027-01-15T08:00:30Z\""), "{}", lines[1]);
    assert_eq!(lines.len(), 4, "header, export, sign-in, set-up");
}
