//! What was exported says nothing new: for every kind of record, with values drawn for every field that its rules take.

use std::collections::BTreeMap;

use comptoir_backoffice::changes::{ARCHIVED, Changes, POSITION};
use comptoir_backoffice::desk::CommandError;
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::registry::{self, Kind};
use comptoir_backoffice::table::Form;
use comptoir_backoffice::transfer::{ExportForm, ImportRequest};
use comptoir_replica::record::{Field, FieldKind};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

use crate::counts;
use crate::sites::{Site, export, import_file, party, sites};

const RECORDS: usize = 12;
const SEED: u64 = 20_261_124;
/// Refusals after which a record is given up.
const ATTEMPTS: usize = 60;

fn below(rng: &mut ChaCha20Rng, most: u64) -> u64 {
    rng.next_u64() % most
}

fn word(rng: &mut ChaCha20Rng) -> String {
    const WORDS: &[&str] = &[
        "Évreux",
        "=1+1",
        "a,b",
        "d\"e",
        "'s-Gravenhage",
        "-5",
        "x;y",
        "Œuvre",
        "0012",
        "1e5",
        "true",
        "@home",
        "2026-01-02",
    ];
    format!("{} {}", WORDS[below(rng, WORDS.len() as u64) as usize], below(rng, 1_000))
}

/// A value that the field might take.
fn value(rng: &mut ChaCha20Rng, field: &Field, records: &BTreeMap<&str, Vec<String>>) -> Value {
    if !field.choices.is_empty() {
        return field.choices[below(rng, field.choices.len() as u64) as usize].into();
    }
    match field.kind {
        FieldKind::Int => json!(below(rng, 3)),
        FieldKind::Bool => json!(below(rng, 2) == 0),
        FieldKind::Decimal => format!("{}.{}", below(rng, 90), below(rng, 10)).into(),
        FieldKind::Date => format!("2025-{:02}-{:02}", 1 + below(rng, 12), 1 + below(rng, 28)).into(),
        FieldKind::Money => format!("-{}.5 EUR", below(rng, 1_000_000)).into(),
        FieldKind::Reference => {
            let there = field.target.and_then(|target| records.get(target)).map_or(&[][..], Vec::as_slice);
            match there.len() as u64 {
                0 => Value::Null,
                count => there[below(rng, count) as usize].as_str().into(),
            }
        }
        FieldKind::Text => text(rng, field).into(),
    }
}

fn text(rng: &mut ChaCha20Rng, field: &Field) -> String {
    let letter = |rng: &mut ChaCha20Rng| char::from(b'A' + below(rng, 26) as u8);
    match (field.path.as_ref(), field.widget) {
        (_, Some("country")) => ["FR", "SN", "CA"][below(rng, 3) as usize].into(),
        (_, Some("subdivision")) => "FR-75C".into(),
        (_, Some("currency")) => "EUR".into(),
        (_, Some("language")) => "fr-SN".into(),
        (_, Some("phone")) => format!("+3319900{:04}", below(rng, 10_000)),
        (_, Some("email")) => format!("m{}@b.example", below(rng, 1_000)),
        (_, Some("web")) => format!("https://b.example/{}", below(rng, 1_000)),
        (_, Some("scheme")) => "other".into(),
        (_, Some("key")) => format!("k{}", below(rng, 100_000)),
        (_, Some("colour")) => "#2b8a3e".into(),
        (_, Some("site")) => "S00".into(),
        (_, Some("query")) => "kind=person&sort=-name".into(),
        (_, Some("record-kind")) => "party".into(),
        (_, Some("module")) => "parties".into(),
        (_, Some("multiline")) => format!("{}\n{}", word(rng), word(rng)),
        ("path", _) => {
            ["name", "phone", "email", "terms", "notes", "vat", "addresses.city"][below(rng, 7) as usize].into()
        }
        ("login", _) => format!("u{}", below(rng, 100_000)),
        ("alpha3", _) => (0..3).map(|_| letter(rng)).collect(),
        ("numeric", _) => format!("{:03}", below(rng, 1_000)),
        ("source", _) => word(rng),
        ("target", _) => "name".into(),
        // Codes of reference data have forms of their own: two letters, three, with a hyphen.
        ("code", _) => match below(rng, 4) {
            0 => (0..2).map(|_| letter(rng)).collect(),
            1 => (0..3).map(|_| letter(rng)).collect(),
            2 => format!("FR-{}{}", letter(rng), letter(rng)),
            _ => format!("T{}", below(rng, 100_000)),
        },
        _ => word(rng),
    }
}

