//! What a simulation can find. Owns the words; whoever reports adds the seed and how to run it again.

use std::fmt;

/// A promise that was broken, or a program that failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// An entry that somebody was told is kept is not there.
    #[error("lost: {0}")]
    Lost(String),
    /// Two entries stand at one place of one log.
    #[error("two hashes at one place: {0}")]
    TwoHashes(String),
    /// A receipt names what the relay does not hold.
    #[error("a receipt for nothing: {0}")]
    Receipt(String),
    /// The outbox is not what was written less what was receipted.
    #[error("the outbox is wrong: {0}")]
    Outbox(String),
    /// A client saw what it must not see, or no longer what it must.
    #[error("what a client saw: {0}")]
    Seen(String),
    /// Equal histories made unequal states, or a rebuilt state is not the lived one.
    #[error("state: {0}")]
    State(String),
    /// A site's own check of its files found something.
    #[error("verify: {0}")]
    Verify(String),
    /// Honest sites set an entry aside, or refuse it.
    #[error("judged wrongly: {0}")]
    Judged(String),
    /// What lies where, or who may sell how much, is not what clients did.
    #[error("stock: {0}")]
    Stock(String),
    /// What lies past a cut has effect, or what does not has none; or who is removed was given a key.
    #[error("removal: {0}")]
    Removal(String),
    /// Two sessions keep each other busy.
    #[error("a session never rests: {0}")]
    Restless(String),
    /// Nothing is wrong any more, and still the sites do not agree.
    #[error("not converged: {0}")]
    NotConverged(String),
    /// The program under test failed where it must not.
    #[error("{what} failed: {cause}")]
    Program {
        /// Which part.
        what: &'static str,
        /// What it said, with causes.
        cause: String,
    },
}

impl Failure {
    /// A part of the program failed.
    pub fn program<E: std::error::Error + 'static>(what: &'static str) -> impl Fn(E) -> Self {
        move |error| Self::Program { what, cause: with_causes(&error) }
    }
}

/// An error and what caused it, in one line.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// A failure with all that is needed to meet it again.
#[derive(Debug)]
pub struct Found {
    /// What was broken.
    pub failure: String,
    /// Every derived option.
    pub options: String,
    /// The command that runs it again.
    pub replay: String,
    /// What happened last.
    pub trace: Vec<String>,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.trace {
            writeln!(f, "  {line}")?;
        }
        writeln!(f, "failure: {}", self.failure)?;
        writeln!(f, "  {}", self.options)?;
        if let Some(commit) = commit() {
            writeln!(f, "  at commit {commit}")?;
        }
        write!(f, "  again: {}", self.replay)
    }
}

/// The commit of the tree, with a mark when something differs from it.
fn commit() -> Option<String> {
    let arguments = ["describe", "--always", "--dirty", "--abbrev=12"];
    let output = std::process::Command::new("git").args(arguments).current_dir(crate::tree()).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}
