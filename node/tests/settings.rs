//! What the daemon is told, and by whom it is managed: settings from a file, the environment and the command line, and the service manager.

#![allow(clippy::unwrap_used)]

mod common;

use common::TestNode;
use serde_json::Value;

fn of(shown: &Value, key: &str) -> (Value, String) {
    let line = shown["settings"].as_array().unwrap().iter().find(|line| line["key"] == key).unwrap();
    (line["value"].clone(), line["origin"].as_str().unwrap().to_owned())
}

#[test]
fn settings_come_from_a_file_the_environment_and_the_command_line_and_are_looked_at_first() {
    let node = TestNode::founded();
    let path = node.file("node.toml", b"api = \"127.0.0.1:1\"\n");
    let shown = |variables: &[(&str, &str)], more: &[&str]| {
        let arguments = [&["config", "show", "--config", &path], more].concat();
        node.run_where(variables, &arguments).well().json()
    };
    let settings = shown(&[], &[]);
    assert_eq!(of(&settings, "api"), ("127.0.0.1:1".into(), path.clone()));
    assert_eq!(of(&settings, "ui"), (Value::Null, "default".into()));
    let variable = [("COMPTOIR_NODE__API", "127.0.0.1:2")];
    assert_eq!(of(&shown(&variable, &[]), "api"), ("127.0.0.1:2".into(), "COMPTOIR_NODE__API".into()));
    let told = shown(&variable, &["--api", "127.0.0.1:3"]);
    assert_eq!(of(&told, "api"), ("127.0.0.1:3".into(), "command line".into()));
    let text = node.say(&["config", "show", "--origin", "--config", &path]).well().out;
    assert_eq!(text.trim_end(), format!("api = \"127.0.0.1:1\"  # {path}\n# ui =  # default"));

    node.run(&["config", "check", "--config", &path]).well();
    for (content, named) in [
        ("apy = \"127.0.0.1:1\"", "is api meant?"),
        ("api = \"nowhere\"", "api, set by"),
        ("api = \"0.0.0.0:1\"", "no address of this machine alone"),
        ("api = ", "cannot be read as settings"),
    ] {
        let path = node.file("other.toml", content.as_bytes());
        let refused = node.run(&["config", "check", "--config", &path]).failed(2, "settings-unfit");
        assert!(refused.err.contains(named), "{content}: {}", refused.err);
        node.run(&["run", "--config", &path]).failed(2, "settings-unfit");
    }
    let path = node.file("other.toml", b"ui = \"/nowhere\"");
    node.run(&["config", "check", "--config", &path]).failed(2, "file-unreadable");
    node.run(&["config", "check", "--config", "/nowhere.toml"]).failed(2, "settings-unfit");
}

#[test]
fn a_daemon_runs_by_a_file() {
    let node = TestNode::founded();
    let ui = node.data().parent().unwrap().join("pages");
    std::fs::create_dir(&ui).unwrap();
    std::fs::write(ui.join("index.html"), "<!doctype html><title>A page</title>").unwrap();
    let path = node.file("node.toml", format!("ui = {:?}\n", ui.display().to_string()).as_bytes());
    let daemon = node.start_with(&["--config", &path]);
    assert!(daemon.ready["open"].is_string(), "it serves the screens that the file names: {}", daemon.ready);
}

#[cfg(unix)]
#[test]
fn a_service_manager_is_told_that_it_serves_that_it_lives_and_that_it_stops() {
    use std::os::unix::net::UnixDatagram;
    use std::time::Duration;

    let node = TestNode::founded();
    let place = node.data().parent().unwrap().join("notify");
    let socket = UnixDatagram::bind(&place).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut daemon = node.start_where(&[("NOTIFY_SOCKET", place.to_str().unwrap()), ("WATCHDOG_USEC", "200000")], &[]);
    let hear = || {
        let mut word = [0; 64];
        let length = socket.recv(&mut word).expect("nothing was told");
        String::from_utf8_lossy(&word[..length]).trim().to_owned()
    };
    assert_eq!([hear(), hear(), hear()], ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]);
    assert!(node.data().join("api.json").exists(), "it serves by then");
    assert_eq!(daemon.terminate(), Some(0));
    assert!((0..100).any(|_| hear() == "STOPPING=1"));
}
