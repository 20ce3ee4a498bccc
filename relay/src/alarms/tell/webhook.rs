//! Telling a program: a POST of JSON, signed as Standard Webhooks 1.0 has it (`webhook-id`, `webhook-timestamp`, `webhook-signature`).
//! Owns the request; whether it is tried again is decided elsewhere.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::TellError;
use super::words::Notice;
use crate::limits::WEBHOOK_DEADLINE;

/// Where a program is told, and what both sides know.
#[derive(Clone)]
pub struct Webhook {
    url: String,
    secret: Vec<u8>,
    agent: ureq::Agent,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Webhook {
    /// The secret is what the receiver gave: `whsec_` and base64, or any text.
    pub fn new(url: String, secret: &str, roots: &[Vec<u8>]) -> Self {
        let roots = roots.iter().map(|der| Certificate::from_der(der).to_owned()).collect::<Vec<_>>();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(provider)
            .root_certs(RootCerts::new_with_certs(&roots))
            .build();
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(WEBHOOK_DEADLINE))
            .http_status_as_error(false)
            .max_redirects(0)
            .tls_config(tls);
        Self { url, secret: key(secret), agent: config.build().into() }
    }

    /// Tells it once. `id` is the same at every attempt, so that a receiver knows what it had already.
    pub fn tell(&self, id: &str, notice: &Notice, now_ms: i64) -> Result<(), TellError> {
        let body = serde_json::to_string(notice).map_err(|error| TellError::Unsent(Box::new(error)))?;
        let seconds = now_ms / 1_000;
        let answer = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signature(&self.secret, id, seconds, &body))
            .send(&body)
            .map_err(|error| TellError::Unsent(Box::new(error)))?;
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(TellError::Refused(answer.status().to_string())),
        }
    }
}

fn key(secret: &str) -> Vec<u8> {
    let secret = secret.trim();
    let decoded = secret.strip_prefix("whsec_").and_then(|text| STANDARD.decode(text).ok());
    decoded.unwrap_or_else(|| secret.as_bytes().to_vec())
}

fn signature(secret: &[u8], id: &str, seconds: i64, body: &str) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret).expect("invariant: HMAC takes a key of any length");
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_signed_as_the_standard_has_it() {
        // The example of the Standard Webhooks libraries.
        let secret = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signed = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(key(" plain \n"), b"plain");
    }
}
