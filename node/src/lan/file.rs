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
    /// What is told of it.
    #[serde(flatten)]
    pub device: Device,
    secret: String,
}

impl Stored {
    /// A device that was let in, with the hash of its secret.
    pub fn new(device: Device, secret: Hash) -> Self {
        Self { device, secret: secret.to_hex().to_string() }
    }

    /// The hash of its secret; none where somebody wrote something else into the file, which nobody can bear.
    pub fn secret(&self) -> Option<Hash> {
        Hash::from_hex(&self.secret).ok()
    }
}
