//! One customer, once: records merged, taken apart again and shared, on real replicas of several sites that exchange entries
//! by hand. Uses no network.
#![allow(clippy::unwrap_used)]

mod sites;

use comptoir_backoffice::alias;
use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::{Done, Merged, Placement};
use comptoir_backoffice::inbox::{self, ItemKind};
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::shown::RecordShown;
use comptoir_replica::record::RecordId;
use comptoir_replica::{Append, Edit};
use sites::{NOW_MS, Site, code, converge, exchange, party, search, sites, take};

fn merge(site: &mut Site, from: RecordId, into: RecordId) -> Merged {
    let (desk, rng) = site.desk();
    desk.merge(party(), &from.to_string(), &into.to_string(), &[], rng).unwrap()
}

fn unmerge(site: &mut Site, alias: RecordId) -> Done {
    let (desk, rng) = site.desk();
    desk.unmerge(party(), &alias.to_string(), false, rng).unwrap()
}

fn whole(site: &mut Site, name: &str) -> RecordShown {
    let (desk, _) = site.desk();
    let place = desk.find(party(), name).unwrap();
    desk.show(party(), place).unwrap()
}

fn listed(site: &Site) -> Vec<String> {
    site.list(&ListQuery::default()).records.into_iter().map(|record| record.id).collect()
}

