//! Why a command did not do what it was asked: an exit code, a short code for scripts, and words for people.
//! Owns the translation from every error of this crate; adds what to do where the error itself does not say it.

use std::error::Error;
use std::io;

use comptoir_daemon::settings::SettingsError;
use serde::Serialize;

use crate::console::ConsoleError;
use crate::console::book::accounts::AccountError;
use crate::console::certificate::CertificateError;
use crate::data_dir::DirError;
use crate::identity::KeyFileError;
use crate::relay::{RunError, StartError};
use crate::settings::Unfit;
use crate::store::{OpenError, StoreError};

/// Exit codes, the same for every command.
pub mod exit {
    /// Done.
    pub const DONE: u8 = 0;
    /// Refused by a rule; nothing was changed.
    pub const REFUSED: u8 = 1;
    /// Wrong usage.
    pub const USAGE: u8 = 2;
    /// Something could not be reached.
    pub const UNREACHABLE: u8 = 3;
    /// Something is damaged, or failed for good.
    pub const DAMAGED: u8 = 4;
}

/// A command's failure.
#[derive(Debug)]
pub struct Failure {
    /// The process's exit code.
    pub exit: u8,
    /// For scripts.
    pub code: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

/// The same shape as the node's.
#[derive(Serialize)]
struct Shown<'a> {
    error: ShownError<'a>,
}

#[derive(Serialize)]
struct ShownError<'a> {
    code: &'a str,
    message: String,
}

/// One failure as one line of JSON.
pub(super) fn line(code: &str, message: String) -> String {
    serde_json::to_string(&Shown { error: ShownError { code, message } }).unwrap_or_else(|_| code.to_owned())
}

impl Failure {
    fn new(exit: u8, code: &'static str, source: impl Error + Send + Sync + 'static) -> Self {
        Self { exit, code, source: Box::new(source) }
    }

    /// Something that could not be asked.
    pub(super) fn unreachable(source: impl Error + Send + Sync + 'static) -> Self {
        Self::new(exit::UNREACHABLE, "unreachable", source)
    }

    /// What was to be printed could not be.
    pub(super) fn output(source: io::Error) -> Self {
        Self::new(exit::REFUSED, "output", source)
    }

    /// What happened, with its causes.
    pub fn message(&self) -> String {
        let mut message = self.source.to_string();
        let mut cause = self.source.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            cause = error.source();
        }
        message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }

    /// Tells standard error.
    pub fn print(&self, json: bool) {
        let message = self.message();
        if json {
            eprintln!("{}", line(self.code, message));
        } else {
            eprintln!("comptoir-relay: {message}  [{}]", self.code);
        }
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::new(exit::USAGE, "settings-unfit", error)
    }
}

impl From<Unfit> for Failure {
    fn from(error: Unfit) -> Self {
        Self::new(exit::USAGE, "settings-unfit", error)
    }
}

impl From<DirError> for Failure {
    fn from(error: DirError) -> Self {
        let code = match error {
            DirError::NotInitialised { .. } => "not-initialised",
            DirError::AlreadyInitialised { .. } => "already-initialised",
            DirError::InUse { .. } => "directory-in-use",
            DirError::ReadOnly { .. } => "directory-read-only",
            DirError::Io { .. } => "directory-failed",
        };
        Self::new(exit::REFUSED, code, error)
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        match error {
            KeyFileError::Dir(error) => error.into(),
            KeyFileError::NewerVersion { .. } => Self::new(exit::REFUSED, "directory-newer", error),
            KeyFileError::Damaged { .. } => Self::new(exit::DAMAGED, "damaged", error),
            KeyFileError::Tls(_) => Self::new(exit::DAMAGED, "damaged", error),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let (exit, code) = match error {
            OpenError::ReadOnly { .. } => (exit::REFUSED, "directory-read-only"),
            OpenError::NewerVersion { .. } => (exit::REFUSED, "directory-newer"),
            OpenError::WrongOrganisation { .. } => (exit::REFUSED, "wrong-organisation"),
            OpenError::Full { .. } => (exit::REFUSED, "disk-full"),
            OpenError::Damaged { .. } => (exit::DAMAGED, "damaged"),
            OpenError::Sql { .. } => (exit::DAMAGED, "storage-failed"),
        };
        Self::new(exit, code, error)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Dir(error) => error.into(),
            StartError::Keys(error) => error.into(),
            StartError::Store(error) => error.into(),
            StartError::AdminNotLoopback { .. } => Self::new(exit::USAGE, "admin-not-loopback", error),
            StartError::Console(error) => error.into(),
            StartError::Listen(_) | StartError::Admin { .. } => Self::new(exit::REFUSED, "port-in-use", error),
        }
    }
}

impl From<ConsoleError> for Failure {
    fn from(error: ConsoleError) -> Self {
        match error {
            ConsoleError::Book(error) => error.into(),
            ConsoleError::Listen(_) => Self::new(exit::REFUSED, "port-in-use", error),
            ConsoleError::Certificate(CertificateError::Damaged { .. } | CertificateError::Own(_)) => {
                Self::new(exit::DAMAGED, "damaged", error)
            }
            ConsoleError::Certificate(_) => Self::new(exit::REFUSED, "certificate-unfit", error),
            ConsoleError::Pages(_) => Self::new(exit::USAGE, "pages-unfit", error),
        }
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Store(error) => error.into(),
            AccountError::Unknown { .. } => Self::new(exit::REFUSED, "account-unknown", error),
            AccountError::Taken { .. } => Self::new(exit::REFUSED, "account-taken", error),
            AccountError::NameUnfit => Self::new(exit::REFUSED, "name-unfit", error),
            AccountError::TooMany => Self::new(exit::REFUSED, "too-many-accounts", error),
            AccountError::LastAdministrator { .. } => Self::new(exit::REFUSED, "last-administrator", error),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full(_) => Self::new(exit::REFUSED, "disk-full", error),
            StoreError::Damaged(_) => Self::new(exit::DAMAGED, "damaged", error),
            StoreError::Sql(_) => Self::new(exit::DAMAGED, "storage-failed", error),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Self::new(exit::DAMAGED, "storage-failed", error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn causes_are_told_once_and_without_escapes() {
        let source = io::Error::other("disk\u{1b}[31m gone");
        let failure = Failure::from(DirError::Io { path: PathBuf::from("d"), source });
        assert_eq!(failure.message(), "d cannot be used: disk [31m gone");
        assert_eq!((failure.exit, failure.code), (exit::REFUSED, "directory-failed"));
    }
}
