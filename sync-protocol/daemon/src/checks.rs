//! What a daemon's `doctor` finds. Owns the shape alone: which checks there are, and what each advises, is the daemon's.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing to do.
    Good,
    /// Somebody should look.
    Look,
    /// Something is wrong.
    Bad,
}

/// One check.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// What was looked at.
    pub check: String,
    /// How it came out.
    pub state: Outcome,
    /// What was seen.
    pub detail: String,
    /// What to do, if anything.
    pub advice: String,
}

/// All checks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Examined {
    /// In the order in which they were made.
    pub checks: Vec<Check>,
}

impl Check {
    /// Nothing to do.
    pub fn good(check: &str, detail: impl Into<String>) -> Self {
        Self::new(check, Outcome::Good, detail, "")
    }

    /// Somebody should look.
    pub fn look(check: &str, detail: impl Into<String>, advice: &str) -> Self {
        Self::new(check, Outcome::Look, detail, advice)
    }

    /// Something is wrong.
    pub fn bad(check: &str, detail: impl Into<String>, advice: &str) -> Self {
        Self::new(check, Outcome::Bad, detail, advice)
    }

    /// One that came out so.
    pub fn new(check: &str, state: Outcome, detail: impl Into<String>, advice: &str) -> Self {
        Self { check: check.into(), state, detail: detail.into(), advice: advice.into() }
    }
}

impl Examined {
    /// Whether something is wrong.
    pub fn is_bad(&self) -> bool {
        self.checks.iter().any(|check| check.state == Outcome::Bad)
    }
}
