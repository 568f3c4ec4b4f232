//! Keys and certificates in every form, and what is neither.
