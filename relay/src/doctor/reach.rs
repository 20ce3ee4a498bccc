//! Whether sites reach the relay by the address that they were told. Owns what can be seen of that from the relay's own machine, which is
//! not all: a router may let others in and not lead back.

use std::net::ToSocketAddrs;

use comptoir_daemon::checks::Check;
use comptoir_door::text::told;
use comptoir_transport::{CloseCode, Endpoint, Pin, Purpose, TlsIdentity};

use super::Runs;
use crate::identity::RelayIdentity;

pub(super) fn check(identity: &RelayIdentity, listening: Option<u16>, runs: &Runs) -> Vec<Check> {
    let address = &identity.address;
    let found = match address.to_socket_addrs() {
        Ok(found) => found.collect::<Vec<_>>(),
        Err(error) => {
            let advice = "Sites cannot find it either: let the name lead to this machine.";
            return vec![Check::bad("address", format!("{address}: {error}"), advice)];
        }
    };
    let mut checks = vec![named(address, &found, listening)];
    if matches!(runs, Runs::Yes(..)) {
        checks.push(match dialled(identity) {
            Ok(()) => Check::good("reach", format!("it answers at {address}")),
            Err(why) => {
                let advice = "Let UDP through to that port in firewall and router. If sites are connected, the router alone does not lead back: nothing to do.";
                Check::look("reach", format!("from here it is not reached at {address}: {why}"), advice)
            }
        });
    }
    checks
}

fn named(address: &str, found: &[std::net::SocketAddr], listening: Option<u16>) -> Check {
    let shown: Vec<String> = found.iter().map(|found| found.ip().to_string()).collect();
    let detail = format!("{address} leads to {}", shown.join(", "));
    if found.iter().all(|found| found.ip().is_loopback() || found.ip().is_unspecified()) {
        return Check::look("address", detail, "Only this machine finds it there: good for a trial alone.");
    }
    let port = found.first().map(|found| found.port());
    match listening {
        Some(listening) if port != Some(listening) => {
            let detail = format!("{detail}; it listens on UDP port {listening}");
            Check::look("address", detail, "Something must forward the one port to the other.")
        }
        _ => Check::good("address", detail),
    }
}

/// Dials it as a site would, with a key that nobody knows, and goes.
fn dialled(identity: &RelayIdentity) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(async {
        let stranger = TlsIdentity::generate().map_err(|error| told(&error))?;
        let endpoint = Endpoint::client(&stranger).map_err(|error| told(&error))?;
        let pin = Pin(identity.tls.pin().0);
        let connected = endpoint.connect_host(&identity.address, pin, Purpose::Sync).await;
        endpoint.shut_down(CloseCode::Done, "").await;
        connected.map(drop).map_err(|error| told(&error))
    })
}
