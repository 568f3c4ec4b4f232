//! Generated files of the repository: checked by default, rewritten with `BLESS=1`.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A path in the repository.
pub(crate) fn in_repository(path: impl AsRef<Path>) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The text of a file in the repository.
pub(crate) fn text(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(in_repository(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file with the extension below a folder of the repository, as paths in the repository, in order.
pub(crate) fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![PathBuf::from(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(in_repository(&folder)).into_iter().flatten() {
            let entry = entry.expect("a folder that can be opened can be read");
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Whether generated files are rewritten instead of checked.
#[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the provider")]
pub(crate) fn blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| !value.is_empty() && value != "0")
}

/// The name and the first different line of a generated file that does not hold `expected`.
pub(crate) fn difference(path: &str, expected: &str) -> Option<String> {
    let file = in_repository(path);
    let stored = fs::read_to_string(&file).unwrap_or_default();
    if stored == expected {
        return None;
    }
    if blessing() {
        fs::create_dir_all(file.parent().expect("a file is in a folder")).expect("the work tree can be written");
        fs::write(&file, expected).expect("the work tree can be written");
        return None;
    }
    let same = stored.lines().zip(expected.lines()).take_while(|(stored, expected)| stored == expected).count();
    let line = |text: &str| text.lines().nth(same).map_or("(end of file)".to_owned(), str::to_owned);
    Some(format!("{path}:{}\n  stored:   {}\n  expected: {}", same + 1, line(&stored), line(expected)))
}

/// Fails with all differences, and says how to rewrite generated files.
pub(crate) fn assert_golden(differences: &[String]) {
    assert!(
        differences.is_empty(),
        "{}\nIf the change is intended, rewrite the files with `BLESS=1 cargo test --test suite` and commit them.",
        differences.join("\n")
    );
}
