//! From a name and port to addresses. Owns the look-up and its bounds; connects to nothing.

use std::net::SocketAddr;
use std::time::Duration;

use crate::limits::{MAX_RESOLVED_ADDRESSES, RESOLVE_DEADLINE};

/// Why a name gave no address.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// Not of the form `host:port` or `[address]:port`.
    #[error("{host_port:?} is not of the form HOST:PORT")]
    Form {
        /// What was given.
        host_port: String,
    },
    /// The name service answered with an error, or could not be asked.
    #[error("{host_port} could not be resolved")]
    Lookup {
        /// What was given.
        host_port: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The name service did not answer in time.
    #[error("{host_port} could not be resolved within {} s", .waited.as_secs())]
    TimedOut {
        /// What was given.
        host_port: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The name exists and has no address.
    #[error("{host_port} has no address")]
    Empty {
        /// What was given.
        host_port: String,
    },
}

/// The addresses of `host:port`, in the order in which they should be tried, each once.
pub async fn resolve(host_port: &str) -> Result<Vec<SocketAddr>, ResolveError> {
    let owned = || host_port.to_owned();
    let well_formed = host_port.rsplit_once(':').is_some_and(|(host, port)| {
        let bare = !host.contains(':') || (host.starts_with('[') && host.ends_with(']'));
        !host.is_empty() && bare && port.parse::<u16>().is_ok_and(|port| port != 0)
    });
    if !well_formed {
        return Err(ResolveError::Form { host_port: owned() });
    }
    let found = tokio::time::timeout(RESOLVE_DEADLINE, tokio::net::lookup_host(host_port))
        .await
        .map_err(|_| ResolveError::TimedOut { host_port: owned(), waited: RESOLVE_DEADLINE })?
        .map_err(|source| ResolveError::Lookup { host_port: owned(), source })?;
    let mut addresses = Vec::new();
    for address in found.take(MAX_RESOLVED_ADDRESSES) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if addresses.is_empty() {
        return Err(ResolveError::Empty { host_port: owned() });
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn addresses_stand_for_themselves() {
        for text in ["127.0.0.1:4433", "[::1]:4433"] {
            assert_eq!(resolve(text).await.unwrap(), [text.parse::<SocketAddr>().unwrap()]);
        }
        let addresses = resolve("localhost:4433").await.unwrap();
        assert!(addresses.iter().all(|address| address.ip().is_loopback() && address.port() == 4433));
    }

    #[tokio::test]
    async fn other_forms_are_refused() {
        for text in ["", "relay", "relay:", ":4433", "relay:0", "relay:70000", "::1:4433", "relay:x"] {
            assert!(matches!(resolve(text).await, Err(ResolveError::Form { .. })), "{text}");
        }
    }
}
