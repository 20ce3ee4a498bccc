//! Parties through their commands, on real replicas of several sites that exchange entries by hand: what a person does, what
//! merges, what becomes an item of the inbox, and that equal histories give equal state. Uses no network.
#![allow(clippy::unwrap_used)]

use comptoir_backoffice::BackOffice;
use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::{CommandError, Desk, Import, ImportReport};
use comptoir_backoffice::inbox::{self, Decision, InboxItem, ItemKind};
use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::{Code, Refusal};
use comptoir_backoffice::shown::RecordShown;
use comptoir_backoffice::surface::Surface;
use comptoir_replica::Replica;
use comptoir_replica::record::RecordId;
use comptoir_replica::testing::organisation;
use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::ids::ScopeId;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::json;

const NOW_MS: i64 = 1_780_000_000_000;

/// A site at work.
struct Site {
    replica: Replica<BackOffice>,
    author: String,
    rng: ChaCha20Rng,
    _directory: tempfile::TempDir,
}

fn sites(n: usize, seed: u64) -> Vec<Site> {
    println!("seed {seed}");
    let organisation = organisation(n, seed);
    let open = |(number, site): (usize, &comptoir_replica::testing::TestSite)| {
        let directory = tempfile::tempdir().unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(seed ^ (number as u64 + 1));
        let replica = site.open(&organisation, &directory.path().join("replica.db"), BackOffice, &mut rng);
        Site { replica, author: format!("{}/operator", site.code), rng, _directory: directory }
    };
    organisation.sites.iter().enumerate().map(open).collect()
}

impl Site {
    fn desk(&mut self) -> (Desk<'_>, &mut ChaCha20Rng) {
        (Desk { replica: &self.replica, author: &self.author, now_ms: NOW_MS }, &mut self.rng)
    }

    fn create(&mut self, assignments: &[&str]) -> RecordId {
        let (desk, rng) = self.desk();
        desk.create(Surface::Party, &Changes::parse(assignments).unwrap(), rng).unwrap().record
    }

    fn try_set(&mut self, name: &str, assignments: &[&str]) -> Result<usize, CommandError> {
        let (desk, rng) = self.desk();
        let done = desk.change(Surface::Party, name, &Changes::parse(assignments)?, rng)?;
        Ok(done.appended.heads.len())
    }

    fn set(&mut self, name: &str, assignments: &[&str]) {
        assert_eq!(self.try_set(name, assignments).unwrap(), 1);
    }

    fn archive(&mut self, name: &str, archived: bool) {
        let (desk, rng) = self.desk();
        desk.archive(Surface::Party, name, archived, rng).unwrap();
    }

    fn show(&mut self, name: &str) -> RecordShown {
        let (desk, _) = self.desk();
        let (scope, id) = desk.find(Surface::Party, name).unwrap();
        Surface::Party.show(scope, id, &self.replica.record(scope, id).unwrap().unwrap().cells)
    }

    fn total(&self, query: &ListQuery) -> u32 {
        self.replica.read(|reading| Surface::Party.list(reading.connection(), query)).unwrap().total
    }

    fn import(&mut self, csv: &str) -> ImportReport {
        let import = Import::read(Surface::Party, csv.as_bytes()).unwrap();
        let (desk, rng) = self.desk();
        let expected = desk.try_import(&import).unwrap();
        let mut entries = 0;
        let report = desk.import(&import, rng, |appended| entries += appended.heads.len()).unwrap();
        assert_eq!(report, expected, "a dry run says what the import does");
        assert_eq!(entries == 0, report.created + report.changed == 0);
        report
    }

    fn inbox(&self, kind: ItemKind) -> Vec<InboxItem> {
        inbox::list(&self.replica, Some(kind)).unwrap()
    }

    fn settle(&mut self, item: &str, decision: &Decision) -> Result<(), CommandError> {
        let (desk, rng) = self.desk();
        desk.settle(item, decision, rng).map(drop)
    }

    fn export(&self) -> String {
        let mut out = Vec::new();
        self.replica
            .read(|reading| {
                Surface::Party.export_csv(reading.connection(), &mut out).unwrap();
                Ok(())
            })
            .unwrap();
        String::from_utf8(out).unwrap()
    }
}

