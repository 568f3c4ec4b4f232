//! Requests written byte by byte, as no client of HTTP would send them.

use std::time::Duration;

use serde_json::Value;
use terraform_provider_auth0::emulator::Emulator;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Reply, Tenant};

/// Far longer than an answer takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// The head of a request.
pub(super) struct Sent<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub host: &'a str,
    pub origin: Option<&'a str>,
    pub token: &'a str,
    /// Further lines.
    pub headers: &'a str,
}

impl Default for Sent<'_> {
    fn default() -> Self {
        Self { method: "GET", path: "/", host: "", origin: None, token: "", headers: "" }
    }
}

impl<'a> Sent<'a> {
    /// A request for the host by its own name.
    pub(super) fn to(tenant: &'a Tenant) -> Self {
        Self { host: tenant.emulator.domain(), ..Self::default() }
    }

    pub(super) fn head(&self) -> String {
        let Self { method, path, host, headers, .. } = self;
        let origin = self.origin.map_or_else(String::new, |origin| format!("Origin: {origin}\r\n"));
        let token = match self.token {
            "" => String::new(),
            token => format!("Authorization: Bearer {token}\r\n"),
        };
        format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{origin}{token}{headers}\r\n")
    }
}

/// Every endpoint with something in place of its parameters, and some that are not imitated.
pub(super) fn every_endpoint() -> Vec<(String, String)> {
    let document = Emulator::openapi();
    let mut endpoints = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let segments = path.split('/').map(|segment| if segment.starts_with('{') { "x" } else { segment });
        let path = segments.collect::<Vec<_>>().join("/");
        endpoints.extend(methods.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())));
    }
    for path in
        ["/", "/favicon.ico", "/api/v2", "/api/v2/connections", "/api/v2/clients/", "/_emulator", "/_emulator/x"]
    {
        endpoints.extend(["GET", "POST"].map(|method| (method.to_owned(), path.to_owned())));
    }
    endpoints
}

/// Sends a head and nothing after it, and reads the answer.
pub(super) async fn exchange(tenant: &Tenant, sent: &Sent<'_>) -> Reply {
    let mut stream = connect(tenant).await;
    stream.write_all(sent.head().as_bytes()).await.unwrap();
    answer(&mut stream).await.unwrap_or_else(|| panic!("no answer to {} {}", sent.method, sent.path))
}

pub(super) async fn connect(tenant: &Tenant) -> TcpStream {
    TcpStream::connect(tenant.emulator.domain()).await.unwrap()
}

/// The answer, if one comes.
pub(super) async fn answer(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Option<Reply> {
    let mut received = Vec::new();
    let reading = async {
        loop {
            if let Some(reply) = parse(&received) {
                return Some(reply);
            }
            if stream.read_buf(&mut received).await.ok()? == 0 {
                return None;
            }
        }
    };
    timeout(PATIENCE, reading).await.ok().flatten()
}

/// The answer, once all of it is there.
fn parse(received: &[u8]) -> Option<Reply> {
    let text = String::from_utf8_lossy(received);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |it| it.parse().unwrap());
    let body = body.get(..length)?;
    let body = if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() };
    Some(Reply { status, body })
}
