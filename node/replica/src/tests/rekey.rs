//! New keys of a site that is away, or of one that an admin binds who turns out removed: what is taken in, what counts, and what
//! is read.

use super::cuts::ADMIN_EPOCH;
use super::hostile::Forger;
use super::*;
use crate::{AppendError, Identity, RemovalError, Removing};
use comptoir_sync_protocol::frame::RefusalCode;
use comptoir_sync_protocol::ids::{Epoch, Incarnation, SiteId};
use comptoir_sync_protocol::keys::{SealingSecret, generate_signing_key};
use comptoir_sync_protocol::roster::Rekey;
use ed25519_dalek::SigningKey;

const BY: (&str, &str) = (AUTHOR, "site.rekey");

/// New keys of a site, and its own word for them.
struct Renewed {
    rekey: Rekey,
    signing: SigningKey,
    sealing: SealingSecret,
}

impl Sites {
    /// S01 makes new keys, which its replica holds beside the old ones.
    fn renew(&mut self, signing: bool, sealing: bool) -> Renewed {
        let site = self.organisation.sites[1].clone();
        let mut keys = site.keys();
        let (mut new_signing, mut new_sealing) = (site.signing.clone(), site.sealing.clone());
        if signing {
            new_signing = generate_signing_key(&mut self.rng);
            keys.signing = new_signing.verifying_key().to_bytes();
        }
        if sealing {
            new_sealing = SealingSecret::generate(&mut self.rng);
            keys.sealing = new_sealing.public().unwrap();
        }
        let identity = site.identity().and_signing(new_signing.clone()).and_sealing(new_sealing.clone());
        self.replicas[1].set_identity(identity).unwrap();
        let rekey = Rekey::new(&self.organisation.id, site.site, keys, &new_signing);
        Renewed { rekey, signing: new_signing, sealing: new_sealing }
    }

    /// An admin binds them at a replica, which alone knows.
    fn bind(&mut self, at: usize, admin: (&SigningKey, Epoch), rekey: &Rekey) -> Result<usize, RemovalError> {
        let appended = self.replicas[at].rekey(admin, rekey.clone(), BY, NOW_MS, &mut self.rng)?;
        Ok(appended.heads.len())
    }

    fn bind_at_headquarters(&mut self, rekey: &Rekey) {
        let admin = self.organisation.admin.clone();
        assert_eq!(self.bind(0, (&admin, ADMIN_EPOCH), rekey).unwrap(), 1);
        assert_eq!(self.bind(0, (&admin, ADMIN_EPOCH), rekey).unwrap(), 0, "it is so already");
    }

    fn assert_well(&self, at: usize) {
        assert!(self.set_aside(at).is_empty() && self.replicas[at].parked().unwrap().is_empty(), "site {at}");
        assert!(self.replicas[at].rebuild().unwrap().changed.is_empty(), "site {at}");
        assert!(self.replicas[at].verify().unwrap().is_sound(), "site {at}");
    }
}

#[test]
fn a_site_that_was_away_goes_on_in_its_log_under_its_new_keys() {
    let mut sites = Sites::new(4, 230);
    let before = sites.new_note(1, "before");
    sites.settle();
    let (writer, key) = (sites.replicas[1].writer(), sites.current_key(0));
    let renewed = sites.renew(true, true);
    sites.bind_at_headquarters(&renewed.rekey);
    assert_ne!(sites.current_key(0), key, "what is written from here on the old sealing key does not open");
    sites.tell(0, 2);
    // It has not heard, and writes on under its old key.
    let away = sites.new_note(1, "away");
    for to in [0, 2] {
        assert!(sites.send(1, to, sites.shared()).admitted.refused.is_empty());
        assert!(sites.has(to, away));
    }
    // It hears late, and goes on under the new one.
    sites.tell(0, 1);
    assert_eq!(sites.current_key(1), sites.current_key(0));
    let after = sites.new_note(1, "after");
    assert_eq!(sites.replicas[1].writer(), writer, "in the same epoch: its rights of pools stay");
    sites.set(0, before, "title", "changed since");
    sites.settle();
    // A site that gets all of the log at once, under both keys.
    sites.tell(0, 3);
    sites.settle();
    for site in 0..4 {
        assert!([before, away, after].iter().all(|note| sites.has(site, *note)), "site {site}");
        sites.assert_well(site);
    }
    sites.assert_alike();
}

