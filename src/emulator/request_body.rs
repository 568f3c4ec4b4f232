//! Bodies of requests: read within bounds, and only from those who may send one.

use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use bytes::{Bytes, BytesMut};
use tokio::time::timeout;
use tokio_stream::StreamExt as _;

use super::api_error::ApiError;

/// What is taken and thrown away of a body that is refused, so that the client gets to read why: a connection that is closed while
/// the client is sending may swallow the answer.
const DISCARDED: usize = 16 << 20;

/// What came of the body of a request.
#[derive(Debug, Clone)]
pub(crate) enum RequestBody {
    /// It was read; empty where there is none.
    Whole(Bytes),
    /// It was left alone: the request has no token.
    Unread,
    /// It has more bytes than this.
    TooLarge(usize),
    /// It stopped coming.
    Stalled,
}

impl RequestBody {
    /// Reads at most so many bytes, and waits for more of them no longer than this.
    pub(crate) async fn read(request: &Parts, body: Body, limit: usize, silence: Duration) -> Self {
        if body.size_hint().lower() > limit as u64 {
            discard(request, body, silence);
            return Self::TooLarge(limit);
        }
        let (mut chunks, mut bytes) = (body.into_data_stream(), BytesMut::new());
        loop {
            match timeout(silence, chunks.next()).await {
                Ok(None) => return Self::Whole(bytes.freeze()),
                Ok(Some(Ok(chunk))) if bytes.len() + chunk.len() <= limit => bytes.extend_from_slice(&chunk),
                Ok(Some(Ok(_))) => {
                    discard(request, Body::from_stream(chunks), silence);
                    return Self::TooLarge(limit);
                }
                Ok(Some(Err(_))) | Err(_) => return Self::Stalled,
            }
        }
    }

    /// Reads nothing.
    pub(crate) fn refuse(request: &Parts, body: Body, silence: Duration) -> Self {
        discard(request, body, silence);
        Self::Unread
    }

    /// The bytes; none of a body that was not read.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) => bytes,
            _ => &[],
        }
    }

    /// The bytes, or why the request is refused, in the form of errors of its endpoint.
    pub(crate) fn expect(self, is_oauth: bool) -> Result<Bytes, ApiError> {
        match self {
            Self::Whole(bytes) => Ok(bytes),
            Self::Unread => Ok(Bytes::new()),
            Self::TooLarge(limit) => Err(ApiError::body_too_large(is_oauth, limit)),
            Self::Stalled => {
                Err(ApiError::without_code(StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time"))
            }
        }
    }
}

/// Takes what a client goes on sending while it is being answered, unless it waits for leave to send.
fn discard(request: &Parts, body: Body, silence: Duration) {
    if request.headers.contains_key(header::EXPECT) {
        return;
    }
    let take = async move {
        let (mut chunks, mut taken) = (body.into_data_stream(), 0);
        while let Some(Ok(chunk)) = chunks.next().await {
            taken += chunk.len();
            if taken > DISCARDED {
                break;
            }
        }
    };
    tokio::spawn(timeout(silence, take));
}
