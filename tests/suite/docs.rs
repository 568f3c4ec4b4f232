//! The generated pages of the Registry match the schemas and the examples.

use std::collections::BTreeSet;

use terraform_provider_auth0::{
    framework::{Schemas, Server},
    provider::Auth0,
    schema::{
        Attribute, Kind, Schema,
        markdown::{Import, Page, Subject},
    },
    value::Type,
};

use crate::golden::{assert_golden, blessing, difference, files, in_repository, text};

/// The group of each type in the Registry's navigation. Types of the same name share a group.
const SUBCATEGORIES: [(&str, &str); 7] = [
    ("auth0_access_token", "Credentials"),
    ("auth0_client_grant", "APIs"),
    ("auth0_client_grants", "APIs"),
    ("auth0_client_secret", "Credentials"),
    ("auth0_m2m_client", "Applications"),
    ("auth0_resource_server", "APIs"),
    ("auth0_rotate_client_secret", "Credentials"),
];

#[test]
fn pages_are_generated_from_schemas_and_examples() {
    let pages = pages(Server::new(Auth0).schemas());
    assert_golden(&pages.iter().filter_map(|(path, page)| difference(path, page)).collect::<Vec<_>>());
    for stored in ["docs/resources", "docs/data-sources", "docs/ephemeral-resources", "docs/actions"]
        .iter()
        .flat_map(|folder| files(folder, "md"))
    {
        let wanted = pages.iter().any(|(path, _)| stored.ends_with(path));
        if !wanted && blessing() {
            std::fs::remove_file(in_repository(&stored)).unwrap();
        } else {
            assert!(wanted, "{} is the page of no type; `BLESS=1` removes it", stored.display());
        }
    }
}

#[test]
fn every_type_has_one_subcategory() {
    let server = Server::new(Auth0);
    let Schemas { provider: _, resources, data_sources, ephemeral_resources, actions } = server.schemas();
    let kinds = [resources, data_sources, ephemeral_resources, actions];
    let types: BTreeSet<_> = kinds.into_iter().flat_map(|schemas| schemas.keys().copied()).collect();
    let listed: Vec<_> = SUBCATEGORIES.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, types.into_iter().collect::<Vec<_>>(), "one line per type, in order of names");
}

#[test]
fn every_description_ends_in_a_full_stop() {
    for (place, description) in described(Server::new(Auth0).schemas()) {
        assert!(description.ends_with('.'), "{place}: {description:?}");
        assert!(!description.contains("[`") && !description.contains("crate::"), "{place} links into code");
    }
}

/// A reader of a plan sees only names, so a name that sounds secret must be sensitive.
#[test]
fn secret_names_are_sensitive() {
    const SECRET: [&str; 5] = ["assertion", "key", "password", "secret", "token"];
    /// Endings of names that only lead to a secret, or say how to use one.
    const ABOUT: [&str; 4] = ["_file", "_id", "_signing_alg", "_dialect"];
    for (place, attribute) in attributes(Server::new(Auth0).schemas()) {
        let is_text = matches!(&attribute.kind, Kind::Value(Type::String));
        let is_about = ABOUT.iter().any(|ending| attribute.name.ends_with(ending));
        if is_text && !is_about && attribute.name.split('_').any(|word| SECRET.contains(&word)) {
            assert!(attribute.behaviour.sensitive, "{place} is not sensitive");
        }
    }
}

/// The page and the guide must both name every argument.
#[test]
fn guide_names_every_argument_and_variable() {
    let guide = text("docs/guides/authentication.md");
    let server = Server::new(Auth0);
    let arguments = &server.schemas().provider.attributes;
    for Attribute { name, description, .. } in arguments {
        let variable = format!("`AUTH0_{}`", name.to_ascii_uppercase());
        assert!(guide.contains(&format!("\n| `{name}` | {variable} |")), "{name} is not in the guide");
        assert!(description.contains(&variable), "{name} does not say its variable");
    }
    assert_eq!(guide.matches("\n| `").count(), arguments.len(), "the guide has an argument too many");
}

#[test]
fn pages_do_not_vary() {
    assert_eq!(pages(Server::new(Auth0).schemas()), pages(Server::new(Auth0).schemas()));
}

