//! Devices at which somebody signed in to an account before, and guesses made at them. Strangers who guess on, from however many addresses,
//! keep nobody waiting there: such a device has a count of its own, for that account alone (OWASP's device cookies). Owns the cookie.

use axum::http::HeaderName;
use axum::http::header::SET_COOKIE;
use axum::response::AppendHeaders;
use blake3::Hash;
use comptoir_door::back_off::{At, Guess, trace, trace_of};
use comptoir_door::text::hex;

use super::Console;
use super::book::accounts::Signed;
use super::guard::Asking;
use super::problem::Problem;
use crate::entropy;
use crate::limits::DEVICE_LIFETIME;

/// The cookie, which browsers take from this host alone. It opens nothing, and stays when somebody signs out.
pub(super) const COOKIE: &str = "__Host-comptoir-console-device";

/// The cookies of whoever has just signed in.
pub(super) type Entered = AppendHeaders<[(HeaderName, String); 2]>;

impl Console {
    /// A guess at an account, counted by the device where that is known for it.
    pub(super) async fn guess_at(&self, asking: &Asking, at: At, name: &str) -> Result<Guess, Problem> {
        let guess = match asking.device {
            Some(device) if self.is_known(device, name, asking.at_ms).await? => {
                let of_device = [device.as_bytes(), name.as_bytes()].concat();
                Guess::at_device(at, blake3::hash(&of_device))
            }
            _ => Guess::of_stranger(at, trace(&format!("account {name}")), trace_of(asking.from)),
        };
        self.guess(guess)?;
        Ok(guess)
    }

    async fn is_known(&self, device: Hash, name: &str, now_ms: i64) -> Result<bool, Problem> {
        let name = name.to_owned();
        self.run(move |book, _| Ok(book.is_device(&device, &name, now_ms)?)).await
    }

    /// Somebody is signed in from now on: the cookies of the new session, and of their device.
    pub(super) async fn enter(&self, asking: &Asking, signed: Signed) -> Result<Entered, Problem> {
        let (secret, borne, now) = (hex(&entropy::bytes::<32>()), asking.device, self.clock.now());
        let hash = blake3::hash(secret.as_bytes());
        let until_ms = now.ms.saturating_add(i64::try_from(DEVICE_LIFETIME.as_millis()).unwrap_or(i64::MAX));
        self.run(move |book, _| Ok(book.know_device(signed.account, (borne.as_ref(), &hash), (now.ms, until_ms))?))
            .await?;
        let session = self.sessions.open(asking.borne.as_deref(), signed, (entropy::bytes(), now.instant));
        let seconds = DEVICE_LIFETIME.as_secs();
        let device = format!("{COOKIE}={secret}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict");
        Ok(AppendHeaders([(SET_COOKIE, session), (SET_COOKIE, device)]))
    }
}
