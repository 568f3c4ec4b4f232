//! Terraform provider for the machine-to-machine side of Auth0, and the offline tenant that ships with it.
//!
//! Data travels one way through the floors, and a floor knows only those below it:
//!
//! ```text
//!    main ──▶ provider ──────────────▶ auth0            emulator
//!      │         │
//!      ▼         ▼
//!  protocol ──▶ framework ──▶ schema ──▶ value ──▶ diagnostic
//! ```
//!
//! `foreign` is below all of them except the emulator.
//!
//! `contributing/architecture.md` walks through a call from top to bottom.

pub mod diagnostic;
pub mod foreign;
pub mod value;

pub mod schema;

pub mod framework;

pub mod logging;
pub mod protocol;

pub mod auth0;

pub mod provider;

#[cfg(feature = "emulator")]
pub mod emulator;
