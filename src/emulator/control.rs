//! `/_emulator`: the log, the faults and the state, for tests that drive the emulator from outside.
#![expect(clippy::unnecessary_wraps, reason = "all handlers have the same signature")]

use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use super::Shared;
use super::answer::Answer;
use super::api_error::ApiError;
use super::faults::Fault;

pub(crate) fn requests(shared: &Shared, _: &HeaderMap, _: &[u8]) -> Result<Answer, ApiError> {
    Ok(Answer::ok(json!({ "requests": shared.log().requests().collect::<Vec<_>>() })))
}

pub(crate) fn clear_requests(shared: &Shared, _: &HeaderMap, _: &[u8]) -> Result<Answer, ApiError> {
    shared.log().clear();
    Ok(Answer::no_content())
}

pub(crate) fn faults(shared: &Shared, _: &HeaderMap, _: &[u8]) -> Result<Answer, ApiError> {
    Ok(Answer::ok(json!({ "faults": shared.faults().rules() })))
}

pub(crate) fn add_fault(shared: &Shared, _: &HeaderMap, body: &[u8]) -> Result<Answer, ApiError> {
    let invalid = |reason: String| ApiError::new(StatusCode::BAD_REQUEST, "invalid_fault", reason);
    let fault: Fault = serde_json::from_slice(body).map_err(|error| invalid(error.to_string()))?;
    fault.validate().map_err(invalid)?;
    let answer = Answer::created(json!(fault));
    shared.faults().add(fault);
    Ok(answer)
}

pub(crate) fn clear_faults(shared: &Shared, _: &HeaderMap, _: &[u8]) -> Result<Answer, ApiError> {
    shared.faults().clear();
    Ok(Answer::no_content())
}

pub(crate) fn state(shared: &Shared, _: &HeaderMap, _: &[u8]) -> Result<Answer, ApiError> {
    Ok(Answer::ok(shared.change_tenant(|tenant| tenant.dump())?))
}

pub(crate) fn put_state(shared: &Shared, _: &HeaderMap, body: &[u8]) -> Result<Answer, ApiError> {
    let invalid = |reason: String| ApiError::new(StatusCode::BAD_REQUEST, "invalid_state", reason);
    let state = serde_json::from_slice(body).map_err(|error| invalid(error.to_string()))?;
    shared.change_tenant(|tenant| tenant.restore(state))?.map_err(invalid)?;
    Ok(Answer::no_content())
}
