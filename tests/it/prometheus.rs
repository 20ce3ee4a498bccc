//! A Prometheus from Debian scrapes a real relay: by the lines of the documentation, with the alerts that ship, for the dashboard that ships. Owns its process,
//! and the reading of the dashboard as Grafana would.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use comptoir_tests::demo_data::write_csv;
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::{COMMAND, CONVERGE, LINE, START};
use comptoir_tests::processes::{Answer, Branches, Daemon, Failure, Relay, until};
use serde_json::Value;

use crate::place::{file, in_place};

const DASHBOARD: &str = include_str!("../../relay/packaging/dashboard.json");
const ALERTS: &str = include_str!("../../relay/packaging/alerts.yml");
const GUIDE: &str = include_str!("../../docs/src/operating.md");
const PREFIX: &str = "comptoir_relay_";
/// What the guide's lines say, and what stands for it here, where nobody waits for minutes.
const PACE: (&str, &str) = ("scrape_interval: 15s", "scrape_interval: 1s");
const ADMIN: &str = "127.0.0.1:9464";
const RULES: &str = "/etc/prometheus/comptoir-alerts.yml";
/// Grafana's `$__rate_interval` at that pace: four scrapes.
const RATE_INTERVAL: &str = "4s";
/// How far back a graph looks, in seconds.
const BACK: u64 = 60;

/// A running Prometheus.
struct Prometheus {
    daemon: Daemon,
    address: String,
    agent: ureq::Agent,
}

impl Prometheus {
    /// Starts one at a free port of the loopback, which its log tells.
    fn start(root: &Path, config: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(program("prometheus")?);
        command.arg(format!("--config.file={}", config.display()));
        command.arg(format!("--storage.tsdb.path={}", root.join("prometheus").display()));
        command.arg("--web.listen-address=127.0.0.1:0");
        let mut daemon = Daemon::start("Prometheus", &command, &root.join("prometheus.log"))?;
        let address = until("Prometheus listens", START, || {
            daemon.alive()?;
            let log = std::fs::read_to_string(daemon.log()).unwrap_or_default();
            let line = log.lines().find(|line| line.contains("Listening on"));
            let address = line.and_then(|line| line.split_once("address=")?.1.split_whitespace().next());
            Ok(address.map(str::to_owned).ok_or(log))
        })?;
        let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None);
        let prometheus = Self { daemon, address, agent: config.timeout_global(Some(COMMAND)).build().new_agent() };
        until("Prometheus is ready", START, || {
            let ready = prometheus.agent.get(format!("http://{}/-/ready", prometheus.address)).call();
            Ok(ready.map_err(|error| error.to_string()).and_then(|answer| match answer.status().as_u16() {
                200 => Ok(()),
                status => Err(status.to_string()),
            }))
        })?;
        Ok(prometheus)
    }

    /// The data of an answer; an error or a warning is a failure.
    fn ask(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Value, Failure> {
        let told = |what: String| Failure::Wrong(format!("Prometheus, {path} {parameters:?}: {what}"));
        let request = self.agent.get(format!("http://{}/api/v1/{path}", self.address));
        let request = request.query_pairs(parameters.iter().copied());
        let mut answer = request.call().map_err(|error| told(error.to_string()))?;
        let text = answer.body_mut().read_to_string().map_err(|error| told(error.to_string()))?;
        let answer: Value = serde_json::from_str(&text).map_err(|error| told(format!("{error}: {text}")))?;
        hold(answer["status"] == "success" && answer["warnings"].is_null(), || told(text).to_string())?;
        Ok(answer["data"].clone())
    }

    /// The series of a query, of this moment or of the last minute.
    fn query(&self, expression: &str, instant: bool) -> Result<Vec<Value>, Failure> {
        let data = if instant {
            self.ask("query", &[("query", expression)])?
        } else {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
            let (from, to) = ((now - BACK).to_string(), now.to_string());
            self.ask("query_range", &[("query", expression), ("start", &from), ("end", &to), ("step", "1")])?
        };
        Ok(data["result"].as_array().cloned().unwrap_or_default())
    }

    /// Waits until a query returns one number, and that one.
    fn is(&self, expression: &str, wanted: f64) -> Result<(), Failure> {
        until(&format!("{expression} is {wanted}"), LINE, || {
            let series = self.query(expression, true)?;
            let found: Vec<f64> = series.iter().flat_map(numbers).collect();
            Ok(if found == [wanted] { Ok(()) } else { Err(format!("{series:?}")) })
        })
    }
}

/// A program of Debian's package: as `.ci/setup` unpacked it, else as it is installed.
fn program(name: &str) -> Result<PathBuf, Failure> {
    let unpacked = comptoir_tests::tree().join("target/tools/prometheus/bin").join(name);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = [unpacked].into_iter().chain(std::env::split_paths(&path).map(|folder| folder.join(name)));
    places.find(|place| place.is_file()).ok_or_else(|| {
        Failure::Wrong(format!("there is no {name}: run `.ci/setup test`, or install Prometheus, which has it"))
    })
}

