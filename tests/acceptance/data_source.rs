//! Applications that this configuration does not manage.

use serde_json::json;

use crate::support::terraform::Workspace;

super::trials![
    item_109_reads_in_plan_if_arguments_are_known,
    item_109_reads_in_apply_if_arguments_are_unknown,
    item_109_what_is_not_there_is_an_error,
    a_name_that_several_have_is_refused_with_their_ids,
    exactly_one_argument_is_given,
    other_type_is_not_found_by_name_and_refused_by_id,
];

const DATA: &str = "data.auth0_m2m_client.a";

fn item_109_reads_in_plan_if_arguments_are_known() {
    let terraform = Workspace::new();
    let client = json!({ "name": "known", "app_type": "non_interactive", "description": "By hand" });
    let client = terraform.tenant.create("clients", &client);
    let id = client["client_id"].as_str().unwrap();
    for argument in [format!("id = {id:?}"), format!("client_id = {id:?}"), "name = \"known\"".to_owned()] {
        terraform.config(&format!("data \"auth0_m2m_client\" \"a\" {{ {argument} }}"));
        let plan = terraform.plan();
        let read = &plan.json()["prior_state"]["values"]["root_module"]["resources"][0]["values"];
        assert_eq!(read["description"], "By hand", "{argument}");
        terraform.apply();
        let attributes = terraform.attributes(DATA);
        assert!(attributes["id"] == *id && attributes["client_id"] == *id && attributes["name"] == "known");
        assert_eq!(attributes["jwt_configuration"]["alg"], client["jwt_configuration"]["alg"]);
    }
}

fn item_109_reads_in_apply_if_arguments_are_unknown() {
    let terraform = Workspace::new();
    terraform.config(
        r#"
        resource "auth0_m2m_client" "b" { name = "b" }
        data "auth0_m2m_client" "a" { id = auth0_m2m_client.b.id }
        output "name" { value = data.auth0_m2m_client.a.name }
        "#,
    );
    let plan = terraform.plan();
    assert_eq!(plan.action(DATA), "read");
    assert!(plan.requests().is_empty(), "{plan:?}");
    terraform.apply();
    assert_eq!(terraform.text(DATA, "id"), terraform.text("auth0_m2m_client.b", "id"));
    assert_eq!(terraform.text(DATA, "name"), "b");
}

fn item_109_what_is_not_there_is_an_error() {
    let terraform = Workspace::new();
    terraform.config(r#"data "auth0_m2m_client" "a" { name = "nobody" }"#);
    terraform.fail_to_plan().assert_one_error(&["Client Not Found", "\"nobody\"", "main.tf line 1"]);
    terraform.config(r#"data "auth0_m2m_client" "a" { id = "AaiyAPdpYdesoKnqjj8HJqRn4T5titww" }"#);
    terraform.fail_to_plan().assert_one_error(&["Client Not Found", "`AaiyAPdpYdesoKnqjj8HJqRn4T5titww`"]);
}

fn a_name_that_several_have_is_refused_with_their_ids() {
    let terraform = Workspace::new();
    let twin = || {
        let client = terraform.tenant.create("clients", &json!({ "name": "twin", "app_type": "non_interactive" }));
        client["client_id"].as_str().unwrap().to_owned()
    };
    let (one, other) = (twin(), twin());
    terraform.config(r#"data "auth0_m2m_client" "a" { name = "twin" }"#);
    let refused = terraform.fail_to_plan();
    refused.assert_one_error(&["Client Name Not Unique", &one, &other, "by `client_id`", "name = \"twin\""]);
}

fn exactly_one_argument_is_given() {
    let terraform = Workspace::new();
    for (arguments, said) in [
        ("", "Set one of `id`, `client_id` and `name`."),
        ("name = \"a\"\nid = \"b\"", "Only one of `id`, `client_id` and `name` can be set."),
    ] {
        terraform.config(&format!("data \"auth0_m2m_client\" \"a\" {{\n{arguments}\n}}"));
        terraform.run(&["validate"]).failure().assert_one_error(&["Invalid Combination of Attributes", said]);
    }
}

fn other_type_is_not_found_by_name_and_refused_by_id() {
    let terraform = Workspace::new();
    let spa = terraform.tenant.create("clients", &json!({ "name": "spa", "app_type": "spa" }));
    terraform.config(r#"data "auth0_m2m_client" "a" { name = "spa" }"#);
    terraform.fail_to_plan().assert_one_error(&["Client Not Found"]);
    terraform.config(&format!("data \"auth0_m2m_client\" \"a\" {{ id = {} }}", spa["client_id"]));
    terraform.fail_to_plan().assert_one_error(&["Not a Machine-to-Machine Client", "`spa`"]);
}
