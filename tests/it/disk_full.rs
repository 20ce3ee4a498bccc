//! A full disk (F4): what was acknowledged stays, writes are refused by their code, reading goes on, and when there is room again
//! the same daemon goes on unaided. The disk is a small one in memory, mounted for the daemon alone.

use std::path::{Path, PathBuf};
use std::process::Command;

use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::START;
use comptoir_tests::processes::{Failure, Site};
use serde_json::json;

use crate::place::in_place;

/// What a small party is filled up with, so that the disk is full soon.
const NOTES_CHARACTERS: usize = 8_000;
/// A file to import that finds no room.
const UPLOAD_BYTES: usize = 1024 * 1024;
/// Writes after which an 8 MiB disk must be full.
const MOST_WRITES: usize = 4_000;

/// Starts a site whose directory is a disk of its own; `None` where the system forbids that.
fn on_a_small_disk(site: &mut Site) -> Result<Option<PathBuf>, Failure> {
    let mut probe = Command::new("unshare");
    probe.args(["--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs none /mnt"]);
    if !probe.output().is_ok_and(|probed| probed.status.success()) {
        return Ok(None);
    }
    let (disk, outer) = (site.dir.clone(), site.command(&["run", "--api", "127.0.0.1:0"]));
    std::fs::create_dir(&disk).map_err(Failure::system("cannot make a directory"))?;
    let script = r#"disk=$0; node=$1; shift
        mount -t tmpfs -o size=8m none "$disk" &&
        "$node" --data "$disk" --json create --organisation Full --site PAR --country FR &&
        exec "$node" "$@""#;
    let mut inside = Command::new("unshare");
    inside.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
    inside.arg(&disk).arg(outer.get_program()).args(outer.get_args());
    site.start_in_its_own_view(&inside, START)?;
    Ok(Some(site.dir.clone()))
}

fn fill(disk: &Path) -> std::io::Result<()> {
    let mut filler = std::fs::File::create(disk.join("filler"))?;
    let block = [0x5a; 4096];
    loop {
        match std::io::Write::write_all(&mut filler, &block) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::StorageFull => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Creates a party; its id, or the code of the refusal.
fn create(site: &Site, number: usize) -> Result<Result<String, String>, Failure> {
    let notes = "é".repeat(NOTES_CHARACTERS / 2);
    let assignments = json!({ "set": { "name": format!("Full {number}"), "notes": format!("{number} {notes}") } });
    let reply = site.api()?.send("POST", "/api/v1/records/party", Some(&assignments))?;
    let member = |name: &str| reply.body[name].as_str().unwrap_or_default().to_owned();
    Ok(if reply.status == 200 { Ok(member("id")) } else { Err(format!("{} {}", reply.status, member("code"))) })
}

#[test]
fn f04_a_full_disk_refuses_writes_reads_on_and_recovers_unaided() {
    in_place(|programs, root| {
        let mut site = Site::new(programs, "PAR", root);
        let Some(disk) = on_a_small_disk(&mut site)? else {
            println!("not tested: this system lets nobody mount a disk for one process");
            return Ok(());
        };
        let mut acknowledged = vec![create(&site, 0)?.map_err(Failure::Wrong)?];
        fill(&disk).map_err(Failure::system("cannot fill the disk"))?;
        let refusal = loop {
            match create(&site, acknowledged.len())? {
                Ok(id) => acknowledged.push(id),
                Err(refusal) => break refusal,
            }
            hold(acknowledged.len() < MOST_WRITES, || "the disk is never full".to_owned())?;
        };
        hold(refusal == "507 disk-full", || format!("a full disk was answered with {refusal}"))?;
        for _ in 0..3 {
            hold(create(&site, 0)?.is_err(), || "a write went through on a full disk".to_owned())?;
        }
        // A file to import is refused as it comes, and leaves nothing behind.
        let file = json!("x".repeat(UPLOAD_BYTES));
        let reply = site.api()?.send("POST", "/api/v1/records/party/import", Some(&file))?;
        hold(reply.status == 507 && reply.body["code"] == "disk-full", || format!("an import: {reply:?}"))?;
        present(&site, &acknowledged)?;
        std::fs::remove_file(disk.join("filler")).map_err(Failure::system("cannot make room"))?;
        acknowledged.push(create(&site, acknowledged.len())?.map_err(Failure::Wrong)?);
        present(&site, &acknowledged)?;
        let verified = site.api()?.post("/api/v1/verify", &json!({}))?;
        hold(verified["sound"] == true, || format!("verify: {verified}"))
    });
}

/// Reading goes on: every acknowledged party is there, and no other.
fn present(site: &Site, acknowledged: &[String]) -> Result<(), Failure> {
    for id in acknowledged {
        site.api()?.get(&format!("/api/v1/records/party/{id}"))?;
    }
    let total = site.api()?.get("/api/v1/records/party?limit=1")?["total"].clone();
    hold(total == acknowledged.len(), || format!("{total} parties, {} were acknowledged", acknowledged.len()))
}
