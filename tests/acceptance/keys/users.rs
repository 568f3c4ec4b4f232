//! Keys in use: programs that get tokens with them, and whoever reads them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use terraform_provider_auth0::emulator::Action;

use super::{CLIENT, credential, is_accepted, keys, public};
use crate::pairs::number;
use crate::support::key_pair::Key;
use crate::support::terraform::Workspace;

crate::trials![
    asks_for_credentials_only_if_a_key_expires,
    reads_no_credentials_without_the_scope,
    rotates_without_a_refusal,
    the_data_source_shows_credentials,
    the_state_of_an_application_with_two_keys_stays_small,
    the_guide_rotates_without_a_refusal,
    a_token_comes_with_a_registered_key,
];

/// `CLIENTS=1000` measures as many, and prints the requests of a refresh.
#[expect(clippy::print_stderr, reason = "whoever asks for many applications wants the numbers")]
fn asks_for_credentials_only_if_a_key_expires() {
    let terraform = Workspace::new();
    let count = number("CLIENTS").map_or(5, |count| usize::try_from(count).unwrap());
    let clients = |line: &str| {
        let one = |number: usize| {
            let entries = [("a", public(0) + line), ("b", public(1))];
            keys(&entries).replace("\"a\" {\n  name = \"a\"", &format!("\"c{number}\" {{\n  name = \"c{number}\""))
        };
        (0..count).map(one).collect::<String>()
    };
    let reads = || {
        let run = terraform.run(&["plan", "-input=false", "-detailed-exitcode"]);
        assert_eq!(run.code, 0, "{}", run.stdout);
        if count > 5 {
            eprintln!("{} requests, {} bytes of state", run.requests.len(), terraform.state_file().len());
        }
        run.requests.into_iter().filter(|request| request.ends_with("/credentials")).count()
    };
    terraform.config(&clients(""));
    terraform.apply();
    assert_eq!(reads(), 0);
    terraform.config(&clients("expires_at = \"2090-01-01T00:00:00Z\""));
    terraform.apply();
    assert_eq!(reads(), count);
}

fn reads_no_credentials_without_the_scope() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("a", public(0) + "expires_at = \"2090-01-01T00:00:00Z\"")]));
    terraform.apply();
    let refusal = json!({
        "statusCode": 403, "error": "Forbidden", "errorCode": "insufficient_scope",
        "message": "Insufficient scope, expected any of: read:client_credentials",
    });
    terraform.tenant.spoil("GET", "/api/v2/clients/*/credentials", Action::answer(403, refusal, &[]));
    terraform.assert_empty_plan();
    assert_eq!(terraform.tenant.faults_left(), 0);
}

/// Rotations, while a client asks for tokens with the key in its hands.
/// `ROTATIONS=20` rotates as often, which `tests/keys.sh` does.
fn rotates_without_a_refusal() {
    let rotations = number("ROTATIONS").map_or(5, |count| usize::try_from(count).unwrap());
    let terraform = Workspace::new();
    let name = |number: usize| ["a", "b"][number % 2];
    terraform.config(&keys(&[(name(0), public(0))]));
    terraform.apply();
    let (client_id, url) = (terraform.text(CLIENT, "id"), terraform.tenant.url().to_owned());
    let audience = terraform.tenant.management_api();
    let (in_hand, is_over, asked, refused) =
        (AtomicU64::new(0), AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let http = reqwest::Client::builder().no_proxy().build().unwrap();
                while !is_over.load(Ordering::SeqCst) {
                    let number = usize::try_from(in_hand.load(Ordering::SeqCst)).unwrap();
                    let body = json!({
                        "grant_type": "client_credentials",
                        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                        "client_assertion": Key::nth(number % 3).assertion(&client_id, &url),
                        "audience": audience,
                    });
                    let answer = http.post(format!("{url}/oauth/token")).json(&body).send().await.unwrap();
                    asked.fetch_add(1, Ordering::SeqCst);
                    if answer.status().as_u16() == 401 {
                        refused.fetch_add(1, Ordering::SeqCst);
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            });
        });
        let _ending = Ending(&is_over);
        for number in 0..rotations {
            let (old, new) = ((name(number), public(number % 3)), (name(number + 1), public((number + 1) % 3)));
            terraform.config(&keys(&[old, new.clone()]));
            terraform.try_apply(&[]).success();
            in_hand.store(number as u64 + 1, Ordering::SeqCst);
            // A request that is under way still has the old key.
            let so_far = asked.load(Ordering::SeqCst);
            while asked.load(Ordering::SeqCst) < so_far + 2 {
                terraform.tenant.wait(Duration::from_millis(10));
            }
            terraform.config(&keys(&[new]));
            terraform.try_apply(&[]).success();
        }
    });
    assert_eq!(refused.load(Ordering::SeqCst), 0);
    assert!(asked.load(Ordering::SeqCst) > 2 * rotations as u64);
    terraform.assert_empty_plan();
}

