//! Comptoir's transport: the one place that opens a socket for sync. Owns QUIC connections between pinned keys, the channels
//! on them, framing, back-pressure and typed closes. Frames are opaque bytes here, but for [`drive`], which lets a session
//! run over a connection and a store; what a session says, who is admitted and when to reconnect is decided elsewhere.
//!
//! A server's way: [`Endpoint::server`], [`Endpoint::accept`], look at [`Connection::peer_pin`], then either
//! [`Connection::close`] with a [`CloseCode`] or [`Connection::split`]. A client's way: [`Endpoint::client`],
//! [`Endpoint::connect`] with the [`Pin`] that the server must prove, [`Connection::split`]; when the [`Receiver`] ends, wait
//! as long as [`Backoff`] says and connect again.
//!
//! ```no_run
//! # async fn example(relay: comptoir_transport::Pin) -> Result<(), Box<dyn std::error::Error>> {
//! use comptoir_transport::{CONTROL, CloseCode, Endpoint, Purpose, TlsIdentity};
//!
//! let endpoint = Endpoint::client(&TlsIdentity::generate()?)?;
//! let (sender, mut receiver) = endpoint.connect_host("relay.example:4433", relay, Purpose::Sync).await?.split();
//! sender.send(CONTROL, b"hello".to_vec()).await?;
//! while let Some(frame) = receiver.next().await {
//!     let (channel, bytes) = frame?;
//!     println!("{} bytes on channel {channel}", bytes.len());
//! }
//! sender.finish_and_close(CloseCode::Done, "").await;
//! # Ok(())
//! # }
//! ```

mod acceptor;
mod close;
mod connect;
mod connection;
mod control;
mod drive;
mod endpoint;
mod frame;
mod gate;
pub mod https;
mod identity;
pub mod limits;
#[cfg(test)]
mod loopback;
mod pin;
mod pump;
mod purpose;
mod receiver;
mod reconnect;
mod resolve;
mod sender;
mod stream;
mod tls;
mod verify;

pub use close::{Close, CloseCode, Closed};
pub use connect::{ConnectError, ReachError};
pub use connection::{CONTROL, Connection};
pub use drive::{Notice, SessionEnd, SessionStore, StoreFailure, Wiring, drive};
pub use endpoint::{BindError, Endpoint};
pub use gate::AcceptCounts;
pub use identity::{IdentityError, TlsIdentity};
pub use pin::{Pin, PinFormatError};
pub use purpose::Purpose;
pub use receiver::{ReceiveError, Receiver};
pub use reconnect::Backoff;
pub use resolve::{ResolveError, resolve};
pub use sender::{SendError, Sender, TrySendError};
pub use tls::TlsSetupError;
