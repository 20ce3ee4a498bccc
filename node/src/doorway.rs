//! A door that is wished open at an address, or shut: opened, kept open, tried again while it cannot be opened. Owns the wish, how it
//! stands, and the pauses between; what sort of door it is and who comes in by it is its owner's.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::limits::{DOOR_OPEN_AGAIN, DOOR_OPEN_DEADLINE};
use crate::problem::{Code, Problem, told};

/// How a door stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is shut.
    Shut,
    /// It is open, here.
    Open(SocketAddr),
    /// It is to be open, and cannot be; it is tried again.
    Failed(Problem),
}

/// A sort of door.
pub trait Opens: Sync {
    /// A door that is open.
    type Open: Send;

    /// Opens it, and says where it is then.
    fn open(&self, address: SocketAddr) -> impl Future<Output = Result<(SocketAddr, Self::Open), Problem>> + Send;

    /// Serves whoever comes, until it is asked to stop or can no longer. Dropped, it cuts who is there.
    fn serve(&self, open: Self::Open) -> impl Future<Output = ()> + Send;
}

/// What is wished of a door: the number tells one wish from the next.
type Wish = (u64, Option<SocketAddr>);

/// One door, as it is wished and as it stands.
pub struct Doorway {
    /// What it is called in the log: "the door on the local network".
    name: &'static str,
    wish: watch::Sender<Wish>,
    standing: watch::Sender<(u64, Standing)>,
}

impl Doorway {
    /// One that nobody opens yet.
    pub fn new(name: &'static str, listen: Option<SocketAddr>) -> Self {
        Self { name, wish: watch::Sender::new((0, listen)), standing: watch::Sender::new((0, Standing::Shut)) }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        self.standing.borrow().1.clone()
    }

    /// Wishes it open at an address, or shut. The number is for [`Doorway::settled`]. Who is there stays, if that is how it stands.
    pub fn wish(&self, listen: Option<SocketAddr>) -> u64 {
        let open = match &*self.standing.borrow() {
            (of, Standing::Open(_)) => Some(*of),
            _ => None,
        };
        let mut number = 0;
        self.wish.send_if_modified(|wish| {
            let is_news = wish.1 != listen || open != Some(wish.0);
            number = wish.0 + u64::from(is_news);
            *wish = (number, listen);
            is_news
        });
        number
    }

    /// Waits until a wish was fulfilled or has failed.
    pub async fn settled(&self, wish: u64) {
        let mut standing = self.standing.subscribe();
        let settled = standing.wait_for(|(of, _)| *of >= wish);
        if tokio::time::timeout(DOOR_OPEN_DEADLINE, settled).await.is_err() {
            tracing::warn!(door = self.name, "a door takes its time");
        }
    }

    /// Keeps the door as it is wished, until it is asked to stop.
    pub async fn keep(&self, door: &impl Opens, stopping: &CancellationToken) {
        let mut wishes = self.wish.subscribe();
        loop {
            let (number, listen) = *wishes.borrow_and_update();
            tokio::select! {
                () = self.fulfil(number, listen, door, stopping) => return,
                // What was open is shut at once, with the connections through it.
                _ = wishes.changed() => {}
            }
        }
    }

    async fn fulfil(&self, wish: u64, listen: Option<SocketAddr>, door: &impl Opens, stopping: &CancellationToken) {
        let tell = |standing| drop(self.standing.send_replace((wish, standing)));
        let Some(address) = listen else {
            tell(Standing::Shut);
            return stopping.cancelled().await;
        };
        loop {
            match door.open(address).await {
                Ok((at, open)) => {
                    tell(Standing::Open(at));
                    tracing::info!(address = %at, "{} is open", self.name);
                    door.serve(open).await;
                }
                Err(problem) => {
                    let failed = Standing::Failed(problem);
                    if let (Standing::Failed(problem), true) = (&failed, self.standing() != failed) {
                        tracing::warn!(code = %problem.code, problem = %problem.message, door = self.name, "a door stays shut");
                    }
                    tell(failed);
                }
            }
            if stopping.run_until_cancelled(tokio::time::sleep(DOOR_OPEN_AGAIN)).await.is_none() {
                return;
            }
        }
    }
}

/// Why an address cannot be listened on.
pub fn listen_problem(address: SocketAddr, error: &io::Error) -> Problem {
    let code = match error.kind() {
        io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied => Code::PortInUse,
        _ => Code::BadRequest,
    };
    Problem::new(code, format!("{address} cannot be listened on: {}", told(error))).with("address", address)
}

/// An address to listen on, as it was typed; `usual` is one such.
pub fn address(text: &str, usual: &str) -> Result<SocketAddr, Problem> {
    text.trim().parse().map_err(|_| {
        let message = format!("{text:?} is no address to listen on: give ADDRESS:PORT, such as {usual}");
        Problem::new(Code::AddressInvalid, message).with("address", text)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Opens at odd ports alone.
    #[derive(Default)]
    struct Odd {
        opened: AtomicUsize,
    }

    impl Opens for Odd {
        type Open = ();

        async fn open(&self, address: SocketAddr) -> Result<(SocketAddr, ()), Problem> {
            if address.port().is_multiple_of(2) {
                return Err(listen_problem(address, &io::ErrorKind::AddrInUse.into()));
            }
            self.opened.fetch_add(1, Ordering::Relaxed);
            Ok((address, ()))
        }

        async fn serve(&self, (): ()) {
            std::future::pending().await
        }
    }

    #[tokio::test]
    async fn it_stands_as_it_is_wished_or_says_why_not_and_a_wish_that_is_fulfilled_cuts_nobody() {
        let at = |port: u16| Some(SocketAddr::from(([127, 0, 0, 1], port)));
        let (doorway, door, stopping) = (Doorway::new("a door", None), Odd::default(), CancellationToken::new());
        let wishes = async {
            doorway.settled(doorway.wish(at(3))).await;
            assert_eq!(doorway.standing(), Standing::Open(at(3).unwrap()));
            doorway.settled(doorway.wish(at(3))).await;
            assert_eq!(door.opened.load(Ordering::Relaxed), 1, "it was open there already");
            doorway.settled(doorway.wish(at(4))).await;
            assert!(matches!(doorway.standing(), Standing::Failed(problem) if problem.is(Code::PortInUse)));
            doorway.settled(doorway.wish(at(5))).await;
            assert_eq!(doorway.standing(), Standing::Open(at(5).unwrap()));
            doorway.settled(doorway.wish(None)).await;
            assert_eq!(doorway.standing(), Standing::Shut);
            stopping.cancel();
        };
        tokio::join!(doorway.keep(&door, &stopping), wishes);
        assert_eq!(door.opened.load(Ordering::Relaxed), 2);
    }
}
