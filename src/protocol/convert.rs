//! Converts wire messages to requests of the framework, and its responses to wire messages. Decides nothing.

mod stateless;

use std::collections::BTreeMap;

use super::wire::tfplugin6 as wire;
use crate::diagnostic::{Diagnostic, Diagnostics, Path, Severity, Step};
use crate::foreign;
use crate::framework::{
    ApplyRequest, ApplyResponse, ConfigureRequest, DataSourceRequest, DataSourceResponse, ImportRequest,
    ImportResponse, Imported, PlanRequest, PlanResponse, ReadRequest, ReadResponse, Schemas, UpgradeRequest,
    UpgradeResponse,
};
use crate::schema::{Attribute, Kind, Nesting, Schema};
use crate::value::Encoded;

pub(super) use stateless::progress;

/// An absent or empty value is null.
pub(super) fn value(value: Option<wire::DynamicValue>) -> Encoded {
    value.map(|wire::DynamicValue { msgpack, json }| Encoded { msgpack, json }).unwrap_or_default()
}

impl From<Encoded> for wire::DynamicValue {
    fn from(Encoded { msgpack, json }: Encoded) -> Self {
        Self { msgpack, json }
    }
}

/// The last look at a message before Terraform prints it.
impl From<Diagnostic> for wire::Diagnostic {
    fn from(Diagnostic { severity, summary, detail, path, out_of_time: _ }: Diagnostic) -> Self {
        let severity = match severity {
            Severity::Error => wire::diagnostic::Severity::Error,
            Severity::Warning => wire::diagnostic::Severity::Warning,
        };
        let (summary, detail) = (foreign::lines(&summary), foreign::lines(&detail));
        Self { severity: severity.into(), summary, detail, attribute: path.as_ref().map(place) }
    }
}

fn diagnostics(diagnostics: Diagnostics) -> Vec<wire::Diagnostic> {
    diagnostics.into_iter().map(Into::into).collect()
}

/// The place of a problem, in a form with which Terraform finds the line.
///
/// Terraform looks only for an attribute, and for an element by its key in the expression. A nested object is written
/// like a map, so its attributes are named as elements.
fn place(path: &Path) -> wire::AttributePath {
    match path.steps() {
        [blocks @ .., Step::Attribute(outer), Step::Attribute(inner)] => {
            (&Path::from(blocks.to_vec()).attribute(outer).key(inner)).into()
        }
        _ => path.into(),
    }
}

impl From<&Path> for wire::AttributePath {
    fn from(path: &Path) -> Self {
        use wire::attribute_path::step::Selector;
        let step = |step: &Step| match step.clone() {
            Step::Attribute(name) | Step::Block(name) => Selector::AttributeName(name),
            Step::Key(key) => Selector::ElementKeyString(key),
            Step::Index(index) => Selector::ElementKeyInt(index),
        };
        let steps = path.steps().iter().map(|each| wire::attribute_path::Step { selector: Some(step(each)) });
        Self { steps: steps.collect() }
    }
}

impl From<&Schema> for wire::Schema {
    fn from(schema: &Schema) -> Self {
        Self { version: schema.version, block: Some(block(&schema.attributes, &schema.description)) }
    }
}

/// A block message must be present even if it is empty. Otherwise Terraform crashes.
fn block(attributes: &[Attribute], description: &str) -> wire::schema::Block {
    wire::schema::Block {
        attributes: attributes.iter().filter(|each| each.behaviour.block().is_none()).map(Into::into).collect(),
        block_types: attributes.iter().filter_map(nested_block).collect(),
        description: description.to_owned(),
        description_kind: wire::StringKind::Markdown.into(),
        ..wire::schema::Block::default()
    }
}

