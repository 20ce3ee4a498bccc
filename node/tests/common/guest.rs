//! Somebody who speaks to a node's API by hand: over TLS on the local network, or in the clear on its own machine. Owns requests as they
//! are written; knows no resource.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use comptoir_transport::{Pin, https};
use rustls::pki_types::ServerName;
use serde_json::Value;

/// Knows the node by an address, and elsewhere by the pin of its key.
#[derive(Clone)]
pub struct Guest {
    pub address: String,
    pub pin: Option<Pin>,
}

/// An answer: status, head in small letters, body, the cookie that it sets as a request bears it.
#[derive(Debug)]
pub struct Answered(pub u16, pub String, pub String, pub Option<String>);

impl Answered {
    /// Its body.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.2).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Its status, and the code of a refusal.
    #[track_caller]
    pub fn refusal(&self) -> (u16, String) {
        (self.0, self.json()["code"].as_str().unwrap_or_default().to_owned())
    }

    /// The header with which a request bears the cookie.
    #[track_caller]
    pub fn cookie(&self) -> String {
        format!("Cookie: {}\r\n", self.3.as_ref().unwrap_or_else(|| panic!("{self:?}")))
    }
}

/// A way for bytes.
pub trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

impl Guest {
    /// From an invitation for a window, and the code in it.
    pub fn invited(link: &str) -> (Self, String) {
        let parts: Vec<&str> = link.strip_prefix("comptoir://node/").unwrap().split('/').collect();
        (Self { address: parts[0].to_owned(), pin: Some(parts[1].parse().unwrap()) }, parts[2].to_owned())
    }

    /// On the node's own machine.
    pub fn here(address: &str) -> Self {
        Self { address: address.to_owned(), pin: None }
    }

    /// A connection, shaken hands.
    pub fn connect(&self) -> std::io::Result<Box<dyn Stream>> {
        let mut stream = TcpStream::connect(&self.address)?;
        let Some(pin) = self.pin else { return Ok(Box::new(stream)) };
        let config = Arc::new(https::client(pin).unwrap());
        let mut tls = rustls::ClientConnection::new(config, ServerName::try_from("comptoir").unwrap()).unwrap();
        while tls.is_handshaking() {
            tls.complete_io(&mut stream)?;
        }
        Ok(Box::new(rustls::StreamOwned::new(tls, stream)))
    }

    /// Asks with its own host; `headers` end in CR LF each.
    pub fn ask(&self, line: &str, headers: &str, body: &str) -> Answered {
        self.ask_as(&self.address, line, headers, body)
    }

    /// As [`Guest::ask`], by another name.
    pub fn ask_as(&self, host: &str, line: &str, headers: &str, body: &str) -> Answered {
        let bytes = self.send(host, line, headers, body);
        let answer = String::from_utf8_lossy(&bytes);
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let set = head
            .lines()
            .find_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")));
        let cookie = set.and_then(|(_, cookie)| cookie.split(';').next()).map(str::to_owned);
        Answered(status, head.to_ascii_lowercase(), body.to_owned(), cookie)
    }

    /// The body of what is answered, byte for byte: of a file.
    pub fn ask_bytes(&self, line: &str, headers: &str) -> Vec<u8> {
        let bytes = self.send(&self.address, line, headers, "");
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        bytes[end + 4..].to_vec()
    }

    fn send(&self, host: &str, line: &str, headers: &str, body: &str) -> Vec<u8> {
        let mut stream = self.connect().unwrap();
        let length = body.len();
        let request = format!(
            "{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// Begins to follow what happens.
    pub fn follow(&self, headers: &str) -> Box<dyn Stream> {
        let mut follows = self.connect().unwrap();
        let request = format!("GET /api/v1/events HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", self.address);
        follows.write_all(request.as_bytes()).unwrap();
        hears(&mut follows, "\r\n\r\n");
        follows
    }
}

/// A body in chunks ends in an empty one.
pub const END: &str = "0\r\n\r\n";

/// Reads a stream until it says this.
#[track_caller]
pub fn hears(stream: &mut impl Read, what: &str) {
    let mut heard = Vec::new();
    while !String::from_utf8_lossy(&heard).contains(what) {
        let mut piece = [0; 1024];
        let read = stream.read(&mut piece).unwrap();
        assert_ne!(read, 0, "it broke off before {what:?}: {:?}", String::from_utf8_lossy(&heard));
        heard.extend(&piece[..read]);
    }
}
