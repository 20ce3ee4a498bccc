//! `join`: asks headquarters to admit this site, and waits. Owns its wording; the asking is enrolment's.

use serde_json::json;

use super::args::Join;
use super::staff::First;
use super::{Context, Done, show};
use crate::enrolment::join;
use crate::problem::{Code, Problem};

pub fn run(context: &Context, arguments: Join) -> Result<Done, Problem> {
    let first = First::of(arguments.first, None)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|error| Problem::from_error(Code::Internal, &error))?;
    let joined = runtime.block_on(join::join(context.data()?, &arguments.code, arguments.wait))?;
    drop(runtime);
    let account = first.make(context)?;
    if context.json {
        show::json(&json!({
            "organisation": joined.organisation.to_string(),
            "site": joined.site_code,
            "writer": joined.writer.to_string(),
            "account": account,
        }));
    } else {
        show::line(&format!("{} is a site of {} now.", joined.site_code, crate::problem::plain(&joined.name)));
    }
    if let Some(account) = account.filter(|_| !context.json) {
        show::line(&format!("{account} can sign in."));
    }
    Ok(Done::Well)
}
