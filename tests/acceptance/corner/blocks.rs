//! Nested blocks in every mode.

use serde_json::json;

use super::{applied, configure, empty};

crate::trials![
    item_064_blocks_that_are_not_known_yet_plan_and_apply,
    item_070_blocks_of_every_mode_plan_to_nothing,
    item_072_a_mistake_is_shown_at_its_line_in_blocks,
];

const TYPE: &str = "corner_block";
const A: &str = "corner_block.a";

const ALL: &str = r#"
    one {
      name = "one"
    }
    settings {
      text = "t"
    }
    entry {
      name = "a"
      size = 2
      detail {
        text = "d"
      }
      detail {}
    }
    entry {
      name = "b"
    }
    member {
      name = "x"
    }
    member {
      name = "y"
      detail {
        text = "e"
      }
    }
    labelled "k" {
      name = "m"
    }
"#;

fn item_070_blocks_of_every_mode_plan_to_nothing() {
    let terraform = empty();
    let attributes = applied(&terraform, TYPE, ALL);
    assert_eq!(attributes["settings"], json!({"text": "t", "volume": 3}));
    assert_eq!(attributes["entry"][0]["detail"], json!([{"text": "d"}, {"text": null}]));
    assert_eq!(attributes["entry"][1]["size"], 1);
    assert_eq!(attributes["member"].as_array().unwrap().len(), 2);
    assert!(attributes["labelled"]["k"]["serial"].is_number(), "{attributes}");
    applied(&terraform, TYPE, "");
    applied(&terraform, TYPE, ALL);
    terraform.destroy();
}

fn item_064_blocks_that_are_not_known_yet_plan_and_apply() {
    let terraform = empty();
    terraform.config(
        r#"
        resource "corner_value" "b" {
          any = ["p", "q"]
        }
        resource "corner_block" "a" {
          dynamic "entry" {
            for_each = range(corner_value.b.answer)
            content {
              name = "n${entry.value}"
            }
          }
          dynamic "member" {
            for_each = range(corner_value.b.answer)
            content {
              name = "m${member.value}"
            }
          }
        }
        "#,
    );
    assert_eq!(terraform.plan().change(A)["after_unknown"]["entry"], true);
    terraform.apply();
    assert_eq!(terraform.attributes(A)["entry"][1]["name"], "n1");
}

fn item_072_a_mistake_is_shown_at_its_line_in_blocks() {
    let terraform = empty();
    let mistakes = [
        ("one {\n  name = \"much too long\"\n}", "main.tf line 3"),
        ("entry {\n  name = \"a\"\n}\nentry {\n  name = \"\"\n}", "main.tf line 6"),
        ("entry {\n  name = \"a\"\n  detail {}\n  detail {\n    text = \"\"\n  }\n}", "main.tf line 6"),
        ("labelled \"k\" {\n  name = \"\"\n}", "main.tf line 3"),
    ];
    for (lines, line) in mistakes {
        configure(&terraform, TYPE, lines);
        terraform.run(&["validate"]).failure().assert_one_error(&["Invalid Attribute Value", "1 to 9", line]);
    }
    configure(&terraform, TYPE, &"entry {\n  name = \"a\"\n}\n".repeat(4));
    terraform.run(&["validate"]).failure().assert_one_error(&["Too many entry blocks"]);
}
