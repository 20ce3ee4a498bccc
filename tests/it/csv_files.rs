//! CSV files as people really have them: each gives records, or a typed refusal of its bad rows alone.

use std::io::Write;
use std::net::TcpStream;
use std::path::Path;

use comptoir_tests::demo_data::{COLUMNS, write_csv};
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::LONG_COMMAND;
use comptoir_tests::processes::wait::until;
use comptoir_tests::processes::{Counts, Failure, Site};

use crate::place::{alone, file, in_place};

const HEADER: &str = "reference,kind,name,roles,street,postcode,city,country,email,phone,vat,siren,iban,terms";

/// Imports bytes; the exit status and the counts, or the code of the refusal of the whole file.
fn import(site: &Site, root: &Path, bytes: impl AsRef<[u8]>) -> Result<(Option<i32>, Result<Counts, String>), Failure> {
    let path = file(root, "import.csv", bytes)?;
    let answer = site.run(&["import", "party", &path.to_string_lossy()])?;
    let counts = answer.json().ok().and_then(|json| Counts::of("import", &json).ok());
    Ok((answer.exit, counts.map_or_else(|| answer.code().map(Err), |counts| Ok(Ok(counts)))?))
}

fn created(counts: u64) -> (Option<i32>, Result<Counts, String>) {
    (Some(0), Ok(Counts { created: counts, ..Counts::default() }))
}

fn row(reference: &str, name: &str, street: &str) -> String {
    format!("{reference},organisation,{name},customer,{street},75002,Paris,FR,,,,,,\n")
}

#[test]
fn the_columns_of_the_demo_data_are_the_contracts() {
    assert_eq!(COLUMNS.join(","), HEADER);
}

#[test]
fn a_header_that_is_wrong_is_refused_whole_and_named() {
    in_place(|programs, root| {
        let site = alone(programs, root)?;
        let good = row("A-1", "Dupont", "1 rue X");
        for (header, code) in [
            (HEADER.replace("name,", ""), "missing-column"),
            (HEADER.replace("terms", "termes"), "unknown-column"),
            (HEADER.replace("vat", "name"), "duplicate-column"),
        ] {
            let found = import(&site, root, format!("{header}\n{good}"))?;
            assert_eq!(found, (Some(1), Err(code.to_owned())), "{header}");
        }
        assert_eq!(import(&site, root, "")?, (Some(1), Err("file-empty".to_owned())));
        hold(site.parties()? == 0, || "a refused file left parties".to_owned())
    });
}

#[test]
fn encodings_separators_and_quotes_are_recognised() {
    in_place(|programs, root| {
        let site = alone(programs, root)?;
        let accents = row("E-1", "Éditions Évrard", "2 allée des Œillets");
        assert_eq!(import(&site, root, format!("{HEADER}\n{accents}"))?, created(1), "UTF-8");
        let latin = format!("{HEADER}\n{}", row("E-2", "Évrard Frères", "3 allée Ça"));
        let latin: Vec<u8> = latin.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
        assert_eq!(import(&site, root, latin)?, created(1), "Latin-1");
        let marked = format!("\u{feff}{HEADER}\n{}", row("E-3", "Bornée", "4 rue Y"));
        assert_eq!(import(&site, root, marked)?, created(1), "BOM");
        let semicolons = format!("{HEADER}\r\n{}", row("E-4", "Point Virgule", "5 rue Z")).replace(',', ";");
        assert_eq!(import(&site, root, semicolons)?, created(1), "semicolons and CR LF");
        let quoted = format!("{HEADER}\n{}", row("E-5", "\"Le \"\"Grand\"\", Bar\"", "\"6 rue A\nBâtiment C\""));
        assert_eq!(import(&site, root, quoted)?, created(1), "quotes and line breaks");
        for (reference, name, street) in [
            ("E-1", "Éditions Évrard", "2 allée des Œillets"),
            ("E-2", "Évrard Frères", "3 allée Ça"),
            ("E-3", "Bornée", "4 rue Y"),
            ("E-4", "Point Virgule", "5 rue Z"),
            ("E-5", "Le \"Grand\", Bar", "6 rue A\nBâtiment C"),
        ] {
            let shown = site.show(&site.party(reference)?)?;
            assert_eq!(shown["fields"]["name"], name, "{reference}");
            assert_eq!(shown["lines"]["addresses"][0]["street"], street, "{reference}");
        }
        Ok(())
    });
}

