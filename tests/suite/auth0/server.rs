//! A scripted HTTP server: it records what it is asked and answers, drops or hangs as told.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::time::{self, Instant};
use tokio_rustls::TlsAcceptor;

/// What the server does with one request.
#[derive(Clone)]
pub(super) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// Ends the connection without an answer.
    Drop,
    /// Never answers.
    Hang,
    /// Answers after a while.
    Late(Duration, Box<Reply>),
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) target: String,
    /// By their names in lower case.
    pub(super) headers: HashMap<String, String>,
    pub(super) authorization: String,
    pub(super) proxy_authorization: String,
    pub(super) body: String,
    pub(super) at: Instant,
}

/// Token requests, lists without the global client (which a create looks at), some paths and all others have a script each.
/// If the script runs out, tokens are `token-1`, `token-2` and so on, and lists for a create are empty. Other requests then
/// get a 418.
#[derive(Default)]
struct Script {
    tokens: VecDeque<Reply>,
    lists: VecDeque<Reply>,
    paths: HashMap<String, VecDeque<Reply>>,
    answers: VecDeque<Reply>,
    granted: u32,
    connections: usize,
    seen: Vec<Request>,
}

pub(super) struct Server {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
}

/// A list of applications that is empty.
pub(super) const NO_CLIENTS: &str = r#"{"total":0,"start":0,"limit":100,"clients":[]}"#;

fn is_of_create(request: &Request) -> bool {
    request.target.starts_with("/api/v2/clients?") && request.target.contains("is_global=false")
}

pub(super) fn json(status: u16, body: &str) -> Reply {
    Reply::Answer { status, headers: vec![("content-type", "application/json".to_owned())], body: body.to_owned() }
}

/// The only page of a list.
pub(super) fn page(property: &str, objects: &[impl AsRef<str>]) -> Reply {
    page_of(objects.len(), property, objects)
}

/// A page of a list that says how many objects there are.
pub(super) fn page_of(total: usize, property: &str, objects: &[impl AsRef<str>]) -> Reply {
    let objects: Vec<_> = objects.iter().map(AsRef::as_ref).collect();
    json(200, &format!(r#"{{"total":{total},"start":0,"limit":100,"{property}":[{}]}}"#, objects.join(",")))
}

/// A page of a list that is read from checkpoint to checkpoint.
pub(super) fn chained(property: &str, objects: &[impl AsRef<str>], next: Option<&str>) -> Reply {
    let objects: Vec<_> = objects.iter().map(AsRef::as_ref).collect();
    let next = next.map(|next| format!(r#","next":"{next}""#)).unwrap_or_default();
    json(200, &format!(r#"{{"{property}":[{}]{next}}}"#, objects.join(",")))
}

pub(super) fn throttled(header: &'static str, value: u64) -> Reply {
    Reply::Answer { status: 429, headers: vec![(header, value.to_string())], body: String::new() }
}

impl Server {
    pub(super) async fn start(answers: impl IntoIterator<Item = Reply>) -> Self {
        Self::start_at("127.0.0.1:0", answers).await
    }

    pub(super) async fn start_at(address: &str, answers: impl IntoIterator<Item = Reply>) -> Self {
        Self::listen(address, answers, None).await
    }

    /// Speaks TLS. The other value is its certificate in PEM, which no client trusts by default.
    pub(super) async fn start_tls(answers: impl IntoIterator<Item = Reply>) -> (Self, String) {
        let signed = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = rustls_pki_types::PrivatePkcs8KeyDer::from(signed.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![signed.cert.der().clone()], key.into())
            .unwrap();
        let server = Self::listen("127.0.0.1:0", answers, Some(TlsAcceptor::from(Arc::new(config)))).await;
        let der = STANDARD.encode(signed.cert.der());
        (server, format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n"))
    }

    async fn listen(address: &str, answers: impl IntoIterator<Item = Reply>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::new(Mutex::new(Script { answers: answers.into_iter().collect(), ..Script::default() }));
        tokio::spawn(accept(listener, tls, Arc::clone(&script)));
        Self { address, script }
    }

    pub(super) fn https_url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Scripts the token endpoint.
    pub(super) fn tokens(self, replies: impl IntoIterator<Item = Reply>) -> Self {
        self.script.lock().unwrap().tokens = replies.into_iter().collect();
        self
    }

    /// Scripts the requests to one path, whatever their method and query.
    pub(super) fn at(self, path: &str, replies: impl IntoIterator<Item = Reply>) -> Self {
        self.script.lock().unwrap().paths.insert(path.to_owned(), replies.into_iter().collect());
        self
    }

    /// Scripts the lists that a create looks at.
    pub(super) fn lists(self, replies: impl IntoIterator<Item = Reply>) -> Self {
        self.script.lock().unwrap().lists = replies.into_iter().collect();
        self
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Requests other than for tokens and for the lists of a create.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.seen(|request| request.target != "/oauth/token" && !is_of_create(request))
    }

    /// Methods and targets of these requests.
    pub(super) fn asked(&self) -> Vec<String> {
        self.requests().into_iter().map(|Request { method, target, .. }| format!("{method} {target}")).collect()
    }

    /// The lists that creates have looked at.
    pub(super) fn list_requests(&self) -> Vec<Request> {
        self.seen(is_of_create)
    }

    pub(super) fn token_requests(&self) -> Vec<Request> {
        self.seen(|request| request.target == "/oauth/token")
    }

    /// How many connections were made.
    pub(super) fn connections(&self) -> usize {
        self.script.lock().unwrap().connections
    }

    fn seen(&self, which: impl Fn(&Request) -> bool) -> Vec<Request> {
        self.script.lock().unwrap().seen.iter().filter(|request| which(request)).cloned().collect()
    }
}

/// An address where a connection gets a refusal in plain text.
pub(super) async fn address_without_tls() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        // Closing at once could reset the connection before the answer is read.
        stream.read_to_end(&mut Vec::new()).await
    });
    address
}

/// An address where nothing listens.
pub(super) async fn unused_address() -> String {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string()
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, script: Arc<Mutex<Script>>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (tls, script) = (tls.clone(), Arc::clone(&script));
        script.lock().unwrap().connections += 1;
        tokio::spawn(async move {
            match tls {
                None => serve(stream, &script).await,
                // A client that does not trust the server ends the handshake.
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, &script).await;
                    }
                }
            }
        });
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, script: &Mutex<Script>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        let reply = script.lock().unwrap().next(request);
        if !perform(stream.get_mut(), reply).await {
            return;
        }
    }
}

