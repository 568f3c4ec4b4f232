//! Texts that can be written in several ways.

use serde_json::json;

use super::{applied, assert_no_change, configure, empty, workspace};

crate::trials![
    item_090_another_spelling_is_no_difference_and_a_change_is,
    item_090_a_spelling_stays_beside_other_changes,
    item_068_elements_that_mean_the_same_cause_no_difference,
];

const TYPE: &str = "corner_spelling";
const A: &str = "corner_spelling.a";

fn item_090_another_spelling_is_no_difference_and_a_change_is() {
    let terraform = empty();
    let spellings = [
        ("text", "\"Read\"", "\"READ\"", "\"write\""),
        ("tags", "[\"Read\", \"Write\"]", "[\"WRITE\", \"read\"]", "[\"read\"]"),
        (
            "labels",
            "[{ text = \"A\" }, { text = \"B\" }]",
            "[{ text = \"a\" }, { text = \"b\" }]",
            "[{ text = \"b\" }]",
        ),
        (
            "members",
            "[{ text = \"A\" }, { text = \"B\" }]",
            "[{ text = \"b\" }, { text = \"a\" }]",
            "[{ text = \"c\" }]",
        ),
    ];
    for (name, first, second, other) in spellings {
        let before = applied(&terraform, TYPE, &format!("{name} = {first}"));
        assert_no_change(&terraform, TYPE, &format!("{name} = {second}"));
        terraform.run(&["apply", "-auto-approve", "-refresh-only"]).success();
        assert_eq!(terraform.attributes(A), before, "the first spelling stays");
        configure(&terraform, TYPE, &format!("{name} = {other}"));
        assert_eq!(terraform.plan().changed(A), [name]);
        terraform.apply();
    }
}

fn item_090_a_spelling_stays_beside_other_changes() {
    let terraform = workspace(TYPE, "text = \"Read\"\nlabels = [{ text = \"A\" }, { text = \"B\" }]");
    terraform.apply();
    let lines = "text = \"READ\"\nlabels = [{ text = \"a\" }, { text = \"C\" }]\ntags = [\"New\"]";
    configure(&terraform, TYPE, lines);
    let plan = terraform.plan();
    assert_eq!(plan.changed(A), ["labels", "tags"]);
    assert_eq!(plan.after(A)["labels"], json!([{"text": "A"}, {"text": "C"}]));
    terraform.apply();
    assert_eq!(terraform.text(A, "text"), "Read");
}

fn item_068_elements_that_mean_the_same_cause_no_difference() {
    let terraform = workspace(TYPE, "tags = [\"a\", \"A\", \"b\"]\nmembers = [{ text = \"a\" }, { text = \"A\" }]");
    terraform.apply();
    assert_eq!(terraform.attributes(A)["tags"], json!(["A", "a", "b"]));
    assert_no_change(&terraform, TYPE, "tags = [\"B\", \"a\"]\nmembers = [{ text = \"A\" }, { text = \"a\" }]");
}
