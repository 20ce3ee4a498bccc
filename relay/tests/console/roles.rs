//! What each role may: every route of the description, without a session and with each role that is too small.

use comptoir_relay::console::account::Role;
use comptoir_relay::console::openapi;
use serde_json::{Value, json};

use crate::open::{Open, PASSWORD};

/// The code of a site that there is not.
const NO_SITE: &str = "NONE";
/// What has no end to wait for.
const EVENTS: &str = "/api/v1/events";

/// Method, path with a name put in, and the role that it needs.
fn routes() -> Vec<(String, String, Option<Role>)> {
    let description: Value = serde_json::from_str(&openapi::text()).unwrap();
    let mut routes = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let role = operation["x-role"].as_str().map(|role| Role::of(role).unwrap());
            let path = path.replace("{name}", "viewer").replace("{code}", NO_SITE).replace("{id}", "1");
            routes.push((method.to_uppercase(), path, role));
        }
    }
    assert!(routes.len() > 15);
    routes
}

#[test]
fn every_route_is_refused_without_a_session_and_to_a_lower_role() {
    let open = Open::new();
    let people = Role::ALL.map(|role| (role, open.person(role.text(), role)));
    let browsers = people.map(|(role, person)| (role, open.signed_in(&person)));
    let body = |method: &str| (method != "GET").then(|| json!({}));
    for (method, path, needed) in routes() {
        let reply = open.browser().change(&method, &path, body(&method));
        let Some(needed) = needed else {
            assert_eq!(reply.code(), "bad-request", "{method} {path}: let through, and not understood");
            continue;
        };
        assert_eq!((reply.status, reply.code().as_str()), (401, "unauthorised"), "{method} {path}");
        for (role, browser) in &browsers {
            if method == "GET" && *role >= needed && path.contains(NO_SITE) {
                assert_eq!(browser.get(&path).code(), "not-found", "{path}");
            } else if method == "GET" && *role >= needed && path == EVENTS {
                assert!(browser.listen(&path).is_ok());
            } else if method == "GET" && *role >= needed {
                browser.get(&path).done();
            } else if *role < needed {
                let reply = browser.change(&method, &path, body(&method));
                assert_eq!((reply.status, reply.code().as_str()), (403, "not-granted"), "{method} {path} {role:?}");
            }
        }
    }
    let stranger = open.browser();
    assert_eq!(stranger.change("DELETE", "/api/v1/accounts", None).status, 405);
    assert_eq!(stranger.get("/api/v1/nothing").status, 404);
}

#[test]
fn a_field_that_is_not_awaited_is_refused() {
    let open = Open::new();
    let browser = open.signed_in(&open.person("awa", Role::Administrator));
    let description: Value = serde_json::from_str(&openapi::text()).unwrap();
    let schema = |body: &Value| {
        let named = body["content"]["application/json"]["schema"]["$ref"].as_str().unwrap().to_owned();
        description["components"]["schemas"][named.rsplit('/').next().unwrap()].clone()
    };
    let mut bodies = 0;
    for methods in description["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values().filter(|one| one["requestBody"].is_object()) {
            assert_eq!(schema(&operation["requestBody"])["additionalProperties"], false, "{operation}");
            bodies += 1;
        }
    }
    assert!(bodies > 8);
    for (method, path, body) in [
        ("POST", "/api/v1/accounts", json!({ "name": "paul", "role": "viewer", "disabled": false })),
        ("PUT", "/api/v1/accounts/awa/role", json!({ "role": "administrator", "name": "paul" })),
        ("POST", "/api/v1/sign-in", json!({ "name": "awa", "password": PASSWORD, "role": "administrator" })),
    ] {
        assert_eq!(browser.change(method, path, Some(body)).code(), "bad-request", "{path}");
    }
    assert_eq!(browser.get("/api/v1/accounts").done().json()["accounts"].as_array().unwrap().len(), 1);
}

#[test]
fn no_answer_tells_a_secret_of_an_account() {
    let open = Open::new();
    let (awa, paul) = (open.person("awa", Role::Administrator), open.add("paul", Role::Viewer));
    let browser = open.signed_in(&awa);
    let kept = open.book().credentials("awa").unwrap().unwrap().password;
    let kept: Value = serde_json::to_value(&kept).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let cookie = browser.cookie.clone().unwrap().split_once('=').unwrap().1.to_owned();
    let mut secrets = vec![PASSWORD.to_owned(), text(&kept["hash"]), text(&kept["salt"]), paul, cookie];
    secrets.extend(awa.recovery_codes.clone());
    secrets.push(comptoir_relay::console::totp::typed(&awa.shared).to_string());
    // The stream of events has no end to wait for: whoever reads it sees that it names topics alone.
    let reads = routes().into_iter().filter(|(method, path, _)| method == "GET" && path != EVENTS);
    for (_, path, _) in reads.chain([("GET".to_owned(), "/api/v1/audit?limit=1000".to_owned(), None)]) {
        let answer = browser.get(&path).body;
        let told = secrets.iter().filter(|secret| answer.contains(secret.as_str())).count();
        assert_eq!(told, 0, "{path}");
    }
}

#[test]
fn an_administrator_keeps_accounts_and_is_not_the_last_to_go() {
    let open = Open::new();
    let browser = open.signed_in(&open.person("awa", Role::Administrator));
    let given = browser.post("/api/v1/accounts", json!({ "name": "Paul", "role": "operator" })).done().json();
    assert_eq!(given["name"], "paul");
    let paul = open.set_up("paul", given["setup_code"].as_str().unwrap());
    assert_eq!(open.signed_in(&paul).get("/api/v1/session").done().json()["role"], "operator");
    let twice = browser.post("/api/v1/accounts", json!({ "name": "paul", "role": "viewer" }));
    assert_eq!(twice.code(), "account-taken");
    for name in ["", "a b", "=awa", "a\u{202e}b"] {
        let unfit = browser.post("/api/v1/accounts", json!({ "name": name, "role": "viewer" }));
        assert_eq!(unfit.code(), "name-unfit", "{name:?}");
    }
    let last = "last-administrator";
    assert_eq!(browser.post("/api/v1/accounts/awa/disable", json!({})).code(), last);
    assert_eq!(browser.change("PUT", "/api/v1/accounts/awa/role", Some(json!({ "role": "viewer" }))).code(), last);
    let raised = browser.change("PUT", "/api/v1/accounts/paul/role", Some(json!({ "role": "administrator" }))).done();
    assert_eq!(raised.json()["role"], "administrator");
    browser.post("/api/v1/accounts/awa/disable", json!({})).done();
    assert_eq!(browser.get("/api/v1/session").status, 401);
    assert_eq!(browser.post("/api/v1/accounts/nobody/reset", json!({})).status, 401);
}
