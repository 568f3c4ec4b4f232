//! The guide to messages names every message of the code.

use std::collections::BTreeSet;

use crate::golden::{files, text};

/// First lines of messages, from the floors that write to users.
fn summaries() -> BTreeSet<String> {
    let mut summaries = BTreeSet::new();
    for folder in ["src/provider", "src/framework", "src/schema"] {
        for file in files(folder, "rs").into_iter().filter(|file| !file.ends_with("tests.rs")) {
            let code = text(&file);
            let code = code.split("#[cfg(test)]").next().unwrap_or_default();
            for constructor in ["Diagnostic::error(", "Diagnostic::warning("] {
                let calls =
                    code.split(constructor).skip(1).map(|call| call.trim_start().trim_start_matches("format!("));
                summaries.extend(calls.filter_map(|call| call.strip_prefix('"')?.split('"').next()).map(str::to_owned));
            }
        }
    }
    summaries
}

#[test]
fn every_message_is_in_the_guide() {
    let guide = text("docs/guides/messages.md").to_lowercase();
    let summaries = summaries();
    assert!(summaries.len() > 25, "{summaries:?}");
    for summary in summaries {
        // The parts that are filled in differ from case to case: a kind of object, or a name in backticks.
        let fixed = summary.split(['{', '`']).next().unwrap_or_default().trim().to_lowercase();
        assert!(guide.contains(&fixed), "{summary:?} is not in the guide to messages");
    }
}
