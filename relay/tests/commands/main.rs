//! The relay's commands as scripts meet them: output, exit codes, and what each says when it cannot do what it was asked.
#![allow(clippy::unwrap_used, missing_docs)]

mod doctor;

use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use comptoir_sync_protocol::enrolment::RelayCode;
use serde_json::Value;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comptoir-relay"));
    command
        .args(arguments)
        .env_remove("COMPTOIR_RELAY_DATA")
        .env_remove("COMPTOIR_RELAY_CONFIG")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null());
    command
}

fn ask(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn exit(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// The code of a failure, from its line of JSON.
fn failure(output: &Output) -> (i32, String) {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().last().unwrap_or_default();
    let shown: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {text}"));
    (exit(output), shown["error"]["code"].as_str().unwrap().to_owned())
}

fn init(dir: &Path) -> RelayCode {
    let dir = dir.to_str().unwrap();
    let output = ask(&["init", "--data", dir, "--address", "relay.example:4433", "--jurisdiction", "FR", "--json"]);
    assert_eq!(exit(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    RelayCode::from_text(printed["code"].as_str().unwrap()).unwrap()
}

const ANY: [&str; 4] = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];

fn run_arguments(dir: &Path) -> Vec<&str> {
    [&["run", "--json", "--data", dir.to_str().unwrap()][..], &ANY].concat()
}

/// A relay that is killed when the test ends.
struct Running(Child);

impl Running {
    /// Returns once it listens.
    fn start(dir: &Path) -> (Self, Value) {
        Self::start_with(dir, &[])
    }

    fn start_with(dir: &Path, more: &[&str]) -> (Self, Value) {
        Self::by(&[&run_arguments(dir)[..], more].concat())
    }

    fn by(arguments: &[&str]) -> (Self, Value) {
        let mut child = command(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (Self(child), serde_json::from_str(&line).unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn init_prints_a_code_once() {
    let dir = tempfile::tempdir().unwrap();
    let code = init(dir.path());
    assert_eq!((code.address.as_str(), code.jurisdiction.as_str()), ("relay.example:4433", "FR"));
    let keys = std::fs::read(dir.path().join("relay.json")).unwrap();
    let again = ask(&["init", "--json", "--data", dir.path().to_str().unwrap(), "--address", "other.example:1"]);
    assert_eq!(failure(&again), (1, "already-initialised".into()));
    assert_eq!(std::fs::read(dir.path().join("relay.json")).unwrap(), keys, "nothing was changed");
    let other = tempfile::tempdir().unwrap();
    let text = ask(&["init", "--data", other.path().to_str().unwrap(), "--address", "[2001:db8::1]:4433"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("COMPTOIR-RELAY-"));
}

#[test]
fn wrong_usage_is_told_from_refusal() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_str().unwrap();
    assert_eq!(exit(&ask(&["init", "--data", path])), 2);
    assert_eq!(exit(&ask(&["init", "--data", path, "--address", "no port"])), 2);
    assert_eq!(exit(&ask(&["run", "--data", path, "--listen", "127.0.0.1:0", "--admin", "0.0.0.0:0"])), 2);
    assert_eq!(exit(&ask(&["frobnicate"])), 2);
    assert_eq!(failure(&ask(&["frobnicate", "--json"])), (2, "bad-request".into()));
    assert_eq!(failure(&ask(&["init", "--json", "--data", path])), (2, "bad-request".into()));
    assert_eq!(failure(&ask(&run_arguments(dir.path()))), (1, "not-initialised".into()));
    assert_eq!(failure(&ask(&["status", "--json", "--data", path])), (1, "not-initialised".into()));
}

#[test]
fn run_says_where_and_status_asks_it() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path());
    let (mut running, listening) = Running::start(dir.path());
    let written: Value = serde_json::from_slice(&std::fs::read(dir.path().join("run.json")).unwrap()).unwrap();
    assert_eq!((&written["listening"], &written["admin"]), (&listening["listening"], &listening["admin"]));
    let path = dir.path().to_str().unwrap();
    let status = ask(&["status", "--json", "--data", path]);
    assert_eq!(exit(&status), 0, "{}", String::from_utf8_lossy(&status.stderr));
    let status: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!((&status["running"], &status["organisation"]), (&Value::Bool(true), &Value::Null));
    assert_eq!(status["disk_free_bytes"].is_u64(), cfg!(unix));
    assert_eq!(failure(&ask(&run_arguments(dir.path()))), (1, "directory-in-use".into()));
    assert_eq!(failure(&ask(&["init", "--json", "--data", path, "--address", "a:1"])), (1, "directory-in-use".into()));

    #[cfg(unix)]
    {
        let killed = Command::new("kill").args(["-TERM", &running.0.id().to_string()]).status().unwrap();
        assert!(killed.success());
        assert_eq!(running.0.wait().unwrap().code(), Some(0), "SIGTERM ends it in good order");
        assert!(!dir.path().join("run.json").exists());
    }
    drop(running);
    let status = ask(&["status", "--data", path]);
    assert!(String::from_utf8_lossy(&status.stdout).starts_with("Not running at relay.example:4433"));
}

#[test]
fn a_port_in_use_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path());
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let path = dir.path().to_str().unwrap();
    let run = ["run", "--json", "--data", path, "--listen", &listen, "--admin", "127.0.0.1:0"];
    assert_eq!(failure(&ask(&run)), (1, "port-in-use".into()));
    let tcp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let admin = tcp.local_addr().unwrap().to_string();
    let run = ["run", "--json", "--data", path, "--listen", "127.0.0.1:0", "--admin", &admin];
    assert_eq!(failure(&ask(&run)), (1, "port-in-use".into()));
}

#[test]
fn damage_and_newer_versions_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path());
    let keys_path = dir.path().join("relay.json");
    let keys = std::fs::read_to_string(&keys_path).unwrap();
    let newer = keys.replace("\"version\": 1", "\"version\": 7");
    std::fs::write(&keys_path, newer).unwrap();
    assert_eq!(failure(&ask(&run_arguments(dir.path()))), (1, "directory-newer".into()));
    std::fs::write(&keys_path, &keys[..100]).unwrap();
    assert_eq!(failure(&ask(&run_arguments(dir.path()))), (4, "damaged".into()));
    let claimed = keys.replace("\"organisation\": null", &format!("\"organisation\": \"{}\"", "ab".repeat(32)));
    std::fs::write(&keys_path, claimed).unwrap();
    std::fs::write(dir.path().join("log.sqlite"), [7; 8192]).unwrap();
    assert_eq!(failure(&ask(&run_arguments(dir.path()))), (4, "damaged".into()));
    std::fs::remove_file(dir.path().join("log.sqlite")).unwrap();
    std::fs::create_dir(dir.path().join("log.sqlite")).unwrap();
    assert_eq!(failure(&ask(&run_arguments(dir.path()))), (1, "directory-read-only".into()));
}

#[test]
fn a_killed_relay_starts_again() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path());
    for _ in 0..3 {
        let (running, _) = Running::start(dir.path());
        drop(running);
    }
    let path = dir.path().to_str().unwrap();
    assert_eq!(exit(&ask(&["status", "--json", "--data", path])), 0, "what it announced is not believed");
}

