//! What the log holds: the last entries as they were written or came, and the last one of each site. Owns the shape of the
//! answer; what an entry says is not told here.

use axum::Json;
use axum::extract::State;
use comptoir_replica::LogItem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::Params;
use crate::clock;
use crate::limits::{LOG_ENTRIES, MAX_LOG_ENTRIES};
use crate::node::Node;
use crate::problem::ProblemBody;
use crate::who::Who;

/// What the log holds.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Log {
    /// The last ones first, as they were written here or came from elsewhere.
    pub entries: Vec<LogEntry>,
    /// The last entry of each site, by code. A site of which nothing was heard has none.
    pub sites: Vec<LogEntry>,
}

/// One entry.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct LogEntry {
    /// The code of the site that wrote it.
    pub site: String,
    /// Whether it was written here.
    pub here: bool,
    /// The scope's name.
    pub scope: String,
    /// The person, or `SITE/operator`; empty for acts of the roster, for what cannot be read, and, like the command, where whoever asks
    /// does not see what it is about.
    pub author: String,
    /// By which command.
    pub command: String,
    /// When, by the author's clock; RFC 3339. It orders nothing.
    pub time: String,
    /// When it was written or arrived here, by our clock.
    pub received: String,
    /// How many operations it holds: changes of records, or acts of the roster.
    pub operations: u64,
    /// Whether it has effect; if not, the inbox says why.
    pub delivered: bool,
}

/// How many.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LogParams {
    /// How many entries; 100 when nothing is said, at most 1,000.
    pub limit: Option<usize>,
}

/// The last entries of the log, and the last one of each site.
#[utoipa::path(get, path = "/api/v1/log", tag = "node", params(LogParams),
    responses((status = 200, body = Log), (status = "default", body = ProblemBody)))]
pub async fn read(State(api): State<Api>, Params(LogParams { limit }): Params<LogParams>) -> Answer<Log> {
    let log = api.run(move |node| {
        let storage = |error| node.storage_problem(&error);
        let standing = Who::now().standing;
        let mut entries = node.replica().latest(limit.unwrap_or(LOG_ENTRIES).min(MAX_LOG_ENTRIES)).map_err(storage)?;
        entries.retain(|item| standing.hears_of(&item.command));
        let newest = node.replica().latest_by_site().map_err(storage)?;
        let is_site = |item: &LogItem| node.roster().sites.contains_key(&item.site);
        // That a site was heard of is no secret; what somebody did there may be.
        let told = |item: LogItem| match standing.hears_of(&item.command) {
            true => shown(node, item),
            false => LogEntry { author: String::new(), command: String::new(), ..shown(node, item) },
        };
        let mut sites: Vec<LogEntry> = newest.into_iter().filter(is_site).map(told).collect();
        sites.sort_by(|one, other| one.site.cmp(&other.site));
        Ok(Log { entries: entries.into_iter().map(|item| shown(node, item)).collect(), sites })
    });
    log.await.map(Json)
}

fn shown(node: &Node, item: LogItem) -> LogEntry {
    let roster = node.roster();
    // Keys of the roster are no sites: their acts are headquarters'.
    let site = roster.sites.get(&item.site).or_else(|| roster.sites.values().find(|site| site.headquarters));
    LogEntry {
        site: site.map(|site| site.profile.code.clone()).unwrap_or_default(),
        here: item.site == node.replica().site(),
        scope: node.scope_name(&item.scope),
        author: item.author,
        command: item.command,
        time: clock::rfc3339(item.wall_clock_ms),
        received: clock::rfc3339(item.received_ms),
        operations: item.operations,
        delivered: item.delivered,
    }
}
