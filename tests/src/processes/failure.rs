//! Why a step with real processes failed: one enum, worded for who reads a failed demo or test. It prints nothing.

use std::path::PathBuf;
use std::time::Duration;

/// Why a step failed.
#[derive(thiserror::Error)]
pub enum Failure {
    /// A program is not where it should be, and could not be built.
    #[error("cannot build the programs: {what}")]
    Build {
        /// What cargo or the system said.
        what: String,
    },
    /// The system could not start or signal a process, or read a file.
    #[error("{what}")]
    System {
        /// What was tried.
        what: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A command left in another way than it had to.
    #[error("`{command}` left with {found}, expected {expected}; it said: {said}")]
    Exit {
        /// The command.
        command: String,
        /// How it left.
        found: String,
        /// How it should have left.
        expected: i32,
        /// What it printed to standard error, or to standard output when that was all.
        said: String,
    },
    /// A command did not end.
    #[error("`{command}` did not end within {} s and was ended", limit.as_secs())]
    Endless {
        /// The command.
        command: String,
        /// How long it had.
        limit: Duration,
    },
    /// An answer was not what its contract says.
    #[error("{whose} answered without {what}: {answer}")]
    Answer {
        /// Who answered.
        whose: String,
        /// What was looked for.
        what: String,
        /// What came instead.
        answer: String,
    },
    /// The API did not answer, or refused.
    #[error("{site}: {method} {path}: {what}")]
    Api {
        /// Whose API.
        site: String,
        /// The method.
        method: &'static str,
        /// The path.
        path: String,
        /// The status and the body, or why there was none.
        what: String,
    },
    /// A daemon ended by itself.
    #[error("{who} ended by itself with {status}; its log {} ends:\n{tail}", log.display())]
    Died {
        /// Which daemon.
        who: String,
        /// How it left.
        status: String,
        /// Its log.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// A condition did not come true.
    #[error("after {} s still not: {what}; last seen: {last}", limit.as_secs())]
    Deadline {
        /// What was waited for.
        what: String,
        /// How long.
        limit: Duration,
        /// What was seen at the last look.
        last: String,
    },
    /// Something that must hold does not.
    #[error("{0}")]
    Wrong(String),
}

/// Worded as for people: tests that return it are read by people.
impl std::fmt::Debug for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")?;
        let mut cause = std::error::Error::source(self);
        while let Some(next) = cause {
            write!(f, ": {next}")?;
            cause = next.source();
        }
        Ok(())
    }
}

impl Failure {
    /// For `map_err` on what the system was asked to do.
    pub fn system(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::System { what, source }
    }
}

/// Says `Wrong` with these words unless the condition holds.
pub fn hold(condition: bool, words: impl FnOnce() -> String) -> Result<(), Failure> {
    if condition { Ok(()) } else { Err(Failure::Wrong(words())) }
}
