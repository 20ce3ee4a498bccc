//! Copies of roster keys outside of this machine: an age file under a passphrase. Owns what stands in one, which is no more than is needed to write
//! that key's log again; where copies are kept is nobody's here.

use comptoir_sync_protocol::OrganisationId;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::envelope::{self, EnvelopeError};
use super::passphrase::Passphrase;
use crate::entropy::{hex, unhex};
use crate::identity::RosterKey;
use crate::limits::{EXPORT_SCRYPT_LOG2, MAX_KEY_COPY_BYTES};
use crate::problem::{Code, Problem};

const VERSION: u32 = 1;

/// Whose key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    /// Root's.
    #[serde(rename = "comptoir root key")]
    Root,
    /// An admin's.
    #[serde(rename = "comptoir admin key")]
    Admin,
}

#[derive(Serialize, Deserialize)]
struct Content {
    what: Whose,
    version: u32,
    organisation: String,
    signing: Zeroizing<String>,
    epoch: String,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// A copy, opened.
pub struct KeyCopy {
    /// Whose key it is.
    pub whose: Whose,
    /// In which organisation.
    pub organisation: OrganisationId,
    /// The key, and the epoch in which it wrote when the copy was made.
    pub key: RosterKey,
}

impl KeyCopy {
    /// Seals it, and opens what came of it to see that it is the same.
    pub fn seal(&self, passphrase: &Passphrase) -> Result<String, Problem> {
        let content = Content {
            what: self.whose,
            version: VERSION,
            organisation: self.organisation.to_string(),
            signing: Zeroizing::new(hex(self.key.signing.as_bytes())),
            epoch: self.key.epoch.to_string(),
        };
        let internal = |error: &dyn std::error::Error| Problem::from_error(Code::Internal, error);
        // Longer than the content is: the buffer does not grow, which would leave copies behind.
        let mut plain = Zeroizing::new(Vec::with_capacity(MAX_KEY_COPY_BYTES));
        serde_json::to_writer(&mut *plain, &content).map_err(|error| internal(&error))?;
        let sealed = envelope::seal(&plain, passphrase, EXPORT_SCRYPT_LOG2).map_err(|error| internal(&error))?;
        if Self::open(&sealed, passphrase)?.is_of(self) {
            Ok(sealed)
        } else {
            Err(unfit("The copy is not what was copied"))
        }
    }

    /// Opens a copy.
    pub fn open(file: &str, passphrase: &Passphrase) -> Result<Self, Problem> {
        if file.len() > MAX_KEY_COPY_BYTES {
            return Err(EnvelopeError::Unfit.into());
        }
        // Editors and mail add white space around it.
        let plain = envelope::open(format!("{}\n", file.trim()).as_bytes(), passphrase)?;
        if let Ok(Version { version }) = serde_json::from_slice(&plain)
            && version > VERSION
        {
            return Err(Problem::new(Code::DirectoryNewer, "A newer version of this program made the copy"));
        }
        let content: Content =
            serde_json::from_slice(&plain).map_err(|_| unfit("The file holds no key of a roster"))?;
        let signing = unhex(&content.signing).map(Zeroizing::new);
        let signing = signing.and_then(|bytes| Some(SigningKey::from_bytes(bytes.as_slice().try_into().ok()?)));
        let (Some(signing), Ok(organisation), Ok(epoch)) =
            (signing, content.organisation.parse(), content.epoch.parse())
        else {
            return Err(unfit("The key in the file is damaged"));
        };
        Ok(Self { whose: content.what, organisation, key: RosterKey { signing, epoch } })
    }

