//! Counts: what a stage passed and failed, and how the closing lines of the test runners are read. It runs nothing.

use std::fmt;

/// Checks passed and failed; `note` says what a person should know besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) note: Option<String>,
}

impl Tally {
    /// One check, passed or not.
    pub(super) fn one(passed: bool) -> Self {
        Tally { passed: passed.into(), failed: (!passed).into(), note: None }
    }

    /// No check made, and why; it counts as neither.
    pub(super) fn none(why: impl Into<String>) -> Self {
        Tally { note: Some(why.into()), ..Tally::default() }
    }

    /// One failed check, and why.
    pub(super) fn failure(why: impl Into<String>) -> Self {
        Tally { failed: 1, note: Some(why.into()), ..Tally::default() }
    }

    pub(super) fn add(&mut self, other: &Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// What `runner` counted, held against how it ended: a runner that failed without naming a test failed once.
    pub(super) fn counted(runner: Runner, lines: &[String], succeeded: bool) -> Self {
        let mut tally = Tally::default();
        for counts in lines.iter().filter_map(|line| runner.closing_counts(line)) {
            tally.add(&read_counts(&counts));
        }
        if !succeeded && tally.failed == 0 {
            return Tally { failed: 1, note: Some("the runner itself failed".into()), ..tally };
        }
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.passed, self.failed) {
            (0, 0) => f.write_str("not checked")?,
            (1, 0) => f.write_str("passed")?,
            (passed, 0) => write!(f, "{passed} passed")?,
            (0, 1) => f.write_str("FAILED")?,
            (passed, failed) => write!(f, "{passed} passed, {failed} FAILED")?,
        }
        self.note.as_ref().map_or(Ok(()), |note| write!(f, " ({note})"))
    }
}

/// A test runner, by how it closes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Runner {
    /// `Summary [   0.512s] 13 tests run: 13 passed (1 slow), 0 skipped`, once.
    Nextest,
    /// `test result: ok. 2 passed; 0 failed; …`, once a crate.
    Rustdoc,
    /// `      Tests  2 failed | 34 passed (36)`, once; hooks and files that fail end the runner with another status.
    Vitest,
}

impl Runner {
    /// The counts of a closing line, separated by commas; nothing for any other line.
    fn closing_counts(self, line: &str) -> Option<String> {
        match self {
            Runner::Nextest => {
                let (head, counts) = line.split_once(" run: ")?;
                head.trim_start().starts_with("Summary [").then(|| without_parentheses(counts))
            }
            Runner::Rustdoc => {
                let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
                Some(counts.replace(';', ","))
            }
            Runner::Vitest => {
                let counts = line.trim_start().strip_prefix("Tests  ")?;
                Some(without_parentheses(counts).replace('|', ","))
            }
        }
    }
}

/// The text less what stands in parentheses: there the runner says more of a count that it has already given.
fn without_parentheses(text: &str) -> String {
    let mut outside = String::new();
    let mut depth = 0_u32;
    for character in text.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(character),
            _ => {}
        }
    }
    outside
}

/// Reads `12 passed`, `1 failed`, `1 timed out`, `2 skipped` …; whatever is neither passed nor left out failed.
fn read_counts(counts: &str) -> Tally {
    let mut tally = Tally::default();
    for count in counts.split(',') {
        let Some((number, outcome)) = count.trim().split_once(' ') else { continue };
        let Ok(number) = number.parse::<u64>() else { continue };
        match outcome.split(' ').next().unwrap_or_default() {
            "passed" => tally.passed += number,
            "skipped" | "todo" | "ignored" | "measured" | "filtered" => {}
            _ => tally.failed += number,
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(runner: Runner, line: &str, succeeded: bool) -> (u64, u64) {
        let tally = Tally::counted(runner, &[line.to_owned()], succeeded);
        (tally.passed, tally.failed)
    }

    #[test]
    fn nextest_is_read() {
        let clean = "     Summary [   0.512s] 13 tests run: 13 passed, 0 skipped";
        assert_eq!(counted(Runner::Nextest, clean, true), (13, 0));
        let broken =
            "     Summary [  61.0s] 15/16 tests run: 11 passed (2 slow, 1 flaky), 3 failed, 1 timed out, 4 skipped";
        assert_eq!(counted(Runner::Nextest, broken, false), (11, 4));
        let quoted = "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(counted(Runner::Nextest, quoted, true), (0, 0));
    }

    #[test]
    fn doc_tests_are_read_and_summed() {
        let line =
            "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.30s".to_owned();
        assert_eq!(Tally::counted(Runner::Rustdoc, &[line.clone(), line], true).passed, 4);
        let broken = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(counted(Runner::Rustdoc, broken, false), (1, 2));
    }

    #[test]
    fn vitest_is_read() {
        assert_eq!(counted(Runner::Vitest, "      Tests  36 passed (36)", true), (36, 0));
        assert_eq!(counted(Runner::Vitest, "      Tests  2 failed | 15 passed | 1 skipped (18)", false), (15, 2));
        assert_eq!(counted(Runner::Vitest, "      Tests  15 passed (15)", false), (15, 1), "a hook that fails counts");
        assert_eq!(counted(Runner::Vitest, " Test Files  1 failed (1)", false), (0, 1));
    }

    #[test]
    fn a_runner_that_dies_fails_though_it_names_no_test() {
        assert_eq!(counted(Runner::Nextest, "error: could not compile `x`", false), (0, 1));
        assert_eq!(counted(Runner::Nextest, "     Summary [   0.5s] 3 tests run: 3 passed, 0 skipped", false), (3, 1));
    }
}
