//! Entries on their way from site to site.

use comptoir_transport::CloseCode;

use crate::site::Site;
use crate::world::{World, until};

#[tokio::test]
async fn what_one_site_writes_reaches_the_other_live() {
    let mut world = World::new(2);
    let relay = world.start().await;
    let (one, two) = (Site::new(&world, 0).with_roster(&world), Site::new(&world, 1).with_roster(&world));
    let mut first = one.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    first.hear_current().await;
    let mut second = two.dial(relay.listen_addr(), None).await;
    second.hear_current().await;
    let scope = world.scope();
    let entries = world.write(0, 7);
    one.hold(&entries);
    until("entries at the other site", || two.count(scope) == 7).await;
    let last = entries.last().unwrap().head();
    loop {
        let receipts = first.hear_receipts().await;
        if receipts.iter().any(|receipt| receipt.head == last) {
            assert!(receipts.iter().all(|receipt| receipt.is_signed()));
            break;
        }
    }
    two.hold(&world.write(1, 3));
    until("the way back", || one.count(scope) == 10).await;
    assert_eq!(relay.core().unwrap().view().vectors[&scope].entries(), 10);
    first.hang_up().await;
    second.hang_up().await;
    relay.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_site_admitted_while_all_are_connected_joins_in() {
    let mut world = World::new(1);
    let relay = world.start().await;
    let one = Site::new(&world, 0).with_roster(&world);
    one.hold(&world.write(0, 2));
    let mut first = one.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    first.hear_current().await;
    let admission = world.admit(None);
    let two = Site::new(&world, 1);
    assert_eq!(two.dial(relay.listen_addr(), None).await.refusal().await, CloseCode::NotAdmitted);
    one.hold(&[admission]);
    let core = relay.core().unwrap();
    until("the admission at the relay", || core.roster().sites.len() == 2).await;
    let mut second = two.dial(relay.listen_addr(), None).await;
    second.hear_current().await;
    until("the entries", || two.count(world.scope()) == 2).await;
    assert_eq!(two.roster_count(), world.organisation.roster.len() as u64);
    first.hang_up().await;
    second.hang_up().await;
    relay.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_stopping_relay_says_so_and_ends_within_bounds() {
    let world = World::new(1);
    let relay = world.start().await;
    let one = Site::new(&world, 0).with_roster(&world);
    let mut line = one.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    line.hear_current().await;
    relay.shut_down().await.unwrap();
    assert_eq!(line.refusal().await, CloseCode::ShuttingDown);
    let again = world.start().await;
    again.shut_down().await.unwrap();
}