/// Ends the client, however the rotations end.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn the_data_source_shows_credentials() {
    let terraform = Workspace::new();
    terraform.config(&format!(
        "{}data \"auth0_m2m_client\" \"a\" {{\n  name = auth0_m2m_client.a.name\n}}\noutput \"key\" {{\n  value = \
         data.auth0_m2m_client.a.credentials[\"key\"].key_id\n}}\n",
        keys(&[("key", public(0))])
    ));
    terraform.apply();
    let output = terraform.run(&["output", "-raw", "key"]).success().stdout;
    assert_eq!(output, credential(&terraform, "key")["key_id"].as_str().unwrap());
}

fn the_state_of_an_application_with_two_keys_stays_small() {
    let terraform = Workspace::new();
    let bytes = |count: usize| {
        let one = |number: usize| {
            keys(&[("a", public(0)), ("b", public(1))])
                .replace("\"a\" {\n  name = \"a\"", &format!("\"c{number}\" {{\n  name = \"c{number}\""))
        };
        terraform.config(&(0..count).map(one).collect::<String>());
        terraform.apply();
        terraform.state_file().len()
    };
    let (few, more) = (bytes(2), bytes(6));
    let each = (more - few) / 4;
    assert!(each <= 4_500, "{each} bytes");
}

/// The configuration and the commands of the guide, with files for its keys.
fn the_guide_rotates_without_a_refusal() {
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guides/keys.md")).unwrap();
    let config = guide.split("```terraform\n").nth(1).unwrap().split("```").next().unwrap();
    let commands: Vec<_> = guide.lines().filter(|line| line.starts_with("terraform apply ")).collect();
    assert_eq!(commands.len(), 3, "{commands:?}");
    let terraform = Workspace::new();
    terraform.config(&config.replace("\"worker\"", "\"a\""));
    terraform.file("keys/2026.pem", &Key::nth(0).public_pem());
    terraform.file("keys/2027.pem", &Key::nth(1).public_pem());
    for (command, accepted) in commands.into_iter().zip([[true, false], [true, true], [false, true]]) {
        let arguments: Vec<_> = command.split_whitespace().skip(2).map(|word| word.trim_matches('\'')).collect();
        terraform.try_apply(&arguments).success();
        assert_eq!([0, 1].map(|number| is_accepted(&terraform, number)), accepted, "{command}");
    }
}

/// The ephemeral resource signs with the private half of what is registered here.
fn a_token_comes_with_a_registered_key() {
    let terraform = Workspace::new();
    terraform.config(&format!(
        "{}resource \"auth0_client_grant\" \"a\" {{\n  client_id = auth0_m2m_client.a.client_id\n  audience = \
         var.management_api\n  scopes = [\"read:users\"]\n}}\nephemeral \"auth0_access_token\" \"a\" {{\n  client_id = \
         auth0_client_grant.a.client_id\n  audience = var.management_api\n  client_assertion_private_key = \
         file(\"key.pem\")\n}}\n",
        keys(&[("key", public(0))])
    ));
    terraform.file("key.pem", &Key::nth(0).private_pem());
    terraform.apply();
    terraform.file("key.pem", &Key::nth(1).private_pem());
    terraform.fail_to_plan();
}
