//! `/api/v2/resource-servers`.

use super::answer::Answer;
use super::endpoint::{Call, INCLUDE_FIELDS, INCLUDE_TOTALS, PAGE, PER_PAGE};
use super::error::ApiError;
use super::fields::Selection;
use super::query::{Kind, Parameter};
use super::store::ResourceServer;

const FIELDS: Parameter = Parameter::new("fields", Kind::Text);

pub(crate) const SELECTION: &[Parameter] = &[FIELDS, INCLUDE_FIELDS];

pub(crate) const LIST: &[Parameter] = &[
    PAGE,
    PER_PAGE,
    INCLUDE_TOTALS,
    FIELDS,
    INCLUDE_FIELDS,
    Parameter::new("identifiers", Kind::Several { maximum: 10, shortest: 1 }),
];

pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, ApiError> {
    let identifiers: Vec<&str> = call.query.all("identifiers").collect();
    let selection = selection(call);
    let wanted = call
        .tenant
        .listed_resource_servers()
        .filter(|(_, api)| identifiers.is_empty() || identifiers.contains(&api.identifier()));
    let show = |api: &ResourceServer| selection.apply(api.document.clone(), &[]).into();
    Ok(Answer::ok(call.query.paging().of(wanted, "resource_servers", show)?).partial(!selection.is_everything()))
}

pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, ApiError> {
    let body = call.take_body();
    Ok(Answer::created(call.tenant.create_resource_server(body)?.document.clone()))
}

pub(crate) fn read(call: &mut Call<'_>) -> Result<Answer, ApiError> {
    let selection = selection(call);
    let api = call.tenant.resource_server(&call.path[0])?.document.clone();
    Ok(Answer::ok(selection.apply(api, &[])).partial(!selection.is_everything()))
}

/// Answers 200 where the documentation says 201.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Answer, ApiError> {
    let body = call.take_body();
    Ok(Answer::ok(call.tenant.update_resource_server(&call.path[0], body)?.document.clone()))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, ApiError> {
    call.tenant.delete_resource_server(&call.path[0])?;
    Ok(Answer::no_content())
}

fn selection(call: &Call<'_>) -> Selection {
    Selection::new(call.query.text("fields"), call.query.flag("include_fields"))
}
