//! Places that cannot be had: a port or a directory in use, one that is read-only, newer, damaged or somebody else's. Each is a
//! typed error that says what to do, and nothing is lost.

use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::process::Command;

use comptoir_tests::processes::branches::headquarters;
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::COMMAND;
use comptoir_tests::processes::{Answer, Failure, Relay, Site};

use crate::place::{alone, file, in_place};

/// What every refusal owes to who reads it: a code, and words that say what to do (the relay's in the message, after a colon).
fn told(answer: Answer, exit: i32, code: &str) -> Result<(), Failure> {
    let answer = answer.leaving(exit)?;
    let found = answer.code()?;
    hold(found == code, || format!("`{}` said {found}, expected {code}", answer.command))?;
    let problem: serde_json::Value = answer.err.lines().rev().find_map(|line| serde_json::from_str(line).ok()).unwrap();
    let words = |name: &str| problem["error"][name].as_str().unwrap_or_default().to_owned();
    let advised = !words("advice").is_empty() || words("message").contains(": ");
    hold(!words("message").is_empty() && advised, || format!("no words in {problem}"))
}

#[test]
fn a_port_in_use_is_told_by_both_programs() {
    in_place(|programs, root| {
        let site = alone(programs, root)?;
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        told(site.run(&["run", "--api", &address])?, 1, "port-in-use")?;
        site.status()?;

        let relay = Relay::new(programs, root)?;
        relay.init()?;
        let busy = UdpSocket::bind(&relay.address).unwrap();
        told(relay.run(&["run", "--listen", &relay.address, "--admin", "127.0.0.1:0"])?, 1, "port-in-use")?;
        drop(busy);
        told(relay.run(&["run", "--listen", "127.0.0.1:0", "--admin", &address])?, 1, "port-in-use")
    });
}

#[test]
fn a_directory_in_use_is_told_and_commands_go_through_the_daemon() {
    in_place(|programs, root| {
        let (mut relay, mut par) = headquarters(programs, root)?;
        told(par.run(&["run", "--api", "127.0.0.1:0"])?, 1, "directory-in-use")?;
        told(par.run(&["create", "--organisation", "X", "--site", "PAR", "--country", "FR"])?, 1, "already-a-node")?;
        par.ask(&["record", "create", "party", "name=Through the daemon"])?;
        told(relay.run(&["run", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"])?, 1, "directory-in-use")?;
        relay.run(&["init", "--address", &relay.address])?.leaving(1)?;
        par.stop()?;
        relay.stop()?;
        relay.run(&["init", "--address", &relay.address])?.leaving(1)?;
        told(par.run(&["create", "--organisation", "X", "--site", "PAR", "--country", "FR"])?, 1, "already-a-node")?;
        hold(par.parties()? == 1, || "the party is gone".to_owned())
    });
}

#[test]
fn a_daemon_killed_leaves_a_directory_that_commands_can_use() {
    in_place(|programs, root| {
        let mut site = alone(programs, root)?;
        site.start()?;
        site.kill()?;
        hold(site.dir.join("api.json").exists(), || "a killed daemon cannot have tidied up".to_owned())?;
        site.ask(&["record", "create", "party", "name=After the kill"])?;
        hold(site.status()?["relay"]["state"] == "none", || "there is no relay".to_owned())
    });
}

/// Runs a program where `dir` is mounted read-only, for it and its children alone; `None` where the system forbids that.
fn read_only(command: &Command, dir: &Path) -> Result<Option<Answer>, Failure> {
    let mut probe = Command::new("unshare");
    probe.args(["--user", "--map-root-user", "--mount", "true"]);
    if !probe.output().is_ok_and(|probed| probed.status.success()) {
        return Ok(None);
    }
    let mut inside = Command::new("unshare");
    let script = r#"mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@""#;
    inside.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]).arg(dir);
    inside.arg(command.get_program()).args(command.get_args());
    Answer::of(inside, COMMAND).map(Some)
}

#[test]
fn a_read_only_directory_is_told() {
    in_place(|programs, root| {
        let site = alone(programs, root)?;
        site.ask(&["record", "create", "party", "name=Before"])?;
        for arguments in [["record", "create", "party", "name=Never"].as_slice(), &["run", "--api", "127.0.0.1:0"]] {
            let Some(answer) = read_only(&site.command(arguments), &site.dir)? else {
                println!("not tested: this system lets nobody mount a directory read-only for one process");
                return Ok(());
            };
            told(answer, 1, "directory-read-only")?;
        }
        let relay = Relay::new(programs, root)?;
        relay.init()?;
        let run = relay.command(&["run", "--listen", &relay.address, "--admin", "127.0.0.1:0"]);
        if let Some(answer) = read_only(&run, &relay.dir)? {
            told(answer, 1, "directory-read-only")?;
        }
        hold(site.parties()? == 1, || "the party is gone".to_owned())
    });
}

/// Puts the schema's version into a database, as a later version of the program would.
fn from_the_future(database: &Path) {
    let connection = rusqlite::Connection::open(database).unwrap();
    connection.pragma_update(None, "user_version", 9_999).unwrap();
    connection.close().unwrap();
}

fn database(dir: &Path) -> std::path::PathBuf {
    let mut found = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    found.find(|path| path.extension().is_some_and(|extension| extension == "sqlite")).unwrap()
}

#[test]
fn f39_a_newer_database_is_refused_by_both_programs_and_left_alone() {
    in_place(|programs, root| {
        let (mut relay, mut par) = headquarters(programs, root)?;
        par.stop()?;
        relay.stop()?;
        for dir in [&par.dir, &relay.dir] {
            from_the_future(&database(dir));
        }
        let before = std::fs::read(database(&par.dir)).unwrap();
        told(par.run(&["status"])?, 1, "directory-newer")?;
        told(par.run(&["run"])?, 1, "directory-newer")?;
        told(relay.run(&["run", "--listen", &relay.address, "--admin", "127.0.0.1:0"])?, 1, "directory-newer")?;
        hold(std::fs::read(database(&par.dir)).unwrap() == before, || "a newer database was written to".to_owned())
    });
}

#[test]
fn a_damaged_database_leaves_with_4() {
    in_place(|programs, root| {
        let site = alone(programs, root)?;
        site.ask(&["record", "create", "party", "name=Gone"])?;
        let database = database(&site.dir);
        let mut bytes = std::fs::read(&database).unwrap();
        let noise = bytes.len().min(4096);
        bytes[..noise].fill(0x5a);
        std::fs::write(&database, bytes).unwrap();
        told(site.run(&["status"])?, 4, "damaged")
    });
}

#[test]
fn a_directory_that_is_none_or_somebody_elses_is_wrong_usage() {
    in_place(|programs, root| {
        let nowhere = Site::new(programs, "NOWHERE", root);
        told(nowhere.run(&["status"])?, 2, "not-a-data-directory")?;
        std::fs::create_dir(&nowhere.dir).unwrap();
        file(&nowhere.dir, "thesis.odt", "years of work")?;
        let create = ["create", "--organisation", "X", "--site", "PAR", "--country", "FR"];
        told(nowhere.run(&create)?, 2, "not-a-data-directory")?;
        nowhere.run(&["no-such-command"])?.leaving(2)?;
        let site = alone(programs, root)?;
        told(site.run(&["import", "party", "/nowhere/file.csv"])?, 2, "file-unreadable")?;
        told(site.run(&["record", "show", "party", "no-such-id"])?, 1, "not-found")?;
        told(site.run(&["record", "list", "unicorn"])?, 2, "unknown-kind")
    });
}
