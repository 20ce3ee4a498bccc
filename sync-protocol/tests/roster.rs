//! Who writes the records of a kind: the act, who may do it, and the same roster whatever arrives first.

use comptoir_sync_protocol::roster::{
    Act, Confinement, Party, Rename, RosterHistory, RosterRefusal, Writers, WritersClass,
};
use comptoir_sync_protocol::testing::TestOrganisation;
use comptoir_sync_protocol::{Entry, LogHead, SiteId};

fn writers(kind: &str, class: WritersClass) -> Act {
    Act::Writers(Writers { kind: kind.into(), class })
}

fn with(organisation: &TestOrganisation, entries: &[&Entry]) -> RosterHistory {
    let mut history = organisation.history();
    for entry in entries {
        let checked = history.check(entry).expect("a good entry");
        history.push(checked);
    }
    history
}

#[test]
fn a_kind_is_loosened_and_taken_back_and_each_head_keeps_its_answer() {
    let mut organisation = TestOrganisation::found(2, 7);
    let (headquarters, other) = (organisation.sites[0].id, organisation.sites[1].id);
    let before = organisation.history().current();
    assert!(before.may_write_reference(&headquarters, "tax") && !before.may_write_reference(&other, "tax"));
    organisation.act(vec![writers("tax", WritersClass::Shared)]);
    let loosened = organisation.history().current();
    assert!(loosened.may_write_reference(&other, "tax") && !loosened.may_write_reference(&other, "rate"));
    organisation.act(vec![writers("tax", WritersClass::Reference)]);
    let history = organisation.history();
    assert!(!history.current().may_write_reference(&other, "tax"));
    let at = |heads: &[LogHead]| history.at(heads).expect("held").may_write_reference(&other, "tax");
    assert!(!at(&before.heads) && at(&loosened.heads));
}

#[test]
fn what_is_newer_or_too_long_changes_nothing_and_a_site_has_no_say() {
    let mut organisation = TestOrganisation::found(2, 8);
    let ignored = organisation.history().current().ignored;
    let long = "x".repeat(comptoir_sync_protocol::limits::MAX_ROSTER_TEXT_BYTES + 1);
    organisation.act(vec![writers("tax", WritersClass::Newer(7)), writers(&long, WritersClass::Shared)]);
    let roster = organisation.history().current();
    assert!(roster.loosened.is_empty());
    assert_eq!(roster.ignored, ignored + 2);
    let site = organisation.sites[1].signing.clone();
    let entry = organisation.entry_by(&site, vec![writers("tax", WritersClass::Shared)]);
    assert!(matches!(organisation.history().check(&entry), Err(RosterRefusal::NoAuthority(_))));
}

#[test]
fn of_concurrent_acts_the_same_one_wins_everywhere() {
    let mut organisation = TestOrganisation::found(2, 9);
    let (root, admin) = (organisation.root.clone(), organisation.admin.clone());
    let by_root = organisation.entry_by(&root, vec![writers("tax", WritersClass::Shared)]);
    let by_admin = organisation.entry_by(&admin, vec![writers("tax", WritersClass::Reference)]);
    let one = with(&organisation, &[&by_root, &by_admin]).current();
    let other = with(&organisation, &[&by_admin, &by_root]).current();
    assert_eq!(one, other);
    assert!(with(&organisation, &[&by_root]).current().loosened.contains("tax"));
    assert!(!one.loosened.contains("tax"), "root's come first, so that the admin's stands last");
}

#[test]
fn f31_a_confined_scope_is_held_and_written_by_those_under_that_law_alone() {
    let mut organisation = TestOrganisation::found(2, 10);
    let (trade, site) = (organisation.scope("trade"), organisation.sites[1].id);
    let (party, relay) = (Party::Site(site), Party::Relay(organisation.relay_pin));
    let confine = |jurisdictions: &[&str]| {
        let jurisdictions = jurisdictions.iter().map(|code| (*code).to_owned()).collect();
        vec![Act::Confine(Confinement { scope: trade, jurisdictions })]
    };
    let open = organisation.history().current();
    assert!(open.may_hold(&party, &trade) && open.may_hold(&relay, &trade) && open.may_write(&trade, &site));
    organisation.act(confine(&["SN"]));
    let shut = organisation.history().current();
    assert!(!shut.may_hold(&party, &trade) && !shut.may_hold(&relay, &trade));
    assert!(!shut.may_write(&trade, &site), "nobody writes what he may not hold");
    assert!(!shut.common_scopes(&party, &relay).contains(&trade));
    assert!(shut.common_scopes(&party, &relay).contains(&organisation.scope("organisation")));
    let before = organisation.history().at(&open.heads).expect("held");
    assert!(before.may_write(&trade, &site), "what was written in ignorance stands");
    organisation.act(confine(&["SN", "FR"]));
    assert!(organisation.history().current().may_hold(&party, &trade));
    organisation.act(confine(&[]));
    assert_eq!(organisation.history().current().scopes[&trade].jurisdictions, Vec::<String>::new());
}

#[test]
fn a_site_is_renamed_and_its_code_stays() {
    let mut organisation = TestOrganisation::found(2, 11);
    let site = organisation.sites[1].id;
    let named = |name: &str| vec![Act::Rename(Rename { site, name: name.to_owned() })];
    organisation.act(named("Dakar-Plateau"));
    let profile = |organisation: &TestOrganisation| organisation.history().current().sites[&site].profile.clone();
    assert_eq!((profile(&organisation).name.as_str(), profile(&organisation).code.as_str()), ("Dakar-Plateau", "S01"));
    let ignored = organisation.history().current().ignored;
    let nobody = SiteId([9; 16]);
    organisation.act([named(""), named(&"x".repeat(10_000))].concat());
    organisation.act(vec![Act::Rename(Rename { site: nobody, name: "x".to_owned() })]);
    assert_eq!(profile(&organisation).name, "Dakar-Plateau");
    assert_eq!(organisation.history().current().ignored, ignored + 3);
}
