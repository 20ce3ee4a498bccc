//! A definition in force: what a field of the organisation's own takes and how its values are stored and shown. Owns the
//! typing of own values; which definition is in force is the query's.

use std::cmp::Ordering;

use comptoir_replica::record::{Date, FieldClass, FieldKind, FieldValue, Money, Scalar};
use rust_decimal::Decimal;
use serde_json::Value;

use super::mask;
use crate::customising::record::CustomField;
pub use crate::customising::record::custom_field::Choice;
use crate::desk::Stopped;
use crate::find::find_named;
use crate::limits::{MAX_LINE_CHARS, MAX_NOTES_CHARS};
use crate::refusal::{Code, Refusal};
use crate::registry::{self, Context, clean, money_text};
use crate::text::{clean_line, fold};

/// What a field of the organisation's own holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// One line of text.
    Text,
    /// A decimal number.
    Number,
    /// A day.
    Date,
    /// One of the definition's choices.
    Choice,
    /// The id of a record of the definition's target.
    Reference,
    /// An amount of money.
    Money,
    /// Yes or no.
    YesNo,
}

impl Holds {
    /// The type of this word, as definitions have it.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "text" => Self::Text,
            "number" => Self::Number,
            "date" => Self::Date,
            "choice" => Self::Choice,
            "reference" => Self::Reference,
            "money" => Self::Money,
            "yes-no" => Self::YesNo,
            _ => return None,
        })
    }

    /// The kind of field of a record type that holds the same.
    #[must_use]
    pub fn kind(self) -> FieldKind {
        match self {
            Self::Text | Self::Choice => FieldKind::Text,
            Self::Number => FieldKind::Decimal,
            Self::Date => FieldKind::Date,
            Self::Reference => FieldKind::Reference,
            Self::Money => FieldKind::Money,
            Self::YesNo => FieldKind::Bool,
        }
    }

    /// Which rules fields of this type have, by the definition's field.
    pub(super) fn rules(self) -> &'static [&'static str] {
        match self {
            Self::Text => &["pattern", "length"],
            Self::Number => &["min", "max", "decimals"],
            Self::Date | Self::Money => &["min", "max"],
            Self::Choice => &["choices"],
            Self::Reference => &["target"],
            Self::YesNo => &[],
        }
    }
}

/// A definition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Definition {
    /// What it holds.
    pub holds: Holds,
    /// Everything that it says; archived when it is retired.
    pub field: CustomField,
}

impl Definition {
    /// The definition that a record makes; `None` when its type is a newer version's.
    #[must_use]
    pub fn of(field: CustomField) -> Option<Self> {
        Holds::of_word(&field.r#type).map(|holds| Self { holds, field })
    }

    /// The class by which it is seen; `None` of one that only a newer version knows.
    #[must_use]
    pub fn class(&self) -> Option<FieldClass> {
        if self.field.class.is_empty() { Some(FieldClass::Ordinary) } else { FieldClass::of_word(&self.field.class) }
    }

    /// Its name in the language, French or English; failing both its key.
    #[must_use]
    pub fn label(&self, lang: &str) -> &str {
        named(lang, &self.field.label_en, &self.field.label_fr, &self.field.key)
    }

    /// The choices that are offered, in order.
    pub fn offered(&self) -> impl Iterator<Item = &Choice> {
        self.field.choices.in_use().map(|(_, choice)| choice)
    }

    /// A value as it is stored. A retired field and a choice that is no longer offered pass here: a record may hold them, and
    /// what it holds is not judged again; see [`Definition::check_new`].
    ///
    /// # Errors
    /// A value that the field does not take, or those of SQL.
    pub fn typed(&self, context: &Context<'_>, value: &Value) -> Result<Scalar, Stopped> {
        if value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()) {
            return if self.field.required { Err(Refusal::new(Code::Required).into()) } else { Ok(Scalar::Null) };
        }
        let value = self.plain(context, value)?;
        self.check(context, &value)?;
        Ok(value)
    }

    /// What may be put anew: nothing into a retired field, no choice that is no longer offered.
    ///
    /// # Errors
    /// [`Code::FieldRetired`], [`Code::NotInList`].
    pub fn check_new(&self, value: &Scalar) -> Result<(), Refusal> {
        if self.field.archived {
            return Err(Refusal::new(Code::FieldRetired).with("value", self.label("en")));
        }
        let offered = |value: &str| self.offered().any(|choice| choice.value == value);
        match (self.holds, value.as_str()) {
            (Holds::Choice, Some(value)) if !offered(value) => Err(self.not_offered(value)),
            _ => Ok(()),
        }
    }

    /// A value as the API shows it; what is of another type than the field's shows as it is.
    #[must_use]
    pub fn shown(&self, value: &Scalar) -> Value {
        match (self.holds, Money::from_scalar(value)) {
            (Holds::Money, Some(money)) => money_text(&money).into(),
            _ => value.to_json(),
        }
    }

    /// As [`Definition::shown`], of a value that is JSON already.
    #[must_use]
    pub fn shown_json(&self, value: &Value) -> Value {
        value.as_str().map_or_else(|| value.clone(), |text| self.shown(&text.into()))
    }

