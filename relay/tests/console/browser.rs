//! A browser at the console: TLS, a cookie, the headers that browsers set by themselves. Owns no expectation.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use comptoir_transport::{Pin, https};
use rustls::pki_types::ServerName;
use serde_json::Value;

/// One browser.
#[derive(Clone)]
pub struct Browser {
    pub address: SocketAddr,
    pub pin: Pin,
    pub cookie: Option<String>,
}

/// What was answered.
pub struct Reply {
    pub status: u16,
    /// In small letters.
    pub head: String,
    pub set_cookie: Option<String>,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    /// The code of a problem.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or("no problem").to_owned()
    }

    pub fn done(self) -> Self {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.body);
        self
    }
}

impl Browser {
    pub fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &[("Sec-Fetch-Site", "same-origin")], None)
    }

    pub fn post(&self, path: &str, body: Value) -> Reply {
        self.change("POST", path, Some(body))
    }

    /// As a page of the console asks.
    pub fn change(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        let origin = format!("https://{}", self.address);
        self.ask(method, path, &[("Origin", &origin), ("Sec-Fetch-Site", "same-origin")], body)
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Reply {
        self.ask_as(&self.address.to_string(), method, path, headers, body)
    }

    /// By another name.
    pub fn ask_as(&self, host: &str, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Reply {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(cookie) = &self.cookie {
            request.push_str(&format!("Cookie: {cookie}\r\n"));
        }
        if !body.is_empty() {
            request.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
        }
        let answer = self.send(&format!("{request}\r\n{body}"));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let is_cookie = |(name, _): &(&str, &str)| name.eq_ignore_ascii_case("set-cookie");
        let set_cookie = head.lines().filter_map(|line| line.split_once(": ")).find(is_cookie);
        let set_cookie = set_cookie.map(|(_, cookie)| cookie.to_owned());
        Reply { status, head: head.to_ascii_lowercase(), set_cookie, body: body.to_owned() }
    }

    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let config = Arc::new(https::client(self.pin).unwrap());
        let mut tls = rustls::ClientConnection::new(config, ServerName::try_from("comptoir").unwrap()).unwrap();
        while tls.is_handshaking() {
            tls.complete_io(&mut stream).unwrap();
        }
        let mut tls = rustls::StreamOwned::new(tls, stream);
        tls.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // The end of the connection may come without TLS's own word for it.
        let _ = tls.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }
}
