//! Settings of a made-up program: which source wins, and what is refused.
#![allow(clippy::unwrap_used)]
use std::net::SocketAddr;

use serde::Deserialize;

use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    listen: SocketAddr,
    data: Option<PathBuf>,
    alarms: Alarms,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Alarms {
    silent_after: Span,
    outbox_entries: u64,
    mail_to: Vec<String>,
}

impl Default for Table {
    fn default() -> Self {
        let alarms = Alarms { silent_after: Span::minutes(15), outbox_entries: 500, mail_to: Vec::new() };
        Self { listen: SocketAddr::from(([0, 0, 0, 0], 4433)), data: None, alarms }
    }
}

fn sources(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> (Sources, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("relay.toml");
    std::fs::write(&path, file).unwrap();
    let sources = Sources {
        file: Some(path),
        prefix: "COMPTOIR_RELAY__",
        environment: environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        flags: flags.iter().map(|(name, value)| (*name, (*value).into())).collect(),
    };
    (sources, directory)
}

fn told(error: SettingsError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

#[test]
fn the_later_wins_and_each_value_says_where_it_came_from() {
    let file = "listen = \"127.0.0.1:1\"\n[alarms]\nsilent_after = \"1h 30m\"\noutbox_entries = 7\nmail_to = [\"a@b.example\"]\n";
    let environment = [
        ("COMPTOIR_RELAY__ALARMS__OUTBOX_ENTRIES", "8"),
        ("COMPTOIR_RELAY__ALARMS__MAIL_TO", "c@d.example, e@f.example"),
        ("COMPTOIR_RELAY_DATA", "of another sort"),
    ];
    let (sources, directory) = sources(file, &environment, &[("listen", "127.0.0.1:2")]);
    let Settings { table, lines } = read::<Table>(&sources).unwrap();
    let to = vec!["c@d.example".to_owned(), "e@f.example".into()];
    let alarms = Alarms { silent_after: Span::minutes(90), outbox_entries: 8, mail_to: to };
    assert_eq!(table, Table { listen: SocketAddr::from(([127, 0, 0, 1], 2)), data: None, alarms });
    let origin = |key: &str| lines[key].1.to_string();
    assert_eq!(origin("listen"), "command line");
    assert_eq!(origin("data"), "default");
    assert_eq!(origin("alarms.silent_after"), directory.path().join("relay.toml").display().to_string());
    assert_eq!(origin("alarms.outbox_entries"), "COMPTOIR_RELAY__ALARMS__OUTBOX_ENTRIES");
    assert_eq!(lines["alarms.silent_after"].0, "1h 30m");
    assert_eq!(lines.len(), 5);
}

#[test]
fn a_list_is_said_item_by_item_on_the_command_line() {
    let (sources, _directory) = sources(
        "[alarms]\nmail_to = [\"of the file\"]\n",
        &[],
        &[("alarms.mail_to", "a@b"), ("alarms.mail_to", "c@d, e")],
    );
    assert_eq!(read::<Table>(&sources).unwrap().table.alarms.mail_to, ["a@b", "c@d, e"]);
}

#[test]
fn defaults_hold_where_nobody_says_anything() {
    assert_eq!(read::<Table>(&Sources::default()).unwrap().table, Table::default());
}

#[test]
fn what_is_not_known_is_refused_wherever_it_stands() {
    let unknown = |file: &str, environment: &[(&str, &str)]| {
        let (sources, _directory) = sources(file, environment, &[]);
        told(read::<Table>(&sources).unwrap_err())
    };
    let misspelt = unknown("[alarms]\nsilent_afer = \"1h\"\n", &[]);
    assert!(misspelt.contains("relay.toml") && misspelt.contains("is alarms.silent_after meant?"), "{misspelt}");
    let strange = unknown("[colour]\nred = 1\n", &[]);
    assert!(strange.contains("colour.red") && !strange.contains("meant"), "{strange}");
    let variable = unknown("", &[("COMPTOIR_RELAY__LISTN", "x")]);
    assert!(variable.contains("COMPTOIR_RELAY__LISTN") && variable.contains("is listen meant?"), "{variable}");
    let table = unknown("alarms = 5\n", &[]);
    assert!(table.contains("alarms"), "{table}");
}

#[test]
fn a_value_that_does_not_fit_is_told_with_its_key_and_place() {
    for (file, key) in [
        ("listen = \"nowhere\"\n", "listen"),
        ("[alarms]\nsilent_after = \"soon\"\n", "alarms.silent_after"),
        ("[alarms]\noutbox_entries = \"many\"\n", "alarms.outbox_entries"),
    ] {
        let (sources, _directory) = sources(file, &[], &[]);
        let told = told(read::<Table>(&sources).unwrap_err());
        assert!(told.contains(key) && told.contains("relay.toml"), "{told}");
    }
    let (mut sources, _directory) = sources("listen = \n", &[], &[]);
    assert!(told(read::<Table>(&sources).unwrap_err()).contains("relay.toml"));
    sources.file = Some("/nowhere/at/all.toml".into());
    assert!(told(read::<Table>(&sources).unwrap_err()).contains("/nowhere/at/all.toml"));
}
