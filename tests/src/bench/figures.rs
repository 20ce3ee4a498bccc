//! The figures of one scenario, and the median of several runs. Owns names and arithmetic; the units stand in the names.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::running::Used;

/// The figures of one run, or of the median of several. A name with a dot stands in an object of its own in JSON.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures(BTreeMap<&'static str, f64>);

impl Figures {
    /// With one more.
    pub(super) fn with(mut self, name: &'static str, value: f64) -> Self {
        self.0.insert(name, value);
        self
    }

    /// With what nodes and relay used: the greatest memory of a node, and the processor time of all.
    pub(super) fn used(self, nodes: &[Used], relay: Option<Used>) -> Self {
        let peak = nodes.iter().map(|used| used.rss_mib).fold(0.0, f64::max);
        let cpu = nodes.iter().chain(&relay).map(|used| used.cpu_seconds).sum();
        let figures = self.with("rss_mib.node", peak).with("cpu_seconds", cpu);
        match relay {
            Some(relay) => figures.with("rss_mib.relay", relay.rss_mib),
            None => figures,
        }
    }

    /// With the median and the 99th of a hundred of these times, in milliseconds.
    pub(super) fn times(self, names: [&'static str; 2], times: &[Duration]) -> Self {
        let mut sorted: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1_000.0).collect();
        sorted.sort_by(f64::total_cmp);
        self.with(names[0], quantile(&sorted, 0.5)).with(names[1], quantile(&sorted, 0.99))
    }

    /// How long it took.
    pub(super) fn seconds(&self) -> f64 {
        self.get("seconds").unwrap_or_default()
    }

    /// One of them.
    pub(super) fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }

    /// All of them, by name.
    pub(super) fn each(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.0.iter().map(|(name, value)| (*name, *value))
    }

    /// As JSON; three decimals are more than the machine can tell.
    pub(super) fn json(&self) -> Value {
        let mut object = Map::new();
        for (name, value) in &self.0 {
            let value = json!((value * 1_000.0).round() / 1_000.0);
            match name.split_once('.') {
                Some((outer, inner)) => object.entry(outer).or_insert_with(|| json!({}))[inner] = value,
                None => drop(object.insert((*name).to_owned(), value)),
            }
        }
        Value::Object(object)
    }
}

/// The smallest of sorted values that this part of them does not exceed (nearest rank).
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let rank = (part * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// The median of each figure.
pub(super) fn median(runs: &[Figures]) -> Figures {
    let mut found = Figures::default();
    for name in runs.iter().flat_map(|run| run.0.keys()) {
        let mut values: Vec<f64> = runs.iter().filter_map(|run| run.get(name)).collect();
        values.sort_by(f64::total_cmp);
        found = found.with(name, quantile(&values, 0.5));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quantiles_are_by_nearest_rank() {
        let runs = [3.0, 1.0, 2.0].map(|seconds| Figures::default().with("seconds", seconds));
        assert_eq!(median(&runs).seconds(), 2.0);
        let times: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        let figures = Figures::default().times(["p50_ms", "p99_ms"], &times);
        assert_eq!((figures.get("p50_ms"), figures.get("p99_ms")), (Some(100.0), Some(198.0)));
    }

    #[test]
    fn a_name_with_a_dot_is_an_object() {
        let figures = Figures::default().used(&[Used { rss_mib: 2.0, cpu_seconds: 0.5 }], None).with("bytes", 7.0);
        assert_eq!(figures.json(), json!({ "bytes": 7.0, "cpu_seconds": 0.5, "rss_mib": { "node": 2.0 } }));
    }
}
