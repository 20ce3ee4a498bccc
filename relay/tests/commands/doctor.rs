//! `doctor` and `support-bundle` of a relay, as whoever runs it meets them: what is found, what is advised, what is withheld.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::Running;

/// A command on the relay of this directory, answering in JSON.
fn ask(arguments: &[&str], dir: &Path) -> Output {
    crate::ask(&[arguments, &["--json", "--data", dir.to_str().unwrap()]].concat())
}

fn start(dir: &Path, listen: &str) -> Running {
    let data = dir.to_str().unwrap();
    Running::by(&["run", "--json", "--data", data, "--listen", listen, "--admin", "127.0.0.1:0"]).0
}

/// Exit code, and each check's state with what is advised.
fn examined(output: Output) -> (Option<i32>, impl Fn(&str) -> (String, String)) {
    let found: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&output.stderr)));
    let state = move |name: &str| {
        let checks = found["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("{name}: {found}"));
        (check["state"].as_str().unwrap().to_owned(), format!("{} {}", check["detail"], check["advice"]))
    };
    (output.status.code(), state)
}

/// An address of the loopback that nobody listens on.
fn free() -> String {
    std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn each_trouble_is_named_with_what_to_do() {
    let made = tempfile::tempdir().unwrap();
    let dir = made.path().join("relay");
    let (exit, state) = examined(ask(&["doctor"], &dir));
    assert_eq!((exit, state("keys").0.as_str()), (Some(4), "bad"));
    assert!(state("keys").1.contains("comptoir-relay init"), "{}", state("keys").1);

    let address = free();
    assert!(ask(&["init", "--address", &address], &dir).status.success());
    let quiet = ["--listen", &address, "--admin", "127.0.0.1:0"];
    let look = |more: &[&str]| examined(ask(&[&["doctor"], more].concat(), &dir));
    let (exit, state) = look(&quiet);
    assert_eq!(exit, Some(0), "nothing is wrong with one that was just made");
    for (name, wanted) in
        [("settings", "good"), ("directory", "good"), ("keys", "good"), ("disk", "good"), ("clock", "good")]
    {
        assert_eq!(state(name).0, wanted, "{name}: {}", state(name).1);
    }
    for (name, advice) in [
        ("running", "systemctl start"),
        ("organisation", "relay add"),
        ("address", "a trial"),
        ("alarms", "[alarms.mail]"),
    ] {
        let (found, text) = state(name);
        assert!(found == "look" && text.contains(advice), "{name}: {found} {text}");
    }

    let names = |dir: &Path| {
        let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        entries.collect::<std::collections::BTreeSet<String>>()
    };
    let before = names(&dir);
    assert!(before.contains("relay.json"), "{before:?}");
    let (_, state) = look(&[&quiet[..], &["--console", "127.0.0.1:0", "--console-ui", "."]].concat());
    assert!(state("console").1.contains("account add"), "{}", state("console").1);
    assert_eq!(names(&dir), before, "nothing is left behind");

    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let (exit, state) = look(&["--listen", &taken.local_addr().unwrap().to_string(), "--admin", "127.0.0.1:0"]);
    assert_eq!((exit, state("ports").0.as_str()), (Some(4), "bad"));
    let settings = made.path().join("relay.toml");
    std::fs::write(&settings, "listn = 1").unwrap();
    let (exit, state) = look(&["--config", settings.to_str().unwrap()]);
    assert_eq!(exit, Some(4));
    assert!(state("settings").1.contains("is listen meant?"), "{}", state("settings").1);
    std::fs::write(&settings, "[console]\nlisten = \"127.0.0.1:0\"\ntls_cert = \"/nowhere\"\ntls_key = \"/nowhere\"\n")
        .unwrap();
    let (_, state) = look(&[&quiet[..], &["--config", settings.to_str().unwrap()]].concat());
    assert_eq!(state("console").0, "bad", "{}", state("console").1);

    let running = start(&dir, &address);
    let (exit, state) = look(&quiet);
    assert_eq!(exit, Some(0));
    for name in ["running", "reach", "store"] {
        assert_eq!(state(name).0, "good", "{name}: {}", state(name).1);
    }
    drop(running);

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(dir.join("relay.json"), PermissionsExt::from_mode(0o644)).unwrap();
        let (exit, state) = look(&quiet);
        assert_eq!((exit, state("directory").0.as_str()), (Some(4), "bad"));
        assert!(state("directory").1.contains("chmod"), "{}", state("directory").1);
    }
    std::fs::write(dir.join("relay.json"), "{").unwrap();
    assert_eq!(look(&quiet).0, Some(4));
}

#[test]
fn a_support_bundle_tells_how_it_stands_and_no_secret() {
    let made = tempfile::tempdir().unwrap();
    let (dir, bundle) = (made.path().join("relay"), made.path().join("bundle.json"));
    let address = free();
    assert!(ask(&["init", "--address", &address], &dir).status.success());
    let account: Value =
        serde_json::from_slice(&ask(&["account", "add", "unmistakable", "--role", "viewer"], &dir).stdout).unwrap();
    let settings = made.path().join("relay.toml");
    let (from, secret) = ("relay-unmistakable@example.org", made.path().join("secret"));
    std::fs::write(&secret, "whsec_dW5taXN0YWthYmxl").unwrap();
    let told = format!(
        "[alarms.mail]\nhost = \"m.example\"\nfrom = \"{from}\"\nto = [\"{from}\"]\n\
         [alarms.webhook]\nurl = \"https://example.org/unmistakable\"\nsecret_file = {:?}\n",
        secret.display().to_string()
    );
    std::fs::write(&settings, told).unwrap();
    let _running = start(&dir, &address);
    let write = || ask(&["support-bundle", bundle.to_str().unwrap(), "--config", settings.to_str().unwrap()], &dir);
    let written = write();
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let text = std::fs::read_to_string(&bundle).unwrap();
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&found["status"]["running"], &found["program"]), (&Value::from(true), &Value::from("comptoir-relay")));
    assert!(found["figures"].as_str().unwrap().contains("comptoir_relay_"), "{text}");
    assert!(text.contains("alarms.mail.to") && text.contains("withheld"), "{text}");
    assert!(found["databases"].as_array().unwrap().iter().any(|found| found["rows"]["accounts"] == 1), "{text}");
    let keys: Value = serde_json::from_slice(&std::fs::read(dir.join("relay.json")).unwrap()).unwrap();
    let secrets = [keys["tls_key"].as_str(), keys["signing_key"].as_str(), account["setup_code"].as_str()];
    for secret in secrets.into_iter().map(Option::unwrap).chain([from, "unmistakable", "dW5taXN0YWthYmxl"]) {
        assert!(!text.contains(secret), "{secret}");
    }
    let again = write();
    assert_eq!(again.status.code(), Some(1), "no file is replaced");
}
