//! What screens, imports and exports read of parties. Owns SELECTs on the projection alone.

use std::collections::BTreeMap;

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ids::ScopeId;
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::projection::record_id;
use crate::list::{ListPage, ListQuery, ListedRecord, PageKey, search_expression};

/// A page of parties by name.
///
/// # Errors
/// Those of SQL.
pub fn list(connection: &Connection, query: &ListQuery) -> rusqlite::Result<ListPage> {
    let filter = Filter::of(query);
    let total = connection
        .prepare_cached(&format!("SELECT COUNT(*) FROM {} WHERE {}", filter.from, filter.condition))?
        .query_row(filter.values().as_slice(), |row| row.get(0))?;
    let mut paged = filter;
    if let Some(key) = query.after.as_deref().and_then(PageKey::decode) {
        paged.and("(p.name_folded, p.id) > (?, ?)", [Box::new(key.name_folded) as Box<dyn ToSql>, Box::new(key.id)]);
    }
    let rows = query.page_rows() as usize;
    let sql = format!(
        "SELECT p.id, p.scope, p.name, p.name_folded, p.archived, p.conflicts, p.reference, p.kind, p.customer, p.supplier,
                p.phone, p.email, p.city, p.country
         FROM {} WHERE {} ORDER BY p.name_folded, p.id LIMIT {}",
        paged.from,
        paged.condition,
        rows + 1
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(paged.values().as_slice(), listed)?;
    let mut found = found.collect::<rusqlite::Result<Vec<_>>>()?;
    let more = found.len() > rows;
    found.truncate(rows);
    let next = if more { found.last().map(|(key, _)| key.encode()) } else { None };
    Ok(ListPage { total, records: found.into_iter().map(|(_, record)| record).collect(), next })
}

fn listed(row: &Row<'_>) -> rusqlite::Result<(PageKey, ListedRecord)> {
    let id = record_id(row, 0)?;
    let scope = ScopeId(row.get(1)?);
    let title: String = row.get(2)?;
    let roles = roles(row.get(8)?, row.get(9)?);
    let texts = [("reference", 6), ("kind", 7), ("phone", 10), ("email", 11), ("city", 12), ("country", 13)];
    let mut fields = BTreeMap::from([("name".to_owned(), title.as_str().into()), ("roles".to_owned(), roles.into())]);
    for (name, column) in texts {
        fields.insert(name.to_owned(), row.get::<_, String>(column)?.into());
    }
    let record = ListedRecord {
        id: id.to_string(),
        scope: scope.to_string(),
        title,
        archived: row.get(4)?,
        conflicts: row.get(5)?,
        fields,
    };
    Ok((PageKey { name_folded: row.get(3)?, id: id.0 }, record))
}

fn roles(customer: bool, supplier: bool) -> String {
    match (customer, supplier) {
        (true, true) => "customer|supplier",
        (true, false) => "customer",
        (false, true) => "supplier",
        (false, false) => "",
    }
    .to_owned()
}

/// A WHERE clause under construction. Only text of this file gets into the SQL; values are bound.
struct Filter {
    from: String,
    condition: String,
    bound: Vec<Box<dyn ToSql>>,
}

impl Filter {
    fn of(query: &ListQuery) -> Self {
        let mut filter = Self { from: "parties p".into(), condition: "TRUE".into(), bound: Vec::new() };
        if let Some(text) = &query.search {
            match search_expression(text) {
                Some(expression) => {
                    filter.from = "parties_search s JOIN parties p ON p.number = s.rowid".into();
                    filter.and("parties_search MATCH ?", [Box::new(expression) as Box<dyn ToSql>]);
                }
                None if text.trim().is_empty() => {}
                None => filter.and("FALSE", []),
            }
        }
        filter.and("p.archived = ?", [Box::new(query.archived.unwrap_or(false)) as Box<dyn ToSql>]);
        if let Some(kind) = &query.kind {
            filter.and("p.kind = ?", [Box::new(kind.clone()) as Box<dyn ToSql>]);
        }
        match query.role.as_deref() {
            Some("customer") => filter.and("p.customer", []),
            Some("supplier") => filter.and("p.supplier", []),
            Some(_) => filter.and("FALSE", []),
            None => {}
        }
        if let Some(country) = &query.country {
            filter.and("p.country = ?", [Box::new(country.to_uppercase()) as Box<dyn ToSql>]);
        }
        if let Some(reference) = &query.reference {
            filter.and("p.reference = ?", [Box::new(reference.clone()) as Box<dyn ToSql>]);
        }
        if let Some(wanted) = query.conflicts {
            filter.and(if wanted { "p.conflicts > 0" } else { "p.conflicts = 0" }, []);
        }
        filter
    }

    fn and<const N: usize>(&mut self, condition: &str, bound: [Box<dyn ToSql>; N]) {
        self.condition = format!("{} AND {condition}", self.condition);
        self.bound.extend(bound);
    }

    fn values(&self) -> Vec<&dyn ToSql> {
        self.bound.iter().map(AsRef::as_ref).collect()
    }
}

/// The live parties with this reference, ids ascending.
///
/// # Errors
/// Those of SQL.
pub fn by_reference(connection: &Connection, reference: &str) -> rusqlite::Result<Vec<(ScopeId, RecordId)>> {
    connection
        .prepare_cached("SELECT scope, id FROM parties WHERE reference = ?1 AND archived = 0 ORDER BY id")?
        .query_map([reference], |row| Ok((ScopeId(row.get(0)?), record_id(row, 1)?)))?
        .collect()
}

/// The party of this id, archived or not.
///
/// # Errors
/// Those of SQL.
pub fn by_id(connection: &Connection, id: RecordId) -> rusqlite::Result<Option<(ScopeId, RecordId)>> {
    connection
        .prepare_cached("SELECT scope FROM parties WHERE id = ?1")?
        .query_row([id.as_bytes()], |row| Ok((ScopeId(row.get(0)?), id)))
        .optional()
}

/// A reference and the live parties that bear it, ids ascending.
pub type Bearers = (String, Vec<(ScopeId, RecordId)>);

/// References that several live parties bear.
///
/// # Errors
/// Those of SQL.
pub fn duplicate_references(connection: &Connection, most: usize) -> rusqlite::Result<Vec<Bearers>> {
    let references: Vec<String> = connection
        .prepare_cached(
            "SELECT reference FROM parties WHERE archived = 0 AND reference <> ''
             GROUP BY reference HAVING COUNT(*) > 1 ORDER BY reference LIMIT ?1",
        )?
        .query_map([most as i64], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    references.into_iter().map(|reference| Ok((reference.clone(), by_reference(connection, &reference)?))).collect()
}

/// Parties that one site changed while another archived them or the line changed.
///
/// # Errors
/// Those of SQL.
pub fn edited_while_archived(connection: &Connection, most: usize) -> rusqlite::Result<Vec<(ScopeId, RecordId)>> {
    connection
        .prepare_cached("SELECT scope, id FROM parties WHERE edited_archived > 0 ORDER BY id LIMIT ?1")?
        .query_map([most as i64], |row| Ok((ScopeId(row.get(0)?), record_id(row, 1)?)))?
        .collect()
}

/// Findings in numbers: fields in conflict, references with several live bearers, parties changed under an archive.
///
/// # Errors
/// Those of SQL.
pub fn finding_counts(connection: &Connection) -> rusqlite::Result<[u32; 3]> {
    connection
        .prepare_cached(
            "SELECT (SELECT IFNULL(SUM(conflicts), 0) FROM parties WHERE conflicts > 0),
                    (SELECT COUNT(*) FROM (SELECT 1 FROM parties WHERE archived = 0 AND reference <> ''
                                           GROUP BY reference HAVING COUNT(*) > 1)),
                    (SELECT IFNULL(SUM(edited_archived), 0) FROM parties WHERE edited_archived > 0)",
        )?
        .query_row([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))
}

/// Calls `each` with every live party's cells in the order of the import's columns; parties by reference, then by id.
///
/// # Errors
/// Those of SQL, and of `each`.
pub fn export_rows<E: From<rusqlite::Error>>(
    connection: &Connection,
    mut each: impl FnMut(&[&str]) -> Result<(), E>,
) -> Result<(), E> {
    let mut statement = connection.prepare_cached(
        "SELECT reference, kind, name, customer, supplier, street, postcode, city, country, email, phone, vat, siren, iban, terms
         FROM parties WHERE archived = 0 ORDER BY reference, id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text = |column: usize| -> rusqlite::Result<&str> { Ok(row.get_ref(column)?.as_str()?) };
        let roles = roles(row.get(3)?, row.get(4)?);
        let mut cells = vec![text(0)?, text(1)?, text(2)?, roles.as_str()];
        for column in 5..15 {
            cells.push(text(column)?);
        }
        each(&cells)?;
    }
    Ok(())
}

/// Every party, live or archived, ids ascending.
///
/// # Errors
/// Those of SQL.
pub fn all(connection: &Connection) -> rusqlite::Result<Vec<(ScopeId, RecordId)>> {
    connection
        .prepare_cached("SELECT scope, id FROM parties ORDER BY id")?
        .query_map(params![], |row| Ok((ScopeId(row.get(0)?), record_id(row, 1)?)))?
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::parties::command::export::write_csv;
    use crate::parties::command::import;
    use crate::parties::projection::{CREATE, DROP, project};
    use crate::samples::folded;
    use comptoir_replica::record::Scalar;

    const SCOPE: ScopeId = ScopeId([3; 16]);

    fn tables() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(CREATE).unwrap();
        connection
    }

    fn add(connection: &Connection, id: u8, puts: &[(&str, Scalar)]) {
        project(connection, SCOPE, RecordId([id; 16]), &folded(puts)).unwrap();
    }

    fn sample() -> Connection {
        let connection = tables();
        let party = |id, reference: &str, name: &str, city: &str, country: &str| {
            add(
                &connection,
                id,
                &[
                    ("reference", reference.into()),
                    ("name", name.into()),
                    ("customer", (id % 2 == 1).into()),
                    ("email", format!("mail{id}@poste.example").into()),
                    ("addresses/aa/city", city.into()),
                    ("addresses/aa/country", country.into()),
                    ("addresses/aa/street", "12, rue de l’Œuvre".into()),
                ],
            );
        };
        party(1, "C-1", "Évreux & Fils", "Dakar", "SN");
        party(2, "C-2", "Zola", "Lyon", "FR");
        party(3, "C-3", "eva", "Montréal", "CA");
        party(4, "C-2", "Éva", "Lyon", "FR");
        connection
    }

    fn titles(connection: &Connection, query: &ListQuery) -> Vec<String> {
        list(connection, query).unwrap().records.into_iter().map(|record| record.title).collect()
    }

    fn search(connection: &Connection, text: &str) -> Vec<String> {
        titles(connection, &ListQuery { search: Some(text.into()), ..ListQuery::default() })
    }

    #[test]
    fn names_sort_without_case_and_accents_and_pages_follow_each_other() {
        let connection = sample();
        let mut query = ListQuery { limit: Some(2), ..ListQuery::default() };
        let first = list(&connection, &query).unwrap();
        assert_eq!(first.total, 4);
        query.after = first.next.clone();
        let second = list(&connection, &query).unwrap();
        let all: Vec<_> = first.records.iter().chain(&second.records).map(|record| record.title.as_str()).collect();
        assert_eq!(all, ["eva", "Éva", "Évreux & Fils", "Zola"]);
        assert_eq!((second.next, second.total), (None, 4));
    }

    #[test]
    fn search_folds_accents_and_takes_beginnings() {
        let connection = sample();
        assert_eq!(search(&connection, "EVREUX"), ["Évreux & Fils"]);
        assert_eq!(search(&connection, "montreal"), ["eva"]);
        assert_eq!(search(&connection, "œuv lyo"), ["Éva", "Zola"]);
        assert_eq!(search(&connection, "oeuvre dak"), ["Évreux & Fils"]);
        assert_eq!(search(&connection, "mail2@poste.example"), ["Zola"]);
        assert_eq!(search(&connection, "c-3"), ["eva"]);
        assert_eq!(search(&connection, "\" OR *"), Vec::<String>::new());
        assert_eq!(search(&connection, "  ").len(), 4);
    }

    #[test]
    fn a_changed_party_is_found_by_its_new_name_alone() {
        let connection = sample();
        add(&connection, 2, &[("name", "Balzac".into())]);
        assert_eq!(search(&connection, "zola"), Vec::<String>::new());
        assert_eq!(search(&connection, "balzac"), ["Balzac"]);
        add(&connection, 2, &[("name", "Balzac".into()), ("archived", true.into())]);
        assert_eq!(search(&connection, "balzac"), Vec::<String>::new());
        let query = ListQuery { archived: Some(true), search: Some("balzac".into()), ..ListQuery::default() };
        assert_eq!(titles(&connection, &query), ["Balzac"]);
    }

    #[test]
    fn filters_narrow_the_list() {
        let connection = sample();
        let by = |query: ListQuery| titles(&connection, &query);
        assert_eq!(by(ListQuery { country: Some("fr".into()), ..ListQuery::default() }), ["Éva", "Zola"]);
        assert_eq!(by(ListQuery { role: Some("customer".into()), ..ListQuery::default() }), ["eva", "Évreux & Fils"]);
        assert!(by(ListQuery { role: Some("spy".into()), ..ListQuery::default() }).is_empty());
        assert_eq!(by(ListQuery { reference: Some("C-3".into()), ..ListQuery::default() }), ["eva"]);
        assert!(by(ListQuery { conflicts: Some(true), ..ListQuery::default() }).is_empty());
        assert!(by(ListQuery { kind: Some("person".into()), ..ListQuery::default() }).is_empty());
    }

    #[test]
    fn two_live_bearers_of_a_reference_are_a_finding() {
        let connection = sample();
        let bearers = [2, 4].map(|id| (SCOPE, RecordId([id; 16]))).to_vec();
        assert_eq!(duplicate_references(&connection, 10).unwrap(), [("C-2".to_owned(), bearers)]);
        add(&connection, 4, &[("reference", "C-2".into()), ("archived", true.into())]);
        assert!(duplicate_references(&connection, 10).unwrap().is_empty());
    }

    #[test]
    fn an_export_imports_as_it_was() {
        let connection = tables();
        let row = "C-1,person,\"=Aïda \"\"A\"\", inc.\",customer|supplier,\"1, rue X\nBât. B\",10000,Dakar,SN,a@b.example,+221 33,V,S,I,30\n";
        let header = import::COLUMNS.join(",");
        let (rows, _) = import::read(format!("{header}\n{row}").as_bytes()).unwrap();
        let puts = rows[0].creates().unwrap();
        let puts: Vec<(&str, Scalar)> = puts.iter().map(|(path, value)| (path.as_str(), value.clone())).collect();
        add(&connection, 1, &puts);
        add(&connection, 2, &[("name", "gone".into()), ("archived", true.into())]);
        let mut out = Vec::new();
        write_csv(&connection, &mut out).unwrap();
        let text = String::from_utf8(out.clone()).unwrap();
        assert!(text.contains("\"'=Aïda") && text.contains(",'+221 33,") && !text.contains("gone"), "{text}");
        let (again, refused) = import::read(&out).unwrap();
        assert!(refused.is_empty() && again.len() == 1);
        assert_eq!(again[0].changes(&folded(&puts)), []);
    }

    #[test]
    fn drop_undoes_create() {
        let connection = sample();
        connection.execute_batch(DROP).unwrap();
        let left: i64 = connection.query_row("SELECT COUNT(*) FROM sqlite_master", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0);
        connection.execute_batch(CREATE).unwrap();
    }
}
