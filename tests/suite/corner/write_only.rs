//! Write-only attributes: what a provider author forgets to take out, the framework does.

use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::value::Dynamic;
use tonic::transport::Channel;
use wire::provider_client::ProviderClient;

use super::host::{configured, decode, encode, object, planned};

const SECRET: &str = "corner_secret";
/// In every value here that must not come back.
const MARK: &str = "s3cret";

fn map(entries: &[(&str, Dynamic)]) -> Dynamic {
    Dynamic::Map(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

fn part(name: &str, seal: Dynamic) -> Dynamic {
    map(&[("label", name.into()), ("value_wo", format!("{MARK}-{name}").as_str().into()), ("seal", seal)])
}

/// A configuration, or a proposal of Terraform, with a secret wherever there can be one.
fn config(purpose: &str) -> wire::DynamicValue {
    let of = |name: &str| part(name, Dynamic::Null);
    let attributes = [
        ("purpose", purpose.into()),
        ("value_wo", MARK.into()),
        ("value_wo_version", Dynamic::Number(1_i64.into())),
        ("spare", of("a")),
        ("parts", Dynamic::List(vec![of("b"), of("c")])),
        ("named", map(&[("x", of("d"))])),
    ];
    encode(SECRET, &object(SECRET, &attributes))
}

/// A state with secrets, from an older Terraform or edited by hand.
fn stained(purpose: &str) -> wire::DynamicValue {
    let attributes = [
        ("id", "secret-1".into()),
        ("purpose", purpose.into()),
        ("value_wo", MARK.into()),
        ("parts", Dynamic::List(vec![part("b", "wax".into())])),
        ("letters", Dynamic::Number(1_i64.into())),
    ];
    encode(SECRET, &object(SECRET, &attributes))
}

#[track_caller]
fn assert_clean(place: &str, state: Option<&wire::DynamicValue>) -> Dynamic {
    let value = state.unwrap_or_else(|| panic!("{place}: there is a state"));
    let text = String::from_utf8_lossy(&value.msgpack);
    assert!(!text.contains(MARK), "{place}: {text:?}");
    let state = decode(SECRET, Some(value.clone()));
    assert_eq!(state.attribute("value_wo"), &Dynamic::Null, "{place}");
    state
}

async fn applied(
    client: &mut ProviderClient<Channel>,
    prior_state: Option<wire::DynamicValue>,
    purpose: &str,
) -> wire::apply_resource_change::Response {
    let plan = planned(client, SECRET, prior_state.clone(), config(purpose)).await;
    assert_eq!(plan.diagnostics, []);
    assert_clean("plan", plan.planned_state.as_ref());
    let request = wire::apply_resource_change::Request {
        type_name: SECRET.to_owned(),
        prior_state,
        planned_state: plan.planned_state,
        config: Some(config(purpose)),
        planned_private: plan.planned_private,
        ..Default::default()
    };
    client.apply_resource_change(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn item_099_no_answer_has_a_write_only_value() {
    let mut client = configured().await;
    let created = applied(&mut client, None, "").await;
    assert_eq!(created.diagnostics, []);
    let state = assert_clean("create", created.new_state.as_ref());
    let letters = "s3cret,s3cret-a,s3cret-b,s3cret-c,s3cret-d".len();
    let letters = Dynamic::Number(i64::try_from(letters).unwrap().into());
    assert_eq!(state.attribute("letters"), &letters, "the service was given all of them");

    for (purpose, problem) in [("half", "Half"), ("refused", "Refused")] {
        let failed = applied(&mut client, None, purpose).await;
        assert_eq!(failed.diagnostics[0].summary, problem);
        if purpose == "half" {
            assert_clean("half a create", failed.new_state.as_ref());
        }
    }
    let updated = applied(&mut client, created.new_state.clone(), "else").await;
    assert_eq!(updated.diagnostics, []);
    assert_clean("update", updated.new_state.as_ref());
    let failed = applied(&mut client, Some(stained("")), "refused").await;
    assert_eq!(failed.diagnostics[0].summary, "Refused");
    assert_clean("a failed update", failed.new_state.as_ref());

    let read = |current_state| wire::read_resource::Request {
        type_name: SECRET.to_owned(),
        current_state,
        ..Default::default()
    };
    let answer = client.read_resource(read(created.new_state)).await.unwrap().into_inner();
    assert_clean("read", answer.new_state.as_ref());
    let answer = client.read_resource(read(Some(stained("illegible")))).await.unwrap().into_inner();
    assert_eq!(answer.diagnostics[0].summary, "Illegible");
    let state = assert_clean("a failed read", answer.new_state.as_ref());
    assert_eq!(state.attribute("id"), &"secret-1".into(), "the rest is as it was");

    let import = wire::import_resource_state::Request {
        type_name: SECRET.to_owned(),
        id: "secret-1".to_owned(),
        ..Default::default()
    };
    let answer = client.import_resource_state(import).await.unwrap().into_inner();
    assert_clean("import", answer.imported_resources[0].state.as_ref());

    for (version, json) in [(0, r#"{"value":"s3cret"}"#), (1, r#"{"value_wo":"s3cret","spare":{"value_wo":"s3cret"}}"#)]
    {
        let raw_state = Some(wire::RawState { json: json.into(), ..Default::default() });
        let request = wire::upgrade_resource_state::Request { type_name: SECRET.to_owned(), version, raw_state };
        let answer = client.upgrade_resource_state(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics, []);
        assert_clean("upgrade", answer.upgraded_state.as_ref());
    }

    let request = wire::move_resource_state::Request {
        source_type_name: SECRET.to_owned(),
        target_type_name: SECRET.to_owned(),
        source_state: Some(wire::RawState { json: r#"{"value_wo":"s3cret"}"#.into(), ..Default::default() }),
        ..Default::default()
    };
    let answer = client.move_resource_state(request).await.unwrap().into_inner();
    assert_eq!(answer.target_state, None, "there are no moves");
    assert!(!format!("{answer:?}").contains(MARK));
}

#[tokio::test]
async fn item_099_destroy_and_refused_plan_leave_no_secret() {
    let mut client = configured().await;
    let request = wire::apply_resource_change::Request {
        type_name: SECRET.to_owned(),
        prior_state: Some(stained("")),
        ..Default::default()
    };
    let answer = client.apply_resource_change(request).await.unwrap().into_inner();
    assert_eq!(decode(SECRET, answer.new_state), Dynamic::Null);
    let unconfigured = wire::apply_resource_change::Request {
        type_name: SECRET.to_owned(),
        prior_state: Some(stained("")),
        planned_state: Some(stained("")),
        planned_private: r#"{"origin":"elsewhere"}"#.into(),
        ..Default::default()
    };
    let answer = client.apply_resource_change(unconfigured).await.unwrap().into_inner();
    assert_eq!(answer.diagnostics[0].summary, "Provider Configured for Another Tenant");
    assert_clean("a change on another system", answer.new_state.as_ref());
}

async fn told(able: Option<bool>, config: wire::DynamicValue) -> Vec<wire::Diagnostic> {
    let able = able.map(|write_only_attributes_allowed| wire::ClientCapabilities {
        write_only_attributes_allowed,
        ..Default::default()
    });
    let request = wire::validate_resource_config::Request {
        type_name: SECRET.to_owned(),
        config: Some(config),
        client_capabilities: able,
    };
    configured().await.validate_resource_config(request).await.unwrap().into_inner().diagnostics
}

#[tokio::test]
async fn item_100_names_release_that_stores_no_secret() {
    assert_eq!(told(Some(true), config("")).await, []);
    for able in [None, Some(false)] {
        let refusals = told(able, config("")).await;
        assert_eq!(refusals.len(), 5, "{refusals:?}");
        for refusal in &refusals {
            assert_eq!(refusal.severity(), wire::diagnostic::Severity::Error);
            assert!(refusal.detail.contains("Terraform 1.11"), "{}", refusal.detail);
            assert_eq!(refusal.attribute, None, "Terraform would show the line with the secret");
        }
        assert!(refusals.iter().any(|refusal| refusal.detail.contains("`named[\"x\"].value_wo`")));
    }
}

#[tokio::test]
async fn item_100_without_a_write_only_value_every_release_will_do() {
    for able in [None, Some(false), Some(true)] {
        let settled = object(SECRET, &[("purpose", "x".into()), ("value_wo_version", Dynamic::Number(1_i64.into()))]);
        assert_eq!(told(able, encode(SECRET, &settled)).await, []);
        let unknown = object(SECRET, &[("value", Dynamic::Unknown), ("value_wo", Dynamic::Unknown)]);
        assert_eq!(told(able, encode(SECRET, &unknown)).await, [], "it may turn out null");
    }
}
