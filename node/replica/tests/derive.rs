//! The derives, on a record type as a module would declare one.
#![allow(clippy::unwrap_used)]

use comptoir_replica::record::{
    Actor, Cells, DefaultScope, FieldKind, Line, LineKey, Lines, Record, RecordId, Scalar, WriteClass, build_change,
    custom_fields, edit_puts, field_at,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a party is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema, Line)]
#[serde(default)]
#[line(kind = "address")]
struct Address {
    street: String,
    #[field(searchable)]
    city: String,
    #[field(widget = "country")]
    country: Option<String>,
    position: i64,
    archived: bool,
}

/// Somebody to do business with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Record)]
#[serde(default)]
#[record(kind = "party", class = "shared", scope = "organisation")]
struct Party {
    #[field(label = "party.full-name", group = "identity", order = -1, searchable)]
    name: String,
    #[field(choices("person", "company"), filterable)]
    r#kind: String,
    email: Option<String>,
    credit_limit: i64,
    discount: Option<i64>,
    parent: Option<RecordId>,
    #[field(group = "places", order = 50)]
    addresses: Lines<Address>,
    archived: bool,
}

impl Default for Party {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: "company".to_owned(),
            email: None,
            credit_limit: 0,
            discount: None,
            parent: None,
            addresses: Lines::new(),
            archived: false,
        }
    }
}

fn put(cells: &mut Cells, actor: u8, seq: u64, puts: &[(String, Scalar)]) {
    cells.fold(&build_change(cells, Actor([actor; 16]), seq, 0, puts).unwrap().change);
}

fn pair(path: &str, value: impl Into<Scalar>) -> (String, Scalar) {
    (path.to_owned(), value.into())
}

fn dupont() -> (Party, LineKey, LineKey) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut party = Party { name: "Dupont".into(), credit_limit: 5_000, ..Party::default() };
    let first = party.addresses.add(Address { city: "Dakar".into(), ..Address::default() }, &mut rng);
    let second = party.addresses.add(Address { city: "Lyon".into(), ..Address::default() }, &mut rng);
    (party, first, second)
}

#[test]
fn a_struct_survives_its_cells() {
    let (mut party, ..) = dupont();
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    party.parent = Some(RecordId::create(&[0; 32], &[1; 16], &[2; 16], 0, &mut rng));
    let mut cells = Cells::new();
    let puts = edit_puts(&cells, &party.to_puts());
    put(&mut cells, 1, 1, &puts);
    assert_eq!(Party::from_cells(&cells), party);
    let json = serde_json::to_value(&party).unwrap();
    assert_eq!(serde_json::from_value::<Party>(json).unwrap(), party);
    assert_eq!(edit_puts(&cells, &party.to_puts()), [], "nothing to put when nothing changed");
}

#[test]
fn only_what_changed_is_put() {
    let (mut party, first, _) = dupont();
    let mut cells = Cells::new();
    let puts = edit_puts(&cells, &party.to_puts());
    put(&mut cells, 1, 1, &puts);
    party.email = Some("d@example.org".into());
    party.addresses.get_mut(&first).unwrap().city = "Thiès".into();
    let mut puts = edit_puts(&cells, &party.to_puts());
    puts.sort();
    let city = format!("addresses/{first}/city");
    assert_eq!(puts, [pair(&city, "Thiès"), pair("email", "d@example.org")]);
    put(&mut cells, 1, 2, &puts);
    party.email = None;
    assert_eq!(edit_puts(&cells, &party.to_puts()), [pair("email", Scalar::Null)]);
}

#[test]
fn a_conflict_is_not_resolved_by_saving_the_form() {
    let mut one = Cells::new();
    put(&mut one, 1, 1, &[pair("name", "a")]);
    let mut both = one.clone();
    for (actor, seq, name) in [(1, 2, "b"), (2, 1, "c")] {
        both.fold(&build_change(&one, Actor([actor; 16]), seq, 0, &[pair("name", name)]).unwrap().change);
    }
    let party = Party::from_cells(&both);
    assert_eq!((party.name.as_str(), both.conflicts().count()), ("c", 1));
    assert!(edit_puts(&both, &party.to_puts()).iter().all(|(path, _)| path != "name"));
}

