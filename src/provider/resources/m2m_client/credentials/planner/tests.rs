//! Orders of steps, chosen and random.

mod search;
mod service;

use proptest::prelude::*;

use super::super::material::Identity;
use super::*;
use search::has_safe_order;
use service::{FUTURE, LATER, NOW, PAST, Service, key};

const PRIVATE_KEY_JWT: Method = Method::PrivateKeyJwt;

/// Executes a plan, and checks that nothing is left to do.
fn follow(service: &mut Service, configuration: &Configuration) -> Result<Vec<Step>, Obstacle> {
    let plan = service.plan(configuration)?;
    for step in &plan.steps {
        service.execute(step, configuration).unwrap();
    }
    assert_eq!(service.plan(configuration).unwrap().steps, [], "after {:?}", plan.steps);
    Ok(plan.steps)
}

fn add(name: &str) -> Step {
    Step::Add { name: name.to_owned() }
}

fn delete(id: &str) -> Step {
    Step::Delete { id: id.to_owned() }
}

fn attach(method: Method, existing: &[&str], added: &[&str]) -> Step {
    let existing = existing.iter().map(|id| Reference::Existing((*id).to_owned()));
    let added = added.iter().map(|name| Reference::Added((*name).to_owned()));
    Step::Attach { method, credentials: existing.chain(added).collect() }
}

/// A configuration of keys, with their names and numbers.
fn keys(of: &[(&str, u8)]) -> Configuration {
    let credentials = of.iter().map(|(name, number)| Wanted {
        name: (*name).to_owned(),
        identity: Some(key(*number)),
        algorithm: None,
        key_id: None,
        expiry: Expiry::Set(None),
    });
    Configuration { method: PRIVATE_KEY_JWT, credentials: credentials.collect() }
}

#[test]
fn replaces_key_in_one_patch_between_add_and_delete() {
    let mut service = Service::with_keys(&[("a", 1)], &[]);
    let steps = follow(&mut service, &keys(&[("a", 2)])).unwrap();
    assert_eq!(steps, [add("a"), attach(PRIVATE_KEY_JWT, &[], &["a"]), delete("id1")]);
}

#[test]
fn keeps_key_under_another_name() {
    let service = Service::with_keys(&[("a", 1), ("b", 2)], &[]);
    let plan = service.plan(&keys(&[("a", 2), ("c", 1)])).unwrap();
    assert_eq!(plan.steps, []);
    assert_eq!(plan.kept, [("a", "id2"), ("c", "id1")].map(|(name, id)| (name.to_owned(), id.to_owned())).into());
}

#[test]
fn leaves_foreign_keys_where_they_are() {
    let mut service = Service::with_keys(&[("a", 1)], &[9]);
    let steps = follow(&mut service, &keys(&[("a", 2)])).unwrap();
    assert_eq!(steps, [add("a"), attach(PRIVATE_KEY_JWT, &["id9"], &["a"]), delete("id1")]);
    let plan = service.plan(&keys(&[("a", 2)])).unwrap();
    assert_eq!(plan.foreign.iter().map(|of| of.id.as_str()).collect::<Vec<_>>(), ["id9"]);
}

#[test]
fn switches_method_and_detaches_in_one_patch() {
    let mut service = Service::with_keys(&[("a", 1)], &[9]);
    let secret = Configuration { method: Method::ClientSecretPost, credentials: Vec::new() };
    let steps = follow(&mut service, &secret).unwrap();
    assert_eq!(steps, [attach(Method::ClientSecretPost, &[], &[]), delete("id1")]);
    let steps = follow(&mut service, &keys(&[("a", 1)])).unwrap();
    assert_eq!(steps, [add("a"), attach(PRIVATE_KEY_JWT, &[], &["a"])]);
}

#[test]
fn deletes_one_of_two_keys_first_in_a_full_pool() {
    let mut service = Service::with_keys(&[("a", 1), ("b", 2)], &[]);
    service.add_to_pool(&[8, 9]);
    let steps = follow(&mut service, &keys(&[("a", 3), ("b", 4)])).unwrap();
    let expected = [
        attach(PRIVATE_KEY_JWT, &["id1"], &[]),
        delete("id2"),
        add("a"),
        attach(PRIVATE_KEY_JWT, &[], &["a"]),
        delete("id1"),
        add("b"),
        attach(PRIVATE_KEY_JWT, &[], &["a", "b"]),
    ];
    assert_eq!(steps, expected);
}

/// What cannot be deleted takes up no more room by staying.
#[test]
fn keeps_key_attached_that_something_else_uses() {
    let mut service = Service::with_keys(&[("a", 1), ("b", 2)], &[]);
    service.add_to_pool(&[8, 9]);
    service.tenant.elsewhere = vec![("signed_request_object".to_owned(), vec!["id2".to_owned()])];
    let steps = follow(&mut service, &keys(&[("a", 3)])).unwrap();
    let switch = attach(PRIVATE_KEY_JWT, &[], &["a"]);
    assert_eq!(steps, [attach(PRIVATE_KEY_JWT, &["id2"], &[]), delete("id1"), add("a"), switch]);
    assert_eq!(service.tenant.pool.len(), PER_CLIENT);
}

