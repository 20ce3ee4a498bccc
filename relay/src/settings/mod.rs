//! What a relay is told: its table of settings, with what holds where nobody says otherwise. Owns names, defaults, and the step from text to
//! what the parts of the relay take; how the sources go together is [`comptoir_daemon::settings`]'.

mod unfit;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use comptoir_daemon::settings::Span;
use comptoir_door::screens::Screens;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::alarms::Thresholds;
use crate::alarms::tell::{Channels, Language, Mail, MailServer, MailTls, QuietHours, Webhook, mailbox};
use crate::alarms::watch::Watch;
use crate::clock::Clock;
use crate::console::ConsoleConfig;
use crate::console::certificate::Given;
use crate::console::host::ConsoleName;
use crate::relay::Config;

pub use unfit::Unfit;

/// Variables of the environment that begin so are settings.
pub const PREFIX: &str = "COMPTOIR_RELAY__";

/// The table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Where sites connect, over UDP.
    pub listen: SocketAddr,
    /// Where health and figures can be asked for, over HTTP, on this machine only.
    pub admin: SocketAddr,
    /// Headquarters' console.
    pub console: Console,
    /// What is worth an alarm, and how it is told.
    pub alarms: Alarms,
}

/// Headquarters' console.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Console {
    /// Where browsers find it, over HTTPS; none: there is none.
    pub listen: Option<SocketAddr>,
    /// The folder of its built pages; none: that which lies beside the program, or where packages put it.
    pub ui: Option<PathBuf>,
    /// Names by which it may be called, beside the address.
    pub names: Vec<String>,
    /// Its certificate, in PEM; none: one of its own.
    pub tls_cert: Option<PathBuf>,
    /// The key of that certificate, in PEM.
    pub tls_key: Option<PathBuf>,
}

/// What is worth an alarm, and how it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarms {
    /// A site may be silent this long.
    pub silent_after: Span,
    /// An outbox of this many entries is large.
    pub outbox_entries: u64,
    /// It is growing when it was no smaller this long ago.
    pub outbox_for: Span,
    /// A clock may be wrong by this much.
    pub clock_skew: Span,
    /// A disk with less room than this is nearly full.
    pub disk_free_bytes: u64,
    /// Telling a program.
    pub webhook: WebhookTable,
    /// Telling people.
    pub mail: MailTable,
    /// When people are left in peace.
    pub quiet: Quiet,
}

/// Telling a program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookTable {
    /// Where; none: no program is told.
    pub url: Option<String>,
    /// A file with the secret that both sides know.
    pub secret_file: Option<PathBuf>,
}

/// Telling people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailTable {
    /// The mail server; none: nobody is written to.
    pub host: Option<String>,
    /// Its port.
    pub port: u16,
    /// `starttls`, `implicit`, or `none` for a server on this machine.
    pub tls: MailTls,
    /// The name to sign in with; none: nobody signs in.
    pub user: Option<String>,
    /// A file with the password.
    pub password_file: Option<PathBuf>,
    /// Who writes.
    pub from: Option<String>,
    /// Who is written to.
    pub to: Vec<String>,
    /// `en` or `fr`.
    pub language: Language,
}

/// When people are left in peace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// From this hour of the day, such as `22:00`; none: never.
    pub from: Option<String>,
    /// To this one.
    pub to: Option<String>,
    /// Where these hours are meant.
    pub time_zone: String,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([0, 0, 0, 0], 4433)),
            admin: SocketAddr::from(([127, 0, 0, 1], 9464)),
            console: Console::default(),
            alarms: Alarms::default(),
        }
    }
}

impl Default for Alarms {
    fn default() -> Self {
        let usual = Thresholds::default();
        let minutes = |ms: i64| Span::minutes(ms.unsigned_abs() / 60_000);
        Self {
            silent_after: minutes(usual.silent_ms),
            outbox_entries: usual.outbox_entries,
            outbox_for: minutes(usual.outbox_ms),
            clock_skew: minutes(usual.clock_skew_ms),
            disk_free_bytes: usual.disk_free_bytes,
            webhook: WebhookTable::default(),
            mail: MailTable::default(),
            quiet: Quiet::default(),
        }
    }
}

impl Default for MailTable {
    fn default() -> Self {
        Self {
            host: None,
            port: 587,
            tls: MailTls::default(),
            user: None,
            password_file: None,
            from: None,
            to: Vec::new(),
            language: Language::default(),
        }
    }
}

