//! Documentation pages in the layout of the Terraform Registry, from a schema and its examples.
//!
//! The form is that of `tfplugindocs`: front matter, description, example, attributes by group, nested attributes under
//! anchors, import. A page depends only on its [`Page`], so a test can compare it with the stored page.
//! No published type has blocks, so pages do not tell them from attributes.

use std::fmt::Write as _;

use super::{Attribute, Default, Kind, Mode, Nesting, Rule, Schema};
use crate::value::Type;

/// Everything that a page contains.
#[derive(Debug, Clone)]
pub struct Page<'a> {
    /// The provider's name: the prefix of its type names.
    pub provider: &'a str,
    /// What the page is about.
    pub subject: Subject<'a>,
    /// The page's group in the navigation of the Registry; empty for none.
    pub subcategory: &'a str,
    /// Its schema.
    pub schema: &'a Schema,
    /// Example configuration.
    pub example: &'a str,
    /// How to import objects; empty if that is not possible.
    pub import: Import<'a>,
}

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// The provider itself.
    Provider,
    /// The resource of this type name.
    Resource(&'a str),
    /// The data source of this type name.
    DataSource(&'a str),
    /// The ephemeral resource of this type name.
    EphemeralResource(&'a str),
    /// The action of this type name.
    Action(&'a str),
}

/// Examples of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Import<'a> {
    /// As a block of the configuration.
    pub block: &'a str,
    /// As a command.
    pub command: &'a str,
}

impl Page<'_> {
    /// The page as Markdown.
    #[must_use]
    pub fn render(&self) -> String {
        let description = self.schema.description.as_str();
        // The page of the provider starts with an example. The text after the summary explains the configuration.
        let (before, after) = match self.subject {
            Subject::Provider => description.split_once("\n\n").unwrap_or((description, "")),
            _ => (description, ""),
        };
        let mut page = self.front_matter();
        let _ = write!(page, "\n# {}\n\n{before}\n", self.heading());
        if !self.example.is_empty() {
            let _ = write!(page, "\n## Example Usage\n\n{}", fenced("terraform", self.example));
        }
        if !after.is_empty() {
            let _ = write!(page, "\n## Configuration\n\n{after}\n");
        }
        page.push_str("\n## Schema\n");
        write_attributes(&mut page, &self.schema.attributes, &[]);
        self.write_import(&mut page);
        page
    }

    fn front_matter(&self) -> String {
        let title = match self.subject {
            Subject::Provider => format!("Provider: {}", self.provider),
            _ => {
                format!("{} - terraform-provider-{}", self.heading().replace(['(', ')'], ""), self.provider)
            }
        };
        let summary = self.schema.description.split("\n\n").next().unwrap_or_default();
        let summary = on_one_line(summary).replace('`', "");
        let group = self.subcategory;
        format!("---\npage_title: \"{title}\"\nsubcategory: \"{group}\"\ndescription: |-\n  {summary}\n---\n")
    }

    fn heading(&self) -> String {
        match self.subject {
            Subject::Provider => format!("{} Provider", self.provider),
            Subject::Resource(name) => format!("{name} (Resource)"),
            Subject::DataSource(name) => format!("{name} (Data Source)"),
            Subject::EphemeralResource(name) => format!("{name} (Ephemeral Resource)"),
            Subject::Action(name) => format!("{name} (Action)"),
        }
    }

    fn write_import(&self, page: &mut String) {
        let Import { block, command } = self.import;
        if block.is_empty() && command.is_empty() {
            return;
        }
        page.push_str("\n## Import\n");
        if !block.is_empty() {
            let _ = write!(page, "\nIn the configuration, with an `import` block:\n\n{}", fenced("terraform", block));
        }
        if !command.is_empty() {
            let _ = write!(page, "\nOn the command line:\n\n{}", fenced("shell", command));
        }
    }
}

/// The group of an attribute. An argument that can be left out is optional, whatever its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Required,
    Optional,
    ReadOnly,
}

impl Group {
    const ALL: [Self; 3] = [Self::Required, Self::Optional, Self::ReadOnly];

    const fn of(attribute: &Attribute) -> Self {
        match attribute.behaviour.mode {
            Mode::Required => Self::Required,
            Mode::Optional | Mode::Defaulted(_) | Mode::OptionalComputed | Mode::Block(_) => Self::Optional,
            Mode::Computed => Self::ReadOnly,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Required => "Required",
            Self::Optional => "Optional",
            Self::ReadOnly => "Read-Only",
        }
    }
}

