//! The corpus of the fuzz targets in `tests/fuzz`, replayed.

use crate::golden::files;

#[path = "../fuzz/properties.rs"]
mod properties;

#[test]
fn what_was_fuzzed_stays_right() {
    type Property = fn(&[u8]);
    let properties: [Property; 3] = [properties::msgpack, properties::json, properties::duration];
    for (target, property) in ["msgpack", "json", "duration"].into_iter().zip(properties) {
        let corpus = files(&format!("tests/fuzz/corpus/{target}"), "seed");
        assert!(corpus.len() > 5, "no corpus of {target}");
        for file in corpus {
            property(&std::fs::read(file).unwrap());
        }
    }
}
