//! A node of a version before customising: it holds a party's own fields as cells that it does not know, carries definitions
//! that it cannot read, hands both on whole, and has them once it is upgraded.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use comptoir_backoffice::BackOffice;
use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::customising::query::definition;
use comptoir_backoffice::desk::Desk;
use comptoir_backoffice::registry::{self, Home, Module};
use comptoir_backoffice::shown::RecordShown;
use comptoir_backoffice::staff::{Borne, Standing};
use comptoir_replica::record::{Cells, RecordId, Scalar};
use comptoir_replica::testing::{TestOrganisation, organisation};
use comptoir_replica::{Append, Application, Edit, Projection, RecordType, RecordView, Replica};
use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::ids::Incarnation;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::json;

const NOW_MS: i64 = 1_780_000_000_000;

/// The back office before it had the module customising.
struct Older;

impl Application for Older {
    fn record_types(&self) -> &'static [RecordType] {
        static TYPES: LazyLock<Vec<RecordType>> = LazyLock::new(|| {
            let newer = |of: &&RecordType| Module::Customising.kinds().iter().any(|kind| kind.name() == of.kind);
            BackOffice.record_types().iter().filter(|of| !newer(of)).copied().collect()
        });
        &TYPES
    }

    fn projection(&self) -> &'static Projection {
        BackOffice.projection()
    }

    fn project(&self, connection: &rusqlite::Connection, record: &RecordView<'_>) -> rusqlite::Result<()> {
        BackOffice.project(connection, record)
    }

    fn concerns_person(&self, kind: &str, cells: &Cells, puts: &[(String, Scalar)]) -> bool {
        BackOffice.concerns_person(kind, cells, puts)
    }
}

/// What `from` holds of the organisation's scope, and `to` takes of it: how many entries it could not read.
fn send<A: Application, B: Application>(organisation: &TestOrganisation, from: &Replica<A>, to: &Replica<B>) -> usize {
    let scope = organisation.shared();
    let have = to.view().vectors.get(&scope).cloned().unwrap_or_default();
    let served = from.read_missing(scope, &have, usize::MAX).unwrap();
    let entries: Vec<Entry> = served.iter().map(|(_, bytes)| Entry::decode(bytes).unwrap()).collect();
    let report = to.admit(scope, entries, NOW_MS).unwrap();
    assert!(report.quarantined.is_empty(), "{report:?}");
    report.parked.len()
}

fn create(replica: &Replica<BackOffice>, kind: &str, assignments: &[&str], rng: &mut ChaCha20Rng) -> RecordId {
    let desk = Desk {
        replica,
        home: Home::default(),
        author: "S00/operator",
        standing: Standing::Operator,
        borne: Borne::default(),
        now_ms: NOW_MS,
    };
    let changes = Changes::parse(assignments).unwrap();
    desk.create(registry::kind(kind).unwrap(), changes, rng).unwrap().record
}

#[test]
fn what_an_older_node_does_not_know_it_carries_hands_on_and_has_after_its_upgrade() {
    const SEED: u64 = 70;
    println!("seed {SEED}");
    let (organisation, mut rng) = (organisation(3, SEED), ChaCha20Rng::seed_from_u64(SEED));
    let (folder, scope) = (tempfile::tempdir().unwrap(), organisation.shared());
    let path = |site: usize| folder.path().join(format!("{site}.db"));
    let newer = organisation.sites[0].open(&organisation, &path(0), BackOffice, &mut rng);
    let older = organisation.sites[1].open(&organisation, &path(1), Older, &mut rng);
    let behind = organisation.sites[2].open(&organisation, &path(2), BackOffice, &mut rng);

    let definition_of_size = ["kind=party", "key=size", "type=money", "label_fr=Taille"];
    create(&newer, "custom-field", &definition_of_size, &mut rng);
    let party = create(&newer, "party", &["name=Dupont", "custom.size=12.50 EUR"], &mut rng);
    assert_eq!(send(&organisation, &newer, &older), 1, "the definition is parked, the party is not");
    assert_eq!(older.parked().unwrap()[0].code, "record_kind");
    let held = older.record(scope, party).unwrap().unwrap().cells;
    assert_eq!(held.winner("custom/size"), Some(&Scalar::from("EUR 1250")));

    // It changes the party: the value that it does not know stays.
    let edits = vec![Edit::change("party", party, vec![("phone".into(), "1".into())])];
    older.append_edits(Append::new(scope, "S01/operator", "party.change"), edits, NOW_MS, &mut rng).unwrap();
    // The third site hears of everything through the older node alone.
    assert_eq!(send(&organisation, &older, &behind), 0);
    let all = |replica: &Replica<BackOffice>| replica.read_missing(scope, &Default::default(), usize::MAX).unwrap();
    assert_eq!(all(&behind), older.read_missing(scope, &Default::default(), usize::MAX).unwrap(), "handed on whole");
    assert_eq!(send(&organisation, &older, &newer), 0);
    assert_eq!(behind.states().unwrap()["organisation"], newer.states().unwrap()["organisation"]);

    drop(older);
    let options = organisation.sites[1].options(&organisation, Incarnation([9; 8]));
    let upgraded = Replica::open(&path(1), BackOffice, options, &mut rng).unwrap();
    assert!(upgraded.parked().unwrap().is_empty());
    assert_eq!(upgraded.states().unwrap()["organisation"], newer.states().unwrap()["organisation"]);
    let known = upgraded.read(|reading| definition(reading.connection(), "party", "size")).unwrap().unwrap();
    let cells = upgraded.record(scope, party).unwrap().unwrap().cells;
    let shown = RecordShown::of(scope, party, registry::kind("party").unwrap(), &cells).with_own_fields(&[known]);
    assert_eq!(json!(shown.custom), json!({ "size": "12.50 EUR" }));
    assert_eq!(shown.fields["phone"], "1");
    assert!(upgraded.verify().unwrap().is_sound());
}
