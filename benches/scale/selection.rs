//! Which tables are to be made, for which sizes.

/// A table of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    Operations,
    Plan,
    Few,
    Latency,
    Limits,
    Requests,
    Peer,
    TfProvider,
}

impl Table {
    const ALL: [Self; 8] = [
        Self::Operations,
        Self::Plan,
        Self::Few,
        Self::Latency,
        Self::Limits,
        Self::Requests,
        Self::Peer,
        Self::TfProvider,
    ];

    /// The word by which it is asked for.
    const fn word(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Plan => "plan",
            Self::Few => "few",
            Self::Latency => "latency",
            Self::Limits => "limits",
            Self::Requests => "requests",
            Self::Peer => "peer",
            Self::TfProvider => "tf-provider",
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Operations => "Operations, beside a no-op provider",
            Self::Plan => "Plan without changes, in turn with a no-op provider on the same state",
            Self::Few => "20 applications of 3,500",
            Self::Latency => "A service that takes 100 ms for each answer",
            Self::Limits => "Rate limits of Auth0's plans",
            Self::Requests => "Requests of a plan without changes",
            Self::Peer => "Beside another provider, over TLS",
            Self::TfProvider => "No-op providers: on the crate tf-provider, and on our framework",
        }
    }
}

/// What to do.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) tables: Vec<Table>,
    /// Pairs of an application and a grant.
    pub(crate) sizes: Vec<usize>,
    /// Terraform's `-parallelism`.
    pub(crate) parallelism: Vec<usize>,
}

impl Selection {
    /// Reads the words of the command line: names of tables, sizes such as `100`, and parallelism such as `p10`.
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut selection = Self { tables: Vec::new(), sizes: Vec::new(), parallelism: Vec::new() };
        for word in words {
            if let Some(table) = Table::ALL.into_iter().find(|table| table.word() == word) {
                selection.tables.push(table);
            } else if let Ok(size) = word.parse() {
                selection.sizes.push(size);
            } else if let Some(parallelism) = word.strip_prefix('p').and_then(|number| number.parse().ok()) {
                selection.parallelism.push(parallelism);
            } else if word != "--bench" {
                // What cargo itself adds is no word of ours.
                return Err(usage());
            }
        }
        or_else(&mut selection.tables, &Table::ALL);
        or_else(&mut selection.sizes, &[100, 1_000]);
        or_else(&mut selection.parallelism, &[10, 1, 100]);
        Ok(selection)
    }
}

fn or_else<T: Copy>(chosen: &mut Vec<T>, all: &[T]) {
    if chosen.is_empty() {
        chosen.extend_from_slice(all);
    }
}

fn usage() -> String {
    let tables = Table::ALL.map(|table| format!("\n  {:<12} {}", table.word(), table.title()));
    format!("cargo bench --bench scale -- [TABLE…] [SIZE…] [pPARALLELISM…]\n{}", tables.concat())
}
