//! Selection of properties: by `fields` and `include_fields`, and by what a token may see.

use serde_json::{Map, Value};

/// What a request wants to see of an object.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    fields: Option<Vec<String>>,
    exclude: bool,
}

impl Selection {
    /// From the two query parameters.
    pub(crate) fn new(fields: Option<&str>, include: Option<bool>) -> Self {
        let fields = fields.map(|names| names.split(',').map(str::to_owned).collect());
        Self { fields, exclude: include == Some(false) }
    }

    /// Whether nothing is left out.
    pub(crate) fn is_everything(&self) -> bool {
        self.fields.is_none()
    }

    /// Whether the property is asked for by its name.
    pub(crate) fn names(&self, property: &str) -> bool {
        let fields = self.fields.as_deref().unwrap_or_default();
        !self.exclude && fields.iter().any(|field| field.split('.').next() == Some(property))
    }

    /// The selected part of an object, with the properties in `always`.
    pub(crate) fn apply(&self, mut object: Map<String, Value>, always: &[&str]) -> Map<String, Value> {
        let Some(fields) = &self.fields else { return object };
        if self.exclude {
            for field in fields {
                remove(&mut object, field);
            }
            return object;
        }
        let mut kept = Map::new();
        for name in always.iter().copied().chain(fields.iter().map(String::as_str)) {
            copy(&object, &mut kept, name);
        }
        kept
    }
}

/// Removes a property, or a property of a property when the name has a dot.
fn remove(object: &mut Map<String, Value>, field: &str) {
    match field.split_once('.') {
        Some((outer, inner)) => {
            if let Some(Value::Object(object)) = object.get_mut(outer) {
                remove(object, inner);
            }
        }
        None => drop(object.remove(field)),
    }
}

fn copy(from: &Map<String, Value>, to: &mut Map<String, Value>, field: &str) {
    match field.split_once('.') {
        Some((outer, inner)) => {
            if let Some(Value::Object(from)) = from.get(outer) {
                let to = to.entry(outer).or_insert_with(|| Map::new().into());
                to.as_object_mut().into_iter().for_each(|to| copy(from, to, inner));
            }
        }
        None => to.extend(from.get(field).map(|value| (field.to_owned(), value.clone()))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn selected(fields: Option<&str>, include: Option<bool>) -> Value {
        let Value::Object(object) = json!({ "a": 1, "b": { "c": 2, "d": 3 }, "tenant": "t" }) else { unreachable!() };
        Selection::new(fields, include).apply(object, &["tenant"]).into()
    }

    #[test]
    fn without_fields_everything_is_shown() {
        assert_eq!(selected(None, Some(false)), json!({ "a": 1, "b": { "c": 2, "d": 3 }, "tenant": "t" }));
    }

    #[test]
    fn what_is_always_shown_comes_along() {
        assert_eq!(selected(Some("a"), None), json!({ "a": 1, "tenant": "t" }));
        assert_eq!(selected(Some("b.c,x"), Some(true)), json!({ "b": { "c": 2 }, "tenant": "t" }));
    }

    #[test]
    fn fields_can_be_left_out_instead() {
        assert_eq!(selected(Some("a,b.c"), Some(false)), json!({ "b": { "d": 3 }, "tenant": "t" }));
    }
}