#[test]
fn one_bad_row_refuses_that_row() {
    in_place(|programs, root| {
        let site = alone(programs, root)?;
        let rows = [
            row("B-1", "\"Two\nlines\"", "1 rue X"),
            row("B-2", "", "2 rue X"),
            row("B-3", "Good", "3 rue X").replace(",FR,", ",ZZ,"),
            "B-4,organisation,too,few\n".to_owned(),
            row("B-5", "Good too", "5 rue X"),
        ];
        let (exit, counts) = import(&site, root, format!("{HEADER}\n{}", rows.concat()))?;
        let counts = counts.map_err(Failure::Wrong)?;
        assert_eq!((exit, counts.created), (Some(1), 2), "{counts:?}");
        let refused: Vec<(u64, &str)> = counts.refused.iter().map(|(row, _, code)| (*row, code.as_str())).collect();
        // The row is the line where it begins; the first record fills two lines.
        assert_eq!(refused, [(4, "required"), (5, "country-unknown"), (6, "cell-count")]);
        let file = root.join("import.csv");
        let dry = site.run(&["import", "party", &file.to_string_lossy(), "--dry-run"])?.leaving(1)?.json()?;
        let dry = Counts::of("dry run", &dry)?;
        assert_eq!((dry.created, dry.unchanged, dry.refused.len()), (0, 2, 3));
        hold(site.parties()? == 2, || "other rows than the good ones were kept".to_owned())
    });
}

#[test]
fn the_same_file_again_changes_nothing_and_a_changed_cell_one_party() {
    in_place(|programs, root| {
        let site = alone(programs, root)?;
        let text = write_csv(3, 400, "R-");
        assert_eq!(import(&site, root, &text)?, created(400));
        let before = site.digest()?;
        let again = Counts { unchanged: 400, ..Counts::default() };
        assert_eq!(import(&site, root, &text)?, (Some(0), Ok(again)));
        assert_eq!(site.digest()?, before, "an import without news wrote something");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let last = lines.last_mut().unwrap();
        last.push_str("90");
        let changed = Counts { changed: 1, unchanged: 399, ..Counts::default() };
        assert_eq!(import(&site, root, lines.join("\n"))?, (Some(0), Ok(changed)));
        let exported = site.run(&["export", "party"])?.leaving(0)?.text();
        let same = Counts { unchanged: 400, ..Counts::default() };
        assert_eq!(import(&site, root, exported)?, (Some(0), Ok(same)), "what was exported says nothing new");
        Ok(())
    });
}

#[test]
fn fifty_thousand_rows_are_taken() {
    in_place(|programs, root| {
        let site = alone(programs, root)?;
        let text = write_csv(5, 50_000, "L-");
        assert_eq!(import(&site, root, &text)?, created(50_000));
        hold(site.parties()? == 50_000, || "not every row became a party".to_owned())
    });
}

#[test]
fn what_a_dry_run_said_is_written_and_taken_back_as_one() {
    in_place(|programs, root| {
        let site = alone(programs, root)?;
        let path = file(root, "parties.csv", write_csv(7, 600, "P-"))?;
        let path = path.to_string_lossy();
        let tried = site.run(&["import", "party", &path, "--dry-run"])?.leaving(0)?.json()?;
        let plan = tried["plan"].as_str().unwrap_or_default();
        hold(tried["created"] == 600 && site.parties()? == 0, || format!("a dry run: {tried}"))?;
        let other = file(root, "other.csv", write_csv(8, 600, "P-"))?;
        let refused = site.run(&["import", "party", &other.to_string_lossy(), "--plan", plan])?;
        hold(refused.exit == Some(1) && refused.code()? == "plan-changed", || "another file was written".to_owned())?;
        let written = site.run(&["import", "party", &path, "--plan", plan])?.leaving(0)?.json()?;
        hold(written["as_planned"] == true && site.parties()? == 600, || format!("as planned: {written}"))?;
        let batch = written["batch"].as_str().unwrap_or_default();
        let listed = site.run(&["batches"])?.leaving(0)?.json()?;
        hold(listed["batches"][0]["id"] == batch && listed["batches"][0]["site"] == "PAR", || listed.to_string())?;
        let undone = site.run(&["undo", batch])?.leaving(0)?.json()?;
        hold(undone["archived"] == 600 && site.parties()? == 0, || undone.to_string())?;
        let unknown = site.run(&["undo", "00112233445566778899aabbccddeeff"])?;
        hold(unknown.exit == Some(1) && unknown.code()? == "unknown-batch", || "an unknown batch".to_owned())
    });
}

