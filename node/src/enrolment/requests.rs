//! Sites that are asked for: somebody at any site asks, headquarters invites or declines. Owns the way between a request, which is a
//! record, and an invitation, which is none: asking gives no code, and nobody but headquarters makes one.

use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::organisation::query::{Asked, site_request, site_requests};
use comptoir_backoffice::organisation::record::SiteRequest;
use comptoir_backoffice::registry::{Kind, kind};
use comptoir_replica::record::{Record, RecordId};

use crate::enrolment::invite::is_headquarters;
use crate::entropy;
use crate::limits::MAX_SITE_REQUESTS_SHOWN;
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::profile::ProfileRequest;

/// Asks headquarters for a site.
pub fn ask(node: &Node, site: ProfileRequest, reason: &str) -> Result<Asked, Problem> {
    let profile = site.complete()?;
    if node.roster().site_by_code(&profile.code).is_some() {
        let message = format!("There is a site {} already", profile.code);
        return Err(Problem::new(Code::SiteCodeTaken, message).with("site", profile.code));
    }
    let changes = Changes::setting([
        ("code", profile.code.into()),
        ("name", profile.name.into()),
        ("country", profile.country.into()),
        ("jurisdiction", profile.jurisdiction.into()),
        ("time_zone", profile.time_zone.into()),
        ("currency", profile.currency.into()),
        ("locale", profile.locale.into()),
        ("reason", reason.into()),
    ]);
    let done = node.at_desk(|desk| desk.create(kind_of_requests()?, changes, &mut entropy::os()))?;
    node.publish(&done.appended.commits);
    find(node, &done.record)
}

/// What is asked for and in use: the undecided first, then the latest.
pub fn list(node: &Node) -> Result<Vec<Asked>, Problem> {
    node.look(|desk| desk.look(|reading| Ok(site_requests(reading.connection(), MAX_SITE_REQUESTS_SHOWN)?)))
}

/// Says no to a request, and why.
pub fn decline(node: &Node, id: &str, answer: &str) -> Result<Asked, Problem> {
    let asked = undecided(node, id)?;
    decide(node, &asked.id, Changes::setting([("decision", "declined".into()), ("answer", answer.into())]))?;
    find(node, &asked.id)
}

/// A request that waits for headquarters.
pub fn undecided(node: &Node, id: &str) -> Result<Asked, Problem> {
    if !is_headquarters(node) {
        return Err(Problem::new(Code::NotHeadquarters, "Headquarters decides on requests"));
    }
    let unknown = || Problem::new(Code::NotFound, "There is no such request").with("value", id);
    let asked = find(node, &id.trim().parse().map_err(|_| unknown())?)?;
    if asked.request.decision.is_empty() {
        return Ok(asked);
    }
    let message = format!("It is decided already: {}", asked.request.decision);
    Err(Problem::new(Code::DecidedAlready, message).with("decision", asked.request.decision))
}

/// Notes that a request was granted: its invitation is made.
pub fn is_invited(node: &Node, asked: &Asked) -> Result<(), Problem> {
    decide(node, &asked.id, Changes::setting([("decision", "invited".into())]))
}

/// The site, as an invitation takes it.
pub fn profile(request: &SiteRequest) -> ProfileRequest {
    let SiteRequest { code, name, country, jurisdiction, time_zone, currency, locale, .. } = request.clone();
    ProfileRequest {
        code,
        country,
        name: Some(name),
        jurisdiction: Some(jurisdiction),
        time_zone: Some(time_zone),
        currency: Some(currency),
        locale: Some(locale),
    }
}

fn find(node: &Node, id: &RecordId) -> Result<Asked, Problem> {
    let unknown = || Problem::new(Code::NotFound, "There is no such request").with("value", id);
    let found = node.look(|desk| desk.look(|reading| Ok(site_request(reading.connection(), id)?)))?;
    found.ok_or_else(unknown)
}

fn decide(node: &Node, id: &RecordId, changes: Changes) -> Result<(), Problem> {
    let id = id.to_string();
    let done = node.at_desk(|desk| desk.change(kind_of_requests()?, &id, changes, &mut entropy::os()))?;
    node.publish(&done.appended.commits);
    Ok(())
}

fn kind_of_requests() -> Result<&'static Kind, comptoir_backoffice::refusal::Refusal> {
    kind(SiteRequest::KIND)
}
