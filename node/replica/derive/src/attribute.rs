//! Reading of `#[record(…)]`, `#[line(…)]` and `#[field(…)]`.
//!
//! Owns their grammar and their error messages. Never generates code.

use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Ident, LitInt, LitStr, Type};

/// `#[record(…)]` or `#[line(…)]`.
#[derive(Default)]
pub(crate) struct Container {
    kind: Option<String>,
    class: Option<LitStr>,
    scope: Option<LitStr>,
}

impl Container {
    /// Reads the attribute called `name`; a line takes `kind` only.
    pub(crate) fn read(input: &DeriveInput, name: &str) -> syn::Result<Self> {
        let mut container = Self::default();
        for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident(name)) {
            attribute.parse_nested_meta(|meta| match name_of(&meta)?.as_str() {
                "kind" => text(&meta).map(|kind| container.kind = Some(kind.value())),
                "class" if name == "record" => text(&meta).map(|class| container.class = Some(class)),
                "scope" if name == "record" => text(&meta).map(|scope| container.scope = Some(scope)),
                other => Err(meta.error(format!("unknown attribute `{other}`"))),
            })?;
        }
        Ok(container)
    }

    /// The kind, which labels and paths are made of.
    pub(crate) fn kind(&self, input: &DeriveInput) -> syn::Result<&str> {
        let kind = self.kind.as_deref().ok_or_else(|| syn::Error::new(input.span(), "needs `kind = \"…\"`"))?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if kind.is_empty() || !kind.bytes().all(plain) {
            return Err(syn::Error::new(input.span(), "a kind is written in lower-case letters, digits and -"));
        }
        Ok(kind)
    }

    /// The variant of `WriteClass`.
    pub(crate) fn class(&self, input: &DeriveInput) -> syn::Result<Ident> {
        let classes = [
            ("reference", "Reference"),
            ("site-owned", "SiteOwned"),
            ("handover", "Handover"),
            ("shared", "Shared"),
            ("escrow", "Escrow"),
        ];
        variant(self.class.as_ref(), "class", &classes, input)
    }

    /// The variant of `DefaultScope`.
    pub(crate) fn scope(&self, input: &DeriveInput) -> syn::Result<Ident> {
        let scopes = [
            ("organisation", "Organisation"),
            ("trade", "Trade"),
            ("books", "Books"),
            ("staff", "Staff"),
            ("private", "Private"),
            ("local", "Local"),
        ];
        variant(self.scope.as_ref(), "scope", &scopes, input)
    }
}

fn variant(chosen: Option<&LitStr>, of: &str, known: &[(&str, &str)], input: &DeriveInput) -> syn::Result<Ident> {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let expected = format!("`{of}` is one of {}", names.join(", "));
    let chosen = chosen.ok_or_else(|| syn::Error::new(input.span(), &expected))?;
    let found = known.iter().find(|(name, _)| *name == chosen.value());
    found.map(|(_, variant)| Ident::new(variant, chosen.span())).ok_or_else(|| syn::Error::new(chosen.span(), expected))
}

/// One field of the struct with its `#[field(…)]`.
pub(crate) struct FieldAttribute<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) name: String,
    pub(crate) label: Option<String>,
    pub(crate) group: String,
    pub(crate) order: Option<i32>,
    pub(crate) widget: Option<String>,
    pub(crate) choices: Vec<String>,
    pub(crate) searchable: bool,
    pub(crate) filterable: bool,
    pub(crate) required: bool,
    pub(crate) listed: bool,
    pub(crate) limit_chars: Option<u32>,
    pub(crate) unit: Option<String>,
    pub(crate) class: Option<LitStr>,
    pub(crate) target: Option<String>,
}

impl<'a> FieldAttribute<'a> {
    /// Reads every field of the struct, and makes sure that those called `required` are there.
    pub(crate) fn read_all(input: &'a DeriveInput, required: &[&str]) -> syn::Result<Vec<Self>> {
        let Data::Struct(data) = &input.data else {
            return Err(syn::Error::new(input.span(), "only a struct can be a record or a line"));
        };
        let Fields::Named(named) = &data.fields else {
            return Err(syn::Error::new(input.span(), "the struct's fields need names"));
        };
        if !input.generics.params.is_empty() {
            return Err(syn::Error::new(input.generics.span(), "a record or line takes no parameters"));
        }
        let fields = named.named.iter().map(Self::read).collect::<syn::Result<Vec<_>>>()?;
        for name in required {
            if !fields.iter().any(|field| field.name == *name) {
                return Err(syn::Error::new(input.span(), format!("needs a field `{name}`")));
            }
        }
        Ok(fields)
    }

    fn read(field: &'a syn::Field) -> syn::Result<Self> {
        let ident = field.ident.as_ref().ok_or_else(|| syn::Error::new(field.span(), "needs a name"))?;
        let mut read = Self {
            ident,
            ty: &field.ty,
            name: ident.unraw().to_string(),
            label: None,
            group: String::new(),
            order: None,
            widget: None,
            choices: Vec::new(),
            searchable: false,
            filterable: false,
            required: false,
            listed: false,
            limit_chars: None,
            unit: None,
            class: None,
            target: None,
        };
        if read.name == "custom" {
            return Err(syn::Error::new(ident.span(), "`custom` is where an organisation's own fields live"));
        }
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("field")) {
            attribute.parse_nested_meta(|meta| read.set(&meta))?;
        }
        Ok(read)
    }

    fn set(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        match name_of(meta)?.as_str() {
            "label" => self.label = Some(text(meta)?.value()),
            "group" => self.group = text(meta)?.value(),
            "widget" => self.widget = Some(text(meta)?.value()),
            "order" => self.order = Some(meta.value()?.parse::<LitInt>()?.base10_parse()?),
            "searchable" => self.searchable = true,
            "filterable" => self.filterable = true,
            "required" => self.required = true,
            "listed" => self.listed = true,
            "limit" => self.limit_chars = Some(meta.value()?.parse::<LitInt>()?.base10_parse()?),
            "unit" => self.unit = Some(text(meta)?.value()),
            "class" => self.class = Some(text(meta)?),
            "of" => self.target = Some(text(meta)?.value()),
            "choices" => {
                let content;
                syn::parenthesized!(content in meta.input);
                let choices = content.parse_terminated(<LitStr as syn::parse::Parse>::parse, syn::Token![,])?;
                self.choices = choices.iter().map(LitStr::value).collect();
            }
            other => return Err(meta.error(format!("unknown attribute `{other}`"))),
        }
        Ok(())
    }
}

impl FieldAttribute<'_> {
    /// The variant of `FieldClass`; ordinary unless said.
    pub(crate) fn class_variant(&self) -> syn::Result<Ident> {
        const CLASSES: &[(&str, &str)] = &[
            ("ordinary", "Ordinary"),
            ("personal", "Personal"),
            ("pay", "Pay"),
            ("medical", "Medical"),
            ("legal", "Legal"),
        ];
        let Some(chosen) = &self.class else { return Ok(Ident::new("Ordinary", self.ident.span())) };
        let found = CLASSES.iter().find(|(name, _)| *name == chosen.value());
        let wrong = || syn::Error::new(chosen.span(), "`class` is one of ordinary, personal, pay, medical, legal");
        found.map(|(_, variant)| Ident::new(variant, chosen.span())).ok_or_else(wrong)
    }
}

fn name_of(meta: &ParseNestedMeta<'_>) -> syn::Result<String> {
    meta.path.get_ident().map(ToString::to_string).ok_or_else(|| meta.error("expected a name"))
}

fn text(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    meta.value()?.parse()
}
