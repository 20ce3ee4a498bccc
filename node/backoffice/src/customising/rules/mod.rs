//! What customising's records may be. Owns what each type says of itself to the registry: what is made of other fields, what is
//! the same for ever, what may be defined once, and that a definition's rules agree with each other.

pub(super) mod definition;
mod mask;
pub(super) mod own_fields;

use comptoir_replica::record::Scalar;
use rusqlite::{OptionalExtension, params};

use definition::Definition;
use own_fields::STAGE;

use super::query::definition;
use super::record::{CustomField, ImportMapping, Label, ModuleSwitch, Stage, View};
use crate::desk::Stopped;
use crate::limits::{MAX_CUSTOM_DECIMALS, MAX_CUSTOM_FIELDS, MAX_NOTES_CHARS};
use crate::list::{ListQuery, list};
use crate::projection::{layout, record_id};
use crate::refusal::{Code, Refusal};
use crate::registry::{Business, Context, Kind, Module, Put, kind, kinds};
use crate::staff::May;

impl Business for CustomField {
    const TITLE: &'static str = "reference";
    const COLUMNS: &'static [&'static str] = &["reference", "kind", "key", "type"];
    const FIXED: &'static [&'static str] = &["kind", "key", "type", "target", "choices/*/value"];

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        names_itself(context, after, puts, "key")?;
        check_class(context, after, puts)?;
        let Some(definition) = Definition::of(after.clone()) else { return Ok(()) };
        if puts.iter().any(|(path, _)| path == "key") {
            check_room(context, after)?;
        }
        const RULES: &[&str] =
            &["type", "required", "default", "choices", "target", "min", "max", "pattern", "length", "decimals"];
        let touched = |path: &str| RULES.contains(&path.split('/').next().unwrap_or_default());
        if puts.iter().any(|(path, _)| touched(path)) {
            check_rules(context, &definition, puts)?;
        }
        Ok(())
    }

    fn computed(&self) -> Option<String> {
        Some(format!("{}.{}", self.kind, self.key))
    }
}

impl Business for Label {
    const TITLE: &'static str = "text";
    const COLUMNS: &'static [&'static str] = &["reference", "kind", "path", "language", "text"];
    const FIXED: &'static [&'static str] = &["kind", "path", "language"];

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        if let Ok(kind) = kind(&after.kind)
            && puts.iter().any(|(path, _)| path == "path")
            && !has_path(kind, &after.path)
        {
            let known: Vec<String> = kind.schema().iter().map(|field| field.path.replace("/*/", ".")).collect();
            let refusal = Refusal::of("path", Code::NotInList).with("value", &after.path);
            return Err(refusal.with("known", known.join(", ")).into());
        }
        names_itself(context, after, puts, "language")
    }

    fn computed(&self) -> Option<String> {
        let dot = if self.path.is_empty() { "" } else { "." };
        Some(format!("{}{dot}{}/{}", self.kind, self.path, self.language))
    }
}

impl Business for Stage {
    const TITLE: &'static str = "reference";
    const COLUMNS: &'static [&'static str] = &["reference", "kind", "key"];
    const FIXED: &'static [&'static str] = &["kind", "key"];

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        let at_stages = |kind: &Kind| kind.schema().iter().any(|field| field.widget == Some(STAGE) && !field.line);
        if puts.iter().any(|(path, _)| path == "kind") && kind(&after.kind).is_ok_and(|kind| !at_stages(kind)) {
            let known: Vec<&str> = kinds().filter(|kind| at_stages(kind)).map(Kind::name).collect();
            let refusal = Refusal::of("kind", Code::NotInList).with("value", &after.kind);
            return Err(refusal.with("known", known.join(", ")).into());
        }
        names_itself(context, after, puts, "key")
    }

    fn computed(&self) -> Option<String> {
        Some(format!("{}.{}", self.kind, self.key))
    }
}

impl Business for ModuleSwitch {
    const TITLE: &'static str = "reference";
    const COLUMNS: &'static [&'static str] = &["reference", "module", "site", "on"];
    const FIXED: &'static [&'static str] = &["module", "site"];

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        if let Some(why) = Module::of_name(&after.module).ok().and_then(Module::needed).filter(|_| !after.on) {
            return Err(Refusal::of("on", Code::ModuleNeeded).with("value", &after.module).with("why", why).into());
        }
        names_itself(context, after, puts, "module")
    }

    fn computed(&self) -> Option<String> {
        let slash = if self.site.is_empty() { "" } else { "/" };
        Some(format!("{}{slash}{}", self.module, self.site))
    }
}

