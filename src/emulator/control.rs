//! `/_emulator`: the log, the faults and the state, for tests that drive the emulator from outside.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::json;

use super::Shared;
use super::answer::Answer;
use super::error::ApiError;
use super::faults::Fault;

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/requests", get(requests).delete(clear_requests))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/state", get(state).put(put_state).layer(DefaultBodyLimit::disable()))
}

async fn requests(State(shared): State<Arc<Shared>>) -> Answer {
    Answer::ok(json!({ "requests": shared.log().requests() }))
}

async fn clear_requests(State(shared): State<Arc<Shared>>) -> Answer {
    shared.log().clear();
    Answer::no_content()
}

async fn faults(State(shared): State<Arc<Shared>>) -> Answer {
    Answer::ok(json!({ "faults": shared.faults().rules() }))
}

async fn add_fault(State(shared): State<Arc<Shared>>, body: Bytes) -> Result<Answer, ApiError> {
    let fault: Fault = serde_json::from_slice(&body)
        .map_err(|error| ApiError::new(StatusCode::BAD_REQUEST, "invalid_fault", error.to_string()))?;
    fault.check().map_err(|reason| ApiError::new(StatusCode::BAD_REQUEST, "invalid_fault", reason))?;
    let answer = Answer::created(json!(fault));
    shared.faults().add(fault);
    Ok(answer)
}

async fn clear_faults(State(shared): State<Arc<Shared>>) -> Answer {
    shared.faults().clear();
    Answer::no_content()
}

async fn state(State(shared): State<Arc<Shared>>) -> Answer {
    Answer::ok(shared.with_tenant(|tenant| tenant.dump()))
}

async fn put_state(State(shared): State<Arc<Shared>>, body: Bytes) -> Result<Answer, ApiError> {
    let invalid = |reason: String| ApiError::new(StatusCode::BAD_REQUEST, "invalid_state", reason);
    let state = serde_json::from_slice(&body).map_err(|error| invalid(error.to_string()))?;
    shared.with_tenant(|tenant| tenant.restore(state)).map_err(invalid)?;
    Ok(Answer::no_content())
}
