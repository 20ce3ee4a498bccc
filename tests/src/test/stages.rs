//! The stages of `comptoir-tests test`, in their order: what each runs and how it is judged. One profile and one feature
//! set throughout, so that nothing is compiled twice; cargo takes the default members, which are all but the app. The tree's
//! own invariants (tidy.rs) run among the tests.

use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use super::summary::{Runner, Tally};
use super::watch::{command, run, succeeds_within};

/// How long the database of known vulnerabilities may take to arrive before the stage goes on without it.
const ADVISORIES_FETCH_SECONDS: u64 = 30;

/// One stage.
pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) run: fn() -> Tally,
}

/// Every stage of a whole run: the quick ones first, those that need built programs after the build.
pub(super) const ALL: &[Stage] = &[
    Stage { name: "format", about: "the code is formatted", run: format },
    Stage { name: "licences", about: "licences, sources and banned crates", run: licences },
    Stage { name: "advisories", about: "known vulnerabilities, where their database can be reached", run: advisories },
    Stage { name: "build", about: "every program", run: build },
    Stage { name: "tests", about: "unit, property, process and tidy tests", run: tests },
    Stage { name: "guide", about: "docs' guide to adding a record type, followed to the letter", run: guide },
    Stage { name: "docs", about: "examples in the documentation", run: doc_tests },
    Stage { name: "generated", about: "committed files that are generated from code", run: generated },
    Stage { name: "ui", about: "the web interface: installed, linted, typed, tested, built", run: ui },
    Stage { name: "end-to-end", about: "the interface in a real browser, on two nodes and a relay", run: end_to_end },
    Stage { name: "simulator", about: "seeds over a faulty network", run: simulator },
    Stage { name: "demo", about: "three branches, played without a person", run: demo },
    #[cfg(unix)]
    Stage { name: "packages", about: "Debian packages, installed and played on machines of their own", run: packages },
    Stage { name: "clippy", about: "lints, none left", run: clippy },
];

/// Stages that run only when they are named: the window's libraries take longer to build than everything else.
pub(super) const WHEN_NAMED: &[Stage] =
    &[Stage { name: "app", about: "the app: linted, tested, packed, its real window driven", run: app }];

/// Every file that git knows: `cargo fmt` does not see those that a macro declares.
fn format() -> Tally {
    let listed = command("git", &["ls-files", "-z", "*.rs"]).output();
    let text = match listed {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).into_owned(),
        Ok(output) => return Tally::failure(String::from_utf8_lossy(&output.stderr)),
        Err(error) => return Tally::failure(format!("cannot start git: {error}")),
    };
    let files = text.split('\0').filter(|path| !path.is_empty() && crate::tree().join(path).is_file());
    let arguments: Vec<&str> = ["--edition", "2024", "--check"].into_iter().chain(files).collect();
    judged("rustfmt", &arguments)
}

fn licences() -> Tally {
    judged("cargo-deny", &["--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"])
}

fn advisories() -> Tally {
    let limit = Duration::from_secs(ADVISORIES_FETCH_SECONDS);
    match succeeds_within(&mut command("cargo-deny", &["fetch", "db"]), limit) {
        Ok(true) => judged("cargo-deny", &["--locked", "check", "--disable-fetch", "advisories"]),
        Ok(false) => Tally::none("the advisory database cannot be reached from here"),
        Err(error) => Tally::failure(format!("cannot start cargo-deny: {error}")),
    }
}

fn build() -> Tally {
    judged("cargo", &["build", "--locked", "--bins"])
}

/// Tests of real programs mostly wait: more of them run at one time than there are cores.
fn tests() -> Tally {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = (cores + cores.div_ceil(2)).to_string();
    let run = ["nextest", "run", "--locked", "--no-fail-fast", "--test-threads", &threads];
    counted(Runner::Nextest, &run)
}

fn doc_tests() -> Tally {
    counted(Runner::Rustdoc, &["test", "--locked", "--doc", "--no-fail-fast", "--quiet"])
}

fn clippy() -> Tally {
    judged("cargo", &["clippy", "--locked", "--all-targets", "--quiet", "--", "--deny", "warnings"])
}

/// The app. Its interface is built first: the program carries it. The window is driven under a display of its own.
fn app() -> Tally {
    let mut tally = judged("npm", &["ci", "--no-audit", "--no-fund", "--silent"]);
    for (program, arguments) in [
        ("npm", &["run", "--silent", "build"][..]),
        ("cargo", &["build", "--locked", "--bins"]),
        (
            "cargo",
            &["clippy", "--locked", "-p", "comptoir-app", "--all-targets", "--quiet", "--", "--deny", "warnings"],
        ),
    ] {
        if tally.failed > 0 {
            return tally;
        }
        tally.add(&judged(program, arguments));
    }
    tally.add(&counted(Runner::Nextest, &["nextest", "run", "--locked", "-p", "comptoir-app", "--no-fail-fast"]));
    // The bundler builds the program too; without optimisation, since this one is thrown away.
    tally.add(&judged("npm", &["run", "--silent", "app-deb", "--", "--debug"]));
    tally.add(&counted_by("npm", Runner::Vitest, &["run", "--silent", "e2e:window"]));
    tally
}

