//! How an attribute behaves in configuration, plan and state, and how the API has it.

use super::{
    Rule,
    default::Default,
    property::{Mapping, Property},
};

/// Who decides the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The configuration, always.
    Required,
    /// The configuration; absent means cleared.
    Optional,
    /// The configuration; absent means this default.
    Defaulted(Default),
    /// The configuration; absent means whatever the service has. For the arguments by which a data source looks up: to
    /// remove such a line from a resource would have no effect.
    OptionalComputed,
    /// The service.
    Computed,
    /// The configuration, in blocks of that name instead of an attribute.
    Block(Block),
}

/// How many blocks there may be, and what their absence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// At least so many.
    pub min: i64,
    /// At most so many; 0 is no limit.
    pub max: i64,
    /// Whether a single block that is absent is an object of nulls instead of null.
    pub group: bool,
}

/// How an attribute behaves. Start from [`REQUIRED`], [`OPTIONAL`] or [`COMPUTED`].
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "they are traits that combine freely")]
pub struct Behaviour {
    /// Who decides the value.
    pub mode: Mode,
    /// Hidden in Terraform's output.
    pub sensitive: bool,
    /// A change needs a new object.
    pub requires_replace: bool,
    /// A computed value that an update never changes.
    pub keep_prior: bool,
    /// Nothing that the service knows of.
    pub local: bool,
    /// Nothing that the service knows of, but a change of it asks something of the service.
    pub trigger: bool,
    /// A value that goes to the service and into no state.
    pub write_only: bool,
    /// The write-only attribute that says the same and is not stored.
    pub stored_unlike: Option<&'static str>,
    /// Whether two texts mean the same.
    pub equal: Option<fn(&str, &str) -> bool>,
    /// What a configured value must satisfy.
    pub rules: &'static [Rule],
    /// Why the attribute should not be used any more.
    pub deprecated: Option<&'static str>,
    /// How the API has it.
    pub property: Property,
}

/// The configuration must have a value.
pub const REQUIRED: Behaviour = Behaviour::new(Mode::Required);
/// The configuration may have a value; without one the object has none.
pub const OPTIONAL: Behaviour = Behaviour::new(Mode::Optional);
/// The service decides the value; the configuration must not have one.
pub const COMPUTED: Behaviour = Behaviour::new(Mode::Computed);
/// The configuration may have a block, or any number of them.
pub const BLOCK: Behaviour = Behaviour::blocks(0, 0);
/// The configuration may have one block, and without it there is one that is empty.
pub const GROUP: Behaviour = Behaviour::new(Mode::Block(Block { min: 0, max: 0, group: true }));

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
            stored_unlike: None,
            equal: None,
            rules: &[],
            deprecated: None,
            property: Property::SAME,
        }
    }

    /// Blocks of which there must be at least `min` and at most `max`, where 0 is no limit. For a single one both are 0 or 1.
    #[must_use]
    pub const fn blocks(min: i64, max: i64) -> Self {
        Self::new(Mode::Block(Block { min, max, group: false }))
    }

    /// An optional attribute with a value for its absence.
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

    /// An update keeps the computed value, so it need not be planned as unknown.
    #[must_use]
    pub const fn keep_prior(self) -> Self {
        Self { keep_prior: true, ..self }
    }

    /// Nothing that the service knows of: the state has what the configuration says, and a change of nothing else asks
    /// nothing of the service.
    #[must_use]
    pub const fn local(self) -> Self {
        Self { local: true, ..self }
    }

    /// Nothing that the service knows of either, but a change of it is an update that the resource hears of. The state has
    /// what the resource says of it, so a change that failed is made up for by the next apply.
    #[must_use]
    pub const fn trigger(self) -> Self {
        Self { local: true, trigger: true, ..self }
    }

    /// A secret that goes to the service and into no plan or state: a create and an update find it in what is planned, and
    /// nothing else does.
    #[must_use]
    pub const fn write_only(self) -> Self {
        Self { write_only: true, sensitive: true, ..self }
    }

    /// Tells whoever sets it that `counterpart` says the same and is write-only.
    #[must_use]
    pub const fn stored_unlike(self, counterpart: &'static str) -> Self {
        Self { stored_unlike: Some(counterpart), ..self }
    }

    /// Two texts that mean the same are no difference, and the spelling stays the one that was there first. In a collection
    /// it goes for every text.
    #[must_use]
    pub const fn equal(self, equal: fn(&str, &str) -> bool) -> Self {
        Self { equal: Some(equal), ..self }
    }

    /// What a configured value must satisfy.
    #[must_use]
    pub const fn rules(self, rules: &'static [Rule]) -> Self {
        Self { rules, ..self }
    }

    /// The API calls the property `name`.
    #[must_use]
    pub const fn api(self, name: &'static str) -> Self {
        self.property(Property { name: Some(name), ..self.property })
    }

    /// A response without the property means this value instead of null. [`Default::Nested`] is an object of which nothing
    /// is shown.
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

    /// Every response shows the property if the token may read more than what is always shown. So its absence tells that
    /// the other properties are hidden.
    #[must_use]
    pub const fn shown_if_readable(self) -> Self {
        self.property(Property { shown_if_readable: true, ..self.property })
    }

    /// Functions map the attribute, because no fact of a property says how.
    #[must_use]
    pub const fn mapped(self, mapping: &'static Mapping) -> Self {
        self.property(Property { mapping: Some(mapping), ..self.property })
    }

    const fn property(self, property: Property) -> Self {
        Self { property, ..self }
    }

    /// Warns whoever sets it.
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

    /// `computed` on the wire: the plan may hold another value than the configuration. A default is such a value.
    #[must_use]
    pub const fn is_computed(&self) -> bool {
        matches!(self.mode, Mode::Computed | Mode::OptionalComputed | Mode::Defaulted(_))
    }
}