#[test]
fn name_without_pem_means_only_what_the_method_takes() {
    let service = Service::with_keys(&[("a", 1)], &[]);
    let mut configuration = keys(&[("a", 1)]);
    configuration.credentials[0].identity = None;
    assert_eq!(service.plan(&configuration).unwrap().steps, []);
    configuration.method = Method::TlsClientAuth;
    let expected = Obstacle::NotReplaceable { name: "a".to_owned(), id: "id1".to_owned() };
    assert_eq!(service.plan(&configuration), Err(expected));
}

#[test]
fn extends_an_expiry_first_and_ends_a_key_last() {
    let mut service = Service::with_keys(&[("a", 1), ("b", 2)], &[]);
    service.expire("id1", PAST);
    let mut wanted = keys(&[("a", 1), ("b", 2)]);
    wanted.credentials[0].expiry = Expiry::Set(FUTURE);
    wanted.credentials[1].expiry = Expiry::Set(PAST);
    let change = |id: &str, expires_at| Step::ChangeExpiry { id: id.to_owned(), expires_at };
    assert_eq!(follow(&mut service, &wanted).unwrap(), [change("id1", FUTURE), change("id2", PAST)]);
    wanted.credentials[1].expiry = Expiry::Kept { when_added: LATER };
    assert_eq!(follow(&mut service, &wanted).unwrap(), []);
}

#[test]
fn each_obstacle_says_what_is_in_the_way() {
    let full = |own: &[(&str, u8)], attached: &[u8], pool: &[u8]| {
        let mut service = Service::with_keys(own, attached);
        service.add_to_pool(pool);
        service
    };
    let one = || keys(&[("a", 1)]);
    let changed = |change: &dyn Fn(&mut Wanted)| {
        let mut configuration = one();
        change(&mut configuration.credentials[0]);
        configuration
    };
    let ps256 = Some("PS256".to_owned());
    for (service, configuration, expected) in [
        (full(&[], &[], &[]), keys(&[("a", 1), ("b", 1)]), "\"b\" and \"a\" are the same credential"),
        (full(&[], &[], &[]), changed(&|a| a.identity = None), "no credential is registered under this name"),
        (
            full(&[("a", 1)], &[], &[]),
            changed(&|a| (a.identity, a.algorithm) = (None, ps256.clone())),
            "changes more of \"a\", which is `id1`",
        ),
        (full(&[], &[], &[1]), one(), "registered already: `id1` (\"name\"), not attached, not managed here"),
        (
            full(&[], &[8, 9], &[]),
            one(),
            "`private_key_jwt` can have 2 credentials. The configuration has 1, and Auth0 has others: `id8` \
             (\"name\"), attached to `private_key_jwt`, not managed here; `id9`",
        ),
        (full(&[], &[], &[6, 7, 8, 9]), one(), "can have 4 credentials. The configuration has 1, and Auth0 has others"),
        (full(&[("a", 1)], &[], &[]), changed(&|a| a.expiry = Expiry::Set(PAST)), "No credential of the configuration"),
        (full(&[("a", 2)], &[], &[7, 8, 9]), one(), "To add \"a\", a valid credential would have to go first"),
        (full(&[("a", 1)], &[], &[]), changed(&|a| a.algorithm.clone_from(&ps256)), "To replace \"a\", the key would"),
    ] {
        let text = service.plan(&configuration).unwrap_err().to_string();
        assert!(text.contains(expected), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// The service checks every step: the caps, the order, and that a valid credential stays attached.
    #[test]
    fn finds_a_safe_order_wherever_there_is_one((service, configuration) in service::any_case()) {
        let outcome = follow(&mut service.clone(), &configuration);
        prop_assert_eq!(outcome.is_ok(), has_safe_order(&service, &configuration), "{:?}", outcome);
    }

    #[test]
    fn converges_after_failures(
        (mut service, configuration) in service::any_case(),
        failures in prop::collection::vec((0_usize..4, any::<bool>()), 0..4),
    ) {
        let Ok(plan) = service.plan(&configuration) else { return Ok(()) };
        let mut plan = plan;
        for (before, has_effect) in failures {
            for step in plan.steps.iter().take(before + usize::from(has_effect)) {
                service.execute(step, &configuration).unwrap();
            }
            plan = service.plan(&configuration).unwrap();
        }
        follow(&mut service, &configuration).unwrap();
    }

    /// As above, with each step of the plan in turn.
    #[test]
    fn converges_after_a_failure_of_each_step((service, configuration) in service::any_case()) {
        let Ok(plan) = service.plan(&configuration) else { return Ok(()) };
        for failed in 0..plan.steps.len() {
            let mut service = service.clone();
            for step in &plan.steps[..failed] {
                service.execute(step, &configuration).unwrap();
            }
            follow(&mut service, &configuration).unwrap();
        }
    }
}

#[test]
fn now_is_between_past_and_future() {
    assert!(PAST < Some(NOW) && Some(NOW) < FUTURE && FUTURE < LATER);
}