/// `promtool check` is content.
fn checked(kind: &str, file: &Path) -> Result<(), Failure> {
    let mut command = Command::new("sh");
    let script = if kind == "metrics" { r#""$0" check metrics < "$1""# } else { r#""$0" check "$2" "$1""# };
    command.args(["-c", script]).arg(program("promtool")?).arg(file).arg(kind);
    Answer::of(command, COMMAND)?.leaving(0).map(drop)
}

/// The numbers of a series, instant or not, that are some.
fn numbers(series: &Value) -> Vec<f64> {
    let many = series["values"].as_array().cloned().unwrap_or_default();
    let number = |point: &Value| point[1].as_str()?.parse::<f64>().ok();
    many.iter().chain([&series["value"]]).filter_map(number).filter(|number| !number.is_nan()).collect()
}

/// The guide's lines for Prometheus, for this relay.
fn config(relay: &Relay) -> Result<String, Failure> {
    let blocks = GUIDE.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut text = blocks.filter(|block| block.contains("scrape_configs:")).collect::<String>();
    let rules = comptoir_tests::tree().join("relay/packaging/alerts.yml").display().to_string();
    let admin = relay.admin().unwrap_or_default();
    for (said, here) in [PACE, (ADMIN, admin), (RULES, &rules)] {
        hold(text.matches(said).count() == 1, || format!("the guide's lines do not say {said:?} once: {text}"))?;
        text = text.replace(said, here);
    }
    Ok(format!("global: {{evaluation_interval: 1s}}\n{text}"))
}

/// Names of the relay's figures in any text.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_');
    words.filter(|word| word.starts_with(PREFIX)).collect()
}

/// Names in the first column of the guide's table of figures.
fn in_the_guide() -> BTreeSet<String> {
    let table = GUIDE.split_once("| metric (`comptoir_relay_…`)").map_or("", |(_, rest)| rest);
    let rows = table.split("\n\n").next().unwrap_or_default().lines().skip(2);
    let cells = rows.filter_map(|row| row.split(" | ").next());
    let marked = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    marked
        .filter(|name| !name.starts_with('{'))
        .map(|name| without_labels(&format!("{PREFIX}{name}")).to_owned())
        .collect()
}

fn without_labels(name: &str) -> &str {
    name.split(['{', ' ']).next().unwrap_or(name)
}

/// The dashboard's panels, but for the titles of rows.
fn panels(dashboard: &Value) -> Vec<Value> {
    let listed = dashboard["panels"].as_array().cloned().unwrap_or_default();
    let inner = |panel: &Value| panel["panels"].as_array().cloned().unwrap_or_default();
    let all: Vec<Value> = listed.iter().flat_map(|panel| [vec![panel.clone()], inner(panel)].concat()).collect();
    all.into_iter().filter(|panel| panel["type"] != "row").collect()
}

/// The dashboard's variables, each with all its values, as Grafana asks for them and writes them.
fn variables(prometheus: &Prometheus, dashboard: &Value) -> Result<BTreeMap<String, String>, Failure> {
    let mut known = BTreeMap::from([("__rate_interval".to_owned(), RATE_INTERVAL.to_owned())]);
    let listed = dashboard["templating"]["list"].as_array().cloned().unwrap_or_default();
    for variable in listed.iter().filter(|variable| variable["type"] == "query") {
        let query = filled(variable["query"]["query"].as_str().unwrap_or_default(), &known);
        let asked = query.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')')?.rsplit_once(", "));
        let (metric, label) = asked.ok_or_else(|| Failure::Wrong(format!("no values of a label: {query}")))?;
        let values = until(&format!("{query} returns values"), LINE, || {
            let values = prometheus.ask(&format!("label/{label}/values"), &[("match[]", metric)])?;
            let values: Vec<String> = serde_json::from_value(values).unwrap_or_default();
            Ok(if values.is_empty() { Err("none".to_owned()) } else { Ok(values) })
        })?;
        let name = variable["name"].as_str().unwrap_or_default();
        known.insert(name.to_owned(), format!("({})", values.join("|").replace('.', r"\\.")));
    }
    Ok(known)
}

fn filled(expression: &str, known: &BTreeMap<String, String>) -> String {
    known.iter().fold(expression.to_owned(), |text, (name, value)| text.replace(&format!("${name}"), value))
}

/// Each query of each panel returns a number at least, and the labels that its legend names.
fn each_query_returns_data(prometheus: &Prometheus, dashboard: &Value) -> Result<(), Failure> {
    let known = variables(prometheus, dashboard)?;
    let mut asked = 0;
    for panel in panels(dashboard) {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expression = filled(target["expr"].as_str().unwrap_or_default(), &known);
            hold(!expression.is_empty() && !expression.contains('$'), || format!("unknown in {expression:?}"))?;
            let legend = target["legendFormat"].as_str().unwrap_or_default();
            let labels: Vec<&str> = legend.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).collect();
            until(&format!("{}: {expression} returns data", panel["title"]), LINE, || {
                let series = prometheus.query(&expression, target["instant"] == true)?;
                let is_shown = |one: &Value| {
                    !numbers(one).is_empty() && labels.iter().all(|label| one["metric"][label].is_string())
                };
                Ok(if series.iter().any(is_shown) { Ok(()) } else { Err(format!("{series:?}")) })
            })?;
            asked += 1;
        }
    }
    hold(asked > 30, || format!("only {asked} queries"))
}

