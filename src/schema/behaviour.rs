//! The behaviour of an attribute in configuration, plan, state and API.
//!
//! No type of Auth0 has blocks, groups, [`Behaviour::equal`] or [`Behaviour::deprecated`]. They stay for conformance: blocks in
//! every mode for items 53, 62, 64 and 70, other spellings for 68 and 90, deprecation for 56. `tests/support/corner` has them.

use super::{
    Rule,
    default::Default,
    property::{Mapping, Property},
};

/// The source of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The configuration, always.
    Required,
    /// The configuration; absent means cleared.
    Optional,
    /// The configuration; absent means this default.
    Defaulted(Default),
    /// The configuration. If it is absent, the value of the API counts. Only for arguments of a look-up, and where the
    /// resource itself plans what removing the line means: otherwise that would have no effect.
    OptionalComputed,
    /// The API.
    Computed,
    /// The configuration, in blocks of that name instead of an attribute.
    Block(Block),
}

/// How many blocks there may be, and the meaning of their absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Maximum number; 0 means no limit.
    pub max: i64,
    /// Whether a single block that is absent is an object of nulls instead of null.
    pub group: bool,
}

/// How an attribute behaves. Start from [`REQUIRED`], [`OPTIONAL`] or [`COMPUTED`].
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "they are traits that combine freely")]
pub struct Behaviour {
    /// The source of the value.
    pub mode: Mode,
    /// Hidden in Terraform's output.
    pub sensitive: bool,
    /// A change replaces the object.
    pub requires_replace: bool,
    /// A computed value that an update never changes.
    pub keep_prior: bool,
    /// The API does not have it.
    pub local: bool,
    /// The API does not have it, but a change of it sends a request.
    pub trigger: bool,
    /// A value that goes to the API and into no state.
    pub write_only: bool,
    /// Whether two texts have the same meaning.
    pub equal: Option<fn(&str, &str) -> bool>,
    /// Rules for a configured value.
    pub rules: &'static [Rule],
    /// Why the attribute is deprecated.
    pub deprecated: Option<&'static str>,
    /// Its form in the API.
    pub property: Property,
}

/// The configuration must have a value.
pub const REQUIRED: Behaviour = Behaviour::new(Mode::Required);
/// The configuration may have a value. Without one, the object has none.
pub const OPTIONAL: Behaviour = Behaviour::new(Mode::Optional);
/// The API decides the value. The configuration must not have one.
pub const COMPUTED: Behaviour = Behaviour::new(Mode::Computed);
/// The configuration may have a value. Without one, the resource plans it.
pub const PLANNED: Behaviour = Behaviour::new(Mode::OptionalComputed);
/// The configuration may have a block, or any number of them.
pub const BLOCK: Behaviour = Behaviour::blocks(0);
/// The configuration may have one block. Without it, the block is empty.
pub const GROUP: Behaviour = Behaviour::new(Mode::Block(Block { max: 0, group: true }));

impl Behaviour {
    pub(super) const fn new(mode: Mode) -> Self {
        Self {
            mode,
            sensitive: false,
            requires_replace: false,
            keep_prior: false,
            local: false,
            trigger: false,
            write_only: false,
            equal: None,
            rules: &[],
            deprecated: None,
            property: Property::SAME,
        }
    }

    /// At most `max` blocks, where 0 means no limit.
    #[must_use]
    pub const fn blocks(max: i64) -> Self {
        Self::new(Mode::Block(Block { max, group: false }))
    }

    /// An optional attribute with a default.
    #[must_use]
    pub const fn default(self, default: Default) -> Self {
        Self { mode: Mode::Defaulted(default), ..self }
    }

    /// Hidden in Terraform's output.
    #[must_use]
    pub const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// A change replaces the object.
    #[must_use]
    pub const fn requires_replace(self) -> Self {
        Self { requires_replace: true, ..self }
    }