fn drawn(rng: &mut ChaCha20Rng, kind: &Kind, records: &BTreeMap<&str, Vec<String>>) -> Changes {
    let mut changes = Changes::default();
    for field in kind.schema().iter().filter(|field| !field.line && field.path != ARCHIVED) {
        if field.required || below(rng, 3) > 0 {
            changes.set.insert(field.path.to_string(), value(rng, field, records));
        }
    }
    for list in kind.lists() {
        for _ in 0..below(rng, 4) {
            let mut line = BTreeMap::new();
            for field in kind.schema() {
                let name = field.path.strip_prefix(list).and_then(|path| path.strip_prefix("/*/"));
                let Some(name) = name.filter(|name| ![ARCHIVED, POSITION].contains(name)) else { continue };
                if field.required || below(rng, 3) > 0 {
                    line.insert(
                        name.to_owned(),
                        value(rng, &Field { path: name.to_owned().into(), ..field.clone() }, records),
                    );
                }
            }
            changes.add.entry(list.to_owned()).or_default().push(line);
        }
    }
    changes
}

/// Makes a record of drawn values, without those that its rules refuse.
fn make(site: &mut Site, kind: &'static Kind, mut changes: Changes) -> Option<String> {
    for _ in 0..ATTEMPTS {
        let (desk, rng) = site.desk();
        match desk.create(kind, changes.clone(), rng) {
            Ok(done) => return Some(done.record.to_string()),
            Err(CommandError::Refused(refusal)) => {
                let field = refusal.field.unwrap_or_default();
                let list = field.split('.').next().unwrap_or_default();
                if changes.set.remove(&field).is_none() && changes.add.remove(list).is_none() {
                    return None;
                }
            }
            Err(error) => panic!("{}: {error:?}", kind.name()),
        }
    }
    None
}

#[test]
fn what_was_exported_says_nothing_new_for_every_kind() {
    println!("seed {SEED}");
    let mut rng = ChaCha20Rng::seed_from_u64(SEED);
    let mut site = sites(1, SEED).remove(0);
    let mut records: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for kind in registry::kinds() {
        for _ in 0..RECORDS {
            for _ in 0..ATTEMPTS {
                let changes = drawn(&mut rng, kind, &records);
                if let Some(id) = make(&mut site, kind, changes) {
                    records.entry(kind.name()).or_default().push(id);
                    break;
                }
            }
        }
    }
    let all = ListQuery::default();
    for kind in registry::kinds() {
        let made = records.get(kind.name()).map_or(0, Vec::len) as u64;
        assert!(made > 0, "of {} only {made} could be made", kind.name());
        for form in [Form::Csv, Form::Xlsx] {
            let file = export(&site, kind, ExportForm::Table(form), &all, true);
            let report = import_file(&mut site, kind, &file, ImportRequest::default());
            let report = report.unwrap_or_else(|failed| panic!("{} {form:?}: {failed:?}", kind.name()));
            assert_eq!(counts(&report), [0, 0, made, 0], "{} {form:?}: {report:?}", kind.name());
        }
    }
}

/// A record of one organisation, made again in another from what was exported, exports as it did.
#[test]
fn a_party_made_from_an_export_exports_as_the_one_it_came_from() {
    println!("seed {SEED}");
    let mut rng = ChaCha20Rng::seed_from_u64(SEED);
    let (mut here, mut there) = (sites(1, SEED).remove(0), sites(1, SEED + 1).remove(0));
    let mut made = 0;
    for n in 0..40 {
        let mut changes = drawn(&mut rng, party(), &BTreeMap::new());
        changes.set.insert("reference".into(), format!("C-{n:02}").into());
        made += u64::from(make(&mut here, party(), changes).is_some());
    }
    assert!(made > 20, "only {made} could be made");
    let columns: Vec<String> =
        party().columns().into_iter().map(|column| column.name).filter(|name| name != "id").collect();
    let mut columns = columns.join(",");
    for list in ["contacts.kind", "contacts.value", "contacts.label", "identifiers.scheme", "identifiers.value"] {
        columns += &format!(",{list}");
    }
    let query = ListQuery::parse([("columns", columns.as_str())]).unwrap();
    let file = export(&here, party(), ExportForm::Table(Form::Csv), &query, false);
    let report = import_file(&mut there, party(), &file, ImportRequest::default()).unwrap();
    assert_eq!(counts(&report), [made, 0, 0, 0], "{report:?}");
    let again = export(&there, party(), ExportForm::Table(Form::Csv), &query, false);
    assert_eq!(String::from_utf8(again), String::from_utf8(file));
}
