//! One connection that is kept as long as the emulator keeps it.

use axum::body::{Body, to_bytes};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::requests::Sent;

pub(super) struct Connection {
    address: String,
    sender: Option<SendRequest<Body>>,
}

#[derive(Debug)]
pub(super) struct Received {
    pub status: u16,
    pub content_type: String,
    pub body: Value,
}

impl Connection {
    pub(super) fn to(address: &str) -> Self {
        Self { address: address.to_owned(), sender: None }
    }

    /// Fails when the emulator closes the connection instead of answering, as it does when a handler panics.
    pub(super) async fn exchange(&mut self, sent: &Sent) -> Result<Received, String> {
        let mut request = Request::builder().method(sent.method.as_str()).uri(&sent.uri).header("host", &self.address);
        for (name, value) in &sent.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(sent.body.clone())).map_err(|error| error.to_string())?;
        let response = self.sender().await.send_request(request).await.map_err(|error| error.to_string())?;
        received(response).await
    }

    async fn sender(&mut self) -> &mut SendRequest<Body> {
        let usable = match &mut self.sender {
            Some(sender) => sender.ready().await.is_ok(),
            None => false,
        };
        if !usable {
            let stream = TcpStream::connect(&self.address).await.unwrap();
            let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
            tokio::spawn(connection);
            self.sender = Some(sender);
        }
        self.sender.as_mut().expect("it is there by now")
    }
}

async fn received(response: Response<Incoming>) -> Result<Received, String> {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(Body::new(body), usize::MAX).await.map_err(|error| error.to_string())?;
    let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or_default().to_owned());
    let body = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).map_err(|error| error.to_string())?
    };
    Ok(Received { status: parts.status.as_u16(), content_type: text("content-type").unwrap_or_default(), body })
}
