//! The corpus of the fuzz targets in `tests/fuzz`, replayed.

use crate::golden::files;

#[path = "../fuzz/properties.rs"]
mod properties;

#[test]
fn what_was_fuzzed_stays_right() {
    let targets: [(&str, fn(&[u8])); 3] =
        [("msgpack", properties::msgpack), ("json", properties::json), ("duration", properties::duration)];
    for (target, property) in targets {
        let corpus = files(&format!("tests/fuzz/corpus/{target}"), "seed");
        assert!(corpus.len() > 5, "no corpus of {target}");
        for file in corpus {
            property(&std::fs::read(file).unwrap());
        }
    }
}
