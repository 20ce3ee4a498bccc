//! Other sites without a relay between: a door by which they come in, off until somebody opens it, and addresses at which they are
//! dialled. Owns who is met, where, and how that stands; what is said in a session is the protocol's, what each may hold the
//! roster's. A site is no relay: what it acknowledges stays in the outbox.

mod accept;
mod dial;
mod file;
mod peers;
mod session;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use comptoir_sync_protocol::SiteId;
use comptoir_transport::{CloseCode, Pin};
use tokio::sync::watch;

use self::file::{DirectFile, MetFile};
use self::peers::Peers;
pub use self::peers::{Place, Seen};
pub use self::session::{Ended, said};
use crate::clock;
use crate::data_dir::DataDir;
use crate::doorway::{Doorway, Standing};
use crate::kept::Kept;
use crate::limits::{MAX_DIRECT_ADDRESS_BYTES, MAX_DIRECT_ADDRESSES, RECEIVED_WRITE_INTERVAL_MS};
use crate::node::Node;
use crate::problem::{Code, Problem, plain};

/// Where other sites come in when nobody says.
pub const USUAL_ADDRESS: &str = "0.0.0.0:7444";

/// Somebody who came and was not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnedAway {
    /// From where.
    pub address: SocketAddr,
    /// The key that it proved to hold.
    pub pin: Pin,
    /// Why.
    pub code: CloseCode,
    /// When, by our clock; Unix milliseconds.
    pub at_ms: i64,
}

/// Other sites without a relay between.
pub struct Direct {
    file: Kept<DirectFile>,
    met: Kept<MetFile>,
    doorway: Doorway,
    peers: Peers,
    turned_away: Mutex<(u64, Option<TurnedAway>)>,
    /// Told when somebody changed the addresses.
    changed: watch::Sender<()>,
}

impl Direct {
    /// As its files say; nobody comes in and nobody is dialled where there are none.
    pub fn read(data: &DataDir, own: SiteId) -> Self {
        let file: Kept<DirectFile> = Kept::read(data.direct());
        if let Some(problem) = file.damage() {
            tracing::error!(code = %problem.code, problem = %problem.message, "other sites are met by a relay alone");
        }
        // A damaged file costs a date on a screen, no more.
        let met: Kept<MetFile> = Kept::read(data.direct_met());
        let doorway = Doorway::new("the door for other sites", file.held().listen);
        let last = met.held().iter().filter_map(|(site, at_ms)| Some((site.parse().ok()?, *at_ms))).collect();
        Self {
            file,
            met,
            doorway,
            peers: Peers::new(own, last),
            turned_away: Mutex::default(),
            changed: watch::Sender::new(()),
        }
    }

    /// Where other sites are to come in; none while they are not.
    pub fn wished(&self) -> Option<SocketAddr> {
        self.file.held().listen
    }

    /// How the door for them stands.
    pub fn standing(&self) -> Standing {
        self.file.damage().cloned().map_or_else(|| self.doorway.standing(), Standing::Failed)
    }

    /// Wishes the door open at an address, or shut.
    pub fn wish(&self, listen: Option<SocketAddr>) -> Result<u64, Problem> {
        self.file.change(|file| {
            file.listen = listen;
            Ok(())
        })?;
        Ok(self.doorway.wish(listen))
    }

    /// Waits until a wish was fulfilled or has failed.
    pub async fn settled(&self, wish: u64) {
        self.doorway.settled(wish).await;
    }

    /// Where sites are dialled.
    pub fn addresses(&self) -> BTreeMap<SiteId, String> {
        let file = self.file.held();
        file.addresses.iter().filter_map(|(site, address)| Some((site.parse().ok()?, address.clone()))).collect()
    }

    /// From now on, this site is dialled there.
    pub fn add(&self, site: SiteId, address: &str) -> Result<(), Problem> {
        let address = address_of_a_site(address)?;
        self.file.change(|file| {
            let is_new = !file.addresses.contains_key(&site.to_string());
            if is_new && file.addresses.len() >= MAX_DIRECT_ADDRESSES {
                let message = format!("{MAX_DIRECT_ADDRESSES} sites are dialled already");
                return Err(Problem::new(Code::TooManyPeers, message).with("limit", MAX_DIRECT_ADDRESSES));
            }
            file.addresses.insert(site.to_string(), address);
            Ok(())
        })?;
        self.changed.send_replace(());
        Ok(())
    }

    /// From now on, this site is not dialled.
    pub fn remove(&self, site: SiteId) -> Result<(), Problem> {
        self.file.change(|file| {
            let unknown = || Problem::new(Code::NotFound, "This site is not dialled").with("site", site);
            file.addresses.remove(&site.to_string()).map(drop).ok_or_else(unknown)
        })?;
        self.peers.is_dialled_no_more(site);
        self.changed.send_replace(());
        Ok(())
    }

