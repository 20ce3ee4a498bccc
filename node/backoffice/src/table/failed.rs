//! Why reading a table stopped. Keeps apart what the user can mend (a refusal) and what the machine failed at.

use std::io;

use crate::refusal::Refusal;

/// Reading stopped; what was read before stands.
#[derive(Debug, thiserror::Error)]
pub enum ReadFailed {
    /// The file breaks a rule or a bound. Not its source: callers show it as it is.
    #[error("{0}")]
    Refused(Refusal),
    /// The file could not be read.
    #[error("the file could not be read")]
    Io(#[source] io::Error),
}

impl From<Refusal> for ReadFailed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<io::Error> for ReadFailed {
    /// A refusal that travelled through a reader as an [`io::Error`] comes out as itself.
    fn from(error: io::Error) -> Self {
        match error.downcast::<Refusal>() {
            Ok(refusal) => Self::Refused(refusal),
            Err(error) => Self::Io(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;

    #[test]
    fn a_refusal_survives_the_way_through_a_reader() {
        let refusal = Refusal::new(Code::FileEmpty);
        let failed = ReadFailed::from(io::Error::other(refusal.clone()));
        assert!(matches!(failed, ReadFailed::Refused(found) if found == refusal));
        assert!(matches!(ReadFailed::from(io::Error::other("disk")), ReadFailed::Io(_)));
    }
}