#[test]
fn completions_and_manual_are_printed() {
    assert!(String::from_utf8_lossy(&ask(&["completions", "bash"]).stdout).contains("comptoir-relay"));
    assert!(String::from_utf8_lossy(&ask(&["man"]).stdout).contains(".TH"));
}

#[test]
fn accounts_are_kept_by_commands_whether_the_relay_runs_or_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_str().unwrap();
    let account = |words: &[&str]| ask(&[&["account"], words, &["--json", "--data", path]].concat());
    let told = |output: Output| -> Value {
        assert_eq!(exit(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    assert_eq!(failure(&account(&["list"])), (1, "not-initialised".into()));
    init(dir.path());
    assert_eq!(told(account(&["list"]))["accounts"].as_array().unwrap().len(), 0);
    let made = told(account(&["add", "Awa", "--role", "administrator"]));
    assert_eq!((made["name"].as_str(), made["setup_code"].as_str().unwrap().len()), (Some("awa"), 31));
    assert_eq!(failure(&account(&["add", "awa", "--role", "viewer"])), (1, "account-taken".into()));
    assert_eq!(failure(&account(&["add", "a wa", "--role", "viewer"])), (1, "name-unfit".into()));

    let (_running, listening) = Running::start_with(dir.path(), &["--console", "127.0.0.1:0"]);
    let written: Value = serde_json::from_slice(&std::fs::read(dir.path().join("run.json")).unwrap()).unwrap();
    assert!(listening["console"].is_string() && listening["console"] == written["console"], "{listening}");
    assert_eq!(listening["console_fingerprint"].as_str().unwrap().split(':').count(), 32);
    assert_eq!(told(account(&["disable", "awa"]))["disabled"], true);
    assert_eq!(told(account(&["list"]))["accounts"][0]["disabled"], true);
    assert_eq!(told(account(&["enable", "awa"]))["disabled"], false);
    assert_ne!(told(account(&["reset", "awa"]))["setup_code"], made["setup_code"]);
    assert_eq!(failure(&account(&["disable", "paul"])), (1, "account-unknown".into()));
}

#[test]
fn a_console_that_cannot_open_says_why() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path());
    let (_other, listening) = Running::start_with(dir.path(), &[]);
    assert!(listening.get("console").is_none(), "off unless it is asked for");
    drop(_other);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let run = |more: &[&str]| failure(&ask(&[&run_arguments(dir.path())[..], more].concat()));
    assert_eq!(run(&["--console", &address]), (1, "port-in-use".into()));
    let nothing = dir.path().join("nothing.pem");
    let nothing = nothing.to_str().unwrap();
    let given = ["--console", "127.0.0.1:0", "--tls-cert", nothing, "--tls-key", nothing];
    assert_eq!(run(&given), (1, "certificate-unfit".into()));
}

