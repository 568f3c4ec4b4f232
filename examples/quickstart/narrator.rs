//! What the reader sees: chapters, sentences, commands, results.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the story is told on the terminal")]
#![expect(clippy::unused_self, reason = "whether a line has colours is for the narrator to decide")]

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _, stdout};
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, interval};

/// Silence longer than this makes people wonder.
const SILENCE: Duration = Duration::from_secs(5);

/// Tells the story on standard output, in colour where that is a terminal.
pub(crate) struct Narrator {
    colour: bool,
}

impl Narrator {
    pub(crate) fn new() -> Self {
        Self { colour: stdout().is_terminal() }
    }

    pub(crate) fn title(&self, text: &str) {
        println!("{}", self.paint("1", text));
    }

    pub(crate) fn chapter(&self, text: &str) {
        println!("\n{}", self.paint("1;36", text));
        // What others print next (cargo, on standard error) has to come after it.
        let _ = stdout().flush();
    }

    pub(crate) fn say(&self, text: &str) {
        println!("  {text}");
    }

    /// A name and what it stands for.
    pub(crate) fn fact(&self, name: &str, value: impl Display) {
        println!("  {} {value}", self.paint("2", &format!("{name:<26}")));
    }

    /// A line of a plan, coloured by its sign.
    pub(crate) fn change(&self, sign: &str, text: &str) {
        let colour = match sign {
            "+" => "32",
            "-" => "31",
            _ => "33",
        };
        println!("    {} {text}", self.paint(colour, sign));
    }

    /// Something that went as it should.
    pub(crate) fn success(&self, text: &str) {
        println!("  {} {text}", self.paint("32", "✓"));
    }

    /// Something that ends the story, on standard error.
    pub(crate) fn problem(&self, text: &str) {
        eprintln!("\n{text}");
    }

    /// Shows a command, and that it still runs while it does.
    pub(crate) async fn wait<T>(&self, command: &str, running: impl Future<Output = T>) -> T {
        println!("  {}", self.paint("2", &format!("$ {command}")));
        let mut running = pin!(running);
        let mut clock = interval(SILENCE);
        let begin = Instant::now();
        clock.tick().await;
        loop {
            tokio::select! {
                done = &mut running => return done,
                _ = clock.tick() => {
                    println!("  {}", self.paint("2", &format!("  still running, {} s", begin.elapsed().as_secs())));
                }
            }
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
