//! The local network: a second door of the node, over TLS with the node's own key, for the browsers and windows of a branch. Off until
//! somebody at the node's machine opens it. Owns whether it is open, who was let in and for how long; what may be asked there is the
//! guard's to say.

mod file;

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::Router;
use comptoir_door::listener::{self, OpenDoor};
use comptoir_transport::TlsIdentity;
use rustls::pki_types::CertificateDer;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::file::{LanFile, Stored};
use crate::api::session::Sessions;
use crate::data_dir::DataDir;
use crate::doorway::{self, Doorway, Opens};
use crate::kept::Kept;
use crate::limits::{DEVICE_SEEN_INTERVAL_MS, MAX_DEVICE_NAME_CHARACTERS, MAX_DEVICES};
use crate::problem::{Code, Problem, plain};
use crate::{clock, entropy};

pub use crate::doorway::Standing;
/// What a guest needs to know the node by, and to speak to no other.
pub use comptoir_transport::{Pin, https};

/// Where the door is when nobody says.
pub const USUAL_ADDRESS: &str = "0.0.0.0:7443";

/// A window of Comptoir that was let in for good, until it is sent away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Which.
    pub id: String,
    /// What it is called, for people.
    pub name: String,
    /// When it was let in.
    pub added_ms: i64,
    /// When it was last seen, to the hour.
    pub seen_ms: i64,
}

/// The door on the local network.
pub struct Lan {
    identity: TlsIdentity,
    sessions: Sessions,
    file: Kept<LanFile>,
    doorway: Doorway,
    /// Told when a device was sent away.
    sent_away: watch::Sender<()>,
}

/// The door as [`Doorway`] opens it.
struct LanDoor<'a> {
    lan: &'a Lan,
    router: Router,
    stopping: CancellationToken,
}

impl Opens for LanDoor<'_> {
    type Open = OpenDoor;

    async fn open(&self, address: SocketAddr) -> Result<(SocketAddr, OpenDoor), Problem> {
        let tls = https::server(&self.lan.identity, self.lan.certificate());
        let tls = tls.map_err(|error| Problem::from_error(Code::Internal, &error))?;
        let opened = listener::open(address, tls).await;
        let door = opened.map_err(|error| doorway::listen_problem(error.address, &error.source))?;
        Ok((door.address(), door))
    }

    async fn serve(&self, open: OpenDoor) {
        open.serve(self.router.clone(), self.stopping.clone()).await;
    }
}

impl Lan {
    /// As its file says; shut where there is none.
    pub fn read(data: &DataDir, identity: TlsIdentity) -> Self {
        let file: Kept<LanFile> = Kept::read(data.lan());
        if let Some(problem) = file.damage() {
            tracing::error!(code = %problem.code, problem = %problem.message, "the door on the local network stays shut");
        }
        let sessions = Sessions::over_tls(&identity.pin().short());
        let doorway = Doorway::new("the door on the local network", file.held().listen);
        Self { identity, sessions, file, doorway, sent_away: watch::Sender::new(()) }
    }

    /// Where the door is to be; none while it is to be shut.
    pub fn wished(&self) -> Option<SocketAddr> {
        self.file.held().listen
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        self.file.damage().cloned().map_or_else(|| self.doorway.standing(), Standing::Failed)
    }

    /// Wishes the door open at an address, or shut. Who was let in stays let in.
    pub fn wish(&self, listen: Option<SocketAddr>) -> Result<u64, Problem> {
        let certificate = entropy::hex(&self.certificate());
        self.file.change(|file| {
            file.listen = listen;
            file.certificate = Some(certificate);
            Ok(())
        })?;
        Ok(self.doorway.wish(listen))
    }

    /// Waits until a wish was fulfilled or has failed.
    pub async fn settled(&self, wish: u64) {
        self.doorway.settled(wish).await;
    }

