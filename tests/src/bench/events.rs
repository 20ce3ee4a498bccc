//! A node's event stream, read on a thread of its own, each event with the moment when it came. Owns the connection; knows
//! no meaning.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::processes::{Api, Failure};

/// An open stream. It ends with the node.
#[derive(Debug)]
pub(super) struct Events(mpsc::Receiver<(Instant, Value)>);

impl Events {
    /// Opens it; once this returns nothing is missed.
    pub(super) fn of(api: &Api) -> Result<Self, Failure> {
        let failed = || Failure::system("cannot follow the events of a node");
        let mut stream = TcpStream::connect(&api.address).map_err(failed())?;
        stream.set_nodelay(true).map_err(failed())?;
        // In the words of HTTP/1.0 the answer comes as it is, not in chunks.
        let request = format!(
            "GET /api/v1/events HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
            api.address, api.token
        );
        stream.write_all(request.as_bytes()).map_err(failed())?;
        let mut lines = BufReader::new(stream).lines();
        let status = lines.next().transpose().map_err(failed())?.unwrap_or_default();
        if !status.contains(" 200 ") {
            return Err(Failure::Wrong(format!("the events of a node were answered with {status:?}")));
        }
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let Some(text) = line.strip_prefix("data:") else { continue };
                let came = Instant::now();
                if sender.send((came, serde_json::from_str(text).unwrap_or_default())).is_err() {
                    return;
                }
            }
        });
        Ok(Self(receiver))
    }

    /// The next event, and when it came; `None` when none came in time.
    pub(super) fn next(&self, within: Duration) -> Option<(Instant, Value)> {
        self.0.recv_timeout(within).ok()
    }
}

/// Whether an event says that this record changed, or so much that it may have.
pub(super) fn may_concern(event: &Value, record: &str) -> bool {
    match event["event"].as_str() {
        Some("records") => {
            let ids = event["ids"].as_array().map(Vec::as_slice).unwrap_or_default();
            ids.is_empty() || ids.iter().any(|id| id.as_str() == Some(record))
        }
        Some("missed") => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_that_name_the_record_or_none_concern_it() {
        assert!(may_concern(&json!({ "event": "records", "ids": ["a", "b"] }), "b"));
        assert!(may_concern(&json!({ "event": "records", "ids": [] }), "b"));
        assert!(may_concern(&json!({ "event": "missed" }), "b"));
        assert!(!may_concern(&json!({ "event": "records", "ids": ["a"] }), "b"));
        assert!(!may_concern(&json!({ "event": "status" }), "b"));
    }
}
