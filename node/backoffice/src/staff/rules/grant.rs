//! What whoever works may do and see: an allow-list of verbs and classes of field, module by module. Owns the list, and those that
//! need no record. What is not on it is not done and not shown. Several roles add up module by module: what one role shows of one
//! module, another does not show of a second.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use comptoir_replica::record::FieldClass;

use crate::registry::Module;
use crate::staff::record::Role;

/// The key of the role that grants everything.
pub const EVERYTHING: &str = "everything";
/// The key of the role that sees what is ordinary, in every module.
pub const READER: &str = "reader";
/// The keys of roles that need no record; no record has one of them.
pub const BUILT_IN: &[&str] = &[EVERYTHING, READER];

/// What somebody may do in a module.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum May {
    /// Look at its records, one by one, in lists, by searching.
    See,
    /// Make and change records, merge them, settle what contradicts itself.
    Edit,
    /// Post facts, which stay.
    Post,
    /// Write many records at once, out of a file, and take that back.
    Import,
    /// Take many records away at once, in a file.
    Export,
}

impl May {
    /// Every verb.
    pub const ALL: &'static [Self] = &[Self::See, Self::Edit, Self::Post, Self::Import, Self::Export];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Edit => "edit",
            Self::Post => "post",
            Self::Import => "import",
            Self::Export => "export",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }

    /// It and what goes with it: nobody works on what they do not see, and whoever imports edits.
    fn bits(self) -> u8 {
        let with = match self {
            Self::See | Self::Edit | Self::Post | Self::Export => 0,
            Self::Import => Self::Edit.bit(),
        };
        self.bit() | Self::See.bit() | with
    }
}

/// Classes of field beside ordinary ones, which everybody sees who sees the record at all.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Classes(u8);

impl Classes {
    /// None but ordinary.
    pub const ORDINARY: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self(0b1_1110);

    /// These and that one.
    #[must_use]
    pub fn with(self, class: FieldClass) -> Self {
        Self((self.0 | 1 << class as u8) & Self::ALL.0)
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a field of this class is among them; an ordinary one always is.
    #[must_use]
    pub fn has(self, class: FieldClass) -> bool {
        class == FieldClass::Ordinary || self.0 & 1 << class as u8 != 0
    }

    /// Whether all are.
    #[must_use]
    pub fn are_all(self) -> bool {
        self == Self::ALL
    }

    /// Whether none but ordinary is.
    #[must_use]
    pub fn are_ordinary(self) -> bool {
        self == Self::ORDINARY
    }

    /// The words of those beside ordinary.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let beside = FieldClass::ALL.iter().filter(|class| **class != FieldClass::Ordinary);
        beside.filter(move |class| self.has(**class)).map(|class| class.word())
    }
}

/// What is granted in one module.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Allowed {
    verbs: u8,
    classes: Classes,
}

/// What somebody may do and see.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Grant(BTreeMap<Module, Allowed>);

impl Grant {
    /// Nothing: of who has no role, or is not signed in.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Every verb in every module, every class.
    #[must_use]
    pub fn everything() -> Self {
        Self::in_all(May::ALL, Classes::ALL)
    }

    fn in_all(verbs: &[May], classes: Classes) -> Self {
        let modules = Module::ALL.iter();
        modules.fold(Self::nothing(), |grant, module| grant.and_in(*module, verbs, classes))
    }

    /// What the role of this key grants that needs no record; `None` when it is none of them.
    #[must_use]
    pub fn built_in(key: &str) -> Option<Self> {
        match key {
            EVERYTHING => Some(Self::everything()),
            READER => Some(Self::in_all(&[May::See], Classes::ORDINARY)),
            _ => None,
        }
    }

    /// What a role grants. A module that this version does not know grants nothing.
    #[must_use]
    pub fn of_role(role: &Role) -> Self {
        let says = [
            (role.personal, FieldClass::Personal),
            (role.pay, FieldClass::Pay),
            (role.medical, FieldClass::Medical),
            (role.legal, FieldClass::Legal),
        ];
        let granted = says.into_iter().filter(|(says, _)| *says);
        let classes = granted.fold(Classes::ORDINARY, |classes, (_, class)| classes.with(class));
        let mut grant = Self::nothing();
        for (_, line) in role.grants.in_use() {
            let Ok(module) = Module::of_name(&line.module) else { continue };
            let says = [
                (line.see, May::See),
                (line.edit, May::Edit),
                (line.post, May::Post),
                (line.import, May::Import),
                (line.export, May::Export),
            ];
            let verbs: Vec<May> = says.into_iter().filter(|(says, _)| *says).map(|(_, verb)| verb).collect();
            grant = grant.and_in(module, &verbs, classes);
        }
        grant
    }

    /// This and these verbs in a module, which show fields of these classes.
    #[must_use]
    pub fn and_in(mut self, module: Module, verbs: &[May], classes: Classes) -> Self {
        if !verbs.is_empty() {
            let allowed = self.0.entry(module).or_default();
            allowed.verbs |= verbs.iter().fold(0, |bits, verb| bits | verb.bits());
            allowed.classes = allowed.classes.and(classes);
        }
        self
    }

