//! The one client of the node: every request of the page, and the program's own, goes out here. Owns the exchange of one request and
//! which of the API's resources a page may ask for.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use comptoir_node::api::lan::DEVICES_PATH;
use comptoir_node::api::session::{LINKS_PATH, SIGN_IN_PATH};
use comptoir_node::lan::{Pin, https};
use comptoir_node::problem::{Code, Problem, ProblemBody};
use futures_util::{Stream, TryStreamExt};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty, Full, Limited, StreamBody};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::de::DeserializeOwned;
use tauri::http::uri::PathAndQuery;
use tauri::http::{HeaderValue, Method, Request, Response, header};

use crate::host::{Door, Host};
use crate::limits::{CONNECT_DEADLINE, MAX_ANSWER_BYTES, PINNED_IDLE_LIMIT};

/// What is sent.
pub type Sent = BoxBody<Bytes, io::Error>;
/// What is answered, as it comes.
pub type Answer = Response<hyper::body::Incoming>;
pub use hyper::body::Bytes;

/// Resources that are not for the page: what they give would be worth as much as the token, or comes by the channel.
const NOT_FOR_THE_PAGE: &[&str] = &[SIGN_IN_PATH, LINKS_PATH, DEVICES_PATH, "/api/v1/events"];

type Http<Connector> = hyper_util::client::legacy::Client<Connector, Sent>;
type Pinned = Http<HttpsConnector<HttpConnector>>;

/// Speaks HTTP to the node.
#[derive(Clone)]
pub struct Client {
    here: Http<HttpConnector>,
    /// To the branch's node that was spoken to last.
    pinned: Arc<Mutex<Option<(Pin, Pinned)>>>,
}

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
        let here = hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build(connector());
        Self { here, pinned: Arc::default() }
    }
}

fn connector() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(CONNECT_DEADLINE));
    connector.set_nodelay(true);
    connector
}

fn pinned(pin: Pin) -> Result<Pinned, Problem> {
    let tls = https::client(pin).map_err(|error| Problem::from_error(Code::Internal, &error))?;
    let mut tcp = connector();
    tcp.enforce_http(false);
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_only().enable_http1().wrap_connector(tcp);
    let mut builder = hyper_util::client::legacy::Client::builder(TokioExecutor::new());
    Ok(builder.pool_timer(TokioTimer::new()).pool_idle_timeout(PINNED_IDLE_LIMIT).build(connector))
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
        let answered = self.send_to(&door, method, path, content_type, body).await;
        if let Err(NoAnswer::Silent(error)) = &answered
            && error.is_connect()
        {
            host.lost(&door).await;
        }
        answered
    }

    /// Sends one request through a door.
    async fn send_to(
        &self,
        door: &Door,
        method: Method,
        path: &PathAndQuery,
        content_type: Option<HeaderValue>,
        body: Sent,
    ) -> Result<Answer, NoAnswer> {
        let request = request(door, method, path, content_type, body).map_err(NoAnswer::NoNode)?;
        let Some(pin) = door.pin else { return self.here.request(request).await.map_err(NoAnswer::Silent) };
        let answered = self.pinned_to(pin).map_err(NoAnswer::NoNode)?.request(request).await;
        answered.map_err(|error| {
            if !is_another_key(&error) {
                return NoAnswer::Silent(error);
            }
            let message = format!("Another node than the one that let this window in answers at {}", door.address);
            NoAnswer::NoNode(Problem::new(Code::OtherNode, message).with("address", door.address))
        })
    }

    fn pinned_to(&self, pin: Pin) -> Result<Pinned, Problem> {
        let mut kept = self.pinned.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((known, client)) if *known == pin => Ok(client.clone()),
            _ => {
                let client = pinned(pin)?;
                *kept = Some((pin, client.clone()));
                Ok(client)
            }
        }
    }

    /// Posts JSON through a door and reads the answer; one that is no success is a problem.
    pub async fn post<T: DeserializeOwned>(
        &self,
        door: &Door,
        path: &'static str,
        json: String,
    ) -> Result<T, NoAnswer> {
        let path = PathAndQuery::from_static(path);
        let content_type = Some(HeaderValue::from_static("application/json"));
        understood(self.send_to(door, Method::POST, &path, content_type, text(json)).await?).await
    }

    /// Reads a resource of JSON; an answer that is no success is a problem.
    pub async fn read<T: DeserializeOwned>(&self, host: &Host, path: &'static str) -> Result<T, NoAnswer> {
        let answer = self.send(host, Method::GET, &PathAndQuery::from_static(path), None, nothing()).await?;
        understood(answer).await
    }
}

/// An answer of JSON.
async fn understood<T: DeserializeOwned>(answer: Answer) -> Result<T, NoAnswer> {
    let status = answer.status();
    let body = whole(answer).await?;
    if !status.is_success() {
        let body: ProblemBody = serde_json::from_slice(&body)?;
        return Err(NoAnswer::NoNode(Problem::from_answer(status.as_u16(), body)));
    }
    Ok(serde_json::from_slice(&body)?)
}

/// Whether whoever answered proved another key than the one that is expected.
fn is_another_key(error: &(dyn std::error::Error + 'static)) -> bool {
    use rustls::{CertificateError, Error};
    let mut next = Some(error);
    while let Some(cause) = next {
        let tls = cause.downcast_ref::<Error>();
        if matches!(tls, Some(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))) {
            return true;
        }
        // An error of TLS comes wrapped in ones of input and output, whose `source` is that of what they wrap.
        next = match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    false
}

fn request(
    door: &Door,
    method: Method,
    path: &PathAndQuery,
    content_type: Option<HeaderValue>,
    body: Sent,
) -> Result<Request<Sent>, Problem> {
    let scheme = if door.pin.is_some() { "https" } else { "http" };
    let mut request = Request::builder().method(method).uri(format!("{scheme}://{}{path}", door.address));
    if let Some(token) = &door.token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
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
            "/api/v1/lan/devices",
            "/api/v1/status\r\nHost: evil.example",
        ] {
            assert_eq!(page_path(path).unwrap_err().code, "not-found", "{path}");
        }
    }
}
