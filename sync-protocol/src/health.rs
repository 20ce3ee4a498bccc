//! Health reports: a site's signed word on how it stands, for the relay to show at headquarters.
//!
//! Owns the shape, signing and checking. Counts, sizes, places in logs, fixed words of the program: nothing of what records say. Never says anything of another
//! site; who believes it, and for how long, is the relay's.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use thiserror::Error;

use crate::codec::{self, CodecError};
use crate::header::LogHead;
use crate::ids::{OrganisationId, ScopeId, SiteId};
use crate::limits;

/// How a site stands. Fields of a later version are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Health {
    /// When it was written, by the site's clock; Unix milliseconds. A relay holds its own clock against it.
    #[n(0)]
    pub at_ms: i64,
    /// Program and version.
    #[n(1)]
    pub software: String,
    /// Entries written there that no relay has acknowledged.
    #[n(2)]
    pub outbox_entries: u64,
    /// Open items of the inbox.
    #[n(3)]
    pub inbox_items: u64,
    /// Those of them that are conflicts.
    #[n(4)]
    pub conflicts: u64,
    /// Entries that every replica judges invalid.
    #[n(5)]
    pub quarantined_entries: u64,
    /// Entries that its version cannot read yet.
    #[n(6)]
    pub parked_entries: u64,
    /// Entries that build on others that are not there yet.
    #[n(7)]
    pub waiting_entries: u64,
    /// Bytes that its database takes.
    #[n(8)]
    pub store_bytes: u64,
    /// Bytes that are free on its disk, where the system tells.
    #[n(9)]
    pub disk_free_bytes: Option<u64>,
    /// Whether its database turned out older than what relays had acknowledged, and it went on in a new epoch.
    #[cbor(n(10), with = "crate::codec::flag", has_nil)]
    pub restored: bool,
    /// Proofs that some writer wrote two histories, as far as it holds any.
    #[n(11)]
    pub forks: u64,
    /// How much it holds of each scope.
    #[n(12)]
    pub scopes: Vec<ScopeHealth>,
    /// Entries that it has set aside, some of them where there are many; none of an older version. By place and code alone.
    #[n(13)]
    pub set_aside: Option<Vec<SetAsideHealth>>,
    /// As of when the last backup is that was kept, by the site's clock; Unix milliseconds. None is known where it is absent.
    #[n(14)]
    pub backup_at_ms: Option<i64>,
    /// The last warnings and errors of its program since that began, newest last; none of an older version.
    #[n(15)]
    pub journal: Option<Vec<JournalLine>>,
}

/// A warning or an error of a site's program, in the program's own fixed words.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct JournalLine {
    /// When it was last said, by the site's clock; Unix milliseconds.
    #[n(0)]
    pub at_ms: i64,
    /// It is an error; else a warning.
    #[cbor(n(1), with = "crate::codec::flag", has_nil)]
    pub error: bool,
    /// Which part of the program says so.
    #[n(2)]
    pub part: String,
    /// What it says, in English.
    #[n(3)]
    pub text: String,
    /// As a code that never changes, where there is one.
    #[n(4)]
    pub code: Option<String>,
    /// How often it was said.
    #[n(5)]
    pub times: u64,
}

/// An entry that a site has set aside.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SetAsideHealth {
    /// Its scope.
    #[n(0)]
    pub scope: ScopeId,
    /// Its place.
    #[n(1)]
    pub head: LogHead,
    /// Why, as a code that never changes.
    #[n(2)]
    pub code: String,
    /// It may count in a later version, or once more has arrived; else it breaks a rule.
    #[cbor(n(3), with = "crate::codec::flag", has_nil)]
    pub parked: bool,
}

/// How much a site holds of one scope.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ScopeHealth {
    /// The scope.
    #[n(0)]
    pub scope: ScopeId,
    /// Entries delivered there, over all logs.
    #[n(1)]
    pub entries: u64,
}

/// A site's signed word. What is signed are the very bytes, so that one of a later version is believed as well.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HealthReport {
    /// The site.
    #[n(0)]
    pub site: SiteId,
    /// A [`Health`].
    #[cbor(n(1), with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// By the site's signing key, over organisation, site and body.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// A report that says nothing.
#[derive(Debug, Error)]
pub enum HealthError {
    /// The key of the site did not sign it.
    #[error("the site did not sign this report")]
    NotSigned,
    /// It cannot be read.
    #[error(transparent)]
    Malformed(#[from] CodecError),
}

impl HealthReport {
    /// The word of a site.
    pub fn sign(organisation: &OrganisationId, site: SiteId, health: &Health, key: &SigningKey) -> Self {
        let mut report = Self { site, body: codec::to_bytes(health), signature: [0; 64] };
        report.signature = key.sign(&report.message(organisation)).to_bytes();
        report
    }

