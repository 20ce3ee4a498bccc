//! The derives that make plain structs record types: `#[derive(Record)]` and `#[derive(Line)]`.
//!
//! Owns the mapping from a struct's declaration to an implementation of the traits of `comptoir_replica::record`. Never
//! decides anything at run time: what the generated code does is written in those traits' modules.
//!
//! ```ignore
//! #[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema, Line)]
//! #[serde(default)]
//! #[line(kind = "address")]
//! struct Address {
//!     #[field(searchable)]
//!     city: String,
//!     position: i64,
//!     archived: bool,
//! }
//!
//! #[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema, Record)]
//! #[serde(default)]
//! #[record(kind = "party", class = "shared", scope = "organisation")]
//! struct Party {
//!     #[field(label = "party.name", group = "identity", order = 10, searchable)]
//!     name: String,
//!     #[field(choices("person", "company"), filterable)]
//!     kind: String,
//!     #[field(widget = "email")]
//!     email: Option<String>,
//!     addresses: Lines<Address>,
//!     archived: bool,
//! }
//! ```
//!
//! Attributes of a field, all optional: `label` (default `KIND.FIELD`), `group`, `order` (default its place among the
//! declared), `widget`, `choices(…)`, `searchable`, `filterable`, `required` (not empty), `listed` (a column of lists),
//! `limit` (characters), `unit`, `class` (`ordinary`, `personal`, `pay`, `medical`, `legal`), `of` (the kind of record that
//! a reference names).

mod attribute;
mod expand;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements `comptoir_replica::record::Record`.
#[proc_macro_derive(Record, attributes(record, field))]
pub fn derive_record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::record(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Implements `comptoir_replica::record::Line`.
#[proc_macro_derive(Line, attributes(line, field))]
pub fn derive_line(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::line(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}
