//! Which kinds of record there are, and what each is made of: what forms, lists and imports are made from. Owns the requests.

use axum::Json;
use axum::extract::State;
use comptoir_backoffice::customising::query::{is_on, names};
use comptoir_backoffice::registry::{Kind, Module, kinds as every_kind};
use comptoir_backoffice::staff::{May, Standing, is_the_operators};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::known;
use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{Params, Segments};
use crate::node::Node;
use crate::problem::{Problem, ProblemBody};
use crate::who::Who;

/// In which language.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LangParams {
    /// BCP 47; the site's own when nothing is said. There are names in French and English.
    pub lang: Option<String>,
}

/// The kinds of record.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Kinds {
    /// By module.
    pub kinds: Vec<KindShown>,
}

/// One kind of record.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct KindShown {
    /// Its name in paths.
    pub kind: String,
    /// The module that owns it.
    pub module: String,
    /// Whether the module is in use at this site.
    pub on: bool,
    /// What whoever asks may do with its records: `see`, `edit`, `post`, `import`, `export`.
    pub may: Vec<String>,
    /// What the organisation calls it; the kind's name where it has no other.
    pub label: String,
    /// Who may write: `reference`, `site-owned`, `handover`, `shared`, `escrow`.
    pub write_class: String,
    /// The field whose value names a record.
    pub title: String,
    /// The field that people know a record by, if there is one.
    pub reference: Option<String>,
    /// Its lists of lines.
    pub lists: Vec<String>,
}

/// The kinds of record that this node knows and whoever asks sees.
#[utoipa::path(get, path = "/api/v1/kinds", tag = "records", params(LangParams),
    responses((status = 200, body = Kinds), (status = "default", body = ProblemBody)))]
pub async fn kinds(State(api): State<Api>, Params(LangParams { lang }): Params<LangParams>) -> Answer<Kinds> {
    let kinds = api.run(move |node| {
        let lang = lang.unwrap_or_else(|| node.locale());
        let standing = Who::now().standing;
        let seen = every_kind().filter(|kind| standing.sees(kind));
        let kinds = seen.map(|kind| shown(node, kind, &lang)).collect::<Result<_, _>>()?;
        Ok(Kinds { kinds })
    });
    kinds.await.map(Json)
}

fn shown(node: &Node, kind: &'static Kind, lang: &str) -> Result<KindShown, Problem> {
    let module = Module::of(kind);
    let read = node.replica().read(|reading| {
        let label = names(reading.connection(), kind.name(), lang)?.remove("");
        Ok((label, is_on(reading.connection(), module, &node.site_code())?))
    });
    let (label, on) = read.map_err(|error| node.storage_problem(&error))?;
    Ok(KindShown {
        kind: kind.name().to_owned(),
        module: module.name().to_owned(),
        on,
        may: may(kind, module).map(|verb| verb.word().to_owned()).collect(),
        label: label.map_or_else(|| kind.name().to_owned(), |label| label.text),
        write_class: kind.schema_json()["x-write-class"].as_str().unwrap_or_default().to_owned(),
        title: kind.title().to_owned(),
        reference: kind.reference().map(str::to_owned),
        lists: kind.lists().into_iter().map(str::to_owned).collect(),
    })
}

/// What whoever asks may do with records of a kind; accounts and roles are looked at by all but the operator.
fn may(kind: &Kind, module: Module) -> impl Iterator<Item = May> {
    let (standing, is_the_operators) = (Who::now().standing, is_the_operators(kind.name()));
    let looks = standing != Standing::Operator && is_the_operators;
    let verbs = May::ALL.iter().copied().filter(move |verb| standing.may(module, *verb));
    verbs.filter(move |verb| !looks || matches!(verb, May::See | May::Export))
}

/// What records of a kind are made of: JSON Schema (draft 2020-12) with hints for forms and lists (`x-ui`), the organisation's
/// names and its own fields.
#[utoipa::path(get, path = "/api/v1/kinds/{kind}/schema", tag = "records",
    params(("kind" = String, Path, description = "Kind of record, such as party"), LangParams),
    responses((status = 200, description = "JSON Schema", body = Object), (status = "default", body = ProblemBody)))]
pub async fn schema(
    State(api): State<Api>,
    Segments(kind): Segments<String>,
    Params(LangParams { lang }): Params<LangParams>,
) -> Answer<Value> {
    let schema = api.run(move |node| {
        let kind = known(&kind)?;
        let lang = lang.unwrap_or_else(|| node.locale());
        node.look(|desk| desk.schema(kind, &lang))
    });
    schema.await.map(Json)
}
