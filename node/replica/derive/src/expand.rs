//! The code that the derives generate.
//!
//! Owns the implementations' shape. Never reads an attribute itself.

use crate::attribute::{Container, FieldAttribute};
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

/// `impl Record`.
pub(crate) fn record(input: &DeriveInput) -> syn::Result<TokenStream> {
    let container = Container::read(input, "record")?;
    let (kind, class, scope) = (container.kind(input)?, container.class(input)?, container.scope(input)?);
    let fields = FieldAttribute::read_all(input, &["archived"])?;
    let (name, schema) = (&input.ident, schema(kind, &fields, &quote!(FieldType))?);
    let writes = fields.iter().map(|FieldAttribute { ident, ty, name, .. }| {
        quote!(<#ty as ::comptoir_replica::record::FieldType>::write(&self.#ident, #name, &mut puts);)
    });
    let reads = fields.iter().map(|FieldAttribute { ident, ty, name, .. }| {
        quote! {
            if let ::core::option::Option::Some(value) =
                <#ty as ::comptoir_replica::record::FieldType>::read(cells, #name)
            {
                record.#ident = value;
            }
        }
    });
    Ok(quote! {
        #[automatically_derived]
        impl ::comptoir_replica::record::Record for #name {
            const KIND: &'static str = #kind;
            const WRITE_CLASS: ::comptoir_replica::record::WriteClass =
                ::comptoir_replica::record::WriteClass::#class;
            const SCOPE: ::comptoir_replica::record::DefaultScope = ::comptoir_replica::record::DefaultScope::#scope;

            #schema

            fn to_puts(&self) -> ::std::vec::Vec<(::std::string::String, ::comptoir_replica::record::Scalar)> {
                let mut puts = ::std::vec::Vec::new();
                #(#writes)*
                puts
            }

            fn from_cells(cells: &::comptoir_replica::record::Cells) -> Self {
                let mut record = <Self as ::core::default::Default>::default();
                #(#reads)*
                record
            }
        }
    })
}

/// `impl Line`. Its fields are single values: lines have no lines.
pub(crate) fn line(input: &DeriveInput) -> syn::Result<TokenStream> {
    let container = Container::read(input, "line")?;
    let kind = container.kind(input)?;
    let fields = FieldAttribute::read_all(input, &["position", "archived"])?;
    let (name, schema) = (&input.ident, schema(kind, &fields, &quote!(FieldValue))?);
    let writes = fields.iter().map(|FieldAttribute { ident, ty, name, .. }| {
        quote! {
            puts.push((
                ::std::format!(::core::concat!("{}", #name), prefix),
                <#ty as ::comptoir_replica::record::FieldValue>::to_scalar(&self.#ident),
            ));
        }
    });
    let reads = fields.iter().map(|FieldAttribute { ident, ty, name, .. }| {
        quote! {
            let path = ::std::format!(::core::concat!("{}", #name), prefix);
            if let ::core::option::Option::Some(value) =
                <#ty as ::comptoir_replica::record::FieldType>::read(cells, &path)
            {
                line.#ident = value;
            }
        }
    });
    Ok(quote! {
        #[automatically_derived]
        impl ::comptoir_replica::record::Line for #name {
            const KIND: &'static str = #kind;

            #schema

            fn position(&self) -> i64 {
                self.position
            }

            fn set_position(&mut self, position: i64) {
                self.position = position;
            }

            fn archived(&self) -> bool {
                self.archived
            }

            fn write_fields(
                &self,
                prefix: &str,
                puts: &mut ::std::vec::Vec<(::std::string::String, ::comptoir_replica::record::Scalar)>,
            ) {
                #(#writes)*
            }

            fn read_fields(cells: &::comptoir_replica::record::Cells, prefix: &str) -> Self {
                let mut line = <Self as ::core::default::Default>::default();
                #(#reads)*
                line
            }
        }
    })
}

/// `fn schema`. `bound` is the trait that a field's type must have; it is named so that an error points at the field.
fn schema(kind: &str, fields: &[FieldAttribute<'_>], bound: &TokenStream) -> syn::Result<TokenStream> {
    let describes = fields.iter().enumerate().map(|(place, field)| describe(kind, place, field));
    let describes = describes.collect::<syn::Result<Vec<_>>>()?;
    Ok(quote! {
        fn schema() -> &'static [::comptoir_replica::record::Field] {
            fn assert_type<T: ::comptoir_replica::record::#bound>() {}
            static SCHEMA: ::std::sync::LazyLock<::std::vec::Vec<::comptoir_replica::record::Field>> =
                ::std::sync::LazyLock::new(|| {
                    let mut fields = ::std::vec::Vec::new();
                    #(#describes)*
                    fields.sort_by_key(|field: &::comptoir_replica::record::Field| field.order);
                    fields
                });
            &SCHEMA
        }
    })
}

fn describe(kind: &str, place: usize, field: &FieldAttribute<'_>) -> syn::Result<TokenStream> {
    let FieldAttribute { ty, name, group, choices, searchable, filterable, required, listed, .. } = field;
    let label = field.label.clone().unwrap_or_else(|| format!("{kind}.{name}"));
    let order = field.order.unwrap_or(i32::try_from(place).unwrap_or(i32::MAX));
    let (widget, unit, target) = (option(&field.widget), option(&field.unit), option(&field.target));
    let (limit_chars, class) = (option(&field.limit_chars), field.class_variant()?);
    Ok(quote! {
        assert_type::<#ty>();
        <#ty as ::comptoir_replica::record::FieldType>::describe(
            ::comptoir_replica::record::Field {
                path: ::std::borrow::Cow::Borrowed(#name),
                label: #label,
                group: #group,
                order: #order,
                widget: #widget,
                kind: ::comptoir_replica::record::FieldKind::Text,
                optional: false,
                choices: &[#(#choices),*],
                searchable: #searchable,
                filterable: #filterable,
                required: #required,
                listed: #listed,
                limit_chars: #limit_chars,
                unit: #unit,
                class: ::comptoir_replica::record::FieldClass::#class,
                target: #target,
                line: false,
            },
            &mut fields,
        );
    })
}

fn option<T: quote::ToTokens>(value: &Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