    /// The value by its type alone, whatever the rules.
    pub(super) fn plain(&self, context: &Context<'_>, value: &Value) -> Result<Scalar, Stopped> {
        Ok(match (self.holds, value) {
            (Holds::Text, Value::String(text)) => clean_line(text, self.longest())?.into(),
            (Holds::Choice, Value::String(text)) => self.choice_of(text).ok_or_else(|| self.not_offered(text))?.into(),
            (Holds::Reference, Value::String(name)) => {
                let (_, id) = find_named(context, registry::kind(&self.field.target)?, name)?;
                id.to_string().into()
            }
            _ => clean::typed(self.holds.kind(), true, value, context.home)?,
        })
    }

    fn longest(&self) -> usize {
        let length = self.field.length.and_then(|length| usize::try_from(length).ok());
        length.map_or(MAX_LINE_CHARS, |length| length.clamp(1, MAX_NOTES_CHARS))
    }

    /// The choice that a text means: by its value, else by a name that one choice on offer has, in either language.
    fn choice_of(&self, text: &str) -> Option<String> {
        let wanted = text.trim().to_lowercase();
        if self.field.choices.ordered().into_iter().any(|(_, choice)| choice.value == wanted) {
            return Some(wanted);
        }
        let wanted = fold(text.trim());
        let mut named = self
            .offered()
            .filter(|choice| [&choice.label_en, &choice.label_fr].iter().any(|name| fold(name) == wanted));
        let first = named.next().filter(|_| !wanted.is_empty())?;
        named.next().is_none().then(|| first.value.clone())
    }

    fn not_offered(&self, value: &str) -> Refusal {
        let known: Vec<&str> = self.offered().map(|choice| choice.value.as_str()).collect();
        Refusal::new(Code::NotInList).with("value", value.trim()).with("known", known.join(", "))
    }

    fn check(&self, context: &Context<'_>, value: &Scalar) -> Result<(), Stopped> {
        let field = &self.field;
        if let Scalar::Str(text) = value
            && self.holds == Holds::Text
            && !field.pattern.is_empty()
            && !mask::matches(&field.pattern, text)
        {
            return Err(Refusal::new(Code::PatternMismatch).with("value", text).with("pattern", &field.pattern).into());
        }
        if let (Some(limit), Some(number)) = (field.decimals, Decimal::from_scalar(value))
            && self.holds == Holds::Number
            && i64::from(number.normalize().scale()) > limit
        {
            return Err(Refusal::new(Code::TooManyDecimals).with("limit", limit).into());
        }
        for (bound, beyond, code) in
            [(&field.min, Ordering::Less, Code::TooLow), (&field.max, Ordering::Greater, Code::TooHigh)]
        {
            // A bound that this version cannot read, from another site, is none.
            let Some(limit) = self.bound(context, bound)? else { continue };
            match self.compare(value, &limit)? {
                Some(order) if order == beyond => return Err(Refusal::new(code).with("limit", bound).into()),
                _ => {}
            }
        }
        Ok(())
    }

    /// A bound as a value; `None` where there is none, or one that is of another type.
    pub(super) fn bound(&self, context: &Context<'_>, bound: &str) -> Result<Option<Scalar>, Stopped> {
        if bound.is_empty() || !self.holds.rules().contains(&"min") {
            return Ok(None);
        }
        match self.plain(context, &bound.into()) {
            Ok(value) => Ok(Some(value)),
            Err(Stopped::Refused(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Which of two values is greater.
    ///
    /// # Errors
    /// [`Code::OtherCurrency`]: amounts of two currencies have no order.
    pub(super) fn compare(&self, one: &Scalar, other: &Scalar) -> Result<Option<Ordering>, Refusal> {
        match self.holds {
            Holds::Number => Ok(Decimal::from_scalar(one).zip(Decimal::from_scalar(other)).map(|(a, b)| a.cmp(&b))),
            Holds::Date => Ok(Date::from_scalar(one).zip(Date::from_scalar(other)).map(|(a, b)| a.cmp(&b))),
            Holds::Money => match Money::from_scalar(one).zip(Money::from_scalar(other)) {
                Some((a, b)) if a.currency() != b.currency() => {
                    Err(Refusal::new(Code::OtherCurrency).with("expected", b.currency()))
                }
                both => Ok(both.map(|(a, b)| a.minor().cmp(&b.minor()))),
            },
            _ => Ok(None),
        }
    }

    /// A value as text that [`Definition::typed`] reads again and that means the same at every site: what exports write.
    #[must_use]
    pub fn text(&self, value: &Scalar) -> String {
        match self.shown(value) {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }
}

/// The name in a language of BCP 47 (`fr-CA`): French, else English; where there is none, the other; failing both `key`.
pub(in crate::customising) fn named<'a>(lang: &str, english: &'a str, french: &'a str, key: &'a str) -> &'a str {
    let both = if is_french(lang) { [french, english] } else { [english, french] };
    both.into_iter().find(|name| !name.is_empty()).unwrap_or(key)
}

pub(in crate::customising) fn is_french(lang: &str) -> bool {
    lang.split('-').next().is_some_and(|language| language.eq_ignore_ascii_case("fr"))
}
