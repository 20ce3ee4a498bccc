//! Roles through the real binary: for each class of field, each role and each surface, on both doors, a value that the role does not
//! show occurs nowhere in what is sent, and one that it shows does; what no role grants is refused; a role that changes counts for the
//! next request. Owns the walk over the surfaces.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::Cursor;

use common::classed::{Classed, FIELDS, ORDINARY, PASSWORD, classed, roles, sign_in};
use common::guest::{END, Guest, hears};
use common::{Daemon, TestNode};
use comptoir_backoffice::table::TableReader;
use serde_json::{Value, json};

/// The same node by its two doors.
fn doors(node: &TestNode, daemon: &Daemon) -> Vec<Guest> {
    node.run(&["lan", "open", "127.0.0.1:0"]).well();
    let invited = node.run(&["lan", "invite"]).well().json();
    vec![Guest::here(&daemon.address), Guest::invited(invited["window"].as_str().unwrap()).0]
}

/// One person at one door, and all that was sent to them.
struct Walk<'a> {
    guest: &'a Guest,
    bears: String,
    role: String,
    shows: Option<&'static str>,
    walked: usize,
}

impl Walk<'_> {
    /// Holds bytes against what the role does not show; whether what it shows is there.
    #[track_caller]
    fn look(&mut self, surface: &str, text: &str) -> bool {
        self.walked += 1;
        for field in FIELDS.iter().filter(|field| Some(field.class) != self.shows) {
            for value in [field.before, field.value] {
                assert!(!text.contains(value), "{surface} shows {} what is {}: {text}", self.role, field.class);
            }
        }
        FIELDS.iter().any(|field| Some(field.class) == self.shows && text.contains(field.value))
    }

    /// Asks, and holds what is answered to it; whether what the role shows is there.
    #[track_caller]
    fn ask(&mut self, line: &str, body: &str) -> (u16, bool, String) {
        let answered = self.guest.ask(line, &self.bears, body);
        let shown = self.look(line, &format!("{}{}", answered.1, answered.2));
        (answered.0, shown, answered.2)
    }

    /// Asks for what shows the value to whoever may see it.
    #[track_caller]
    fn shows(&mut self, line: &str, body: &str) {
        let (status, shown, answer) = self.ask(line, body);
        assert_eq!((status, shown), (200, self.shows.is_some()), "{line} as {}: {answer}", self.role);
    }

    /// Asks for what does so without the words of the field being said; that the party is among it tells.
    #[track_caller]
    fn finds(&mut self, line: &str, field: &Classed, id: &str) {
        let (status, _, answer) = self.ask(line, "");
        let finds = self.shows == Some(field.class);
        assert_eq!((status, answer.contains(id)), (200, finds), "{line} as {}: {answer}", self.role);
    }
}

#[test]
fn what_a_role_does_not_show_occurs_on_no_surface_and_what_it_shows_does() {
    let (node, daemon) = classed();
    let party = node.run(&["record", "show", "party", "C-1"]).well().json();
    let id = party["id"].as_str().unwrap().to_owned();
    let history = node.run(&["record", "history", "party", "C-1"]).well().json();
    let first = history["items"][1]["change"].as_str().unwrap().to_owned();
    let description = Guest::here(&daemon.address).ask("GET /api/v1/openapi.json", &token(&node), "").json();
    for guest in &doors(&node, &daemon) {
        for (role, shows) in roles() {
            let bears = sign_in(guest, &role);
            let mut walk = Walk { guest, bears, role, shows, walked: 0 };
            walk_records(&mut walk, &id);
            walk_files(&mut walk);
            walk_writes(&mut walk, &first);
            // Whatever else is read, shows nothing of it either.
            for path in reads(&description, &id) {
                walk.ask(&format!("GET {path}"), "");
            }
            assert!(walk.walked > 70, "{}", walk.walked);
        }
    }
}

fn token(node: &TestNode) -> String {
    let file: Value = serde_json::from_slice(&std::fs::read(node.data().join("api.json")).unwrap()).unwrap();
    format!("Authorization: Bearer {}\r\n", file["token"].as_str().unwrap())
}

/// The paths of the description that are read, with what their parameters are.
fn reads(description: &Value, id: &str) -> Vec<String> {
    let paths = description["paths"].as_object().unwrap().iter();
    let read = paths
        .filter(|(_, methods)| methods.get("get").is_some() && !methods["get"].to_string().contains("event-stream"));
    read.map(|(path, _)| path.replace("{kind}", "party").replace("{id}", id).replace("{item}", id)).collect()
}

