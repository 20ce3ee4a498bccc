//! Whether the relay runs and can do its work; where it does not run, whether it could. Owns asking the admin port.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

use comptoir_daemon::checks::Check;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::Body;
use ureq::http::Response;

use super::Runs;
use crate::admin::Status;
use crate::limits::ADMIN_REQUEST_DEADLINE;
use crate::relay::Config;

const CONNECT_DEADLINE: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
struct Readiness {
    reason: Option<String>,
}

/// How the running relay stands, by its admin port.
///
/// # Errors
/// It does not answer, or not in time.
pub fn ask(admin: SocketAddr) -> Result<Status, ureq::Error> {
    page(admin, "status")
}

/// Why it takes nothing now, if so.
pub(super) fn unready(admin: SocketAddr) -> Result<Option<String>, ureq::Error> {
    page(admin, "readyz").map(|Readiness { reason }| reason)
}

/// What Prometheus would get.
///
/// # Errors
/// It does not answer, or not in time.
pub fn figures(admin: SocketAddr) -> Result<String, ureq::Error> {
    answer(admin, "metrics")?.body_mut().read_to_string()
}

fn page<T: DeserializeOwned>(admin: SocketAddr, path: &str) -> Result<T, ureq::Error> {
    answer(admin, path)?.body_mut().read_json()
}

fn answer(admin: SocketAddr, path: &str) -> Result<Response<Body>, ureq::Error> {
    let agent = ureq::Agent::config_builder()
        .timeout_connect(Some(CONNECT_DEADLINE))
        .timeout_global(Some(ADMIN_REQUEST_DEADLINE))
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .new_agent();
    agent.get(format!("http://{admin}/{path}")).call()
}

pub(super) fn check(runs: &Runs, config: Option<&Config>) -> Vec<Check> {
    match runs {
        Runs::Yes(status, unready) => vec![match unready {
            None => Check::good("running", format!("{} sessions are open", status.sessions)),
            Some(reason) => {
                Check::bad("running", reason, "It takes nothing now: look at its log, and at what is bad below.")
            }
        }],
        Runs::Unheard(why) => {
            let advice = "Another process holds the directory. If it is the relay, look at its log, and start it again if it does not answer.";
            vec![Check::bad("running", why, advice)]
        }
        Runs::No => {
            let advice = "Start it: systemctl start comptoir-relay, or comptoir-relay run.";
            let stopped = Check::look("running", "it does not run", advice);
            std::iter::once(stopped).chain(config.and_then(ports)).collect()
        }
    }
}

/// The first port that it would not get.
fn ports(config: &Config) -> Option<Check> {
    let sites = ("listen", config.listen, UdpSocket::bind(config.listen).map(drop));
    let admin = ("admin", config.admin, TcpListener::bind(config.admin).map(drop));
    let console = config.console.as_ref().map(|console| console.listen);
    let console = console.map(|at| ("console.listen", at, TcpListener::bind(at).map(drop)));
    let (key, address, taken) = [sites, admin].into_iter().chain(console).find(|(_, _, bound)| bound.is_err())?;
    let detail = format!("{key}: {address}: {}", taken.err()?);
    Some(Check::bad("ports", detail, "Stop what uses the port, or give the relay another one in its settings."))
}
