//! Signing in, what ends it, and what guessing costs. Owns the tests of the staff as a whole; each part has its own beside it.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use comptoir_door::limits::{ACCOUNT_FREE_GUESSES, MAX_ACCOUNT_WAIT};
use zeroize::Zeroizing;

use super::*;

const ORGANISATION: &str = "Épicerie du Plateau";
const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn typed(text: &str) -> Typed {
    Zeroizing::new(text.to_owned())
}

pub fn account(number: u8, login: &str, locked: bool) -> Known {
    let (id, name) = (RecordId([number; 16]), login.to_owned());
    let (reference, login, roles, grant) = (format!("PAR/{login}"), login.to_owned(), Vec::new(), Arc::default());
    Known { id, reference, login, name, locked, archived: false, roles, grant }
}

/// Two of whom one has a password.
pub fn staffed() -> (tempfile::TempDir, Staff) {
    let dir = tempfile::tempdir().unwrap();
    let staff = Staff::read(DataDir::new(dir.path()));
    assert!(!staff.is_in_use());
    staff.are(|| vec![account(1, "aminata", false), account(2, "paul", false)]);
    staff.set_password(RecordId([1; 16]), &typed("the first password"), ORGANISATION).unwrap();
    assert!(staff.is_in_use());
    (dir, staff)
}

#[test]
fn somebody_signs_in_and_others_do_not() {
    let (dir, staff) = staffed();
    let now = Instant::now();
    let (signed, who) = staff.sign_in(" Aminata ", &typed("the first password"), HERE, now).unwrap();
    assert_eq!((who.reference.as_str(), staff.who(&signed)), ("PAR/aminata", Some(who.clone())));
    for (login, password) in
        [("aminata", "another password"), ("paul", "the first password"), ("nobody", "x"), ("", "")]
    {
        let refused = staff.sign_in(login, &typed(password), HERE, now).unwrap_err();
        assert_eq!(refused.code, "sign-in-wrong", "{login}");
    }
    let again = Staff::read(DataDir::new(dir.path()));
    again.are(|| vec![account(1, "aminata", false)]);
    assert!(again.sign_in("aminata", &typed("the first password"), HERE, now).is_ok(), "the file says it");
    assert_eq!(again.who(&Signed { account: RecordId([1; 16]), since: 99 }), None);
}

/// Without a clock: what takes the time is the hash, so there is one, of the same parameters, whoever is guessed at.
#[test]
fn f33_an_unknown_name_costs_what_a_known_one_costs() {
    let (_dir, staff) = staffed();
    staff.are(|| vec![account(1, "aminata", false), account(2, "paul", false), account(3, "locked", true)]);
    staff.set_password(RecordId([3; 16]), &typed("the third password"), ORGANISATION).unwrap();
    for (login, password) in [
        ("aminata", "wrong"),
        ("aminata", "the first password"),
        ("paul", "wrong"),
        ("nobody", "wrong"),
        ("locked", "wrong"),
    ] {
        let before = staff.hashing.count();
        drop(staff.sign_in(login, &typed(password), HERE, Instant::now()));
        assert_eq!(staff.hashing.count() - before, 1, "{login}");
    }
    let refused = |login: &str| staff.sign_in(login, &typed("wrong"), HERE, Instant::now()).unwrap_err();
    assert_eq!(refused("nobody"), refused("aminata"), "and the answer is the same");
    assert_eq!(refused("locked"), refused("paul"), "who guesses wrong does not hear that it is locked");
}

#[test]
fn f33_who_guesses_on_waits_and_computes_nothing_whether_the_name_is_known_or_not() {
    for login in ["aminata", "nobody"] {
        let (_dir, staff) = staffed();
        let now = Instant::now();
        for _ in 0..ACCOUNT_FREE_GUESSES {
            assert_eq!(staff.sign_in(login, &typed("wrong"), HERE, now).unwrap_err().code, "sign-in-wrong");
        }
        let before = staff.hashing.count();
        let refused = staff.sign_in(login, &typed("the first password"), HERE, now).unwrap_err();
        assert_eq!((refused.code.as_str(), refused.params["seconds"].as_str()), ("too-many-attempts", "1"), "{login}");
        assert_eq!(staff.hashing.count(), before);
    }
    let (_dir, staff) = staffed();
    let now = Instant::now();
    for _ in 0..100 {
        drop(staff.sign_in("aminata", &typed("wrong"), HERE, now));
    }
    let later = now + MAX_ACCOUNT_WAIT;
    assert!(staff.sign_in("aminata", &typed("the first password"), HERE, later).is_ok(), "nobody is shut out for good");
}

