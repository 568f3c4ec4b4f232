//! What may be spent, and what was missed.

/// Objects on a page.
const PAGE: usize = 100;
/// Beyond so many objects pages cannot be counted, and the list starts over.
const LARGEST_OFFSET: usize = 1_000;

/// What a tenant holds besides what is managed: the global client and the one that the provider acts as, and the latter's grant.
const FOREIGN_CLIENTS: usize = 2;
const FOREIGN_GRANTS: usize = 1;

/// Requests of a refresh of `managed` pairs, which with those that every tenant has are all of the tenant, tokens included.
pub(crate) fn refresh(managed: usize, parallelism: usize) -> usize {
    if parallelism == 1 {
        return bound(managed);
    }
    // Past 1,000 objects page 0 comes once more.
    let pages = |objects: usize| objects.div_ceil(PAGE) + usize::from(objects > LARGEST_OFFSET);
    bound(managed).min(1 + collections(managed).map(pages).iter().sum::<usize>())
}

/// The same whatever the order in which Terraform asks, and however many at once.
pub(crate) fn bound(managed: usize) -> usize {
    let of_collection = |objects: usize| match managed {
        0 | 1 => managed,
        _ => 2 * managed.min(objects.div_ceil(PAGE)) + 1,
    };
    1 + collections(managed).map(of_collection).iter().sum::<usize>()
}

/// How many applications there are, and how many grants.
const fn collections(managed: usize) -> [usize; 2] {
    [managed + FOREIGN_CLIENTS, managed + FOREIGN_GRANTS]
}

/// Requests of a refresh of so many pairs where each object is read by itself.
pub(crate) const fn one_by_one(managed: usize) -> usize {
    2 * managed + 1
}

/// Requests of a create of so many pairs.
pub(crate) const fn create(pairs: usize) -> usize {
    2 * pairs + 4
}

/// Requests of an update of so many applications: Terraform plans and applies with a process each, and each needs a token.
pub(crate) fn update(applications: usize, parallelism: usize) -> usize {
    refresh(applications, parallelism) + applications + 1
}

/// Requests of a destroy of so many pairs.
pub(crate) fn destroy(pairs: usize, parallelism: usize) -> usize {
    refresh(pairs, parallelism) + 2 * pairs + 1
}

/// Megabytes of memory of the provider, while it plans over 1,000 pairs.
pub(crate) const PEAK: f64 = 25.0;
/// Wall time of a plan over 1,000 pairs, in those of the no-op provider.
pub(crate) const OVER_FLOOR: f64 = 1.2;
/// Requests of a refresh of 20 applications among 3,500.
pub(crate) const FEW: usize = 23;

/// What was held against bars.
#[derive(Debug, Default)]
pub(crate) struct Report {
    met: usize,
    missed: Vec<String>,
}

impl Report {
    /// Holds a figure against its bar, and answers the bar as it stands in a table.
    pub(crate) fn most(&mut self, what: &str, measured: f64, bar: f64) -> String {
        let mark = if measured <= bar {
            self.met += 1;
            ""
        } else {
            self.missed.push(format!("{what}: {measured:.2}, and at most {bar} was allowed"));
            " MISSED"
        };
        format!("{bar}{mark}")
    }

    /// The same for what is counted.
    pub(crate) fn count(&mut self, what: &str, measured: usize, bar: usize) -> String {
        let exact = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        self.most(what, exact(measured), exact(bar))
    }

    /// What to say in the end, and whether all is well.
    pub(crate) fn verdict(&self) -> (String, bool) {
        let mut text = format!("{} bars met, {} missed", self.met, self.missed.len());
        for missed in &self.missed {
            text.push_str("\nMISSED ");
            text.push_str(missed);
        }
        (text, self.missed.is_empty())
    }
}
