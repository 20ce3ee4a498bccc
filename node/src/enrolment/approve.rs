//! Headquarters' answer to a join request: expiry, proof and code are judged here, then one roster entry admits the site. The
//! relay carries the request and can neither read nor forge it. Owns also the queue in which all stand that relays ask.

use std::sync::Arc;

use comptoir_sync_protocol::console::ConsoleRequest;
use comptoir_sync_protocol::enrolment::{JoinRequest, JoinState};
use comptoir_sync_protocol::frame::{JoinAnswer, SealedJoinRequest};
use comptoir_sync_protocol::roster::{Act, Admission, Roster};
use comptoir_sync_protocol::session;
use tokio::sync::mpsc;
use tokio::task::JoinError;

use crate::console;
use crate::enrolment::invitations::{self, Invitation};
use crate::enrolment::scopes::{self, Addressee};
use crate::enrolment::sign_acts;
use crate::identity::site_id;
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::{clock, entropy};

/// What a relay carries here, and the session that carries the answer back.
pub enum Request {
    /// A site asks to join.
    Join {
        /// For our eyes only.
        sealed: SealedJoinRequest,
        /// The session that it came by.
        answers: mpsc::Sender<session::Event>,
    },
    /// Headquarters' console asks something.
    Console {
        /// What.
        request: ConsoleRequest,
        /// The session that it came by.
        answers: mpsc::Sender<session::Event>,
    },
}

/// Answers requests one by one until the node stops.
pub async fn answer_requests(node: Arc<Node>, mut requests: mpsc::Receiver<Request>) {
    loop {
        let request = tokio::select! {
            () = node.stopping().cancelled() => return,
            request = requests.recv() => request,
        };
        let Some(request) = request else { return };
        let judge = Arc::clone(&node);
        match request {
            Request::Join { .. } if node.signer().is_err() => {}
            Request::Join { sealed, answers } => {
                let invitation = sealed.invitation;
                let judged = tokio::task::spawn_blocking(move || {
                    let state = answer(&judge, &sealed)?;
                    tracing::info!(%invitation, ?state, "join request answered");
                    Ok(Some(session::Event::JoinAnswer(JoinAnswer { invitation, state })))
                });
                send(judged.await, &answers, &invitation).await;
            }
            Request::Console { request, answers } => {
                let (id, session) = (request.id, answers.clone());
                let judged = tokio::task::spawn_blocking(move || {
                    let answer = console::arrived(&judge, request, session)?;
                    Ok(answer.map(session::Event::ConsoleAnswer))
                });
                send(judged.await, &answers, &id).await;
            }
        }
    }
}

/// Sends what was answered. A session may have ended meanwhile: the relay asks again in the next.
async fn send(
    answered: Result<Result<Option<session::Event>, Problem>, JoinError>,
    session: &mpsc::Sender<session::Event>,
    request: &impl std::fmt::Display,
) {
    match answered {
        Ok(Ok(Some(answer))) => drop(session.send(answer).await),
        Ok(Ok(None)) => {}
        Ok(Err(problem)) => tracing::error!(%request, %problem, "a request was not answered"),
        Err(_) => tracing::error!(%request, "answering a request failed"),
    }
}

/// Judges a request; admits the site when all is well.
pub fn answer(node: &Node, sealed: &SealedJoinRequest) -> Result<JoinState, Problem> {
    let _alone = node.invitations();
    let roster = node.roster();
    // An invitation that was made before this site renewed its keys is sealed to one of those.
    let secrets = node.keyring().sealing();
    let opens = |secret| JoinRequest::open(&sealed.invitation, &sealed.sealed, secret).ok();
    let Some(request) = secrets.iter().find_map(opens) else { return Ok(JoinState::Unknown) };
    // Asked again after the admission: the same site hears the same answer, another one that the code is used. Keys that
    // belong to a site already make no second one.
    let burned = roster.burned.contains(&request.invitation);
    let site = site_id(&roster.organisation, &request.keys.signing);
    if let Some(known) = roster.sites.get(&site) {
        let same = burned && known.keys == request.keys && known.profile.code == request.site_code;
        return Ok(if same { JoinState::Admitted } else { JoinState::Used });
    }
    if burned {
        return Ok(JoinState::Used);
    }
    let known = invitations::read(node.data()).map_err(|error| Problem::from_error(Code::Damaged, &error))?;
    let known = known.into_iter().find(|invitation| invitation.id == request.invitation);
    let invitation = match judge(&request, known, &roster, clock::now_ms()) {
        Ok(invitation) => invitation,
        Err(state) => return Ok(state),
    };
    sign_acts(node, admission(node, &roster, &request, invitation)?, "site.admit")?;
    Ok(JoinState::Admitted)
}

