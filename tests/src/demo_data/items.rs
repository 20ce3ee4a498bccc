//! Items of a made-up trading house, as the CSV that `comptoir-node import item` reads: the parts of TPC-H, whose generator gives
//! the same rows everywhere. Owns the choice of columns, and the numbers on bar codes, which are in the range that GS1 keeps
//! for use within a company.

use tpchgen::distribution::Distributions;
use tpchgen::generators::PartGenerator;
use tpchgen::text::TextPool;

/// The columns, in order.
pub const ITEM_COLUMNS: [&str; 6] = ["sku", "name", "description", "gtin", "kind", "amount"];

/// Parts of TPC-H at scale 1.
const PARTS_AT_SCALE_ONE: f64 = 200_000.0;
/// Comments, which are not taken, are drawn from a text of this many bytes: the least that the generator takes.
const TEXT_BYTES: i32 = 1 << 20;

/// `count` items under a header, as CSV.
pub fn write_items(count: usize) -> String {
    let (distributions, invariant) = (Distributions::static_default(), "invariant: writing to memory does not fail");
    let text = TextPool::new(TEXT_BYTES, distributions);
    // A whole scale is more than is asked for; rows of a smaller one are its first.
    let scale = (count as f64 / PARTS_AT_SCALE_ONE).max(f64::EPSILON).ceil();
    let parts = PartGenerator::new_with_distributions_and_text_pool(scale, 1, 1, distributions, &text);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(ITEM_COLUMNS).expect(invariant);
    for part in parts.iter().take(count) {
        let row = [
            format!("P-{:07}", part.p_partkey),
            part.p_name.to_string(),
            format!("{}, {}, {}, size {}", part.p_type, part.p_container, part.p_brand, part.p_size),
            gtin(part.p_partkey),
            "sale".to_owned(),
            format!("{} EUR", part.p_retailprice),
        ];
        writer.write_record(row).expect(invariant);
    }
    String::from_utf8(writer.into_inner().expect(invariant)).expect("invariant: every field is UTF-8")
}

/// GTIN-13 of the range 20 to 29, which is a company's own.
fn gtin(key: i64) -> String {
    let digits = format!("20{key:010}");
    let weighted =
        digits.bytes().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight);
    let check = (10 - weighted.sum::<u32>() % 10) % 10;
    format!("{digits}{check}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn items_are_the_same_each_time_and_their_numbers_are_right() {
        let csv = write_items(500);
        assert_eq!(csv, write_items(500));
        assert!(csv.starts_with(&write_items(100)));
        let rows: Vec<csv::StringRecord> =
            csv::Reader::from_reader(csv.as_bytes()).records().map(|row| row.unwrap()).collect();
        assert_eq!(rows.len(), 500);
        for row in &rows {
            assert_eq!(comptoir_backoffice::identifiers::gtin(&row[3]).unwrap(), row[3]);
        }
    }
}
