//! `/api/v2/clients`: which clients and which of their properties a token sees.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::answer::Answer;
use super::api_error::ApiError;
use super::authorization::Scopes;
use super::contract::Contract;
use super::endpoint::{FROM, INCLUDE_FIELDS, INCLUDE_TOTALS, PAGE, RequestContext, TAKE};
use super::fields::Selection;
use super::query::{Kind, Parameter, Query};
use super::store::{Client, GrantFilter, Tenant};

const FIELDS: Parameter = Parameter::new("fields", Kind::Names(fields));

pub(crate) const SELECTION: &[Parameter] = &[FIELDS, INCLUDE_FIELDS];

pub(crate) const LIST: &[Parameter] = &[
    FIELDS,
    INCLUDE_FIELDS,
    PAGE,
    Parameter::new("per_page", Kind::Number { minimum: 0, maximum: 100 }),
    INCLUDE_TOTALS,
    FROM,
    TAKE,
    Parameter::new("is_global", Kind::Flag),
    Parameter::new("is_first_party", Kind::Flag),
    Parameter::new("app_type", Kind::Names(types)),
    Parameter::new("external_client_id", Kind::Limited { minimum: 1, maximum: 120 }),
    Parameter::new("q", Kind::Text),
];

/// Properties that every token sees that may read clients.
const SUMMARY: [&str; 5] = ["app_type", "client_id", "description", "name", "tenant"];
/// Properties about the authentication of a client.
const SENSITIVE: [&str; 5] =
    ["client_authentication_methods", "client_secret", "encryption_key", "signing_key", "signing_keys"];
const READ_SENSITIVE: &[&str] = &["read:client_keys", "read:client_credentials"];
const READ_ORDINARY: &[&str] = &["read:clients", "read:client_keys"];

pub(crate) fn list(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let view = View::of(&context.query, &context.scopes)?;
    let signing_keys = context.tenant.listed_signing_keys();
    let types: Option<Vec<&str>> = context.query.text("app_type").map(|names| names.split(',').collect());
    let holds = |name: &str, client: &Client| context.query.flag(name).is_none_or(|wanted| client.flag(name) == wanted);
    let global = context.query.flag("is_global");
    let external = context.query.text("external_client_id");
    let search = context.query.text("q").map(|text| Search::parse(text, &context.query)).transpose()?;
    let wanted = |client: &Client| {
        search.as_ref().is_none_or(|search| search.admits(client, context.tenant))
            && external.is_none_or(|wanted| client.text("external_client_id") == Some(wanted))
            && global.is_none_or(|wanted| client.is_global() == wanted)
            && holds("is_first_party", client)
            && types.as_ref().is_none_or(|types| client.text("app_type").is_some_and(|own| types.contains(&own)))
    };
    let clients = context.tenant.listed_clients().filter(|(_, client)| wanted(client));
    let show = |client: &Client| view.show(client, signing_keys.clone());
    Ok(Answer::ok(context.query.paging().paginate(clients, "clients", show)?).partial(view.is_partial()))
}

pub(crate) fn read(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let view = View::of(&context.query, &context.scopes)?;
    let client = context.tenant.client(&context.path[0])?;
    Ok(Answer::ok(view.show(client, context.tenant.signing_keys())).partial(view.is_partial()))
}

pub(crate) fn create(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let body = context.take_body();
    if body.contains_key("client_authentication_methods") {
        context.scopes.require_any(&["create:client_credentials"])?;
    }
    Ok(Answer::created(context.tenant.create_client(body)?))
}

pub(crate) fn update(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let body = context.take_body();
    for (property, scope) in [
        ("client_secret", "update:client_keys"),
        ("client_authentication_methods", "update:client_credentials"),
        ("token_vault_privileged_access", "update:client_token_vault_privileged_access"),
    ] {
        if body.contains_key(property) {
            context.scopes.require_any(&[scope])?;
        }
    }
    let separate = ["client_secret", "client_authentication_methods", "token_vault_privileged_access"];
    if body.keys().any(|property| !separate.contains(&property.as_str())) {
        context.scopes.require_any(&["update:clients"])?;
    }
    let signing_keys = context.tenant.signing_keys();
    let client = context.tenant.update_client(&context.path[0], body)?;
    let view =
        View { selection: Selection::default(), ordinary: true, sensitive: context.scopes.has_any(READ_SENSITIVE) };
    Ok(Answer::ok(view.show(client, signing_keys)).partial(view.is_partial()))
}

