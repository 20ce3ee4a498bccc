//! Who may take a relay, and what it remembers of that.

use comptoir_sync_protocol::roster::Party;
use comptoir_sync_protocol::testing::TestOrganisation;
use comptoir_transport::{CloseCode, TlsIdentity};

use crate::site::Site;
use crate::world::{World, start};

#[tokio::test]
async fn a_relay_is_claimed_once_and_remembers() {
    let mut world = World::new(2);
    let relay = world.start().await;
    let headquarters = Site::new(&world, 0).with_roster(&world);
    headquarters.hold(&world.write(0, 3));
    let address = relay.listen_addr();
    assert_eq!(headquarters.dial(address, None).await.refusal().await, CloseCode::NotAdmitted);
    assert_eq!(headquarters.dial(address, Some([9; 16])).await.refusal().await, CloseCode::NotAdmitted);
    assert!(relay.core().is_none());
    let mut line = headquarters.dial(address, Some(world.code.claim.0)).await;
    let receipts = line.hear_receipts().await;
    assert!(receipts.iter().all(|receipt| receipt.is_signed() && receipt.relay == world.code.signing));
    line.hear_current().await;
    line.hang_up().await;
    relay.shut_down().await.unwrap();

    let relay = world.start().await;
    let core = relay.core().expect("the owner is remembered");
    assert_eq!(core.organisation(), world.organisation.id);
    let other = TestOrganisation::found(1, 12);
    let party = Party::Site(other.sites[0].id);
    let other = Site::stranger(&world, other.id, TlsIdentity::generate().unwrap(), party);
    let late = other.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    assert_eq!(late.refusal().await, CloseCode::WrongOrganisation, "a code that was used claims nothing");
    let mut line = headquarters.dial(relay.listen_addr(), None).await;
    line.hear_current().await;
    relay.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_key_that_no_roster_names_is_refused() {
    let world = World::new(1);
    let relay = world.start().await;
    let headquarters = Site::new(&world, 0).with_roster(&world);
    let mut line = headquarters.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    line.hear_current().await;
    let tls = TlsIdentity::generate().unwrap();
    let stranger = Site::stranger(&world, world.organisation.id, tls, Party::Site(world.members[0].id));
    let refused = stranger.dial(relay.listen_addr(), None).await;
    assert_eq!(refused.refusal().await, CloseCode::NotAdmitted);
    assert_eq!(stranger.roster_count(), 0, "a stranger is shown nothing");
    let stranger = stranger.with_roster(&world);
    assert_eq!(stranger.dial(relay.listen_addr(), None).await.refusal().await, CloseCode::NotAdmitted);
    line.hang_up().await;
    relay.shut_down().await.unwrap();
}

#[tokio::test]
async fn f16_a_relay_that_lost_its_store_gets_it_back_from_any_member() {
    let mut world = World::new(2);
    let relay = world.start().await;
    let (one, two) = (Site::new(&world, 0).with_roster(&world), Site::new(&world, 1).with_roster(&world));
    one.hold(&world.write(0, 5));
    let mut line = one.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    line.hear_current().await;
    let mut other = two.dial(relay.listen_addr(), None).await;
    other.hear_current().await;
    assert_eq!(two.count(world.scope()), 5);
    relay.shut_down().await.unwrap();
    for file in std::fs::read_dir(world.dir.path()).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("log.sqlite") {
            std::fs::remove_file(path).unwrap();
        }
    }

    let relay = start(world.dir.path()).await;
    let core = relay.core().expect("the owner is known by its hash");
    assert!(core.roster().sites.is_empty());
    // Not headquarters, but a branch comes first: it brings the roster, by which the relay then knows it.
    let mut other = two.dial(relay.listen_addr(), None).await;
    other.hear_current().await;
    assert_eq!(core.roster().sites.len(), 2);
    assert_eq!(core.view().vectors[&world.scope()].entries(), 5);
    relay.shut_down().await.unwrap();
}
