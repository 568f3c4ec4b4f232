//! Rules across attributes, and plans that say more than the schema does.

use super::{configure, empty, workspace};

crate::trials![
    item_072_attributes_are_checked_against_each_other,
    item_079_a_plan_can_know_what_a_computed_value_will_be,
    item_083_a_plan_can_demand_a_new_object,
    item_091_a_destroy_can_warn_and_can_be_refused,
];

const TYPE: &str = "corner_rule";
const A: &str = "corner_rule.a";

fn item_072_attributes_are_checked_against_each_other() {
    let terraform = empty();
    let mistakes = [
        ("number = 1\na = \"x\"\nb = \"y\"", "Only one of `a` and `b` can be set", "main.tf line 4"),
        ("number = 1\nname = \"x\"", "Only one of `number` and `name` can be set", "main.tf line 3"),
        ("size = 1", "Set one of `number` and `name`.", "main.tf line 1"),
    ];
    for (lines, sentence, line) in mistakes {
        configure(&terraform, TYPE, lines);
        terraform.run(&["validate"]).failure().assert_one_error(&["Invalid Combination", sentence, line]);
    }
    let unknown = "resource \"corner_value\" \"b\" {\n  text = \"x\"\n}\n";
    let lines = "number = corner_value.b.length\na = \"x\"\nb = corner_value.b.length == 0 ? \"y\" : null";
    terraform.config(&format!("{unknown}resource \"corner_rule\" \"a\" {{\n{lines}\n}}"));
    terraform.apply();
}

fn item_079_a_plan_can_know_what_a_computed_value_will_be() {
    let terraform = workspace(TYPE, "name = \"fred\"");
    assert_eq!(terraform.plan().after(A)["title"], "FRED");
    terraform.apply();
    configure(&terraform, TYPE, "name = \"wilma\"");
    assert_eq!(terraform.plan().after(A)["title"], "WILMA");
    terraform.apply();
}

fn item_083_a_plan_can_demand_a_new_object() {
    let terraform = workspace(TYPE, "name = \"x\"\nsize = 2");
    terraform.apply();
    configure(&terraform, TYPE, "name = \"x\"\nsize = 3");
    assert_eq!(terraform.plan().action(A), "update");
    configure(&terraform, TYPE, "name = \"x\"\nsize = 1");
    let plan = terraform.plan();
    assert_eq!(plan.action(A), "delete, create");
    assert!(plan.text().contains("# forces replacement"), "{}", plan.text());
    terraform.apply();
}

fn item_091_a_destroy_can_warn_and_can_be_refused() {
    let terraform = workspace(TYPE, "name = \"x\"\nguarded = true");
    terraform.apply();
    terraform.run(&["destroy", "-auto-approve"]).failure().assert_one_error(&["Guarded", "main.tf line 3"]);
    configure(&terraform, TYPE, "name = \"x\"");
    terraform.apply();
    let run = terraform.destroy();
    assert!(run.stdout.contains("Gone for Good"), "{}", run.stdout);
}