    /// The certificate that the door shows: the same at every start, for a browser's user who looked at its fingerprint once.
    pub fn certificate(&self) -> CertificateDer<'static> {
        let kept = self.file.held().certificate.as_deref().and_then(entropy::unhex).map(CertificateDer::from);
        let ours = |certificate: &CertificateDer<'_>| https::pin_of(certificate) == Some(self.identity.pin());
        kept.filter(ours).unwrap_or_else(|| self.identity.certificate())
    }

    /// What a window knows the node by.
    pub fn pin(&self) -> Pin {
        self.identity.pin()
    }

    /// Browsers that are signed in here, and codes that let one more in.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Where the open door is found, the likeliest address first.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let Standing::Open(at) = self.standing() else { return Vec::new() };
        if !at.ip().is_unspecified() {
            return vec![at];
        }
        let interfaces = if_addrs::get_if_addrs().unwrap_or_else(|error| {
            tracing::warn!(error = %crate::problem::told(&error), "the addresses of this machine are not told");
            Vec::new()
        });
        let usable = |ip: &IpAddr| match ip {
            IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local(),
            IpAddr::V6(ip) => at.is_ipv6() && !ip.is_loopback() && !ip.is_unicast_link_local(),
        };
        let mut found: Vec<SocketAddr> =
            interfaces.iter().map(if_addrs::Interface::ip).filter(usable).map(|ip| (ip, at.port()).into()).collect();
        // Private networks before others, IPv4 before IPv6.
        found.sort_by_key(|address| (!matches!(address.ip(), IpAddr::V4(ip) if ip.is_private()), address.is_ipv6()));
        found.dedup();
        found
    }

    /// Lets a program in for good, for a code that works once. Its secret is told this once.
    pub fn admit(&self, code: &str, name: &str) -> Result<(Device, String), Problem> {
        let unknown = || Problem::new(Code::SignInUnknown, "This code was used already, or is too old");
        let (name, secret, now_ms) = (named(name)?, entropy::token(), clock::now_ms());
        let device = Device { id: entropy::token()[..16].to_owned(), name, added_ms: now_ms, seen_ms: now_ms };
        self.file.change(|file| {
            if file.devices.len() >= MAX_DEVICES {
                let message = format!("{MAX_DEVICES} devices were let in already");
                return Err(Problem::new(Code::TooManyDevices, message).with("limit", MAX_DEVICES));
            }
            // Last: what was refused for another reason uses no code up.
            if !self.sessions.take(code, Instant::now()) {
                return Err(unknown());
            }
            file.devices.push(Stored::new(device.clone(), blake3::hash(secret.as_bytes())));
            Ok(())
        })?;
        tracing::info!(device = %device.id, name = %plain(&device.name), "a device was let in");
        Ok((device, secret))
    }

    /// Those that were let in, in their order.
    pub fn devices(&self) -> Vec<Device> {
        self.file.held().devices.iter().map(|known| known.device.clone()).collect()
    }

    /// Sends a device away: its secret is good for nothing from then on, and what it follows ends.
    pub fn send_away(&self, id: &str) -> Result<(), Problem> {
        let unknown = || Problem::new(Code::NotFound, "No such device was let in").with("id", id);
        self.file.change(|file| {
            let place = file.devices.iter().position(|known| known.device.id == id).ok_or_else(unknown)?;
            file.devices.remove(place);
            Ok(())
        })?;
        self.sent_away.send_replace(());
        Ok(())
    }

    /// Waits until a device was sent away.
    pub async fn without(&self, id: &str) {
        let is_here = || self.file.held().devices.iter().any(|known| known.device.id == id);
        // It is never closed: this holds the sender.
        drop(self.sent_away.subscribe().wait_for(|()| !is_here()).await);
    }

    /// Which device bears this secret.
    pub fn device(&self, secret: &[u8]) -> Option<Device> {
        let (hash, now_ms) = (blake3::hash(secret), clock::now_ms());
        let device = self.file.held().devices.iter().find(|known| known.secret() == Some(hash))?.device.clone();
        if now_ms - device.seen_ms >= DEVICE_SEEN_INTERVAL_MS {
            let seen = self.file.change(|file| {
                let known = file.devices.iter_mut().map(|known| &mut known.device);
                known.filter(|known| known.id == device.id).for_each(|known| known.seen_ms = now_ms);
                Ok(())
            });
            if let Err(problem) = seen {
                tracing::debug!(problem = %problem.message, "when a device was seen is not kept");
            }
        }
        Some(device)
    }

    /// Keeps the door as it is wished, until it is asked to stop.
    pub async fn run(&self, router: Router, stopping: CancellationToken) {
        let door = LanDoor { lan: self, router, stopping: stopping.clone() };
        self.doorway.keep(&door, &stopping).await;
    }
}

/// A device's name, as it is kept.
fn named(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= MAX_DEVICE_NAME_CHARACTERS && plain(name) == name;
    let refused = || {
        let message =
            format!("A device's name has 1 to {MAX_DEVICE_NAME_CHARACTERS} characters, no control characters");
        Problem::new(Code::BadRequest, message).with("limit", MAX_DEVICE_NAME_CHARACTERS)
    };
    fits.then(|| name.to_owned()).ok_or_else(refused)
}

/// An address to listen on.
pub fn address(text: &str) -> Result<SocketAddr, Problem> {
    doorway::address(text, USUAL_ADDRESS)
}
