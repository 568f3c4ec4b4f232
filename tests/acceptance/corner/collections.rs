//! Nested attributes in every mode, with computed, defaulted and immutable ones in them.

use serde_json::{Value, json};

use super::{applied, assert_no_change, configure, empty, workspace};

crate::trials![
    item_068_elements_equal_by_defaults_do_not_differ,
    item_070_nested_attributes_of_every_mode_plan_to_nothing,
    item_070_only_new_elements_get_a_serial,
    item_070_unknown_elements_plan_and_apply,
    item_083_change_in_collection_forces_replacement,
    item_072_a_mistake_is_shown_in_nested_elements,
];

const TYPE: &str = "corner_nested";
const A: &str = "corner_nested.a";

const ALL: &str = r#"
    one  = { name = "one", size = 2 }
    list = [{ name = "a" }, { name = "b", size = 3 }]
    set  = [{ name = "x" }, { name = "y", size = 4 }]
    map  = { k = { name = "m" }, l = { name = "n", home = "here" } }
"#;

fn item_070_nested_attributes_of_every_mode_plan_to_nothing() {
    let terraform = empty();
    let attributes = applied(&terraform, TYPE, ALL);
    assert_eq!(attributes["one"]["size"], 2);
    assert_eq!(attributes["list"][0]["size"], 1);
    assert_eq!(attributes["set"].as_array().unwrap().len(), 2);
    assert_eq!(attributes["map"]["l"]["home"], "here");
    assert!(serials(&attributes).iter().all(Value::is_number), "{attributes}");
    assert_eq!(attributes["all"], attributes["list"]);
    applied(&terraform, TYPE, "list = []\nset = []\nmap = {}");
    applied(&terraform, TYPE, "");
    applied(&terraform, TYPE, ALL);
}

/// The numbers that the items got.
fn serials(attributes: &Value) -> Vec<Value> {
    ["list", "set"]
        .iter()
        .flat_map(|name| attributes[name].as_array().unwrap())
        .chain(attributes["map"].as_object().unwrap().values())
        .chain([&attributes["one"]])
        .map(|item| item["serial"].clone())
        .collect()
}

fn item_070_only_new_elements_get_a_serial() {
    let terraform = empty();
    let before = applied(&terraform, TYPE, ALL);
    let noted = applied(&terraform, TYPE, &format!("note = \"x\"\n{ALL}"));
    assert_eq!(serials(&noted), serials(&before), "nothing happened to them");

    let changed = r#"
        note = "x"
        one  = { name = "one", size = 3 }
        list = [{ name = "new" }, { name = "a" }, { name = "b", size = 3 }]
        set  = [{ name = "y", size = 4 }, { name = "x", size = 5 }]
        map  = { l = { name = "n", home = "here" }, k = { name = "other" } }
    "#;
    configure(&terraform, TYPE, changed);
    let unknown = &terraform.plan().change(A)["after_unknown"];
    assert_eq!(unknown["list"], json!([{"serial": true}, {}, {}]));
    assert_eq!(unknown["map"], json!({"k": {"serial": true}, "l": {}}));
    let after = applied(&terraform, TYPE, changed);
    assert_eq!(after["list"][1], before["list"][0]);
    assert_eq!(after["list"][2], before["list"][1]);
    assert_eq!(after["map"]["l"], before["map"]["l"]);
    let serial_of_y = |state: &Value| {
        state["set"].as_array().unwrap().iter().find(|item| item["name"] == "y").unwrap()["serial"].clone()
    };
    assert_eq!(serial_of_y(&after), serial_of_y(&before));
    assert_ne!(after["one"]["serial"], before["one"]["serial"], "it changed, so this may have changed with it");
}

fn item_070_unknown_elements_plan_and_apply() {
    let terraform = empty();
    let other = "resource \"corner_value\" \"b\" {\n  text = \"abc\"\n}\n";
    let configure = |lines: &str| terraform.config(&format!("{other}resource \"corner_nested\" \"a\" {{\n{lines}\n}}"));
    configure(
        r#"
        one  = { name = "one", size = corner_value.b.length }
        list = [for i in range(2) : { name = "n${i}", size = corner_value.b.length }]
        set  = [{ name = "x", size = corner_value.b.length }, { name = "y" }]
        map  = { k = { name = corner_value.b.id == "" ? "a" : "b" } }
    "#,
    );
    terraform.apply();
    assert_eq!(terraform.attributes(A)["list"][1]["size"], 3);
    assert_eq!(terraform.attributes(A)["map"]["k"]["name"], "b");
    configure("list = corner_value.b.length == 3 ? [{ name = \"z\" }] : null");
    terraform.apply();
}

fn item_068_elements_equal_by_defaults_do_not_differ() {
    let terraform = workspace(TYPE, "set = [{ name = \"x\" }, { name = \"x\", size = 1 }]");
    terraform.apply();
    assert_no_change(&terraform, TYPE, "set = [{ name = \"x\", size = 1 }, { name = \"x\" }]");
}

fn item_083_change_in_collection_forces_replacement() {
    let terraform = empty();
    let homes = |home: &str| {
        [
            format!("one = {{ name = \"x\", home = {home} }}"),
            format!("list = [{{ name = \"w\" }}, {{ name = \"x\", home = {home} }}]"),
            format!("set = [{{ name = \"x\", home = {home} }}]"),
            format!("map = {{ k = {{ name = \"x\", home = {home} }} }}"),
        ]
    };
    for (here, there) in homes("\"here\"").iter().zip(homes("\"there\"")) {
        applied(&terraform, TYPE, here);
        configure(&terraform, TYPE, &there);
        let plan = terraform.plan();
        assert_eq!(plan.action(A), "delete, create", "{there}");
        assert!(plan.text().contains("# forces replacement"), "{there}");
        terraform.apply();
    }
}

fn item_072_a_mistake_is_shown_in_nested_elements() {
    let terraform = workspace(TYPE, "one = {\n  name = \"much too long\"\n}");
    terraform.run(&["validate"]).failure().assert_one_error(&["Invalid Attribute Value", "main.tf line 3"]);
    configure(&terraform, TYPE, "list = [\n  { name = \"ok\" },\n  { name = \"\" },\n]");
    terraform.run(&["validate"]).failure().assert_one_error(&["1 to 9 characters", A]);
}
