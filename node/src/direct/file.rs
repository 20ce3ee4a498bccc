//! `direct.json`: where other sites come in, and where they are found; `direct-met.json`: when each was last heard of. Owns the
//! shapes.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// What somebody wished.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DirectFile {
    /// Where sessions of other sites are accepted; none while they are not.
    #[serde(default)]
    pub listen: Option<SocketAddr>,
    /// Where sites are dialled, `host:port`, by the site's id: codes may change.
    #[serde(default)]
    pub addresses: BTreeMap<String, String>,
}

/// When each site was last heard of without a relay, by the site's id; Unix milliseconds by our clock.
pub type MetFile = BTreeMap<String, i64>;
