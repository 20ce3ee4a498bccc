//! The machine that is measured on, as far as it bears on the figures. Owns the asking; names no host and no path.

use std::process::Command;

use serde_json::{Value, json};

/// Processor, memory, kernel, and from what the programs were built.
pub(super) fn described(network: &str, programs: &str) -> Value {
    json!({
        "cpu": of_file("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "memory_mib": memory_mib().unwrap_or_default(),
        "kernel": first_line("/proc/sys/kernel/osrelease").unwrap_or_else(unknown),
        "commit": commit().unwrap_or_else(unknown),
        "rustc": said("rustc", &["--version"]).unwrap_or_else(unknown),
        "programs": programs,
        "durability": "SQLite in WAL mode, synchronous FULL, at each node and at the relay",
        "network": network,
    })
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn memory_mib() -> Option<u64> {
    let kib = of_file("/proc/meminfo", "MemTotal")?;
    kib.strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib / 1024)
}

fn of_file(path: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

fn first_line(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()?.lines().next().map(str::to_owned)
}

/// The commit, marked when the tree has changes that it lacks.
fn commit() -> Option<String> {
    let commit = said("git", &["rev-parse", "--short=12", "HEAD"])?;
    let changed = said("git", &["status", "--porcelain", "--untracked-files=no"])?;
    Some(if changed.is_empty() { commit } else { format!("{commit} with changes") })
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).current_dir(crate::tree()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
