//! `lan.json`: where the door on the local network is, the certificate that it shows, who was let in. Owns the shapes. Of a device's
//! secret its hash is kept.

use std::net::SocketAddr;

use blake3::Hash;
use serde::{Deserialize, Serialize};

use super::Device;

/// The whole file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LanFile {
    /// Where the door is to be; none while it is to be shut.
    #[serde(default)]
    pub listen: Option<SocketAddr>,
    /// DER in hex.
    #[serde(default)]
    pub certificate: Option<String>,
    /// Who was let in.
    #[serde(default)]
    pub devices: Vec<Stored>,
}

/// One device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
    /// Which.
    pub id: String,
    name: String,
    secret: String,
    added_ms: i64,
    /// When it was last seen.
    pub seen_ms: i64,
}

impl Stored {
    /// A device that was let in, with the hash of its secret.
    pub fn new(device: &Device, secret: Hash) -> Self {
        let Device { id, name, added_ms, seen_ms } = device.clone();
        Self { id, name, secret: secret.to_hex().to_string(), added_ms, seen_ms }
    }

    /// The hash of its secret; none where somebody wrote something else into the file, which nobody can bear.
    pub fn secret(&self) -> Option<Hash> {
        Hash::from_hex(&self.secret).ok()
    }

    /// Without its secret.
    pub fn device(&self) -> Device {
        Device { id: self.id.clone(), name: self.name.clone(), added_ms: self.added_ms, seen_ms: self.seen_ms }
    }
}
