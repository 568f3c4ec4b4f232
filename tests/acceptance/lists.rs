//! Objects read from lists: what that costs, and that lists which are wrong plan nothing wrong.

use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Action;

use crate::support::terraform::Workspace;

super::trials![
    a_plan_reads_pages_and_not_objects,
    one_object_costs_one_request,
    a_few_of_many_are_not_read_with_the_many,
    a_field_that_lists_omit_is_no_drift,
    a_stale_list_is_no_drift,
    an_object_that_a_list_lacks_is_not_planned_again,
    requests_all_fields_if_tenant_refuses_exclusion,
    a_tenant_that_refuses_lists_is_asked_singly,
    what_really_changed_shows_through_lists,
];

/// So many applications, each with a grant.
pub(crate) fn pairs(count: usize) -> String {
    format!(
        r#"
        resource "auth0_m2m_client" "a" {{
          count       = {count}
          name        = "client ${{count.index}}"
          description = "number ${{count.index}}"
        }}
        resource "auth0_client_grant" "a" {{
          count     = {count}
          client_id = auth0_m2m_client.a[count.index].client_id
          audience  = var.management_api
          scopes    = ["read:users"]
        }}
        "#
    )
}

fn applied(count: usize) -> Workspace {
    let terraform = Workspace::new();
    terraform.config(&pairs(count));
    terraform.apply();
    terraform
}

/// How many requests a plan without changes makes, in the order of their kinds.
fn empty_plan(terraform: &Workspace) -> Vec<(String, usize)> {
    let run = terraform.run(&["plan", "-input=false", "-detailed-exitcode"]);
    assert_eq!(run.code, 0, "{run:?}");
    let mut kinds: Vec<(String, usize)> = Vec::new();
    let mut requests = run.requests;
    requests.sort();
    for request in requests {
        match kinds.last_mut() {
            Some((kind, count)) if *kind == request => *count += 1,
            _ => kinds.push((request, 1)),
        }
    }
    kinds
}

fn total(kinds: &[(String, usize)]) -> usize {
    kinds.iter().map(|(_, count)| count).sum()
}

fn count_of(kinds: &[(String, usize)], kind: &str) -> usize {
    kinds.iter().find(|(name, _)| name == kind).map_or(0, |(_, count)| *count)
}

fn a_plan_reads_pages_and_not_objects() {
    let terraform = applied(100);
    for parallelism in ["10", "100", "1"] {
        terraform.env("TF_CLI_ARGS_plan", &format!("-parallelism={parallelism}"));
        let kinds = empty_plan(&terraform);
        // Five on an idle machine; on a busy one a reader may come so late that it is alone.
        assert!(total(&kinds) <= 7, "parallelism {parallelism}: {kinds:?}");
    }
}

fn one_object_costs_one_request() {
    let terraform = Workspace::new();
    terraform.config(r#"resource "auth0_m2m_client" "a" { name = "a" }"#);
    terraform.apply();
    let expected = [("GET /api/v2/clients/{id}".to_owned(), 1), ("POST /oauth/token".to_owned(), 1)];
    assert_eq!(empty_plan(&terraform), expected);
}

fn a_few_of_many_are_not_read_with_the_many() {
    let terraform = Workspace::new();
    for number in 0..550 {
        terraform.tenant.create("clients", &json!({ "name": format!("foreign {number}") }));
    }
    terraform.config("resource \"auth0_m2m_client\" \"a\" {\n  count = 2\n  name = \"a\"\n}\n");
    terraform.apply();
    let kinds = empty_plan(&terraform);
    assert_eq!(total(&kinds), 4, "page 0 shows that there are more pages than objects: {kinds:?}");
}

/// Answers the next lists of a collection like this.
fn answer_lists(terraform: &Workspace, collection: &str, change: impl Fn(&mut Value)) {
    let mut body = terraform.tenant.read(&format!("{collection}?include_totals=true&per_page=100"));
    let key = collection.replace('-', "_");
    change(&mut body[key]);
    for _ in 0..3 {
        terraform.tenant.spoil("GET", &format!("/api/v2/{collection}"), Action::answer(200, body.clone(), &[]));
    }
}

fn a_field_that_lists_omit_is_no_drift() {
    let terraform = applied(4);
    answer_lists(&terraform, "clients", |clients| {
        for client in clients.as_array_mut().unwrap() {
            client.as_object_mut().unwrap().remove("description");
        }
    });
    let kinds = empty_plan(&terraform);
    assert_eq!(count_of(&kinds, "GET /api/v2/clients/{id}"), 4, "each is confirmed: {kinds:?}");
}

fn a_stale_list_is_no_drift() {
    let terraform = applied(4);
    answer_lists(&terraform, "clients", |clients| {
        for client in clients.as_array_mut().unwrap() {
            client["name"] = json!("as it was");
        }
    });
    answer_lists(&terraform, "client-grants", |grants| {
        for grant in grants.as_array_mut().unwrap() {
            grant["scope"] = json!([]);
        }
    });
    let kinds = empty_plan(&terraform);
    assert_eq!(count_of(&kinds, "GET /api/v2/clients/{id}"), 4, "{kinds:?}");
}

fn an_object_that_a_list_lacks_is_not_planned_again() {
    let terraform = applied(4);
    for collection in ["clients", "client-grants"] {
        answer_lists(&terraform, collection, |objects| objects.as_array_mut().unwrap().clear());
    }
    empty_plan(&terraform);
}

fn requests_all_fields_if_tenant_refuses_exclusion() {
    let terraform = applied(3);
    let scope = "Insufficient scope, expected any of: read:client_keys,read:client_credentials";
    terraform.tenant.refuse("GET", "/api/v2/clients", 403, "insufficient_scope", scope);
    let kinds = empty_plan(&terraform);
    assert_eq!(count_of(&kinds, "GET /api/v2/clients"), 2, "{kinds:?}");
    assert_eq!(count_of(&kinds, "GET /api/v2/clients/{id}"), 0, "{kinds:?}");
}

fn a_tenant_that_refuses_lists_is_asked_singly() {
    let terraform = applied(3);
    for _ in 0..2 {
        terraform.tenant.refuse("GET", "/api/v2/clients", 403, "operation_not_supported", "No lists here");
    }
    let kinds = empty_plan(&terraform);
    assert_eq!(count_of(&kinds, "GET /api/v2/clients/{id}"), 3, "{kinds:?}");
}

fn what_really_changed_shows_through_lists() {
    let terraform = applied(30);
    for number in 0..30 {
        let client = format!("clients/{}", terraform.text(&format!("auth0_m2m_client.a[{number}]"), "id"));
        terraform.tenant.change(&client, &json!({ "description": "by hand" }));
    }
    let plan = terraform.plan();
    for number in 0..30 {
        assert_eq!(plan.changed(&format!("auth0_m2m_client.a[{number}]")), ["description"]);
    }
    let singly = plan.requests().iter().filter(|request| *request == "GET /api/v2/clients/{id}").count();
    assert_eq!(singly, 30, "a list may confirm, never surprise");
}
