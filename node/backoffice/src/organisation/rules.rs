//! What requests may hold. Owns what the record type says of itself to the registry.

use super::record::SiteRequest;
use crate::desk::Stopped;
use crate::refusal::{Code, Refusal};
use crate::registry::{Business, Context, Put};

/// What headquarters alone writes.
const DECIDED: [&str; 2] = ["decision", "answer"];

impl Business for SiteRequest {
    // Two sites may well ask for one: that is nobody's mistake.
    const REFERENCE: Option<&'static str> = None;
    const COLUMNS: &'static [&'static str] = &["code", "name", "country", "asked_by", "decision"];
    const FIXED: &'static [&'static str] =
        &["code", "name", "country", "jurisdiction", "time_zone", "currency", "locale", "asked_by"];

    fn settle(context: &Context<'_>, _after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        let asks = context.record.is_none();
        // A form says the default of every field.
        let decides = |(path, value): &&Put| {
            DECIDED.contains(&path.as_str()) && !(asks && value.as_str().is_none_or(str::is_empty))
        };
        if let Some((path, _)) = puts.iter().find(decides)
            && (asks || !context.home.headquarters)
        {
            return Err(Refusal::of(path, Code::NotWritable).into());
        }
        if asks {
            // Who asks follows from where it is asked.
            puts.retain(|(path, _)| path != "asked_by");
            puts.push(("asked_by".to_owned(), context.home.code.as_str().into()));
        }
        Ok(())
    }
}
