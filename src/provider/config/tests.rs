use std::{
    io::Write as _,
    sync::{Arc, LazyLock},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};

use super::*;
use crate::auth0::{Credentials, Limits};

const NOTHING: Config = Config {
    domain: Value::Null,
    audience: Value::Null,
    client_id: Value::Null,
    client_secret: Value::Null,
    client_assertion_private_key: Value::Null,
    client_assertion_private_key_file: Value::Null,
    client_assertion_signing_alg: Value::Null,
    client_assertion: Value::Null,
    client_assertion_file: Value::Null,
    api_token: Value::Null,
    ca_file: Value::Null,
    http_proxy: Value::Null,
    request_timeout: Value::Null,
    quota_share: Value::Null,
    max_requests_per_second: Value::Null,
    token_cache: Value::Null,
    debug: Value::Null,
    dynamic_credentials: Value::Null,
    custom_domain_header: Value::Null,
    cli_login: Value::Null,
};

/// A private key as PEM. Making one takes long, so the tests share it.
static KEY: LazyLock<String> = LazyLock::new(|| {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(key.serialized_der()))
});

/// An assertion that speaks for the application `c`.
fn assertion() -> String {
    let encode = |json: &str| URL_SAFE_NO_PAD.encode(json);
    format!("{}.{}.AAAA", encode(r#"{"alg":"RS256"}"#), encode(r#"{"sub":"c"}"#))
}

fn known(text: &str) -> Value<String> {
    Value::Known(text.to_owned())
}

fn secret(text: &str) -> Value<SecretString> {
    Value::Known(text.into())
}

fn file(text: &str) -> (tempfile::NamedTempFile, String) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let path = file.path().to_str().unwrap().to_owned();
    (file, path)
}

fn with(variables: &[(&str, &str)]) -> Arc<Environment> {
    let variables: Vec<_> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Arc::new(move |name| variables.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()))
}

/// Which method is chosen, and what is wrong with it.
fn chosen(config: &Config, variables: &[(&str, &str)]) -> Result<Credentials, Diagnostic> {
    method::credentials(config, &Lookup::new(&*with(variables)))
}

fn problem(config: &Config, variables: &[(&str, &str)]) -> Diagnostic {
    configure(config, &*with(variables), "1.11.4").unwrap_err().into_iter().next().unwrap()
}

/// The first error of the validation.
fn flaw(config: &Config) -> Diagnostic {
    validate(config).into_iter().next().unwrap()
}

#[test]
fn what_is_missing_is_named_with_its_variable() {
    let found = problem(&NOTHING, &[]);
    assert!(found.detail.contains("`domain`") && found.detail.contains("`AUTH0_DOMAIN`"), "{found:?}");
    let found = problem(&NOTHING, &[("AUTH0_DOMAIN", "t.auth0.com"), ("AUTH0_CLIENT_ID", "c")]);
    assert!(found.detail.contains("`AUTH0_CLIENT_SECRET`") && found.detail.contains("`api_token`"), "{found:?}");
    for variables in [("AUTH0_CLIENT_SECRET", "s"), ("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", KEY.as_str())] {
        let found = chosen(&NOTHING, &[variables]).unwrap_err();
        assert!(found.detail.contains("`client_id`") && found.detail.contains("`AUTH0_CLIENT_ID`"), "{found:?}");
    }
    let algorithm_only = Config { client_id: known("c"), client_assertion_signing_alg: known("PS256"), ..NOTHING };
    let found = chosen(&algorithm_only, &[("AUTH0_CLIENT_SECRET", "s")]).unwrap_err();
    assert_eq!(found.path, Some("client_assertion_private_key".into()));
    assert!(found.detail.contains("`AUTH0_CLIENT_ASSERTION_PRIVATE_KEY_FILE`"), "{found:?}");
}