#[test]
fn the_api_is_described() {
    let printed = ask(&["openapi"]);
    let described: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(described["info"]["title"], "Comptoir relay console");
}

#[cfg(unix)]
#[test]
fn a_service_manager_is_told_that_it_serves_that_it_lives_and_that_it_stops() {
    use std::os::unix::net::UnixDatagram;
    use std::time::Duration;

    let dir = tempfile::tempdir().unwrap();
    init(dir.path());
    let place = dir.path().join("notify");
    let socket = UnixDatagram::bind(&place).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut command = command(&run_arguments(dir.path()));
    command.env("NOTIFY_SOCKET", &place).env("WATCHDOG_USEC", "200000").stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = Running(command.spawn().unwrap());
    let hear = || {
        let mut word = [0; 64];
        let length = socket.recv(&mut word).expect("nothing was told");
        String::from_utf8_lossy(&word[..length]).trim().to_owned()
    };
    assert_eq!([hear(), hear(), hear()], ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]);
    assert!(dir.path().join("run.json").exists(), "it serves by then");
    assert!(Command::new("kill").args(["-TERM", &running.0.id().to_string()]).status().unwrap().success());
    assert!((0..100).any(|_| hear() == "STOPPING=1"));
    assert_eq!(running.0.wait().unwrap().code(), Some(0));
}

#[test]
fn settings_come_from_a_file_the_environment_and_the_command_line_and_are_looked_at_first() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("relay.toml");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "listen = \"127.0.0.1:1\"\nadmin = \"127.0.0.1:2\"\n[alarms]\nsilent_after = \"2h\"\n")
        .unwrap();
    let shown = |more: &[&str]| {
        let mut command = command(&[&["config", "show", "--json", "--config", path], more].concat());
        let output = command.env("COMPTOIR_RELAY__ADMIN", "127.0.0.1:3").output().unwrap();
        assert_eq!(exit(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let of = |shown: &Value, key: &str| {
        let line = shown["settings"].as_array().unwrap().iter().find(|line| line["key"] == key).unwrap().clone();
        (line["value"].as_str().unwrap().to_owned(), line["origin"].as_str().unwrap().to_owned())
    };
    let settings = shown(&["--listen", "127.0.0.1:4"]);
    assert_eq!(of(&settings, "listen"), ("127.0.0.1:4".into(), "command line".into()));
    assert_eq!(of(&settings, "admin"), ("127.0.0.1:3".into(), "COMPTOIR_RELAY__ADMIN".into()));
    assert_eq!(of(&settings, "alarms.silent_after"), ("2h".into(), path.into()));
    assert_eq!(of(&settings, "alarms.clock_skew"), ("5m".into(), "default".into()));

    assert_eq!(exit(&ask(&["config", "check", "--config", path])), 0);
    std::fs::write(&file, "[alarms]\nsilent_afer = \"2h\"\n").unwrap();
    let refused = ask(&["config", "check", "--json", "--config", path]);
    assert_eq!(failure(&refused), (2, "settings-unfit".into()));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is alarms.silent_after meant?"));
    let run = ask(&["run", "--json", "--data", dir.path().to_str().unwrap(), "--config", path]);
    assert_eq!(failure(&run), (2, "settings-unfit".into()), "it does not start by them");
    std::fs::write(&file, "[alarms.webhook]\nurl = \"https://example.org\"\n").unwrap();
    assert_eq!(failure(&ask(&["config", "check", "--json", "--config", path])), (2, "settings-unfit".into()));
}
