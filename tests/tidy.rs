//! The invariants of the tree, as tests: import directions, the shape of modules, a header on every file, sizes, the top
//! level, links. Each check is a function from the text to findings, and has a test that it finds something. It reads the
//! files that git knows or would add, and changes nothing.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::process::Command;

/// What may stand at the top of the tree, besides files and folders whose names begin with a dot and lock files.
const TOP_LEVEL: &[&str] = &[
    "Cargo.toml",
    "node",
    "relay",
    "app",
    "sync-protocol",
    "tests",
    "docs",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "rust-toolchain.toml",
    "Makefile",
    "package.json",
];

/// Which crates of ours a crate may name, in any kind of dependency, each without its `comptoir-`. `comptoir-tests` may name all.
const IMPORTS: &[(&str, &str)] = &[
    ("sync-protocol", ""),
    ("transport", "sync-protocol"),
    ("door", ""),
    ("daemon", ""),
    ("replica-derive", ""),
    ("replica", "replica-derive sync-protocol"),
    ("backoffice", "replica sync-protocol"),
    ("relay", "daemon door sync-protocol transport"),
    ("node", "backoffice daemon door replica sync-protocol transport"),
    ("app", "node"),
];

/// Crates of others that one of ours must not name, because of what it promises to be: `*` matches any ending.
const KEPT_OUT: &[(&str, &[&str])] = &[
    (
        "comptoir-sync-protocol",
        &["tokio*", "async-*", "quinn*", "rustls*", "rusqlite*", "automerge", "getrandom", "rand", "tracing*", "jiff"],
    ),
    ("comptoir-replica", &["tokio*", "async-*", "quinn*", "rustls*", "axum", "getrandom", "rand", "jiff"]),
    ("comptoir-backoffice", &["tokio*", "async-*", "quinn*", "rustls*", "axum", "getrandom", "rand"]),
    ("comptoir-relay", &["automerge"]),
    ("*", &["tauri*"]),
];

/// What the pure protocol never says, outside tests.
const NOT_IN_PROTOCOL: &[&str] = &["Instant::now", "SystemTime::now", "std::fs", "std::net", "std::thread", "tokio"];

/// Business modules; each folder of that name under node/backoffice/src has the same parts.
const MODULES: &[&str] = &[
    "customising",
    "reference",
    "parties",
    "staff",
    "crm",
    "stock",
    "purchasing",
    "accounting",
    "hr",
    "quality",
    "office",
    "reports",
];
const MODULE_PARTS: &[&str] = &["mod.rs", "record", "rules", "query"];
/// What a module has where it needs it: verbs that other kinds do not have, facts that it posts, tables beyond those that are made
/// from its types.
const MODULE_MAY_HAVE: &[&str] = &["command", "posting", "projection"];

const LINES_A_FILE: usize = 400;
/// Files that are longer, each with its ceiling. It only ever comes down.
const LONG_FILES: &[(&str, usize)] = &[];

/// Endings of type and module names that say nothing.
const EMPTY_NAMES: &[&str] = &["Manager", "Helper", "Helpers", "Utils", "Service", "_utils", "_helpers", "_manager"];

fn tree() -> PathBuf {
    comptoir_tests::tree().canonicalize().unwrap()
}

/// Paths from the top of the tree, with `/`, of what git knows or would add.
fn files() -> BTreeSet<String> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(arguments).current_dir(tree()).output().unwrap();
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).unwrap();
    listed.split('\0').filter(|path| !path.is_empty() && tree().join(path).is_file()).map(str::to_owned).collect()
}

fn read(path: &str) -> String {
    String::from_utf8_lossy(&std::fs::read(tree().join(path)).unwrap()).into_owned()
}

/// The files with one of these endings, with their text.
fn texts(endings: &[&str]) -> BTreeMap<String, String> {
    let chosen = files().into_iter().filter(|path| endings.iter().any(|ending| path.ends_with(ending)));
    chosen.map(|path| (path.clone(), read(&path))).collect()
}

fn none(findings: Vec<String>) {
    assert!(findings.is_empty(), "\n  {}\n", findings.join("\n  "));
}