pub(crate) fn delete(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    context.tenant.delete_client(&context.path[0])?;
    Ok(Answer::no_content())
}

pub(crate) fn rotate_secret(context: &mut RequestContext<'_>) -> Result<Answer, ApiError> {
    let signing_keys = context.tenant.signing_keys();
    let client = context.tenant.rotate_secret(&context.path[0])?;
    let everything = View { selection: Selection::default(), ordinary: true, sensitive: true };
    Ok(Answer::ok(everything.show(client, signing_keys)))
}

/// What a request shows of a client.
struct View {
    selection: Selection,
    ordinary: bool,
    sensitive: bool,
}

impl View {
    /// Fails when a property is asked for by name that the token may not see.
    fn of(query: &Query, scopes: &Scopes) -> Result<Self, ApiError> {
        let selection = Selection::new(query.text("fields"), query.flag("include_fields"));
        let view =
            Self { selection, ordinary: scopes.has_any(READ_ORDINARY), sensitive: scopes.has_any(READ_SENSITIVE) };
        match properties().into_iter().find(|name| view.selection.names(name) && !view.permits(name)) {
            None => Ok(view),
            Some(name) if SENSITIVE.contains(&name.as_str()) => Err(ApiError::insufficient_scope(READ_SENSITIVE)),
            Some(_) => Err(ApiError::insufficient_scope(READ_ORDINARY)),
        }
    }

    /// Whether anything may be left out.
    fn is_partial(&self) -> bool {
        !(self.selection.is_everything() && self.ordinary && self.sensitive)
    }

    fn permits(&self, property: &str) -> bool {
        match property {
            _ if SUMMARY.contains(&property) => true,
            _ if SENSITIVE.contains(&property) => self.sensitive,
            _ => self.ordinary,
        }
    }

    /// What the token may not see is left out without a word.
    fn show(&self, client: &Client, signing_keys: Value) -> Value {
        let mut document: Map<String, Value> = client.document();
        document.insert("signing_keys".into(), signing_keys);
        document.retain(|property, _| self.permits(property));
        self.selection.apply(document, &["tenant"]).into()
    }
}

/// The two searches that `q` is documented for.
enum Search<'q> {
    /// Clients with a grant that is associated with the organization.
    Organization(&'q str),
    /// Clients with a grant for any organization.
    AnyOrganization,
}

impl<'q> Search<'q> {
    /// A search goes from checkpoint to checkpoint and with no other filter.
    fn parse(text: &'q str, query: &Query) -> Result<Self, ApiError> {
        if query.text("take").or(query.text("from")).is_none() {
            return Err(ApiError::bad_query("'q needs checkpoint pagination, with from or take'"));
        }
        let filters = ["is_global", "is_first_party", "app_type", "external_client_id"];
        if let Some(filter) = filters.iter().find(|name| query.text(name).is_some()) {
            return Err(ApiError::bad_query(format_args!("'q and {filter} exclude each other'")));
        }
        match text.split_once(':') {
            Some(("client_grant.organization_id", id)) if !id.is_empty() => Ok(Self::Organization(id)),
            Some(("client_grant.allow_any_organization", "true")) => Ok(Self::AnyOrganization),
            _ => Err(ApiError::not_imitated(format_args!("the search {text:?}"))),
        }
    }

    fn admits(&self, client: &Client, tenant: &Tenant) -> bool {
        let filter = GrantFilter { client_id: Some(client.id().into()), ..GrantFilter::default() };
        tenant.listed_client_grants(&filter).any(|(id, grant)| match self {
            Self::AnyOrganization => grant.get("allow_any_organization") == Some(&Value::Bool(true)),
            Self::Organization(organization) => tenant.lists_association(organization, id),
        })
    }
}

/// What can be asked for by name, which is not everything.
fn fields() -> BTreeSet<String> {
    Contract::new("clients.field").choices()
}

/// Every kind of client.
fn types() -> BTreeSet<String> {
    Contract::new("clients.app_type").choices()
}

/// Every property that a client may have.
fn properties() -> BTreeSet<String> {
    let mut names = Contract::new("clients.client").properties();
    names.extend(Contract::new("clients.created").properties());
    names
}