fn simulator() -> Tally {
    itself(&["simulate", "--seeds", "500"])
}

fn guide() -> Tally {
    itself(&["guide"])
}

fn demo() -> Tally {
    itself(&["demo", "--check"])
}

/// The packages of the programs that are built beside this one, with the pages that are there, else with those that are built for them.
#[cfg(unix)]
fn packages() -> Tally {
    const MADE: &str = "target/packages/made";
    if let Some(why) = crate::packages::missing() {
        return Tally::none(why);
    }
    let mut tally = build();
    let pages = ["app/ui/dist/index.html", "relay/console/dist/index.html"];
    if !pages.iter().all(|page| crate::tree().join(page).is_file()) {
        for arguments in [&["ci", "--no-audit", "--no-fund", "--silent"][..], &["run", "--silent", "build"]] {
            tally.add(&judged("npm", arguments));
        }
    }
    drop(std::fs::remove_dir_all(crate::tree().join(MADE)));
    let programs = built().unwrap_or_default();
    tally.add(&judged(".ci/deb", &[&programs.to_string_lossy(), MADE, "--fast"]));
    if tally.failed == 0 {
        tally.add(&itself(&["packages", MADE]));
    }
    tally
}

/// The descriptions of the HTTP APIs, committed beside the code, are those that the code gives.
fn generated() -> Tally {
    let mut tally = described("comptoir-node", "node/openapi.json");
    tally.add(&described("comptoir-relay", "relay/openapi.json"));
    tally
}

fn described(name: &str, file: &str) -> Tally {
    let expected = match std::fs::read_to_string(crate::tree().join(file)) {
        Ok(text) => text,
        Err(error) => return Tally::failure(format!("{file}: {error}")),
    };
    let output = match command(&program(name).to_string_lossy(), &["openapi"]).output() {
        Ok(output) if output.status.success() => output,
        Ok(output) => return Tally::failure(String::from_utf8_lossy(&output.stderr)),
        Err(error) => return Tally::failure(format!("cannot start {name}: {error}")),
    };
    if String::from_utf8_lossy(&output.stdout).trim() == expected.trim() {
        Tally::one(true)
    } else {
        Tally::failure(format!("{file} is not what the code gives: {name} openapi > {file}"))
    }
}

/// What runs in Node: packages as the lock file has them, lints, types, unit tests, the bundle; and the committed types of the
/// API are those of its description.
fn ui() -> Tally {
    let mut tally = judged("npm", &["ci", "--no-audit", "--no-fund", "--silent"]);
    if tally.failed > 0 {
        return tally;
    }
    for script in ["lint", "types"] {
        tally.add(&judged("npm", &["run", "--silent", script]));
    }
    tally.add(&api_types("node/openapi.json", "app/kit/src/api/schema.d.ts"));
    tally.add(&api_types("relay/openapi.json", "relay/console/src/api/schema.d.ts"));
    tally.add(&counted_by("npm", Runner::Vitest, &["run", "--silent", "test"]));
    tally.add(&judged("npm", &["run", "--silent", "build"]));
    tally
}

/// The committed TypeScript of an API, made again from its description.
fn api_types(description: &str, committed: &str) -> Tally {
    let made = crate::tree().join("target/schema.d.ts");
    let arguments = ["--no-install", "openapi-typescript", description, "--output", "target/schema.d.ts"];
    let mut tally = judged("npx", &arguments);
    if tally.failed == 0 && std::fs::read(crate::tree().join(committed)).ok() != std::fs::read(&made).ok() {
        tally = Tally::failure(format!("{committed} is not what {description} gives: npm run api"));
    }
    tally
}

fn end_to_end() -> Tally {
    counted_by("npm", Runner::Vitest, &["run", "--silent", "e2e"])
}

/// The folder that cargo builds programs of the workspace into, as it did this one.
fn built() -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.parent()?.to_owned())
}

/// A program of the workspace, built into the same folder as this one.
fn program(name: &str) -> PathBuf {
    let beside = std::env::current_exe().unwrap_or_default();
    beside.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn itself(arguments: &[&str]) -> Tally {
    judged(&program("comptoir-tests").to_string_lossy(), arguments)
}

/// One check: the program exits with 0.
fn judged(name: &str, arguments: &[&str]) -> Tally {
    match run(&mut command(name, arguments)) {
        Ok(ended) => Tally::one(ended.succeeded),
        Err(error) => Tally::failure(format!("cannot start {name}: {error}")),
    }
}

/// As many checks as the test runner counts.
fn counted(runner: Runner, arguments: &[&str]) -> Tally {
    counted_by("cargo", runner, arguments)
}

fn counted_by(program: &str, runner: Runner, arguments: &[&str]) -> Tally {
    // Colours are not to be read; programs that are to be run stand beside this one.
    let mut command = command(program, arguments);
    command.env("NO_COLOR", "1").envs(built().map(|folder| ("COMPTOIR_BIN", folder)));
    match run(&mut command) {
        Ok(ended) => Tally::counted(runner, &ended.lines, ended.succeeded),
        Err(error) => Tally::failure(format!("cannot start {program}: {error}")),
    }
}
