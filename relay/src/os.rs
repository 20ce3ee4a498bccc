//! What differs between operating systems: permissions, durable renames, how a process is asked to stop, and whom it tells that it lives.
//! Owns nothing else; no other file of this crate asks which system it runs on.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

/// Creates a file that only its owner may read, or empties it when it exists.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Makes sure that a database which SQLite is about to create is its owner's alone; its other files follow it. What fails
/// here fails again, with a better word for it, when the database is opened.
pub(crate) fn keep_database_private(path: &Path) {
    if !path.exists() {
        let _ = create_private(path);
    }
}

/// Creates a directory, and those above it, that only its owner may enter.
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Makes a rename within a directory durable. Windows gives no handle to do so with; its file systems journal renames.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// What whoever manages the process (systemd) is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// It serves.
    Ready,
    /// It still lives.
    Alive,
    /// It was asked to stop, and does.
    Stopping,
}

/// Tells whoever manages the process; nobody where nobody does.
pub(crate) fn tell(life: Life) {
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

/// Within which time whoever manages the process wants to hear that it lives; never, where nobody does.
pub(crate) fn heard_within() -> Option<Duration> {
    #[cfg(unix)]
    return sd_notify::watchdog_enabled();
    #[cfg(not(unix))]
    None
}

/// Begins to listen for the system's word to stop: Ctrl-C, or SIGTERM where there is such a thing. What it returns is ready
/// once that came, also when it came before anybody waited.
pub(crate) fn stop_request() -> impl Future<Output = ()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{Signal, SignalKind, signal};
        async fn heard(signal: Option<Signal>) {
            match signal {
                Some(mut signal) => drop(signal.recv().await),
                None => std::future::pending().await,
            }
        }
        let (terminate, interrupt) = (signal(SignalKind::terminate()).ok(), signal(SignalKind::interrupt()).ok());
        async {
            tokio::select! {
                () = heard(terminate) => {}
                () = heard(interrupt) => {}
            }
        }
    }
    #[cfg(not(unix))]
    async {
        drop(tokio::signal::ctrl_c().await);
    }
}
