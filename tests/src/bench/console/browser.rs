//! The console asked as its pages ask it: HTTPS by the certificate that the relay shows, one connection that is kept, one account. Owns
//! signing in; judges no time.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base32::Alphabet;
use comptoir_relay::console::totp;
use comptoir_transport::{Pin, https};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConnection, StreamOwned};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::processes::Failure;
use crate::processes::site::text;

const PATIENCE: Duration = Duration::from_secs(30);
const PASSWORD: &str = "a thousand branches, one table";

/// A browser that is signed in.
pub(super) struct Browser {
    address: String,
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
    cookie: String,
}

/// One answer.
pub(super) struct Reply {
    pub(super) body: String,
    cookie: Option<String>,
}

fn wrong(what: impl std::fmt::Display) -> Failure {
    Failure::Wrong(format!("the console: {what}"))
}

impl Browser {
    /// Sets an account up by its code, and signs in.
    pub(super) fn signed_in(address: &str, dir: &Path, name: &str, code: &str, now_ms: i64) -> Result<Self, Failure> {
        let mut browser = Self { address: address.to_owned(), stream: connect(address, dir)?, cookie: String::new() };
        let begun = browser.post("/api/v1/setup/password", &json!({ "code": code, "password": PASSWORD }))?;
        let secret = text("the console", &begun.json()?, "secret")?;
        let shared =
            base32::decode(Alphabet::Rfc4648 { padding: false }, &secret).and_then(|bytes| bytes.try_into().ok());
        let shared = Zeroizing::new(shared.ok_or_else(|| wrong("no secret"))?);
        let confirmation = totp::code_at(&shared, now_ms).ok_or_else(|| wrong("no code"))?;
        let done =
            browser.post("/api/v1/setup/confirmation", &json!({ "code": code, "confirmation": confirmation }))?;
        let recovery = done.json()?["recovery_codes"][0].clone();
        let begun = browser.post("/api/v1/sign-in", &json!({ "name": name, "password": PASSWORD }))?.json()?;
        // The step of the code is used up: one of the others signs in.
        let second = json!({ "challenge": begun["challenge"], "recovery_code": recovery });
        let signed = browser.post("/api/v1/sign-in/second-factor", &second)?;
        let cookie = signed.cookie.ok_or_else(|| wrong("no cookie"))?;
        browser.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(browser)
    }

    /// What the session is known by.
    pub(super) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// A page of the API.
    pub(super) fn get(&mut self, path: &str) -> Result<Reply, Failure> {
        self.ask("GET", path, "")
    }

    fn post(&mut self, path: &str, body: &Value) -> Result<Reply, Failure> {
        self.ask("POST", path, &body.to_string())
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> Result<Reply, Failure> {
        let address = &self.address;
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: https://{address}\r\nSec-Fetch-Site: same-origin\r\n"
        );
        if !self.cookie.is_empty() {
            request.push_str(&format!("Cookie: {}\r\n", self.cookie));
        }
        if !body.is_empty() {
            request.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
        }
        let stream = self.stream.get_mut();
        stream.write_all(format!("{request}\r\n{body}").as_bytes()).and_then(|()| stream.flush()).map_err(wrong)?;
        self.answer(path)
    }

    fn answer(&mut self, path: &str) -> Result<Reply, Failure> {
        let (mut status, mut length, mut cookie) = (String::new(), 0, None);
        self.stream.read_line(&mut status).map_err(wrong)?;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).map_err(wrong)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().map_err(wrong)?,
                // The session's comes first.
                "set-cookie" => drop(cookie.get_or_insert_with(|| value.to_owned())),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).map_err(wrong)?;
        let body = String::from_utf8(body).map_err(wrong)?;
        if status.split(' ').nth(1).is_some_and(|status| status.starts_with('2')) {
            Ok(Reply { body, cookie })
        } else {
            Err(wrong(format!("{path}: {}: {body}", status.trim_end())))
        }
    }
}

impl Reply {
    /// As JSON.
    pub(super) fn json(&self) -> Result<Value, Failure> {
        serde_json::from_str(&self.body).map_err(wrong)
    }
}

fn connect(address: &str, dir: &Path) -> Result<BufReader<StreamOwned<ClientConnection, TcpStream>>, Failure> {
    let config = Arc::new(https::client(shown(dir)?).map_err(wrong)?);
    let mut stream = TcpStream::connect(address).map_err(wrong)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(wrong)?;
    stream.set_nodelay(true).map_err(wrong)?;
    let mut tls = ClientConnection::new(config, ServerName::try_from("comptoir").map_err(wrong)?).map_err(wrong)?;
    while tls.is_handshaking() {
        tls.complete_io(&mut stream).map_err(wrong)?;
    }
    Ok(BufReader::new(StreamOwned::new(tls, stream)))
}

/// The pin of the certificate that the console shows.
fn shown(dir: &Path) -> Result<Pin, Failure> {
    let kept = std::fs::read(dir.join("console-tls.json")).map_err(wrong)?;
    let kept: Value = serde_json::from_slice(&kept).map_err(wrong)?;
    let certificate = comptoir_node::entropy::unhex(&text("console-tls.json", &kept, "certificate")?);
    https::pin_of(&CertificateDer::from(certificate.unwrap_or_default())).ok_or_else(|| wrong("no certificate"))
}
