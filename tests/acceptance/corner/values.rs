//! Plain types and dynamic values, there and back.

use serde_json::json;

use super::{applied, assert_no_change, configure, empty, workspace};

crate::trials![
    item_057_texts_of_any_length_and_script_survive,
    item_057_unicode_spelling_is_no_difference,
    item_058_numbers_stay_exact,
    item_060_collections_survive_and_empty_is_not_null,
    item_061_a_dynamic_attribute_changes_its_type,
    item_065_a_half_known_text_plans_and_applies,
    item_068_order_and_repetition_in_a_set_are_no_difference,
    item_069_a_deep_value_survives_or_is_refused,
    item_089_what_turns_out_as_it_was_becomes_no_change,
];

const TYPE: &str = "corner_value";
const A: &str = "corner_value.a";

fn item_057_texts_of_any_length_and_script_survive() {
    let terraform = empty();
    let long = "ü".repeat(512 << 10);
    for text in ["", "👩‍👩‍👧 ελ 漢字 \u{200f}", "a\u{323}\u{307}", &long] {
        let attributes = applied(&terraform, TYPE, &format!("text = \"{text}\""));
        assert_eq!(attributes["text"].as_str().unwrap().chars().count(), composed(text).chars().count());
    }
}

fn composed(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfc().collect()
}

fn item_057_unicode_spelling_is_no_difference() {
    // The service shows every text decomposed.
    let terraform = workspace(TYPE, "text = \"caf\\u00e9\"");
    terraform.apply();
    assert_eq!(terraform.text(A, "text"), "caf\u{e9}");
    assert_no_change(&terraform, TYPE, "text = \"cafe\\u0301\"");
}

fn item_058_numbers_stay_exact() {
    let terraform = empty();
    let numbers = [
        ("0", "0,"),
        ("-1", "-1,"),
        ("9007199254740993", "9007199254740993,"),
        ("9223372036854775807", "9223372036854775807,"),
        ("9223372036854775808", "9223372036854775808,"),
        ("0.1", "0.1,"),
        // By its own arithmetic Terraform has a few digits more, far behind.
        ("1 - 0.99", "0.0100000000"),
        ("1e-30", "0.000000000000000000000000000001,"),
        ("340282346638528859811704183484516925440", "340282346638528859811704183484516925440,"),
    ];
    for (expression, number) in numbers {
        applied(&terraform, TYPE, &format!("number = {expression}\nset = [1, {expression}]"));
        let state = terraform.state_file();
        assert!(state.contains(&format!("\"number\": {number}")), "{expression} is not {number} in {state}");
    }
}

fn item_060_collections_survive_and_empty_is_not_null() {
    let terraform = empty();
    let full = r#"
        flag    = true
        list    = ["b", "a", "b"]
        set     = [2, 1]
        map     = { x = true, "y z" = false }
        lists   = { x = ["a"], y = [] }
        object  = { x = 1.5, label = null }
        objects = [{ x = 1, label = "a" }, { x = null, label = "b" }]
        tuple   = ["a", 7]
        any     = ["a", 1, { b = true }]
    "#;
    let attributes = applied(&terraform, TYPE, full);
    assert_eq!(attributes["list"], json!(["b", "a", "b"]));
    assert_eq!(attributes["set"], json!([1, 2]));
    assert_eq!(attributes["map"], json!({"x": true, "y z": false}));
    assert_eq!(attributes["lists"], json!({"x": ["a"], "y": []}));
    assert_eq!(attributes["object"], json!({"x": 1.5, "label": null}));
    assert_eq!(attributes["objects"], json!([{"x": 1, "label": "a"}, {"x": null, "label": "b"}]));
    assert_eq!(attributes["tuple"], json!(["a", 7]));
    assert_eq!(attributes["any"], json!(["a", 1, {"b": true}]));

    let empty = applied(&terraform, TYPE, "list = []\nset = []\nmap = {}\nlists = {}\nobjects = []");
    for (name, nothing) in [("list", json!([])), ("set", json!([])), ("map", json!({})), ("objects", json!([]))] {
        assert_eq!(empty[name], nothing, "{name}");
    }
    configure(&terraform, TYPE, "");
    let plan = terraform.plan();
    assert!(
        ["list", "set", "map", "lists", "objects"].iter().all(|name| plan.changed(A).contains(&(*name).to_owned()))
    );
    terraform.apply();
    assert_eq!(terraform.attributes(A)["list"], json!(null));
}

