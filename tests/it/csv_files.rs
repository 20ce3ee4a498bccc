//! CSV files as people really have them: each gives records, or a typed refusal of its bad rows alone.

use std::path::Path;

use comptoir_tests::demo_data::{COLUMNS, write_csv};
use comptoir_tests::processes::failure::hold;
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
fn fifty_thousand_rows_are_taken_and_one_more_is_not() {
    in_place(|programs, root| {
        let site = alone(programs, root)?;
        let text = write_csv(5, 50_000, "L-");
        let one_more = format!("{text}{}", row("L-X", "One too many", "1 rue X"));
        assert_eq!(import(&site, root, one_more)?, (Some(1), Err("too-many-rows".to_owned())));
        assert_eq!(import(&site, root, &text)?, created(50_000));
        hold(site.parties()? == 50_000, || "not every row became a party".to_owned())
    });
}
