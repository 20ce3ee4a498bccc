//! Dry runs and what becomes of them, imports cut short, imports taken back.

use std::ops::ControlFlow;

use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::{Code, Refusal};
use comptoir_backoffice::transfer::{ImportRequest, OpenFailed, Step, StopReason};
use comptoir_sync_protocol::ids::BatchId;

use crate::sites::{Site, converge, import_as_tried, open_import, party, sites};
use crate::{codes, counts, parties, refused};

fn rows(numbers: std::ops::Range<u32>) -> String {
    let row = |n| format!("C-{n:05},Société {n},Dakar,SN\n");
    format!("reference,name,city,country\n{}", numbers.map(row).collect::<String>())
}

/// The refusals of a file that was not tried.
fn refused_as_planned(site: &mut Site, file: &str, request: ImportRequest) -> Vec<Refusal> {
    let (desk, _) = site.desk();
    match open_import(&desk, party(), file.as_bytes(), request) {
        Err(OpenFailed::Refused(refusals)) => refusals,
        _ => panic!("not refused"),
    }
}

#[test]
fn what_was_tried_is_written_and_nothing_else() {
    let mut site = sites(1, 91).remove(0);
    let file = rows(0..300);
    let (desk, rng) = site.desk();
    let import = open_import(&desk, party(), file.as_bytes(), ImportRequest::default()).unwrap();
    let tried = desk.try_import(&import, rng, |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((counts(&tried), &tried.batch), ([300, 0, 0, 0], &None));
    assert_eq!(site.total(&ListQuery::default()), 0, "a dry run writes nothing");
    let plan = tried.plan.unwrap().parse().unwrap();
    let planned = || ImportRequest { plan: Some(plan), ..ImportRequest::default() };
    for other in [rows(0..299), rows(0..300).replace("Dakar,SN", "Thiès,SN"), rows(0..300).replace("city", "street")] {
        assert_eq!(codes(&refused_as_planned(&mut site, &other, planned())), [Code::PlanChanged]);
    }
    // Somebody makes one of them meanwhile: the import says that it came out otherwise.
    site.create(&["name=Société 7", "reference=C-00007"]);
    let (desk, rng) = site.desk();
    let import = open_import(&desk, party(), file.as_bytes(), planned()).unwrap();
    let report = desk.import(&import, rng, |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((counts(&report), report.as_planned), ([299, 1, 0, 0], Some(false)));
}

#[test]
fn an_import_is_one_act_and_is_taken_back_as_one() {
    let mut all = sites(2, 92);
    parties(&mut all[0], "C-00001;;Before;;;;Lyon;FR;;;;;;\n");
    let report = import_as_tried(&mut all[0], party(), &rows(0..620));
    assert_eq!(counts(&report), [619, 1, 0, 0]);
    let batch: BatchId = report.batch.unwrap().parse().unwrap();
    let listed = all[0].replica.batches(10).unwrap();
    assert_eq!((listed[0].id, listed[0].command.as_str(), listed[0].changes), (batch, "party.import", 620));
    converge(&all);
    all[1].set("C-00002", &["name=Somebody else's"]);
    converge(&all);
    let site = all[0].replica.site();
    let (desk, rng) = all[0].desk();
    let undone = desk.undo_batch(&site, &batch, rng, drop).unwrap();
    assert_eq!((undone.reverted, undone.archived, undone.left), (1, 618, 1));
    assert_eq!(all[0].total(&ListQuery::default()), 2);
    assert_eq!(
        (all[0].show("C-00001").title, all[0].show("C-00002").title),
        ("Before".into(), "Somebody else's".into())
    );
    let (desk, rng) = all[0].desk();
    let again = desk.undo_batch(&site, &batch, rng, drop).unwrap();
    assert_eq!((again.reverted, again.archived), (0, 0));
    converge(&all);
}

#[test]
fn a_cancelled_import_stops_between_two_batches_and_goes_on_later() {
    let mut site = sites(1, 93).remove(0);
    let file = rows(0..4_000);
    let (desk, rng) = site.desk();
    let import = open_import(&desk, party(), file.as_bytes(), ImportRequest::default()).unwrap();
    let mut steps = Vec::new();
    let stopped = desk.import(&import, rng, |step: Step| {
        steps.push((step.rows, step.of));
        if step.rows >= 2_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let stopped = stopped.unwrap_err();
    assert!(matches!(stopped.source, StopReason::Cancelled), "{stopped:?}");
    assert_eq!(counts(&stopped.report), [2_000, 0, 0, 0]);
    assert!(stopped.report.batch.is_some());
    assert_eq!(steps, [(1_000, Some(4_000)), (2_000, Some(4_000))]);
    assert_eq!(site.total(&ListQuery::default()), 2_000);
    assert_eq!(counts(&import_as_tried(&mut site, party(), &file)), [2_000, 0, 2_000, 0]);
}

#[test]
fn a_file_that_breaks_off_is_refused_before_anything_is_written() {
    let mut site = sites(1, 94).remove(0);
    let (desk, _) = site.desk();
    let long = rows(0..2_100);
    let cancelled = comptoir_backoffice::transfer::Import::open(
        &desk,
        party(),
        || Ok(std::io::Cursor::new(long.clone().into_bytes())),
        ImportRequest::default(),
        |step: Step| if step.rows == 2_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) },
    );
    assert!(matches!(cancelled, Err(OpenFailed::Cancelled)));
    let unreadable = comptoir_backoffice::transfer::Import::open(
        &desk,
        party(),
        || Err::<std::io::Cursor<Vec<u8>>, _>(std::io::ErrorKind::NotFound.into()),
        ImportRequest::default(),
        |_| ControlFlow::Continue(()),
    );
    assert!(matches!(unreadable, Err(OpenFailed::Io(_))));
    let sheet = ImportRequest { sheet: Some("Clients".into()), ..ImportRequest::default() };
    assert_eq!(codes(&refused(&mut site, party(), &long, sheet)), [Code::UnknownSheet]);
    assert_eq!(site.total(&ListQuery::default()), 0);
}
