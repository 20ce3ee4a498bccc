//! The scenario of nothing new: a site that has everything comes back to a relay that has everything. Owns telling what of
//! its bytes is QUIC's and TLS's own: a connection that is opened and says nothing is counted beside it.

use std::time::Duration;

use comptoir_transport::{Endpoint, Pin, Purpose, TlsIdentity};

use super::figures::Figures;
use super::network::Network;
use super::running::{moments, seconds_between};
use super::world::World;
use crate::processes::limits::{LINE, LOOK_AGAIN_SOON};
use crate::processes::wait::until_every;
use crate::processes::{Failure, until};

/// What a node's log says when it begins to connect, and when it has heard that it has everything.
const BEGINS: &str = "\"message\":\"line\",\"state\":\"Connecting\"";
const IS_CURRENT: &str = "everything that the relay has is here";
/// So many looks without a byte, and a line is quiet.
const QUIET_LOOKS: u32 = 20;

/// Headquarters comes back. `bytes` are all, until the line is quiet; `beyond_handshake_bytes` less those of a connection
/// that is opened, handshake and search for the path's packet size included, and says nothing.
pub(super) fn reconnect(world: &mut World<'_>) -> Result<Figures, Failure> {
    let relay = world.start_relay()?;
    let handshake = silent_connection(world)?;
    let [begun, heard] = [moments(&world.par.log, BEGINS)?.len(), moments(&world.par.log, IS_CURRENT)?.len()];
    let before = world.network.bytes()?;
    let par = world.start(&world.par)?;
    let (from, to) = until_every("headquarters has heard that it has everything", LINE, LOOK_AGAIN_SOON, || {
        let log = &world.par.log;
        let (from, to) = (moments(log, BEGINS)?.get(begun).copied(), moments(log, IS_CURRENT)?.get(heard).copied());
        Ok(from.zip(to).ok_or_else(|| "it has not".to_owned()))
    })?;
    let bytes = quiet(world.network)? - before;
    let figures = Figures::default()
        .with("seconds", seconds_between(from, to))
        .with("start_seconds", par.start_seconds)
        .with("bytes", bytes as f64)
        .with("beyond_handshake_bytes", bytes as f64 - handshake as f64)
        .used(&[par.used()?], Some(relay.used()?));
    par.stop()?;
    relay.stop()?;
    Ok(figures)
}

/// Bytes of a connection that is opened and says nothing. It is opened for an enrolment: there the relay waits for the first
/// word.
fn silent_connection(world: &World<'_>) -> Result<u64, Failure> {
    let (address, pin) = world.relay_line()?;
    let pin: Pin = pin.parse().map_err(|error| Failure::Wrong(format!("the relay's pin: {error}")))?;
    let wrong = |what: &str, error: &dyn std::error::Error| Failure::Wrong(format!("{what}: {error}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(Failure::system("cannot start a runtime"))?;
    let before = world.network.bytes()?;
    let identity = TlsIdentity::generate().map_err(|error| wrong("no key", &error))?;
    let _entered = runtime.enter();
    let endpoint = Endpoint::client(&identity).map_err(|error| wrong("no socket", &error))?;
    let connected = runtime.block_on(endpoint.connect_host(&address, pin, Purpose::Enrolment));
    let _halves = connected.map_err(|error| wrong("no connection", &error))?.split();
    let bytes = quiet(world.network)? - before;
    runtime.shutdown_timeout(Duration::from_secs(1));
    quiet(world.network)?;
    Ok(bytes)
}

/// The count once nothing more comes.
fn quiet(network: &Network) -> Result<u64, Failure> {
    let (mut before, mut same) = (network.bytes()?, 0);
    until("the line is quiet", LINE, || {
        let now = network.bytes()?;
        same = if now == before { same + 1 } else { 0 };
        before = now;
        Ok(if same == QUIET_LOOKS { Ok(now) } else { Err(format!("{now} bytes")) })
    })
}
