//! A node's HTTP API as a client on the same machine sees it: the address and token of `DIR/api.json`, one kept connection.
//! It owns no wording of answers: they are JSON as they came.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::failure::Failure;

/// The way to one running daemon's API.
#[derive(Clone, Debug)]
pub struct Api {
    site: String,
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// What every request bears.
    pub token: String,
    /// The process that wrote the file.
    pub pid: u64,
    agent: ureq::Agent,
}

/// A refusal or success as the API gave it.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, null if it was no JSON.
    pub body: Value,
}

impl Api {
    /// Reads `DIR/api.json`; `None` while there is none or it is not whole.
    pub fn of(site: &str, dir: &Path, limit: Duration) -> Option<Self> {
        let text = std::fs::read(dir.join("api.json")).ok()?;
        let file: Value = serde_json::from_slice(&text).ok()?;
        let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).timeout_global(Some(limit));
        Some(Self {
            site: site.to_owned(),
            address: file["address"].as_str()?.to_owned(),
            token: file["token"].as_str()?.to_owned(),
            pid: file["pid"].as_u64()?,
            agent: config.build().new_agent(),
        })
    }

    /// Reads; an answer other than 2xx is a failure.
    pub fn get(&self, path: &str) -> Result<Value, Failure> {
        self.well("GET", path, None)
    }

    /// Does; an answer other than 2xx is a failure.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.well("POST", path, Some(body))
    }

    /// Changes; an answer other than 2xx is a failure.
    pub fn patch(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.well("PATCH", path, Some(body))
    }

    fn well(&self, method: &'static str, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let reply = self.send(method, path, body)?;
        if (200..300).contains(&reply.status) {
            return Ok(reply.body);
        }
        Err(self.failed(method, path, format!("{} {}", reply.status, reply.body)))
    }

    /// Sends one request; a failure only if there was no answer.
    pub fn send(&self, method: &'static str, path: &str, body: Option<&Value>) -> Result<Reply, Failure> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Content-Type", "application/json");
        let request = request.body(body.map(Value::to_string).unwrap_or_default());
        let request = request.map_err(|error| self.failed(method, path, error.to_string()))?;
        let mut answer = self.agent.run(request).map_err(|error| self.failed(method, path, error.to_string()))?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(u64::MAX).read_to_vec();
        let text = text.map_err(|error| self.failed(method, path, error.to_string()))?;
        Ok(Reply { status, body: serde_json::from_slice(&text).unwrap_or(Value::Null) })
    }

    fn failed(&self, method: &'static str, path: &str, what: String) -> Failure {
        Failure::Api { site: self.site.clone(), method, path: path.to_owned(), what }
    }
}
