//! The bench itself, at a size that takes seconds: it comes to its end, and its report holds every scenario. No figure is judged.

use std::process::Command;
use std::time::Duration;

use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::{Answer, Failure};
use serde_json::Value;

use crate::place::in_place;

const LIMIT: Duration = Duration::from_secs(400);
const SCENARIOS: [&str; 11] = [
    "bootstrap",
    "filter",
    "import",
    "list",
    "live",
    "noop",
    "noop_large",
    "offline",
    "offline_import",
    "push",
    "search",
];

#[test]
fn the_bench_measures_every_scenario() {
    in_place(|_, root| {
        let out = root.join("figures.json");
        let mut command = Command::new(env!("CARGO_BIN_EXE_comptoir-tests"));
        command.args(["bench", "--dev", "--n", "50", "--k", "5", "--large", "400", "--edits", "3", "--runs", "1"]);
        command.arg("--out").arg(&out);
        let answer = Answer::of(command, LIMIT)?.leaving(0)?;
        hold(answer.text().contains("offline import"), || format!("no table was printed: {}", answer.text()))?;
        let text = std::fs::read(&out).map_err(Failure::system("no figures were written"))?;
        let figures: Value = serde_json::from_slice(&text).map_err(|error| Failure::Wrong(error.to_string()))?;
        let scenarios = figures["scenarios"].as_object().cloned().unwrap_or_default();
        let named: Vec<&str> = scenarios.keys().map(String::as_str).collect();
        hold(named == SCENARIOS, || format!("the figures hold {named:?}"))?;
        for (name, found) in &scenarios {
            hold(found["seconds"].as_f64() > Some(0.0), || format!("{name} took no time: {found}"))?;
        }
        let bytes = scenarios["bootstrap"]["bytes"].as_f64();
        hold(bytes > Some(5_000.0), || format!("50 parties came in {bytes:?} bytes"))?;
        hold(figures["floor"]["zstd3_bytes"].as_f64() > Some(0.0), || format!("no floor: {figures}"))
    });
}