fn nested_block(Attribute { name, description, kind, behaviour }: &Attribute) -> Option<wire::schema::NestedBlock> {
    use wire::schema::nested_block::NestingMode;
    let (Kind::Nested { nesting, attributes }, Some(limits)) = (kind, behaviour.block()) else { return None };
    let nesting = match nesting {
        Nesting::Single if limits.group => NestingMode::Group,
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    Some(wire::schema::NestedBlock {
        type_name: (*name).to_owned(),
        block: Some(block(attributes, description)),
        nesting: nesting.into(),
        min_items: 0,
        max_items: limits.max,
    })
}

impl From<&Attribute> for wire::schema::Attribute {
    fn from(Attribute { name, description, kind, behaviour }: &Attribute) -> Self {
        let (r#type, nested_type) = match kind {
            Kind::Value(ty) => (ty.to_json().into(), None),
            Kind::Nested { nesting, attributes } => (bytes::Bytes::new(), Some(object(*nesting, attributes))),
        };
        Self {
            name: (*name).to_owned(),
            r#type,
            nested_type,
            description: description.clone(),
            description_kind: wire::StringKind::Markdown.into(),
            required: behaviour.is_required(),
            optional: behaviour.is_optional(),
            computed: behaviour.is_computed(),
            // Not for types without state: there is nothing to hide, and Terraform would write the attribute's name
            // into the state of each object.
            sensitive: behaviour.sensitive && !behaviour.write_only,
            write_only: behaviour.write_only,
            deprecated: behaviour.deprecated.is_some(),
            deprecation_message: behaviour.deprecated.unwrap_or_default().to_owned(),
        }
    }
}

fn object(nesting: Nesting, attributes: &[Attribute]) -> wire::schema::Object {
    use wire::schema::object::NestingMode;
    let nesting = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    wire::schema::Object {
        attributes: attributes.iter().map(Into::into).collect(),
        nesting: nesting.into(),
        ..wire::schema::Object::default()
    }
}

/// All types. Older clients ignore what they do not know.
impl From<&Schemas> for wire::get_provider_schema::Response {
    fn from(Schemas { provider, resources, data_sources, ephemeral_resources, actions }: &Schemas) -> Self {
        let by_name = |schemas: &BTreeMap<&str, Schema>| {
            schemas.iter().map(|(name, schema)| ((*name).to_owned(), schema.into())).collect()
        };
        Self {
            provider: Some(provider.into()),
            resource_schemas: by_name(resources),
            data_source_schemas: by_name(data_sources),
            ephemeral_resource_schemas: by_name(ephemeral_resources),
            action_schemas: actions.iter().map(|(name, schema)| ((*name).to_owned(), schema.into())).collect(),
            server_capabilities: Some(CAPABILITIES),
            ..Self::default()
        }
    }
}

impl From<&Schemas> for wire::get_metadata::Response {
    fn from(Schemas { provider: _, resources, data_sources, ephemeral_resources, actions }: &Schemas) -> Self {
        use wire::get_metadata::{ActionMetadata, DataSourceMetadata, EphemeralMetadata, ResourceMetadata};
        let resource = |name: &&str| ResourceMetadata { type_name: (*name).to_owned() };
        let data_source = |name: &&str| DataSourceMetadata { type_name: (*name).to_owned() };
        let ephemeral = |name: &&str| EphemeralMetadata { type_name: (*name).to_owned() };
        let action = |name: &&str| ActionMetadata { type_name: (*name).to_owned() };
        Self {
            resources: resources.keys().map(resource).collect(),
            data_sources: data_sources.keys().map(data_source).collect(),
            ephemeral_resources: ephemeral_resources.keys().map(ephemeral).collect(),
            actions: actions.keys().map(action).collect(),
            server_capabilities: Some(CAPABILITIES),
            ..Self::default()
        }
    }
}

/// The capabilities of the server. A process also works if the host never reads its schema.
const CAPABILITIES: wire::ServerCapabilities = wire::ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: false,
};

macro_rules! from_diagnostics {
    ($($rpc:ident),* $(,)?) => {
        $(impl From<Diagnostics> for wire::$rpc::Response {
            fn from(found: Diagnostics) -> Self {
                Self { diagnostics: diagnostics(found) }
            }
        })*
    };
}

from_diagnostics!(
    close_ephemeral_resource,
    configure_provider,
    validate_action_config,
    validate_data_resource_config,
    validate_ephemeral_resource_config,
    validate_provider_config,
    validate_resource_config,
);

