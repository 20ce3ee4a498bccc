//! What a screen or script asks of a list, in the words of a URL's query: filters, order, columns, totals, page. Owns the
//! notation; knows no kind of record and no table.

use std::fmt;

use utoipa::IntoParams;

use crate::limits::{
    LIST_PAGE_ROWS, MAX_FILTERS, MAX_LIST_COLUMNS, MAX_LIST_PAGE_ROWS, MAX_QUERY_VALUE_CHARS, MAX_SORT_FIELDS,
};
use crate::refusal::{Code, Refusal};

/// What separates the values of `in` and `between`, and nothing else.
pub const VALUES_SEPARATOR: char = '|';

/// How a filter compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal; what is empty is not equal either.
    Ne,
    /// One of several.
    In,
    /// Begins so, case and accents aside.
    Starts,
    /// Has it somewhere, case and accents aside.
    Contains,
    /// Has no value (`true`), or has one (`false`).
    Empty,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// From one value to another, both included.
    Between,
}

impl Operator {
    /// Every operator.
    pub const ALL: &[Operator] = &[
        Operator::Eq,
        Operator::Ne,
        Operator::In,
        Operator::Starts,
        Operator::Contains,
        Operator::Empty,
        Operator::Lt,
        Operator::Lte,
        Operator::Gt,
        Operator::Gte,
        Operator::Between,
    ];

    /// Its name in a query.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::In => "in",
            Self::Starts => "starts",
            Self::Contains => "contains",
            Self::Empty => "empty",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Between => "between",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operator| operator.name() == name)
    }
}

/// Names of operators, as a refusal lists them.
pub(super) fn names(operators: &[Operator]) -> String {
    operators.iter().map(|operator| operator.name()).collect::<Vec<_>>().join(", ")
}

/// One condition: `addresses.country=FR`, `credit[gte]=100`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    /// The field: `name`, `addresses.country`, `custom.size`.
    pub field: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what, as typed.
    pub value: String,
}

/// One field to sort by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SortField {
    /// The field.
    pub field: String,
    /// Greatest first.
    pub descending: bool,
}

impl fmt::Display for SortField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.field)
    }
}

/// Which records, in which order, and which page of them.
#[derive(Clone, PartialEq, Eq, Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Words to search for, each as the beginning of a word; case and accents do not matter. All must occur.
    pub search: Option<String>,
    /// Conditions, each a parameter of its own; all must hold. `FIELD=VALUE`, or `FIELD[OPERATOR]=VALUE`. Fields by path:
    /// `kind`, `addresses.country` (any line in use), `custom.size`. Operators of text: `eq` (understood), `ne`, `in`,
    /// `starts`, `contains`, `empty`; of numbers, amounts and dates: `eq`, `ne`, `lt`, `lte`, `gt`, `gte`, `between`, `in`,
    /// `empty`; of yes and no: `eq`; of references: `eq`, `ne`, `in`, `empty`. `in` and `between` take values separated by
    /// `|`, `empty` takes true or false. A field that is called as one of the other parameters is reached by `FIELD[eq]`.
    #[param(value_type = std::collections::HashMap<String, String>)]
    pub filters: Vec<Filter>,
    /// Fields to sort by, separated by commas, `-` before one for greatest first: `-customer,name`. Records without a value
    /// come last either way. By name when nothing is said.
    #[param(value_type = Option<String>)]
    pub sort: Vec<SortField>,
    /// Fields to show, separated by commas; those that the type lists when nothing is said.
    #[param(value_type = Option<String>)]
    pub columns: Vec<String>,
    /// Fields to add up over all records that match, separated by commas: numbers and amounts.
    #[param(value_type = Option<String>)]
    pub totals: Vec<String>,
    /// Only archived ones, or only live ones (the default).
    pub archived: Option<bool>,
    /// Only those with conflicts, or only those without.
    pub conflicts: Option<bool>,
    /// A saved view by id or name: its query is taken, and what this one says itself goes before it.
    pub view: Option<String>,
    /// The `next` of the page before; or the id of a record, for what comes after it, whether it is listed itself or not.
    pub after: Option<String>,
    /// The `previous` of the page after; or the id of a record, for what comes before it.
    pub before: Option<String>,
    /// Records to pass over from there on, to reach a far page in one step; not with `before`.
    pub skip: Option<u32>,
    /// Records a page; at most 1,000.
    pub limit: Option<u32>,
}