fn item_061_a_dynamic_attribute_changes_its_type() {
    let terraform = empty();
    let values = [
        ("\"x\"", json!("x"), json!("xx")),
        ("7", json!(7), json!(0)),
        ("tolist([\"a\", \"b\"])", json!(["a", "b"]), json!(2)),
        ("{ a = \"x\", b = [null, 1] }", json!({"a": "x", "b": [null, 1]}), json!(1)),
        ("null", json!(null), json!(0)),
        ("tostring(null)", json!(null), json!(0)),
        ("toset([\"x\"])", json!(["x"]), json!(1)),
    ];
    for (expression, any, answer) in values {
        let attributes = applied(&terraform, TYPE, &format!("any = {expression}"));
        assert_eq!((&attributes["any"], &attributes["answer"]), (&any, &answer), "{expression}");
    }
}

fn item_065_a_half_known_text_plans_and_applies() {
    let terraform = empty();
    terraform.config(
        "resource \"corner_value\" \"a\" {\n  text = \"abc\"\n}\n\
         resource \"corner_value\" \"b\" {\n  text = \"x-${corner_value.a.length}\"\n  any = [corner_value.a.length, \"y\"]\n  \
         list = [\"known\", corner_value.a.id]\n}",
    );
    let plan = terraform.plan();
    let unknown = &plan.change("corner_value.b")["after_unknown"];
    assert_eq!((&unknown["text"], &unknown["list"]), (&json!(true), &json!([false, true])), "{unknown}");
    terraform.apply();
    assert_eq!(terraform.text("corner_value.b", "text"), "x-3");
    assert_eq!(terraform.attributes("corner_value.b")["any"], json!([3, "y"]));
}

fn item_068_order_and_repetition_in_a_set_are_no_difference() {
    let terraform = workspace(TYPE, "set = [3, 1, 2, 1]");
    terraform.apply();
    for same in ["[1, 2, 3]", "[2, 3, 1, 1, 3]", "toset([1, 3, 2])"] {
        assert_no_change(&terraform, TYPE, &format!("set = {same}"));
    }
    configure(&terraform, TYPE, "set = [1, 2]");
    assert_eq!(terraform.plan().action(A), "update");
}

fn item_069_a_deep_value_survives_or_is_refused() {
    let deep = |levels: usize| format!("any = {}1{}", "[".repeat(levels), "]".repeat(levels));
    let terraform = workspace(TYPE, &deep(100));
    terraform.apply();
    configure(&terraform, TYPE, &deep(300));
    terraform.fail_to_plan().assert_one_error(&["Invalid Value", "any", "nested more than 250 levels deep"]);
}

fn item_089_what_turns_out_as_it_was_becomes_no_change() {
    let terraform = empty();
    let config = |flag: bool| {
        format!(
            "resource \"corner_value\" \"a\" {{\n  text = \"abc\"\n  flag = {flag}\n}}\n\
             resource \"corner_value\" \"b\" {{\n  text = \"x-${{corner_value.a.length}}\"\n  map = {{ (corner_value.a.text) = true }}\n  \
             any = corner_value.a.answer\n}}"
        )
    };
    terraform.config(&config(false));
    terraform.apply();
    terraform.config(&config(true));
    assert_eq!(terraform.plan().action("corner_value.b"), "update", "it may turn out different");
    let run = terraform.apply();
    assert!(run.stdout.contains("0 added, 1 changed, 0 destroyed"), "{}", run.stdout);
}
