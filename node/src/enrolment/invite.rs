//! Inviting a site: a one-time code that carries all that the site needs to ask. Owns the making of codes; approval burns them.

use std::time::Duration;

use comptoir_sync_protocol::enrolment::{JoinCode, Secret};
use comptoir_sync_protocol::ids::InvitationId;

use crate::enrolment::invitations::{self, Invitation};
use crate::enrolment::requests;
use crate::identity::write_problem;
use crate::limits::{MAX_INVITATION_DAYS, MAX_INVITATIONS};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::profile::ProfileRequest;
use crate::{clock, entropy};

/// What was made.
pub struct Invited {
    /// The text that people carry.
    pub code: String,
    /// Which invitation.
    pub id: InvitationId,
    /// From then on it is void; Unix milliseconds.
    pub expires_ms: i64,
}

/// The invitations that are open: neither used nor withdrawn; those that have expired as well, for a while.
pub fn open(node: &Node) -> Result<Vec<Invitation>, Problem> {
    let _alone = node.invitations();
    let roster = node.roster();
    let mut all = invitations::read(node.data()).map_err(|error| Problem::from_error(Code::Damaged, &error))?;
    all.retain(|invitation| !roster.burned.contains(&invitation.id));
    all.sort_by_key(|invitation| invitation.expires_ms);
    Ok(all)
}

/// Withdraws an invitation: whoever asks with its code is told that it is not known. What was used already stays used.
pub fn withdraw(node: &Node, id: &str) -> Result<(), Problem> {
    node.check_whole()?;
    let unknown = || Problem::new(Code::NotFound, "There is no open invitation of this id");
    let id: InvitationId = id.trim().parse().map_err(|_| unknown())?;
    let _alone = node.invitations();
    let mut all = invitations::read(node.data()).map_err(|error| Problem::from_error(Code::Damaged, &error))?;
    let before = all.len();
    all.retain(|invitation| invitation.id != id);
    if all.len() == before || node.roster().burned.contains(&id) {
        return Err(unknown());
    }
    invitations::write(node.data(), &all).map_err(|error| write_problem(&error))
}

/// Whether this node is headquarters'.
pub fn is_headquarters(node: &Node) -> bool {
    node.own_site().is_some_and(|site| site.headquarters)
}

/// Makes an invitation for a site that is asked for, and says so where it was asked.
pub fn invite_asked(node: &Node, request: &str, valid_for: Duration) -> Result<Invited, Problem> {
    let asked = requests::undecided(node, request)?;
    let invited = invite(node, requests::profile(&asked.request), valid_for)?;
    // Its code is shown this once: that it was granted can be said later.
    if let Err(problem) = requests::is_invited(node, &asked) {
        tracing::error!(request = %asked.id, %problem, "an invitation is made, and its request was not marked so");
    }
    Ok(invited)
}

/// Makes an invitation for a site.
pub fn invite(node: &Node, site: ProfileRequest, valid_for: Duration) -> Result<Invited, Problem> {
    node.check_whole()?;
    let profile = site.complete()?;
    node.signer()?;
    // The scopes of a new site are its own and headquarters': an admin elsewhere could not open them.
    let own = node.own_site().filter(|site| site.headquarters);
    let own = own.ok_or_else(|| Problem::new(Code::NotHeadquarters, "Sites are invited by headquarters"))?;
    let roster = node.roster();
    let relay = roster.relays.values().next();
    let relay = relay.ok_or_else(|| Problem::new(Code::NoRelay, "The organisation has no relay to be reached by"))?;
    if roster.site_by_code(&profile.code).is_some() {
        let message = format!("There is a site {} already", profile.code);
        return Err(Problem::new(Code::SiteCodeTaken, message).with("site", &profile.code));
    }
    let most = Duration::from_secs(u64::from(MAX_INVITATION_DAYS) * 86_400);
    if valid_for > most || valid_for.is_zero() {
        let message = format!("An invitation is valid for 1 second to {MAX_INVITATION_DAYS} days");
        return Err(Problem::new(Code::BadRequest, message));
    }
    let mut rng = entropy::os();
    let now_ms = clock::now_ms();
    let expires_ms = now_ms.saturating_add(i64::try_from(valid_for.as_millis()).unwrap_or(i64::MAX));
    let invitation =
        Invitation { id: InvitationId::random(&mut rng), secret: Secret::generate(&mut rng), profile, expires_ms };
    let code = JoinCode {
        invitation: invitation.id,
        organisation: roster.organisation,
        relay_address: relay.address.clone(),
        relay_pin: relay.tls_pin,
        sealing: own.keys.sealing,
        secret: invitation.secret.clone(),
        site_code: invitation.profile.code.clone(),
    };
    let _alone = node.invitations();
    let mut all = invitations::read(node.data()).map_err(|error| Problem::from_error(Code::Damaged, &error))?;
    // Burned ones are the roster's to remember; long expired ones are kept a while so that they are told apart from unknown.
    all.retain(|old| {
        !roster.burned.contains(&old.id) && old.expires_ms.saturating_add(most.as_millis() as i64) > now_ms
    });
    if all.len() >= MAX_INVITATIONS {
        return Err(Problem::new(Code::TooManyInvitations, format!("{} invitations are open", all.len())));
    }
    let id = invitation.id;
    all.push(invitation);
    invitations::write(node.data(), &all).map_err(|error| write_problem(&error))?;
    Ok(Invited { code: code.to_text(), id, expires_ms })
}
