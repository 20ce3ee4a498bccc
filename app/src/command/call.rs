//! `call` forwards one request of the page to the node, `cancel` takes one back. Owns which headers go along: the token is put on by
//! the client, and nothing that the page says can replace it.

use comptoir_node::problem::{Code, Problem};
use serde::Deserialize;
use tauri::State;
use tauri::http::{HeaderMap, HeaderValue, Method, header};
use tauri::ipc::Response;

use super::{Head, packed, refused, unanswered};
use crate::client::{self, NoAnswer, Sent};
use crate::shell::Shell;

/// A request of the page.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Asked {
    id: String,
    method: String,
    path: String,
    content_type: Option<String>,
    body: Option<String>,
    upload: Option<String>,
}

/// Forwards a request.
#[tauri::command]
pub async fn call(shell: State<'_, Shell>, call: Asked) -> Result<Response, String> {
    let upload = call.upload.clone();
    let ended = forwarded(&shell, call).await;
    if let Some(upload) = upload {
        shell.calls.close_upload(&upload);
    }
    ended.or_else(unanswered)
}

/// Takes a request back: what the node was writing for it ends between two transactions.
#[tauri::command]
pub fn cancel(shell: State<'_, Shell>, id: &str) {
    shell.calls.cancel(id);
}

async fn forwarded(shell: &Shell, asked: Asked) -> Result<Response, NoAnswer> {
    let path = client::page_path(&asked.path).map_err(NoAnswer::NoNode)?;
    let bad = |what: &str| NoAnswer::NoNode(Problem::new(Code::BadRequest, format!("The window sent a bad {what}")));
    let method: Method = asked.method.parse().map_err(|_| bad("method"))?;
    let content_type: Option<HeaderValue> =
        asked.content_type.map(|said| said.parse()).transpose().map_err(|_| bad("content type"))?;
    let body: Sent = match (asked.body, asked.upload) {
        (_, Some(upload)) => client::stream(shell.calls.body(&upload).ok_or_else(|| bad("upload"))?),
        (Some(text), None) => client::text(text),
        (None, None) => client::nothing(),
    };
    let call = shell.calls.begin(asked.id).map_err(NoAnswer::NoNode)?;
    let exchange = async {
        let answer = shell.client.send(&shell.host, method, &path, content_type, body).await?;
        let (status, headers) = (answer.status().as_u16(), for_the_page(answer.headers()));
        let body = client::whole(answer).await?;
        Ok(Response::new(packed(&Head { status, headers, place: None }, &body)))
    };
    tokio::select! {
        ended = exchange => ended,
        // Nobody waits for this answer: the page has ended the request on its own side.
        () = call.cancelled() => Ok(refused(&Problem::new(Code::Stopping, "The request was taken back"))),
    }
}

/// Headers of an answer that a page reads.
fn for_the_page(headers: &HeaderMap) -> Vec<(String, String)> {
    let wanted = [header::CONTENT_TYPE, header::ETAG].into_iter();
    wanted.filter_map(|name| Some((name.to_string(), headers.get(&name)?.to_str().ok()?.to_owned()))).collect()
}
