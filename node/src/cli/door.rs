//! The way from a command to the API: over TCP when a daemon holds the directory, in process when none does. Owns that
//! choice and the exchange of one request; the requests and answers are the same either way.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::api;
use crate::api::guard::Door as ApiDoor;
use crate::daemon::ApiFile;
use crate::data_dir::{DataDir, EnterError};
use crate::identity::write_problem;
use crate::limits::{
    COMMAND_ENTER_DEADLINE, DAEMON_CONNECT_DEADLINE, ENTER_INTERVAL, LONG_REQUEST_DEADLINE, MAX_ANSWER_BYTES,
    TRANSFER_BUFFER_BYTES,
};
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};
use crate::{durable, entropy};

/// The name by which a request in process calls its host.
const IN_PROCESS_HOST: &str = "localhost:0";

/// A way to the API of one node.
pub enum Door {
    /// The daemon that holds the directory.
    Daemon {
        /// Speaks HTTP.
        agent: ureq::Agent,
        /// Where, and with which token.
        api: ApiFile,
    },
    /// This process, which holds the directory itself.
    InProcess {
        /// Runs the handlers.
        runtime: tokio::runtime::Runtime,
        /// The same API.
        router: Router,
        /// Drawn for this one process.
        token: String,
    },
}

/// One request.
pub struct Ask<'a> {
    method: Method,
    path: &'a str,
    query: Vec<(Cow<'a, str>, String)>,
    content_type: Option<&'static str>,
    body: Sent,
}

/// What is sent with a request.
enum Sent {
    Bytes(Vec<u8>),
    /// Read as it is sent, never held whole.
    File(Box<dyn Read + Send>),
}

impl<'a> Ask<'a> {
    /// Reads something.
    pub fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, query: Vec::new(), content_type: None, body: Sent::Bytes(Vec::new()) }
    }

    /// Does something.
    pub fn post(path: &'a str) -> Self {
        Self { method: Method::POST, ..Self::get(path) }
    }

    /// Takes something away.
    pub fn delete(path: &'a str) -> Self {
        Self { method: Method::DELETE, ..Self::get(path) }
    }

    /// Changes something.
    pub fn patch(path: &'a str) -> Self {
        Self { method: Method::PATCH, ..Self::get(path) }
    }

    /// Puts something in the place of what is there.
    pub fn put(path: &'a str) -> Self {
        Self { method: Method::PUT, ..Self::get(path) }
    }

    /// Adds a parameter, unless it is `None`.
    pub fn param(mut self, name: &'a str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name.into(), value.to_string())));
        self
    }

    /// Adds a parameter whose name is not known before.
    pub fn owned_param(mut self, name: String, value: String) -> Self {
        self.query.push((name.into(), value));
        self
    }

    /// With a JSON body.
    pub fn json(mut self, body: &Value) -> Self {
        self.content_type = Some("application/json");
        self.body = Sent::Bytes(body.to_string().into_bytes());
        self
    }

    /// With a file as its body.
    pub fn file(mut self, file: Box<dyn Read + Send>) -> Self {
        self.content_type = Some("application/octet-stream");
        self.body = Sent::File(file);
        self
    }

    fn target(&self) -> String {
        let mut target = self.path.to_owned();
        for (i, (name, value)) in self.query.iter().enumerate() {
            target.push(if i == 0 { '?' } else { '&' });
            target.push_str(&percent_encoded(name));
            target.push('=');
            target.push_str(&percent_encoded(value));
        }
        target
    }
}

/// Everything but unreserved characters (RFC 3986 §2.3) is encoded.
pub fn percent_encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

