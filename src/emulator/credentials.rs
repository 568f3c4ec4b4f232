//! `/api/v2/clients/{client_id}/credentials`.

use serde_json::Value;

use super::answer::Answer;
use super::endpoint::{Call, INCLUDE_TOTALS, PAGE, PER_PAGE};
use super::error::ApiError;
use super::query::Parameter;

/// Paging is accepted and has no effect: the answer is always the whole list.
pub(crate) const LIST: &[Parameter] = &[PAGE, PER_PAGE, INCLUDE_TOTALS];

pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, ApiError> {
    let credentials = call.tenant.listed_credentials(&call.path[0])?;
    let credentials: Vec<Value> = credentials.iter().map(|credential| credential.document.clone().into()).collect();
    Ok(Answer::ok(credentials))
}

pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, ApiError> {
    let body = call.take_body();
    let credential = call.tenant.create_credential(&call.path[0], body)?;
    Ok(Answer::created(credential.document.clone()))
}

pub(crate) fn read(call: &mut Call<'_>) -> Result<Answer, ApiError> {
    Ok(Answer::ok(call.tenant.credential(&call.path[0], &call.path[1])?.document.clone()))
}

/// Answers 200 where the documentation says 201.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Answer, ApiError> {
    let body = call.take_body();
    let credential = call.tenant.update_credential(&call.path[0], &call.path[1], body)?;
    Ok(Answer::ok(credential.document.clone()))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, ApiError> {
    call.tenant.delete_credential(&call.path[0], &call.path[1])?;
    Ok(Answer::no_content())
}