impl From<wire::configure_provider::Request> for ConfigureRequest {
    fn from(request: wire::configure_provider::Request) -> Self {
        Self { terraform_version: request.terraform_version, config: value(request.config) }
    }
}

impl From<wire::upgrade_resource_state::Request> for UpgradeRequest {
    fn from(request: wire::upgrade_resource_state::Request) -> Self {
        let wire::RawState { json, flatmap } = request.raw_state.unwrap_or_default();
        Self { type_name: request.type_name, version: request.version, json, flatmap: !flatmap.is_empty() }
    }
}

impl From<UpgradeResponse> for wire::upgrade_resource_state::Response {
    fn from(UpgradeResponse { upgraded_state, diagnostics: found }: UpgradeResponse) -> Self {
        Self { upgraded_state: upgraded_state.map(Into::into), diagnostics: diagnostics(found) }
    }
}

impl From<wire::read_resource::Request> for ReadRequest {
    fn from(request: wire::read_resource::Request) -> Self {
        Self { type_name: request.type_name, current_state: value(request.current_state), private: request.private }
    }
}

impl From<ReadResponse> for wire::read_resource::Response {
    fn from(ReadResponse { new_state, private, diagnostics: found }: ReadResponse) -> Self {
        Self { new_state: new_state.map(Into::into), private, diagnostics: diagnostics(found), ..Self::default() }
    }
}

impl From<wire::plan_resource_change::Request> for PlanRequest {
    fn from(request: wire::plan_resource_change::Request) -> Self {
        Self {
            type_name: request.type_name,
            prior_state: value(request.prior_state),
            proposed_new_state: value(request.proposed_new_state),
            config: value(request.config),
            prior_private: request.prior_private,
        }
    }
}

impl From<PlanResponse> for wire::plan_resource_change::Response {
    fn from(response: PlanResponse) -> Self {
        let PlanResponse { planned_state, requires_replace, planned_private, diagnostics: found } = response;
        Self {
            planned_state: planned_state.map(Into::into),
            requires_replace: requires_replace.iter().map(Into::into).collect(),
            planned_private,
            diagnostics: diagnostics(found),
            ..Self::default()
        }
    }
}

impl From<wire::apply_resource_change::Request> for ApplyRequest {
    fn from(request: wire::apply_resource_change::Request) -> Self {
        Self {
            type_name: request.type_name,
            prior_state: value(request.prior_state),
            planned_state: value(request.planned_state),
            config: value(request.config),
            planned_private: request.planned_private,
        }
    }
}

impl From<ApplyResponse> for wire::apply_resource_change::Response {
    fn from(ApplyResponse { new_state, private, diagnostics: found }: ApplyResponse) -> Self {
        Self { new_state: new_state.map(Into::into), private, diagnostics: diagnostics(found), ..Self::default() }
    }
}

impl From<wire::import_resource_state::Request> for ImportRequest {
    fn from(request: wire::import_resource_state::Request) -> Self {
        Self { type_name: request.type_name, id: request.id }
    }
}

impl From<ImportResponse> for wire::import_resource_state::Response {
    fn from(ImportResponse { imported, diagnostics: found }: ImportResponse) -> Self {
        Self {
            imported_resources: imported.into_iter().map(Into::into).collect(),
            diagnostics: diagnostics(found),
            ..Self::default()
        }
    }
}

impl From<Imported> for wire::import_resource_state::ImportedResource {
    fn from(Imported { type_name, state, private }: Imported) -> Self {
        Self { type_name, state: Some(state.into()), private, identity: None }
    }
}

impl From<wire::read_data_source::Request> for DataSourceRequest {
    fn from(request: wire::read_data_source::Request) -> Self {
        Self { type_name: request.type_name, config: value(request.config) }
    }
}

impl From<DataSourceResponse> for wire::read_data_source::Response {
    fn from(DataSourceResponse { state, diagnostics: found }: DataSourceResponse) -> Self {
        Self { state: state.map(Into::into), diagnostics: diagnostics(found), ..Self::default() }
    }
}
