//! Actions, called as Terraform 1.14 does and in its order: validated, planned, and invoked.

use terraform_provider_auth0::framework::Server;
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::schema::Schema;
use terraform_provider_auth0::value::{Dynamic, Encoded};
use tonic::transport::Channel;
use wire::invoke_action::event::Type;
use wire::provider_client::ProviderClient;

use super::host::{self, configured};
use crate::support::corner::Corner;

const WORK: &str = "corner_work";

fn schema() -> Schema {
    Server::new(Corner).schemas().actions[WORK].clone()
}

fn config(steps: Dynamic, ending: Dynamic) -> wire::DynamicValue {
    let schema = schema();
    let value = host::object_of(&schema, &[("steps", steps), ("ending", ending)]);
    Encoded::encode(&value, schema.ty()).into()
}

fn number(number: i64) -> Dynamic {
    Dynamic::Number(number.into())
}

async fn validate(client: &mut ProviderClient<Channel>, config: wire::DynamicValue) -> Vec<wire::Diagnostic> {
    let request = wire::validate_action_config::Request { type_name: WORK.to_owned(), config: Some(config) };
    client.validate_action_config(request).await.unwrap().into_inner().diagnostics
}

async fn plan(client: &mut ProviderClient<Channel>, config: wire::DynamicValue) -> Vec<wire::Diagnostic> {
    let request =
        wire::plan_action::Request { action_type: WORK.to_owned(), config: Some(config), ..Default::default() };
    let answer = client.plan_action(request).await.unwrap().into_inner();
    assert_eq!(answer.deferred, None);
    answer.diagnostics
}

async fn invoke(
    client: &mut ProviderClient<Channel>,
    config: wire::DynamicValue,
) -> tonic::Streaming<wire::invoke_action::Event> {
    let request =
        wire::invoke_action::Request { action_type: WORK.to_owned(), config: Some(config), ..Default::default() };
    client.invoke_action(request).await.unwrap().into_inner()
}

/// What it told of its progress, and what it ended with. After that there must be nothing.
async fn heard(mut events: tonic::Streaming<wire::invoke_action::Event>) -> (Vec<String>, Vec<wire::Diagnostic>) {
    let mut told = Vec::new();
    loop {
        match events.message().await.unwrap().expect("an event").r#type.expect("Terraform does not survive none") {
            Type::Progress(progress) => told.push(progress.message),
            Type::Completed(completed) => {
                assert_eq!(events.message().await.unwrap(), None, "it ends once");
                return (told, completed.diagnostics);
            }
        }
    }
}

#[tokio::test]
async fn item_119_an_action_tells_of_its_progress_and_ends_once() {
    let mut client = configured().await;
    let config = || config(number(3), Dynamic::Null);
    assert_eq!(validate(&mut client, config()).await, []);
    assert_eq!(plan(&mut client, config()).await, []);
    let events = invoke(&mut client, config()).await;
    assert_eq!(heard(events).await, (["step 1", "step 2", "step 3"].map(str::to_owned).into(), vec![]));
}

#[tokio::test]
async fn item_119_unknown_values_pass_before_invocation() {
    let mut client = configured().await;
    let unknown = || config(Dynamic::Unknown, Dynamic::Unknown);
    assert_eq!(validate(&mut client, unknown()).await, []);
    assert_eq!(plan(&mut client, unknown()).await, []);
    assert_eq!(validate(&mut client, config(number(0), Dynamic::Unknown)).await[0].summary, "Nothing to Do");
    assert_eq!(validate(&mut client, config(number(10), Dynamic::Null)).await[0].summary, "Invalid Attribute Value");
}

#[tokio::test]
async fn item_119_a_failure_and_a_panic_are_an_end_as_well() {
    let mut client = configured().await;
    for (ending, summary) in [("failure", "Failed"), ("panic", "Provider bug")] {
        let events = invoke(&mut client, config(number(1), ending.into())).await;
        let (told, problems) = heard(events).await;
        assert_eq!((told.len(), problems.len(), problems[0].summary.as_str()), (1, 1, summary));
    }
    let events = invoke(&mut client, config(Dynamic::Number("1.5".parse().unwrap()), Dynamic::Null)).await;
    let (told, problems) = heard(events).await;
    assert_eq!((told.len(), problems[0].summary.as_str()), (0, "Invalid Value"));
}

#[tokio::test]
async fn item_119_a_stop_ends_what_runs_and_nothing_after_it() {
    let mut client = configured().await;
    let mut waiting = invoke(&mut client, config(number(1), "wait".into())).await;
    let first = waiting.message().await.unwrap().unwrap();
    assert!(matches!(first.r#type, Some(Type::Progress(_))), "{first:?}");
    client.stop_provider(wire::stop_provider::Request {}).await.unwrap();
    let (told, problems) = heard(waiting).await;
    assert_eq!((told.len(), problems[0].summary.as_str()), (0, "Interrupted"));
    let events = invoke(&mut client, config(number(1), Dynamic::Null)).await;
    assert_eq!(heard(events).await.1, []);
}

#[tokio::test]
async fn item_119_action_continues_without_listener() {
    let mut client = configured().await;
    let waiting = invoke(&mut client, config(number(1), "wait".into())).await;
    let events = invoke(&mut client, config(number(2), Dynamic::Null)).await;
    assert_eq!(heard(events).await.0.len(), 2);
    drop(waiting);
    assert_eq!(validate(&mut client, config(number(1), Dynamic::Null)).await, []);
}

#[tokio::test]
async fn item_119_needs_provider_configuration_to_invoke() {
    let mut client = host::configured_with(Dynamic::Unknown).await;
    assert_eq!(plan(&mut client, config(number(1), Dynamic::Null)).await, []);
    let events = invoke(&mut client, config(number(1), Dynamic::Null)).await;
    let (told, problems) = heard(events).await;
    assert_eq!((told.len(), problems[0].summary.as_str()), (0, "Provider Configuration Not Known Yet"));
}