    /// An update keeps the computed value, so the plan need not show it as unknown.
    #[must_use]
    pub const fn keep_prior(self) -> Self {
        Self { keep_prior: true, ..self }
    }

    /// The API does not have it. The state has what the configuration says, and a change of it alone sends no request.
    #[must_use]
    pub const fn local(self) -> Self {
        Self { local: true, ..self }
    }

    /// The API does not have it, but a change of it is an update by the resource. The state has what the resource
    /// returns, so the next apply repeats a failed change.
    #[must_use]
    pub const fn trigger(self) -> Self {
        Self { local: true, trigger: true, ..self }
    }

    /// A secret that goes to the API and into no plan or state. Only create and update get it, with the plan.
    #[must_use]
    pub const fn write_only(self) -> Self {
        Self { write_only: true, sensitive: true, ..self }
    }

    /// Two texts with the same meaning are no difference, and the earlier spelling stays. In a collection, this applies
    /// to every text.
    #[must_use]
    pub const fn equal(self, equal: fn(&str, &str) -> bool) -> Self {
        Self { equal: Some(equal), ..self }
    }

    /// Rules for a configured value.
    #[must_use]
    pub const fn rules(self, rules: &'static [Rule]) -> Self {
        Self { rules, ..self }
    }

    /// The API calls the property `name`.
    #[must_use]
    pub const fn api(self, name: &'static str) -> Self {
        self.property(Property { name: Some(name), ..self.property })
    }

    /// A response without the property means this value instead of null. [`Default::Nested`] is an object without any
    /// property.
    #[must_use]
    pub const fn absent(self, meaning: Default) -> Self {
        self.property(Property { absent: Some(meaning), ..self.property })
    }

    /// `""` or `[]` clears the property, and null is refused.
    #[must_use]
    pub const fn cleared_empty(self) -> Self {
        self.property(Property { cleared_empty: true, ..self.property })
    }

    /// A PATCH merges the property member by member, and null removes a member.
    #[must_use]
    pub const fn merged(self) -> Self {
        self.property(Property { merged: true, ..self.property })
    }

    /// A create leaves the property out while it has its default.
    #[must_use]
    pub const fn unsent_default(self) -> Self {
        self.property(Property { unsent_default: true, ..self.property })
    }

    /// Every response shows the property, whatever the token may read.
    #[must_use]
    pub const fn always_shown(self) -> Self {
        self.property(Property { always_shown: true, ..self.property })
    }

    /// Every response shows the property if the token may read the settings. So its absence shows that the other
    /// properties are hidden.
    #[must_use]
    pub const fn shown_if_readable(self) -> Self {
        self.property(Property { shown_if_readable: true, ..self.property })
    }

    /// Functions map the attribute, because no fact describes it.
    #[must_use]
    pub const fn mapped(self, mapping: &'static Mapping) -> Self {
        self.property(Property { mapping: Some(mapping), ..self.property })
    }

    const fn property(self, property: Property) -> Self {
        Self { property, ..self }
    }

    /// Warns if the attribute is set.
    #[must_use]
    pub const fn deprecated(self, why: &'static str) -> Self {
        Self { deprecated: Some(why), ..self }
    }

    /// Whether the configuration has blocks of that name, and how many.
    #[must_use]
    pub const fn block(&self) -> Option<Block> {
        if let Mode::Block(block) = self.mode { Some(block) } else { None }
    }

    /// `required` on the wire.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        matches!(self.mode, Mode::Required)
    }

    /// `optional` on the wire.
    #[must_use]
    pub const fn is_optional(&self) -> bool {
        matches!(self.mode, Mode::Optional | Mode::OptionalComputed | Mode::Defaulted(_))
    }

    /// `computed` on the wire: the planned value may differ from the configuration. A default is such a value.
    #[must_use]
    pub const fn is_computed(&self) -> bool {
        matches!(self.mode, Mode::Computed | Mode::OptionalComputed | Mode::Defaulted(_))
    }
}
