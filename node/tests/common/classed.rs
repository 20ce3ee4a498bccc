//! A node with a value of each class of field, and somebody of each role. Owns the fields, the values and the roles.

use serde_json::json;

use super::guest::Guest;
use super::{Daemon, TestNode};

pub const PASSWORD: &str = "a long password";

/// A field of a class: the class, the field as lists name it, what it held before, what it holds.
pub struct Classed {
    pub class: &'static str,
    pub field: &'static str,
    pub before: &'static str,
    pub value: &'static str,
}

pub const FIELDS: &[Classed] = &[
    Classed { class: "personal", field: "given_name", before: "Hm2pQzt7v5", value: "Xq7vTzk1m9" },
    Classed { class: "pay", field: "custom.wage", before: "Ys6cNfj4w8", value: "Wb4hRnc8s2" },
    Classed { class: "medical", field: "custom.state", before: "Ek1rBxg9d3", value: "Jp9dLxf3u6" },
    Classed { class: "legal", field: "custom.case", before: "Va8uKlh2q7", value: "Gt5yMwe7o1" },
];
pub const ORDINARY: &str = "Kc2aBhv6r4";

/// The role that shows fields of a class, beside ordinary ones.
pub fn role(class: &str) -> String {
    format!("sees-{class}")
}

/// The roles of the walk: the keys, and the class that each shows, if it shows one.
pub fn roles() -> Vec<(String, Option<&'static str>)> {
    let none = [("clerk".to_owned(), None)];
    none.into_iter().chain(FIELDS.iter().map(|field| (role(field.class), Some(field.class)))).collect()
}

/// A node with an own field of each class, a party that holds a value in each, and somebody of each role.
pub fn classed() -> (TestNode, Daemon) {
    let node = TestNode::founded();
    let daemon = node.start();
    let make = |arguments: &[&str]| {
        node.run(&[&["record", "create"], arguments].concat()).well();
    };
    for field in FIELDS.iter().filter(|field| field.field.starts_with("custom.")) {
        let (key, class) = (format!("key={}", &field.field["custom.".len()..]), format!("class={}", field.class));
        make(&["custom-field", "kind=party", &key, "type=text", &class, "listed=true", "filterable=true"]);
    }
    make(&["party", "reference=C-1", "kind=person", &format!("name={ORDINARY}")]);
    for value in [|field: &Classed| field.before, |field: &Classed| field.value] {
        let set: Vec<String> = FIELDS.iter().map(|field| format!("{}={}", field.field, value(field))).collect();
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        node.run(&[&["record", "set", "party", "C-1"], &set[..]].concat()).well();
    }
    let all = r#"grants+={"module":"parties","see":true,"edit":true,"post":true,"import":true,"export":true}"#;
    for (key, class) in roles() {
        let class = class.map(|class| format!("{class}=true"));
        let mut arguments = vec!["role".to_owned(), format!("key={key}"), format!("name=Role {key}"), all.to_owned()];
        arguments.extend(class);
        make(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        node.run_with(&["staff", "add", &key, "--role", &key, "--password-stdin"], PASSWORD.as_bytes()).well();
    }
    (node, daemon)
}

#[track_caller]
pub fn sign_in(guest: &Guest, login: &str) -> String {
    let entered =
        guest.ask("POST /api/v1/account/entry", "", &json!({ "login": login, "password": PASSWORD }).to_string());
    assert_eq!(entered.0, 200, "{entered:?}");
    entered.cookie()
}
