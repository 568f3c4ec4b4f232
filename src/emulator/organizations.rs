//! `/api/v2/organizations`: as much as the client grants of an organization need.

use std::iter;

use serde_json::{Value, json};

use super::answer::Answer;
use super::api_error::ApiError;
use super::endpoint::{FROM, INCLUDE_TOTALS, PAGE, PER_PAGE, RequestContext, TAKE};
use super::query::{Kind, Parameter};
use super::store::{GrantFilter, Organization};

pub(crate) const LIST: &[Parameter] =
    &[PAGE, PER_PAGE, INCLUDE_TOTALS, FROM, TAKE, Parameter::new("sort", Kind::NotImitated)];

pub(crate) const GRANTS: &[Parameter] = &[
    PAGE,
    PER_PAGE,
    INCLUDE_TOTALS,
    Parameter::new("audience", Kind::Limited { minimum: 0, maximum: 600 }),
    Parameter::new("client_id", Kind::Text),
    Parameter::new("grant_ids", Kind::Several { maximum: 10, shortest: 0 }),
];

pub(crate) const CONNECTIONS: &[Parameter] =
    &[PAGE, PER_PAGE, INCLUDE_TOTALS, Parameter::new("is_enabled", Kind::Flag)];

pub(crate) const MEMBERS: &[Parameter] = &[
    PAGE,
    PER_PAGE,
    INCLUDE_TOTALS,
    FROM,
    TAKE,
    Parameter::new("fields", Kind::Text),
    Parameter::new("include_fields", Kind::Flag),
];

pub(crate) fn list(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    Ok(Answer::ok(context.query.paging().paginate(context.tenant.listed_organizations(), "organizations", show)?))
}

pub(crate) fn create(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let mut body = context.take_body();
    if body.remove("enabled_connections").is_some_and(|connections| connections != json!([])) {
        return Err(ApiError::not_imitated("connections"));
    }
    Ok(Answer::created(show(context.tenant.create_organization(body)?)))
}

pub(crate) fn read(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    Ok(Answer::ok(show(context.tenant.organization(&context.path[0])?)))
}

pub(crate) fn read_by_name(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    Ok(Answer::ok(show(context.tenant.organization_by_name(&context.path[0])?)))
}

#[expect(clippy::unnecessary_wraps, reason = "all handlers have the same signature")]
pub(crate) fn delete(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    context.tenant.delete_organization(&context.path[0]);
    Ok(Answer::no_content())
}

pub(crate) fn grants(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let text = |name| context.query.text(name).map(str::to_owned);
    let filter = GrantFilter { client_id: text("client_id"), audience: text("audience"), ..GrantFilter::default() };
    let ids: Vec<&str> = context.query.all("grant_ids").collect();
    let grants = context.tenant.listed_grants_of_organization(&context.path[0], &filter, &ids)?;
    Ok(Answer::ok(context.query.paging().paginate(grants, "client_grants", |grant| grant.clone().into())?))
}

/// This answer alone calls the id `grant_id`, and says nothing of the subject.
pub(crate) fn associate(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let body = context.take_body();
    let grant = body.get("grant_id").and_then(Value::as_str).unwrap_or_default();
    let mut answer = context.tenant.associate_grant(&context.path[0], grant)?.clone();
    answer.retain(|name, _| !matches!(name.as_str(), "id" | "subject_type"));
    answer.insert("grant_id".into(), grant.into());
    Ok(Answer::created(answer))
}

pub(crate) fn dissociate(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    context.tenant.dissociate_grant(&context.path[0], &context.path[1])?;
    Ok(Answer::no_content())
}

/// Always empty: the emulator has no way to enable one.
pub(crate) fn connections(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    context.tenant.organization(&context.path[0])?;
    Ok(Answer::ok(context.query.paging().paginate(iter::empty(), "connections", |none: Value| none)?))
}

/// Always empty: the emulator has no way to add one.
pub(crate) fn members(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    context.tenant.organization(&context.path[0])?;
    Ok(Answer::ok(context.query.paging().paginate(iter::empty(), "members", |none: Value| none)?))
}

/// An organization as answers show it.
pub(crate) fn show(organization: &Organization) -> Value {
    organization.document.clone().into()
}