/// Runs one check over every file with one of the endings.
fn each(endings: &[&str], check: impl Fn(&str, &str) -> Vec<String>) {
    let texts = texts(endings);
    assert!(!texts.is_empty(), "no file ends with any of {endings:?}");
    none(texts.iter().flat_map(|(path, text)| check(path, text)).collect());
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |beginning| name.starts_with(beginning))
}

fn import_findings(krate: &str, dependencies: &[&str]) -> Vec<String> {
    let ours = |name: &str| name.strip_prefix("comptoir-").map(str::to_owned);
    let allowed = IMPORTS.iter().find(|(name, _)| ours(krate).as_deref() == Some(name)).map(|(_, allowed)| *allowed);
    let mut findings = Vec::new();
    for dependency in dependencies.iter().filter(|dependency| **dependency != krate) {
        match (allowed, ours(dependency)) {
            (None, _) if krate != "comptoir-tests" => {
                findings.push(format!("{krate} is not in tidy's list of imports"))
            }
            (Some(allowed), Some(other)) if !allowed.split(' ').any(|name| name == other) => {
                findings.push(format!("{krate} → {dependency}"));
            }
            _ => {}
        }
        for (who, kept_out) in KEPT_OUT {
            if matches(who, krate) && krate != "comptoir-app" && kept_out.iter().any(|name| matches(name, dependency)) {
                findings.push(format!("{krate} must do without {dependency}"));
            }
        }
    }
    findings
}

#[test]
fn imports_run_one_way() {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(tree()).output().unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() >= 8);
    none(
        packages
            .iter()
            .flat_map(|package| {
                let dependencies = package["dependencies"].as_array().unwrap();
                let names: Vec<&str> =
                    dependencies.iter().map(|dependency| dependency["name"].as_str().unwrap()).collect();
                import_findings(package["name"].as_str().unwrap(), &names)
            })
            .collect(),
    );
}

#[test]
fn a_wrong_import_is_found() {
    assert_eq!(import_findings("comptoir-relay", &["serde", "comptoir-replica"]).len(), 1);
    assert_eq!(import_findings("comptoir-replica", &["comptoir-backoffice"]).len(), 1);
    assert_eq!(import_findings("comptoir-sync-protocol", &["tokio-util"]).len(), 1);
    assert_eq!(import_findings("comptoir-node", &["tauri-build"]).len(), 1);
    assert_eq!(import_findings("comptoir-newcomer", &["serde"]).len(), 1);
    assert!(import_findings("comptoir-app", &["tauri", "comptoir-node"]).is_empty());
}

/// The lines of code before the file's tests, numbered from 1.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    let lines = text[..tests].lines().enumerate().map(|(index, line)| (index + 1, line));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn protocol_findings(path: &str, text: &str) -> Vec<String> {
    let forbidden = |line: &str| NOT_IN_PROTOCOL.iter().find(|word| line.contains(**word)).copied();
    let found = code_lines(text).filter_map(|(number, line)| Some((number, forbidden(line)?)));
    found.map(|(number, word)| format!("{path}:{number}: {word} in the pure protocol")).collect()
}

#[test]
fn the_protocol_is_pure() {
    each(
        &[".rs"],
        |path, text| if path.starts_with("sync-protocol/src/") { protocol_findings(path, text) } else { vec![] },
    );
}

#[test]
fn a_clock_in_the_protocol_is_found() {
    assert_eq!(
        protocol_findings("a.rs", "//! std::fs\nlet now = Instant::now();\n"),
        ["a.rs:2: Instant::now in the pure protocol"]
    );
    assert!(protocol_findings("a.rs", "//! A\n#[cfg(test)]\nmod tests { use std::fs; }\n").is_empty());
}

