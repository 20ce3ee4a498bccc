//! Tests of key files on the disk: sealed, unsealed, killed between two steps, of newer versions. Owns the search for secrets in a directory.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use comptoir_sync_protocol::OrganisationId;
use comptoir_sync_protocol::keys::{SealingSecret, generate_signing_key};
use comptoir_transport::TlsIdentity;

use super::acts::{change, seal, standing, unseal};
use super::passphrase::Source;
use super::*;
use crate::entropy::{self, hex};
use crate::problem::Problem;

struct Place {
    dir: tempfile::TempDir,
    data: DataDir,
    keys: NodeKeys,
    admin: RosterKey,
    root: RosterKey,
    renewed: KeySet,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(dir.path().join("node"));
        drop(data.enter_new(false).unwrap());
        let rng = &mut entropy::os();
        let keys = NodeKeys::generate(OrganisationId([7; 32]), rng).unwrap();
        let (admin, root) = (RosterKey::generate(rng), RosterKey::generate(rng));
        let files = KeyFiles::open(&data).unwrap();
        files.write_root(&root).unwrap();
        files.write_admin(&admin).unwrap();
        files.write_node(&keys).unwrap();
        let (tls, signing) = (TlsIdentity::generate().unwrap(), generate_signing_key(rng));
        let renewed = KeySet::new(7, tls, signing, SealingSecret::generate(rng)).unwrap();
        let renewed = KeySet { cancelled: true, ..renewed };
        files.write_renewed(std::slice::from_ref(&renewed)).unwrap();
        Self { dir, data, keys, admin, root, renewed }
    }

    fn passphrase(&self, name: &str, text: &str) -> Source {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        Source::PassphraseFile(path)
    }

    /// Every secret, as bytes and as hex.
    fn secrets(&self) -> Vec<Vec<u8>> {
        let (tls, renewed) = (self.keys.tls.to_pkcs8(), self.renewed.tls.to_pkcs8());
        // The beginning of a PKCS #8 document is alike for all keys.
        let raw = [&tls[tls.len() - 40..], &renewed[renewed.len() - 40..]];
        let keys = [self.keys.signing.as_bytes(), self.renewed.signing.as_bytes()];
        let sealing = [self.keys.sealing.as_bytes(), self.renewed.sealing.as_bytes()];
        let roster = [self.admin.signing.as_bytes(), self.root.signing.as_bytes()];
        let others = keys.into_iter().chain(sealing).chain(roster).map(|key| key.to_vec());
        let raw: Vec<Vec<u8>> = raw.into_iter().map(<[u8]>::to_vec).chain(others).collect();
        raw.iter().cloned().chain(raw.iter().map(|bytes| hex(bytes).into_bytes())).collect()
    }

    /// How many of them occur anywhere in the directory.
    fn secrets_found(&self) -> usize {
        let content: Vec<Vec<u8>> = std::fs::read_dir(self.data.path())
            .unwrap()
            .map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect();
        let holds = |secret: &Vec<u8>| content.iter().any(|file| file.windows(secret.len()).any(|part| part == secret));
        self.secrets().iter().filter(|secret| holds(secret)).count()
    }

    /// All keys are read as they were made.
    #[track_caller]
    fn opens(&self) {
        let files = KeyFiles::open(&self.data).unwrap();
        let keys = files.node().unwrap().unwrap();
        assert_eq!((keys.site, keys.organisation), (self.keys.site, self.keys.organisation));
        assert_eq!(keys.public().unwrap(), self.keys.public().unwrap());
        let renewed = files.renewed().unwrap();
        let [renewed] = renewed.as_slice() else { panic!("one set") };
        assert_eq!((&renewed.public, renewed.made_ms, renewed.cancelled), (&self.renewed.public, 7, true));
        assert_eq!(renewed.tls.pin(), self.renewed.tls.pin());
        for (found, made) in [(files.admin(), &self.admin), (files.root(), &self.root)] {
            let found = found.unwrap().unwrap();
            assert_eq!((found.signing.as_bytes(), found.epoch), (made.signing.as_bytes(), made.epoch));
        }
    }

    fn fails(&self, data: &DataDir) -> String {
        Problem::from(KeyFiles::open(data).err().unwrap()).code
    }
}

