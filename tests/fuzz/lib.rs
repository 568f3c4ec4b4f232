//! Those floors of the provider that read foreign bytes, and no more, so that they build in seconds with every instrument.

#[path = "../../src"]
mod floors {
    pub mod diagnostic;
    pub mod schema {
        pub mod duration;
        pub mod rule;

        pub use rule::Rule;
    }
    pub mod value;
}

pub use floors::{diagnostic, schema, value};
