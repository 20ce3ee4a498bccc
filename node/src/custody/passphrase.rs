//! Passphrases: read from a file, from a credential of the service, or from standard input, and held no longer than needed. Owns their
//! form and its bounds; keeps none.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::limits::{MAX_PASSPHRASE_BYTES, MIN_PASSPHRASE_CHARACTERS};
use crate::problem::{Code, Problem};

/// Names a file with the passphrase of the keys, where no option does.
pub const FILE_VARIABLE: &str = "COMPTOIR_KEYS_PASSPHRASE_FILE";
/// Names a credential of the service with it, where no option does.
pub const CREDENTIAL_VARIABLE: &str = "COMPTOIR_KEYS_CREDENTIAL";
/// Where the system's service manager puts credentials (`LoadCredential=`).
const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";

/// A passphrase. Never shown, zeroed when dropped.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

/// Where the passphrase of a directory's keys is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// In a file of its own.
    PassphraseFile(PathBuf),
    /// In a credential that the service manager hands over, by its name.
    Credential(String),
}

/// Why there is no passphrase.
#[derive(Debug, thiserror::Error)]
pub enum PassphraseError {
    /// The file cannot be read.
    #[error("the passphrase file {} cannot be read", .path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No service manager hands anything over.
    #[error("there is no credential {name}: {CREDENTIALS_VARIABLE} is not set, so no service manager hands it over")]
    NoCredentials {
        /// Which credential.
        name: String,
    },
    /// A credential's name is a file's.
    #[error("{name:?} is no name of a credential")]
    CredentialName {
        /// What was given.
        name: String,
    },
    /// It is too short to withstand guessing, or empty.
    #[error("the passphrase has fewer than {MIN_PASSPHRASE_CHARACTERS} characters")]
    TooShort,
    /// It is too long.
    #[error("the passphrase has more than {MAX_PASSPHRASE_BYTES} bytes")]
    TooLong,
    /// It is no text.
    #[error("the passphrase is no text in UTF-8")]
    NotText,
}

impl From<PassphraseError> for Problem {
    fn from(error: PassphraseError) -> Self {
        let code = match &error {
            PassphraseError::Unreadable { .. } | PassphraseError::NoCredentials { .. } => Code::FileUnreadable,
            PassphraseError::CredentialName { .. } => Code::BadRequest,
            _ => Code::PassphraseUnfit,
        };
        let problem = Problem::from_error(code, &error);
        match &error {
            PassphraseError::Unreadable { path, .. } => problem.with("path", path.display()),
            _ => problem,
        }
    }
}

impl Passphrase {
    /// From text as it was given: one line end after it is no part of it.
    pub fn new(text: &str) -> Result<Self, PassphraseError> {
        let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
        if text.len() > MAX_PASSPHRASE_BYTES {
            return Err(PassphraseError::TooLong);
        }
        if text.chars().count() < MIN_PASSPHRASE_CHARACTERS {
            return Err(PassphraseError::TooShort);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// Reads it to the end.
    pub fn read(from: impl Read) -> io::Result<Result<Self, PassphraseError>> {
        // Room for all that may be there: a buffer that grew would leave copies behind.
        let most = MAX_PASSPHRASE_BYTES + 3;
        let mut bytes = Zeroizing::new(Vec::with_capacity(most));
        from.take(most as u64).read_to_end(&mut bytes)?;
        if bytes.len() == most {
            return Ok(Err(PassphraseError::TooLong));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| PassphraseError::NotText);
        Ok(text.and_then(Self::new))
    }

    /// Reads a file that holds it and nothing else.
    pub fn of_file(path: &Path) -> Result<Self, PassphraseError> {
        let unreadable = |source| PassphraseError::Unreadable { path: path.to_owned(), source };
        Self::read(std::fs::File::open(path).map_err(unreadable)?).map_err(unreadable)?
    }

    /// The text itself.
    pub fn text(&self) -> Zeroizing<String> {
        self.0.clone()
    }

    /// As the format's own type wants it.
    pub(super) fn secret(&self) -> SecretString {
        SecretString::from(self.0.as_str().to_owned())
    }
}

impl Source {
    /// What the environment says, if it says anything. A file goes before a credential.
    pub fn of_environment() -> Option<Self> {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let file = set(FILE_VARIABLE).map(|path| Self::PassphraseFile(path.into()));
        file.or_else(|| set(CREDENTIAL_VARIABLE).map(|name| Self::Credential(name.to_string_lossy().into_owned())))
    }

    /// The same, whatever the directory that a program is started in.
    pub fn anywhere(self) -> Self {
        match self {
            Self::PassphraseFile(path) => Self::PassphraseFile(std::path::absolute(&path).unwrap_or(path)),
            credential @ Self::Credential(_) => credential,
        }
    }

    /// Reads the passphrase there.
    pub fn read(&self) -> Result<Passphrase, PassphraseError> {
        match self {
            Self::PassphraseFile(path) => Passphrase::of_file(path),
            Self::Credential(name) => Self::credential(name, std::env::var_os(CREDENTIALS_VARIABLE).map(PathBuf::from)),
        }
    }

    fn credential(name: &str, directory: Option<PathBuf>) -> Result<Passphrase, PassphraseError> {
        let name = name.to_owned();
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']) {
            return Err(PassphraseError::CredentialName { name });
        }
        let directory = directory.ok_or_else(|| PassphraseError::NoCredentials { name: name.clone() })?;
        Passphrase::of_file(&directory.join(name))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use age::secrecy::ExposeSecret;

    fn text(passphrase: &Passphrase) -> String {
        passphrase.secret().expose_secret().to_owned()
    }

    #[test]
    fn one_line_end_is_no_part_of_it_and_bounds_hold() {
        for given in ["correct horse", "correct horse\n", "correct horse\r\n"] {
            assert_eq!(text(&Passphrase::new(given).unwrap()), "correct horse");
        }
        assert_eq!(text(&Passphrase::new(" correct horse \n\n").unwrap()), " correct horse \n");
        assert!(matches!(Passphrase::new("short\n"), Err(PassphraseError::TooShort)));
        assert!(Passphrase::new(&"é".repeat(MIN_PASSPHRASE_CHARACTERS)).is_ok());
        let long = "x".repeat(MAX_PASSPHRASE_BYTES);
        assert!(Passphrase::read(format!("{long}\r\n").as_bytes()).unwrap().is_ok());
        assert!(matches!(Passphrase::read(format!("{long}x").as_bytes()).unwrap(), Err(PassphraseError::TooLong)));
        assert!(matches!(Passphrase::read(&[0xff; 20][..]).unwrap(), Err(PassphraseError::NotText)));
    }

    #[test]
    fn a_credential_is_a_file_of_the_service_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("keys"), "correct horse").unwrap();
        let at = || Some(dir.path().to_owned());
        assert_eq!(text(&Source::credential("keys", at()).unwrap()), "correct horse");
        assert!(matches!(Source::credential("keys", None), Err(PassphraseError::NoCredentials { .. })));
        assert!(matches!(Source::credential("other", at()), Err(PassphraseError::Unreadable { .. })));
        for name in ["../keys", "", ".", "a/b"] {
            assert!(matches!(Source::credential(name, at()), Err(PassphraseError::CredentialName { .. })), "{name}");
        }
    }
}
