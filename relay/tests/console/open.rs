//! A console that is open, with accounts and a clock of its own. Owns set-up; asserts nothing but that it worked.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use comptoir_relay::alarms::watch::Watch;
use comptoir_relay::clock::{Clock, Moment};
use comptoir_relay::console::account::Role;
use comptoir_relay::console::book::Book;
use comptoir_relay::console::book::audit::By;
use comptoir_relay::console::certificate::Given;
use comptoir_relay::console::{ConsoleConfig, code, totp};
use comptoir_relay::{Config, Relay, RunningRelay};
use comptoir_transport::{Pin, https};
use rustls::pki_types::CertificateDer;
use serde_json::json;
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use crate::browser::Browser;
use crate::site::{Line, Site};
use crate::world::{any_port, init};

pub const PASSWORD: &str = "correct horse battery";
const BEGUN_MS: i64 = 1_800_000_000_000;

/// A clock that goes on when it is told to.
#[derive(Clone)]
pub struct TestClock {
    begun: Instant,
    passed_ms: Arc<AtomicU64>,
}

impl TestClock {
    fn new() -> Self {
        Self { begun: Instant::now(), passed_ms: Arc::default() }
    }

    pub fn pass(&self, time: Duration) {
        self.passed_ms.fetch_add(time.as_millis() as u64, Ordering::SeqCst);
    }

    pub fn ms(&self) -> i64 {
        BEGUN_MS + self.passed_ms.load(Ordering::SeqCst) as i64
    }

    fn clock(&self) -> Clock {
        let own = self.clone();
        Clock::of(move || {
            let passed = Duration::from_millis(own.passed_ms.load(Ordering::SeqCst));
            Moment { ms: own.ms(), instant: own.begun + passed }
        })
    }
}

/// A relay whose console is open.
pub struct Open {
    pub runtime: Runtime,
    pub relay: Option<RunningRelay>,
    pub clock: TestClock,
    pub dir: PathBuf,
    pin: Pin,
    address: SocketAddr,
    _made: Option<tempfile::TempDir>,
}

/// Somebody with an account that is set up.
pub struct Person {
    pub name: String,
    pub shared: totp::Shared,
    pub recovery_codes: Vec<String>,
}

impl Open {
    /// Of a new relay that nobody claimed.
    pub fn new() -> Self {
        let made = tempfile::tempdir().unwrap();
        init(made.path());
        let mut open = Self::of(made.path(), None, &[]);
        open._made = Some(made);
        open
    }

    pub fn of(dir: &Path, certificate: Option<Given>, names: &[&str]) -> Self {
        let runtime = Runtime::new().unwrap();
        let clock = TestClock::new();
        let console = ConsoleConfig {
            ui: None,
            listen: any_port(),
            certificate: certificate.clone(),
            names: names.iter().map(|name| name.parse().unwrap()).collect(),
            clock: clock.clock(),
        };
        let config = Config {
            dir: dir.to_owned(),
            listen: any_port(),
            admin: any_port(),
            console: Some(console),
            watch: Watch::default(),
        };
        let relay = runtime.block_on(Relay::start(config)).unwrap();
        let shown = match certificate {
            Some(given) => {
                use rustls::pki_types::pem::PemObject;
                CertificateDer::from_pem_file(given.certificate).unwrap()
            }
            None => {
                let kept = std::fs::read(dir.join("console-tls.json")).unwrap();
                let kept: serde_json::Value = serde_json::from_slice(&kept).unwrap();
                let hex = kept["certificate"].as_str().unwrap();
                let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
                CertificateDer::from((0..hex.len()).step_by(2).map(byte).collect::<Vec<u8>>())
            }
        };
        let (pin, address) = (https::pin_of(&shown).unwrap(), relay.console_addr().unwrap());
        Self { runtime, relay: Some(relay), clock, dir: dir.to_owned(), pin, address, _made: None }
    }

    /// A site comes, and has everything that the relay has.
    pub fn dial(&self, site: &Site, claim: Option<[u8; 16]>) -> Line {
        let address = self.relay.as_ref().unwrap().listen_addr();
        self.runtime.block_on(async {
            let mut line = site.dial(address, claim).await;
            line.hear_current().await;
            line
        })
    }

    pub fn browser(&self) -> Browser {
        Browser { address: self.address, pin: self.pin, cookie: None }
    }

    /// As a command opens it, beside the relay.
    pub fn book(&self) -> Book {
        Book::open(&self.dir).unwrap()
    }

    pub fn by_command(&self) -> By {
        By { account: None, address: None, at_ms: self.clock.ms() }
    }

    /// Makes an account: its set-up code.
    pub fn add(&self, name: &str, role: Role) -> String {
        let code = code::shown(blake3::hash(name.as_bytes()).as_bytes());
        self.book().add(&self.by_command(), name, role, code::hash(&code)).unwrap();
        code
    }

    /// Makes an account and sets it up.
    pub fn person(&self, name: &str, role: Role) -> Person {
        let code = self.add(name, role);
        self.set_up(name, &code)
    }

    pub fn set_up(&self, name: &str, code: &str) -> Person {
        self.set_up_by(name, code, PASSWORD)
    }

    /// The same with another password.
    pub fn set_up_by(&self, name: &str, code: &str, password: &str) -> Person {
        let browser = self.browser();
        let begun = browser.post("/api/v1/setup/password", json!({ "code": code, "password": password })).done();
        let shared = shared_of(begun.json()["secret"].as_str().unwrap());
        let confirmation = totp::code_at(&shared, self.clock.ms()).unwrap();
        let done = browser.post("/api/v1/setup/confirmation", json!({ "code": code, "confirmation": confirmation }));
        let done = done.done().json();
        let codes = done["recovery_codes"].as_array().unwrap();
        let recovery_codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        Person { name: name.to_owned(), shared, recovery_codes }
    }

    /// The code of this step, which is a new one: time passes.
    pub fn next_code(&self, person: &Person) -> String {
        self.clock.pass(Duration::from_secs(30));
        totp::code_at(&person.shared, self.clock.ms()).unwrap()
    }

    /// The first half of a sign-in: the challenge.
    pub fn challenge(&self, person: &Person) -> String {
        self.challenge_by(person, PASSWORD)
    }

    fn challenge_by(&self, person: &Person, password: &str) -> String {
        let begun = self.browser().post("/api/v1/sign-in", json!({ "name": person.name, "password": password }));
        begun.done().json()["challenge"].as_str().unwrap().to_owned()
    }

    /// A browser in which somebody is signed in.
    pub fn signed_in(&self, person: &Person) -> Browser {
        self.signed_in_by(person, PASSWORD)
    }

    /// The same with another password.
    pub fn signed_in_by(&self, person: &Person, password: &str) -> Browser {
        let challenge = self.challenge_by(person, password);
        let second = json!({ "challenge": challenge, "code": self.next_code(person) });
        let reply = self.browser().post("/api/v1/sign-in/second-factor", second).done();
        let cookie = reply.set_cookie.unwrap().split(';').next().unwrap().to_owned();
        Browser { cookie: Some(cookie), ..self.browser() }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(relay) = self.relay.take() {
            let ended = self.runtime.block_on(relay.shut_down());
            if !std::thread::panicking() {
                ended.unwrap();
            }
        }
    }
}

fn shared_of(typed: &str) -> totp::Shared {
    let bytes = base32::decode(base32::Alphabet::Rfc4648 { padding: false }, typed).unwrap();
    Zeroizing::new(bytes.try_into().unwrap())
}
