//! `GET /api/v2/users`: enough to see that a scope works, and that it is missed.

use serde_json::Value;

use super::answer::Answer;
use super::api_error::ApiError;
use super::endpoint::{INCLUDE_TOTALS, PAGE, PER_PAGE, RequestContext};
use super::query::{Kind, Parameter};

pub(crate) const LIST: &[Parameter] = &[
    PAGE,
    PER_PAGE,
    INCLUDE_TOTALS,
    Parameter::new("connection", Kind::NotImitated),
    Parameter::new("fields", Kind::NotImitated),
    Parameter::new("from", Kind::NotImitated),
    Parameter::new("include_fields", Kind::NotImitated),
    Parameter::new("q", Kind::NotImitated),
    Parameter::new("search_engine", Kind::NotImitated),
    Parameter::new("sort", Kind::NotImitated),
    Parameter::new("take", Kind::NotImitated),
];

pub(crate) fn list(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let mut page =
        context.query.paging().paginate(context.tenant.listed_users(), "users", |user| user.document.clone().into())?;
    // Only this list also has the length of the page.
    if let Some(length) = page.get("users").and_then(Value::as_array).map(Vec::len) {
        page["length"] = length.into();
    }
    Ok(Answer::ok(page))
}
