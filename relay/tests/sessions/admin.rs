//! The admin port as a program on the same machine meets it.

use std::net::SocketAddr;

use comptoir_relay::alarms::watch::Watch;
use comptoir_relay::{Config, Relay, StartError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::site::Site;
use crate::world::{World, any_port, within};

async fn get(address: SocketAddr, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within("an answer", stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

#[tokio::test]
async fn health_and_figures_are_told_to_this_machine_alone() {
    let mut world = World::new(1);
    let relay = world.start().await;
    let here = format!("Host: {}\r\n", relay.admin_addr());
    let ask = async |path: &str| get(relay.admin_addr(), path, &here).await;
    assert!(ask("/livez").await.starts_with("HTTP/1.1 200"));
    let ready = ask("/readyz").await;
    assert!(ready.starts_with("HTTP/1.1 200") && ready.contains("\"claimed\":false"), "{ready}");
    let one = Site::new(&world, 0).with_roster(&world);
    one.hold(&world.write(0, 4));
    let mut line = one.dial(relay.listen_addr(), Some(world.code.claim.0)).await;
    line.hear_current().await;
    while relay.core().unwrap().view().vectors.get(&world.scope()).is_none_or(|vector| vector.entries() < 4) {
        line.hear_receipts().await;
    }
    let figures = ask("/metrics").await;
    let stored = 4 + world.organisation.roster.len();
    for expected in [
        format!("comptoir_relay_stored_entries_total {stored}\n"),
        format!("comptoir_relay_entries {stored}\n"),
        "comptoir_relay_sessions{state=\"named\"} 1\n".to_owned(),
        "comptoir_relay_claims_total{outcome=\"accepted\"} 1\n".to_owned(),
    ] {
        assert!(figures.contains(&expected), "{expected} in {figures}");
    }
    assert!(!figures.contains("comptoir_relay_received_bytes_total 0\n"), "{figures}");
    assert!(ask("/status").await.contains("\"organisation_name\":\"Maison d'essai\""));
    for headers in ["Host: attacker.example\r\n".to_owned(), String::new(), format!("{here}Origin: http://x\r\n")] {
        let refused = get(relay.admin_addr(), "/metrics", &headers).await;
        assert!(refused.starts_with("HTTP/1.1 403"), "{headers}: {refused}");
        assert!(!refused.contains("comptoir_relay"));
    }
    line.hang_up().await;
    relay.shut_down().await.unwrap();
}

#[tokio::test]
async fn other_machines_are_not_listened_to() {
    let world = World::new(1);
    let admin = SocketAddr::from(([0, 0, 0, 0], 0));
    let started = Relay::start(Config {
        dir: world.dir.path().to_owned(),
        listen: any_port(),
        admin,
        console: None,
        watch: Watch::default(),
    })
    .await;
    assert!(matches!(started, Err(StartError::AdminNotLoopback { .. })));
}