#[test]
fn an_entry_under_the_old_key_is_refused_where_its_roster_heads_know_the_new_one() {
    let mut forger = Forger::new(231);
    let before = forger.sites.replicas[0].roster().heads.clone();
    let renewed = forger.sites.renew(true, false);
    forger.sites.bind_at_headquarters(&renewed.rekey);
    forger.sites.tell(0, 2);
    let creation = forger.creation(1);
    let entry = forger.build(forger.builder(vec![creation]));
    forger.expect_refused(&entry, RefusalCode::BadSignature);
    // Behind an entry under the new key, older heads go back.
    let creation = forger.creation(1);
    let first = forger.build_with(forger.builder(vec![creation]), &renewed.signing);
    for site in [0, 2] {
        let scope = forger.sites.shared();
        let report = forger.sites.replicas[site].admit(scope, vec![first.clone()], NOW_MS).unwrap();
        assert!(report.admitted.refused.is_empty() && report.quarantined.is_empty(), "{report:?}");
    }
    let creation = forger.creation(1);
    let mut builder = forger.builder(vec![creation]);
    (builder.previous, builder.roster_heads) = (Some((1, first.hash())), before);
    let second = forger.build(builder);
    forger.expect_quarantined(&second, "roster_heads_back");
}

#[test]
fn a_key_that_a_far_admin_sealed_to_the_old_key_still_opens_and_what_comes_later_is_sealed_to_the_new_one() {
    let mut sites = Sites::new(3, 232);
    let (deputy, scope) = (sites.delegate(), sites.shared());
    let old_note = sites.new_note(2, "under the first key");
    sites.settle();
    let renewed = sites.renew(false, true);
    let signing = sites.organisation.sites[1].signing.clone();
    sites.bind_at_headquarters(&renewed.rekey);
    // The deputy has not heard.
    sites.replicas[2].rotate((&deputy, Epoch([4; 8])), scope, BY, NOW_MS, &mut sites.rng).unwrap();
    let far = sites.new_note(2, "under the deputy's key");
    let near = sites.new_note(0, "under headquarters' key");
    sites.tell(2, 0);
    sites.tell_all();
    sites.settle();
    for site in 0..3 {
        assert!([old_note, far, near].iter().all(|note| sites.has(site, *note)), "site {site}");
        sites.assert_well(site);
    }
    let admin = sites.organisation.admin.clone();
    let mut settle_keys =
        || sites.replicas[0].settle_keys((&admin, ADMIN_EPOCH), BY, NOW_MS, &mut sites.rng).unwrap().heads.len();
    assert_eq!(settle_keys(), 1, "the old key opens the present one, which is the deputy's");
    assert_eq!(settle_keys(), 0, "once");
    let (roster, site) = (sites.replicas[0].roster(), sites.organisation.sites[1].clone());
    let present = roster.scopes[&scope].current_key.unwrap();
    let envelopes = || roster.scopes[&scope].keys.values().filter(|wrapped| wrapped.site == site.site);
    let new_alone = Identity::new(site.site, signing.clone(), renewed.sealing.clone());
    let opened = |identity: &Identity| envelopes().filter(|wrapped| identity.unwrap(wrapped).is_ok()).count();
    assert_eq!(envelopes().count(), 4);
    assert_eq!(opened(&new_alone), 3, "all that headquarters knew was sealed anew");
    assert!(envelopes().all(|wrapped| wrapped.key_id != present || site.identity().unwrap(wrapped).is_err()));
    // Opened anew, it reads all with both.
    let folder = tempfile::tempdir().unwrap();
    let both = new_alone.and_sealing(site.sealing.clone());
    let mut options = site.options(&sites.organisation, Incarnation([9; 8]));
    options.identity = Some(both);
    let again = Replica::open(&folder.path().join("again.db"), Notes, options, &mut sites.rng).unwrap();
    for scope in [comptoir_sync_protocol::roster::scope_id(), scope] {
        let served = sites.replicas[0].read_missing(scope, &Default::default(), usize::MAX).unwrap();
        let entries = served.into_iter().map(|(_, bytes)| Entry::decode(&bytes).unwrap()).collect();
        again.admit(scope, entries, NOW_MS).unwrap();
    }
    assert!(again.parked().unwrap().is_empty() && again.record(scope, far).unwrap().is_some());
}

