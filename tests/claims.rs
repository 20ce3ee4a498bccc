//! What the documentation claims is held by tests that it names. Owns the check that each of them exists.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

/// The texts of all files under a folder whose names end so.
fn texts(folder: &Path, ending: &str, texts: &mut Vec<String>) {
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "node_modules" {
            self::texts(&path, ending, texts);
        } else if name.ends_with(ending) {
            texts.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Names in code marks that only a test bears: small words joined by four strokes at least.
fn named_tests(page: &str) -> BTreeSet<&str> {
    let is_name = |text: &&str| {
        text.matches('_').count() >= 4
            && text.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    page.split('`').skip(1).step_by(2).filter(is_name).collect()
}

#[test]
fn every_test_that_the_documentation_names_exists() {
    let root = comptoir_tests::tree();
    let (mut pages, mut sources) = (Vec::new(), Vec::new());
    texts(&root.join("docs/src"), ".md", &mut pages);
    texts(&root.join(".github"), ".md", &mut pages);
    for folder in ["node", "relay", "app", "sync-protocol", "tests"] {
        texts(&root.join(folder), ".rs", &mut sources);
    }
    let named: BTreeSet<&str> = pages.iter().flat_map(|page| named_tests(page)).collect();
    assert!(named.len() > 50, "only {} tests are named", named.len());
    let exists = |name: &str| sources.iter().any(|source| source.contains(&format!("fn {name}(")));
    let missing: Vec<&&str> = named.iter().filter(|name| !exists(name)).collect();
    assert!(missing.is_empty(), "documentation names tests that do not exist: {missing:?}");
}

#[test]
fn a_name_of_a_test_is_told_from_other_code() {
    let page =
        "see `a_stranger_is_turned_away_and_learns_nothing`, `max_age_ms`, `Path::of_a_b_c_d` and `one two_three`";
    assert_eq!(named_tests(page), ["a_stranger_is_turned_away_and_learns_nothing"].into());
}

/// Warnings and errors of a text that are not said in fixed words: what stands between their brackets.
fn spoken_freely(source: &str) -> Vec<&str> {
    let ends = |call: &str| {
        let mut depth = 1;
        call.char_indices().find_map(|(place, letter)| {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            (depth == 0).then_some(place)
        })
    };
    let calls = ["warn!(", "error!("].iter().flat_map(|begins| source.match_indices(begins));
    let calls = calls.map(|(place, begins)| &source[place + begins.len()..]);
    let calls = calls.map(|call| &call[..ends(call).unwrap_or(call.len())]);
    calls.filter(|call| call.split('"').skip(1).step_by(2).any(|words| words.contains('{'))).collect()
}

/// Headquarters sees these words (docs/src/console.md): what a record says must not get into them.
#[test]
fn what_a_site_warns_of_is_said_in_fixed_words() {
    let found =
        spoken_freely(r#"warn!(%id, "fixed (as it must be)"); tracing::error!("it is {}", name); warn!("{name}")"#);
    assert_eq!(found, [r#""{name}""#, r#""it is {}", name"#]);
    let root = comptoir_tests::tree();
    let mut sources = Vec::new();
    ["node", "sync-protocol"].iter().for_each(|folder| texts(&root.join(folder), ".rs", &mut sources));
    let freely: Vec<&str> = sources.iter().flat_map(|source| spoken_freely(source)).collect();
    assert!(freely.is_empty(), "{freely:#?}");
}
