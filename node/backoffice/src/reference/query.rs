//! What others ask of reference data: whether a code is known, and what it is called. The shipped edition is asked first, as it
//! costs nothing; then live records, alike at every site that has the same of them. Writes nothing.

use comptoir_replica::record::Record;
use rusqlite::{Connection, OptionalExtension};

use super::record::{Country, Currency, Subdivision};
use crate::editions::{self, Lang};

/// Whether `code` is the alpha-2 code of a country, in capitals.
///
/// # Errors
/// Those of SQL.
pub fn is_country(connection: &Connection, code: &str) -> rusqlite::Result<bool> {
    Ok(editions::is_country(code) || has_record(connection, Country::KIND, code)?)
}

/// Whether `code` is the code of a subdivision, in capitals.
///
/// # Errors
/// Those of SQL.
pub fn is_subdivision(connection: &Connection, code: &str) -> rusqlite::Result<bool> {
    Ok(editions::is_subdivision(code) || has_record(connection, Subdivision::KIND, code)?)
}

/// Whether `code` is the code of a currency that may be chosen, in capitals. A record may withdraw one that the edition has.
///
/// # Errors
/// Those of SQL.
pub fn is_currency(connection: &Connection, code: &str) -> rusqlite::Result<bool> {
    let withdrawn = connection
        .prepare_cached(
            "SELECT f_withdrawn FROM of_currency
             WHERE reference = ?1 AND archived = 0 AND alias_of IS NULL ORDER BY id LIMIT 1",
        )?
        .query_row([code], |row| row.get::<_, bool>(0))
        .optional()?;
    Ok(withdrawn.map_or_else(|| editions::is_currency(code), |withdrawn| !withdrawn))
}

/// The name of a country, subdivision or currency: the record's, else the shipped edition's. By the code's form: two capitals
/// are a country, three a currency, what has a hyphen is a subdivision.
///
/// # Errors
/// Those of SQL.
pub fn name(connection: &Connection, code: &str, lang: Lang) -> rusqlite::Result<Option<String>> {
    let kind = match code.len() {
        2 => Country::KIND,
        3 => Currency::KIND,
        _ => Subdivision::KIND,
    };
    let column = match lang {
        Lang::En => "f_name_en",
        Lang::Fr => "f_name_fr",
    };
    let sql = format!(
        "SELECT {column} FROM of_{kind} WHERE reference = ?1 AND archived = 0 AND alias_of IS NULL AND {column} <> ''
         ORDER BY id LIMIT 1"
    );
    let named = connection.prepare_cached(&sql)?.query_row([code], |row| row.get(0)).optional()?;
    Ok(named.or_else(|| editions::name(code, lang).map(str::to_owned)))
}

fn has_record(connection: &Connection, kind: &str, code: &str) -> rusqlite::Result<bool> {
    let sql = format!("SELECT 1 FROM of_{kind} WHERE reference = ?1 AND archived = 0 AND alias_of IS NULL LIMIT 1");
    connection.prepare_cached(&sql)?.exists([code])
}
