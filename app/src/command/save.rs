//! `save`: an answer of the node as a file in the user's downloads, written as it comes; `keep`: a text of the page. Owns the file's name,
//! which never replaces one that is there, and that no half of one stays behind.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use comptoir_node::problem::{Code, Problem};
use http_body_util::BodyExt;
use hyper::body::Body;
use tauri::http::{Method, StatusCode};
use tauri::ipc::Response;
use tauri::{AppHandle, Manager, State};

use super::{Head, packed, refused, unanswered};
use crate::client::{self, Bytes, NoAnswer};
use crate::limits::{MAX_FILE_NAME_CHARACTERS, MAX_FILE_NAME_TRIES};
use crate::shell::Shell;

/// Reads a resource into a file, until it is there or the page takes the request back. An answer that is no success is handed to the
/// page, and nothing is written.
#[tauri::command]
pub async fn save(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: String,
    path: &str,
    name: &str,
) -> Result<Response, String> {
    let call = match shell.calls.begin(id) {
        Ok(call) => call,
        Err(problem) => return Ok(refused(&problem)),
    };
    tokio::select! {
        ended = saved(&app, &shell, path, name) => ended.or_else(unanswered),
        () = call.cancelled() => Ok(refused(&Problem::new(Code::Stopping, "The request was taken back"))),
    }
}

/// Writes a text that the page made into a file.
#[tauri::command]
pub async fn keep(app: AppHandle, text: String, name: String) -> Result<Response, String> {
    kept(&app, text, &name).await.or_else(unanswered)
}

async fn kept(app: &AppHandle, text: String, name: &str) -> Result<Response, NoAnswer> {
    let place = written(&downloads(app)?, name, client::text(text)).await?;
    Ok(lies_at(&place, StatusCode::OK))
}

async fn saved(app: &AppHandle, shell: &Shell, path: &str, name: &str) -> Result<Response, NoAnswer> {
    let path = client::page_path(path).map_err(NoAnswer::NoNode)?;
    let answer = shell.client.send(&shell.host, Method::GET, &path, None, client::nothing()).await?;
    let status = answer.status();
    if !status.is_success() {
        let head = Head { status: status.as_u16(), ..Head::default() };
        return Ok(Response::new(packed(&head, &client::whole(answer).await?)));
    }
    let place = written(&downloads(app)?, name, answer.into_body()).await?;
    Ok(lies_at(&place, status))
}

/// Where the user's files go.
fn downloads(app: &AppHandle) -> Result<PathBuf, NoAnswer> {
    let folder = app.path().download_dir().or_else(|_| app.path().home_dir());
    folder.map_err(|error| NoAnswer::NoNode(Problem::from_error(Code::FileUnreadable, &error)))
}

fn lies_at(place: &Path, status: StatusCode) -> Response {
    let place = Some(place.display().to_string());
    Response::new(packed(&Head { status: status.as_u16(), place, ..Head::default() }, &[]))
}

/// Writes a body as it comes.
async fn written<B>(folder: &Path, name: &str, mut body: B) -> Result<PathBuf, NoAnswer>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    std::fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
    let (mut file, place) = unused(folder, &plain_name(name)).map_err(|error| unwritten(folder, &error))?;
    let mut half = Half(Some(place.clone()));
    while let Some(frame) = body.frame().await {
        let Ok(bytes) = frame.map_err(|error| NoAnswer::Broken(error.into()))?.into_data() else { continue };
        file.write_all(&bytes).map_err(|error| unwritten(&place, &error))?;
    }
    file.sync_all().map_err(|error| unwritten(&place, &error))?;
    half.0 = None;
    Ok(place)
}

/// A file that is not whole yet, and would pass for one: gone when this is dropped, also where the writing was broken off.
struct Half(Option<PathBuf>);

impl Drop for Half {
    fn drop(&mut self) {
        if let Some(place) = &self.0 {
            drop(std::fs::remove_file(place));
        }
    }
}

fn unwritten(place: &Path, error: &io::Error) -> NoAnswer {
    let code = match error.kind() {
        io::ErrorKind::StorageFull => Code::DiskFull,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Code::DirectoryReadOnly,
        _ => Code::FileUnreadable,
    };
    NoAnswer::NoNode(Problem::from_error(code, error).with("path", place.display()))
}

/// A name without folders, nor anything that a file system or a person would take for something else.
fn plain_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_. ".contains(c) { c } else { '_' };
    let name: String = name.chars().map(plain).take(MAX_FILE_NAME_CHARACTERS).collect();
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() { "comptoir".to_owned() } else { name.to_owned() }
}

/// A new file of this name, or of the next that is not taken: `party (2).csv`.
fn unused(folder: &Path, name: &str) -> io::Result<(File, PathBuf)> {
    let (stem, ending) =
        name.rsplit_once('.').map_or((name, String::new()), |(stem, ending)| (stem, format!(".{ending}")));
    for number in 1..=MAX_FILE_NAME_TRIES {
        let tried = if number == 1 { name.to_owned() } else { format!("{stem} ({number}){ending}") };
        let place = folder.join(tried);
        match File::create_new(&place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|file| (file, place)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures_util::{FutureExt, StreamExt};

    use super::*;

    #[test]
    fn names_are_plain_and_replace_nothing() {
        assert_eq!(plain_name("party.csv"), "party.csv");
        assert_eq!(plain_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(plain_name(".."), "comptoir");
        assert_eq!(plain_name("a\u{202e}vsc.exe"), "a_vsc.exe");
        let dir = tempfile::tempdir().unwrap();
        let names: Vec<String> = (0..3)
            .map(|_| unused(dir.path(), "party.csv").unwrap().1.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["party.csv", "party (2).csv", "party (3).csv"]);
    }

    #[tokio::test]
    async fn what_is_broken_off_leaves_no_half_behind() {
        let dir = tempfile::tempdir().unwrap();
        let count = || std::fs::read_dir(dir.path()).unwrap().count();
        let row = futures_util::stream::iter([Ok(Bytes::from_static(b"row\n"))]);
        let mut writing =
            Box::pin(written(dir.path(), "party.csv", client::stream(row.chain(futures_util::stream::pending()))));
        assert!(writing.as_mut().now_or_never().is_none());
        assert_eq!(count(), 1, "it is being written");
        drop(writing);
        assert_eq!(count(), 0);
        let broken = client::stream(futures_util::stream::iter([
            Ok(Bytes::from_static(b"row\n")),
            Err(io::ErrorKind::UnexpectedEof.into()),
        ]));
        assert!(written(dir.path(), "party.csv", broken).await.is_err());
        assert_eq!(count(), 0);
        assert!(written(dir.path(), "party.csv", client::text("row\n".into())).await.is_ok());
        assert_eq!(count(), 1);
    }
}
