//! Why settings that can be read do not go together. Owns the words, each beginning with the key at fault.

use std::path::PathBuf;

use crate::alarms::tell::TellError;

/// Why settings that can be read do not go together.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// One is wanted by another.
    #[error("{key} is wanted by {by}")]
    Missing {
        /// Which.
        key: &'static str,
        /// By which.
        by: &'static str,
    },
    /// One is not what it should be.
    #[error("{key} is {value:?}, and should be {wanted}")]
    Value {
        /// Which.
        key: &'static str,
        /// What it is.
        value: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// A file that one names cannot be read.
    #[error("{key} names {}, which cannot be read", .path.display())]
    File {
        /// Which.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A way to tell alarms cannot be made ready.
    #[error("{key} cannot be made ready")]
    Channel {
        /// Which.
        key: &'static str,
        /// Why.
        #[source]
        source: TellError,
    },
}
