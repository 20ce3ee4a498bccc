//! Telling people: a mail by SMTP. Owns the message and the connection; whether it is tried again is decided elsewhere.

use lettre::address::AddressError;
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};
use serde::{Deserialize, Serialize};

use super::TellError;
use super::words::{Language, Notice};
use crate::limits::MAIL_DEADLINE;

/// How the way to the mail server is kept private.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// TLS from the first byte (usually port 465).
    Implicit,
    /// STARTTLS, or nothing is sent (usually port 587).
    #[default]
    Starttls,
    /// In clear: for a server on this machine.
    None,
}

/// A mail server, and who is written to.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is kept private.
    pub tls: MailTls,
    /// Certificates of issuers that are believed beside the system's, in DER.
    pub roots: Vec<Vec<u8>>,
    /// Name and password, where it wants them.
    pub credentials: Option<(String, String)>,
    /// Who writes.
    pub from: Mailbox,
    /// Who is written to.
    pub to: Vec<Mailbox>,
    /// In which language.
    pub language: Language,
}

/// An address of a person as it is configured: `Awa Diop <awa@example.org>`.
pub fn mailbox(text: &str) -> Result<Mailbox, AddressError> {
    text.parse()
}

/// Tells people by mail.
#[derive(Clone, Debug)]
pub struct Mail {
    transport: SmtpTransport,
    server: MailServer,
}

impl Mail {
    /// By this server.
    pub fn new(server: MailServer) -> Result<Self, TellError> {
        let unusable = |error: lettre::transport::smtp::Error| TellError::Unsent(Box::new(error));
        let tls = match server.tls {
            MailTls::None => Tls::None,
            private => {
                let mut parameters = TlsParameters::builder(server.host.clone());
                for root in &server.roots {
                    parameters =
                        parameters.add_root_certificate(Certificate::from_der(root.clone()).map_err(unusable)?);
                }
                let parameters = parameters.build_rustls().map_err(unusable)?;
                if private == MailTls::Implicit { Tls::Wrapper(parameters) } else { Tls::Required(parameters) }
            }
        };
        let mut transport =
            SmtpTransport::builder_dangerous(&server.host).port(server.port).tls(tls).timeout(Some(MAIL_DEADLINE));
        if let Some((name, password)) = &server.credentials {
            transport = transport.credentials(Credentials::new(name.clone(), password.clone()));
        }
        Ok(Self { transport: transport.build(), server })
    }

    /// Tells it once. `id` is the same at every attempt.
    pub fn tell(&self, id: &str, notice: &Notice) -> Result<(), TellError> {
        let unsent = |error: lettre::error::Error| TellError::Unsent(Box::new(error));
        let mut message = Message::builder()
            .from(self.server.from.clone())
            .subject(notice.subject(self.server.language))
            .message_id(Some(format!("<{id}@{}>", self.server.from.email.domain())))
            .header(ContentType::TEXT_PLAIN);
        for to in &self.server.to {
            message = message.to(to.clone());
        }
        let message = message.body(notice.words(self.server.language)).map_err(unsent)?;
        let sent = self.transport.send(&message);
        sent.map(drop).map_err(|error| TellError::Unsent(Box::new(error)))
    }
}