fn walk_records(walk: &mut Walk<'_>, id: &str) {
    for line in [
        "GET /api/v1/records/party/C-1",
        "GET /api/v1/records/party/C-1?itself=true",
        "GET /api/v1/records/party/C-1?at=2100-01-01",
        "GET /api/v1/records/party/C-1/history",
    ] {
        walk.shows(line, "");
    }
    for field in FIELDS {
        let (name, value) = (field.field, field.value);
        let (status, shown, answer) = walk.ask(&format!("GET /api/v1/records/party?columns=reference,{name}"), "");
        let shows = walk.shows == Some(field.class);
        assert_eq!((status, shown), (if shows { 200 } else { 422 }, shows), "{name} as {}: {answer}", walk.role);
        assert!(shows || answer.contains("unknown-field"), "{answer}");
        for query in [format!("sort={name}"), format!("totals={name}"), format!("{name}[starts]=a")] {
            let (status, ..) = walk.ask(&format!("GET /api/v1/records/party?{query}"), "");
            assert!(shows || status == 422, "{query} as {}: {status}", walk.role);
        }
        for line in [format!("GET /api/v1/search?q={value}"), format!("GET /api/v1/records/party?search={value}")] {
            walk.finds(&line, field, id);
        }
        let key = name.rsplit('.').next().unwrap();
        let (_, _, schema) = walk.ask("GET /api/v1/kinds/party/schema", "");
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let at = if name.starts_with("custom.") { "/properties/custom/properties" } else { "/properties" };
        let known = schema.pointer(at).and_then(|properties| properties.get(key)).is_some();
        assert_eq!(known, shows, "the schema has {name} for {}", walk.role);
    }
    // Own fields show in lists of themselves.
    let own = walk.shows.is_some_and(|class| class != "personal");
    let (status, shown, answer) = walk.ask("GET /api/v1/records/party", "");
    assert_eq!((status, shown), (200, own), "{answer}");
    for line in
        ["GET /api/v1/inbox", "GET /api/v1/merges", "GET /api/v1/log", "GET /api/v1/batches", "GET /api/v1/status"]
    {
        assert_eq!(walk.ask(line, "").0, 200, "{line}");
    }
    assert_eq!(walk.ask("GET /api/v1/records/party/C-1/automerge", "").0, 403, "a document holds all");
}

fn walk_files(walk: &mut Walk<'_>) {
    for form in ["csv", "json"] {
        walk.shows(&format!("GET /api/v1/records/party/export?format={form}"), "");
    }
    walk.shows("GET /api/v1/records/party/export?format=csv&all_lines=true&search=Kc2aBhv6r4", "");
    let (status, shown, card) = walk.ask("GET /api/v1/records/party/export?format=vcard", "");
    assert_eq!((status, shown), (200, walk.shows == Some("personal")), "{card}");
    let workbook = walk.guest.ask_bytes("GET /api/v1/records/party/export?format=xlsx", &walk.bears);
    let rows = TableReader::open(Cursor::new(workbook)).unwrap();
    let header = rows.header().join(",");
    let cells: Vec<String> = rows.map(|row| row.unwrap().cells.unwrap().join(",")).collect();
    let text = format!("{header}\n{}", cells.join("\n"));
    assert!(text.contains(ORDINARY), "{text}");
    assert_eq!(walk.look("xlsx", &text), walk.shows.is_some(), "{text}");
    for field in FIELDS {
        let shows = walk.shows == Some(field.class);
        let (name, file) = (field.field, format!("reference;name;{}\nC-1;{ORDINARY};other\n", field.field));
        assert_eq!(text.contains(name), shows, "a column {name} for {}: {text}", walk.role);
        let (status, _, answer) = walk.ask("POST /api/v1/records/party/import?dry_run=true", &file);
        assert_eq!(status, if shows { 200 } else { 422 }, "{name} as {}: {answer}", walk.role);
        assert!(shows || answer.contains("unknown-column"), "{answer}");
        let columns = format!("GET /api/v1/records/party/export?columns=reference,{name}");
        assert_eq!(walk.ask(&columns, "").0 == 200, shows, "{columns} as {}", walk.role);
    }
}

