//! A provider with what no type of Auth0 has, driven by the real Terraform: a create in two steps, a sensitive and a
//! deprecated attribute, an object that cannot be imported, and a bug that ends the process.

use std::path::Path;

use terraform_provider_auth0::diagnostic::{Diagnostic, Diagnostics};
use terraform_provider_auth0::framework::{Configured, Cx, Failed, Provider, Registry, Resource};
use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::{COMPUTED, OPTIONAL, REQUIRED};
use terraform_provider_auth0::value::Value;

use crate::is_set;
use crate::support::terraform::Workspace;

super::trials![
    item_032_the_last_words_of_a_process_are_shown,
    item_056_a_deprecated_attribute_warns_whoever_sets_it,
    item_078_a_sensitive_value_is_hidden,
    item_093_what_a_failed_create_left_is_known_and_replaced,
    item_104_a_type_that_cannot_be_imported_says_so,
];

const SOURCE: &str = "registry.terraform.io/test/odd";
const THING: &str = "odd_thing.a";
/// Where the provider keeps its things, one file each.
const STORE: &str = "ODD_STORE";
/// Whether the provider has the bug.
const BROKEN: &str = "ODD_BROKEN";

model! {
    /// A file.
    pub(crate) struct Thing {
        /// Its name.
        id: Value<String> = COMPUTED.keep_prior(),
        /// What is in it. `half` is not written in full.
        content: Value<String> = REQUIRED.sensitive(),
        /// An older word for the content.
        text: Value<String> = OPTIONAL.deprecated("Say `content` instead."),
    }
}

model! {
    /// Nothing to configure.
    pub(crate) struct Config {
        /// Nothing.
        nothing: Value<String> = OPTIONAL,
    }
}

/// The provider that this program is when Terraform starts it.
pub(crate) struct Odd;

impl Provider for Odd {
    const ADDRESS: &'static str = SOURCE;
    const VERSION: &'static str = "0.0.0";
    type Config = Config;
    type Client = String;

    fn registry(&self) -> Registry<String> {
        assert!(!is_set(BROKEN), "broken beyond use");
        Registry::new().resource(ThingResource)
    }

    fn validate(&self, _: &Config) -> Diagnostics {
        Diagnostics::new()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the test tells its provider by the environment where the things are"
    )]
    fn configure(&self, _: Config, _: &str) -> Result<Configured<String>, Diagnostics> {
        Ok(Configured::Ready(std::env::var(STORE).unwrap()))
    }

    fn origin(client: &String) -> String {
        client.clone()
    }
}

struct ThingResource;

impl Resource<String> for ThingResource {
    const NAME: &'static str = "odd_thing";
    type Model = Thing;

    async fn create(&self, cx: &Cx<String>, plan: Thing) -> Result<Thing, Failed<Thing>> {
        let folder = Path::new(&cx.client);
        let id = format!("thing-{}", fastrand::u32(..));
        let content = plan.content.known().cloned().unwrap_or_default();
        std::fs::write(folder.join(&id), &content).unwrap();
        let made = Thing { id: Value::Known(id), ..plan };
        if content == "half" {
            return Err(Failed::saving(made, Diagnostic::error("Half Done", "The second step failed.")));
        }
        Ok(made)
    }

    async fn read(&self, cx: &Cx<String>, prior: Thing) -> Result<Option<Thing>, Diagnostics> {
        let exists = prior.id.known().is_some_and(|id| Path::new(&cx.client).join(id).exists());
        Ok(exists.then_some(prior))
    }

    async fn update(&self, _: &Cx<String>, _: Thing, plan: Thing) -> Result<Thing, Failed<Thing>> {
        Ok(plan)
    }

    async fn delete(&self, cx: &Cx<String>, prior: Thing) -> Result<(), Diagnostics> {
        std::fs::remove_file(Path::new(&cx.client).join(prior.id.known().unwrap())).unwrap();
        Ok(())
    }
}

/// A workspace with the odd provider.
fn workspace(lines: &str) -> Workspace {
    let terraform = Workspace::with(SOURCE, &std::env::current_exe().unwrap());
    terraform.file("versions.tf", "terraform {\n  required_providers {\n    odd = { source = \"test/odd\" }\n  }\n}\n");
    terraform.file("things/.keep", "");
    terraform.env(STORE, terraform.path("things").to_str().unwrap());
    thing(&terraform, lines);
    terraform
}

fn thing(terraform: &Workspace, lines: &str) {
    terraform.config(&format!("resource \"odd_thing\" \"a\" {{\n{lines}\n}}"));
}

/// The files of all things.
fn things(terraform: &Workspace) -> Vec<String> {
    let files = std::fs::read_dir(terraform.path("things")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("thing-")).collect()
}

fn item_032_the_last_words_of_a_process_are_shown() {
    let terraform = workspace("content = \"x\"");
    terraform.env(BROKEN, "1");
    let failed = terraform.run(&["plan"]).failure();
    failed.assert_says(&["Stack trace from the terraform-provider-odd plugin", "panic: broken beyond use"]);
}

fn item_056_a_deprecated_attribute_warns_whoever_sets_it() {
    let terraform = workspace("content = \"x\"");
    let warned = |run: &crate::support::terraform::Run| run.stdout.contains("Deprecated");
    assert!(!warned(&terraform.run(&["validate"]).success()));
    thing(&terraform, "content = \"x\"\ntext = \"y\"");
    let run = terraform.run(&["validate"]).success();
    assert!(warned(&run) && run.stdout.contains("main.tf line 3"), "{run:?}");
}

fn item_078_a_sensitive_value_is_hidden() {
    let terraform = workspace("content = \"treasure-of-this-test\"");
    let plan = terraform.plan();
    assert!(plan.text().contains("content = (sensitive value)"), "{}", plan.text());
    let applied = terraform.apply();
    thing(&terraform, "content = \"treasure-of-this-test-too\"");
    let changed = terraform.plan();
    for text in [&plan.text(), &applied.stdout, &changed.text()] {
        assert!(!text.contains("treasure-of-this-test"), "{text}");
    }
}

fn item_093_what_a_failed_create_left_is_known_and_replaced() {
    let terraform = workspace("content = \"half\"");
    terraform.fail_to_apply().assert_one_error(&["Half Done", THING]);
    assert!(terraform.is_tainted(THING));
    let left = terraform.text(THING, "id");
    assert_eq!(things(&terraform), [left.as_str()]);

    thing(&terraform, "content = \"whole\"");
    assert_eq!(terraform.plan().action(THING), "delete, create");
    terraform.apply();
    let made = terraform.text(THING, "id");
    assert_ne!(made, left);
    assert_eq!(things(&terraform), [made], "nothing leaks");
}

fn item_104_a_type_that_cannot_be_imported_says_so() {
    let terraform = workspace("content = \"x\"");
    let refused = terraform.run(&["import", THING, "thing-1"]).failure();
    refused.assert_one_error(&["Resource Import Not Supported", "`odd_thing`"]);
}