/// The attributes at `place`, by group and in the order of declaration, followed by nested ones.
fn write_attributes(page: &mut String, attributes: &[Attribute], place: &[&str]) {
    for group in Group::ALL {
        let mut members = attributes.iter().filter(|attribute| Group::of(attribute) == group).peekable();
        if members.peek().is_none() {
            continue;
        }
        let _ = match place {
            [] => write!(page, "\n### {}\n\n", group.title()),
            _ => write!(page, "\n{}:\n\n", group.title()),
        };
        for attribute in members {
            let _ = writeln!(page, "{}", entry(attribute, place));
        }
    }
    for attribute in attributes {
        if let Kind::Nested { attributes, .. } = &attribute.kind {
            let place = [place, &[attribute.name]].concat();
            let (anchor, title) = (anchor(&place), place.join("."));
            let _ = write!(page, "\n<a id=\"{anchor}\"></a>\n### Nested Schema for `{title}`\n");
            write_attributes(page, attributes, &place);
        }
    }
}

/// One attribute as an item of a list.
fn entry(attribute: &Attribute, place: &[&str]) -> String {
    let Attribute { name, description, kind, behaviour } = attribute;
    let mut traits = vec![type_name(kind)];
    traits.extend(behaviour.sensitive.then(|| "Sensitive".to_owned()));
    traits.extend(behaviour.write_only.then(|| "Write-only".to_owned()));
    traits.extend(behaviour.deprecated.map(|_| "Deprecated".to_owned()));

    let mut sentences = vec![on_one_line(description)];
    sentences.extend(behaviour.rules.iter().map(Rule::sentence));
    if let Mode::Defaulted(default) = behaviour.mode {
        sentences.push(absence(default));
    }
    if behaviour.requires_replace {
        sentences.push("Changing it forces replacement.".to_owned());
    }
    sentences.extend(behaviour.deprecated.map(|why| format!("**Deprecated**: {}", on_one_line(why))));
    if matches!(kind, Kind::Nested { .. }) {
        let place = [place, &[*name]].concat();
        sentences.push(format!("(see [below for nested schema](#{}))", anchor(&place)));
    }
    format!("- `{name}` ({}) {}", traits.join(", "), sentences.join(" "))
}

/// The sentence about the default.
fn absence(default: Default) -> String {
    let literal = match default {
        Default::Bool(value) => value.to_string(),
        Default::Int(value) => value.to_string(),
        Default::String(text) => format!("{text:?}"),
        Default::Strings(texts) => format!("{texts:?}"),
        Default::Nested => return "By default, every attribute in it has its default.".to_owned(),
    };
    format!("Default: `{literal}`.")
}

/// The type in the words of the Registry's pages.
fn type_name(kind: &Kind) -> String {
    let name = match kind {
        Kind::Value(ty) => return plain_type_name(ty),
        Kind::Nested { nesting: Nesting::Single, .. } => "Attributes",
        Kind::Nested { nesting: Nesting::List, .. } => "Attributes List",
        Kind::Nested { nesting: Nesting::Set, .. } => "Attributes Set",
        Kind::Nested { nesting: Nesting::Map, .. } => "Attributes Map",
    };
    name.to_owned()
}

fn plain_type_name(ty: &Type) -> String {
    match ty {
        Type::Bool => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::String => "String".to_owned(),
        Type::List(element) => format!("List of {}", plain_type_name(element)),
        Type::Set(element) => format!("Set of {}", plain_type_name(element)),
        Type::Map(element) => format!("Map of {}", plain_type_name(element)),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Object(_) => "Object".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
    }
}

fn anchor(place: &[&str]) -> String {
    format!("nestedatt--{}", place.join("--"))
}

