//! Key files on the disk: plain, or sealed. Owns their outer form, so that an older version of this program says of a sealed file that it is newer;
//! what stands in them is [`crate::identity`]'s.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::seal::Seal;
use crate::durable::{self, ReadError, WriteError};
use crate::entropy;
use crate::identity::KeysError;
use crate::limits::MAX_KEY_FILE_BYTES;

/// Of a file whose content stands in it.
pub const PLAIN_VERSION: u32 = 1;
/// Of a file whose content is sealed.
const SEALED_VERSION: u32 = 2;

/// What is read of a file before its content is.
#[derive(Deserialize)]
struct Outer {
    version: u32,
    #[serde(default)]
    sealed: Option<String>,
}

/// A file whose content is sealed. What was there before there were seals is read before the version is: it is empty.
#[derive(Serialize)]
struct SealedFile {
    version: u32,
    organisation: &'static str,
    site: &'static str,
    tls: &'static str,
    signing: &'static str,
    sealing: &'static str,
    epoch: &'static str,
    sealed: String,
}

/// How a key file lies on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    /// There is none.
    Nowhere,
    /// Whoever can read the file has the key.
    Plain,
    /// It opens with the seal alone.
    Sealed,
}

/// How the file at this path lies.
pub fn lies(path: &Path) -> Result<Lies, KeysError> {
    Ok(match outer(path)? {
        None => Lies::Nowhere,
        Some(Outer { sealed: None, .. }) => Lies::Plain,
        Some(Outer { sealed: Some(_), .. }) => Lies::Sealed,
    })
}

/// Reads a file, sealed or not; `None` when there is none.
pub fn read<T: DeserializeOwned>(path: &Path, seal: Option<&Seal>) -> Result<Option<T>, KeysError> {
    let Some(Outer { sealed, .. }) = outer(path)? else { return Ok(None) };
    let Some(sealed) = sealed else { return Ok(durable::read(path)?) };
    let name = name(path);
    let plain = seal.ok_or_else(|| KeysError::NoSeal { path: path.to_owned() })?.unclose(name, &sealed)?;
    let damaged = |source| ReadError::Damaged { path: path.to_owned(), source };
    let inner: Outer = serde_json::from_slice(&plain).map_err(damaged)?;
    if inner.version > PLAIN_VERSION {
        return Err(KeysError::Newer { found: inner.version });
    }
    Ok(Some(serde_json::from_slice(&plain).map_err(damaged)?))
}

/// Writes a file: sealed when there is a seal.
pub fn write(path: &Path, content: &impl Serialize, seal: Option<&Seal>) -> Result<(), WriteError> {
    let Some(seal) = seal else { return durable::write(path, content) };
    // Longer than any key file is: the buffer does not grow, which would leave copies behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(MAX_KEY_FILE_BYTES));
    let failed = |error: serde_json::Error| WriteError { path: path.to_owned(), source: error.into() };
    serde_json::to_writer(&mut *plain, content).map_err(failed)?;
    let sealed = seal.close(name(path), &plain, &mut entropy::os());
    let (organisation, site, tls, signing, sealing, epoch) = ("", "", "", "", "", "");
    let version = SEALED_VERSION;
    durable::write(path, &SealedFile { version, organisation, site, tls, signing, sealing, epoch, sealed })
}

fn outer(path: &Path) -> Result<Option<Outer>, KeysError> {
    let outer: Option<Outer> = durable::read(path)?;
    match outer {
        Some(Outer { version, .. }) if version > SEALED_VERSION => Err(KeysError::Newer { found: version }),
        Some(Outer { version: SEALED_VERSION, sealed: None }) => Err(KeysError::Damaged { key: "sealed" }),
        outer => Ok(outer),
    }
}

/// The names that key files have.
fn name(path: &Path) -> &'static str {
    let name = path.file_name().unwrap_or_default();
    ["keys.json", "renewed-keys.json", "admin.json", "root.json"]
        .into_iter()
        .find(|known| name == *known)
        .unwrap_or_default()
}
