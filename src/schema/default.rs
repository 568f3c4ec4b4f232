//! Values that an attribute has without a configured one.

/// The value of an attribute that the configuration leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// A bool.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    String(&'static str),
    /// A set of texts.
    Strings(&'static [&'static str]),
    /// A single nested object in which every attribute has its own default.
    Nested,
}
