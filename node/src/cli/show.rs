//! What commands print: JSON as it came, or short tables and sentences. Owns the escaping of what goes to a terminal.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::problem::{Problem, plain};

/// Prints one JSON document, on one line.
pub fn json(value: &Value) {
    line(&value.to_string());
}

/// Prints one line. A reader that has gone away (a closed pipe) is no error.
pub fn line(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Prints a problem to standard error.
pub fn problem(problem: &Problem, json: bool) {
    if json {
        let _ = writeln!(io::stderr().lock(), "{}", json!({ "error": problem.body() }));
    } else {
        let _ = writeln!(io::stderr().lock(), "error: {problem}");
    }
}

/// Prints rows under their headings, each column as wide as it must be.
pub fn table(headings: &[&str], rows: &[Vec<String>]) {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([headings[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let print = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells.zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        line(padded.join("  ").trim_end());
    };
    print(&mut headings.iter().copied());
    for row in &rows {
        print(&mut row.iter().map(String::as_str));
    }
}

/// A JSON scalar as a cell of a table.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The member `name` of an object as a cell.
pub fn member(value: &Value, name: &str) -> String {
    cell(&value[name])
}