fn copied(from: &Path, to: &Path) {
    std::fs::copy(from, to).unwrap();
}

#[test]
fn keys_come_back_as_they_were() {
    let place = Place::new();
    place.opens();
    assert!(!KeyFiles::open(&place.data).unwrap().is_sealed());
    let empty = tempfile::tempdir().unwrap();
    assert!(KeyFiles::open(&DataDir::new(empty.path())).unwrap().node().unwrap().is_none());
    copied(&place.data.root_key(), &place.data.keys());
    let error = KeyFiles::open(&place.data).unwrap().node().err().unwrap();
    assert_eq!(Problem::from(error).code, "damaged");
}

#[test]
fn no_secret_is_left_in_a_sealed_directory() {
    let place = Place::new();
    assert_eq!(place.secrets_found(), 8, "each in hex");
    let passphrase = place.passphrase("passphrase", "correct horse battery\n");
    let sealed = seal(&place.data, passphrase.clone()).unwrap();
    assert!(sealed.is_sealed() && sealed.found_in == Some(passphrase.clone()));
    assert_eq!(place.secrets_found(), 0);
    place.opens();
    assert!(seal(&place.data, passphrase).unwrap().is_sealed(), "done again it changes nothing");
    // What is written from now on is sealed, without the passphrase's being asked for.
    let files = KeyFiles::open(&place.data).unwrap();
    files.write_admin(&place.admin).unwrap();
    assert_eq!(place.secrets_found(), 0);
    assert_eq!(unseal(&place.data).unwrap().found_in, None);
    assert_eq!(place.secrets_found(), 8);
    place.opens();
    assert!(!unseal(&place.data).unwrap().is_sealed());
}

#[test]
fn another_passphrase_takes_the_place_of_the_first() {
    let place = Place::new();
    let (first, second) =
        (place.passphrase("1", "correct horse battery"), place.passphrase("2", "staple correct horse"));
    assert_eq!(change(&place.data, second.clone()).unwrap_err().code, "keys-not-sealed");
    seal(&place.data, first.clone()).unwrap();
    assert_eq!(seal(&place.data, second.clone()).unwrap_err().code, "passphrase-wrong");
    assert_eq!(place.fails(&place.data.clone().with_passphrase(Some(second.clone()))), "passphrase-wrong");
    change(&place.data, second.clone()).unwrap();
    place.opens();
    assert_eq!(place.fails(&place.data.clone().with_passphrase(Some(first))), "passphrase-wrong");
    std::fs::remove_file(place.dir.path().join("2")).unwrap();
    assert_eq!(place.fails(&place.data), "keys-sealed");
    let elsewhere = place.passphrase("3", "staple correct horse");
    KeyFiles::open(&place.data.clone().with_passphrase(Some(elsewhere))).unwrap();
    std::fs::remove_file(place.data.seal()).unwrap();
    assert_eq!(place.fails(&place.data), "damaged");
}

#[test]
fn a_passphrase_that_is_unfit_changes_nothing() {
    let place = Place::new();
    assert_eq!(seal(&place.data, place.passphrase("1", "short")).unwrap_err().code, "passphrase-unfit");
    let missing = Source::PassphraseFile(place.dir.path().join("nowhere"));
    assert_eq!(seal(&place.data, missing).unwrap_err().code, "file-unreadable");
    let standing = standing(&place.data).unwrap();
    assert!(!standing.is_sealed() && !standing.is_half_done() && !place.data.seal().exists());
    place.opens();
}