fn walk_writes(walk: &mut Walk<'_>, first: &str) {
    // What is written is answered with the record as it is then.
    for phone in ["+33123456789", ""] {
        let body = json!({ "set": { "phone": phone } }).to_string();
        walk.shows("PATCH /api/v1/records/party/C-1", &body);
    }
    for archived in [true, false] {
        walk.shows("POST /api/v1/records/party/C-1/archive", &json!({ "archived": archived }).to_string());
    }
    let shows = walk.shows;
    for field in FIELDS.iter().filter(|field| shows != Some(field.class)) {
        let body = format!(r#"{{"set":{{"name":"Other","{}":"other"}}}}"#, field.field);
        for line in ["PATCH /api/v1/records/party/C-1", "POST /api/v1/records/party"] {
            let (status, _, answer) = walk.ask(line, &body);
            assert!(status == 422 && answer.contains("unknown-field"), "{line} {body} as {}: {answer}", walk.role);
        }
    }
    // Taking back what nobody of the role could put.
    let (status, _, answer) =
        walk.ask("POST /api/v1/records/party/C-1/revert", &json!({ "change": first }).to_string());
    assert!(status == 200 || answer.contains("unknown-field"), "{answer}");
    let made = walk.ask("POST /api/v1/records/party", r#"{"set":{"name":"Made without it","kind":"person"}}"#);
    assert_eq!(made.0, 200, "what is not seen is not missed: {made:?}");
}

#[test]
fn what_no_role_grants_is_refused_and_an_account_without_a_role_sees_itself_alone() {
    let node = TestNode::founded();
    let daemon = node.start();
    node.run(&["record", "create", "party", "reference=C-1", "name=Dupont"]).well();
    let grants = r#"grants+={"module":"parties","see":true}"#;
    node.run(&["record", "create", "role", "key=looker", "name=Looker", grants]).well();
    for (login, role) in
        [("nobody", None), ("looker", Some("looker")), ("reader", Some("reader")), ("all", Some("everything"))]
    {
        let mut add = vec!["staff", "add", login, "--password-stdin"];
        add.extend(role.into_iter().flat_map(|role| ["--role", role]));
        node.run_with(&add, PASSWORD.as_bytes()).well();
    }
    let here = Guest::here(&daemon.address);
    let status = |bears: &str, line: &str, body: &str| {
        let answered = here.ask(line, bears, body);
        let refused = if answered.0 >= 400 { answered.refusal().1 } else { String::new() };
        (answered.0, refused)
    };
    let (ok, refused) = ((200, String::new()), (403, "not-granted".to_owned()));

    let nobody = sign_in(&here, "nobody");
    let account = here.ask("GET /api/v1/account", &nobody, "").json();
    assert_eq!((&account["granted"], &account["everything"]), (&json!({}), &json!(false)));
    assert_eq!(here.ask("GET /api/v1/kinds", &nobody, "").json(), json!({ "kinds": [] }));
    for line in
        ["search?q=Dupont", "records/party", "records/account", "staff", "inbox", "log", "doctor", "stock/postings"]
    {
        assert_eq!(status(&nobody, &format!("GET /api/v1/{line}"), ""), refused, "{line}");
    }
    assert_eq!(status(&nobody, "GET /api/v1/status", ""), ok);

    let looker = sign_in(&here, "looker");
    let account = here.ask("GET /api/v1/account", &looker, "").json();
    assert_eq!(account["granted"], json!({ "parties": { "verbs": ["see"], "classes": [] } }));
    assert_eq!((&account["roles"], &account["keeps_accounts"]), (&json!(["looker"]), &json!(false)));
    let body = r#"{"set":{"name":"X"}}"#;
    for (line, body, expected) in [
        ("GET /api/v1/records/party/C-1", "", &ok),
        ("GET /api/v1/search?q=Dupont", "", &ok),
        ("PATCH /api/v1/records/party/C-1", body, &refused),
        ("POST /api/v1/records/party", body, &refused),
        ("POST /api/v1/records/par%74y", body, &refused),
        ("GET /api/v1/records/party/export", "", &refused),
        ("POST /api/v1/records/party/import?dry_run=true", "name\nX\n", &refused),
        ("GET /api/v1/records/item", "", &refused),
        ("GET /api/v1/records/%61ccount", "", &refused),
        ("GET /api/v1/stock/availability", "", &refused),
        ("POST /api/v1/verify", "", &refused),
        ("GET /api/v1/digest", "", &refused),
    ] {
        assert_eq!(&status(&looker, line, body), expected, "{line}");
    }
    let unknown = status(&looker, "GET /api/v1/records/robot", "").1;
    assert_eq!(unknown, "unknown-kind");
    assert_eq!(status(&looker, "GET /api/v1/nothing", "").0, 404);

    let reader = sign_in(&here, "reader");
    assert_eq!(status(&reader, "GET /api/v1/records/item", ""), ok);
    assert_eq!(status(&reader, "POST /api/v1/records/party", body), refused);
    let all = sign_in(&here, "all");
    assert_eq!(status(&all, "POST /api/v1/records/party", body), ok);
    assert_eq!(status(&all, "GET /api/v1/digest", ""), ok);
    let role = r#"{"set":{"key":"own","name":"Own"}}"#;
    assert_eq!(status(&all, "POST /api/v1/records/role", role), (403, "operator-only".to_owned()));
    assert_eq!(status(&all, "POST /api/v1/staff/all/roles", r#"{"role":"reader","granted":true}"#).1, "operator-only");
    // A reader of accounts sees whom there is, not what they are called: that is of persons.
    node.run(&["record", "set", "account", "all", "name=Xq7vTzk1m9"]).well();
    for line in ["staff", "records/account", "records/account/all", "records/account/all/history", "search?q=PAR/all"] {
        let shown = here.ask(&format!("GET /api/v1/{line}"), &reader, "");
        assert!(shown.0 == 200 && shown.2.contains("PAR/all"), "{line}: {shown:?}");
        assert!(!shown.2.contains("Xq7vTzk1m9"), "{line}: {shown:?}");
        assert!(here.ask(&format!("GET /api/v1/{line}"), &all, "").2.contains("Xq7vTzk1m9"), "{line}");
    }
}

#[test]
fn a_role_that_changes_counts_for_the_next_request_and_ends_what_is_followed() {
    let node = TestNode::founded();
    let daemon = node.start();
    node.run(&["record", "create", "party", "reference=C-1", "name=Dupont"]).well();
    let grants = r#"grants+={"module":"parties","see":true}"#;
    node.run(&["record", "create", "role", "key=looker", "name=Looker", grants]).well();
    node.run_with(&["staff", "add", "awa", "--password-stdin"], PASSWORD.as_bytes()).well();
    let here = Guest::here(&daemon.address);
    let bears = sign_in(&here, "awa");
    let sees = || here.ask("GET /api/v1/records/party/C-1", &bears, "").0;
    let edits = || here.ask("PATCH /api/v1/records/party/C-1", &bears, r#"{"set":{"phone":""}}"#).0;
    assert_eq!(sees(), 403);
    let mut follows = here.follow(&bears);
    let granted = node.run(&["staff", "grant", "awa", "looker"]).well().json();
    assert_eq!(granted["roles"], json!(["looker"]));
    hears(&mut follows, END);
    assert_eq!((sees(), edits()), (200, 403));
    node.run(&["staff", "grant", "awa", "looker"]).well();
    let edit = r#"grants+={"module":"parties","edit":true}"#;
    node.run(&["record", "set", "role", "looker", edit]).well();
    assert_eq!((sees(), edits()), (200, 200));
    node.run(&["record", "archive", "role", "looker"]).well();
    assert_eq!(sees(), 403, "a role out of use grants nothing");
    node.run(&["staff", "grant", "awa", "nosuch"]).failed(1, "not-found");
    node.run(&["staff", "grant", "awa", "looker"]).well();
    node.run(&["staff", "grant", "awa", "reader"]).well();
    assert_eq!((sees(), edits()), (200, 403));
    let withdrawn = node.run(&["staff", "withdraw", "awa", "reader"]).well().json();
    assert_eq!((withdrawn["roles"].clone(), sees()), (json!(["looker"]), 403));
    let listed = node.say(&["staff", "roles"]).well().out;
    assert!(listed.contains("everything") && listed.contains("reader") && !listed.contains("looker"), "{listed}");
    node.run(&["record", "create", "role", "key=everything", "name=X"]).failed(1, "defined-already");
    node.run(&["record", "create", "role", "key=looker", "name=X"]).failed(1, "defined-already");
}
