//! The access log through the real binary: what of a class other than ordinary was shown, to whom, where and of what; and that nothing
//! else is kept, and no value.
#![allow(clippy::unwrap_used)]

mod common;

use common::classed::{FIELDS, classed, sign_in};
use common::guest::Guest;
use serde_json::{Value, json};

#[test]
fn what_was_shown_of_a_class_is_kept_and_no_value_is() {
    let (node, daemon) = classed();
    node.run(&["record", "create", "party", "name=Nothing to see", "reference=C-2"]).well();
    let here = Guest::here(&daemon.address);
    let (clerk, payer) = (sign_in(&here, "clerk"), sign_in(&here, "sees-pay"));
    let kept = || node.run(&["access", "list"]).well().json()["accesses"].as_array().unwrap().clone();
    let before = kept().len();
    for line in [
        "records/party/C-1",
        "records/party",
        "records/party/C-1/history",
        "records/party/export",
        "search?q=Wb4hRnc8s2",
    ] {
        assert_eq!(here.ask(&format!("GET /api/v1/{line}"), &clerk, "").0, 200);
    }
    here.ask("GET /api/v1/records/party/C-2", &payer, "");
    here.ask("GET /api/v1/records/party?columns=name", &payer, "");
    assert_eq!(kept().len(), before, "what is ordinary is not kept");
    for line in
        ["records/party/C-1", "records/party?columns=custom.wage", "records/party/export", "records/party/C-1/history"]
    {
        assert_eq!(here.ask(&format!("GET /api/v1/{line}"), &payer, "").0, 200);
    }
    let found = kept();
    assert_eq!(found.len(), before + 4);
    let of = |name: &str| found.iter().take(4).rev().map(|access| access[name].clone()).collect::<Vec<_>>();
    let routes = ["{kind}/{id}", "{kind}", "{kind}/export", "{kind}/{id}/history"];
    assert_eq!(of("surface"), routes.map(|route| format!("GET /api/v1/records/{route}")));
    assert_eq!(of("record"), [json!("C-1"), Value::Null, Value::Null, json!("C-1")]);
    assert_eq!((of("kind"), of("author")), (vec![json!("party"); 4], vec![json!("PAR/sees-pay"); 4]));
    assert_eq!((of("classes"), of("records")[0].clone()), (vec![json!(["pay"]); 4], json!(1)));
    let bytes = std::fs::read(node.data().join("access.sqlite")).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!FIELDS.iter().any(|field| text.contains(field.value) || text.contains(field.before)));
    // The operator is named too, and who does not see staff does not see the log.
    node.run(&["record", "show", "party", "C-1"]).well();
    assert_eq!(kept()[0]["author"], "PAR/operator");
    assert_eq!(here.ask("GET /api/v1/access-log", &payer, "").refusal(), (403, "not-granted".into()));
    assert!(node.say(&["access", "list", "--limit", "1"]).well().out.contains("PAR/operator"));
}