fn shape_findings(files: &BTreeSet<String>) -> Vec<String> {
    // A part is a file, a folder, or a file with a folder of its own.
    let is_of = |part: &str, file: &str| {
        file == part || file.strip_prefix(part).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    };
    let mut findings = Vec::new();
    for module in MODULES {
        let folder = format!("node/backoffice/src/{module}/");
        let own: Vec<&str> = files.iter().filter_map(|path| path.strip_prefix(&folder)).collect();
        if files.contains(&format!("node/backoffice/src/{module}.rs")) {
            findings.push(format!("node/backoffice/src/{module}.rs: a module is a folder"));
        }
        if own.is_empty() {
            continue;
        }
        let lacks = |part: &&&str| !own.iter().any(|file| is_of(part, file));
        findings.extend(MODULE_PARTS.iter().filter(lacks).map(|part| format!("{folder} lacks {part}")));
        let stray = |file: &&&str| !MODULE_PARTS.iter().chain(MODULE_MAY_HAVE).any(|part| is_of(part, file));
        findings.extend(own.iter().filter(stray).map(|file| format!("{folder}{file} is no part of a module")));
    }
    findings
}

#[test]
fn modules_are_alike() {
    none(shape_findings(&files()));
}

#[test]
fn a_module_without_its_parts_is_found() {
    let files = ["stock/mod.rs", "stock/record/item.rs", "stock/ledger.rs", "hr.rs"];
    let files = files.map(|file| format!("node/backoffice/src/{file}"));
    let lacking = ["rules", "query"].len();
    assert_eq!(shape_findings(&files.into()).len(), lacking + "ledger.rs, hr.rs".split(", ").count());
}

fn header_findings(path: &str, text: &str) -> Vec<String> {
    let said = text.lines().take_while(|line| line.starts_with("//!")).map(str::len).sum::<usize>();
    if said >= 24 { vec![] } else { vec![format!("{path}: begins with no //! that says what it owns")] }
}

/// The web interface's files begin with a comment too; what is generated, and type declarations, need none.
fn screen_findings(path: &str, text: &str) -> Vec<String> {
    let said = text.starts_with("// ") || text.starts_with("/* ");
    if said || path.ends_with(".d.ts") { vec![] } else { vec![format!("{path}: begins with no comment")] }
}

#[test]
fn every_file_says_what_it_owns() {
    each(&[".rs"], header_findings);
    each(&[".ts", ".tsx", ".css"], screen_findings);
}

#[test]
fn a_file_without_a_header_is_found() {
    assert_eq!(header_findings("a.rs", "use std::fmt;\n").len(), 1);
    assert_eq!(header_findings("a.rs", "//! placeholder\n").len(), 1);
}

fn size_findings(path: &str, lines: usize, long: &[(&str, usize)]) -> Vec<String> {
    match long.iter().find(|(listed, _)| *listed == path) {
        None if lines > LINES_A_FILE => vec![format!("{path}: {lines} lines, {LINES_A_FILE} are enough")],
        Some((_, ceiling)) if lines > *ceiling => vec![format!("{path}: {lines} lines, it was {ceiling}")],
        Some(_) if lines <= LINES_A_FILE => vec![format!("{path}: no longer long, take it from the list")],
        _ => vec![],
    }
}

#[test]
fn files_stay_short() {
    each(&[".rs", ".tsx"], |path, text| size_findings(path, text.lines().count(), LONG_FILES));
    let files = files();
    let gone = LONG_FILES.iter().filter(|(path, _)| !files.contains(*path));
    none(gone.map(|(path, _)| format!("{path} is gone")).collect());
}

#[test]
fn a_file_that_grew_is_found() {
    assert_eq!(size_findings("a.rs", 401, &[]).len(), 1);
    assert_eq!(size_findings("a.rs", 501, &[("a.rs", 500)]).len(), 1);
    assert_eq!(size_findings("a.rs", 400, &[("a.rs", 500)]).len(), 1);
    assert!(size_findings("a.rs", 450, &[("a.rs", 500)]).is_empty());
}

fn top_findings(files: &BTreeSet<String>) -> Vec<String> {
    let tops: BTreeSet<&str> = files.iter().filter_map(|path| path.split('/').next()).collect();
    let locks = |name: &str| name.ends_with(".lock") || name == "package-lock.json";
    let strangers = tops.into_iter().filter(|name| !name.starts_with('.') && !locks(name) && !TOP_LEVEL.contains(name));
    strangers.map(|name| format!("{name} does not belong at the top")).collect()
}

