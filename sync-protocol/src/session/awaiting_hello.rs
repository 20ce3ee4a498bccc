//! Our hello is sent; the peer's is awaited.

use minicbor::bytes::ByteArray;

use super::awaiting_roster::AwaitingRoster;
use super::core::Core;
use super::{CloseReason, Event, Next, Over, State};
use crate::frame::{Frame, Hello, PACKING_VERSION, PROTOCOL_VERSION};
use crate::roster;

#[derive(Debug)]
pub(super) struct AwaitingHello;

impl AwaitingHello {
    pub fn begin(core: &mut Core) -> Self {
        core.identify();
        // A stranger learns nothing of the roster, not even its length.
        let shown =
            if core.may_show_roster() { (*core.vector(&roster::scope_id())).clone() } else { Default::default() };
        core.send(Frame::Hello(Hello {
            versions: vec![PROTOCOL_VERSION, PACKING_VERSION],
            organisation: core.roster.organisation,
            roster: shown,
            claim: core.config.claim.map(ByteArray::from),
            software: core.config.software.clone(),
        }));
        Self
    }

    pub fn handle(self, core: &mut Core, event: Event) -> Next {
        match event {
            Event::Frame(Frame::Hello(hello)) => {
                if !hello.versions.contains(&PROTOCOL_VERSION) {
                    return Err(Over(CloseReason::VersionUnknown));
                }
                if hello.organisation != core.roster.organisation {
                    return Err(Over(CloseReason::WrongOrganisation));
                }
                core.peer_unpacks = hello.versions.contains(&PACKING_VERSION);
                AwaitingRoster::begin(core, hello.roster)
            }
            // On a channel of their own they may overtake the hello.
            event @ Event::Frame(Frame::Entries(_) | Frame::Unknown(..)) => {
                core.handle_flow(event).map(|_| State::Hello(self))
            }
            Event::Frame(_) => Err(Over(CloseReason::Malformed)),
            Event::Tick => core.opening_deadline().map(|()| State::Hello(self)),
            event => core.handle_flow(event).map(|_| State::Hello(self)),
        }
    }
}
