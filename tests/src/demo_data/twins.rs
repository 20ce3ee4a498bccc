//! How well likely duplicates are found: demo parties among which twins are planted as people make them, with slips of the hand,
//! other legal forms, fields left out. Owns the planting and the count; what is alike is the back office's to say.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use comptoir_backoffice::parties::query::likely_duplicates;
use comptoir_backoffice::projection::{project, projection};
use comptoir_backoffice::registry;
use comptoir_replica::RecordView;
use comptoir_replica::record::{Actor, Cells, RecordId, Scalar, build_change, parse_change};
use comptoir_sync_protocol::ScopeId;
use rusqlite::Connection;

use super::draw::Draw;
use super::{COLUMNS, Issued, Party};

/// A row of the demo data.
type Row = [String; 14];

/// What is found of what was planted.
#[derive(Debug)]
struct Figures {
    planted: usize,
    found: usize,
    /// Pairs that are proposed and were not planted.
    others: usize,
}

fn rows(count: usize) -> Vec<Row> {
    let (mut draw, mut issued) = (Draw::seeded(1), Issued::default());
    (0..count).map(|number| Party::draw(&mut draw, &mut issued, &format!("C-{number}")).0).collect()
}

fn of<'a>(row: &'a mut Row, column: &str) -> &'a mut String {
    &mut row[COLUMNS.iter().position(|name| *name == column).unwrap()]
}

/// A letter is left out, doubled, or changes place with the next, somewhere behind the first.
fn slip(draw: &mut Draw, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 4 {
        return text.to_owned();
    }
    let place = 1 + draw.below(letters.len() as u64 - 2) as usize;
    match draw.below(3) {
        0 => drop(letters.remove(place)),
        1 => letters.insert(place, letters[place]),
        _ => letters.swap(place, place + 1),
    }
    letters.into_iter().collect()
}

/// The same party as somebody else types it. `bare`: without anything but its name and address.
fn twin(draw: &mut Draw, row: &Row, number: usize, bare: bool) -> Row {
    let mut twin = row.clone();
    *of(&mut twin, "reference") = format!("D-{number}");
    if draw.chance(60) {
        let name = slip(draw, of(&mut twin, "name"));
        *of(&mut twin, "name") = name;
    }
    if draw.chance(30) {
        let name = of(&mut twin, "name").to_uppercase();
        *of(&mut twin, "name") = name;
    }
    if draw.chance(20) {
        let name = of(&mut twin, "name").split(' ').rev().collect::<Vec<_>>().join(" ");
        *of(&mut twin, "name") = name;
    }
    if draw.chance(40) {
        let street = of(&mut twin, "street").replace("rue ", "r. ").replace("avenue ", "av. ");
        *of(&mut twin, "street") = street;
    } else if draw.chance(20) {
        let street = slip(draw, of(&mut twin, "street"));
        *of(&mut twin, "street") = street;
    }
    for (column, kept_percent) in [("email", 30), ("phone", 50), ("vat", 30), ("siren", 30), ("iban", 20)] {
        if bare || !draw.chance(kept_percent) {
            of(&mut twin, column).clear();
        }
    }
    twin
}

fn cells(row: &Row) -> Cells {
    let mut puts: Vec<(String, Scalar)> = Vec::new();
    for (column, value) in COLUMNS.iter().zip(row).filter(|(_, value)| !value.is_empty()) {
        match *column {
            "roles" => {}
            "street" | "postcode" | "city" | "country" => {
                puts.push((format!("addresses/aa/{column}"), value.as_str().into()));
            }
            _ => puts.push(((*column).to_owned(), value.as_str().into())),
        }
    }
    puts.sort_by(|one, other| one.0.cmp(&other.0));
    let built = build_change(&Cells::new(), Actor([1; 16]), 1, 0, &puts).unwrap();
    let mut cells = Cells::new();
    cells.fold(&parse_change(&built.bytes).unwrap());
    cells
}

fn id(number: usize) -> RecordId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    RecordId(bytes)
}

/// Every `stride`th of `count` parties has a twin.
fn figures(count: usize, stride: usize, bare: bool) -> Figures {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(projection().create).unwrap();
    let kind = registry::kind("party").unwrap();
    let mut draw = Draw::seeded(7);
    let (mut next, mut planted) = (0, BTreeSet::new());
    let mut write = |row: &Row| {
        let cells = cells(row);
        let view = RecordView { scope: ScopeId([1; 16]), id: id(next), kind: "party", cells: &cells };
        project(&connection, kind, &view).unwrap();
        next += 1;
        next - 1
    };
    for (number, row) in rows(count).iter().enumerate() {
        let one = write(row);
        if number % stride == 0 {
            planted.insert((id(one), id(write(&twin(&mut draw, row, number, bare)))));
        }
    }
    let began = std::time::Instant::now();
    let found = likely_duplicates(&connection, usize::MAX).unwrap();
    println!("{count} parties looked through in {:?}", began.elapsed());
    let found: BTreeSet<_> = found.into_iter().map(|pair| (pair.one.1, pair.other.1)).collect();
    let others: Vec<_> = found.difference(&planted).collect();
    Figures { planted: planted.len(), found: found.intersection(&planted).count(), others: others.len() }
}

#[test]
fn most_twins_are_found_and_few_others_are_proposed() {
    let figures = figures(10_000, 20, false);
    println!("{figures:?}");
    assert!(figures.found * 100 >= figures.planted * 95, "{figures:?}");
    assert!(figures.others * 100 <= figures.planted * 4, "{figures:?}");
}

#[test]
fn twins_that_share_only_name_and_address_are_found_by_these() {
    let figures = figures(10_000, 20, true);
    println!("{figures:?}");
    assert!(figures.found * 100 >= figures.planted * 85, "{figures:?}");
    assert!(figures.others * 100 <= figures.planted * 4, "{figures:?}");
}
