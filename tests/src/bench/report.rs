//! What was measured, in three forms: JSON for programs, a table for the terminal, a table for a page of the book. Owns the
//! forms; computes nothing.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::figures::Figures;
use super::{Arguments, machine};
use crate::processes::Programs;

/// Scenarios in the order of the table.
const ORDER: [&str; 11] = [
    "bootstrap",
    "push",
    "noop",
    "noop_large",
    "offline",
    "offline_import",
    "live",
    "import",
    "list",
    "filter",
    "search",
];
const HEADER: [&str; 7] = ["scenario", "seconds", "bytes", "RSS node, MiB", "RSS relay, MiB", "CPU, s", "besides"];
/// Figures with a column of their own.
const COLUMNS: [&str; 5] = ["seconds", "bytes", "rss_mib.node", "rss_mib.relay", "cpu_seconds"];

/// All that a run of the bench found.
pub(super) struct Report {
    machine: Value,
    sizes: Value,
    /// Medians, by scenario.
    pub(super) scenarios: BTreeMap<&'static str, Figures>,
    /// What bare parts cost.
    pub(super) floor: Figures,
}

impl Report {
    /// Nothing measured yet.
    pub(super) fn new(arguments: &Arguments, network: &str, programs: &Programs) -> Self {
        let folder = programs.node.parent().and_then(|folder| folder.file_name()).unwrap_or_default();
        let Arguments { n, k, large, runs, edits, .. } = arguments;
        Self {
            machine: machine::described(network, &format!("{} build", folder.to_string_lossy())),
            sizes: json!({ "n": n, "k": k, "large": large, "edits": edits, "runs": runs }),
            scenarios: BTreeMap::new(),
            floor: Figures::default(),
        }
    }

    /// For programs.
    pub(super) fn json(&self) -> String {
        let scenarios: BTreeMap<_, _> = self.scenarios.iter().map(|(name, found)| (*name, found.json())).collect();
        let mut all = json!({ "machine": self.machine, "scenarios": scenarios, "floor": self.floor.json() });
        for (name, value) in self.sizes.as_object().into_iter().flatten() {
            all[name] = value.clone();
        }
        serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
    }

    /// For the terminal.
    pub(super) fn text(&self) -> String {
        let mut rows = vec![HEADER.map(str::to_owned)];
        rows.extend(self.rows());
        let widths: Vec<usize> =
            (0..HEADER.len()).map(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0)).collect();
        let line = |row: &[String; 7]| {
            let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| match at {
                0 | 6 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
        };
        format!("{}\n{}\n{}\n", self.told(), rows.iter().map(line).collect::<String>(), self.floor_told())
    }

    /// For the book.
    pub(super) fn markdown(&self) -> String {
        let line = |row: &[String; 7]| format!("| {} |\n", row.join(" | "));
        let rows: String = self.rows().iter().map(line).collect();
        let header = format!("| {} |\n|---|--:|--:|--:|--:|--:|---|\n", HEADER.join(" | "));
        format!("{}\n\n{header}{rows}\n{}\n", self.told(), self.floor_told())
    }

    fn rows(&self) -> Vec<[String; 7]> {
        let row = |name: &str| {
            let found = self.scenarios.get(name)?;
            let column = |column: &str| found.get(column).map_or_else(String::new, |value| shown(column, value));
            let [seconds, bytes, node, relay, cpu] = COLUMNS.map(column);
            let rest = found.each().filter(|(name, _)| !COLUMNS.contains(name));
            let rest: Vec<String> =
                rest.map(|(name, value)| format!("{} {}", name.replace('_', " "), shown(name, value))).collect();
            Some([name.replace('_', " "), seconds, bytes, node, relay, cpu, rest.join(", ")])
        };
        ORDER.iter().filter_map(|name| row(name)).collect()
    }

    fn told(&self) -> String {
        let machine = |name: &str| match &self.machine[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        format!(
            "{}, {} cores, {} MiB, Linux {}; commit {}, {}, {}. {}. Network: {}. N = {}, K = {}, large = {}; median of {} runs.",
            machine("cpu"),
            machine("cores"),
            machine("memory_mib"),
            machine("kernel"),
            machine("commit"),
            machine("rustc"),
            machine("programs"),
            machine("durability"),
            machine("network"),
            self.sizes["n"],
            self.sizes["k"],
            self.sizes["large"],
            self.sizes["runs"],
        )
    }

    fn floor_told(&self) -> String {
        let value = |name: &'static str| shown(name, self.floor.get(name).unwrap_or_default());
        format!(
            "Floor, same parties, same machine: {} bytes of JSON ({} each), {} bytes by zstd -3; bare SQLite inserts take {} s in \
             one transaction, {} s by hundreds.",
            value("json_bytes"),
            value("json_mean_bytes"),
            value("zstd3_bytes"),
            value("sqlite_insert_seconds"),
            value("sqlite_batched_insert_seconds"),
        )
    }
}

/// As many decimals as the unit deserves.
fn shown(name: &str, value: f64) -> String {
    let unit = name.rsplit('_').next().unwrap_or_default();
    match unit {
        "seconds" => format!("{value:.3}"),
        "ms" => format!("{value:.1}"),
        _ if name.starts_with("rss_mib") => format!("{value:.0}"),
        _ => grouped(value),
    }
}

/// A whole number with a space before every three digits.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::from(if value < -0.5 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_by_their_unit() {
        assert_eq!(shown("bytes", 1_234_567.0), "1 234 567");
        assert_eq!(shown("bytes", -40.0), "-40");
        assert_eq!(shown("rows_per_second", 999.6), "1 000");
        assert_eq!(shown("p50_ms", 2.26), "2.3");
        assert_eq!(shown("seconds", 0.4), "0.400");
    }
}
