//! `/api/v2/resource-servers`.

use super::answer::Answer;
use super::api_error::ApiError;
use super::endpoint::{INCLUDE_FIELDS, INCLUDE_TOTALS, PAGE, PER_PAGE, RequestContext};
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

pub(crate) fn list(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let identifiers: Vec<&str> = context.query.all("identifiers").collect();
    let selection = selection(context);
    let wanted = context
        .tenant
        .listed_resource_servers()
        .filter(|(_, api)| identifiers.is_empty() || identifiers.contains(&api.identifier()));
    let show = |api: &ResourceServer| selection.apply(api.document.clone(), &[]).into();
    Ok(Answer::ok(context.query.paging().paginate(wanted, "resource_servers", show)?)
        .partial(!selection.is_everything()))
}

pub(crate) fn create(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let body = context.take_body();
    Ok(Answer::created(context.tenant.create_resource_server(body)?.document.clone()))
}

pub(crate) fn read(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let selection = selection(context);
    let api = context.tenant.resource_server(&context.path[0])?.document.clone();
    Ok(Answer::ok(selection.apply(api, &[])).partial(!selection.is_everything()))
}

/// Answers 200 where the documentation says 201.
pub(crate) fn update(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let body = context.take_body();
    Ok(Answer::ok(context.tenant.update_resource_server(&context.path[0], body)?.document.clone()))
}

pub(crate) fn delete(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    context.tenant.delete_resource_server(&context.path[0])?;
    Ok(Answer::no_content())
}

fn selection(context: &RequestContext<'_>) -> Selection {
    Selection::new(context.query.text("fields"), context.query.flag("include_fields"))
}
