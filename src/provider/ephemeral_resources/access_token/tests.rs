use serde_json::json;

use super::*;

fn token(lifetime: Option<u64>, scopes: Option<&str>) -> Granted {
    Granted {
        token: "opaque".into(),
        asked_at: Duration::from_secs(1_000),
        lifetime: lifetime.map(Duration::from_secs),
        scopes: scopes.map(|scopes| scopes.split(' ').map(str::to_owned).collect()),
    }
}

fn claims(json: &serde_json::Value) -> Claims {
    json.as_object().unwrap().clone()
}

#[test]
fn a_token_ends_as_it_was_said_or_as_it_says() {
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let says = claims(&json!({ "exp": 5_000 }));
    assert_eq!(end(&token(Some(86_400), None), Some(&says)), Some(at(87_400)));
    assert_eq!(end(&token(None, None), Some(&says)), Some(at(5_000)));
    assert_eq!(end(&token(None, None), None), None);
    assert_eq!(renewal(at(5_000)), at(4_940), "ahead of the end");
    assert_eq!(written(at(1_767_225_600)), "2026-01-01T00:00:00Z");
    assert_eq!(written(at(1_772_323_509)), "2026-03-01T00:05:09Z");
}

#[test]
fn scopes_come_from_response_or_claims() {
    let says = claims(&json!({ "scope": "a b" }));
    let set = |scopes: &[&str]| Some(scopes.iter().map(|scope| (*scope).to_owned()).collect());
    assert_eq!(granted(&token(None, Some("c")), Some(&says)), set(&["c"]));
    assert_eq!(granted(&token(None, None), Some(&says)), set(&["a", "b"]));
    assert_eq!(granted(&token(None, None), Some(&claims(&json!({})))), set(&[]));
    assert_eq!(granted(&token(None, None), None), None);
}

#[test]
fn credentials_are_trimmed_and_their_flaws_are_named() {
    let text = |text: &str| Value::Known(text.to_owned());
    let secret = |text: &str| Value::Known(SecretString::from(text));
    let config = |id, text| AccessToken { client_id: id, client_secret: secret(text), ..AccessToken::default() };
    match credentials(&config(text("a\n"), " s\r\n")).unwrap() {
        Credentials::ClientSecret { client_id, client_secret } => {
            assert_eq!((client_id.as_str(), client_secret.expose_secret()), ("a", "s"));
        }
        other => panic!("{other:?}"),
    }
    let key = |pem| AccessToken { client_assertion_private_key: secret(pem), ..AccessToken::default() };
    let assertion = |jwt| AccessToken { client_assertion: secret(jwt), ..AccessToken::default() };
    for (config, expected) in [
        (config(text("a b"), "s"), "`client_id` cannot be used: it has white space"),
        (config(text("a"), "s\ns"), "`client_secret` cannot be used: it has a line break"),
        (config(text("a"), "\u{feff}s"), "`client_secret` cannot be used: it begins with a byte order mark"),
        (config(text("a"), " "), "`client_secret` cannot be used: it is empty."),
        (key("'s'"), "`client_assertion_private_key` cannot be used: the key is in quotes"),
        (assertion("a\nb"), "`client_assertion` cannot be used: it has a line break"),
    ] {
        let detail = credentials(&config).unwrap_err().detail;
        assert!(detail.starts_with(expected), "{detail}");
    }
}

#[test]
fn expiry_in_claims_may_have_a_fraction() {
    let says = claims(&json!({ "exp": 1_100.0 }));
    assert_eq!(end(&token(None, None), Some(&says)), Some(UNIX_EPOCH + Duration::from_secs(1_100)));
}

fn problems(config: &AccessToken) -> Vec<String> {
    AccessTokenEphemeralResource.validate(config).iter().map(|problem| problem.detail.clone()).collect()
}

#[test]
fn one_proof_is_needed_and_no_message_leads_to_it() {
    let secret = || Value::Known(SecretString::from("s3cret"));
    let config = AccessToken {
        client_id: Value::Known("a".to_owned()),
        client_secret: secret(),
        audience: Value::Known("https://a".to_owned()),
        ..AccessToken::default()
    };
    assert_eq!(problems(&config), [""; 0]);
    let two = AccessToken { client_assertion: secret(), ..config.clone() };
    assert!(problems(&two)[0].contains("Only one of `client_secret`"), "{:?}", problems(&two));
    assert_eq!(AccessTokenEphemeralResource.validate(&two).iter().next().unwrap().path, None);
    let none = AccessToken { client_secret: Value::Null, ..config.clone() };
    assert!(problems(&none)[0].contains("Set one of"), "{:?}", problems(&none));
    let nobody = AccessToken { client_id: Value::Null, ..config.clone() };
    assert!(problems(&nobody)[0].contains("need `client_id`"), "{:?}", problems(&nobody));
    let alg = AccessToken { client_assertion_signing_alg: Value::Known("PS256".to_owned()), ..config };
    assert!(problems(&alg)[0].contains("`client_assertion_signing_alg` needs"), "{:?}", problems(&alg));
    let unknown = AccessToken { client_secret: Value::Unknown, ..nobody };
    assert_eq!(problems(&unknown).len(), 1, "only the client id is missing for sure");
}
