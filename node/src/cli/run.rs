//! `run`: the daemon in the foreground. Owns the line that tells where it listens.

use std::pin::pin;

use comptoir_daemon::os;
use comptoir_daemon::service::{self, Life};
use serde_json::json;

use super::told::Told;
use super::{Context, Done, show};
use crate::limits::BACKGROUND_STOP_DEADLINE;
use crate::problem::{Code, Problem};
use crate::{daemon, journal};

pub fn run(context: &Context, told: &Told) -> Result<Done, Problem> {
    journal::begin(context.json);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Problem::from_error(Code::Internal, &error))?;
    let ended = runtime.block_on(async {
        let config = told.settings()?.table.config(context.data()?.clone())?;
        // Before anybody can learn that it runs: whoever does may ask it to stop at once.
        let mut stop_request = pin!(os::stop_request());
        let running = tokio::select! {
            running = daemon::start(config) => running?,
            () = &mut stop_request => return Ok(()),
        };
        let (address, link) = (running.address(), running.sign_in_link());
        if context.json {
            let mut first = json!({ "api": address.to_string(), "pid": std::process::id() });
            first["open"] = link.into();
            first["setup"] = running.node().is_none().into();
            show::json(&first);
        } else {
            show::line(&format!("Listening on http://{address}; the token is in {}.", running.api_file().display()));
            if running.node().is_none() {
                show::line("There is no node in the directory yet: it is set up in a browser, or through the API.");
            }
            if let Some(link) = link {
                show::line(&format!("Open {link} (works once, for ten minutes; `comptoir-node open` makes another)."));
            }
        }
        service::tell(Life::Ready);
        tokio::select! {
            () = stop_request => {}
            () = running.failed() => {}
            () = service::live() => {}
        }
        service::tell(Life::Stopping);
        running.stop().await
    });
    // Work that goes on in the background (a long import, a verification) is cut off between two commits, as by a kill.
    runtime.shutdown_timeout(BACKGROUND_STOP_DEADLINE);
    ended.map(|()| Done::Well)
}