fn judge(
    request: &JoinRequest,
    known: Option<Invitation>,
    roster: &Roster,
    now_ms: i64,
) -> Result<Invitation, JoinState> {
    let invitation = known.ok_or(JoinState::Unknown)?;
    if !request.proves(&roster.organisation, &invitation.secret) || request.site_code != invitation.profile.code {
        return Err(JoinState::Unknown);
    }
    if now_ms >= invitation.expires_ms {
        return Err(JoinState::Expired);
    }
    if roster.site_by_code(&request.site_code).is_some() {
        return Err(JoinState::CodeTaken);
    }
    Ok(invitation)
}

fn admission(node: &Node, roster: &Roster, request: &JoinRequest, invitation: Invitation) -> Result<Vec<Act>, Problem> {
    let internal = |error| Problem::from_error(Code::Internal, &error);
    let mut rng = entropy::os();
    let absent = || Problem::new(Code::Internal, "The roster does not name headquarters");
    let own = node.own_site().ok_or_else(absent)?;
    let us = Addressee { site: own.id, keys: &own.keys };
    let identity = node.keyring().identity();
    let new = Addressee { site: site_id(&roster.organisation, &request.keys.signing), keys: &request.keys };
    let own_scopes = scopes::own(&invitation.profile.code);
    let mut acts = vec![Act::Admit(Admission {
        site: new.site,
        profile: invitation.profile,
        keys: request.keys.clone(),
        headquarters: false,
        invitation: Some(request.invitation),
    })];
    for name in scopes::SHARED {
        acts.extend(scopes::open_to(roster, name, &identity, new, &mut rng).map_err(internal)?);
    }
    for name in &own_scopes {
        acts.extend(scopes::define(&roster.organisation, (name, Vec::new()), &[us, new], &mut rng).map_err(internal)?);
    }
    Ok(acts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::profile::ProfileRequest;
    use comptoir_sync_protocol::enrolment::{JoinCode, Secret};
    use comptoir_sync_protocol::ids::InvitationId;
    use comptoir_sync_protocol::roster::{Site, SiteKeys};
    use comptoir_sync_protocol::{OrganisationId, SiteId};

    fn invitation() -> Invitation {
        let profile = ProfileRequest { code: "DKR".into(), country: "SN".into(), ..ProfileRequest::default() };
        let (id, secret) = (InvitationId([1; 16]), Secret([2; 16]));
        Invitation { id, secret, profile: profile.complete().unwrap(), expires_ms: 1_000 }
    }

    fn request(secret: [u8; 16]) -> JoinRequest {
        let code = JoinCode {
            invitation: InvitationId([1; 16]),
            organisation: OrganisationId([3; 32]),
            relay_address: "relay.example:4433".into(),
            relay_pin: [4; 32],
            sealing: [5; 32],
            secret: Secret(secret),
            site_code: "DKR".into(),
        };
        JoinRequest::new(&code, SiteKeys { tls_pin: [6; 32], signing: [7; 32], sealing: [8; 32] })
    }

    #[test]
    fn only_a_fresh_and_proven_request_for_a_free_code_is_admitted() {
        let mut roster = Roster { organisation: OrganisationId([3; 32]), ..Roster::default() };
        let verdict = |secret, known, roster: &Roster, now| judge(&request(secret), known, roster, now).err();
        assert_eq!(verdict([2; 16], Some(invitation()), &roster, 999), None);
        assert_eq!(verdict([9; 16], Some(invitation()), &roster, 999), Some(JoinState::Unknown));
        assert_eq!(verdict([2; 16], None, &roster, 999), Some(JoinState::Unknown));
        assert_eq!(verdict([2; 16], Some(invitation()), &roster, 1_000), Some(JoinState::Expired));
        let keys = SiteKeys { tls_pin: [0; 32], signing: [0; 32], sealing: [0; 32] };
        let (id, profile) = (SiteId([1; 16]), invitation().profile);
        roster.sites.insert(id, Site { id, profile, keys, headquarters: false });
        assert_eq!(verdict([2; 16], Some(invitation()), &roster, 999), Some(JoinState::CodeTaken));
    }
}
