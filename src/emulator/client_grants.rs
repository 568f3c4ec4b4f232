//! `/api/v2/client-grants`.

use super::answer::Answer;
use super::api_error::ApiError;
use super::endpoint::{FROM, INCLUDE_TOTALS, PAGE, PER_PAGE, RequestContext, TAKE};
use super::organizations;
use super::query::{Kind, Parameter};
use super::store::GrantFilter;

pub(crate) const LIST: &[Parameter] = &[
    PAGE,
    PER_PAGE,
    INCLUDE_TOTALS,
    FROM,
    TAKE,
    Parameter::new("audience", Kind::Text),
    Parameter::new("client_id", Kind::Text),
    Parameter::new("allow_any_organization", Kind::OneOf(&["true"])),
    Parameter::new("subject_type", Kind::OneOf(&["client", "user"])),
    Parameter::new("default_for", Kind::OneOf(&["third_party_clients"])),
];

pub(crate) const ORGANIZATIONS: &[Parameter] = &[PAGE, PER_PAGE, INCLUDE_TOTALS, FROM, TAKE];

pub(crate) fn list(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let text = |name| context.query.text(name).map(str::to_owned);
    let filter = GrantFilter {
        client_id: text("client_id"),
        audience: text("audience"),
        subject_type: text("subject_type"),
        default_for: text("default_for"),
        allow_any_organization: context.query.flag("allow_any_organization"),
    };
    if filter.client_id.is_some() && filter.default_for.is_some() {
        return Err(ApiError::bad_query("'client_id and default_for exclude each other'"));
    }
    let grants = context.tenant.listed_client_grants(&filter);
    Ok(Answer::ok(context.query.paging().paginate(grants, "client_grants", |grant| grant.clone().into())?))
}

pub(crate) fn create(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let body = context.take_body();
    Ok(Answer::created(context.tenant.create_client_grant(body)?.clone()))
}

pub(crate) fn read(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    Ok(Answer::ok(context.tenant.client_grant(&context.path[0])?.clone()))
}

pub(crate) fn update(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let body = context.take_body();
    Ok(Answer::ok(context.tenant.update_client_grant(&context.path[0], body)?.clone()))
}

#[expect(clippy::unnecessary_wraps, reason = "all handlers have the same signature")]
pub(crate) fn delete(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    context.tenant.delete_client_grant(&context.path[0]);
    Ok(Answer::no_content())
}

/// The organizations that the grant was associated with.
pub(crate) fn organizations(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let id = &context.path[0];
    context.tenant.client_grant(id)?;
    let associated = context.tenant.listed_organizations().filter(|(_, organization)| organization.grants.contains(id));
    Ok(Answer::ok(context.query.paging().paginate(associated, "organizations", organizations::show)?))
}
