//! Whether something piles up. Pure: figures in, a judgement out.

use std::fmt;

use super::process::Gauge;

/// What there was at one moment between two rounds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) provider: Gauge,
    /// Tasks of the provider; nothing as long as it has not told.
    pub(super) tasks: Option<u64>,
    pub(super) emulator: Gauge,
}

/// Fewer samples tell nothing.
const FEWEST: usize = 20;

/// By how much a count may be higher in the end: between two rounds a connection may still be closing.
const SLACK: u64 = 1;
/// By how much memory may be larger in the end, in KiB: an allocator keeps what it may need again.
const SLACK_MEMORY: u64 = 1024;

/// A figure with its name and how much of it is noise, given what it was.
type Measure = (&'static str, fn(&Sample) -> u64, fn(u64) -> u64);

const MEASURES: [Measure; 7] = [
    ("KiB of the provider", |sample| sample.provider.resident, memory),
    ("files of the provider", |sample| sample.provider.files, |_| SLACK),
    ("threads of the provider", |sample| sample.provider.threads, |_| SLACK),
    ("tasks of the provider", |sample| sample.tasks.unwrap_or(0), |_| SLACK),
    ("KiB of the emulator", |sample| sample.emulator.resident, memory),
    ("files of the emulator", |sample| sample.emulator.files, |_| SLACK),
    ("threads of the emulator", |sample| sample.emulator.threads, |_| SLACK),
];

fn memory(before: u64) -> u64 {
    SLACK_MEMORY.max(before / 20)
}

/// Samples in the order of time.
#[derive(Debug, Default)]
pub(super) struct Series(Vec<Sample>);

impl Series {
    pub(super) fn add(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    /// The figures of the last sample.
    pub(super) fn last(&self) -> String {
        let figures = self.0.last().map(|sample| MEASURES.map(|(name, of, _)| format!("{} {name}", of(sample))));
        figures.unwrap_or_default().join(", ")
    }

    /// What is more in the last quarter than it was in the second one. The first is for warming up.
    pub(super) fn leaks(&self) -> Vec<String> {
        if self.0.len() < FEWEST {
            return Vec::new();
        }
        let grown = MEASURES.iter().filter_map(|(name, of, noise)| {
            let (early, late) = self.windows(*of);
            (late > early + noise(early)).then(|| format!("{name}: from {early} to {late}"))
        });
        grown.collect()
    }

    /// The medians of the second quarter and of the last.
    fn windows(&self, of: fn(&Sample) -> u64) -> (u64, u64) {
        let quarter = self.0.len() / 4;
        let median = |samples: &[Sample]| {
            let mut figures: Vec<u64> = samples.iter().map(of).collect();
            figures.sort_unstable();
            figures.get(figures.len() / 2).copied().unwrap_or(0)
        };
        (median(&self.0[quarter..2 * quarter]), median(&self.0[self.0.len() - quarter..]))
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, of, _) in MEASURES {
            let (early, late) = self.windows(of);
            writeln!(f, "{name}: median {early} in the second quarter, {late} in the last")?;
        }
        Ok(())
    }
}
