//! The relay stores what it cannot read: no name, street or e-mail of the demo data is in its files, also after all that can be
//! decompressed was. The same search first finds them where they may be.

use std::collections::BTreeSet;

use comptoir_tests::demo_data::{COLUMNS, write_csv};
use comptoir_tests::processes::branches::{ORGANISATION, converge, headquarters};
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::CONVERGE;

use crate::place::{file, in_place};
use crate::search::{SHORTEST_BYTES, Search};

const PARTIES: usize = 1_000;

#[test]
fn the_relays_files_hold_no_name_street_or_mail_address() {
    in_place(|programs, root| {
        let csv = write_csv(1, PARTIES, "C-");
        let column = |name: &str| COLUMNS.iter().position(|column| *column == name).unwrap();
        let columns = ["name", "street", "email"].map(column);
        let mut texts = BTreeSet::new();
        for row in csv::Reader::from_reader(csv.as_bytes()).records() {
            let row = row.unwrap();
            texts.extend(columns.iter().map(|column| row[*column].to_owned()));
        }
        texts.retain(|text| text.len() >= SHORTEST_BYTES);
        hold(texts.len() > 2 * PARTIES, || format!("only {} texts to look for", texts.len()))?;

        let (mut relay, mut par) = headquarters(programs, root)?;
        let imported = par.import(&file(root, "parties.csv", &csv)?)?;
        hold(imported.created == PARTIES as u64, || format!("{imported:?}"))?;
        par.ask(&["invite", "--site", "DKR", "--country", "SN"])?;
        converge(&[&par], CONVERGE)?;
        // Killed: what is still in the write-ahead log stays there.
        relay.kill()?;
        par.kill()?;

        let mut positive = Search::new(texts.iter().map(String::as_str));
        positive.directory(&par.dir);
        let unseen: Vec<&String> =
            texts.iter().filter(|text| !positive.found().contains(text.as_str())).take(5).collect();
        hold(unseen.is_empty(), || format!("the search does not find in PAR's own files: {unseen:?}"))?;

        let clear = [ORGANISATION, "COMPTOIR-PROBE"];
        let mut roster = Search::new(clear);
        roster.directory(&relay.dir);
        hold(*roster.found() == BTreeSet::from([ORGANISATION]), || {
            format!("the roster, which is in clear, is not seen in the relay's files: {:?}", roster.found())
        })?;

        let mut search = Search::new(texts.iter().map(String::as_str));
        search.directory(&relay.dir);
        println!("{} texts, {} frames opened in the relay's files", search.wanted(), search.frames());
        hold(search.frames() > 0, || "no payload of the relay was decompressed".to_owned())?;
        hold(search.found().is_empty(), || format!("the relay's files hold {:?}", search.found()))
    });
}