impl Door {
    /// Finds the way. The lock tells whether a daemon lives; an address that one left behind when it was killed may still be
    /// there while the next one starts, so that nothing is sent before somebody listens.
    pub fn open(data: &DataDir) -> Result<Self, Problem> {
        let give_up = Instant::now() + COMMAND_ENTER_DEADLINE;
        loop {
            match data.enter() {
                Ok(lock) => {
                    // Whoever waits for this command must not be sent to a daemon that was killed.
                    durable::remove(&data.api()).map_err(|error| write_problem(&error))?;
                    return Self::in_process(Node::open(data.clone(), lock)?);
                }
                Err(EnterError::InUse { .. }) => {}
                // A daemon may be setting one up.
                Err(EnterError::NotANode { .. }) if data.is_in_use() => {}
                Err(error) => return Err(error.into()),
            }
            let api = durable::read::<ApiFile>(&data.api()).ok().flatten();
            match api {
                Some(api) if listens(&api) => return Ok(Self::daemon(api)),
                Some(api) if Instant::now() > give_up => {
                    let message = format!("The daemon at {} does not answer", api.address);
                    return Err(Problem::new(Code::DaemonUnreachable, message).with("address", api.address));
                }
                None if Instant::now() > give_up => {
                    return Err(EnterError::InUse { path: data.path().to_owned() }.into());
                }
                _ => std::thread::sleep(ENTER_INTERVAL),
            }
        }
    }

    fn daemon(api: ApiFile) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            .timeout_connect(Some(DAEMON_CONNECT_DEADLINE))
            .timeout_global(Some(LONG_REQUEST_DEADLINE));
        Self::Daemon { agent: config.build().new_agent(), api }
    }

    fn in_process(node: Node) -> Result<Self, Problem> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| Problem::from_error(Code::Internal, &error))?;
        let token = entropy::token();
        let router = api::router(node.into(), ApiDoor::new(&token, vec![IN_PROCESS_HOST.to_owned()]), None);
        Ok(Self::InProcess { runtime, router, token })
    }

    /// One request whose answer is JSON.
    pub fn json(&self, ask: Ask<'_>) -> Result<Value, Problem> {
        let bytes = self.bytes(ask)?;
        serde_json::from_slice(&bytes).map_err(|error| Problem::from_error(Code::Internal, &error))
    }

    /// One request, answered in bytes.
    pub fn bytes(&self, ask: Ask<'_>) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        self.exchange(ask, &mut bytes, MAX_ANSWER_BYTES)?;
        Ok(bytes)
    }

    /// One request, whose answer is written as it comes, of any length. A reader who wants no more of it ends it well.
    pub fn write(&self, ask: Ask<'_>, out: &mut dyn Write) -> Result<(), Problem> {
        self.exchange(ask, out, u64::MAX)
    }

    fn exchange(&self, ask: Ask<'_>, out: &mut dyn Write, most: u64) -> Result<(), Problem> {
        let refused = match self {
            Self::Daemon { agent, api } => over_tcp(agent, api, ask, out, most)?,
            Self::InProcess { runtime, router, token } => {
                runtime.block_on(in_process(router.clone(), token, ask, out))?
            }
        };
        let Some((status, bytes)) = refused else { return Ok(()) };
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| ProblemBody {
            code: Code::Internal.text().to_owned(),
            params: [("status".to_owned(), status.to_string())].into(),
            message: format!("The daemon answered with status {status} and no reason"),
            advice: Code::Internal.advice().to_owned(),
        });
        Err(Problem::from_answer(status, body))
    }
}

/// An answer that is a refusal: its status and body.
type Refused = Option<(u16, Vec<u8>)>;

fn is_well(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Whether somebody still reads what is written.
fn read_on(written: io::Result<()>) -> Result<bool, Problem> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Problem::from_error(Code::FileUnreadable, &error)),
    }
}

fn listens(api: &ApiFile) -> bool {
    let address = api.address.parse::<SocketAddr>();
    address.is_ok_and(|address| TcpStream::connect_timeout(&address, DAEMON_CONNECT_DEADLINE).is_ok())
}

