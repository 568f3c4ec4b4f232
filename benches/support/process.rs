//! What a command and the provider processes below it have used, as the kernel counted it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use tokio::time::Instant;

/// How often the memory of the provider is looked at. The kernel keeps the peak, so only what a process does to it in its
/// last moment can be missed.
const LOOK: Duration = Duration::from_millis(2);

/// The unit of times in `/proc/PID/stat`, which is the same on every Linux that there is.
const TICK: Duration = Duration::from_millis(10);

/// What it took to run a command.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    pub(crate) wall: Duration,
    /// Processor time of the command itself.
    pub(crate) own: Duration,
    /// Processor time of all processes that it started.
    pub(crate) children: Duration,
    /// The most memory that any process of the provider had, in bytes.
    pub(crate) peak: u64,
}

/// Runs a command to its end. `provider` is the program whose processes it starts.
pub(crate) fn run(command: &mut Command, provider: &Path) -> (ExitStatus, Usage) {
    let begin = Instant::now();
    let mut process = command.spawn().unwrap();
    let pid = Pid::from_raw(process.id().try_into().unwrap());
    let (ended, end) = channel::<()>();
    let (wall, peak) = thread::scope(|scope| {
        let watch = scope.spawn(move || {
            let mut memory = Memory::of(provider, pid);
            let mut peak = 0;
            while end.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                peak = peak.max(memory.peak());
            }
            peak
        });
        // It is left to be waited for: until then its times can be read.
        waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT).unwrap();
        let wall = begin.elapsed();
        drop(ended);
        (wall, watch.join().unwrap())
    });
    let (own, children) = times(pid);
    (process.wait().unwrap(), Usage { wall, own, children, peak })
}

/// Processor times of a process, and of those children that it has waited for.
fn times(pid: Pid) -> (Duration, Duration) {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The name stands in parentheses and may hold anything. `man 5 proc`: utime is the 14th field, the name the second.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks: Vec<u32> = fields.split_whitespace().skip(11).take(4).map(|field| field.parse().unwrap()).collect();
    (TICK * (ticks[0] + ticks[1]), TICK * (ticks[2] + ticks[3]))
}

/// Watches the memory of a program's processes below another process.
struct Memory {
    program: PathBuf,
    parent: String,
    /// Processes that are something else. Those that Terraform has just forked are not yet what they will be.
    others: BTreeSet<String>,
}

impl Memory {
    fn of(program: &Path, parent: Pid) -> Self {
        Self { program: fs::canonicalize(program).unwrap(), parent: parent.to_string(), others: BTreeSet::new() }
    }

    /// The most that any running process has had (`VmHWM`). `ru_maxrss` would be that of Terraform, which it was forked from.
    fn peak(&mut self) -> u64 {
        let mut peak = 0;
        for entry in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if !name.starts_with(|first: char| first.is_ascii_digit()) || self.others.contains(&name) {
                continue;
            }
            match fs::read_link(entry.path().join("exe")) {
                Ok(program) if program == self.program => {
                    let status = fs::read_to_string(entry.path().join("status")).unwrap_or_default();
                    if field(&status, "PPid:") == Some(&self.parent) {
                        let kilobytes: u64 = field(&status, "VmHWM:").and_then(|peak| peak.parse().ok()).unwrap_or(0);
                        peak = peak.max(kilobytes * 1024);
                    }
                }
                Ok(program) if program.ends_with("terraform") => {}
                _ => drop(self.others.insert(name)),
            }
        }
        peak
    }
}

/// A value of a process's status, without its unit.
fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()
}

#[expect(clippy::cast_precision_loss, reason = "for people, two digits are enough")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Processes that wait to run, as they were counted over the last minute.
pub(crate) fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}