    /// How it stands with each site that is dialled or was met.
    pub fn seen(&self) -> BTreeMap<SiteId, Seen> {
        let mut seen = self.peers.seen();
        self.addresses().into_iter().for_each(|(site, address)| {
            seen.entry(site).or_default().address = Some(address);
        });
        seen.retain(|_, seen| seen.address.is_some() || seen.met_ms.is_some());
        seen
    }

    /// How many were turned away since the start, and the last of them.
    pub fn turned_away(&self) -> (u64, Option<TurnedAway>) {
        self.turned_away.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn turns_away(&self, address: SocketAddr, pin: Pin, code: CloseCode) {
        tracing::warn!(%address, pin = %pin.short(), code = %code, "somebody who came without a relay was turned away");
        let mut turned_away = self.turned_away.lock().unwrap_or_else(PoisonError::into_inner);
        let last = TurnedAway { address, pin, code, at_ms: clock::now_ms() };
        *turned_away = (turned_away.0 + 1, Some(last));
    }

    /// A site was heard of. The file follows at intervals: after a kill it may be a little behind.
    fn is_met(&self, site: SiteId) {
        let now_ms = clock::now_ms();
        self.peers.is_met(site, now_ms);
        let written = self.met.held().get(&site.to_string()).copied();
        if written.is_none_or(|written| now_ms.abs_diff(written) >= RECEIVED_WRITE_INTERVAL_MS) {
            self.keep_met();
        }
    }

    fn keep_met(&self) {
        let met: MetFile = self.peers.met().into_iter().map(|(site, at_ms)| (site.to_string(), at_ms)).collect();
        if *self.met.held() == met || self.met.damage().is_some() {
            return;
        }
        let kept = self.met.change(|file| {
            *file = met;
            Ok(())
        });
        if let Err(problem) = kept {
            tracing::warn!(code = %problem.code, problem = %problem.message, "when other sites were heard of is not kept");
        }
    }
}

impl Node {
    /// Other sites without a relay between.
    pub fn direct(&self) -> &Direct {
        &self.direct
    }

    /// A site's code; its id while the roster does not name it.
    pub fn code_of(&self, site: SiteId) -> String {
        self.roster().sites.get(&site).map_or_else(|| site.to_string(), |site| site.profile.code.clone())
    }
}

/// Meets other sites until the node stops: lets them in, and dials those whose address is known.
pub async fn run(node: Arc<Node>) {
    let stopping = node.stopping();
    let door = accept::SitesDoor::new(Arc::clone(&node));
    tokio::join!(node.direct().doorway.keep(&door, stopping), dial::run(Arc::clone(&node)));
    node.direct().keep_met();
}

/// Where a site is dialled: `host:port`, as it was typed. The name is looked up each time.
fn address_of_a_site(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let is_one = text.rsplit_once(':').is_some_and(|(host, port)| {
        let bare = !host.contains(':') || (host.starts_with('[') && host.ends_with(']'));
        !host.is_empty() && bare && port.parse::<u16>().is_ok_and(|port| port != 0)
    });
    if is_one && text.len() <= MAX_DIRECT_ADDRESS_BYTES && plain(text) == text {
        return Ok(text.to_owned());
    }
    let message = format!("{text:?} is no address of a site: give HOST:PORT, such as dakar.example:7444");
    Err(Problem::new(Code::BadRequest, message).with("address", text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn direct(dir: &std::path::Path) -> Direct {
        Direct::read(&DataDir::new(dir), SiteId([1; 16]))
    }

    #[test]
    fn addresses_outlive_the_process_and_are_checked() {
        let dir = tempfile::tempdir().unwrap();
        let site = SiteId([2; 16]);
        direct(dir.path()).add(site, " dakar.example:7444 ").unwrap();
        assert_eq!(direct(dir.path()).addresses(), [(site, "dakar.example:7444".to_owned())].into());
        for bad in ["", "dakar", "dakar:0", "::1:7444", "dakar:7444\u{1b}[31m:1", &format!("{}:1", "a".repeat(300))] {
            assert!(direct(dir.path()).add(site, bad).unwrap_err().is(Code::BadRequest), "{bad:?}");
        }
        direct(dir.path()).remove(site).unwrap();
        assert!(direct(dir.path()).remove(site).unwrap_err().is(Code::NotFound));
    }

    #[test]
    fn so_many_sites_are_dialled_and_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let direct = direct(dir.path());
        let site = |n: usize| SiteId([u8::try_from(n + 2).unwrap(); 16]);
        (0..MAX_DIRECT_ADDRESSES).for_each(|n| direct.add(site(n), "a:1").unwrap());
        assert!(direct.add(site(MAX_DIRECT_ADDRESSES), "a:1").unwrap_err().is(Code::TooManyPeers));
        direct.add(site(0), "b:1").unwrap();
    }

    #[test]
    fn when_a_site_was_heard_of_outlives_the_process() {
        let dir = tempfile::tempdir().unwrap();
        let site = SiteId([2; 16]);
        direct(dir.path()).is_met(site);
        assert!(direct(dir.path()).seen()[&site].met_ms.is_some());
    }
}