impl Default for Quiet {
    fn default() -> Self {
        Self { from: None, to: None, time_zone: "UTC".into() }
    }
}

impl Table {
    /// What a relay in this directory is started with.
    ///
    /// # Errors
    /// [`Unfit`], which names the setting.
    pub fn config(&self, dir: PathBuf) -> Result<Config, Unfit> {
        let (listen, admin) = (self.listen, self.admin);
        Ok(Config { dir, listen, admin, console: self.console.config()?, watch: self.alarms.watch()? })
    }
}

impl Console {
    fn config(&self) -> Result<Option<ConsoleConfig>, Unfit> {
        let certificate = match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Some(Given { certificate: certificate.clone(), key: key.clone() }),
            (None, None) => None,
            (Some(_), None) => return Err(Unfit::Missing { key: "console.tls_key", by: "console.tls_cert" }),
            (None, Some(_)) => return Err(Unfit::Missing { key: "console.tls_cert", by: "console.tls_key" }),
        };
        let name = |name: &String| {
            let wanted = "NAME or NAME:PORT, such as relay.example.org";
            name.parse::<ConsoleName>().map_err(|_| Unfit::Value { key: "console.names", value: name.clone(), wanted })
        };
        let names = self.names.iter().map(name).collect::<Result<_, _>>()?;
        let ui = self.ui.clone().or_else(|| Screens::beside_the_program("console", "comptoir-relay/console"));
        Ok(self.listen.map(|listen| ConsoleConfig { listen, certificate, names, ui, clock: Clock::system() }))
    }
}

impl Alarms {
    /// What the relay watches for, and how it tells. Secrets are read from their files.
    ///
    /// # Errors
    /// [`Unfit`], which names the setting.
    pub fn watch(&self) -> Result<Watch, Unfit> {
        let thresholds = Thresholds {
            silent_ms: self.silent_after.as_ms(),
            outbox_entries: self.outbox_entries,
            outbox_ms: self.outbox_for.as_ms(),
            clock_skew_ms: self.clock_skew.as_ms(),
            disk_free_bytes: self.disk_free_bytes,
        };
        let channels =
            Channels { webhook: self.webhook.ready()?, mail: self.mail.ready()?, quiet: self.quiet.ready()? };
        Ok(Watch { thresholds, channels })
    }
}

impl WebhookTable {
    fn ready(&self) -> Result<Option<Webhook>, Unfit> {
        let Some(url) = &self.url else { return Ok(None) };
        let key = "alarms.webhook.url";
        if !(url.starts_with("https://") || is_local(url)) {
            let wanted = "an https:// address (http:// only on this machine)";
            return Err(Unfit::Value { key, value: url.clone(), wanted });
        }
        let file = self.secret_file.as_deref();
        let secret = secret(
            "alarms.webhook.secret_file",
            file.ok_or(Unfit::Missing { key: "alarms.webhook.secret_file", by: key })?,
        )?;
        Ok(Some(Webhook::new(url.clone(), &secret, &roots())))
    }
}

fn is_local(url: &str) -> bool {
    ["http://127.0.0.1:", "http://127.0.0.1/", "http://localhost:", "http://localhost/", "http://[::1]:"]
        .iter()
        .any(|local| url.starts_with(local))
}

impl MailTable {
    fn ready(&self) -> Result<Option<Mail>, Unfit> {
        let Some(host) = &self.host else { return Ok(None) };
        let by = "alarms.mail.host";
        let address = |key, text: &String| {
            mailbox(text).map_err(|_| Unfit::Value {
                key,
                value: text.clone(),
                wanted: "an address such as awa@example.org",
            })
        };
        let from = self.from.as_ref().ok_or(Unfit::Missing { key: "alarms.mail.from", by })?;
        if self.to.is_empty() {
            return Err(Unfit::Missing { key: "alarms.mail.to", by });
        }
        let credentials = match (&self.user, &self.password_file) {
            (Some(user), Some(file)) => Some((user.clone(), secret("alarms.mail.password_file", file)?)),
            (Some(_), None) => return Err(Unfit::Missing { key: "alarms.mail.password_file", by: "alarms.mail.user" }),
            (None, Some(_)) => return Err(Unfit::Missing { key: "alarms.mail.user", by: "alarms.mail.password_file" }),
            (None, None) => None,
        };
        let server = MailServer {
            host: host.clone(),
            port: self.port,
            tls: self.tls,
            roots: Vec::new(),
            credentials,
            from: address("alarms.mail.from", from)?,
            to: self.to.iter().map(|to| address("alarms.mail.to", to)).collect::<Result<_, _>>()?,
            language: self.language,
        };
        Mail::new(server).map(Some).map_err(|source| Unfit::Channel { key: by, source })
    }
}