#[test]
fn missing_and_wrong_cells_read_as_the_default() {
    let mut cells = Cells::new();
    put(&mut cells, 1, 1, &[pair("name", 7), pair("credit_limit", "much"), pair("email", Scalar::Null)]);
    assert_eq!(Party::from_cells(&cells), Party::default());
}

#[test]
fn what_a_type_does_not_know_stays() {
    let mut cells = Cells::new();
    let unknown = [pair("custom/segment", "gold"), pair("from_the_future", 1), pair("addresses/not ours/city", "x")];
    put(&mut cells, 1, 1, &unknown);
    let mut party = Party::from_cells(&cells);
    assert!(party.addresses.is_empty());
    party.name = "Dupont".into();
    let puts = edit_puts(&cells, &party.to_puts());
    put(&mut cells, 1, 2, &puts);
    assert_eq!(custom_fields(&cells).get("segment"), Some(&"gold".into()));
    assert_eq!(cells.winner("from_the_future"), Some(&1.into()));
}

#[test]
fn lines_are_ordered_by_position_then_key() {
    let key = |text: &str| text.parse::<LineKey>().unwrap();
    let line = |position, archived| Address { position, archived, ..Address::default() };
    let lines: Lines<Address> =
        [(key("b"), line(1, false)), (key("a"), line(1, false)), (key("c"), line(0, false)), (key("d"), line(2, true))]
            .into_iter()
            .collect();
    assert_eq!(lines.ordered().iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["c", "a", "b", "d"]);
    assert_eq!(lines.in_use().count(), 3);
    let (party, first, second) = dupont();
    let ordered: Vec<_> = party.addresses.ordered().into_iter().map(|(key, _)| key.clone()).collect();
    assert_eq!(ordered, [first, second], "added after the others");
}

#[test]
fn the_schema_says_what_forms_need() {
    assert_eq!(
        (Party::KIND, Party::WRITE_CLASS, Party::SCOPE),
        ("party", WriteClass::Shared, DefaultScope::Organisation)
    );
    let paths: Vec<&str> = Party::schema().iter().map(|field| field.path.as_ref()).collect();
    let lines = ["street", "city", "country", "position", "archived"].map(|name| format!("addresses/*/{name}"));
    let plain = ["name", "kind", "email", "credit_limit", "discount", "parent", "archived"];
    let expected: Vec<&str> = plain.into_iter().chain(lines.iter().map(String::as_str)).collect();
    assert_eq!(paths, expected);
    let name = &Party::schema()[0];
    assert_eq!(
        (name.label, name.group, name.searchable, name.filterable),
        ("party.full-name", "identity", true, false)
    );
    let city = field_at(Party::schema(), "addresses/4f2a/city").unwrap();
    assert_eq!((city.label, city.group, city.order, city.line), ("address.city", "places", 50, true));
    let parent = field_at(Party::schema(), "parent").unwrap();
    assert_eq!((parent.kind, parent.optional, parent.label), (FieldKind::Reference, true, "party.parent"));
    for unknown in ["addresses", "addresses/4f2a", "addresses/4f2a/city/x", "addresses//city", "custom/x", ""] {
        assert_eq!(field_at(Party::schema(), unknown), None, "{unknown}");
    }
}

#[test]
fn fields_accept_their_own_values_only() {
    let accepts = |path, value: Scalar| field_at(Party::schema(), path).unwrap().accepts(&value);
    assert!(accepts("kind", "person".into()) && !accepts("kind", "robot".into()));
    assert!(accepts("email", Scalar::Null) && !accepts("name", Scalar::Null));
    assert!(!accepts("credit_limit", "5".into()) && !accepts("parent", "x".into()));
}

#[test]
fn json_schema_carries_the_hints() {
    let schema = Party::schema_json();
    assert_eq!((&schema["x-kind"], &schema["x-write-class"]), (&"party".into(), &"shared".into()));
    assert_eq!(schema["properties"]["name"]["x-ui"]["label"], "party.full-name");
    assert_eq!(schema["properties"]["kind"]["x-ui"]["choices"][1], "company");
    let addresses = &schema["properties"]["addresses"];
    assert_eq!(addresses["x-line-fields"]["country"]["widget"], "country");
    assert_eq!(addresses["additionalProperties"]["$ref"], "#/$defs/Address");
    assert_eq!(schema["$defs"]["Address"]["properties"]["city"]["type"], "string");
}