#[test]
fn the_top_level_is_the_agreed_one() {
    none(top_findings(&files()));
}

#[test]
fn a_stranger_at_the_top_is_found() {
    let files = ["scripts/run.sh", "Cargo.lock", ".ci/run", "node/src/lib.rs"].map(str::to_owned);
    assert_eq!(top_findings(&files.into()), ["scripts does not belong at the top"]);
}

/// Marks of unfinished work, and of tests that are switched off; put together here so that this file holds none.
fn left_over_findings(path: &str, text: &str) -> Vec<String> {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:"), concat!("#[ign", "ore")];
    let found = text.lines().enumerate().filter(|(_, line)| marks.iter().any(|mark| line.contains(mark)));
    found.map(|(index, line)| format!("{path}:{}: {}", index + 1, line.trim())).collect()
}

#[test]
fn nothing_is_left_for_later() {
    each(&[".rs", ".md", ".toml", ".sh", "Makefile", ".ci/run", ".ci/setup"], left_over_findings);
}

#[test]
fn a_left_over_is_found() {
    assert_eq!(left_over_findings("a.rs", concat!("// TO", "DO later\n#[ign", "ore]\n")).len(), 2);
}

fn name_findings(path: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in code_lines(text) {
        let mut words =
            line.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty());
        if !words.any(|word| ["struct", "enum", "trait", "mod"].contains(&word)) {
            continue;
        }
        let Some(name) = words.next() else { continue };
        if EMPTY_NAMES.iter().any(|ending| name.ends_with(ending)) || ["utils", "helpers", "data"].contains(&name) {
            findings.push(format!("{path}:{number}: {name} says nothing"));
        }
    }
    findings
}

#[test]
fn names_are_the_fields_own() {
    each(&[".rs"], name_findings);
}

#[test]
fn an_empty_name_is_found() {
    let text = concat!("pub(crate) struct Sync", "Manager;\nmod ut", "ils;\nstruct Ledger;\n");
    assert_eq!(name_findings("a.rs", text).len(), 2);
}

/// The targets of Markdown links, less those that leave the tree.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with(['#', '<']) && !target.starts_with("mailto:"))
}

/// Joins a link to the folder of the file that it stands in.
fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let beside = Path::new(from).parent().unwrap_or(Path::new("")).join(link.split('#').next().unwrap_or(link));
    for component in beside.components() {
        match component {
            Component::ParentDir => drop(parts.pop()),
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            _ => {}
        }
    }
    parts.join("/")
}

fn link_findings(path: &str, text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let dead = links(text).filter(|link| !exists(&resolve(path, link)));
    dead.map(|link| format!("{path}: {link} leads nowhere")).collect()
}

#[test]
fn every_link_leads_somewhere() {
    each(&[".md"], |path, text| link_findings(path, text, |target| tree().join(target).exists()));
}

fn unlinked_findings(pages: &[&str], summary: &str) -> Vec<String> {
    let linked: BTreeSet<String> = links(summary).map(|link| resolve("docs/src/SUMMARY.md", link)).collect();
    let lost = pages.iter().filter(|page| !page.ends_with("/SUMMARY.md") && !linked.contains(**page));
    lost.map(|page| format!("{page} is not in the summary")).collect()
}

#[test]
fn every_page_of_the_book_is_in_its_summary() {
    let pages = texts(&[".md"]);
    let pages: Vec<&str> = pages.keys().map(String::as_str).filter(|path| path.starts_with("docs/src/")).collect();
    none(unlinked_findings(&pages, &read("docs/src/SUMMARY.md")));
}

#[test]
fn a_dead_link_and_a_lost_page_are_found() {
    let text = "[a](../../node/gone.rs#L3), [b](https://example.org), [c](here.md)";
    assert_eq!(link_findings("docs/src/page.md", text, |target| target == "docs/src/here.md").len(), 1);
    assert_eq!(unlinked_findings(&["docs/src/a.md", "docs/src/b.md"], "- [A](a.md)").len(), 1);
}