fn fenced(language: &str, code: &str) -> String {
    format!("```{language}\n{}\n```\n", code.trim_end())
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model,
        schema::{COMPUTED, OPTIONAL, REQUIRED},
    };

    model! {
        /// A box with a `label`,
        /// and what is in it.
        ///
        /// More about boxes.
        struct Parcel {
            /// Where it stands.
            id: Value<String> = COMPUTED,
            /// What it says
            /// on top.
            label: Value<String> = REQUIRED.requires_replace().rules(&[Rule::Length(1, 9)]),
            /// How it is closed.
            lock: Value<Lock> = OPTIONAL.default(Default::Nested),
            /// What it is about.
            tags: Value<std::collections::BTreeSet<String>> = OPTIONAL.default(Default::Strings(&["new", "old"])),
        }
    }

    model! {
        /// A lock.
        struct Lock {
            /// What opens it.
            key: Value<String> = OPTIONAL.sensitive(),
            /// How many turns it takes.
            turns: Value<i64> = OPTIONAL.default(Default::Int(2)).deprecated("Locks count by themselves."),
            /// What the key is cut by.
            pattern_wo: Value<String> = OPTIONAL.write_only(),
        }
    }

    fn page(schema: &Schema) -> String {
        let import = Import { block: "import {}\n", command: "terraform import x y\n" };
        let subject = Subject::Resource("post_parcel");
        Page { provider: "post", subject, subcategory: "Post", schema, example: "resource {}\n", import }.render()
    }

    /// A page without an example and an import.
    fn bare(subject: Subject<'_>, schema: &Schema) -> String {
        Page { provider: "post", subject, subcategory: "", schema, example: "", import: Import::default() }.render()
    }

    #[test]
    fn a_page_says_everything_that_the_schema_does() {
        assert_eq!(
            page(&Schema::of::<Parcel>(0)),
            r#"---
page_title: "post_parcel Resource - terraform-provider-post"
subcategory: "Post"
description: |-
  A box with a label, and what is in it.
---

# post_parcel (Resource)

A box with a `label`, and what is in it.

More about boxes.

## Example Usage

```terraform
resource {}
```

## Schema

### Required

- `label` (String) What it says on top. Must be 1 to 9 characters long. Changing it forces replacement.

### Optional

- `lock` (Attributes) How it is closed. By default, every attribute in it has its default. (see [below for nested schema](#nestedatt--lock))
- `tags` (Set of String) What it is about. Default: `["new", "old"]`.

### Read-Only

- `id` (String) Where it stands.

<a id="nestedatt--lock"></a>
### Nested Schema for `lock`

Optional:

- `key` (String, Sensitive) What opens it.
- `turns` (Number, Deprecated) How many turns it takes. Default: `2`. **Deprecated**: Locks count by themselves.
- `pattern_wo` (String, Sensitive, Write-only) What the key is cut by.

## Import

In the configuration, with an `import` block:

```terraform
import {}
```

On the command line:

```shell
terraform import x y
```
"#
        );
    }

    #[test]
    fn what_a_data_source_looks_up_by_is_optional() {
        let schema = Schema::lookup::<Parcel>("Finds a box.", &["label"]);
        let page = bare(Subject::DataSource("post_parcel"), &schema);
        assert!(page.contains("# post_parcel (Data Source)\n\nFinds a box.\n\n## Schema\n\n### Optional\n\n- `label`"));
        assert!(page.contains("### Read-Only\n\n- `id`"), "{page}");
        assert!(!page.contains("## Import") && !page.contains("Default:"), "{page}");
    }

    #[test]
    fn what_leaves_no_state_has_a_page_as_well() {
        let schema = Schema::of::<Lock>(0);
        let ephemeral = bare(Subject::EphemeralResource("post_lock"), &schema);
        assert!(
            ephemeral.contains("page_title: \"post_lock Ephemeral Resource - terraform-provider-post\""),
            "{ephemeral}"
        );
        assert!(bare(Subject::Action("post_lock"), &schema).contains("# post_lock (Action)"));
    }

    #[test]
    fn provider_page_shows_example_before_details() {
        let schema = Schema::of::<Parcel>(0);
        let (subject, import) = (Subject::Provider, Import::default());
        let page =
            Page { provider: "post", subject, subcategory: "", schema: &schema, example: "provider {}\n", import };
        let page = page.render();
        let start = "# post Provider\n\nA box with a `label`, and what is in it.\n\n## Example Usage\n";
        assert!(page.contains(start), "{page}");
        assert!(page.contains("```\n\n## Configuration\n\nMore about boxes.\n\n## Schema"), "{page}");
    }

    #[test]
    fn types_are_named_as_the_registry_names_them() {
        let ty = Type::map(Type::list(Type::set(Type::Bool)));
        assert_eq!(type_name(&Kind::Value(ty)), "Map of List of Set of Boolean");
        assert_eq!(type_name(&Kind::Nested { nesting: Nesting::List, attributes: Vec::new() }), "Attributes List");
    }
}
