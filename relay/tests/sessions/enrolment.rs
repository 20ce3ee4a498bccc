//! Joining by way of the relay, which carries what it cannot read.

use comptoir_relay::RunningRelay;
use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::enrolment::JoinState;
use comptoir_sync_protocol::frame::{Frame, JoinAnswer, SealedJoinRequest};
use comptoir_sync_protocol::ids::InvitationId;
use comptoir_sync_protocol::roster::Party;
use comptoir_sync_protocol::session::Event;
use comptoir_transport::{CONTROL, CloseCode, Endpoint, Notice, Purpose, Receiver, Sender, TlsIdentity};

use crate::site::{Line, Site};
use crate::world::{World, within};

struct Joiner {
    sender: Sender,
    receiver: Receiver,
    _endpoint: Endpoint,
}

impl Joiner {
    async fn new(world: &World, relay: &RunningRelay) -> Self {
        let tls = TlsIdentity::generate().unwrap();
        let site = Site::stranger(world, world.organisation.id, tls, Party::Site(SiteId([7; 16])));
        let (endpoint, connection) = site.connect(relay.listen_addr(), Purpose::Enrolment).await;
        let (sender, receiver) = connection.split();
        Self { sender, receiver, _endpoint: endpoint }
    }

    async fn say(&self, frame: Frame) {
        self.sender.send(CONTROL, frame.encode()).await.unwrap();
    }

    async fn hear(&mut self) -> JoinAnswer {
        let (_, bytes) = within("an answer", self.receiver.next()).await.expect("goes on").unwrap();
        match Frame::decode(&bytes).unwrap() {
            Frame::JoinAnswer(answer) => answer,
            other => panic!("{other:?}"),
        }
    }
}

fn request(number: u8) -> SealedJoinRequest {
    SealedJoinRequest { invitation: InvitationId([number; 16]), sealed: vec![number; 300] }
}

async fn hear_request(line: &mut Line) -> SealedJoinRequest {
    line.hear("a join request", |notice| if let Notice::JoinRequest(r) = notice { Some(r) } else { None }).await
}

fn answer(number: u8, state: JoinState) -> JoinAnswer {
    JoinAnswer { invitation: InvitationId([number; 16]), state }
}

#[tokio::test]
async fn a_request_reaches_headquarters_and_the_answer_comes_back() {
    let mut world = World::new(2);
    let relay = world.start().await;
    let (headquarters, branch) = (Site::new(&world, 0).with_roster(&world), Site::new(&world, 1).with_roster(&world));
    let mut line = headquarters.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    line.hear_current().await;
    let mut other = branch.dial(relay.listen_addr(), None).await;
    other.hear_current().await;

    let mut joiner = Joiner::new(&world, &relay).await;
    joiner.say(Frame::JoinRequest(request(1))).await;
    assert_eq!(joiner.hear().await, answer(1, JoinState::Waiting));
    assert_eq!(hear_request(&mut line).await, request(1));
    // A branch that answers in headquarters' place is not heard.
    other.events.send(Event::JoinAnswer(answer(1, JoinState::Unknown))).await.unwrap();
    line.events.send(Event::JoinAnswer(answer(1, JoinState::Expired))).await.unwrap();
    assert_eq!(joiner.hear().await, answer(1, JoinState::Expired), "told without being asked again");
    joiner.say(Frame::JoinPoll(InvitationId([1; 16]))).await;
    assert_eq!(joiner.hear().await, answer(1, JoinState::Expired));

    joiner.say(Frame::JoinRequest(request(2))).await;
    assert_eq!(joiner.hear().await, answer(2, JoinState::Waiting));
    assert_eq!(hear_request(&mut line).await, request(2));
    line.events.send(Event::JoinAnswer(answer(2, JoinState::Admitted))).await.unwrap();
    let admission = world.admit(Some(InvitationId([2; 16])));
    headquarters.hold(&[admission]);
    assert_eq!(joiner.hear().await, answer(2, JoinState::Admitted));
    let core = relay.core().unwrap();
    assert!(core.roster().burned.contains(&InvitationId([2; 16])), "admitted is the roster's word");
    relay.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_request_waits_for_headquarters_across_a_restart() {
    let world = World::new(1);
    let relay = world.start().await;
    let headquarters = Site::new(&world, 0).with_roster(&world);
    let mut line = headquarters.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    line.hear_current().await;
    line.hang_up().await;
    let mut joiner = Joiner::new(&world, &relay).await;
    joiner.say(Frame::JoinRequest(request(3))).await;
    assert_eq!(joiner.hear().await, answer(3, JoinState::Waiting));
    relay.shut_down().await.unwrap();

    let relay = world.start().await;
    let mut line = headquarters.dial(relay.listen_addr(), None).await;
    assert_eq!(hear_request(&mut line).await, request(3));
    line.events.send(Event::JoinAnswer(answer(3, JoinState::CodeTaken))).await.unwrap();
    let mut joiner = Joiner::new(&world, &relay).await;
    joiner.say(Frame::JoinPoll(InvitationId([3; 16]))).await;
    while joiner.hear().await != answer(3, JoinState::CodeTaken) {}
    relay.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_relay_of_nobody_enrols_nobody_and_chatter_ends() {
    let world = World::new(1);
    let relay = world.start().await;
    let mut joiner = Joiner::new(&world, &relay).await;
    while let Some(Ok(_)) = within("the refusal", joiner.receiver.next()).await {}
    let closed = joiner.receiver.closed().await;
    assert_eq!(closed.by_peer().unwrap().code, CloseCode::NotAdmitted);
    let headquarters = Site::new(&world, 0).with_roster(&world);
    let mut line = headquarters.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    line.hear_current().await;
    let mut joiner = Joiner::new(&world, &relay).await;
    for number in 0..5 {
        joiner.say(Frame::JoinRequest(request(number))).await;
    }
    while let Some(Ok(_)) = within("the end", joiner.receiver.next()).await {}
    assert_eq!(joiner.receiver.closed().await.by_peer().unwrap().code, CloseCode::Busy);
    relay.shut_down().await.unwrap();
}
