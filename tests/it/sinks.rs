//! Where alarms arrive in tests: a program that takes webhooks and a mail server, both on the loopback interface. Owns just enough of HTTP and
//! SMTP to be told; each ends with its test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use comptoir_tests::processes::Failure;

/// How long a sender may be silent.
const SILENCE: Duration = Duration::from_secs(30);

/// Something that arrived: a request or a mail.
#[derive(Clone, Debug)]
pub struct Told {
    head: Vec<(String, String)>,
    /// What it said.
    pub body: String,
}

impl Told {
    /// A header, by its name in small letters; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.head.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// A place where things arrive.
pub struct Sink {
    address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
}

impl Sink {
    /// A program that takes webhooks, and answers 204.
    pub fn http() -> Result<Self, Failure> {
        Self::serving(take_request)
    }

    /// A mail server that takes everything.
    pub fn smtp() -> Result<Self, Failure> {
        Self::serving(take_mail)
    }

    fn serving(take: fn(&TcpStream) -> std::io::Result<Vec<Told>>) -> Result<Self, Failure> {
        let failed = |source| Failure::System { what: "a sink cannot listen".to_owned(), source };
        let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let told: Arc<Mutex<Vec<Told>>> = Arc::default();
        let taken = Arc::clone(&told);
        // It ends with the process of the test.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                drop(stream.set_read_timeout(Some(SILENCE)));
                if let Ok(found) = take(&stream) {
                    taken.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
                }
            }
        });
        Ok(Self { address, told })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What has arrived so far.
    pub fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Lines up to an empty one, as names and values; what does not look so is passed over.
fn head(reader: &mut impl BufRead) -> std::io::Result<Vec<(String, String)>> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            return Ok(head);
        }
        if let Some((name, value)) = line.split_once(':') {
            head.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
}

fn take_request(stream: &TcpStream) -> std::io::Result<Vec<Told>> {
    let mut reader = BufReader::new(stream);
    let mut told = Told { head: head(&mut reader)?, body: String::new() };
    let length = told.header("content-length").parse().unwrap_or(0);
    reader.take(length).read_to_string(&mut told.body)?;
    let mut writer = stream;
    writer.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")?;
    Ok(vec![told])
}

fn take_mail(stream: &TcpStream) -> std::io::Result<Vec<Told>> {
    let (mut reader, mut writer) = (BufReader::new(stream), stream);
    let mut mails = Vec::new();
    writer.write_all(b"220 sink\r\n")?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(mails);
        }
        match line.to_ascii_uppercase().split_whitespace().next() {
            Some("QUIT") => {
                writer.write_all(b"221 bye\r\n")?;
                return Ok(mails);
            }
            Some("DATA") => {
                writer.write_all(b"354 go on\r\n")?;
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") {
                    if reader.read_line(&mut mail)? == 0 {
                        return Ok(mails);
                    }
                }
                let mut rest = mail.as_bytes();
                let head = head(&mut rest)?;
                mails.push(Told { head, body: mail });
                writer.write_all(b"250 taken\r\n")?;
            }
            _ => writer.write_all(b"250 well\r\n")?,
        }
    }
}
