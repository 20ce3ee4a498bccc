//! The screens: a built web interface, read once when the program starts and served as it is. Owns which file answers which path, and
//! what its pages may do (the content security policy). Holds nothing secret: whoever asks gets the same bytes, and nothing is told without a
//! session. By which name the program may be called is checked before.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse, Response};

use crate::limits::{MAX_SCREENS_BYTES, MAX_SCREENS_FILES};

/// Scripts and fonts come from the program alone and nothing is sent elsewhere. Styles may be written by the pages' own scripts.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const INDEX: &str = "/index.html";

/// The files of the interface, by path.
#[derive(Debug)]
pub struct Screens {
    files: BTreeMap<String, (&'static str, Bytes)>,
}

/// Why a folder is no interface.
#[derive(Debug, thiserror::Error)]
pub enum ScreensError {
    /// It cannot be read.
    #[error("{} cannot be read", .path.display())]
    Unreadable {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It holds far too much.
    #[error("{} is too large to be the interface", .path.display())]
    TooLarge {
        /// Which folder.
        path: PathBuf,
    },
    /// It holds no index.
    #[error("{} holds no index.html", .path.display())]
    NoIndex {
        /// Which folder.
        path: PathBuf,
    },
}

impl Screens {
    /// Where they lie when nobody says: beside the program, or where packages put them, both by these names.
    pub fn beside_the_program(folder_beside: &str, folder_shared: &str) -> Option<PathBuf> {
        let program = std::env::current_exe().ok()?;
        let folder = program.parent()?;
        let places = [folder.join(folder_beside), folder.join("../share").join(folder_shared)];
        places.into_iter().find(|place| place.join("index.html").is_file())
    }

    /// Reads them all. Links are not followed.
    pub fn read(root: &Path) -> Result<Self, ScreensError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| ScreensError::Unreadable { path, source }
        };
        let (mut files, mut bytes, mut folders) = (BTreeMap::new(), 0, vec![root.to_owned()]);
        while let Some(folder) = folders.pop() {
            for found in std::fs::read_dir(&folder).map_err(unreadable(&folder))? {
                let found = found.map_err(unreadable(&folder))?;
                let (path, kind) = (found.path(), found.file_type().map_err(unreadable(&folder))?);
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() {
                    let content = std::fs::read(&path).map_err(unreadable(&path))?;
                    bytes += content.len();
                    files.insert(name(root, &path), (content_type(&path), Bytes::from(content)));
                }
            }
            if bytes > MAX_SCREENS_BYTES || files.len() + folders.len() > MAX_SCREENS_FILES {
                return Err(ScreensError::TooLarge { path: root.to_owned() });
            }
        }
        if !files.contains_key(INDEX) {
            return Err(ScreensError::NoIndex { path: root.to_owned() });
        }
        Ok(Self { files })
    }

    /// The answer to a request, if it asks for a file of the interface; else it is the API's.
    pub fn answer(&self, method: &Method, path: &str) -> Option<Response> {
        if ![Method::GET, Method::HEAD].contains(method) {
            return None;
        }
        let (kind, content, lasting) = self.find(path)?;
        // The builder puts a hash of the content into the names of assets.
        let cache = if lasting { "max-age=31536000, immutable" } else { "no-cache" };
        let mut response = ([(CONTENT_TYPE, kind), (CACHE_CONTROL, cache)], Body::from(content)).into_response();
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        Some(response)
    }

    /// The file for a path. What names no file and is none of the API's is a place within the interface.
    fn find(&self, path: &str) -> Option<(&'static str, Bytes, bool)> {
        let is_place = !path.starts_with("/api/") && !path.rsplit('/').next().unwrap_or_default().contains('.');
        let name = if is_place { INDEX } else { path };
        let (kind, content) = self.files.get(name)?;
        Some((kind, content.clone(), path.starts_with("/assets/")))
    }
}

fn name(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).iter().map(|part| part.to_string_lossy());
    parts.fold(String::new(), |name, part| name + "/" + &part)
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn places_are_the_index_and_nothing_outside_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("ui");
        std::fs::create_dir_all(root.join("assets")).unwrap();
        std::fs::write(dir.path().join("secret.txt"), "secret").unwrap();
        assert!(matches!(Screens::read(&root), Err(ScreensError::NoIndex { .. })));
        assert!(matches!(Screens::read(&root.join("none")), Err(ScreensError::Unreadable { .. })));
        std::fs::write(root.join("index.html"), "<!doctype html>").unwrap();
        std::fs::write(root.join("assets/a-1.js"), "1").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(dir.path().join("secret.txt"), root.join("link.txt")).unwrap();
        let screens = Screens::read(&root).unwrap();
        let kind = |path: &str| screens.find(path).map(|(kind, ..)| kind);
        for place in ["/", "/records/party", "/records/party/01a20cbd", "/index.html"] {
            assert_eq!(kind(place), Some("text/html; charset=utf-8"), "{place}");
        }
        assert!(screens.find("/assets/a-1.js").unwrap().2);
        for path in ["/api/v1/status", "/link.txt", "/../secret.txt", "/assets/../../secret.txt", "/assets/none.js"] {
            assert_eq!(kind(path), None, "{path}");
        }
    }
}
