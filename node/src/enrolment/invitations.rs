//! Invitations that were made here: kept in a small file, burned by the roster. Owns the file; never signs.

use comptoir_sync_protocol::enrolment::Secret;
use comptoir_sync_protocol::ids::InvitationId;
use comptoir_sync_protocol::roster::SiteProfile;
use serde::{Deserialize, Serialize};

use crate::data_dir::DataDir;
use crate::durable::{self, ReadError, WriteError};
use crate::entropy::{hex, unhex};
use crate::profile::ProfileRequest;

/// One invitation.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// Known to the inviter and the invited alone.
    pub secret: Secret,
    /// The site that is invited.
    pub profile: SiteProfile,
    /// From then on it is void, by headquarters' clock.
    pub expires_ms: i64,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    id: String,
    secret: zeroize::Zeroizing<String>,
    profile: ProfileRequest,
    expires_ms: i64,
}

#[derive(Default, Serialize, Deserialize)]
struct File {
    invitations: Vec<Stored>,
}

/// Reads them all.
pub fn read(data: &DataDir) -> Result<Vec<Invitation>, ReadError> {
    let path = data.invitations();
    let file: File = durable::read(&path)?.unwrap_or_default();
    let damaged =
        || ReadError::Damaged { path: path.clone(), source: serde::de::Error::custom("an invitation in it is none") };
    file.invitations
        .into_iter()
        .map(|stored| {
            let secret = unhex(&stored.secret).and_then(|bytes| bytes.try_into().ok()).ok_or_else(damaged)?;
            Ok(Invitation {
                id: stored.id.parse().map_err(|_| damaged())?,
                secret: Secret(secret),
                profile: stored.profile.complete().map_err(|_| damaged())?,
                expires_ms: stored.expires_ms,
            })
        })
        .collect()
}

/// Writes them all.
pub fn write(data: &DataDir, invitations: &[Invitation]) -> Result<(), WriteError> {
    let stored = |invitation: &Invitation| {
        let profile = invitation.profile.clone();
        Stored {
            id: invitation.id.to_string(),
            secret: zeroize::Zeroizing::new(hex(&invitation.secret.0)),
            profile: ProfileRequest {
                code: profile.code,
                country: profile.country,
                name: Some(profile.name),
                jurisdiction: Some(profile.jurisdiction),
                time_zone: Some(profile.time_zone),
                currency: Some(profile.currency),
                locale: Some(profile.locale),
            },
            expires_ms: invitation.expires_ms,
        }
    };
    durable::write(&data.invitations(), &File { invitations: invitations.iter().map(stored).collect() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn they_come_back_as_they_were() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(dir.path());
        assert!(read(&data).unwrap().is_empty());
        let profile = ProfileRequest { code: "DKR".into(), country: "SN".into(), ..ProfileRequest::default() };
        let invitation = Invitation {
            id: InvitationId([1; 16]),
            secret: Secret([2; 16]),
            profile: profile.complete().unwrap(),
            expires_ms: 5,
        };
        write(&data, std::slice::from_ref(&invitation)).unwrap();
        let again = read(&data).unwrap();
        assert_eq!((again[0].id, again[0].secret.clone()), (invitation.id, invitation.secret));
        assert_eq!((again[0].profile.clone(), again[0].expires_ms), (invitation.profile, 5));
    }
}
