//! A relay that is retired: it is told so, and given nothing more, whichever side hears of it first. Owns the cases, not the line.

use super::*;

/// Retires the relay, as the admin.
fn retire(organisation: &mut TestOrganisation) -> Entry {
    let tls_pin = organisation.relay_pin;
    organisation.act(vec![Act::RetireRelay(roster::RelayRetirement { tls_pin })])
}

#[test]
fn a_session_with_a_relay_that_is_retired_meanwhile_ends_once_it_knows_and_nobody_is_blamed() {
    for seed in 0..50 {
        let mut organisation = TestOrganisation::found(2, seed);
        let (site, relay) = (Store::of(&organisation), Store::of(&organisation));
        let of_site = entries(&mut organisation, 0, "organisation", 30);
        let of_other = entries(&mut organisation, 1, "organisation", 30);
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        let retirement = retire(&mut organisation);
        // All at once, by whichever side hears of it first.
        of_site[..15].iter().for_each(|entry| line.commit(0, entry));
        of_other.iter().for_each(|entry| line.commit(1, entry));
        line.commit(usize::from(seed % 2 == 1), &retirement);
        of_site[15..].iter().for_each(|entry| line.commit(0, entry));
        line.run();
        assert_eq!((line.ends[0].closed, line.ends[1].closed), (Some(CloseReason::Removed), None), "seed {seed}");
        let [_, relay] = line.ends.map(|end| end.store);
        assert!(relay.history.current().relays.is_empty(), "it was told, seed {seed}");
        let written = relay.vectors.get(&organisation.scope("organisation")).map_or(0, |vector| vector.entries());
        assert!(written <= 45, "what was written after the retirement did not go there, seed {seed}: {written}");
    }
}

#[test]
fn a_site_that_calls_a_retired_relay_hears_so_from_it_and_tells_it_nothing() {
    for seed in 0..50 {
        let mut organisation = TestOrganisation::found(2, seed);
        let mut site = Store::of(&organisation);
        entries(&mut organisation, 0, "organisation", 9).iter().for_each(|entry| assert!(site.take(entry)));
        let retirement = retire(&mut organisation);
        let relay = Store::of(&organisation);
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        assert_eq!(line.ends[0].closed, Some(CloseReason::Removed), "seed {seed}");
        let roster = line.ends[0].store.history.current();
        assert!(roster.relays.is_empty() && roster.heads.contains(&retirement.head()), "seed {seed}");
        assert!(!line.ends[1].store.vectors.contains_key(&organisation.scope("organisation")), "seed {seed}");
        // Taken into service again, it has all.
        let [site, mut relay] = line.ends.map(|end| end.store);
        let again = organisation.act(vec![Act::AdmitRelay(roster::RelayAdmission {
            tls_pin: organisation.relay_pin,
            signing: organisation.relay_signing.verifying_key().to_bytes(),
            address: "relay.example:4433".into(),
            jurisdiction: "FR".into(),
        })]);
        assert!(relay.take(&again));
        let mut site = site;
        assert!(site.take(&again));
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        line.assert_equal();
    }
}
