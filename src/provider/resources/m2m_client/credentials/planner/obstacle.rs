//! Why there is no way to a configuration, and the way out.

use std::fmt;

use super::facts::{Method, Occupant, Place};
use super::{PER_CLIENT, PER_SLOT};

/// No order of steps is safe. Nothing may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Obstacle {
    /// Two names in the configuration have the same credential.
    Duplicate {
        /// The one to report.
        name: String,
        /// The other.
        other: String,
    },
    /// The configuration has a name without PEM or subject, and nothing is registered under it.
    NotRegistered {
        /// The name.
        name: String,
    },
    /// Only the expiry of a credential can change, but its material is not known.
    NotReplaceable {
        /// The name.
        name: String,
        /// The credential with this name.
        id: String,
    },
    /// Auth0 has the key already, and accepts each key only once.
    Taken {
        /// The name.
        name: String,
        /// What has the key.
        occupant: Occupant,
    },
    /// The slot would have too many.
    SlotFull {
        /// The slot.
        method: Method,
        /// How many are configured.
        wanted: usize,
        /// What else it has.
        occupants: Vec<Occupant>,
    },
    /// The pool would have too many.
    PoolFull {
        /// How many are configured.
        wanted: usize,
        /// What else it has.
        occupants: Vec<Occupant>,
    },
    /// What is configured has expired, and a valid credential would go.
    NoneValid {
        /// The method.
        method: Method,
    },
    /// A valid credential would have to go before its successor can be added.
    NoSafeOrder {
        /// The names of those that cannot be added.
        names: Vec<String>,
        /// Whether the pool is full. If not, the same key is registered already.
        is_full: bool,
        /// What is in the pool.
        occupants: Vec<Occupant>,
    },
}

impl Obstacle {
    /// The name of the one credential in the configuration that it is about.
    pub(in super::super) fn name(&self) -> Option<&str> {
        match self {
            Self::Duplicate { name, .. }
            | Self::NotRegistered { name }
            | Self::NotReplaceable { name, .. }
            | Self::Taken { name, .. } => Some(name),
            Self::NoSafeOrder { names, .. } => names.first().filter(|_| names.len() == 1).map(String::as_str),
            Self::SlotFull { .. } | Self::PoolFull { .. } | Self::NoneValid { .. } => None,
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate { name, other } => write!(
                f,
                "{name:?} and {other:?} are the same credential, and Auth0 accepts each only once. Remove one of them."
            ),
            Self::NotRegistered { name } => write!(
                f,
                "{name:?} has neither `pem` nor `subject_dn`, and no credential is registered under this name. Set one \
                 of them to register it."
            ),
            Self::NotReplaceable { name, id } => write!(
                f,
                "Auth0 changes only the expiry of a credential. The plan changes more of {name:?}, which is `{id}`, \
                 and so needs a new credential. Set `pem` or `subject_dn` to register it."
            ),
            Self::Taken { name, occupant } => {
                write!(f, "Auth0 accepts each key only once. The key of {name:?} is registered already: {occupant}. ")?;
                f.write_str(match occupant.place {
                    Place::Elsewhere(_) => "Detach and delete that credential in Auth0, or use another key.",
                    Place::Method(_) | Place::Pool => "Delete that credential in Auth0, or use another key.",
                })
            }
            Self::SlotFull { method, wanted, occupants } => {
                let method = method.name();
                write!(
                    f,
                    "`{method}` can have {PER_SLOT} credentials. The configuration has {wanted}{}{}",
                    others(occupants),
                    way_out(occupants, "Detach")
                )
            }
            Self::PoolFull { wanted, occupants } => write!(
                f,
                "An application can have {PER_CLIENT} credentials. The configuration has {wanted}{}{}",
                others(occupants),
                way_out(occupants, "Delete")
            ),
            Self::NoneValid { method } => write!(
                f,
                "No credential of the configuration is valid, so the application could get no more tokens. Add a \
                 credential for `{}` that has not expired, or set a later `expires_at`.",
                method.name()
            ),
            Self::NoSafeOrder { names, is_full, occupants } => {
                let names: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
                let names = names.join(" and ");
                if *is_full {
                    write!(
                        f,
                        "An application can have {PER_CLIENT} credentials, and it has: {}. To add {names}, a valid \
                         credential would have to go first, and the application could get no tokens meanwhile. Delete \
                         one of the others in Auth0, or first apply a configuration with fewer credentials.",
                        list(occupants)
                    )
                } else {
                    write!(
                        f,
                        "Auth0 accepts each key only once, and changes only its expiry. To replace {names}, the key \
                         would have to go first, and the application could get no tokens meanwhile. Use a new key, or \
                         first apply a configuration with one more credential. The application has: {}.",
                        list(occupants)
                    )
                }
            }
        }
    }
}

impl std::error::Error for Obstacle {}

fn list(occupants: &[Occupant]) -> String {
    let occupants: Vec<_> = occupants.iter().map(ToString::to_string).collect();
    occupants.join("; ")
}

fn others(occupants: &[Occupant]) -> String {
    if occupants.is_empty() { ".".to_owned() } else { format!(", and Auth0 has others: {}.", list(occupants)) }
}

fn way_out(occupants: &[Occupant], verb: &str) -> String {
    if occupants.is_empty() {
        " Remove some of them.".to_owned()
    } else {
        format!(" {verb} others in Auth0, or remove some from the configuration.")
    }
}
