//! `create`: founds an organisation. Owns its wording; the founding is enrolment's.

use serde_json::json;

use super::args::Create;
use super::staff::First;
use super::{Context, Done, show};
use crate::enrolment::found;
use crate::problem::Problem;

pub fn run(context: &Context, arguments: Create) -> Result<Done, Problem> {
    let first = First::of(arguments.first, Some(&arguments.organisation))?;
    let request =
        found::Founding { organisation: arguments.organisation, site: arguments.site.into(), relay: arguments.relay };
    let founded = found::found(context.data()?, request)?;
    let account = first.make(context)?;
    if context.json {
        show::json(&json!({
            "organisation": founded.organisation.to_string(),
            "site": founded.site_code,
            "writer": founded.writer.to_string(),
            "account": account,
        }));
    } else {
        show::line(&format!("{} was founded; {} is its headquarters.", founded.name, founded.site_code));
        let root_key = founded.root_key.display();
        show::line(&format!(
            "Its root key lies in {root_key}: copy it with `root export`, then take it off this machine with `root remove`."
        ));
    }
    if let Some(account) = account.filter(|_| !context.json) {
        show::line(&format!("{account} can sign in."));
    }
    Ok(Done::Well)
}
