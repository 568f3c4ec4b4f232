//! `/api/v2/clients/{client_id}/credentials`.

use serde_json::Value;

use super::answer::Answer;
use super::api_error::ApiError;
use super::endpoint::{INCLUDE_TOTALS, PAGE, PER_PAGE, RequestContext};
use super::query::Parameter;

/// Paging is accepted and has no effect: the answer is always the whole list.
pub(crate) const LIST: &[Parameter] = &[PAGE, PER_PAGE, INCLUDE_TOTALS];

pub(crate) fn list(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let credentials = context.tenant.listed_credentials(&context.path[0])?;
    let credentials: Vec<Value> = credentials.iter().map(|credential| credential.document.clone().into()).collect();
    Ok(Answer::ok(credentials))
}

pub(crate) fn create(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let body = context.take_body();
    let credential = context.tenant.create_credential(&context.path[0], body)?;
    Ok(Answer::created(credential.document.clone()))
}

pub(crate) fn read(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    Ok(Answer::ok(context.tenant.credential(&context.path[0], &context.path[1])?.document.clone()))
}

/// Answers 200 where the documentation says 201.
pub(crate) fn update(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let body = context.take_body();
    let credential = context.tenant.update_credential(&context.path[0], &context.path[1], body)?;
    Ok(Answer::ok(credential.document.clone()))
}

pub(crate) fn delete(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    context.tenant.delete_credential(&context.path[0], &context.path[1])?;
    Ok(Answer::no_content())
}
