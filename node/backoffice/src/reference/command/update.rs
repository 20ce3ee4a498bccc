//! Bringing reference data up to the edition that the program ships: makes the records that are not there and changes those that
//! say otherwise; one that headquarters took out of use stays so. Owns the comparison and the batches in which it is written.
//! A dry run takes the same way and writes nothing; run again, it finds nothing to do.

use std::collections::BTreeMap;

use comptoir_replica::record::{Record, RecordId};
use comptoir_replica::{Appended, Edit, Reading};
use comptoir_sync_protocol::ids::BatchId;
use rand_core::CryptoRng;
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::changes::Asked;
use crate::desk::{CommandError, Desk, Stopped, decide};
use crate::editions::{EDITION, countries, currencies, subdivisions};
use crate::find::Place;
use crate::limits::{IMPORT_BATCH_ROWS, MAX_REFERENCE_DIFFERENCES};
use crate::projection::{layout, place};
use crate::reference::record::{Country, Currency, Subdivision};
use crate::registry::{Context, Kind, Put, kind};

/// What the log calls it.
const NAME: &str = "reference.update";

/// What an update did, or would do.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct UpdateReport {
    /// The edition, by its day: `2026-03-25`.
    pub edition: String,
    /// Records that were made.
    pub created: u32,
    /// Records that were changed.
    pub changed: u32,
    /// Records that say what the edition says, or are out of use.
    pub unchanged: u32,
    /// What is changed in records that were there, as far as a person reads: the first ones.
    pub differences: Vec<Difference>,
    /// Names what was written as one act, to take it back; null when nothing was.
    pub batch: Option<String>,
}

/// One field in which a record says otherwise than the edition.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// `country`, `subdivision` or `currency`.
    pub kind: String,
    /// The record's code.
    pub code: String,
    /// The field.
    pub field: String,
    /// What the record says.
    pub before: String,
    /// What the edition says.
    pub after: String,
}

/// A row of the edition, as a record of this kind would hold it.
struct Wanted {
    kind: &'static Kind,
    code: &'static str,
    fields: BTreeMap<String, Value>,
}

fn wanted() -> Result<Vec<Wanted>, Stopped> {
    let row = |kind, code, fields: Value| {
        let Value::Object(fields) = fields else { unreachable!("invariant: written as an object below") };
        Wanted { kind, code, fields: fields.into_iter().collect() }
    };
    let of_currency = kind(Currency::KIND)?;
    let mut rows: Vec<Wanted> = Vec::new();
    rows.extend(currencies().iter().map(|one| {
        let fields = json!({
            "code": one.code, "numeric": one.numeric, "digits": one.minor_digits, "name_en": one.name_en,
            "name_fr": one.name_fr, "withdrawn": one.withdrawn,
        });
        row(of_currency, one.code.as_str(), fields)
    }));
    let of_country = kind(Country::KIND)?;
    rows.extend(countries().iter().map(|one| {
        let fields = json!({
            "code": one.alpha2, "alpha3": one.alpha3, "numeric": one.numeric, "name_en": one.name_en,
            "name_fr": one.name_fr, "calling_code": one.calling_code, "currency": one.currency,
        });
        row(of_country, one.alpha2.as_str(), fields)
    }));
    let of_subdivision = kind(Subdivision::KIND)?;
    rows.extend(subdivisions().iter().map(|one| {
        let fields = json!({
            "code": one.code, "country": one.country(), "name_en": one.name_en, "name_fr": one.name_fr,
            "parent": one.parent,
        });
        row(of_subdivision, one.code.as_str(), fields)
    }));
    Ok(rows)
}

/// What one row of the edition does.
enum Outcome {
    Creates(Vec<Put>),
    Changes(RecordId, Vec<Put>),
    Nothing,
}