impl Business for View {
    const REFERENCE: Option<&'static str> = None;
    const COLUMNS: &'static [&'static str] = &["name", "kind"];
    const FIXED: &'static [&'static str] = &["kind"];

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        // The kind may be a newer version's.
        let Ok(of) = kind(&after.kind) else { return Ok(()) };
        let put = |name: &str| puts.iter().any(|(path, _)| path == name);
        if put("name") {
            check_view_name(context, after)?;
        }
        if put("query") {
            check_view_query(context, of, &after.query)?;
        }
        Ok(())
    }
}

impl Business for ImportMapping {
    const REFERENCE: Option<&'static str> = None;
    const COLUMNS: &'static [&'static str] = &["name", "kind", "form"];
    const FIXED: &'static [&'static str] = &["kind"];
}

/// A record of these types is known by what it defines. Its reference follows from fields that stay as they are, of which
/// `part` is one that every new record puts: it is checked and put with that, once.
fn names_itself<T: Business>(context: &Context<'_>, after: &T, puts: &mut Vec<Put>, part: &str) -> Result<(), Stopped> {
    const REFERENCE: &str = "reference";
    let Some(reference) = after.computed() else { return Ok(()) };
    if puts.iter().any(|(path, value)| path == REFERENCE && value.as_str() != Some(reference.as_str())) {
        return Err(Refusal::of(REFERENCE, Code::NotWritable).into());
    }
    if !puts.iter().any(|(path, _)| path == part) {
        return Ok(());
    }
    let found = context
        .connection
        .prepare_cached(&format!(
            "SELECT id FROM {} WHERE reference = ?1 AND alias_of IS NULL ORDER BY archived, id LIMIT 1",
            layout(kind(T::KIND)?).table
        ))?
        .query_row([&reference], |row| record_id(row, 0))
        .optional()?;
    if let Some(id) = found {
        return Err(Refusal::of(part, Code::DefinedAlready).with("value", &reference).with("id", id).into());
    }
    if !puts.iter().any(|(path, _)| path == REFERENCE) {
        puts.push((REFERENCE.to_owned(), reference.into()));
    }
    Ok(())
}

/// Nobody opens to themselves what they do not see: who changes the class of a field sees the one that it has.
fn check_class(context: &Context<'_>, after: &CustomField, puts: &[Put]) -> Result<(), Stopped> {
    let Ok(of) = kind(&after.kind) else { return Ok(()) };
    if puts.iter().any(|(path, _)| path == "class")
        && let Some(in_force) = definition(context.connection, of.name(), &after.key)?
    {
        let module = Module::of(of);
        let seen = in_force.class().is_some_and(|class| context.standing.classes(module).has(class));
        if !seen && !context.standing.classes(module).are_all() {
            let refusal = Refusal::of("class", Code::NotGranted).with("verb", May::See.word());
            return Err(refusal.with("module", module.name()).into());
        }
    }
    Ok(())
}

/// A view is asked for by its name: here no other live one of the kind has it. Two sites may still name two alike.
fn check_view_name(context: &Context<'_>, view: &View) -> Result<(), Stopped> {
    let own = context.record.as_ref().map(|id| id.as_bytes().as_slice());
    let bearer = context
        .connection
        .prepare_cached(
            "SELECT id FROM of_view WHERE f_kind = ?1 AND f_name = ?2 AND archived = 0 AND alias_of IS NULL
             AND (?3 IS NULL OR id <> ?3) ORDER BY id LIMIT 1",
        )?
        .query_row(params![view.kind, view.name, own], |row| record_id(row, 0))
        .optional()?;
    match bearer {
        Some(id) => Err(Refusal::of("name", Code::DefinedAlready).with("value", &view.name).with("id", id).into()),
        None => Ok(()),
    }
}

