//! A browser at the console: TLS, a cookie, the headers that browsers set by themselves. Owns no expectation.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use comptoir_transport::{Pin, https};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
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
    /// What the device bears from now on, as a cookie.
    pub device: Option<String>,
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

/// An event stream that is open.
pub struct Stream {
    reader: BufReader<StreamOwned<ClientConnection, TcpStream>>,
    /// In small letters.
    pub head: String,
}

/// What came next.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    Event(String),
    End,
}

impl Stream {
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.reader.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => None,
            Err(error) => panic!("nothing more was told: {error}"),
        }
    }

    /// Waits for it. What only shows that the stream is alive is passed over.
    pub fn next(&mut self) -> Heard {
        while let Some(line) = self.line() {
            if let Some(topic) = line.strip_prefix("event: ") {
                let told = self.line().unwrap();
                assert_eq!(told, format!("data: {{\"event\":\"{topic}\"}}"), "the topic alone");
                return Heard::Event(topic.to_owned());
            }
        }
        Heard::End
    }

    /// Everything up to this topic.
    pub fn until(&mut self, topic: &str) -> Vec<String> {
        let mut heard = Vec::new();
        while heard.last().is_none_or(|last| last != topic) {
            match self.next() {
                Heard::Event(event) => heard.push(event),
                Heard::End => panic!("the stream ended after {heard:?}"),
            }
        }
        heard
    }
}

impl Browser {
    /// Opens an event stream, or is told why not.
    pub fn listen(&self, path: &str) -> Result<Stream, Reply> {
        let request = self.written(&self.address.to_string(), "GET", path, &[("Sec-Fetch-Site", "same-origin")], None);
        let mut stream = Stream { reader: BufReader::new(self.sent(&request)), head: String::new() };
        loop {
            match stream.line().unwrap().as_str() {
                "" => break,
                line => stream.head.push_str(&format!("{}\r\n", line.to_ascii_lowercase())),
            }
        }
        if stream.head.starts_with("http/1.1 200 ") {
            return Ok(stream);
        }
        let mut body = String::new();
        let _ = stream.reader.read_to_string(&mut body);
        Err(reply(&format!("{}\r\n{body}", stream.head)))
    }

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
        reply(&self.send(&self.written(host, method, path, headers, body)))
    }

    fn written(&self, host: &str, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> String {
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
        format!("{request}\r\n{body}")
    }

    fn send(&self, request: &str) -> String {
        let mut answer = Vec::new();
        // The end of the connection may come without TLS's own word for it.
        let _ = self.sent(request).read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }

    fn sent(&self, request: &str) -> StreamOwned<ClientConnection, TcpStream> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let config = Arc::new(https::client(self.pin).unwrap());
        let mut tls = ClientConnection::new(config, ServerName::try_from("comptoir").unwrap()).unwrap();
        while tls.is_handshaking() {
            tls.complete_io(&mut stream).unwrap();
        }
        let mut tls = StreamOwned::new(tls, stream);
        tls.write_all(request.as_bytes()).unwrap();
        tls
    }
}

fn reply(answer: &str) -> Reply {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let is_cookie = |(name, _): &(&str, &str)| name.eq_ignore_ascii_case("set-cookie");
    let mut cookies = head.lines().filter_map(|line| line.split_once(": ")).filter(is_cookie);
    let set_cookie = cookies.next().map(|(_, cookie)| cookie.to_owned());
    let device = cookies.next().and_then(|(_, cookie)| Some(cookie.split(';').next()?.to_owned()));
    Reply { status, head: head.to_ascii_lowercase(), set_cookie, device, body: body.to_owned() }
}
