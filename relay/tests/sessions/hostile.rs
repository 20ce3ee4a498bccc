//! Peers that break the rules, and others that do not notice.

use comptoir_sync_protocol::roster::Party;
use comptoir_transport::{CONTROL, CloseCode, Purpose, TlsIdentity};

use crate::site::Site;
use crate::world::{World, until, within};

#[tokio::test]
async fn f20_a_malformed_frame_ends_its_own_session_alone() {
    let mut world = World::new(2);
    let relay = world.start().await;
    let (one, two) = (Site::new(&world, 0).with_roster(&world), Site::new(&world, 1).with_roster(&world));
    let mut line = one.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    line.hear_current().await;
    let frames: [(Purpose, &[u8]); 4] = [
        (Purpose::Sync, b"no frame"),
        (Purpose::Sync, &[0x82, 0x18, 0x63, 0x40]),
        (Purpose::Sync, &[]),
        (Purpose::Enrolment, &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    ];
    for (purpose, bytes) in frames {
        let (_endpoint, connection) = two.connect(relay.listen_addr(), purpose).await;
        let (sender, mut receiver) = connection.split();
        sender.send(CONTROL, bytes.to_vec()).await.unwrap();
        while let Some(Ok(_)) = within("the close", receiver.next()).await {}
        assert_eq!(receiver.closed().await.by_peer().unwrap().code, CloseCode::Malformed, "{bytes:x?}");
    }
    let scope = world.scope();
    one.hold(&world.write(0, 1));
    let core = relay.core().unwrap();
    until("the other session's entry", || core.view().vectors.get(&scope).is_some_and(|v| v.entries() == 1)).await;
    line.hang_up().await;
    relay.shut_down().await.unwrap();
}

#[tokio::test]
async fn strangers_have_little_room_and_members_keep_theirs() {
    let world = World::new(1);
    let relay = world.start().await;
    let one = Site::new(&world, 0).with_roster(&world);
    let mut line = one.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    line.hear_current().await;
    line.hang_up().await;
    let mut kept = Vec::new();
    for _ in 0..comptoir_relay::limits::MAX_STRANGERS_PER_ADDRESS {
        let tls = TlsIdentity::generate().unwrap();
        let stranger = Site::stranger(&world, world.organisation.id, tls, Party::Site(world.members[0].id));
        // Says nothing.
        let (endpoint, connection) = stranger.connect(relay.listen_addr(), Purpose::Sync).await;
        let (sender, mut receiver) = connection.split();
        within("the relay's hello", receiver.next()).await.unwrap().unwrap();
        kept.push((endpoint, sender, receiver));
    }
    let tls = TlsIdentity::generate().unwrap();
    let stranger = Site::stranger(&world, world.organisation.id, tls, Party::Site(world.members[0].id));
    assert_eq!(stranger.dial(relay.listen_addr(), None).await.refusal().await, CloseCode::Busy);
    let mut line = one.dial(relay.listen_addr(), None).await;
    line.hear_current().await;
    line.hang_up().await;
    relay.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_site_that_comes_again_is_not_shut_out_by_its_own_dead_sessions() {
    let world = World::new(1);
    let relay = world.start().await;
    let one = Site::new(&world, 0).with_roster(&world);
    let mut line = one.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    line.hear_current().await;
    let mut lines = vec![line];
    for _ in 0..2 * comptoir_relay::limits::MAX_SESSIONS_PER_PEER {
        let mut line = one.dial(relay.listen_addr(), None).await;
        line.hear_current().await;
        lines.push(line);
    }
    assert_eq!(lines.remove(0).refusal().await, CloseCode::Busy, "the oldest made room");
    lines.pop().unwrap().hang_up().await;
    relay.shut_down().await.unwrap();
}
