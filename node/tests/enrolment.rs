//! Headquarters' side of enrolment on a real node, without a relay between: who is admitted, and what the roster then gives.
//! Owns the cases of codes used twice, expired and forged.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use comptoir_node::data_dir::DataDir;
use comptoir_node::enrolment::found::{self, Founding};
use comptoir_node::enrolment::{approve, invite, removal};
use comptoir_node::identity::NodeKeys;
use comptoir_node::node::Node;
use comptoir_node::profile::ProfileRequest;
use comptoir_node::{durable, entropy};
use comptoir_replica::Removing;
use comptoir_sync_protocol::enrolment::{JoinCode, JoinRequest, JoinState, RelayCode, Secret};
use comptoir_sync_protocol::frame::SealedJoinRequest;
use comptoir_sync_protocol::roster::{scopes, unwrap_key};

fn site(code: &str, country: &str) -> ProfileRequest {
    ProfileRequest { code: code.into(), country: country.into(), ..ProfileRequest::default() }
}

/// A headquarters whose relay nobody ever reaches.
fn headquarters() -> (tempfile::TempDir, Node) {
    let dir = tempfile::tempdir().unwrap();
    let relay = RelayCode {
        address: "relay.example:4433".into(),
        tls_pin: [1; 32],
        signing: [2; 32],
        jurisdiction: "FR".into(),
        claim: Secret([3; 16]),
    };
    let data = DataDir::new(dir.path().join("node"));
    let founding = Founding { organisation: "N".into(), site: site("PAR", "FR"), relay: Some(relay.to_text()) };
    found::found(&data, founding).unwrap();
    let lock = data.enter().unwrap();
    (dir, Node::open(data, lock).unwrap())
}

fn invited(node: &Node, code: &str, valid_for: Duration) -> JoinCode {
    let invited = invite::invite(node, site(code, "SN"), valid_for).unwrap();
    JoinCode::from_text(&invited.code).unwrap()
}

fn keys_for(code: &JoinCode) -> NodeKeys {
    NodeKeys::generate(code.organisation, &mut entropy::os()).unwrap()
}

fn asks(code: &JoinCode, keys: &NodeKeys) -> SealedJoinRequest {
    let request = JoinRequest::new(code, keys.public().unwrap());
    let sealed = request.seal(&code.sealing, &mut entropy::os()).unwrap();
    SealedJoinRequest { invitation: code.invitation, sealed }
}

#[test]
fn an_admitted_site_is_given_its_scopes_and_their_keys() {
    let (_dir, node) = headquarters();
    let code = invited(&node, "DKR", Duration::from_secs(3600));
    let keys = keys_for(&code);
    assert_eq!(approve::answer(&node, &asks(&code, &keys)).unwrap(), JoinState::Admitted);
    let roster = node.roster();
    let new = roster.site_by_code("DKR").unwrap();
    assert_eq!((new.id, &new.keys, new.headquarters), (keys.site, &keys.public().unwrap(), false));
    assert_eq!(new.profile.currency, "XOF");
    let both =
        [scopes::ORGANISATION, scopes::TRADE, &scopes::books("DKR"), &scopes::staff("DKR"), &scopes::private("DKR")];
    for name in both {
        let scope = roster.scope_by_name(name).unwrap();
        assert!(scope.members.contains(&keys.site) && scope.members.contains(&node.keys().site), "{name}");
        for holder in [&keys, node.keys()] {
            let wrapped = &scope.keys[&(scope.current_key.unwrap(), holder.site)];
            assert!(unwrap_key(wrapped, &holder.sealing).is_ok(), "{name}");
        }
    }
    let private = roster.scope_by_name(&scopes::private("PAR")).unwrap();
    assert!(!private.members.contains(&keys.site));
    assert_eq!(roster.ignored, 0);
}

#[test]
fn a_code_is_good_once() {
    let (_dir, node) = headquarters();
    let code = invited(&node, "DKR", Duration::from_secs(3600));
    let (keys, other) = (keys_for(&code), keys_for(&code));
    assert_eq!(approve::answer(&node, &asks(&code, &keys)).unwrap(), JoinState::Admitted);
    assert_eq!(approve::answer(&node, &asks(&code, &keys)).unwrap(), JoinState::Admitted, "the same site asks again");
    assert_eq!(approve::answer(&node, &asks(&code, &other)).unwrap(), JoinState::Used);
    assert_eq!(node.roster().sites.len(), 2);
    let taken = invite::invite(&node, site("DKR", "SN"), Duration::from_secs(1));
    assert_eq!(taken.err().unwrap().code, "site-code-taken");
}

