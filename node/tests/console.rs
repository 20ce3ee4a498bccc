//! What headquarters' console asks, on a real node without a relay between: who decides, what comes of it, and what the relay is told.
//! Owns the cases of requests that come twice, to the wrong node, or ask for what cannot be done.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use comptoir_node::console::{self, file::Decision};
use comptoir_node::data_dir::DataDir;
use comptoir_node::enrolment::found::{self, Founding};
use comptoir_node::node::Node;
use comptoir_node::problem::Code;
use comptoir_node::profile::ProfileRequest;
use comptoir_sync_protocol::console::{
    ConsoleAct, ConsoleAnswer, ConsoleOutcome, ConsoleRequest, SetAsideEntry, SiteWish, Subject, SubjectScope,
};
use comptoir_sync_protocol::enrolment::{JoinCode, RelayCode, Secret};
use comptoir_sync_protocol::ids::RequestId;
use comptoir_sync_protocol::roster::scopes;
use comptoir_sync_protocol::{Hash, SiteId, session};
use tokio::sync::mpsc;

const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// A headquarters whose relay nobody ever reaches, and the line by which its console asks.
struct Headquarters {
    node: Node,
    line: mpsc::Sender<session::Event>,
    told: mpsc::Receiver<session::Event>,
    _dir: tempfile::TempDir,
}

impl Headquarters {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let relay = RelayCode {
            address: "relay.example:4433".into(),
            tls_pin: [1; 32],
            signing: [2; 32],
            jurisdiction: "FR".into(),
            claim: Secret([3; 16]),
        };
        let data = DataDir::new(dir.path().join("node"));
        let site = ProfileRequest { code: "PAR".into(), country: "FR".into(), ..ProfileRequest::default() };
        found::found(&data, Founding { organisation: "N".into(), site, relay: Some(relay.to_text()) }).unwrap();
        let lock = data.enter().unwrap();
        let (line, told) = mpsc::channel(8);
        Self { node: Node::open(data, lock).unwrap(), line, told, _dir: dir }
    }

    fn asks(&self, number: u8, act: ConsoleAct) -> Option<ConsoleAnswer> {
        let (by, reason) = ("paul".into(), "lost".into());
        let request = ConsoleRequest { id: RequestId([number; 16]), at_ms: i64::from(number), by, reason, act };
        console::arrived(&self.node, request, self.line.clone()).unwrap()
    }

    /// What the relay was told by itself.
    fn told(&mut self) -> ConsoleAnswer {
        match self.told.try_recv().unwrap() {
            session::Event::ConsoleAnswer(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    fn decisions(&self) -> Vec<(u8, Option<Decision>)> {
        let all = console::list(&self.node).unwrap();
        all.into_iter().map(|kept| (kept.request.id.0[0], kept.decision)).collect()
    }
}

fn id(number: u8) -> String {
    RequestId([number; 16]).to_string()
}

fn wish(code: &str) -> ConsoleAct {
    ConsoleAct::Invite(SiteWish { code: code.into(), name: String::new(), country: "CI".into() })
}

#[test]
fn an_invitation_that_is_approved_is_made_here_and_the_console_is_told_no_code() {
    let mut headquarters = Headquarters::new();
    assert_eq!(headquarters.asks(1, wish("ABJ")), None);
    assert_eq!(headquarters.asks(1, wish("ABJ")), None, "carried twice, it waits once");
    assert_eq!(headquarters.decisions(), [(1, None)]);
    let invited = console::approve(&headquarters.node, &id(1), WEEK).unwrap().unwrap();
    assert_eq!(JoinCode::from_text(&invited.code).unwrap().site_code, "ABJ");
    let answer = headquarters.told();
    assert_eq!(
        (answer.id, answer.outcome, answer.by.as_str()),
        (RequestId([1; 16]), ConsoleOutcome::Done, "PAR/operator")
    );
    assert_eq!(answer.said, "", "nothing of the code goes to the relay");
    assert_eq!(headquarters.asks(1, wish("ABJ")), Some(answer), "asked again, it is answered again");
    let again = console::approve(&headquarters.node, &id(1), WEEK).err().unwrap();
    assert!(again.is(Code::DecidedAlready));
}

#[test]
fn what_is_declined_is_told_with_why_and_changes_nothing() {
    let mut headquarters = Headquarters::new();
    let before = headquarters.node.roster().heads.clone();
    let scope = headquarters.node.roster().scope_by_name(scopes::TRADE).unwrap().id;
    headquarters.asks(1, ConsoleAct::Rotate(SubjectScope { scope }));
    assert!(console::decline(&headquarters.node, &id(1), &"x".repeat(2_049)).err().unwrap().is(Code::BadRequest));
    console::decline(&headquarters.node, &id(1), " not this year ").unwrap();
    let answer = headquarters.told();
    assert_eq!((answer.outcome, answer.said.as_str()), (ConsoleOutcome::Declined, "not this year"));
    assert_eq!(headquarters.node.roster().heads, before);
    headquarters.asks(2, ConsoleAct::Rotate(SubjectScope { scope }));
    console::approve(&headquarters.node, &id(2), WEEK).unwrap();
    assert_ne!(headquarters.node.roster().heads, before, "what is approved is done");
    assert_eq!(headquarters.decisions().iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn what_cannot_be_done_waits_and_can_be_declined() {
    let headquarters = Headquarters::new();
    let own = headquarters.node.keys().site;
    let cases = [
        (1, ConsoleAct::Suspend(Subject { site: SiteId([9; 16]) }), Code::NotFound),
        (2, ConsoleAct::Revoke(Subject { site: own }), Code::ChangeRefused),
        (3, wish("PAR"), Code::SiteCodeTaken),
        (4, ConsoleAct::Unknown(99, vec![0x80]), Code::ChangeRefused),
    ];
    for (number, act, code) in cases {
        headquarters.asks(number, act);
        let problem = console::approve(&headquarters.node, &id(number), WEEK).err().unwrap();
        assert!(problem.is(code), "{number}: {problem}");
    }
    assert!(console::approve(&headquarters.node, &id(50), WEEK).err().unwrap().is(Code::NotFound));
    assert!(headquarters.decisions().iter().all(|(_, decision)| decision.is_none()));
    (1..=4).for_each(|number| console::decline(&headquarters.node, &id(number), "").unwrap());
}

#[test]
fn an_entry_is_judged_again_by_the_site_that_set_it_aside_alone() {
    let headquarters = Headquarters::new();
    let asks = |site| headquarters.asks(1, ConsoleAct::JudgeAgain(SetAsideEntry { site, entry: Hash([5; 32]) }));
    assert_eq!(asks(SiteId([9; 16])), None, "it is another site");
    let answer = asks(headquarters.node.keys().site).unwrap();
    assert_eq!((answer.outcome, answer.by.as_str()), (ConsoleOutcome::Unchanged, ""));
    assert!(headquarters.decisions().is_empty(), "nobody need decide");
}

#[test]
fn too_many_requests_wait_at_the_relay() {
    let headquarters = Headquarters::new();
    (0..=128).for_each(|number| assert_eq!(headquarters.asks(number, wish(&format!("S{number}"))), None));
    assert_eq!(headquarters.decisions().len(), 128);
    console::decline(&headquarters.node, &id(0), "").unwrap();
    headquarters.asks(128, wish("S128"));
    assert!(headquarters.decisions().iter().any(|(number, _)| *number == 128));
}
