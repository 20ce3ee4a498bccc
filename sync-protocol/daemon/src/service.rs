//! Whoever manages the process (systemd): what it is told of it. Owns these words; where nobody manages, nobody is told.

use std::time::Duration;

/// How the process stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It serves.
    Ready,
    /// It still lives.
    Alive,
    /// It was asked to stop, and does.
    Stopping,
}

/// Tells whoever manages the process.
pub fn tell(life: Life) {
    #[cfg(unix)]
    {
        let state = match life {
            Life::Ready => sd_notify::NotifyState::Ready,
            Life::Alive => sd_notify::NotifyState::Watchdog,
            Life::Stopping => sd_notify::NotifyState::Stopping,
        };
        if let Err(error) = sd_notify::notify(&[state]) {
            tracing::warn!(%error, ?life, "systemd could not be told");
        }
    }
    #[cfg(not(unix))]
    let _ = life;
}

/// Tells it, twice in the time that it waits, that this runtime still runs what is put on it. Ends never.
pub async fn live() {
    let Some(within) = heard_within() else { return std::future::pending().await };
    loop {
        tell(Life::Alive);
        tokio::time::sleep(within / 2).await;
    }
}

/// Within which time it wants to hear that the process lives; never, where nobody manages.
fn heard_within() -> Option<Duration> {
    #[cfg(unix)]
    return sd_notify::watchdog_enabled();
    #[cfg(not(unix))]
    None
}
