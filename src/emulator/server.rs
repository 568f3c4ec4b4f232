//! Connections: an accept loop of our own, because a fault may close one without an answer.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::hosts::Entrance;
use super::idle::InProgress;
use super::responder::Responder;

/// The most bytes that the head of a request may have.
const MAX_HEAD: usize = 64 << 10;

/// Serves connections until the token is cancelled; those still open are closed then.
pub(crate) async fn run(
    listener: std::net::TcpListener,
    tls: Option<TlsAcceptor>,
    server: Server,
    stop: CancellationToken,
) {
    let listener = TcpListener::from_std(listener).expect("the listener was made non-blocking");
    let accept_all = async {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // The one connection failed while it waited, or files have run out, which passes.
                sleep(Duration::from_millis(10)).await;
                continue;
            };
            tokio::spawn(stop.child_token().run_until_cancelled_owned(server.clone().connection(stream, tls.clone())));
        }
    };
    stop.run_until_cancelled(accept_all).await;
}

/// Everything that a connection needs.
#[derive(Clone)]
pub(crate) struct Server {
    responder: Arc<Responder>,
    /// How long a connection may be silent.
    silence: Duration,
}

impl Server {
    pub(crate) fn new(responder: Responder, silence: Duration) -> Self {
        Self { responder: Arc::new(responder), silence }
    }

    async fn connection(self, stream: TcpStream, tls: Option<TlsAcceptor>) {
        // Answers are small, and a client waits for each of them.
        let _ = stream.set_nodelay(true);
        let Ok(address) = stream.local_addr() else { return };
        let entrance = Entrance { address, tls: tls.is_some() };
        match tls {
            None => self.serve(stream, entrance).await,
            Some(tls) => {
                if let Ok(Ok(stream)) = timeout(self.silence, tls.accept(stream)).await {
                    self.serve(stream, entrance).await;
                }
            }
        }
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S, entrance: Entrance) {
        let (close, in_progress) = (CancellationToken::new(), InProgress::none());
        let service = {
            let (close, in_progress) = (close.clone(), in_progress.clone());
            service_fn(move |request: Request<Incoming>| {
                let (responder, close) = (Arc::clone(&self.responder), close.clone());
                let running = in_progress.begin();
                async move {
                    let response = responder.respond(request.map(Body::new), entrance, &close).await;
                    drop(running);
                    Ok::<_, Infallible>(response)
                }
            })
        };
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http1().max_buf_size(MAX_HEAD);
        let connection = close.run_until_cancelled(builder.serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            // A client that breaks off is its own affair.
            _ = connection => {}
            () = in_progress.idle_for(self.silence) => {}
        }
    }
}