/// Takes from `from` what `to` lacks.
fn pull(to: &Site, from: &Site) {
    let view = from.replica.view();
    let have = to.replica.view().vectors;
    for scope in view.vectors.keys().filter(|scope| have.contains_key(*scope)) {
        loop {
            let vector = to.replica.vectors().get(scope).cloned().unwrap_or_default();
            let served = from.replica.read_missing(*scope, &vector, 1 << 20).unwrap();
            if served.is_empty() {
                break;
            }
            let entries: Vec<Entry> = served.iter().map(|(_, bytes)| Entry::decode(bytes).unwrap()).collect();
            let report = to.replica.admit(*scope, entries, NOW_MS).unwrap();
            assert!(report.quarantined.is_empty() && report.parked.is_empty(), "{report:?}");
        }
    }
}

/// Exchanges everything, then holds all sites to one state, which a rebuild gives again.
fn converge(sites: &[Site]) {
    for to in sites {
        sites.iter().filter(|from| from.replica.site() != to.replica.site()).for_each(|from| pull(to, from));
    }
    for site in sites {
        assert_eq!(site.replica.digests()["organisation"], sites[0].replica.digests()["organisation"]);
        assert_eq!(shared_state(site), shared_state(&sites[0]));
        let lived = site.replica.states().unwrap();
        site.replica.rebuild().unwrap();
        assert_eq!(site.replica.states().unwrap(), lived, "rebuilt = lived");
    }
}

fn shared_state(site: &Site) -> comptoir_sync_protocol::ids::Hash {
    site.replica.states().unwrap()["organisation"]
}