/// Each panel says what it shows, in what unit; each figure of the relay is on one and in the guide, and no other is named anywhere.
fn each_figure_has_its_place(figures: &str, dashboard: &Value) -> Result<(), Failure> {
    for panel in panels(dashboard) {
        let says = |name: &str| panel[name].as_str().is_some_and(|text| !text.is_empty());
        let unit = &panel["fieldConfig"]["defaults"]["unit"];
        let is_told = says("title") && says("description") && (unit.is_string() || panel["type"] == "state-timeline");
        hold(is_told && !panel["targets"][0].is_null(), || format!("title, description, unit, query: {panel}"))?;
    }
    let given: BTreeSet<&str> = figures.lines().filter(|line| !line.starts_with('#')).map(without_labels).collect();
    let given: BTreeSet<&str> = given.into_iter().filter(|name| !name.is_empty()).collect();
    let (shown, alerted, told) = (names(DASHBOARD), names(ALERTS), in_the_guide());
    let told: BTreeSet<&str> = told.iter().map(String::as_str).collect();
    hold(shown == given, || format!("the dashboard: {:?}", shown.symmetric_difference(&given)))?;
    hold(told == given, || format!("the guide: {:?}", told.symmetric_difference(&given)))?;
    hold(alerted.is_subset(&given), || format!("the alerts: {:?}", alerted.difference(&given)))
}

/// The one target is up, and no scrape found fault with what the relay said.
fn scrapes_are_well(prometheus: &Prometheus) -> Result<(), Failure> {
    until("Prometheus scrapes the relay", LINE, || {
        let targets = prometheus.ask("targets", &[])?["activeTargets"].clone();
        let is_up = targets.as_array().is_some_and(|all| all.len() == 1) && targets[0]["health"] == "up";
        Ok(if is_up && targets[0]["lastError"] == "" { Ok(()) } else { Err(targets.to_string()) })
    })?;
    prometheus.is("up", 1.0)?;
    let log = std::fs::read_to_string(prometheus.daemon.log()).unwrap_or_default();
    let faults: Vec<&str> = log.lines().filter(|line| !line.contains("level=info")).collect();
    hold(faults.is_empty(), || format!("Prometheus complains: {faults:?}"))
}

#[test]
fn a_prometheus_scrapes_the_relay_and_each_query_of_the_dashboard_returns_data() {
    in_place(|programs, root| {
        let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
        let mut branches = Branches::found(programs, root)?;
        let config = file(root, "prometheus.yml", config(&branches.relay)?)?;
        checked("config", &config)?;
        checked("rules", &comptoir_tests::tree().join("relay/packaging/alerts.yml"))?;
        let prometheus = Prometheus::start(root, &config)?;
        scrapes_are_well(&prometheus)?;
        // What nobody has refused, ended or turned away yet is there already.
        prometheus.is("sum(comptoir_relay_refused_entries_total)", 0.0)?;

        branches.par.import(&file(root, "parties.csv", write_csv(7, 200, "P-"))?)?;
        branches.converge(CONVERGE)?;
        branches.dkr.ask(&["backup", "create", &root.join("dkr.sqlite").display().to_string()])?;
        each_query_returns_data(&prometheus, &dashboard)?;
        let figures = branches.relay.page("/metrics")?;
        each_figure_has_its_place(&figures, &dashboard)?;
        checked("metrics", &file(root, "metrics.txt", &figures)?)?;
        prometheus.is("sum(comptoir_relay_site_connected)", 3.0)?;
        prometheus.is("increase(comptoir_relay_stored_entries_total[5m]) > bool 0", 1.0)?;
        scrapes_are_well(&prometheus)?;

        until("each rule was judged", LINE, || {
            let rules = prometheus.ask("rules", &[])?["groups"][0]["rules"].clone();
            let rules = rules.as_array().cloned().unwrap_or_default();
            // Whether an alarm holds is this machine's affair: its disk may be full.
            let is_quiet = |rule: &Value| rule["state"] == "inactive" || rule["name"] == "ComptoirAlarm";
            let are_well = rules.iter().all(|rule| rule["health"] == "ok" && is_quiet(rule));
            Ok(if rules.len() > 4 && are_well { Ok(()) } else { Err(format!("{rules:?}")) })
        })?;
        branches.relay.kill()?;
        prometheus.is("up", 0.0)?;
        prometheus.is("ALERTS{alertname=\"ComptoirRelayDown\", alertstate=\"pending\"}", 1.0)?;
        let left = prometheus.daemon.stop()?;
        hold(left == Some(0), || format!("Prometheus left with {left:?}"))
    });
}