/// What no list of the kind takes is not kept as a view.
fn check_view_query(context: &Context<'_>, of: &Kind, text: &str) -> Result<(), Stopped> {
    let pairs: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
    let query = ListQuery::parse(pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
    let listed =
        query.map_err(Stopped::from).and_then(|query| list(context, of, &ListQuery { limit: Some(1), ..query }));
    match listed {
        Err(Stopped::Refused(refusal)) if refusal.code != Code::ModuleOff => {
            let at = refusal.field.as_deref().map_or("query".to_owned(), |field| format!("query.{field}"));
            Err(refusal.under(&at).into())
        }
        Err(Stopped::Sql(error)) => Err(error.into()),
        _ => Ok(()),
    }
}

/// Whether a kind has such a field or list of lines.
fn has_path(kind: &Kind, path: &str) -> bool {
    path.is_empty()
        || kind.lists().contains(&path)
        || kind.schema().iter().any(|field| field.path.replace("/*/", ".") == path)
}

fn check_room(context: &Context<'_>, field: &CustomField) -> Result<(), Stopped> {
    let held: i64 = context
        .connection
        .prepare_cached("SELECT COUNT(*) FROM of_custom_field WHERE f_kind = ?1 AND archived = 0")?
        .query_row([&field.kind], |row| row.get(0))?;
    if held < MAX_CUSTOM_FIELDS as i64 {
        return Ok(());
    }
    Err(Refusal::of("kind", Code::TooMany).with("limit", MAX_CUSTOM_FIELDS).into())
}

/// Rules that the type has, that leave some value, and that the default keeps. What is written as a value of the field is put
/// into its canonical form, so that it means the same at every site.
fn check_rules(context: &Context<'_>, definition: &Definition, puts: &mut [Put]) -> Result<(), Stopped> {
    let field = &definition.field;
    let choices = definition.offered().count();
    let given = [
        ("min", !field.min.is_empty()),
        ("max", !field.max.is_empty()),
        ("pattern", !field.pattern.is_empty()),
        ("length", field.length.is_some()),
        ("decimals", field.decimals.is_some()),
        ("choices", choices > 0),
        ("target", !field.target.is_empty()),
    ];
    let has = definition.holds.rules();
    if let Some((rule, _)) = given.iter().find(|(rule, given)| *given && !has.contains(rule)) {
        return Err(Refusal::of(rule, Code::RuleUnfit).with("type", &field.r#type).into());
    }
    for needed in ["choices", "target"] {
        if has.contains(&needed) && given.contains(&(needed, false)) {
            return Err(Refusal::of(needed, Code::Required).into());
        }
    }
    check_within("length", field.length, 1, MAX_NOTES_CHARS as i64)?;
    check_within("decimals", field.decimals, 0, i64::from(MAX_CUSTOM_DECIMALS))?;
    check_choices(definition)?;
    let min = canonical(context, definition, "min", &field.min, puts)?;
    let max = canonical(context, definition, "max", &field.max, puts)?;
    if let (Some(min), Some(max)) = (min, max)
        && definition.compare(&min, &max).map_err(|refusal| refusal.under("min"))?.is_some_and(|order| order.is_gt())
    {
        return Err(Refusal::of("min", Code::RuleEmpty).with("limit", &field.max).into());
    }
    if let Some(default) = canonical(context, definition, "default", &field.default, puts)? {
        let whole = Definition { field: CustomField { archived: false, ..field.clone() }, ..definition.clone() };
        let judged = whole.typed(context, &definition.text(&default).into());
        judged.and_then(|value| Ok(whole.check_new(&value)?)).map_err(|stopped| stopped.under("default"))?;
    }
    Ok(())
}

fn check_within(rule: &str, value: Option<i64>, least: i64, most: i64) -> Result<(), Refusal> {
    match value {
        Some(value) if value < least => Err(Refusal::of(rule, Code::TooLow).with("limit", least)),
        Some(value) if value > most => Err(Refusal::of(rule, Code::TooHigh).with("limit", most)),
        _ => Ok(()),
    }
}

fn check_choices(definition: &Definition) -> Result<(), Refusal> {
    let mut values: Vec<&str> = definition.offered().map(|choice| choice.value.as_str()).collect();
    values.sort_unstable();
    match values.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Refusal::of("choices", Code::ValueTwice).with("value", pair[0])),
        None => Ok(()),
    }
}

/// What a definition's own field says as a value of the field that it defines; `None` when it says nothing.
fn canonical(
    context: &Context<'_>,
    definition: &Definition,
    path: &str,
    text: &str,
    puts: &mut [Put],
) -> Result<Option<Scalar>, Stopped> {
    if text.is_empty() {
        return Ok(None);
    }
    let value = definition.plain(context, &text.into()).map_err(|stopped| stopped.under(path))?;
    if let Some((_, put)) = puts.iter_mut().find(|(put, _)| put == path) {
        *put = definition.text(&value).into();
    }
    Ok(Some(value))
}
