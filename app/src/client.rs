//! The one client of the node: every request of the page, and the program's own, goes out here. Owns the exchange of one request and
//! which of the API's resources a page may ask for.

use std::convert::Infallible;
use std::io;
use std::time::Instant;

use comptoir_node::problem::{Code, Problem, ProblemBody};
use futures_util::{Stream, TryStreamExt};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty, Full, Limited, StreamBody};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::de::DeserializeOwned;
use tauri::http::uri::PathAndQuery;
use tauri::http::{HeaderValue, Method, Request, Response, header};

use crate::host::{Door, Host};
use crate::limits::{CONNECT_DEADLINE, MAX_ANSWER_BYTES};

/// What is sent.
pub type Sent = BoxBody<Bytes, io::Error>;
/// What is answered, as it comes.
pub type Answer = Response<hyper::body::Incoming>;
pub use hyper::body::Bytes;

/// Resources that are not for the page: what they give would be worth as much as the token, or comes by the channel.
const NOT_FOR_THE_PAGE: &[&str] = &["/api/v1/session", "/api/v1/sign-in-links", "/api/v1/events"];

/// Speaks HTTP to the node.
#[derive(Clone)]
pub struct Client(hyper_util::client::legacy::Client<HttpConnector, Sent>);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// The node is not there, and why: worth an answer to the page.
    #[error("{0}")]
    NoNode(Problem),
    /// It is there and does not answer.
    #[error("the node does not answer")]
    Silent(#[source] hyper_util::client::legacy::Error),
    /// The answer broke off, or is larger than the page may take.
    #[error("the answer broke off or is too large")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer is no JSON of the shape that is read.
    #[error("the answer is not understood")]
    Shape(#[from] serde_json::Error),
}

impl Default for Client {
    fn default() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_DEADLINE));
        connector.set_nodelay(true);
        Self(hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build(connector))
    }
}

/// The path of a resource that a page may ask for.
pub fn page_path(path: &str) -> Result<PathAndQuery, Problem> {
    let refused = || {
        let message = "The window asks for what is no resource of its own";
        Problem::new(Code::NotFound, message).with("path", path.chars().take(200).collect::<String>())
    };
    let parsed: PathAndQuery = path.parse().map_err(|_| refused())?;
    let is_ours = parsed.path().starts_with("/api/v1/") && !NOT_FOR_THE_PAGE.contains(&parsed.path());
    if is_ours { Ok(parsed) } else { Err(refused()) }
}

/// Nothing to send.
pub fn nothing() -> Sent {
    Empty::new().map_err(|never: Infallible| match never {}).boxed()
}

/// A text that is sent whole.
pub fn text(body: String) -> Sent {
    Full::from(body).map_err(|never: Infallible| match never {}).boxed()
}

/// Bytes that are sent as they come.
pub fn stream(pieces: impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static) -> Sent {
    BodyExt::boxed(StreamBody::new(pieces.map_ok(hyper::body::Frame::data)))
}

impl Client {
    /// Sends one request to the node, which is started if it does not run.
    pub async fn send(
        &self,
        host: &Host,
        method: Method,
        path: &PathAndQuery,
        content_type: Option<HeaderValue>,
        body: Sent,
    ) -> Result<Answer, NoAnswer> {
        let door = host.door(Instant::now()).await.map_err(NoAnswer::NoNode)?;
        let request = request(&door, method, path, content_type, body);
        let answered = self.0.request(request.map_err(NoAnswer::NoNode)?).await;
        if answered.as_ref().is_err_and(hyper_util::client::legacy::Error::is_connect) {
            host.lost(&door).await;
        }
        answered.map_err(NoAnswer::Silent)
    }

    /// Reads a resource of JSON; an answer that is no success is a problem.
    pub async fn read<T: DeserializeOwned>(&self, host: &Host, path: &'static str) -> Result<T, NoAnswer> {
        let answer = self.send(host, Method::GET, &PathAndQuery::from_static(path), None, nothing()).await?;
        let status = answer.status();
        let body = whole(answer).await?;
        if !status.is_success() {
            let body: ProblemBody = serde_json::from_slice(&body)?;
            return Err(NoAnswer::NoNode(Problem::from_answer(status.as_u16(), body)));
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

fn request(
    door: &Door,
    method: Method,
    path: &PathAndQuery,
    content_type: Option<HeaderValue>,
    body: Sent,
) -> Result<Request<Sent>, Problem> {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("http://{}{path}", door.address))
        .header(header::AUTHORIZATION, format!("Bearer {}", door.token));
    if let Some(content_type) = content_type {
        request = request.header(header::CONTENT_TYPE, content_type);
    }
    request.body(body).map_err(|error| Problem::from_error(Code::BadRequest, &error))
}

/// The body of an answer, if the page may take it.
pub async fn whole(answer: Answer) -> Result<Bytes, NoAnswer> {
    let read = Limited::new(answer.into_body(), MAX_ANSWER_BYTES).collect().await;
    read.map(http_body_util::Collected::to_bytes).map_err(NoAnswer::Broken)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_page_asks_for_resources_of_its_own_and_for_no_session() {
        assert_eq!(page_path("/api/v1/records/party?search=a%20b").unwrap().path(), "/api/v1/records/party");
        for path in [
            "",
            "/",
            "/index.html",
            "http://evil.example/api/v1/status",
            "//evil.example/api/v1/status",
            "/api/v1/session",
            "/api/v1/session?x=1",
            "/api/v1/sign-in-links",
            "/api/v1/events",
            "/api/v1/status\r\nHost: evil.example",
        ] {
            assert_eq!(page_path(path).unwrap_err().code, "not-found", "{path}");
        }
    }
}