    /// What it says, if the site of this signing key said so in this organisation.
    ///
    /// # Errors
    /// [`HealthError`].
    pub fn open(&self, organisation: &OrganisationId, key: &[u8; 32]) -> Result<Health, HealthError> {
        let signature = Signature::from_bytes(&self.signature);
        let is_signed = VerifyingKey::from_bytes(key)
            .is_ok_and(|key| key.verify_strict(&self.message(organisation), &signature).is_ok());
        if !is_signed {
            return Err(HealthError::NotSigned);
        }
        let health: Health = codec::from_bytes("health report", &self.body)?;
        codec::bounded("software", health.software.len(), limits::MAX_ROSTER_TEXT_BYTES)?;
        codec::bounded("scopes", health.scopes.len(), limits::MAX_SCOPES_PER_SESSION)?;
        let set_aside = health.set_aside.as_deref().unwrap_or_default();
        codec::bounded("set aside", set_aside.len(), limits::MAX_SET_ASIDE_TOLD)?;
        set_aside
            .iter()
            .try_for_each(|entry| codec::bounded("code", entry.code.len(), limits::MAX_ROSTER_TEXT_BYTES))?;
        let journal = health.journal.as_deref().unwrap_or_default();
        codec::bounded("journal", journal.len(), limits::MAX_JOURNAL_LINES_TOLD)?;
        let texts = journal.iter().flat_map(|line| [Some(&line.part), Some(&line.text), line.code.as_ref()]).flatten();
        texts.into_iter().try_for_each(|text| codec::bounded("line", text.len(), limits::MAX_JOURNAL_TEXT_BYTES))?;
        Ok(health)
    }

    fn message(&self, organisation: &OrganisationId) -> Vec<u8> {
        [&b"comptoir health v1\0"[..], &organisation.0, &self.site.0, &self.body].concat()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ORGANISATION: OrganisationId = OrganisationId([1; 32]);

    fn health() -> Health {
        let scopes = vec![ScopeHealth { scope: ScopeId([3; 16]), entries: 12 }];
        Health { at_ms: 5, software: "comptoir-node/0.1.0".into(), outbox_entries: 2, scopes, ..Health::default() }
    }

    fn signed(health: &Health) -> (HealthReport, [u8; 32]) {
        let key = SigningKey::from_bytes(&[2; 32]);
        (HealthReport::sign(&ORGANISATION, SiteId([4; 16]), health, &key), key.verifying_key().to_bytes())
    }

    #[test]
    fn a_site_alone_says_how_it_stands() {
        let (report, key) = signed(&health());
        assert_eq!(report.open(&ORGANISATION, &key).unwrap(), health());
        let other = SigningKey::from_bytes(&[9; 32]).verifying_key().to_bytes();
        assert!(matches!(report.open(&ORGANISATION, &other), Err(HealthError::NotSigned)));
        assert!(matches!(report.open(&OrganisationId([9; 32]), &key), Err(HealthError::NotSigned)));
        let of_another = HealthReport { site: SiteId([9; 16]), ..report.clone() };
        assert!(matches!(of_another.open(&ORGANISATION, &key), Err(HealthError::NotSigned)));
        let mut better = report;
        better.body = codec::to_bytes(&Health { outbox_entries: 0, ..health() });
        assert!(matches!(better.open(&ORGANISATION, &key), Err(HealthError::NotSigned)));
    }

    #[test]
    fn one_of_a_later_version_is_read_as_far_as_it_is_known() {
        // A map with one field more than are known here.
        let known = codec::to_bytes(&Health { scopes: Vec::new(), ..health() });
        let mut decoder = minicbor::Decoder::new(&known);
        let fields = decoder.map().unwrap().unwrap();
        let mut newer = Vec::new();
        let mut encoder = minicbor::Encoder::new(&mut newer);
        encoder.map(fields + 1).unwrap();
        encoder.writer_mut().extend_from_slice(&known[decoder.position()..]);
        minicbor::Encoder::new(&mut newer).u16(99).unwrap().str("later").unwrap();
        let key = SigningKey::from_bytes(&[2; 32]);
        let mut report = HealthReport { site: SiteId([4; 16]), body: newer, signature: [0; 64] };
        report.signature = key.sign(&report.message(&ORGANISATION)).to_bytes();
        let read = report.open(&ORGANISATION, &key.verifying_key().to_bytes()).unwrap();
        assert_eq!(read, Health { scopes: Vec::new(), ..health() });
    }

    #[test]
    fn a_hostile_one_is_refused() {
        let key = SigningKey::from_bytes(&[2; 32]);
        let long = Health { software: "x".repeat(limits::MAX_ROSTER_TEXT_BYTES + 1), ..health() };
        let (report, public) = signed(&long);
        assert!(matches!(report.open(&ORGANISATION, &public), Err(HealthError::Malformed(_))));
        let line = |text: &str| JournalLine {
            at_ms: 5,
            error: true,
            part: "comptoir_node".into(),
            text: text.into(),
            code: None,
            times: 1,
        };
        for journal in [
            vec![line(&"x".repeat(limits::MAX_JOURNAL_TEXT_BYTES + 1))],
            vec![line("x"); limits::MAX_JOURNAL_LINES_TOLD + 1],
        ] {
            let (report, public) = signed(&Health { journal: Some(journal), ..health() });
            assert!(matches!(report.open(&ORGANISATION, &public), Err(HealthError::Malformed(_))));
        }
        let mut junk = HealthReport { site: SiteId([4; 16]), body: vec![0xff; 40], signature: [0; 64] };
        junk.signature = key.sign(&junk.message(&ORGANISATION)).to_bytes();
        assert!(matches!(junk.open(&ORGANISATION, &public), Err(HealthError::Malformed(_))));
    }
}
