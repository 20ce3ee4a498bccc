//! Envelopes under a passphrase, in the age format (scrypt recipient), which the `age` tool opens as well: armored ones for a few bytes, plain
//! ones for whole files. Owns how much work guessing costs, and how much an envelope from elsewhere may ask of us.

use std::io::{self, BufRead, Read, Write};

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use zeroize::Zeroizing;

use super::passphrase::Passphrase;
use crate::limits::{MAX_SCRYPT_LOG2, MAX_SMALL_FILE_BYTES};
use crate::problem::{Code, Problem};

/// Why an envelope does not open.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// Another passphrase sealed it.
    #[error("the passphrase is another")]
    WrongPassphrase,
    /// It asks for more work than we do.
    #[error("it asks for more work (2^{required}) than is done here (2^{MAX_SCRYPT_LOG2})")]
    TooMuchWork {
        /// The logarithm of the work that it asks for.
        required: u8,
    },
    /// It is none, was cut short or changed, or was not sealed by a passphrase.
    #[error("this is no whole file sealed by a passphrase")]
    Unfit,
}

impl From<EnvelopeError> for Problem {
    fn from(error: EnvelopeError) -> Self {
        let code = match error {
            EnvelopeError::WrongPassphrase => Code::PassphraseWrong,
            EnvelopeError::TooMuchWork { .. } | EnvelopeError::Unfit => Code::KeyFileUnfit,
        };
        Problem::from_error(code, &error)
    }
}

/// Seals a few bytes; guessing costs 2^`work_log2` steps of scrypt a time.
///
/// # Errors
/// None of the system's: it is written into memory.
pub fn seal(plain: &[u8], passphrase: &Passphrase, work_log2: u8) -> io::Result<String> {
    let armored = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
    let mut writer = sealing(armored, passphrase, work_log2)?;
    writer.write_all(plain)?;
    let bytes = writer.finish()?.finish()?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// Seals what is written, of any length, into `out`; it is whole once the writer was finished.
///
/// # Errors
/// What `out` says.
pub fn sealing<W: Write>(out: W, passphrase: &Passphrase, work_log2: u8) -> io::Result<StreamWriter<W>> {
    let mut recipient = scrypt::Recipient::new(passphrase.secret());
    recipient.set_work_factor(work_log2);
    let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as _)).map_err(io::Error::other)?;
    encryptor.wrap_output(out)
}

/// Opens what [`seal`] or the `age` tool sealed.
pub fn open(envelope: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
    let opened = opening(ArmoredReader::new(envelope), passphrase)?;
    // What was sealed is shorter than its envelope: the buffer does not grow, which would leave copies behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(envelope.len()));
    opened.take(MAX_SMALL_FILE_BYTES).read_to_end(&mut plain).map_err(|_| EnvelopeError::Unfit)?;
    Ok(plain)
}

/// Reads what was sealed, of any length. Where a byte of it was changed, or its end is missing, reading fails.
pub fn opening<R: BufRead>(sealed: R, passphrase: &Passphrase) -> Result<StreamReader<R>, EnvelopeError> {
    let mut identity = scrypt::Identity::new(passphrase.secret());
    identity.set_max_work_factor(MAX_SCRYPT_LOG2);
    let decryptor = Decryptor::new_buffered(sealed).map_err(|_| EnvelopeError::Unfit)?;
    if !decryptor.is_scrypt() {
        return Err(EnvelopeError::Unfit);
    }
    decryptor.decrypt(std::iter::once(&identity as _)).map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => {
            EnvelopeError::WrongPassphrase
        }
        DecryptError::ExcessiveWork { required, .. } => EnvelopeError::TooMuchWork { required },
        _ => EnvelopeError::Unfit,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const QUICK: u8 = 4;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text).unwrap()
    }

    #[test]
    fn an_envelope_opens_for_its_passphrase_alone() {
        let sealed = seal(b"secret", &passphrase("correct horse"), QUICK).unwrap();
        assert!(sealed.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"));
        assert_eq!(&**open(sealed.as_bytes(), &passphrase("correct horse")).unwrap(), b"secret");
        let wrong = open(sealed.as_bytes(), &passphrase("battery staple"));
        assert!(matches!(wrong, Err(EnvelopeError::WrongPassphrase)));
    }

    #[test]
    fn what_is_cut_short_or_changed_is_no_envelope() {
        let passphrase = passphrase("correct horse");
        let sealed = seal(b"secret", &passphrase, QUICK).unwrap();
        for end in 0..sealed.trim_end().len() {
            assert!(open(&sealed.as_bytes()[..end], &passphrase).is_err(), "{end}");
        }
        assert!(matches!(open(b"{}", &passphrase), Err(EnvelopeError::Unfit)));
        // The last line of the payload.
        let mut changed = sealed.clone().into_bytes();
        let place = sealed.find("\n-----END").unwrap() - 4;
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        assert!(open(&changed, &passphrase).is_err());
    }

    #[test]
    fn an_envelope_cannot_ask_for_any_amount_of_work() {
        let header = "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 40\n\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n0123456789abcdef";
        let opened = open(header.as_bytes(), &passphrase("correct horse"));
        assert!(matches!(opened, Err(EnvelopeError::TooMuchWork { required: 40 })), "{opened:?}");
    }
}
