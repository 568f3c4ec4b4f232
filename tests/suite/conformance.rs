//! `contributing/conformance.md` lists what Terraform can expect of a provider, with the tests that show it.
//!
//! A test shows item 7 if its name begins with `item_007_`. The column of tests is generated from the sources.

use std::collections::BTreeMap;

use crate::golden::{assert_golden, difference, files, text};

const TABLE: &str = "contributing/conformance.md";
/// The number of the last item.
const LAST: usize = 120;

#[test]
fn each_item_names_the_tests_that_show_it() {
    let tests = tests();
    let table = text(TABLE);
    let filled: String = table.lines().map(|line| filled(line, &tests) + "\n").collect();
    assert_golden(&difference(TABLE, &filled).into_iter().collect::<Vec<_>>());
}

#[test]
fn every_item_is_listed_once_and_in_order() {
    let numbers: Vec<_> = text(TABLE).lines().filter_map(Row::read).map(|row| row.number).collect();
    assert_eq!(numbers, (1..=LAST).collect::<Vec<_>>());
    let unlisted: Vec<_> = tests().into_iter().filter(|(number, _)| !(1..=LAST).contains(number)).collect();
    assert!(unlisted.is_empty(), "tests of items that do not exist: {unlisted:?}");
}

#[test]
fn item_without_test_gives_a_reason() {
    let tests = tests();
    let table = text(TABLE);
    let silent = table.lines().filter_map(Row::read).filter(|row| {
        let explained = ["later: ", "does not apply: "].iter().any(|start| row.note.starts_with(start));
        !tests.contains_key(&row.number) && !explained
    });
    let silent: Vec<_> = silent.map(|row| format!("item_{:03}_…: {}", row.number, row.behaviour)).collect();
    assert!(silent.is_empty(), "items with neither a test nor a reason in their note:\n{}", silent.join("\n"));
}

/// A line of the table: `| 7 | behaviour | tests | note |`.
struct Row<'a> {
    number: usize,
    behaviour: &'a str,
    note: &'a str,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let cells: Vec<_> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
        let &[number, behaviour, _tests, note] = cells.as_slice() else { return None };
        Some(Self { number: number.parse().ok()?, behaviour, note })
    }
}

/// The line of the table with the tests of its item.
fn filled(line: &str, tests: &BTreeMap<usize, Vec<String>>) -> String {
    let Some(Row { number, behaviour, note }) = Row::read(line) else { return line.to_owned() };
    let tests = tests.get(&number).map(|tests| tests.join("<br>")).unwrap_or_default();
    format!("| {number} | {behaviour} | {tests} | {note} |")
}

/// Every test of an item, by number, as a link to its file.
fn tests() -> BTreeMap<usize, Vec<String>> {
    let mut tests: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for file in ["tests/suite", "tests/acceptance"].iter().flat_map(|folder| files(folder, "rs")) {
        for line in text(&file).lines() {
            let Some((_, name)) = line.split_once("fn item_") else { continue };
            let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some((number, sentence)) = name.split_once('_') else { continue };
            let Ok(number) = number.parse() else { continue };
            let sentence = sentence.replace('_', " ");
            tests.entry(number).or_default().push(format!("[{sentence}](../{})", file.display()));
        }
    }
    tests
}