    /// Whether it is a copy of this very key; in which epoch it wrote is no matter.
    pub fn is_of(&self, other: &Self) -> bool {
        let same = self.key.signing.verifying_key() == other.key.signing.verifying_key();
        same && self.whose == other.whose && self.organisation == other.organisation
    }
}

fn unfit(message: &str) -> Problem {
    Problem::new(Code::KeyFileUnfit, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::entropy;

    fn copy(whose: Whose) -> KeyCopy {
        KeyCopy { whose, organisation: OrganisationId([3; 32]), key: RosterKey::generate(&mut entropy::os()) }
    }

    fn sealed(text: &str, passphrase: &Passphrase) -> String {
        envelope::seal(text.as_bytes(), passphrase, 2).unwrap()
    }

    #[test]
    fn a_copy_is_the_key_and_nothing_else() {
        let passphrase = Passphrase::new("correct horse").unwrap();
        let copy = copy(Whose::Root);
        let file = copy.seal(&passphrase).unwrap();
        let opened = KeyCopy::open(&format!("\n{file}\n\n"), &passphrase).unwrap();
        assert!(opened.is_of(&copy) && opened.key.epoch == copy.key.epoch);
        let plain = envelope::open(file.as_bytes(), &passphrase).unwrap();
        let content: serde_json::Value = serde_json::from_slice(&plain).unwrap();
        let names: Vec<&str> = content.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["epoch", "organisation", "signing", "version", "what"]);
        let wrong = KeyCopy::open(&file, &Passphrase::new("battery staple").unwrap());
        assert_eq!(wrong.err().unwrap().code, "passphrase-wrong");
    }

    /// Made by age's own implementation for browsers (age-encryption 0.3), with the passphrase below.
    const MADE_ELSEWHERE: &str = "-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBzTG9TakV3VGcrSmR4VUFR
b1FmUUdnIDEwCjhmQUFGWkxqN0VrVmJ5K0VvMDhTVjhxUTdTL0NKS21BaHkxZWtn
QVlaWGsKLS0tIEgyby9PL0FYSEF3MHI2MWEzK0h5R3ZlTGI3bGhFazhad1JSTVZX
VVBTMHcKRfD/gI7PGwNcI2GqRwQjteBeULD+3NY4BTCT+ypFIngCQqdDjE5O3xDq
FgNLgGTW19Nx0qCJZkn62kGMX2KeV6RxV87ms0W7FhrG3VVxbDhVo85NvRHYKT2f
Q5FQ44CKiEFdifF9OVhH9+f+kF9eIjbrOdRA7LXb0u0g1SeE/2kYvQOPf2qXPgKw
njKjTrXZ+NUgz/uBC60axbqC0G96Eb28esXQ/WqR+/uNCwZ0InjWUnWNCPT562dP
jc9nV6/xzc+/7wgKlVSf9Sd4XVr5Ult9h1k9aERUPUTilhRWcmp94QSfp3Tn1HnJ
JPmBUI1C3+ZbFzU8n+y75un/SDjWV+4Y
-----END AGE ENCRYPTED FILE-----
";

    #[test]
    fn a_copy_of_the_first_version_made_by_another_program_opens() {
        let opened = KeyCopy::open(MADE_ELSEWHERE, &Passphrase::new("correct horse battery").unwrap()).unwrap();
        assert_eq!((opened.whose, opened.organisation), (Whose::Root, OrganisationId([3; 32])));
        assert_eq!((opened.key.signing.as_bytes(), opened.key.epoch.to_string()), (&[7; 32], "05".repeat(8)));
    }

    #[test]
    fn only_the_very_same_key_is_taken_for_it() {
        let (one, other) = (copy(Whose::Root), copy(Whose::Root));
        assert!(!one.is_of(&other));
        let of = |whose, organisation| KeyCopy { whose, organisation, key: one.key.clone() };
        assert!(one.is_of(&of(Whose::Root, OrganisationId([3; 32]))));
        assert!(!one.is_of(&of(Whose::Admin, OrganisationId([3; 32]))));
        assert!(!one.is_of(&of(Whose::Root, OrganisationId([4; 32]))));
    }

    #[test]
    fn files_that_are_no_copies_are_told_apart() {
        let passphrase = Passphrase::new("correct horse").unwrap();
        let code = |file: &str| KeyCopy::open(file, &passphrase).err().unwrap().code;
        assert_eq!(code("hello"), "key-file-unfit");
        assert_eq!(code(&"x".repeat(MAX_KEY_COPY_BYTES + 1)), "key-file-unfit");
        assert_eq!(code(&sealed("AGE-SECRET-KEY-1", &passphrase)), "key-file-unfit");
        assert_eq!(code(&sealed(r#"{"version":2,"what":"comptoir other"}"#, &passphrase)), "directory-newer");
        let bad = r#"{"what":"comptoir root key","version":1,"organisation":"","signing":"00","epoch":""}"#;
        assert_eq!(code(&sealed(bad, &passphrase)), "key-file-unfit");
    }
}
