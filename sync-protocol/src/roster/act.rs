//! The acts of the roster: what root and admins may say.
//! Owns their shapes and numbers. Acts of newer versions are carried as they came; what an act means is the fold's.
//!
//! Reserved numbers: 13 freeze, 14 close-epoch, 18 root-rotate, 19 erasure order.

use minicbor::{Decode, Encode};

use crate::codec;
use crate::header::LogHead;
use crate::ids::{InvitationId, KeyId, ScopeId, SiteId};
use crate::roster::rekey::Rekey;

/// One act. Encoded as `[number, body]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// 1: founds the organisation; only in the first entry of root's log.
    Genesis(Genesis),
    /// 2: root lets an admin key write the roster.
    Delegate(Delegate),
    /// 3: a site is a member of the organisation.
    Admit(Admission),
    /// 4: a site or an admin is removed at a cut, until it is resumed.
    Suspend(Cut),
    /// 5: a suspension ends.
    Resume(Resumption),
    /// 6: a site or an admin is removed at a cut, for good.
    Revoke(Cut),
    /// 7: the cut of whoever is removed moves forward: later entries count as well.
    Adopt(Cut),
    /// 8: a scope exists.
    DefineScope(ScopeDefinition),
    /// 9: sites become members of a scope.
    AddMembers(Members),
    /// 10: who writes the records of a kind that headquarters writes by default.
    Writers(Writers),
    /// 11: a scope key, sealed to one site.
    WrapKey(WrappedKey),
    /// 12: the key that new entries of a scope are sealed with.
    Rotate(Rotation),
    /// 15: a site has these keys from here on.
    Rekey(Rekey),
    /// 16: a relay may store and forward.
    AdmitRelay(RelayAdmission),
    /// 17: a relay may no longer.
    RetireRelay(RelayRetirement),
    /// 20: where a scope's bytes may go from here on.
    Confine(Confinement),
    /// 21: sites are members of a scope no more. They keep what they have.
    DropMembers(Members),
    /// 22: what a site is called from here on. Its code stays.
    Rename(Rename),
    /// Of a newer version: its number and body.
    Unknown(u16, Vec<u8>),
}

impl Act {
    /// The number of [`Act::Rekey`].
    pub(super) const REKEY: u16 = 15;
}

/// Founds an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Genesis {
    /// The organisation's name.
    #[n(0)]
    pub name: String,
    /// Root's Ed25519 key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub root: [u8; 32],
    /// Keys that may replace root's ◇.
    #[n(2)]
    pub recovery: Vec<minicbor::bytes::ByteArray<32>>,
}

/// Lets an admin key write the roster.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Delegate {
    /// The admin's Ed25519 key.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub admin: [u8; 32],
    /// Whose it is, for people.
    #[n(1)]
    pub name: String,
}

/// The public keys of a site.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SiteKeys {
    /// BLAKE3 of the TLS certificate's public key (SubjectPublicKeyInfo).
    #[cbor(n(0), with = "minicbor::bytes")]
    pub tls_pin: [u8; 32],
    /// Ed25519.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signing: [u8; 32],
    /// X25519, for HPKE.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sealing: [u8; 32],
}

/// What is known of a site.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SiteProfile {
    /// Short code, unique in the organisation: `PAR`.
    #[n(0)]
    pub code: String,
    /// For people.
    #[n(1)]
    pub name: String,
    /// ISO 3166-1 alpha-2.
    #[n(2)]
    pub country: String,
    /// Whose law its data is under; a country unless said otherwise.
    #[n(3)]
    pub jurisdiction: String,
    /// IANA name.
    #[n(4)]
    pub time_zone: String,
    /// ISO 4217.
    #[n(5)]
    pub currency: String,
    /// BCP 47.
    #[n(6)]
    pub locale: String,
}

/// A site becomes a member of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Admission {
    /// Its id.
    #[n(0)]
    pub site: SiteId,
    /// What is known of it.
    #[n(1)]
    pub profile: SiteProfile,
    /// Its keys.
    #[n(2)]
    pub keys: SiteKeys,
    /// Whether it is headquarters.
    #[n(3)]
    pub headquarters: bool,
    /// The invitation that this burns.
    #[n(4)]
    pub invitation: Option<InvitationId>,
}

