//! Samples of what the console asks of nodes, of their answers, and of reports that name what was set aside or tell warnings.

use comptoir_sync_protocol::console::{
    ConsoleAct, ConsoleAnswer, ConsoleOutcome, ConsoleRequest, SetAsideEntry, SiteWish, Subject, SubjectScope,
};
use comptoir_sync_protocol::frame::Frame;
use comptoir_sync_protocol::health::{Health, HealthReport, JournalLine, SetAsideHealth};
use comptoir_sync_protocol::ids::RequestId;
use comptoir_sync_protocol::{Hash, OrganisationId, ScopeId, SiteId};

use super::{head, health, signing};

pub fn frames() -> Vec<(&'static str, Frame)> {
    let (site, scope) = (SiteId([0x11; 16]), ScopeId([0x77; 16]));
    let id = RequestId([0x21; 16]);
    let asks = |act| {
        let (by, reason) = ("paul".into(), "moved".into());
        Frame::ConsoleRequest(ConsoleRequest { id, at_ms: 1_790_000_000_000, by, reason, act })
    };
    let wish = SiteWish { code: "ABJ".into(), name: "Abidjan".into(), country: "CI".into() };
    let entry = |parked| SetAsideHealth { scope, head: head(7), code: "not-owner".into(), parked };
    let naming = Health { set_aside: Some(vec![entry(false), entry(true)]), ..health() };
    let (by, said) = ("Awa".into(), "not this year".into());
    let line = |error, code: Option<&str>| JournalLine {
        at_ms: 1_790_000_000_000,
        error,
        part: "comptoir_node::spool".into(),
        text: "a file that passed through was not removed".into(),
        code: code.map(str::to_owned),
        times: 3,
    };
    let telling = Health {
        backup_at_ms: Some(1_789_000_000_000),
        journal: Some(vec![line(false, None), line(true, Some("disk-full"))]),
        ..health()
    };
    vec![
        (
            "frame.health.journal",
            Frame::Health(HealthReport::sign(&OrganisationId([0x99; 32]), site, &telling, &signing())),
        ),
        (
            "frame.health.set-aside",
            Frame::Health(HealthReport::sign(&OrganisationId([0x99; 32]), site, &naming, &signing())),
        ),
        (
            "frame.console-answer",
            Frame::ConsoleAnswer(ConsoleAnswer { id, outcome: ConsoleOutcome::Declined, by, said }),
        ),
        ("frame.console-request.invite", asks(ConsoleAct::Invite(wish))),
        ("frame.console-request.suspend", asks(ConsoleAct::Suspend(Subject { site }))),
        ("frame.console-request.resume", asks(ConsoleAct::Resume(Subject { site }))),
        ("frame.console-request.revoke", asks(ConsoleAct::Revoke(Subject { site }))),
        ("frame.console-request.rotate", asks(ConsoleAct::Rotate(SubjectScope { scope }))),
        (
            "frame.console-request.judge-again",
            asks(ConsoleAct::JudgeAgain(SetAsideEntry { site, entry: Hash([0xab; 32]) })),
        ),
        ("frame.console-request.newer", asks(ConsoleAct::Unknown(7, vec![0x41, 7]))),
    ]
}