#[test]
fn expired_and_forged_requests_change_nothing() {
    let (_dir, node) = headquarters();
    let late = invited(&node, "DKR", Duration::from_millis(1));
    let keys = keys_for(&late);
    // Expiry is judged by headquarters' clock; the file is what it judges by, so that the test need not wait.
    let path = node.data().invitations();
    let mut file: serde_json::Value = durable::read(&path).unwrap().unwrap();
    file["invitations"][0]["expires_ms"] = 0.into();
    durable::write(&path, &file).unwrap();
    assert_eq!(approve::answer(&node, &asks(&late, &keys)).unwrap(), JoinState::Expired);
    let good = invited(&node, "MTL", Duration::from_secs(3600));
    let forged = JoinCode { secret: Secret([9; 16]), ..good.clone() };
    assert_eq!(approve::answer(&node, &asks(&forged, &keys)).unwrap(), JoinState::Unknown);
    let renamed = JoinCode { site_code: "OUA".into(), ..good.clone() };
    assert_eq!(approve::answer(&node, &asks(&renamed, &keys)).unwrap(), JoinState::Unknown);
    let garbage = SealedJoinRequest { invitation: good.invitation, sealed: vec![7; 200] };
    assert_eq!(approve::answer(&node, &garbage).unwrap(), JoinState::Unknown);
    assert_eq!(node.roster().sites.len(), 1);
    assert_eq!(approve::answer(&node, &asks(&good, &keys)).unwrap(), JoinState::Admitted);
}

#[test]
fn a_key_that_was_admitted_cannot_be_admitted_as_another_site() {
    let (_dir, node) = headquarters();
    let (first, second) =
        (invited(&node, "DKR", Duration::from_secs(3600)), invited(&node, "MTL", Duration::from_secs(3600)));
    let keys = keys_for(&first);
    assert_eq!(approve::answer(&node, &asks(&first, &keys)).unwrap(), JoinState::Admitted);
    assert_ne!(approve::answer(&node, &asks(&second, &keys)).unwrap(), JoinState::Admitted);
    assert!(node.roster().site_by_code("MTL").is_none());
}

#[test]
fn an_invitation_that_was_withdrawn_admits_nobody() {
    let (_dir, node) = headquarters();
    let (used, withdrawn) =
        (invited(&node, "DKR", Duration::from_secs(3600)), invited(&node, "MTL", Duration::from_secs(7200)));
    let open = |node: &Node| -> Vec<String> {
        invite::open(node).unwrap().into_iter().map(|invitation| invitation.profile.code).collect()
    };
    assert_eq!(open(&node), ["DKR", "MTL"]);
    invite::withdraw(&node, &withdrawn.invitation.to_string()).unwrap();
    assert_eq!(open(&node), ["DKR"]);
    let keys = keys_for(&withdrawn);
    assert_eq!(approve::answer(&node, &asks(&withdrawn, &keys)).unwrap(), JoinState::Unknown);
    assert_eq!(approve::answer(&node, &asks(&used, &keys)).unwrap(), JoinState::Admitted);
    assert!(open(&node).is_empty(), "what was used is not open");
    for id in [used.invitation.to_string(), withdrawn.invitation.to_string(), "no id".to_owned()] {
        assert_eq!(invite::withdraw(&node, &id).unwrap_err().code, "not-found", "{id}");
    }
}

#[test]
fn a_site_is_suspended_resumed_and_revoked_by_headquarters_alone() {
    let (_dir, node) = headquarters();
    let code = invited(&node, "DKR", Duration::from_secs(3600));
    let keys = keys_for(&code);
    assert_eq!(approve::answer(&node, &asks(&code, &keys)).unwrap(), JoinState::Admitted);
    let key_of = |name: &str| node.roster().scope_by_name(name).unwrap().current_key.unwrap();
    let before = key_of(scopes::TRADE);
    let code_of = |how, site: &str| removal::remove(&node, site, how).err().map(|problem| problem.code);
    assert_eq!(code_of(Removing::Suspend, "MTL").as_deref(), Some("not-found"));
    assert_eq!(code_of(Removing::Suspend, "PAR").as_deref(), Some("change-refused"), "not itself");
    assert_eq!(code_of(Removing::Resume, "DKR").as_deref(), Some("change-refused"), "it is not suspended");
    let revoked = || node.roster().removal(&keys.site).map(|removal| removal.revoked);
    removal::remove(&node, "DKR", Removing::Suspend).unwrap();
    assert_eq!(revoked(), Some(false));
    let suspended = key_of(scopes::TRADE);
    assert_ne!(suspended, before);
    let holds = |key| node.roster().scope_by_name(scopes::TRADE).unwrap().keys.contains_key(&(key, keys.site));
    assert!(holds(before) && !holds(suspended));
    removal::remove(&node, "DKR", Removing::Resume).unwrap();
    assert!(revoked().is_none() && holds(suspended));
    removal::remove(&node, "DKR", Removing::Revoke).unwrap();
    assert_eq!(revoked(), Some(true));
    assert_eq!(code_of(Removing::Resume, "DKR").as_deref(), Some("change-refused"), "a revocation is for good");
}
