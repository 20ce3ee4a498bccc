//! A test's own directory and the programs it runs. The directory is deleted when the test is over, unless it failed.

use std::path::{Path, PathBuf};

use comptoir_tests::processes::{Failure, Programs, Site};
use tempfile::TempDir;

/// Runs a test in a directory of its own.
pub fn in_place(test: impl FnOnce(&Programs, &Path) -> Result<(), Failure>) {
    let programs = Programs::ready().unwrap_or_else(|failure| panic!("{failure}"));
    let mut place = Place(Some(tempfile::Builder::new().prefix("comptoir-test-").tempdir().unwrap()));
    let path = place.0.as_ref().map(|dir| dir.path().to_owned()).unwrap();
    if let Err(failure) = test(&programs, &path) {
        panic!("{failure:?}");
    }
    place.0.take().map(TempDir::close);
}

/// A founded site that has no relay and no daemon.
pub fn alone(programs: &Programs, root: &Path) -> Result<Site, Failure> {
    let site = Site::new(programs, "PAR", root);
    site.ask(&["create", "--organisation", "Alone", "--site", "PAR", "--country", "FR"])?;
    Ok(site)
}

/// Writes a file under `root`.
pub fn file(root: &Path, name: &str, bytes: impl AsRef<[u8]>) -> Result<PathBuf, Failure> {
    let path = root.join(name);
    std::fs::write(&path, bytes).map_err(Failure::system(format!("cannot write {name}")))?;
    Ok(path)
}

struct Place(Option<TempDir>);

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(kept) = self.0.take() {
            println!("its directory stays: {}", kept.keep().display());
        }
    }
}