    /// Both together, module by module.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (module, more) in other.0 {
            let allowed = self.0.entry(module).or_default();
            *allowed = Allowed { verbs: allowed.verbs | more.verbs, classes: allowed.classes.and(more.classes) };
        }
        self
    }

    /// Whether this may be done in a module.
    #[must_use]
    pub fn may(&self, module: Module, verb: May) -> bool {
        self.0.get(&module).is_some_and(|allowed| allowed.verbs & verb.bit() != 0)
    }

    /// The classes of field that are seen of a module's records.
    #[must_use]
    pub fn classes(&self, module: Module) -> Classes {
        self.0.get(&module).map_or(Classes::ORDINARY, |allowed| allowed.classes)
    }
}

/// Of which classes the values were that an answer bears, and of how many records: what the access log keeps. Copies are of one answer.
#[derive(Clone, Default, Debug)]
pub struct Borne(Arc<(AtomicU8, AtomicU64)>);

impl Borne {
    /// Values of these classes are shown of one record more.
    pub fn add(&self, classes: Classes) {
        if !classes.are_ordinary() {
            self.0.0.fetch_or(classes.0, Ordering::Relaxed);
            self.0.1.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What was shown until now: classes, and of how many records.
    #[must_use]
    pub fn until_now(&self) -> (Classes, u64) {
        (Classes(self.0.0.load(Ordering::Relaxed)), self.0.1.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use comptoir_replica::record::Lines;

    use super::*;
    use crate::staff::record::role::Granted;

    fn role(module: &str, verbs: &[May], class: Option<FieldClass>) -> Role {
        let has = |verb| verbs.contains(&verb);
        let line = Granted {
            module: module.to_owned(),
            see: has(May::See),
            edit: has(May::Edit),
            post: has(May::Post),
            import: has(May::Import),
            export: has(May::Export),
            ..Granted::default()
        };
        let grants: Lines<Granted> =
            "aa".parse().into_iter().map(|key: comptoir_replica::record::LineKey| (key, line.clone())).collect();
        let is = |wanted| class == Some(wanted);
        Role {
            grants,
            personal: is(FieldClass::Personal),
            pay: is(FieldClass::Pay),
            medical: is(FieldClass::Medical),
            legal: is(FieldClass::Legal),
            ..Role::default()
        }
    }

    #[test]
    fn a_role_grants_what_it_says_and_what_goes_with_it() {
        for verb in May::ALL {
            let grant = Grant::of_role(&role("parties", &[*verb], None));
            let has: Vec<May> = May::ALL.iter().copied().filter(|may| grant.may(Module::Parties, *may)).collect();
            let mut expected = vec![May::See, *verb];
            expected.extend((*verb == May::Import).then_some(May::Edit));
            expected.sort_unstable();
            expected.dedup();
            assert_eq!(has, expected);
            assert!(!grant.may(Module::Stock, *verb));
        }
        assert_eq!(Grant::of_role(&role("robots", May::ALL, Some(FieldClass::Pay))), Grant::nothing());
        assert_eq!(Grant::of_role(&role("parties", &[], Some(FieldClass::Pay))), Grant::nothing());
    }

    #[test]
    fn two_roles_show_no_more_together_than_each_does() {
        let pay = Grant::of_role(&role("staff", &[May::See], Some(FieldClass::Pay)));
        let both = pay.and(Grant::of_role(&role("parties", &[May::Edit], Some(FieldClass::Personal))));
        assert!(
            both.classes(Module::Staff).has(FieldClass::Pay) && !both.classes(Module::Parties).has(FieldClass::Pay)
        );
        assert!(both.classes(Module::Parties).has(FieldClass::Personal));
        assert!(!both.may(Module::Staff, May::Edit) && both.may(Module::Parties, May::Edit));
    }

    #[test]
    fn what_needs_no_record_is_everything_or_looking() {
        let (all, reader) = (Grant::built_in(EVERYTHING), Grant::built_in(READER));
        let (all, reader) = (all.unwrap_or_default(), reader.unwrap_or_default());
        for module in Module::ALL {
            assert!(May::ALL.iter().all(|verb| all.may(*module, *verb)) && all.classes(*module).are_all());
            assert!(reader.may(*module, May::See) && !reader.may(*module, May::Export));
            assert!(reader.classes(*module).are_ordinary());
        }
        assert_eq!(all, Grant::everything());
        assert_eq!(Grant::built_in("clerk"), None);
    }

    #[test]
    fn classes_are_told_apart() {
        for class in FieldClass::ALL {
            let only = Classes::ORDINARY.with(*class);
            for other in FieldClass::ALL {
                assert_eq!(only.has(*other), other == class || *other == FieldClass::Ordinary, "{class:?} {other:?}");
            }
            assert_eq!(FieldClass::of_word(class.word()), Some(*class));
        }
        let all = FieldClass::ALL.iter().fold(Classes::ORDINARY, |all, class| all.with(*class));
        assert!(all.are_all() && all.words().eq(["personal", "pay", "medical", "legal"]));
    }
}