/// Each state that a kill may leave between two steps, sealing and unsealing alike: some files plain, some sealed, a half-written file beside them.
#[test]
fn f01_killed_between_two_steps_every_file_opens_and_no_plain_copy_stays() {
    let place = Place::new();
    let passphrase = place.passphrase("passphrase", "correct horse battery");
    let (data, kept) = (&place.data, tempfile::tempdir().unwrap());
    let files = ["root.json", "admin.json", "renewed-keys.json", "keys.json"];
    let (plain, sealed) = (|file: &str| kept.path().join(format!("plain-{file}")), |file: &str| kept.path().join(file));
    files.iter().for_each(|file| copied(&data.path().join(file), &plain(file)));
    seal(data, passphrase.clone()).unwrap();
    files.iter().chain(&["seal.json"]).for_each(|file| copied(&data.path().join(file), &sealed(file)));
    for done in 0..=files.len() {
        copied(&sealed("seal.json"), &data.seal());
        for (place, file) in files.iter().enumerate() {
            let state = if place < done { sealed(file) } else { plain(file) };
            copied(&state, &data.path().join(file));
        }
        // The next step was under way.
        if let Some(next) = files.get(done) {
            copied(&plain(next), &data.path().join(format!("{next}.new")));
        }
        place.opens();
        assert!(!data.path().join("keys.json.new").exists() && !data.path().join("admin.json.new").exists());
        assert_eq!(standing(data).unwrap().is_half_done(), (1..files.len()).contains(&done), "{done}");
        assert!(seal(data, passphrase.clone()).unwrap().is_sealed(), "{done}");
        assert_eq!(place.secrets_found(), 0, "{done}");
        place.opens();
    }
    // Killed before anything was put under the seal, or after the last was taken out of it: nobody needs the passphrase.
    files.iter().for_each(|file| copied(&plain(file), &data.path().join(file)));
    std::fs::remove_file(place.dir.path().join("passphrase")).unwrap();
    place.opens();
    let other = place.passphrase("other", "staple correct horse");
    assert!(seal(data, other).unwrap().is_sealed());
    place.opens();
}

#[test]
fn files_of_a_newer_version_are_left_alone() {
    let place = Place::new();
    let passphrase = place.passphrase("passphrase", "correct horse battery");
    let newer = r#"{"version":3,"all":"different"}"#;
    std::fs::write(place.data.admin_key(), newer).unwrap();
    assert_eq!(place.fails(&place.data), "directory-newer");
    assert_eq!(seal(&place.data, passphrase.clone()).unwrap_err().code, "directory-newer");
    assert_eq!(unseal(&place.data).unwrap_err().code, "directory-newer");
    assert_eq!(std::fs::read_to_string(place.data.admin_key()).unwrap(), newer);
    assert!(!place.data.seal().exists());
    // Content that is newer than the seal on it.
    let place = Place::new();
    seal(&place.data, place.passphrase("passphrase", "correct horse battery")).unwrap();
    let files = KeyFiles::open(&place.data).unwrap();
    let content = serde_json::json!({"version": 2, "signing": "", "epoch": ""});
    file::write(&place.data.admin_key(), &content, files.seal.as_ref()).unwrap();
    assert_eq!(Problem::from(files.admin().err().unwrap()).code, "directory-newer");
}

/// What the first version of this program reads of key files, field by field.
#[test]
fn an_older_version_says_that_sealed_files_are_newer() {
    #[derive(serde::Deserialize)]
    #[allow(dead_code, reason = "it must be there to be read")]
    struct Keys {
        version: u32,
        organisation: String,
        site: String,
        tls: String,
        signing: String,
        sealing: String,
    }
    #[derive(serde::Deserialize)]
    #[allow(dead_code, reason = "it must be there to be read")]
    struct Roster {
        version: u32,
        signing: String,
        epoch: String,
    }
    let place = Place::new();
    seal(&place.data, place.passphrase("passphrase", "correct horse battery")).unwrap();
    assert_eq!(durable::read::<Keys>(&place.data.keys()).unwrap().unwrap().version, 2);
    assert_eq!(durable::read::<Roster>(&place.data.root_key()).unwrap().unwrap().version, 2);
}