impl Script {
    fn next(&mut self, request: Request) -> Reply {
        let (for_token, of_create) = (request.target == "/oauth/token", is_of_create(&request));
        let path = request.target.split('?').next().unwrap_or_default();
        let at_path = self.paths.get_mut(path).filter(|_| !of_create);
        let reply = at_path.map(|replies| replies.pop_front().unwrap_or_else(|| json(418, "beyond the script")));
        self.seen.push(request);
        if let Some(reply) = reply {
            return reply;
        }
        if of_create {
            return self.lists.pop_front().unwrap_or_else(|| json(200, NO_CLIENTS));
        }
        if !for_token {
            return self.answers.pop_front().unwrap_or_else(|| json(418, "beyond the script"));
        }
        self.tokens.pop_front().unwrap_or_else(|| {
            self.granted += 1;
            json(
                200,
                &format!(r#"{{"access_token":"token-{}","expires_in":86400,"token_type":"Bearer"}}"#, self.granted),
            )
        })
    }
}

/// Whether the connection goes on.
async fn perform(stream: &mut (impl AsyncWrite + Unpin), mut reply: Reply) -> bool {
    while let Reply::Late(delay, then) = reply {
        time::sleep(delay).await;
        reply = *then;
    }
    match reply {
        Reply::Answer { status, headers, body } => {
            let mut answer = format!("HTTP/1.1 {status} Scripted\r\n");
            for (name, value) in headers {
                write!(answer, "{name}: {value}\r\n").unwrap();
            }
            write!(answer, "content-length: {}\r\n\r\n{body}", body.len()).unwrap();
            stream.write_all(answer.as_bytes()).await.is_ok()
        }
        Reply::Hang => std::future::pending().await,
        Reply::Drop | Reply::Late(..) => false,
    }
}

async fn read(stream: &mut BufReader<impl AsyncRead + Unpin>) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(Some(0), |length| length.parse().ok())?;
    let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
    let (authorization, proxy_authorization) = (header("authorization"), header("proxy-authorization"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let (body, at) = (String::from_utf8(body).ok()?, Instant::now());
    Some(Request { method, target, headers, authorization, proxy_authorization, body, at })
}
