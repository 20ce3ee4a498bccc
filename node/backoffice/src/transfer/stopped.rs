//! Why an import did not begin, or did not go on. Owns the errors and what they say of what is written.

use std::io;

use super::report::ImportReport;
use crate::desk::CommandError;
use crate::refusal::Refusal;
use crate::table::ReadFailed;

/// Why a file is not imported. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum OpenFailed {
    /// The file as a whole is refused; of a header every fault is told.
    #[error("the file was refused")]
    Refused(Vec<Refusal>),
    /// The file could not be read.
    #[error("the file could not be read")]
    Io(#[source] io::Error),
    /// The state could not be read.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// It was told to stop.
    #[error("the import was cancelled")]
    Cancelled,
}

impl From<ReadFailed> for OpenFailed {
    fn from(failed: ReadFailed) -> Self {
        match failed {
            ReadFailed::Refused(refusal) => Self::Refused(vec![refusal]),
            ReadFailed::Io(error) => Self::Io(error),
        }
    }
}

impl From<Refusal> for OpenFailed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

/// An import that could not go on. The batches before are written and durable; the same file again does the rest.
#[derive(Debug, thiserror::Error)]
#[error("the import stopped")]
pub struct ImportStopped {
    /// What was written.
    pub report: Box<ImportReport>,
    /// Why it stopped.
    #[source]
    pub source: StopReason,
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum StopReason {
    /// It was told to.
    #[error("the import was cancelled")]
    Cancelled,
    /// The file could no longer be read.
    #[error("the file could not be read")]
    File(#[source] ReadFailed),
    /// A batch could not be written.
    #[error(transparent)]
    Command(#[from] CommandError),
}