#[test]
fn a_workbook_and_foreign_columns_are_taken() {
    in_place(|programs, root| {
        let site = alone(programs, root)?;
        let foreign = "N° client;Raison sociale;Ville;Solde\nF-1;Dupont;Lyon;12,5\nF-2;Durand;Nice;0\n";
        let foreign = file(root, "foreign.csv", foreign)?;
        let foreign = foreign.to_string_lossy();
        let maps = ["--map", "N° client=reference", "--map", "Raison sociale=name", "--map", "Ville=city"];
        let import = ["import", "party", &foreign];
        let answer = site.run(&[&import[..], &maps, &["--save-mapping", "Old books"]].concat())?.leaving(0)?.json()?;
        hold(answer["created"] == 2 && answer["ignored_columns"][0] == "Solde", || answer.to_string())?;
        let answer = site.run(&[&import[..], &["--mapping", "Old books"]].concat())?.leaving(0)?.json()?;
        hold(answer["unchanged"] == 2, || answer.to_string())?;
        let workbook = root.join("parties.xlsx");
        let workbook = workbook.to_string_lossy();
        site.run(&["export", "party", "--format", "xlsx", "--out", &workbook, "--all-lines"])?.leaving(0)?;
        let answer = site.run(&["import", "party", &workbook])?.leaving(0)?.json()?;
        hold(answer["unchanged"] == 2, || answer.to_string())?;
        let refused = site.run(&["import", "party", &workbook, "--sheet", "Clients"])?;
        hold(refused.exit == Some(1) && refused.code()? == "unknown-sheet", || "an unknown sheet".to_owned())?;
        let columns = ["--columns", "reference,city", "--filter", "addresses.city=Nice"];
        let text = site.run(&[&["export", "party"][..], &columns].concat())?.leaving(0)?.text();
        hold(text == "reference,city\r\nF-2,Nice\r\n", || text)
    });
}

/// Waits until something is so.
fn until_so(what: &str, mut is_so: impl FnMut() -> Result<bool, Failure>) -> Result<(), Failure> {
    until(what, LONG_COMMAND, || Ok(if is_so()? { Ok(()) } else { Err("not yet".to_owned()) }))
}

/// Sends the head of an import of so many bytes, and what is given of its body.
fn begin_import(site: &Site, announced: usize, body: &[u8]) -> Result<TcpStream, Failure> {
    let api = site.api()?;
    let head = format!(
        "POST /api/v1/records/party/import HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Length: {announced}\r\n\r\n",
        api.address, api.token
    );
    let failed = Failure::system("cannot send an import");
    let sent = TcpStream::connect(&api.address).and_then(|mut stream| {
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        Ok(stream)
    });
    sent.map_err(failed)
}

/// What passed through the site's directory and is still there.
fn left_behind(site: &Site) -> Result<usize, Failure> {
    let files = std::fs::read_dir(&site.dir).map_err(Failure::system("cannot list a directory"))?;
    Ok(files.flatten().filter(|file| file.file_name().to_string_lossy().starts_with("passing-")).count())
}

#[test]
fn one_import_at_a_time_and_none_for_a_client_that_is_gone() {
    const ROWS: u64 = 30_000;
    in_place(|programs, root| {
        let mut site = alone(programs, root)?;
        site.start()?;
        let rows: String = (0..ROWS).map(|n| format!("G-{n},Gone {n}\n")).collect();
        let text = format!("reference,name\n{rows}");
        // Cut short on its way: nothing of it is taken.
        drop(begin_import(&site, text.len(), &text.as_bytes()[..1_000])?);
        until_so("an upload that was cut short is put away", || Ok(left_behind(&site)? == 0))?;
        hold(site.parties()? == 0, || "a file that was cut short was imported".to_owned())?;

        let client = begin_import(&site, text.len(), text.as_bytes())?;
        until_so("the first rows are there", || Ok(site.parties()? > 0))?;
        let small = file(root, "small.csv", "reference,name\nS-1,Small\n")?;
        let small = ["import", "party", &small.to_string_lossy()].map(str::to_owned);
        let small: Vec<&str> = small.iter().map(String::as_str).collect();
        let second = site.run(&small)?;
        hold(second.exit == Some(1) && second.code()? == "import-running", || "two imports at once".to_owned())?;
        drop(client);
        until_so("the import ends with its client", || Ok(site.run(&small)?.exit == Some(0)))?;
        let there = site.parties()?;
        hold(there < ROWS, || format!("all {there} rows were imported for nobody"))?;
        hold(left_behind(&site)? == 0, || "the upload was left behind".to_owned())
    });
}