/// Where the logs of a site or an admin end, as far as they have effect.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Cut {
    /// A site; or an admin, by the id that his roster key gives.
    #[n(0)]
    pub subject: SiteId,
    /// The last entries that count. A log of the subject that is not listed does not count at all.
    #[n(1)]
    pub heads: Vec<CutHead>,
}

/// The last entry that counts of one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CutHead {
    /// The scope; the roster's for an admin.
    #[n(0)]
    pub scope: ScopeId,
    /// The entry.
    #[n(1)]
    pub head: LogHead,
}

/// Ends a suspension.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Resumption {
    /// The site or the admin that was suspended.
    #[n(0)]
    pub subject: SiteId,
}

/// Defines a scope.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ScopeDefinition {
    /// Its id, derived from its name.
    #[n(0)]
    pub scope: ScopeId,
    /// Its name, such as `books:PAR`.
    #[n(1)]
    pub name: String,
    /// The jurisdictions that its bytes may enter; empty: any.
    #[n(2)]
    pub jurisdictions: Vec<String>,
}

/// Members of a scope, who join it or leave it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Members {
    /// The scope.
    #[n(0)]
    pub scope: ScopeId,
    /// Who joins it, or leaves it.
    #[n(1)]
    pub sites: Vec<SiteId>,
}

/// Says who writes the records of a kind. Concerns kinds of class *reference* alone; for others it changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Writers {
    /// The kind's name, such as `payment_term`.
    #[n(0)]
    pub kind: String,
    /// Who writes from here on.
    #[n(1)]
    pub class: WritersClass,
}

/// Who writes the records of a kind. Encoded as its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WritersClass {
    /// 0: headquarters.
    Reference,
    /// 1: every member of the scope.
    Shared,
    /// Of a newer version: the act changes nothing here.
    Newer(u16),
}

impl<C> Encode<C> for WritersClass {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let number = match self {
            Self::Reference => 0,
            Self::Shared => 1,
            Self::Newer(number) => *number,
        };
        e.u16(number)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for WritersClass {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(match d.u16()? {
            0 => Self::Reference,
            1 => Self::Shared,
            number => Self::Newer(number),
        })
    }
}

/// A scope key, sealed to one site's sealing key with [`crate::roster::wrap_key`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WrappedKey {
    /// The scope.
    #[n(0)]
    pub scope: ScopeId,
    /// Which key.
    #[n(1)]
    pub key_id: KeyId,
    /// For whom.
    #[n(2)]
    pub site: SiteId,
    /// HPKE envelope.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub envelope: Vec<u8>,
}

/// Names the key for new entries.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Rotation {
    /// The scope.
    #[n(0)]
    pub scope: ScopeId,
    /// The key from here on.
    #[n(1)]
    pub key_id: KeyId,
}

/// A relay may store and forward.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RelayAdmission {
    /// BLAKE3 of its TLS public key.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub tls_pin: [u8; 32],
    /// Ed25519, for receipts.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signing: [u8; 32],
    /// `host:port`.
    #[n(2)]
    pub address: String,
    /// Where it stands.
    #[n(3)]
    pub jurisdiction: String,
}

/// A relay may no longer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RelayRetirement {
    /// BLAKE3 of its TLS public key.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub tls_pin: [u8; 32],
}

/// Says where a scope's bytes may go from here on. What was there before stays there.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Confinement {
    /// The scope.
    #[n(0)]
    pub scope: ScopeId,
    /// The jurisdictions that its bytes may enter; empty: any.
    #[n(1)]
    pub jurisdictions: Vec<String>,
}

/// A site has this name from here on. Its code stays: it stands on what was printed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Rename {
    /// The site.
    #[n(0)]
    pub site: SiteId,
    /// For people.
    #[n(1)]
    pub name: String,
}

codec::numbered!(Act {
    1 => Genesis,
    2 => Delegate,
    3 => Admit,
    4 => Suspend,
    5 => Resume,
    6 => Revoke,
    7 => Adopt,
    8 => DefineScope,
    9 => AddMembers,
    10 => Writers,
    11 => WrapKey,
    12 => Rotate,
    15 => Rekey,
    16 => AdmitRelay,
    17 => RetireRelay,
    20 => Confine,
    21 => DropMembers,
    22 => Rename,
} unknown: _);