impl Quiet {
    fn ready(&self) -> Result<Option<QuietHours>, Unfit> {
        let time = |key, text: &String| {
            let wanted = "an hour of the day such as 22:00";
            text.parse::<Time>().map_err(|_| Unfit::Value { key, value: text.clone(), wanted })
        };
        let (from, to) = match (&self.from, &self.to) {
            (Some(from), Some(to)) => (time("alarms.quiet.from", from)?, time("alarms.quiet.to", to)?),
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(Unfit::Missing { key: "alarms.quiet.to", by: "alarms.quiet.from" }),
            (None, Some(_)) => return Err(Unfit::Missing { key: "alarms.quiet.from", by: "alarms.quiet.to" }),
        };
        let unknown = |_| Unfit::Value {
            key: "alarms.quiet.time_zone",
            value: self.time_zone.clone(),
            wanted: "a time zone such as Europe/Paris",
        };
        Ok(Some(QuietHours { from, to, zone: TimeZone::get(&self.time_zone).map_err(unknown)? }))
    }
}

fn secret(key: &'static str, path: &Path) -> Result<String, Unfit> {
    let read = std::fs::read_to_string(path).map_err(|source| Unfit::File { key, path: path.to_owned(), source })?;
    match read.trim() {
        "" => Err(Unfit::Value { key, value: path.display().to_string(), wanted: "a file with a secret in it" }),
        secret => Ok(secret.to_owned()),
    }
}

/// The issuers that the system believes.
fn roots() -> Vec<Vec<u8>> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(?error, "an issuer's certificate of the system is not read");
    }
    found.certs.into_iter().map(|certificate| certificate.to_vec()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn alarms(toml: &[(&str, &str)]) -> Alarms {
        let environment = toml.iter().map(|(key, value)| {
            (format!("{PREFIX}ALARMS__{}", key.to_uppercase().replace('.', "__")), (*value).to_owned())
        });
        let sources = comptoir_daemon::settings::Sources {
            prefix: PREFIX,
            environment: environment.collect(),
            ..Default::default()
        };
        comptoir_daemon::settings::read::<Table>(&sources).unwrap().table.alarms
    }

    #[test]
    fn nothing_is_told_where_nobody_says_how() {
        let watch = Alarms::default().watch().unwrap();
        assert_eq!(watch.thresholds, Thresholds::default());
        assert!(watch.channels.webhook.is_none() && watch.channels.mail.is_none() && watch.channels.quiet.is_none());
    }

    #[test]
    fn what_does_not_go_together_is_told_by_its_key() {
        for (said, key) in [
            (&[("webhook.url", "https://example.org")][..], "alarms.webhook.secret_file"),
            (&[("webhook.url", "http://example.org")], "alarms.webhook.url"),
            (&[("webhook.url", "http://127.0.0.1.example.org")], "alarms.webhook.url"),
            (&[("mail.host", "mail.example.org")], "alarms.mail.from"),
            (&[("mail.host", "mail.example.org"), ("mail.from", "a@example.org")], "alarms.mail.to"),
            (&[("mail.host", "m.example"), ("mail.from", "nobody"), ("mail.to", "b@example.org")], "alarms.mail.from"),
            (
                &[
                    ("mail.host", "m.example"),
                    ("mail.from", "a@b.example"),
                    ("mail.to", "b@c.example"),
                    ("mail.user", "a"),
                ],
                "alarms.mail.password_file",
            ),
            (&[("quiet.from", "22:00")], "alarms.quiet.to"),
            (&[("quiet.from", "22:00"), ("quiet.to", "late")], "alarms.quiet.to"),
            (&[("quiet.from", "22:00"), ("quiet.to", "06:00"), ("quiet.time_zone", "Moon")], "alarms.quiet.time_zone"),
        ] {
            let told = alarms(said).watch().unwrap_err().to_string();
            assert!(told.starts_with(key), "{said:?}: {told}");
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().display().to_string();
        let webhook = [("webhook.url", "http://127.0.0.1:9/hook"), ("webhook.secret_file", path.as_str())];
        assert!(alarms(&webhook).watch().unwrap_err().to_string().contains("a file with a secret in it"));
        std::fs::write(file.path(), "s3cret\n").unwrap();
        assert!(alarms(&webhook).watch().unwrap().channels.webhook.is_some());
    }
}