fn over_tcp(
    agent: &ureq::Agent,
    api: &ApiFile,
    ask: Ask<'_>,
    out: &mut dyn Write,
    most: u64,
) -> Result<Refused, Problem> {
    let failed = |error: ureq::Error| {
        let code = if matches!(error, ureq::Error::Timeout(_)) { Code::TimedOut } else { Code::DaemonUnreachable };
        let message = format!("The daemon at {} did not answer: {error}", api.address);
        Problem::new(code, message).with("address", &api.address)
    };
    let mut request = Request::builder()
        .method(ask.method.clone())
        .uri(format!("http://{}{}", api.address, ask.target()))
        .header(header::AUTHORIZATION, format!("Bearer {}", api.token));
    if let Some(content_type) = ask.content_type {
        request = request.header(header::CONTENT_TYPE, content_type);
    }
    let internal = |error: axum::http::Error| Problem::from_error(Code::Internal, &error);
    let mut answer = match ask.body {
        Sent::Bytes(bytes) => agent.run(request.body(bytes).map_err(internal)?),
        Sent::File(file) => agent.run(request.body(ureq::SendBody::from_owned_reader(file)).map_err(internal)?),
    }
    .map_err(failed)?;
    let status = answer.status().as_u16();
    let mut reader = answer.body_mut().with_config().limit(most).reader();
    if !is_well(status) {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|error| failed(ureq::Error::Io(error)))?;
        return Ok(Some((status, bytes)));
    }
    let mut buffer = vec![0; TRANSFER_BUFFER_BYTES];
    loop {
        match reader.read(&mut buffer).map_err(|error| failed(ureq::Error::Io(error)))? {
            0 => break,
            count if read_on(out.write_all(&buffer[..count]))? => {}
            _ => return Ok(None),
        }
    }
    read_on(out.flush())?;
    Ok(None)
}

async fn in_process(router: Router, token: &str, ask: Ask<'_>, out: &mut dyn Write) -> Result<Refused, Problem> {
    let internal = |error: &dyn std::error::Error| Problem::from_error(Code::Internal, error);
    let mut request = Request::builder()
        .method(ask.method.clone())
        .uri(ask.target())
        .header(header::HOST, IN_PROCESS_HOST)
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    if let Some(content_type) = ask.content_type {
        request = request.header(header::CONTENT_TYPE, content_type);
    }
    let body = match ask.body {
        Sent::Bytes(bytes) => Body::from(bytes),
        Sent::File(file) => streamed(file),
    };
    let request = request.body(body).map_err(|error| internal(&error))?;
    let answer = router.oneshot(request).await.unwrap_or_else(|never| match never {});
    let status = answer.status().as_u16();
    let mut body = answer.into_body();
    if !is_well(status) {
        let bytes = body.collect().await.map_err(|error| internal(&error))?.to_bytes();
        return Ok(Some((status, bytes.into())));
    }
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| internal(&error))?;
        if let Some(bytes) = frame.data_ref()
            && !read_on(out.write_all(bytes))?
        {
            return Ok(None);
        }
    }
    read_on(out.flush())?;
    Ok(None)
}

/// A body that a thread reads from a file, piece by piece.
fn streamed(mut file: Box<dyn Read + Send>) -> Body {
    let (pieces, taken) = tokio::sync::mpsc::channel::<io::Result<Vec<u8>>>(1);
    std::thread::spawn(move || {
        loop {
            let mut piece = vec![0; TRANSFER_BUFFER_BYTES];
            let piece = match file.read(&mut piece) {
                Ok(0) => return,
                Ok(count) => {
                    piece.truncate(count);
                    Ok(piece)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = piece.is_err();
            // Nobody takes it any more when the request was answered before its end.
            if pieces.blocking_send(piece).is_err() || failed {
                return;
            }
        }
    });
    Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_cannot_break_out() {
        let ask = Ask::get("/api/v1/x").param("search", Some("a&b=c é")).param("after", None::<String>);
        assert_eq!(ask.target(), "/api/v1/x?search=a%26b%3Dc%20%C3%A9");
    }
}
