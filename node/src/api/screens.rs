//! The screens: the built web interface, read once when the daemon starts and served as it is. Owns which file answers which
//! path, and what its pages may do (the content security policy). Holds nothing secret: whoever asks gets the same bytes, and
//! no record is seen without a session.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use comptoir_door::headers::harden;

use crate::api::guard::Door;
use crate::limits::{MAX_SCREENS_BYTES, MAX_SCREENS_FILES};
use crate::problem::{Code, Problem};

/// Scripts and fonts come from this node alone and nothing is sent elsewhere. Styles may be written by the pages' own scripts.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const INDEX: &str = "/index.html";

/// The files of the interface, by path.
#[derive(Debug)]
pub struct Screens {
    files: BTreeMap<String, (&'static str, Bytes)>,
}

impl Screens {
    /// Where they lie when nobody says: beside the program, or where packages put them.
    pub fn beside_the_program() -> Option<PathBuf> {
        let program = std::env::current_exe().ok()?;
        let folder = program.parent()?;
        let places = [folder.join("ui"), folder.join("../share/comptoir/ui")];
        places.into_iter().find(|place| place.join("index.html").is_file())
    }

    /// Reads them all. Links are not followed.
    pub fn read(root: &Path) -> Result<Self, Problem> {
        let unreadable = |error: &std::io::Error, path: &Path| {
            Problem::from_error(Code::FileUnreadable, error).with("path", path.display())
        };
        let (mut files, mut bytes, mut folders) = (BTreeMap::new(), 0, vec![root.to_owned()]);
        while let Some(folder) = folders.pop() {
            for found in std::fs::read_dir(&folder).map_err(|error| unreadable(&error, &folder))? {
                let found = found.map_err(|error| unreadable(&error, &folder))?;
                let (path, kind) = (found.path(), found.file_type().map_err(|error| unreadable(&error, &folder))?);
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() {
                    let content = std::fs::read(&path).map_err(|error| unreadable(&error, &path))?;
                    bytes += content.len();
                    files.insert(name(root, &path), (content_type(&path), Bytes::from(content)));
                }
            }
            if bytes > MAX_SCREENS_BYTES || files.len() + folders.len() > MAX_SCREENS_FILES {
                let message = format!("{} is too large to be the interface", root.display());
                return Err(Problem::new(Code::FileUnreadable, message).with("path", root.display()));
            }
        }
        if !files.contains_key(INDEX) {
            let message = format!("{} holds no index.html", root.display());
            return Err(Problem::new(Code::FileUnreadable, message).with("path", root.display()));
        }
        Ok(Self { files })
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

/// Answers with a file of the interface, or lets the request go on to the API.
pub async fn serve(State((screens, door)): State<(Arc<Screens>, Door)>, request: Request, next: Next) -> Response {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let found = screens.find(request.uri().path()).filter(|_| is_read);
    let Some((kind, content, lasting)) = found else { return next.run(request).await };
    let mut response = match door.check_host(request.headers(), request.extensions()) {
        Err(problem) => problem.into_response(),
        Ok(_) => {
            // The builder puts a hash of the content into the names of assets.
            let cache = if lasting { "max-age=31536000, immutable" } else { "no-cache" };
            let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, cache)];
            let mut response = (headers, Body::from(content)).into_response();
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            response
        }
    };
    harden(response.headers_mut());
    response
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
        assert_eq!(Screens::read(&root).unwrap_err().code, "file-unreadable");
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