impl ListQuery {
    /// Reads the parameters of a URL, or of a command: names and values, decoded.
    ///
    /// # Errors
    /// [`Code::AssignedTwice`], [`Code::WrongType`], [`Code::UnknownOperator`], [`Code::TooMany`], [`Code::TooLong`].
    pub fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Refusal> {
        let mut query = Self::default();
        let mut named = Vec::new();
        for (name, value) in pairs {
            if value.chars().count() > MAX_QUERY_VALUE_CHARS {
                return Err(Refusal::of(name, Code::TooLong).with("limit", MAX_QUERY_VALUE_CHARS));
            }
            if !query.parameter(name, value)? {
                query.filters.push(filter(name, value)?);
            } else if named.contains(&name) {
                return Err(Refusal::of(name, Code::AssignedTwice));
            } else {
                named.push(name);
            }
        }
        if query.filters.len() > MAX_FILTERS {
            return Err(Refusal::new(Code::TooMany).with("limit", MAX_FILTERS));
        }
        Ok(query)
    }

    /// Takes a parameter that is no filter; whether it is one.
    fn parameter(&mut self, name: &str, value: &str) -> Result<bool, Refusal> {
        let text = || (!value.is_empty()).then(|| value.to_owned());
        match name {
            "search" => self.search = text(),
            "sort" => {
                self.sort = fields(name, value, MAX_SORT_FIELDS)?.map(sort_field).collect();
            }
            "columns" => self.columns = fields(name, value, MAX_LIST_COLUMNS)?.map(str::to_owned).collect(),
            "totals" => self.totals = fields(name, value, MAX_LIST_COLUMNS)?.map(str::to_owned).collect(),
            "archived" => self.archived = truth(name, value)?,
            "conflicts" => self.conflicts = truth(name, value)?,
            "view" => self.view = text(),
            "after" => self.after = text(),
            "before" => self.before = text(),
            "skip" => self.skip = number(name, value)?,
            "limit" => self.limit = number(name, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// This query over a saved one: what it says itself goes before, filters field by field.
    #[must_use]
    pub fn over(self, saved: Self) -> Self {
        let said = |field: &str| self.filters.iter().any(|filter| filter.field == field);
        let mut filters: Vec<Filter> = saved.filters.into_iter().filter(|filter| !said(&filter.field)).collect();
        filters.extend(self.filters);
        let or = |own: Vec<String>, other| if own.is_empty() { other } else { own };
        Self {
            search: self.search.or(saved.search),
            filters,
            sort: if self.sort.is_empty() { saved.sort } else { self.sort },
            columns: or(self.columns, saved.columns),
            totals: or(self.totals, saved.totals),
            archived: self.archived.or(saved.archived),
            conflicts: self.conflicts.or(saved.conflicts),
            limit: self.limit.or(saved.limit),
            view: None,
            ..self
        }
    }

    /// Rows of a page, within bounds.
    #[must_use]
    pub fn page_rows(&self) -> usize {
        self.limit.unwrap_or(LIST_PAGE_ROWS).clamp(1, MAX_LIST_PAGE_ROWS) as usize
    }
}

/// `credit[gte]`, or `credit` alone.
fn filter(name: &str, value: &str) -> Result<Filter, Refusal> {
    let (field, operator) = match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
        None => (name, Operator::Eq),
        Some((field, operator)) => {
            let unknown = || {
                let refusal = Refusal::of(field, Code::UnknownOperator).with("value", operator);
                refusal.with("known", names(Operator::ALL))
            };
            (field, Operator::of_name(operator).ok_or_else(unknown)?)
        }
    };
    Ok(Filter { field: field.to_owned(), operator, value: value.to_owned() })
}

fn sort_field(text: &str) -> SortField {
    match text.strip_prefix('-') {
        Some(field) => SortField { field: field.to_owned(), descending: true },
        None => SortField { field: text.to_owned(), descending: false },
    }
}

fn fields<'a>(name: &str, value: &'a str, most: usize) -> Result<impl Iterator<Item = &'a str> + use<'a>, Refusal> {
    let fields = value.split(',').map(str::trim).filter(|field| !field.is_empty());
    if fields.clone().count() > most {
        return Err(Refusal::of(name, Code::TooMany).with("limit", most));
    }
    Ok(fields)
}

fn number(name: &str, value: &str) -> Result<Option<u32>, Refusal> {
    let wrong = |_| Refusal::of(name, Code::WrongType).with("expected", "a whole number");
    (!value.is_empty()).then(|| value.parse().map_err(wrong)).transpose()
}

fn truth(name: &str, value: &str) -> Result<Option<bool>, Refusal> {
    match value {
        "" => Ok(None),
        "true" => Ok(Some(true)),
        "false" => Ok(Some(false)),
        _ => Err(Refusal::of(name, Code::WrongType).with("expected", "true or false")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(field: &str, operator: Operator, value: &str) -> Filter {
        Filter { field: field.into(), operator, value: value.into() }
    }

    #[test]
    fn a_query_is_read_from_a_url() {
        let query = ListQuery::parse([
            ("search", "dupont"),
            ("addresses.country", "FR"),
            ("credit[gte]", "100"),
            ("credit[lt]", "200"),
            ("limit[eq]", "5"),
            ("sort", "-customer, name,"),
            ("columns", "name,custom.size"),
            ("archived", "true"),
            ("limit", "7"),
            ("after", ""),
        ])
        .unwrap();
        assert_eq!(query.filters[0], of("addresses.country", Operator::Eq, "FR"));
        assert_eq!(query.filters[2], of("credit", Operator::Lt, "200"));
        assert_eq!(query.filters[3], of("limit", Operator::Eq, "5"), "brackets reach a field called as a parameter");
        assert_eq!(query.sort.iter().map(ToString::to_string).collect::<Vec<_>>(), ["-customer", "name"]);
        assert_eq!((query.columns.len(), query.archived, query.limit, query.after), (2, Some(true), Some(7), None));
        assert_eq!((query.search.as_deref(), query.conflicts), (Some("dupont"), None));
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_name() {
        let refused = |name: &str, value: &str| ListQuery::parse([(name, value)]).unwrap_err();
        assert_eq!(refused("credit[near]", "1").code, Code::UnknownOperator);
        assert_eq!(refused("credit[near]", "1").field.as_deref(), Some("credit"));
        assert_eq!(refused("limit", "-1").code, Code::WrongType);
        assert_eq!(refused("skip", "far").code, Code::WrongType);
        assert_eq!(refused("archived", "perhaps").code, Code::WrongType);
        assert_eq!(refused("name", &"x".repeat(MAX_QUERY_VALUE_CHARS + 1)).code, Code::TooLong);
        assert_eq!(refused("columns", &"a,".repeat(MAX_LIST_COLUMNS + 1)).code, Code::TooMany);
        assert_eq!(ListQuery::parse([("sort", "a"), ("sort", "b")]).unwrap_err().code, Code::AssignedTwice);
        let many = ["name"; MAX_FILTERS + 1].map(|name| (name, "x"));
        assert_eq!(ListQuery::parse(many).unwrap_err().code, Code::TooMany);
    }

    #[test]
    fn what_a_query_says_itself_goes_before_the_saved_one() {
        let saved =
            ListQuery::parse([("kind", "person"), ("city[starts]", "L"), ("sort", "name"), ("limit", "9")]).unwrap();
        let own = ListQuery::parse([("view", "mine"), ("city", "Nice"), ("sort", "-city")]).unwrap();
        let both = own.over(saved);
        assert_eq!(both.filters, [of("kind", Operator::Eq, "person"), of("city", Operator::Eq, "Nice")]);
        assert_eq!((both.sort[0].to_string().as_str(), both.limit, both.view), ("-city", Some(9), None));
    }
}
