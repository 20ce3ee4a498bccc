//! What differs between operating systems: permissions, durable renames, and how a process is asked to stop.
//! Owns nothing else; no other file of this crate asks which system it runs on.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

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