fn refusal(error: CommandError) -> Refusal {
    match error {
        CommandError::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn csv(rows: impl IntoIterator<Item = String>) -> String {
    let mut text =
        "reference,kind,name,roles,street,postcode,city,country,email,phone,vat,siren,iban,terms\n".to_owned();
    rows.into_iter().for_each(|row| text += &(row + "\n"));
    text
}

fn rows(numbers: std::ops::Range<u32>) -> String {
    csv(numbers.map(|n| {
        let kind = if n % 3 == 0 { "person" } else { "organisation" };
        format!("C-{n:05},{kind},Société {n},customer,\"{n}, rue X\",10000,Dakar,SN,m{n}@b.example,+221 {n},,,,30")
    }))
}

#[test]
fn a_party_is_made_changed_found_archived_and_brought_back() {
    let mut site = sites(1, 11).remove(0);
    let id = site.create(&[
        "name=Évreux & Fils",
        "reference=C-1",
        "roles=customer",
        r#"addresses+={"city":"Lyon","country":"fr"}"#,
    ]);
    let shown = site.show("C-1");
    assert_eq!((shown.id.as_str(), shown.title.as_str()), (id.to_string().as_str(), "Évreux & Fils"));
    assert_eq!(shown.fields["kind"], "organisation");
    assert_eq!(shown.fields["customer"], true);
    let key = shown.lines["addresses"][0].key.clone();
    assert_eq!(shown.lines["addresses"][0].fields["country"], "FR");

    site.set("C-1", &["phone=+33 1", &format!("addresses.{key}.city=Nice")]);
    assert_eq!(site.try_set("C-1", &["phone=+33 1"]).unwrap(), 0, "what is so already is not written again");
    assert_eq!(site.show("C-1").lines["addresses"][0].fields["city"], "Nice");
    let history = site.replica.history(id).unwrap();
    let commands: Vec<&str> = history.iter().map(|item| item.command.as_str()).collect();
    assert_eq!(commands, ["party.create", "party.change"]);
    assert_eq!(history[1].author, "S00/operator");

    let search = |text: &str| ListQuery { search: Some(text.into()), ..ListQuery::default() };
    assert_eq!((site.total(&search("evreux nice")), site.total(&search("lyon"))), (1, 0));
    site.archive("C-1", true);
    assert_eq!(site.total(&ListQuery::default()), 0);
    assert_eq!(refusal(site.try_set(&id.to_string(), &["phone=2"]).unwrap_err()).code, Code::ArchivedRecord);
    assert_eq!(refusal(site.try_set("C-1", &["phone=2"]).unwrap_err()).code, Code::NotFound);
    site.archive(&id.to_string(), false);
    site.set("C-1", &["phone=2"]);
    converge(std::slice::from_ref(&site));
}

#[test]
fn a_file_imports_once_and_changes_what_differs() {
    let mut sites = sites(2, 12);
    let file = rows(0..620);
    let report = sites[0].import(&file);
    assert_eq!((report.created, report.changed, report.unchanged, report.refused.len()), (620, 0, 0, 0));
    let report = sites[0].import(&file);
    assert_eq!((report.created, report.changed, report.unchanged), (0, 0, 620));
    let report = sites[0].import(&csv(["C-00003,,Autre,,,,,,,,,,,".into(), "N-1,,,,,,,,,,,,,".into()]));
    assert_eq!((report.created, report.changed, report.unchanged), (0, 1, 0));
    assert_eq!((report.refused[0].row, report.refused[0].column.as_deref()), (3, Some("name")));
    assert_eq!(report.refused[0].code, Code::Required);
    converge(&sites);
    assert_eq!(sites[1].total(&ListQuery::default()), 620);
    assert_eq!(sites[1].show("C-00003").title, "Autre");
    let exported = sites[1].export();
    let report = sites[0].import(&exported);
    assert_eq!((report.created, report.changed, report.unchanged), (0, 0, 620));
}

#[test]
fn f01_an_import_cut_short_and_run_again_is_as_if_run_once() {
    let mut sites = sites(2, 13);
    sites[0].import(&rows(0..250));
    let report = sites[0].import(&rows(0..600));
    assert_eq!((report.created, report.unchanged), (350, 250));
    converge(&sites);
    assert_eq!(sites[1].total(&ListQuery::default()), 600);
}

#[test]
fn what_two_sites_change_at_once_merges_and_one_field_is_a_conflict_everywhere() {
    let mut sites = sites(3, 14);
    sites[0].create(&["name=Dupont", "reference=C-1", "phone=0", r#"addresses+={"city":"Lyon"}"#]);
    converge(&sites);
    let key = sites[0].show("C-1").lines["addresses"][0].key.clone();
    sites[0].set("C-1", &["phone=1", "email=a@b.example"]);
    sites[1].set("C-1", &["phone=2", r#"addresses+={"city":"Dakar"}"#]);
    sites[2].set("C-1", &[&format!("addresses.{key}.city=Nice")]);
    converge(&sites);
    let shown = sites[2].show("C-1");
    let cities: Vec<_> = shown.lines["addresses"].iter().map(|line| line.fields["city"].clone()).collect();
    assert_eq!((shown.fields["email"].clone(), cities), (json!("a@b.example"), vec![json!("Nice"), json!("Dakar")]));

    let items: Vec<_> = sites.iter().map(|site| site.inbox(ItemKind::Conflict)).collect();
    assert!(items.iter().all(|list| list == &items[0] && list.len() == 1));
    let item = &items[0][0];
    assert_eq!((item.field.as_deref(), item.name.as_deref()), (Some("phone"), Some("Dupont")));
    let mut written: Vec<_> = item.values.iter().map(|v| (v.value.clone(), v.site.clone().unwrap())).collect();
    written.sort_by_key(|(_, site)| site.clone());
    assert_eq!(written, [(json!("1"), "S00".into()), (json!("2"), "S01".into())]);
    assert_eq!(item.values.last().unwrap().value, shown.fields["phone"], "the last is the one that shows");
    assert_eq!(inbox::counts(&sites[1].replica).unwrap().conflicts, 1);

    let loser = item.values[0].value.clone();
    sites[1].settle(&item.id, &Decision { take: Some(1), value: None }).unwrap();
    converge(&sites);
    assert!(sites.iter().all(|site| site.inbox(ItemKind::Conflict).is_empty()));
    assert_eq!(sites[0].show("C-1").fields["phone"], loser);
    let late = sites[2].settle(&item.id, &Decision { take: Some(1), value: None }).unwrap_err();
    assert_eq!(refusal(late).code, Code::UnknownItem);
}

#[test]
fn a_value_is_its_writers_although_another_had_put_the_same() {
    let mut sites = sites(2, 18);
    sites[0].create(&["name=Dupont", "reference=C-1", "phone=0"]);
    converge(&sites);
    sites[0].set("C-1", &["phone=1"]);
    sites[1].set("C-1", &["phone=1"]);
    sites[1].set("C-1", &["phone=2"]);
    converge(&sites);
    for site in &sites {
        let item = site.inbox(ItemKind::Conflict).remove(0);
        let mut written: Vec<_> = item.values.iter().map(|v| (v.value.clone(), v.site.clone().unwrap())).collect();
        written.sort_by_key(|(_, site)| site.clone());
        assert_eq!(written, [(json!("1"), "S00".into()), (json!("2"), "S01".into())]);
    }
}

#[test]
fn a_conflict_is_settled_by_the_winner_or_by_another_value() {
    let mut sites = sites(2, 15);
    sites[0].create(&["name=Dupont", "reference=C-1", "phone=0"]);
    converge(&sites);
    for round in 0..2 {
        sites[0].set("C-1", &[&format!("phone=a{round}")]);
        sites[1].set("C-1", &[&format!("phone=b{round}")]);
        converge(&sites);
        let item = sites[0].inbox(ItemKind::Conflict).remove(0);
        let wrong = |decision| (decision, item.id.clone());
        for (decision, id) in [
            wrong(Decision { take: Some(3), value: None }),
            wrong(Decision { take: Some(0), value: None }),
            wrong(Decision::default()),
        ] {
            assert_eq!(refusal(sites[0].settle(&id, &decision).unwrap_err()).code, Code::UnknownChoice);
        }
        let winner = sites[0].show("C-1").fields["phone"].clone();
        let (decision, expected) = match round {
            0 => (Decision { take: Some(2), value: None }, winner),
            _ => (Decision { take: None, value: Some(json!(" c ")) }, json!("c")),
        };
        sites[0].settle(&item.id, &decision).unwrap();
        converge(&sites);
        assert!(sites[1].inbox(ItemKind::Conflict).is_empty());
        assert_eq!(sites[1].show("C-1").fields["phone"], expected);
    }
}

#[test]
fn one_reference_used_at_two_sites_is_work_and_no_error() {
    let mut sites = sites(2, 16);
    sites[0].import(&rows(0..3));
    sites[1].import(&rows(2..5));
    converge(&sites);
    let items = sites[0].inbox(ItemKind::DuplicateReference);
    assert_eq!(items, sites[1].inbox(ItemKind::DuplicateReference));
    assert_eq!((items.len(), items[0].name.as_deref(), items[0].values.len()), (1, Some("C-00002"), 2));
    let (desk, _) = sites[0].desk();
    let ambiguous = refusal(desk.find(Surface::Party, "C-00002").unwrap_err());
    assert_eq!(ambiguous.code, Code::Ambiguous);

    // An import changes the one with the smallest id, at either site.
    let report = sites[1].import(&csv(["C-00002,,Nouveau,,,,,,,,,,,".into()]));
    assert_eq!((report.created, report.changed), (0, 1));
    let smallest = items[0].values[0].record.clone().unwrap();
    assert_eq!(sites[1].show(&smallest).title, "Nouveau");

    converge(&sites);
    let item = sites[0].inbox(ItemKind::DuplicateReference).remove(0);
    sites[0].settle(&item.id, &Decision { take: Some(1), value: None }).unwrap();
    converge(&sites);
    assert!(sites[1].inbox(ItemKind::DuplicateReference).is_empty());
    assert_eq!(sites[1].show("C-00002").id, smallest);
    assert_eq!(sites[1].total(&ListQuery::default()), 5);
}

#[test]
fn a_change_of_what_another_site_archives_is_work() {
    let mut sites = sites(2, 17);
    let id = sites[0].create(&["name=Dupont", "reference=C-1"]).to_string();
    converge(&sites);
    sites[0].archive("C-1", true);
    sites[1].set("C-1", &["phone=2"]);
    converge(&sites);
    let item = sites[1].inbox(ItemKind::EditedArchived).remove(0);
    assert_eq!((item.record.as_deref(), item.field.as_deref()), (Some(id.as_str()), Some("archived")));
    sites[1].settle(&item.id, &Decision { take: Some(2), value: None }).unwrap();
    converge(&sites);
    assert!(sites[0].inbox(ItemKind::EditedArchived).is_empty());
    assert_eq!(sites[0].show("C-1").fields["phone"], "2");
    assert_eq!(inbox::counts(&sites[0].replica).unwrap().total(), 0);
}

#[test]
fn records_live_in_the_scope_of_their_type() {
    let mut site = sites(1, 18).remove(0);
    let id = site.create(&["name=x"]);
    let scope = ScopeId::of(&site.replica.organisation(), "organisation");
    assert_eq!(site.replica.find_record(id).unwrap().unwrap().scope, scope);
    assert!(id.is_created_by(&site.replica.organisation().0, &scope.0, &site.replica.site().0));
}