/// Two customers that are one, at two sites that know both.
fn twins(seed: u64, n: usize) -> (Vec<Site>, RecordId, RecordId) {
    let mut sites = sites(n, seed);
    let one = sites[0].create(&["name=Dupont SARL", "reference=P-1", "notes=1", r#"addresses+={"city":"Lyon"}"#]);
    sites[1].now_ms = NOW_MS + 1;
    let two = sites[1].create(&["name=Dupond", "reference=D-7", "email=d@b.example", r#"addresses+={"city":"Dakar"}"#]);
    converge(&sites);
    (sites, one, two)
}

#[test]
fn a_merged_record_leads_to_the_other_and_both_are_shown() {
    let (mut sites, one, two) = twins(31, 2);
    merge(&mut sites[0], two, one);
    converge(&sites);
    for site in &mut sites {
        assert_eq!(listed(site), [one.to_string()]);
        for name in [one.to_string(), two.to_string(), "P-1".into(), "D-7".into()] {
            assert_eq!(site.show(&name).id, one.to_string(), "{name}");
        }
        assert_eq!((site.total(&search("dupond dakar")), site.total(&search("lyon"))), (1, 1));
        let shown = whole(site, "D-7");
        let [alias] = shown.aliases.as_slice() else { panic!("{shown:?}") };
        assert_eq!(
            (alias.id.clone(), alias.title.as_str(), alias.reference.as_str()),
            (two.to_string(), "Dupond", "D-7")
        );
        assert_eq!(alias.fields["email"], "d@b.example");
        assert!(!alias.fields.contains_key("notes") && !alias.fields.contains_key("kind"), "{alias:?}");
        assert_eq!(alias.lines["addresses"][0].fields["city"], "Dakar");
        let resolved =
            site.replica.read(|reading| alias::resolve(reading.connection(), party(), two)).unwrap().unwrap();
        assert_eq!((resolved.canonical, resolved.title.as_str()), (one, "Dupont SARL"));
    }
    // What names the alias changes the record that stands for it; the alias stays as it was.
    sites[1].set("D-7", &["notes=2"]);
    converge(&sites);
    assert_eq!(sites[0].show("P-1").fields["notes"], "2");
}

#[test]
fn a_merge_takes_over_what_it_is_told_to() {
    let (mut sites, one, two) = twins(32, 2);
    let (desk, rng) = sites[0].desk();
    let fields = ["email".to_owned(), "reference".to_owned()];
    let merged = desk.merge(party(), "D-7", "P-1", &fields, rng).unwrap();
    assert_eq!((merged.alias, merged.canonical, merged.appended.len()), (two, one, 1));
    assert_eq!(merged.appended[0].heads.len(), 1, "one entry holds both");
    converge(&sites);
    let shown = sites[1].show(&one.to_string());
    assert_eq!(
        (shown.fields["email"].clone(), shown.fields["reference"].clone()),
        ("d@b.example".into(), "D-7".into())
    );
    let history = sites[1].replica.history(one).unwrap();
    assert_eq!(history.last().unwrap().command, "party.merge");
    let (desk, rng) = sites[0].desk();
    let unknown = desk.merge(party(), &one.to_string(), &two.to_string(), &["robot".into()], rng);
    assert_eq!(code(unknown), Code::MergeCircle);
}

#[test]
fn an_unmerge_restores_both_with_what_was_written_meanwhile() {
    let (mut sites, one, two) = twins(33, 2);
    let before = sites[0].show("D-7");
    // Site 1 has not heard of the merge yet, and goes on with its own record.
    merge(&mut sites[0], two, one);
    sites[1].set("D-7", &["also_known_as=30"]);
    converge(&sites);
    sites[0].set("P-1", &["also_known_as=60"]);
    unmerge(&mut sites[0], two);
    converge(&sites);
    for site in &mut sites {
        assert_eq!(listed(site).len(), 2);
        let mut after = site.show("D-7");
        assert_eq!(after.fields.insert("also_known_as".into(), before.fields["also_known_as"].clone()).unwrap(), "30");
        assert_eq!((after.fields, after.lines, after.alias_of), (before.fields.clone(), before.lines.clone(), None));
        assert_eq!(site.show("P-1").fields["also_known_as"], "60");
    }
}

#[test]
fn merges_that_make_no_sense_are_refused() {
    let (mut sites, one, two) = twins(34, 2);
    let third = sites[0].create(&["name=Durand"]);
    let [one, two, third] = [one, two, third].map(|id| id.to_string());
    let mut try_merge = |from: &str, into: &str, take: &[String]| {
        let (desk, rng) = sites[0].desk();
        desk.merge(party(), from, into, take, rng)
    };
    assert_eq!(code(try_merge(&one, &one, &[])), Code::MergeItself);
    assert_eq!(code(try_merge(&one, "nobody", &[])), Code::NotFound);
    assert_eq!(code(try_merge(&two, &one, &["addresses".into()])), Code::UnknownField);
    assert_eq!(code(try_merge(&two, &one, &["archived".into()])), Code::UnknownField);
    try_merge(&two, &one, &[]).unwrap();
    assert_eq!(code(try_merge(&two, &third, &[])), Code::AlreadyMerged);
    assert_eq!(code(try_merge(&one, &two, &[])), Code::MergeCircle);
    // Merging into an alias merges into what it means.
    let merged = try_merge(&third, &two, &[]).unwrap();
    assert_eq!(merged.canonical.to_string(), one);
    let (desk, rng) = sites[0].desk();
    assert_eq!(code(desk.unmerge(party(), &one, false, rng)), Code::NotMerged);
    desk.unmerge(party(), "D-7", false, rng).unwrap();
    desk.archive(party(), &one, true, rng).unwrap();
    assert_eq!(code(desk.merge(party(), &two, &one, &[], rng)), Code::ArchivedRecord);
}

#[test]
fn a_circle_of_two_sites_is_one_record_everywhere() {
    let (mut sites, one, two) = twins(35, 3);
    merge(&mut sites[0], two, one);
    merge(&mut sites[1], one, two);
    converge(&sites);
    let smallest = one.min(two).to_string();
    for site in &mut sites {
        assert_eq!(listed(site), std::slice::from_ref(&smallest));
        assert_eq!(
            (site.show(&one.to_string()).id, site.show(&two.to_string()).id),
            (smallest.clone(), smallest.clone())
        );
        assert_eq!(whole(site, &smallest).aliases.len(), 1);
    }
    let item = sites[2].inbox(ItemKind::MergedBothWays).remove(0);
    assert!(sites.iter().all(|site| site.inbox(ItemKind::MergedBothWays) == std::slice::from_ref(&item)));
    assert_eq!(inbox::counts(&sites[0].replica, sites[0].reader().today()).unwrap().merged_both_ways, 1);
    let records: Vec<_> = item.values.iter().map(|value| value.record.clone().unwrap()).collect();
    assert_eq!(records, [smallest, one.max(two).to_string()]);
    assert_eq!(code(sites[2].settle(&item.id, &take(3))), Code::UnknownChoice);
    sites[2].settle(&item.id, &take(2)).unwrap();
    converge(&sites);
    for site in &sites {
        assert_eq!(listed(site), [one.max(two).to_string()], "the other one stands for both now");
        assert!(site.inbox(ItemKind::MergedBothWays).is_empty());
    }
}

#[test]
fn a_record_merged_into_what_another_site_archives_is_work() {
    for place in [1, 2] {
        let (mut sites, one, two) = twins(41, 2);
        merge(&mut sites[0], two, one);
        sites[1].archive(&one.to_string(), true);
        converge(&sites);
        let item = sites[1].inbox(ItemKind::MergedIntoArchived).remove(0);
        assert_eq!((item.record.clone(), item.name.as_deref()), (Some(two.to_string()), Some("Dupond")));
        assert_eq!(inbox::counts(&sites[1].replica, sites[1].reader().today()).unwrap().merged_into_archived, 1);
        sites[1].settle(&item.id, &take(place)).unwrap();
        converge(&sites);
        assert!(sites.iter().all(|site| site.inbox(ItemKind::MergedIntoArchived).is_empty()));
        let expected = if place == 1 { vec![] } else { vec![one.to_string()] };
        assert!(sites.iter().all(|site| listed(site) == expected));
    }
}

#[test]
fn a_record_merged_into_two_others_at_once_is_a_conflict_that_names_them() {
    let (mut sites, one, two) = twins(42, 2);
    let third = sites[0].create(&["name=Durand"]);
    converge(&sites);
    merge(&mut sites[0], two, one);
    merge(&mut sites[1], two, third);
    converge(&sites);
    let item = sites[0].inbox(ItemKind::Conflict).remove(0);
    assert_eq!(item.field.as_deref(), Some("alias_of"));
    let place = 1 + item.values.iter().position(|value| value.value == "Durand").unwrap();
    assert_eq!(item.values[place - 1].record, Some(third.to_string()));
    sites[0].settle(&item.id, &take(place)).unwrap();
    converge(&sites);
    assert_eq!(sites[1].show(&two.to_string()).id, third.to_string());
}

#[test]
fn likely_duplicates_are_proposed_merged_or_told_apart_for_good() {
    let mut sites = sites(2, 43);
    let address = r#"addresses+={"street":"12, rue de la Paix","city":"Lyon"}"#;
    let one = sites[0].create(&["name=SARL Dupont & Fils", address]);
    let two = sites[1].create(&["name=Dupond et Fils", address, "phone=+33 1 42 68 53 00"]);
    let three = sites[1].create(&["name=Dupont Fils", "phone=01 42 68 53 00"]);
    sites[1].create(&["name=Boulangerie Martin", address]);
    converge(&sites);
    let pairs = |site: &Site| -> Vec<[String; 2]> {
        let items = site.inbox(ItemKind::PossibleDuplicate);
        items.iter().map(|item| [0, 1].map(|place| item.values[place].record.clone().unwrap())).collect()
    };
    let pair = |one: RecordId, two: RecordId| [one.min(two).to_string(), one.max(two).to_string()];
    assert!(pairs(&sites[0]).contains(&pair(one, two)), "{:?}", pairs(&sites[0]));
    assert!(pairs(&sites[0]).contains(&pair(two, three)));
    assert_eq!(pairs(&sites[0]), pairs(&sites[1]));
    assert_eq!(
        inbox::counts(&sites[0].replica, sites[0].reader().today()).unwrap().possible_duplicates as usize,
        pairs(&sites[0]).len()
    );
    let item_of = |site: &Site, wanted: [String; 2]| {
        let mut items = site.inbox(ItemKind::PossibleDuplicate).into_iter();
        items.find(|item| [0, 1].map(|place| item.values[place].record.clone().unwrap()) == wanted).unwrap()
    };
    let item = item_of(&sites[0], pair(two, three));
    assert!(item.score.unwrap() >= 80 && item.reasons.contains(&"phone".to_owned()), "{item:?}");

    // They are two: no site asks again, not even when one of them changes.
    sites[0].settle(&item.id, &take(3)).unwrap();
    converge(&sites);
    sites[1].set(&three.to_string(), &["name=Dupond Fils"]);
    converge(&sites);
    assert!(sites.iter().all(|site| !pairs(site).contains(&pair(two, three))));

    // One and two are one, and one keeps what two knew to be another.
    let item = item_of(&sites[1], pair(one, two));
    let into = 1 + usize::from(one > two);
    sites[1].settle(&item.id, &take(into)).unwrap();
    converge(&sites);
    assert_eq!(sites[0].show(&two.to_string()).id, one.to_string());
    assert_eq!(code(sites[0].settle(&item.id, &take(into))), Code::UnknownItem);
    assert!(sites.iter().all(|site| pairs(site).is_empty()), "{:?}", pairs(&sites[0]));

    // Taken apart again they are proposed again, unless it was said that they are two.
    let (desk, rng) = sites[0].desk();
    desk.unmerge(party(), &two.to_string(), false, rng).unwrap();
    assert_eq!(pairs(&sites[0]), [pair(one, two)]);
    merge(&mut sites[0], two, one);
    let (desk, rng) = sites[0].desk();
    desk.unmerge(party(), &two.to_string(), true, rng).unwrap();
    converge(&sites);
    assert!(sites.iter().all(|site| pairs(site).is_empty()));
}

#[test]
fn a_chain_is_one_record_in_whatever_order_it_was_made() {
    let (mut sites, one, two) = twins(36, 3);
    let third = sites[2].create(&["name=Dupon", "reference=T-1"]);
    converge(&sites);
    merge(&mut sites[0], one, two);
    merge(&mut sites[2], two, third);
    converge(&sites);
    for site in &mut sites {
        assert_eq!(listed(site), [third.to_string()]);
        assert_eq!(site.show("P-1").id, third.to_string());
        assert_eq!(whole(site, "P-1").aliases.len(), 2);
        assert_eq!(site.total(&search("lyon")), 1, "through two aliases");
    }
    unmerge(&mut sites[1], two);
    converge(&sites);
    assert_eq!(sites[0].show("P-1").id, two.to_string());
    assert_eq!(listed(&sites[2]).len(), 2);
}

#[test]
fn archiving_takes_along_what_was_merged() {
    let (mut sites, one, two) = twins(37, 2);
    merge(&mut sites[0], two, one);
    sites[0].archive("D-7", true);
    converge(&sites);
    assert!(listed(&sites[1]).is_empty());
    sites[1].archive(&two.to_string(), false);
    unmerge(&mut sites[1], two);
    converge(&sites);
    assert_eq!(listed(&sites[0]).len(), 2);
}

#[test]
fn a_private_record_is_shared_once_and_leads_to_the_new_one() {
    let mut sites = sites(3, 38);
    let (desk, rng) = sites[1].desk();
    let changes = Changes::parse(&["name=Secret", "reference=X-1", r#"addresses+={"city":"Lyon"}"#]).unwrap();
    let old = desk.create_in(party(), &Placement::Private, changes, rng).unwrap().record;
    exchange(&sites);
    assert_eq!((listed(&sites[0]).len(), listed(&sites[1]).len(), listed(&sites[2]).len()), (1, 1, 0));

    let (desk, rng) = sites[1].desk();
    let shared = desk.share(party(), "X-1", &Placement::Default, rng).unwrap();
    assert_eq!(shared.alias, old);
    assert_eq!(code(desk.share(party(), &old.to_string(), &Placement::Default, rng)), Code::AlreadyShared);
    assert_eq!(code(desk.share(party(), &shared.canonical.to_string(), &Placement::Default, rng)), Code::AlreadyShared);
    desk.change(party(), &old.to_string(), Changes::parse(&["notes=1"]).unwrap(), rng).unwrap();
    exchange(&sites);
    for site in &mut sites {
        assert_eq!(listed(site), [shared.canonical.to_string()]);
        let shown = site.show("X-1");
        assert_eq!((shown.title.as_str(), shown.fields["notes"].clone()), ("Secret", "1".into()));
        assert_eq!(shown.lines["addresses"][0].fields["city"], "Lyon");
    }
}

#[test]
fn nobody_loses_sight_of_a_record_by_a_merge() {
    let mut sites = sites(3, 39);
    let public = sites[1].create(&["name=Public"]).to_string();
    let (desk, rng) = sites[1].desk();
    let private = Changes::parse(&["name=Private", "notes=5"]).unwrap();
    let private = desk.create_in(party(), &Placement::Private, private, rng).unwrap().record.to_string();
    assert_eq!(code(desk.merge(party(), &public, &private, &[], rng)), Code::MergeNarrows);
    let merged = desk.merge(party(), &private, &public, &["notes".into()], rng).unwrap();
    assert_eq!(merged.appended.len(), 2, "one in each scope");
    exchange(&sites);
    assert!(sites.iter().all(|site| listed(site) == [public.clone()]));
    assert_eq!(sites[2].show(&public).fields["notes"], "5");
}

#[test]
fn an_alias_of_what_is_not_here_shows_itself() {
    let (mut sites, one, two) = twins(40, 2);
    // What was promised by a share that a power cut ended looks like this: an alias of a record that is nowhere.
    merge(&mut sites[0], two, one);
    let nowhere = RecordId([7; 16]);
    let scope = sites[0].replica.find_record(one).unwrap().unwrap().scope;
    let request = Append::new(scope, "S00/operator", "party.merge");
    let edit = Edit::change("party", one, vec![("alias_of".to_owned(), nowhere.to_string().into())]);
    let site = &mut sites[0];
    site.replica.append_edits(request, vec![edit], NOW_MS, &mut site.rng).unwrap();
    converge(&sites);
    for site in &mut sites {
        assert_eq!(listed(site), [one.to_string()]);
        assert_eq!(site.show(&two.to_string()).id, one.to_string());
    }
}

/// Makes each an alias of the next, without asking whether that makes sense.
fn chain(site: &mut Site, records: &[RecordId]) {
    let scope = site.replica.find_record(records[0]).unwrap().unwrap().scope;
    let alias =
        |pair: &[RecordId]| Edit::change("party", pair[0], vec![("alias_of".to_owned(), pair[1].to_string().into())]);
    let edits = records.windows(2).map(alias).collect();
    let request = Append::new(scope, "S00/operator", "party.merge");
    site.replica.append_edits(request, edits, NOW_MS, &mut site.rng).unwrap();
}

#[test]
fn lists_and_names_agree_on_chains_and_circles_of_every_length() {
    let mut sites = sites(2, 44);
    for (length, closed) in
        [(1, true), (2, true), (5, false), (5, true), (64, false), (64, true), (65, false), (80, true)]
    {
        let records: Vec<RecordId> = (0..length).map(|number| sites[0].create(&[&format!("name=N{number}")])).collect();
        let ends = if closed { [&records[..], &records[..1]].concat() } else { records.clone() };
        chain(&mut sites[0], &ends);
        let connection = |reading: &comptoir_replica::Reading<'_>| {
            let mut meant = Vec::new();
            for record in &records {
                meant.push(alias::canonical(reading.connection(), party(), *record)?);
            }
            Ok(meant)
        };
        let mut meant = sites[0].replica.read(connection).unwrap();
        meant.sort_unstable();
        meant.dedup();
        let query = ListQuery { limit: Some(1_000), ..ListQuery::default() };
        let listed: Vec<String> = sites[0].list(&query).records.into_iter().map(|record| record.id).collect();
        let mut shown: Vec<RecordId> = records.iter().copied().filter(|id| listed.contains(&id.to_string())).collect();
        shown.sort_unstable();
        assert_eq!(shown, meant, "{length} records, closed: {closed}");
        assert_eq!(shown.len() == 1, length <= 64, "{length} records, closed: {closed}");
        if length == 64 && !closed {
            let (last, other) = (records[length - 1].to_string(), sites[0].create(&["name=Last"]).to_string());
            let (desk, rng) = sites[0].desk();
            assert_eq!(code(desk.merge(party(), &last, &other, &[], rng)), Code::TooMany);
        }
    }
    converge(&sites);
}