#[test]
fn what_a_site_signed_with_keys_that_a_removed_admin_bound_counts_nowhere_until_they_are_bound_again() {
    let mut sites = Sites::new(3, 233);
    let bad = sites.delegate();
    let (root, root_epoch) = (sites.organisation.root.clone(), sites.organisation.root_epoch);
    let renewed = sites.renew(true, false);
    assert_eq!(sites.bind(1, (&bad, Epoch([4; 8])), &renewed.rekey).unwrap(), 1);
    let note = sites.new_note(1, "under the new key");
    sites.tell(1, 2);
    sites.send(1, 2, sites.shared());
    assert!(sites.has(2, note));
    // Root revokes him, at a cut before that.
    let subject = SiteId::of_roster_key(&bad.verifying_key().to_bytes());
    sites.replicas[0].remove((&root, root_epoch), subject, Removing::Revoke, BY, NOW_MS, &mut sites.rng).unwrap();
    sites.tell(1, 0);
    sites.tell_all();
    assert!(sites.send(1, 0, sites.shared()).admitted.refused.is_empty(), "it is carried");
    for site in 0..3 {
        assert_eq!(sites.codes(site), ["no_authority"], "site {site}");
        assert!(!sites.has(site, note));
        assert_eq!(sites.replicas[site].roster().sites[&renewed.rekey.site].keys, sites.organisation.sites[1].keys());
    }
    sites.assert_alike();
    let request = Append::new(sites.shared(), AUTHOR, "test");
    let id = sites.replicas[1].mint(sites.shared()).create(NOW_MS, &mut sites.rng);
    let edits = vec![Edit::create("note", id, note_puts("not yet", "body"))];
    let refused = sites.replicas[1].append_edits(request, edits, NOW_MS, &mut sites.rng);
    assert!(matches!(refused, Err(AppendError::NotMember(_))), "everybody would set it aside: {refused:?}");
    sites.bind_at_headquarters(&renewed.rekey);
    sites.tell_all();
    let after = sites.new_note(1, "after");
    sites.settle();
    for site in 0..3 {
        assert!(sites.has(site, after) && !sites.has(site, note), "site {site}");
        assert_eq!(sites.codes(site), ["no_authority"], "what did not count does not come back");
        assert!(sites.replicas[site].rebuild().unwrap().changed.is_empty());
    }
    sites.assert_alike();
}

#[test]
fn nobody_is_given_keys_that_are_not_proven_or_while_it_is_removed() {
    let mut sites = Sites::new(3, 234);
    let admin = sites.organisation.admin.clone();
    let admin = (&admin, ADMIN_EPOCH);
    let renewed = sites.renew(true, true);
    let (organisation, keys) = (sites.organisation.id, renewed.rekey.keys.clone());
    let other = sites.organisation.sites[2].clone();
    let unproven = Rekey::new(&organisation, renewed.rekey.site, keys.clone(), &other.signing);
    assert!(matches!(sites.bind(0, admin, &unproven), Err(RemovalError::KeysUnproven(_))));
    let mut of_another = keys.clone();
    of_another.tls_pin = other.tls_pin;
    let of_another = Rekey::new(&organisation, renewed.rekey.site, of_another, &renewed.signing);
    assert!(matches!(sites.bind(0, admin, &of_another), Err(RemovalError::KeysUnproven(_))));
    let nobody = Rekey::new(&organisation, SiteId([9; 16]), keys, &renewed.signing);
    assert!(matches!(sites.bind(0, admin, &nobody), Err(RemovalError::Unknown(_))));
    sites.remove(1, Removing::Suspend).unwrap();
    assert!(matches!(sites.bind(0, admin, &renewed.rekey), Err(RemovalError::Removed(_))));
    sites.remove(1, Removing::Resume).unwrap();
    assert_eq!(sites.bind(0, admin, &renewed.rekey).unwrap(), 1);
}