impl Desk<'_> {
    /// What [`Desk::update_reference`] would do now. Writes nothing.
    ///
    /// # Errors
    /// When the store fails, or the module is off.
    pub fn try_update_reference(&self) -> Result<UpdateReport, CommandError> {
        self.look(|reading| {
            let context = self.context(reading);
            let mut report = UpdateReport { edition: EDITION.to_owned(), ..UpdateReport::default() };
            for row in wanted()? {
                let outcome = outcome(reading, &context, &row, &mut report.differences)?;
                report.count(&outcome);
            }
            Ok(report)
        })
    }

    /// Brings the records up to the shipped edition, batch by batch, and calls `committed` after each with what it wrote. A kill
    /// loses the batch under way; run again, it does the rest.
    ///
    /// # Errors
    /// [`crate::refusal::Code::HeadquartersOnly`] elsewhere, or the store's.
    pub fn update_reference(
        &self,
        rng: &mut impl CryptoRng,
        mut committed: impl FnMut(Appended),
    ) -> Result<UpdateReport, CommandError> {
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        let batch = BatchId(id);
        let rows = wanted()?;
        let mut report = UpdateReport { edition: EDITION.to_owned(), ..UpdateReport::default() };
        // All three kinds live in one scope; the chunks do not care where one ends.
        for rows in rows.chunks(IMPORT_BATCH_ROWS) {
            let scope = self.scope_of(rows[0].kind);
            let mut mint = self.replica.mint(scope);
            let ids: Vec<RecordId> = rows.iter().map(|_| mint.create(self.now_ms, rng)).collect();
            let mut part = UpdateReport::default();
            let request = self.request(scope, NAME).in_batch(batch);
            let appended = self.append(request, rng, |reading| {
                let context = self.context(reading);
                let mut edits = Vec::with_capacity(rows.len());
                for (row, id) in rows.iter().zip(ids) {
                    let outcome = outcome(reading, &context, row, &mut part.differences)?;
                    part.count(&outcome);
                    edits.extend(match outcome {
                        Outcome::Creates(puts) => Some(Edit::create(row.kind.name(), id, puts)),
                        Outcome::Changes(record, puts) => Some(Edit::change(row.kind.name(), record, puts)),
                        Outcome::Nothing => None,
                    });
                }
                Ok::<_, Stopped>(edits)
            })?;
            report.add(part);
            committed(appended);
        }
        let wrote = report.created + report.changed > 0;
        report.batch = wrote.then(|| batch.to_string());
        Ok(report)
    }
}

fn outcome(
    reading: &Reading<'_>,
    context: &Context<'_>,
    row: &Wanted,
    differences: &mut Vec<Difference>,
) -> Result<Outcome, Stopped> {
    let asked = Asked::of_fields(row.fields.clone());
    let Some(((scope, id), archived)) = bearer(context, row)? else {
        return Ok(Outcome::Creates(decide::create(row.kind, context, &asked)?));
    };
    let Some(stored) = reading.record(&scope, &id)?.filter(|_| !archived) else { return Ok(Outcome::Nothing) };
    let puts = decide::change(row.kind, context, &asked, &stored.cells)?;
    if puts.is_empty() {
        return Ok(Outcome::Nothing);
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    differences.extend(puts.iter().map(|(field, value)| Difference {
        kind: row.kind.name().to_owned(),
        code: row.code.to_owned(),
        field: field.clone(),
        before: stored.cells.winner(field).map(|value| text(&value.to_json())).unwrap_or_default(),
        after: text(&value.to_json()),
    }));
    differences.truncate(MAX_REFERENCE_DIFFERENCES);
    Ok(Outcome::Changes(id, puts))
}

/// The record of this code: a live one before one that is out of use, of several the smallest id.
fn bearer(context: &Context<'_>, row: &Wanted) -> rusqlite::Result<Option<(Place, bool)>> {
    let sql = format!(
        "SELECT scope, id, archived FROM {} WHERE reference = ?1 AND alias_of IS NULL ORDER BY archived, id LIMIT 1",
        layout(row.kind).table
    );
    let mut statement = context.connection.prepare_cached(&sql)?;
    statement.query_row([row.code], |row| Ok((place(row)?, row.get(2)?))).optional()
}

impl UpdateReport {
    fn count(&mut self, outcome: &Outcome) {
        *match outcome {
            Outcome::Creates(_) => &mut self.created,
            Outcome::Changes(..) => &mut self.changed,
            Outcome::Nothing => &mut self.unchanged,
        } += 1;
    }

    fn add(&mut self, part: Self) {
        self.created += part.created;
        self.changed += part.changed;
        self.unchanged += part.unchanged;
        self.differences.extend(part.differences);
        self.differences.truncate(MAX_REFERENCE_DIFFERENCES);
    }
}