/// Every page with its path.
fn pages(schemas: &Schemas) -> Vec<(String, String)> {
    let Schemas { provider, resources, data_sources, ephemeral_resources, actions } = schemas;
    let index = page(Subject::Provider, provider, &text("examples/provider/provider.tf"), Import::default());
    let resources = resources.iter().map(|(name, schema)| {
        let example = |file: &str| text(format!("examples/resources/{name}/{file}"));
        let (block, command) = (example("import.tf"), example("import.sh"));
        let import = Import { block: &block, command: &command };
        (path("resources", name), page(Subject::Resource(name), schema, &example("resource.tf"), import))
    });
    let data_sources = data_sources.iter().map(|(name, schema)| {
        let example = text(format!("examples/data-sources/{name}/data-source.tf"));
        (path("data-sources", name), page(Subject::DataSource(name), schema, &example, Import::default()))
    });
    let ephemeral_resources = ephemeral_resources.iter().map(|(name, schema)| {
        let example = text(format!("examples/ephemeral-resources/{name}/ephemeral-resource.tf"));
        let subject = Subject::EphemeralResource(name);
        (path("ephemeral-resources", name), page(subject, schema, &example, Import::default()))
    });
    let actions = actions.iter().map(|(name, schema)| {
        let example = text(format!("examples/actions/{name}/action.tf"));
        (path("actions", name), page(Subject::Action(name), schema, &example, Import::default()))
    });
    let index = [("docs/index.md".to_owned(), index)].into_iter();
    index.chain(resources).chain(data_sources).chain(ephemeral_resources).chain(actions).collect()
}

fn page(subject: Subject<'_>, schema: &Schema, example: &str, import: Import<'_>) -> String {
    Page { provider: "auth0", subject, subcategory: subcategory(subject), schema, example, import }.render()
}

fn subcategory(subject: Subject<'_>) -> &'static str {
    let (Subject::Resource(name)
    | Subject::DataSource(name)
    | Subject::EphemeralResource(name)
    | Subject::Action(name)) = subject
    else {
        return "";
    };
    let group = SUBCATEGORIES.iter().find(|(listed, _)| *listed == name);
    group.map_or_else(|| panic!("{name} has no line in SUBCATEGORIES"), |(_, group)| *group)
}

fn path(folder: &str, type_name: &str) -> String {
    let page = type_name.strip_prefix("auth0_").expect("every type has the provider's prefix");
    format!("docs/{folder}/{page}.md")
}

/// Every schema and attribute with its place and description.
fn described(schemas: &Schemas) -> Vec<(String, String)> {
    let of_schemas = named(schemas).map(|(name, schema)| (name, schema.description.clone()));
    let of_attributes = attributes(schemas).into_iter().map(|(place, attribute)| (place, attribute.description));
    of_schemas.chain(of_attributes).collect()
}

/// Every attribute, nested ones too, with its place.
fn attributes(schemas: &Schemas) -> Vec<(String, Attribute)> {
    fn collect(place: &str, attributes: &[Attribute], found: &mut Vec<(String, Attribute)>) {
        for attribute in attributes {
            let place = format!("{place}.{}", attribute.name);
            if let Kind::Nested { attributes, .. } = &attribute.kind {
                collect(&place, attributes, found);
            }
            found.push((place, attribute.clone()));
        }
    }
    let mut found = Vec::new();
    for (name, schema) in named(schemas) {
        collect(&name, &schema.attributes, &mut found);
    }
    found
}

fn named(schemas: &Schemas) -> impl Iterator<Item = (String, &Schema)> {
    let Schemas { provider, resources, data_sources, ephemeral_resources, actions } = schemas;
    let resources = resources.iter().map(|(name, schema)| ((*name).to_owned(), schema));
    let kinds = [("data", data_sources), ("ephemeral", ephemeral_resources), ("action", actions)];
    let others = kinds
        .into_iter()
        .flat_map(|(kind, schemas)| schemas.iter().map(move |(name, schema)| (format!("{kind}.{name}"), schema)));
    [("provider".to_owned(), provider)].into_iter().chain(resources).chain(others)
}
