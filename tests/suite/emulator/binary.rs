//! The binary: what it announces, and what its flags do.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use terraform_provider_auth0::emulator::Emulator;

use super::{Session, claims, column, reply};

/// A running emulator. It is killed with its value.
struct Process {
    child: Child,
    output: BufReader<ChildStdout>,
    announced: Value,
}

impl Process {
    fn start(flags: &[&str]) -> Self {
        Self::of(command(flags))
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let announced = serde_json::from_str(&line).unwrap();
        Self { child, output, announced }
    }

    fn text(&self, name: &str) -> &str {
        self.announced[name].as_str().unwrap()
    }

    /// A session of the administrator, at this address of the tenant.
    async fn session(&self, http: reqwest::Client, url: &str) -> Session {
        let session = Session { http, url: url.to_owned(), token: String::new() };
        let audience = format!("{}/api/v2/", self.text("url"));
        let token = session.token(self.text("client_id"), self.text("client_secret"), &audience).await.expect(200);
        Session { token: token["access_token"].as_str().unwrap().to_owned(), ..session }
    }

    async fn plain_session(&self) -> Session {
        self.session(reqwest::Client::new(), self.text("url")).await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn command(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_auth0-emulator"));
    command.args(["--listen", "127.0.0.1:0"]).args(flags);
    command
}

/// What it says when it does not start.
fn complaint(flags: &[&str]) -> String {
    let mut child = command(flags).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    if !line.is_empty() {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!((line.as_str(), output.status.code()), ("", Some(1)), "{flags:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A client of https that trusts the authority in a file.
fn trusting(ca_file: &str) -> reqwest::Client {
    let authority = reqwest::Certificate::from_pem(&fs::read(ca_file).unwrap()).unwrap();
    reqwest::Client::builder().tls_certs_only([authority]).build().unwrap()
}

fn terminate(process: &mut Process) {
    let pid = nix::unistd::Pid::from_raw(process.child.id().try_into().unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
    assert!(process.child.wait().unwrap().success());
}

#[tokio::test]
async fn announces_itself_and_cleans_up_at_its_end() {
    let mut emulator = Process::start(&["--tls"]);
    assert_eq!(emulator.text("url"), format!("https://{}", emulator.text("domain")));
    let ca_file = emulator.text("ca_file").to_owned();
    emulator.session(trusting(&ca_file), emulator.text("url")).await;
    terminate(&mut emulator);
    let mut rest = String::new();
    emulator.output.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert!(!fs::exists(&ca_file).unwrap(), "the file outlived the emulator");
}

#[tokio::test]
async fn http_beside_https_is_the_same_tenant() {
    let emulator = Process::start(&["--tls", "--http", "127.0.0.1:0"]);
    let plain = emulator.session(reqwest::Client::new(), emulator.text("http_url")).await;
    let secure = emulator.session(trusting(emulator.text("ca_file")), emulator.text("url")).await;
    let created = plain.post("/clients", json!({ "name": "x" })).await.expect(201);
    let path = format!("/clients/{}", created["client_id"].as_str().unwrap());
    assert_eq!(secure.get(&path).await.expect(200)["name"], "x");
    // The tenant is one of https, whichever way it is asked.
    let document = reply(plain.http.get(format!("{}/.well-known/openid-configuration", plain.url))).await.expect(200);
    assert_eq!(document["issuer"], format!("{}/", secure.url));

    let output = command(&["--http", "127.0.0.1:0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "http beside http");
}

#[tokio::test]
async fn a_clock_stands_still_where_it_was_set() {
    let emulator = Process::start(&["--clock", "2030-05-06T07:08:09.123Z"]);
    let session = emulator.plain_session().await;
    let issued = jiff::Timestamp::constant(1_904_281_689, 0).as_second();
    let token = claims(&session.token.as_str().into());
    assert_eq!((&token["iat"], &token["exp"]), (&json!(issued), &json!(issued + 86400)));
    let users = session.get("/users").await.expect(200);
    assert_eq!(column(&users, "created_at"), ["2030-05-06T07:08:09.123Z"; 3]);
}

#[tokio::test]
async fn a_seed_gives_the_same_ids_and_secrets_again() {
    let mut runs = Vec::new();
    for seed in ["7", "7", "8"] {
        let emulator = Process::start(&["--seed", seed]);
        let session = emulator.plain_session().await;
        let created = session.post("/clients", json!({ "name": "x" })).await.expect(201);
        runs.push(["client_id", "client_secret"].map(|name| (emulator.text(name).to_owned(), created[name].clone())));
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[tokio::test]
async fn state_of_one_emulator_starts_another() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("state.json");
    let first = Process::start(&[]);
    let session = first.plain_session().await;
    let client = session.post("/clients", json!({ "name": "moved" })).await.expect(201);
    let audience = session.management_audience();
    let grant = json!({ "client_id": client["client_id"], "audience": audience, "scope": ["read:users"] });
    session.post("/client-grants", grant).await.expect(201);
    let state = reply(session.http.get(format!("{}/_emulator/state", session.url))).await.expect(200);
    fs::write(&file, state.to_string()).unwrap();

    let second = Process::start(&["--state", file.to_str().unwrap()]);
    assert_eq!(second.text("client_id"), first.text("client_id"));
    let session = second.plain_session().await;
    let text = |name: &str| client[name].as_str().unwrap();
    let token = session.token(text("client_id"), text("client_secret"), &session.management_audience()).await;
    assert_eq!(token.expect(200)["scope"], "read:users");

    fs::write(&file, "{}").unwrap();
    assert!(complaint(&["--state", file.to_str().unwrap()]).starts_with("auth0-emulator: "));
    fs::write(&file, state.to_string()).unwrap();
    let data = folder.path().join("tenant.db");
    drop(Process::start(&["--data", data.to_str().unwrap()]));
    let refused = complaint(&["--data", data.to_str().unwrap(), "--state", file.to_str().unwrap()]);
    assert!(refused.contains("the data file holds a tenant already"), "{refused}");
}

#[tokio::test]
async fn what_was_answered_survives_a_kill() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("tenant.db");
    let flags = ["--data", data.to_str().unwrap()];
    let mut expected = vec!["auth0-emulator administrator".to_owned()];
    for round in 0..3 {
        let emulator = Process::start(&flags);
        let session = emulator.plain_session().await;
        let listed = session.get("/clients?is_global=false").await.expect(200);
        assert_eq!(column(&listed, "name"), expected);
        for n in 0..5 {
            let name = format!("client {round}-{n}");
            session.post("/clients", json!({ "name": name })).await.expect(201);
            expected.push(name);
        }
        let deleted = listed.as_array().unwrap().last().unwrap();
        if round > 0 {
            session.delete(&format!("/clients/{}", deleted["client_id"].as_str().unwrap())).await.expect(204);
            expected.retain(|name| *name != deleted["name"]);
        }
        // Dropping the process kills it, without a chance to write anything more.
    }
    let emulator = Emulator::builder().data(&data).start();
    assert_eq!(column(&emulator.state()["clients"], "name")[1..], expected);
}

#[tokio::test]
async fn lists_are_late_when_told_to_be() {
    let emulator = Process::start(&["--eventual", "3600000"]);
    let session = emulator.plain_session().await;
    let created = session.post("/clients", json!({ "name": "x" })).await.expect(201);
    session.get(&format!("/clients/{}", created["client_id"].as_str().unwrap())).await.expect(200);
    let listed = session.get("/clients?is_global=false").await.expect(200);
    assert_eq!(column(&listed, "name"), ["auth0-emulator administrator"]);
}

#[tokio::test]
async fn further_hosts_are_allowed_by_flag() {
    let emulator = Process::start(&["--allow-host", "auth0", "--allow-host", "tenant.internal:443"]);
    let status = async |host: &str| {
        let url = format!("{}/_emulator/requests", emulator.text("url"));
        reqwest::Client::new().get(url).header("Host", host).send().await.unwrap().status().as_u16()
    };
    for (host, expected) in [("auth0:4010", 200), ("tenant.internal:443", 200), ("tenant.internal:80", 403), ("x", 403)]
    {
        assert_eq!(status(host).await, expected, "{host}");
    }
    let output = command(&["--allow-host", "http://auth0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("it is not a host, such as auth0"), "{output:?}");
}

#[tokio::test]
async fn a_listener_for_other_machines_is_warned_about() {
    let warning = |flags: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_auth0-emulator"));
        let mut child = command.args(flags).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let pid = nix::unistd::Pid::from_raw(child.id().try_into().unwrap());
        let url = |text: &str| text.split_whitespace().find_map(|word| word.strip_prefix("http://")).map(str::to_owned);
        let announced: Value = serde_json::from_str(&line).unwrap();
        // The warning comes before the line.
        let connected = std::net::TcpStream::connect(announced["domain"].as_str().unwrap()).is_ok();
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        let stderr = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
        assert!(connected);
        (url(&stderr), stderr)
    };
    assert_eq!(warning(&["--listen", "127.0.0.1:0"]).1, "");
    for flags in [&["--listen", "0.0.0.0:0"][..], &["--listen", "127.0.0.1:0", "--tls", "--http", "0.0.0.0:0"]] {
        let (reachable, warning) = warning(flags);
        assert!(warning.starts_with("auth0-emulator: warning: other machines can reach this tenant at "), "{warning}");
        assert_eq!(warning.lines().count(), 1);
        // Without any network there is no such address.
        let address = reachable.map(|url| url.trim_end_matches(';').parse::<std::net::SocketAddr>().unwrap());
        assert!(address.is_none_or(|address| !address.ip().is_loopback()), "{warning}");
    }
}

/// A file that cannot grow is as good as a disk that is full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_write_without_room_never_takes_effect() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("tenant.db");
    let flags = ["--data", data.to_str().unwrap()];
    let mut command = Command::new("sh");
    // Without the signal, a write beyond the limit is an error.
    command.args(["-c", "trap '' XFSZ && exec \"$@\"", "sh", env!("CARGO_BIN_EXE_auth0-emulator")]);
    command.args(["--listen", "127.0.0.1:0"]).args(flags);
    let emulator = Process::of(command);
    let session = emulator.plain_session().await;
    let create = async |name: &str| {
        let body = json!({ "name": name, "description": "x".repeat(100) });
        let created = session.post("/clients", body).await;
        (created.status, created.body)
    };
    assert_eq!(create("before").await.0, 201);
    let limit = |size: &str| {
        let pid = emulator.child.id().to_string();
        let output = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={size}:unlimited")]).output();
        output.is_ok_and(|output| output.status.success())
    };
    if !limit("1024") {
        return;
    }
    for name in ["refused", "refused too"] {
        let (status, body) = create(name).await;
        assert!(status == 500 && body["message"].as_str().unwrap().starts_with("cannot read or write "), "{body}");
    }
    let names = async |session: &Session| {
        let listed = session.get("/clients?is_global=false").await.expect(200);
        column(&listed, "name").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(names(&session).await, ["auth0-emulator administrator", "before"]);
    assert!(limit("unlimited"));
    assert_eq!(create("after").await.0, 201);
    drop(emulator);
    let emulator = Process::start(&flags);
    let session = emulator.plain_session().await;
    assert_eq!(names(&session).await, ["auth0-emulator administrator", "before", "after"]);
}

#[test]
fn a_second_process_on_the_same_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("tenant.db");
    let flags = ["--data", data.to_str().unwrap()];
    let _first = Process::start(&flags);
    let complaint = complaint(&flags);
    let expected = format!(
        "auth0-emulator: {} is in use by another auth0-emulator; each needs a file of its own\n",
        data.display()
    );
    assert_eq!(complaint, expected);
}