#[tokio::test]
async fn a_sign_in_ends_when_the_account_is_locked_or_its_password_is_set() {
    let (_dir, staff) = staffed();
    let sign_in = |password: &str| staff.sign_in("aminata", &typed(password), HERE, Instant::now()).unwrap().0;
    let first = sign_in("the first password");
    let waits = staff.until(|| staff.who(&first).is_none());
    staff.are(|| vec![account(1, "aminata", true)]);
    tokio::time::timeout(Duration::from_secs(60), waits).await.unwrap();
    assert_eq!(staff.who(&first), None);
    let refused = staff.sign_in("aminata", &typed("the first password"), HERE, Instant::now()).unwrap_err();
    assert_eq!(refused.code, "account-locked");
    staff.are(|| vec![account(1, "aminata", false)]);
    assert_eq!(staff.who(&first), None, "unlocking revives no session");

    let second = sign_in("the first password");
    let other = sign_in("the first password");
    let both = (&typed("the first password"), &typed("the second password"), ORGANISATION);
    let third = staff.change_password(&second, both, HERE, Instant::now()).unwrap();
    assert!(staff.who(&third).is_some() && staff.who(&second).is_none() && staff.who(&other).is_none());
    assert_eq!(staff.change_password(&third, both, HERE, Instant::now()).unwrap_err().code, "sign-in-wrong");
    assert!(staff.who(&third).is_some(), "a password that was not changed ends nothing");
}

#[test]
fn a_password_is_not_what_anybody_would_try_first() {
    let (_dir, staff) = staffed();
    let set = |password: &str| staff.set_password(RecordId([1; 16]), &typed(password), ORGANISATION);
    for (password, code, word) in [
        ("short", "password-unfit", None),
        ("password123", "password-common", None),
        ("aminata2026", "password-guessable", Some("aminata")),
        ("Plateau, plateau!", "password-guessable", Some("Plateau")),
        ("Comptoir 1234", "password-guessable", Some("comptoir")),
    ] {
        let refused = set(password).unwrap_err();
        assert_eq!((&*refused.code, refused.params.get("value").map(String::as_str)), (code, word), "{password}");
    }
    assert!(
        staff.sign_in("aminata", &typed("the first password"), HERE, Instant::now()).is_ok(),
        "nothing was changed"
    );
    set("aminata has a boat").unwrap();
}

#[test]
fn a_device_is_whoevers_who_signed_in_at_it_last() {
    let (_dir, staff) = staffed();
    let now = Instant::now();
    let (signed, _) = staff.sign_in("aminata", &typed("the first password"), HERE, now).unwrap();
    staff.enter("desk-1", signed, now);
    assert_eq!((staff.at_device("desk-1", now), staff.at_device("desk-2", now)), (Some(signed), None));
    assert_eq!(staff.at_device("desk-1", now + SESSION_IDLE_LIFETIME), None);
    staff.leave("desk-1");
    assert_eq!(staff.at_device("desk-1", now), None);
}

#[test]
fn a_file_that_somebody_spoilt_lets_nobody_in_and_is_not_written_over() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataDir::new(dir.path());
    std::fs::write(data.staff(), "{").unwrap();
    let staff = Staff::read(data.clone());
    staff.are(|| vec![account(1, "aminata", false)]);
    assert!(staff.is_in_use(), "what was open to staff alone is not open to all");
    assert_eq!(staff.sign_in("aminata", &typed("x"), HERE, Instant::now()).unwrap_err().code, "damaged");
    assert_eq!(
        staff.set_password(RecordId([1; 16]), &typed("the first password"), ORGANISATION).unwrap_err().code,
        "damaged"
    );
    assert_eq!(std::fs::read_to_string(data.staff()).unwrap(), "{");
}