#[test]
fn configuration_precedes_environment() {
    let variables = &[("AUTH0_DOMAIN", "env.auth0.com"), ("AUTH0_CLIENT_ID", "c"), ("AUTH0_CLIENT_SECRET", "s")];
    let domain = |config: &Config| match configure(config, &*with(variables), "1") {
        Ok(Configured::Ready(client)) => client.tenant().domain().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(domain(&NOTHING), "env.auth0.com");
    assert_eq!(domain(&Config { domain: known("hcl.auth0.com"), ..NOTHING }), "hcl.auth0.com");
}

#[test]
fn chooses_method_from_configuration_then_environment() {
    let (_key, key_file) = file(&KEY);
    let (_assertion, assertion_file) = file(&assertion());
    let assertion = assertion();
    let everything = [
        ("AUTH0_API_TOKEN", "t"),
        ("AUTH0_CLIENT_ASSERTION", assertion.as_str()),
        ("AUTH0_CLIENT_ASSERTION_FILE", assertion_file.as_str()),
        ("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", KEY.as_str()),
        ("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY_FILE", key_file.as_str()),
        ("AUTH0_CLIENT_SECRET", "s"),
        ("AUTH0_CLIENT_ID", "c"),
    ];
    let method = |config: &Config, variables: &[(&str, &str)]| match chosen(config, variables).unwrap() {
        Credentials::Token(_) => "token",
        Credentials::Assertion(_) => "assertion",
        Credentials::AssertionFile(_) => "assertion file",
        Credentials::PrivateKey { .. } => "key",
        Credentials::ClientSecret { .. } => "secret",
    };
    let order = ["token", "assertion", "assertion file", "key", "key", "secret"];
    for (gone, expected) in order.into_iter().enumerate() {
        assert_eq!(method(&NOTHING, &everything[gone..]), expected);
    }
    let application = Config { client_id: known("c"), ..NOTHING };
    assert_eq!(method(&application, &everything), "assertion", "an application in the block rules out a token");
    for (config, expected) in [
        (Config { api_token: secret("t"), ..NOTHING }, "token"),
        (Config { client_assertion: secret(&assertion), ..NOTHING }, "assertion"),
        (Config { client_assertion_file: known(&assertion_file), ..NOTHING }, "assertion file"),
        (Config { client_assertion_private_key: secret(&KEY), ..NOTHING }, "key"),
        (Config { client_assertion_private_key_file: known(&key_file), ..NOTHING }, "key"),
        (Config { client_assertion_signing_alg: known("PS256"), ..NOTHING }, "key"),
        (Config { client_secret: secret("s"), ..NOTHING }, "secret"),
    ] {
        assert_eq!(method(&config, &everything), expected);
    }
}

#[test]
fn file_in_block_precedes_value_in_environment() {
    let config = Config { client_assertion_private_key_file: known("/nonexistent/key.pem"), ..NOTHING };
    let found = chosen(&config, &[("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", &KEY), ("AUTH0_CLIENT_ID", "c")]).unwrap_err();
    assert_eq!(found.path, Some("client_assertion_private_key_file".into()));
    assert!(found.detail.contains("/nonexistent/key.pem cannot be read"), "{found:?}");
}

#[test]
fn unknown_values_put_everything_off() {
    for config in [
        Config { client_secret: Value::Unknown, ..NOTHING },
        Config { client_assertion_private_key: Value::Unknown, domain: known("t.auth0.com"), ..NOTHING },
        Config { request_timeout: Value::Unknown, ..NOTHING },
    ] {
        assert!(validate(&config).is_empty());
        assert!(matches!(configure(&config, &*with(&[]), "1"), Ok(Configured::Unknown)));
    }
}

#[test]
fn refuses_conflicting_arguments_without_path_to_secret() {
    let token = || Config { api_token: secret("t"), ..NOTHING };
    let key = || Config { client_assertion_private_key: secret(&KEY), ..NOTHING };
    let is_at = |config: Config, path: &str| {
        let found = flaw(&config);
        let path = (!path.is_empty()).then(|| path.into());
        assert_eq!((found.summary.as_str(), found.path), ("Conflicting Provider Arguments", path));
        let error = configure(&config, &*with(&[]), "1").unwrap_err();
        assert!(error.has_errors(), "what became known only later is checked as well");
    };
    is_at(Config { client_id: known("c"), ..token() }, "client_id");
    is_at(Config { client_secret: secret("s"), ..token() }, "");
    is_at(Config { client_assertion: secret(&assertion()), ..token() }, "");
    is_at(Config { client_secret: secret("s"), ..key() }, "");
    is_at(Config { client_assertion_private_key_file: known("f"), ..key() }, "client_assertion_private_key_file");
    let algorithm = Config { client_assertion_signing_alg: known("PS256"), ..NOTHING };
    is_at(Config { client_secret: secret("s"), ..algorithm.clone() }, "client_assertion_signing_alg");
    let assertion = Config { client_assertion: secret(&assertion()), ..NOTHING };
    is_at(Config { client_assertion_file: known("f"), ..assertion.clone() }, "client_assertion_file");

    let client_id = known("c");
    let together = Config { client_assertion_private_key: secret(&KEY), client_id: client_id.clone(), ..algorithm };
    for config in [token(), together, Config { client_id, ..assertion }] {
        assert!(validate(&config).is_empty());
    }
    let unknown = Config { client_id: Value::Unknown, client_secret: Value::Unknown, ..token() };
    assert!(validate(&unknown).is_empty(), "they may turn out to be absent");
}

#[test]
fn an_empty_text_is_no_value() {
    let found = flaw(&Config { client_secret: secret(""), ..NOTHING });
    assert_eq!(found.path, Some("client_secret".into()));
    assert!(found.detail.contains("`AUTH0_CLIENT_SECRET`"), "{found:?}");
    let found = problem(&Config { audience: known(""), ..NOTHING }, &[]);
    assert_eq!(found.path, Some("audience".into()));
}

#[test]
fn names_unusable_setting_without_its_value() {
    let config = Config { domain: known("http://t.auth0.com"), ..NOTHING };
    assert_eq!(flaw(&config).path, Some("domain".into()));
    let unusable = |config: Config, name: &str| {
        let found = flaw(&config);
        assert_eq!(found.path, None, "Terraform would quote the line, and so the secret");
        assert!(found.detail.starts_with(&format!("The argument `{name}` cannot be used")), "{found:?}");
        assert!(!found.detail.contains("s3cret"), "{found:?}");
    };
    let key = Config { client_assertion_private_key: secret("s3cret"), ..NOTHING };
    unusable(key, "client_assertion_private_key");
    unusable(Config { client_assertion: secret("s3cret"), ..NOTHING }, "client_assertion");
    for proxy in ["me:s3cret@proxy:3128", "socks5://me:s3cret@proxy", "http://me:s3cret@proxy/path", "http://"] {
        unusable(Config { http_proxy: secret(proxy), ..NOTHING }, "http_proxy");
    }

    let (_damaged, damaged) = file("s3cret");
    let reached = [("AUTH0_DOMAIN", "t.auth0.com"), ("AUTH0_API_TOKEN", "t")];
    let application = [("AUTH0_DOMAIN", "t.auth0.com"), ("AUTH0_CLIENT_ID", "c")];
    let key = [("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", KEY.as_str())];
    for (variables, name, value) in [
        (&[("AUTH0_API_TOKEN", "t")][..], "AUTH0_DOMAIN", "http://t.auth0.com"),
        (&reached, "AUTH0_HTTP_PROXY", "s3cret"),
        (&reached, "AUTH0_REQUEST_TIMEOUT", "11m"),
        (&reached, "AUTH0_REQUEST_TIMEOUT", "30"),
        (&reached, "AUTH0_CA_FILE", "/nonexistent"),
        (&reached, "AUTH0_CA_FILE", &damaged),
        (&application, "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", "s3cret"),
        (&application, "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY_FILE", &damaged),
        (&application, "AUTH0_CLIENT_ASSERTION", "s3cret"),
        (&application, "AUTH0_CLIENT_ASSERTION_FILE", &damaged),
        (&[&application[..], &key].concat(), "AUTH0_CLIENT_ASSERTION_SIGNING_ALG", "HS256"),
    ] {
        let found = problem(&NOTHING, &[variables, &[(name, value)]].concat());
        assert!(found.detail.starts_with(&format!("The variable `{name}`")), "{name}: {found:?}");
        let attribute = name.strip_prefix("AUTH0_").unwrap().to_ascii_lowercase();
        let is_secret = ["client_assertion_private_key", "client_assertion", "http_proxy"].contains(&&*attribute);
        assert_eq!(found.path, (!is_secret).then(|| attribute.as_str().into()));
        assert!(!found.detail.contains("s3cret"), "{found:?}");
    }
}

/// Every argument with a credential, and a good value. That of a `_file` is the content of the file.
fn good() -> [(&'static str, String); 7] {
    [
        ("client_id", "cc".to_owned()),
        ("client_secret", "correct horse".to_owned()),
        ("client_assertion_private_key", KEY.clone()),
        ("client_assertion_private_key_file", KEY.clone()),
        ("client_assertion", assertion()),
        ("client_assertion_file", assertion()),
        ("api_token", "tt".to_owned()),
    ]
}

/// What comes of one value, in the block and in the environment, with what it needs beside it.
fn placed(name: &'static str, value: &str) -> [Result<String, String>; 2] {
    let mut block = NOTHING;
    match name {
        "client_id" => block.client_id = known(value),
        "client_secret" => block.client_secret = secret(value),
        "client_assertion_private_key" => block.client_assertion_private_key = secret(value),
        "client_assertion_private_key_file" => block.client_assertion_private_key_file = known(value),
        "client_assertion" => block.client_assertion = secret(value),
        "client_assertion_file" => block.client_assertion_file = known(value),
        _ => block.api_token = secret(value),
    }
    let beside: &[(&str, &str)] = match name {
        "client_id" => &[("AUTH0_CLIENT_SECRET", "s")],
        "client_secret" | "client_assertion_private_key" | "client_assertion_private_key_file" => {
            &[("AUTH0_CLIENT_ID", "c")]
        }
        _ => &[],
    };
    let variable = setting::variable(name);
    let shown = |credentials| match credentials {
        Credentials::Token(token) => token.expose_secret().to_owned(),
        Credentials::ClientSecret { client_id, client_secret } => {
            format!("{client_id} {}", client_secret.expose_secret())
        }
        Credentials::PrivateKey { client_id, .. } => format!("{client_id} and a key"),
        Credentials::Assertion(assertion) => assertion.subject().to_owned(),
        Credentials::AssertionFile(path) => path.to_str().unwrap().to_owned(),
    };
    let in_block = chosen(&block, beside);
    let in_environment = chosen(&NOTHING, &[beside, &[(variable.as_str(), value)]].concat());
    [(in_block, format!("The argument `{name}`")), (in_environment, format!("The variable `{variable}`"))].map(
        |(outcome, place)| {
            outcome.map(shown).map_err(|error| {
                let detail = error.detail;
                assert!(detail.starts_with(&place) && detail.ends_with('.'), "{detail}");
                assert!(!detail.ends_with("?."), "{detail}");
                detail
            })
        },
    )
}

/// The same, where the value of a `_file` is the content of a file.
fn with_content(name: &'static str, value: &str) -> [Result<String, String>; 2] {
    if !name.ends_with("_file") {
        return placed(name, value);
    }
    let (_file, path) = file(value);
    placed(name, &path).map(|outcome| outcome.map(|shown| shown.replace(&path, "file")))
}

#[test]
fn white_space_around_any_credential_is_removed() {
    for (name, value) in good() {
        let expected = with_content(name, &value);
        assert!(expected.iter().all(Result::is_ok), "{name}: {expected:?}");
        for (before, after) in [("", "\n"), ("", "\r\n"), (" ", " "), ("\n\t", "\u{a0}\n\n")] {
            assert_eq!(with_content(name, &format!("{before}{value}{after}")), expected, "{name} {before:?} {after:?}");
        }
        if name.ends_with("_file") {
            let (_file, path) = file(&value);
            assert_eq!(placed(name, &format!(" {path}\n")), placed(name, &path), "{name}");
        }
    }
}

#[test]
fn names_what_does_not_belong_to_a_credential() {
    for (name, value) in good() {
        let is_key = name.contains("private_key");
        let (start, end) = value.split_at(value.len() / 2);
        let mut flaws = vec![(format!("\u{feff}{value}"), "byte order mark")];
        if is_key {
            flaws.extend([
                (format!("{value:?}"), "in quotes"),
                (format!("'{value}'"), "in quotes"),
                (STANDARD.encode(&value), "base64"),
                ("/run/secrets/auth0.pem".to_owned(), "the path of a file"),
                ("keys\\auth0.pem\n".to_owned(), "the path of a file"),
            ]);
        } else {
            flaws.extend([(format!("{start}\n{end}"), "line break"), (format!("{start}\0{end}"), "control character")]);
        }
        if !is_key && name != "client_secret" {
            flaws.extend([(format!("{start}ä{end}"), "ASCII"), (format!("Bearer {value}"), "white space")]);
        }
        for (flawed, word) in flaws {
            for outcome in with_content(name, &flawed) {
                let detail = outcome.unwrap_err();
                assert!(detail.contains(word), "{name} {flawed:?}: {detail}");
                assert!(!detail.contains(&flawed), "{detail}");
            }
        }
    }
}

#[test]
fn blank_argument_is_an_error_and_blank_variable_absent() {
    let found = flaw(&Config { api_token: secret(" \n"), ..NOTHING });
    assert_eq!((found.summary.as_str(), found.path), ("Empty Provider Argument", Some("api_token".into())));
    let blank = [("AUTH0_API_TOKEN", "\n"), ("AUTH0_CLIENT_ID", "c"), ("AUTH0_CLIENT_SECRET", "s")];
    assert!(matches!(chosen(&NOTHING, &blank), Ok(Credentials::ClientSecret { .. })));
}

#[test]
fn validation_finds_flaws_of_every_credential_in_the_block() {
    for config in [
        Config { client_id: known("a b"), client_secret: secret("s"), ..NOTHING },
        Config { client_id: known("a"), client_secret: secret("s\ns"), ..NOTHING },
        Config { client_id: known("a"), client_assertion_private_key: secret("'s'"), ..NOTHING },
        Config { client_assertion: secret("a b"), ..NOTHING },
        Config { api_token: secret("Bearer a"), ..NOTHING },
    ] {
        assert!(flaw(&config).detail.starts_with("The argument `"), "{config:?}");
    }
}

#[test]
fn assertion_must_match_client_id() {
    let config = Config { client_id: known("other"), client_assertion: secret(&assertion()), ..NOTHING };
    let found = chosen(&config, &[]).unwrap_err();
    assert_eq!(found.path, Some("client_id".into()));
    assert!(found.detail.contains("\"other\"") && found.detail.contains("\"c\""), "{found:?}");
}

#[test]
fn warns_of_arguments_without_effect_and_refuses_login() {
    let config = Config {
        debug: Value::Known(true),
        dynamic_credentials: Value::Known(true),
        custom_domain_header: known("login.acme.com"),
        cli_login: Value::Known(false),
        ..NOTHING
    };
    let found = validate(&config);
    assert!(!found.has_errors());
    let paths: Vec<_> = found.iter().filter_map(|warning| warning.path.clone()).collect();
    assert_eq!(paths, ["debug".into(), "dynamic_credentials".into(), "custom_domain_header".into()]);
    let off = Config { debug: Value::Known(false), dynamic_credentials: Value::Known(false), ..NOTHING };
    assert!(validate(&off).is_empty());

    let found = flaw(&Config { cli_login: Value::Known(true), ..NOTHING });
    assert_eq!(found.path, Some("cli_login".into()));
    let login = ("AUTH0_CLI_LOGIN", "true");
    let found = problem(&NOTHING, &[("AUTH0_DOMAIN", "t.auth0.com"), login]);
    assert!(found.summary.contains("`AUTH0_CLI_LOGIN`") && found.detail.contains("`AUTH0_API_TOKEN`"), "{found:?}");
    assert!(chosen(&NOTHING, &[login, ("AUTH0_API_TOKEN", "t")]).is_ok(), "other credentials will do");
}

fn number(text: &str) -> Value<Number> {
    Value::Known(text.parse().unwrap())
}

/// What `configure` makes of the limits.
fn limited(config: &Config, variables: &[(&str, &str)]) -> Result<Limits, Diagnostic> {
    limits::limits(config, &Lookup::new(&*with(variables)))
}

#[test]
fn limits_come_from_block_environment_or_default() {
    let variables = [("AUTH0_QUOTA_SHARE", "0.5"), ("AUTH0_MAX_REQUESTS_PER_SECOND", "2.5")];
    let usual = Limits { quota_share: 0.8, max_requests_per_second: None };
    assert_eq!(limited(&NOTHING, &[]).unwrap(), usual);
    let of_environment = Limits { quota_share: 0.5, max_requests_per_second: Some(2.5) };
    assert_eq!(limited(&NOTHING, &variables).unwrap(), of_environment);
    let config = Config { quota_share: number("1"), ..NOTHING };
    assert_eq!(limited(&config, &variables).unwrap(), Limits { quota_share: 1.0, ..of_environment });
}

#[test]
fn absurd_limits_are_refused_where_they_stand() {
    for absurd in ["0", "-1", "1.01", "0.001"] {
        let found = limited(&Config { quota_share: number(absurd), ..NOTHING }, &[]).unwrap_err();
        assert_eq!(found.path, Some("quota_share".into()), "{absurd}");
        let found = limited(&NOTHING, &[("AUTH0_QUOTA_SHARE", absurd)]).unwrap_err();
        assert!(found.detail.contains("The variable `AUTH0_QUOTA_SHARE`"), "{found:?}");
    }
    for absurd in ["0", "-1", "0.001", "1e9"] {
        let found = limited(&Config { max_requests_per_second: number(absurd), ..NOTHING }, &[]).unwrap_err();
        assert_eq!(found.path, Some("max_requests_per_second".into()), "{absurd}");
    }
    assert!(limited(&NOTHING, &[("AUTH0_MAX_REQUESTS_PER_SECOND", "many")]).is_err());
}

#[test]
fn keeps_tokens_in_cache_folder_only_on_request() {
    let folder = |config: &Config, variables: &[(&str, &str)]| cache::folder(config, &Lookup::new(&*with(variables)));
    let home = ("HOME", "/home/me");
    assert_eq!(folder(&NOTHING, &[home]).unwrap(), None);
    assert_eq!(folder(&NOTHING, &[home, ("AUTH0_TOKEN_CACHE", "false")]).unwrap(), None);
    let config = Config { token_cache: Value::Known(true), ..NOTHING };
    let path = |text: &str| Some(std::path::PathBuf::from(text));
    assert_eq!(folder(&config, &[home]).unwrap(), path("/home/me/.cache/terraform-provider-auth0"));
    let xdg = ("XDG_CACHE_HOME", "/tmp/cache");
    assert_eq!(folder(&config, &[home, xdg]).unwrap(), path("/tmp/cache/terraform-provider-auth0"));
    let relative = ("XDG_CACHE_HOME", "cache");
    assert_eq!(folder(&config, &[home, relative]).unwrap(), path("/home/me/.cache/terraform-provider-auth0"));
    let wanted = ("AUTH0_TOKEN_CACHE", "true");
    assert_eq!(folder(&NOTHING, &[xdg, wanted]).unwrap(), path("/tmp/cache/terraform-provider-auth0"));
    assert_eq!(folder(&config, &[]).unwrap_err().path, Some("token_cache".into()));
    let unclear = ("AUTH0_TOKEN_CACHE", "maybe");
    assert_eq!(folder(&NOTHING, &[home, unclear]).unwrap_err().path, Some("token_cache".into()));
}

#[test]
fn unknown_limit_makes_configuration_unknown() {
    for config in [
        Config { quota_share: Value::Unknown, ..NOTHING },
        Config { max_requests_per_second: Value::Unknown, ..NOTHING },
        Config { token_cache: Value::Unknown, ..NOTHING },
    ] {
        let config = Config { domain: known("t.auth0.com"), ..config };
        assert!(matches!(configure(&config, &*with(&[]), "1.11.4"), Ok(Configured::Unknown)));
    }
}
