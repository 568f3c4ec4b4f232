//! Collections of known values, and structures of plain types.
//!
//! No type of Auth0 has sets of objects, maps of objects, [`Plain`] objects, tuples, or elements that may be null. They stay for
//! items 60, 64 and 70 of conformance.

use std::collections::{BTreeMap, BTreeSet};

use super::{AttributeType, mismatch};
use crate::{
    diagnostic::Path,
    schema::{Kind, Model, Nesting, attribute::into_results},
    value::{DecodeError, Dynamic, Type, Value},
};

/// Collects known elements. One unknown element makes the whole unknown.
impl<A, C: FromIterator<A>> FromIterator<Value<A>> for Value<C> {
    fn from_iter<I: IntoIterator<Item = Value<A>>>(elements: I) -> Self {
        elements.into_iter().map(Value::into_known).collect::<Option<C>>().map_or(Self::Unknown, Self::Known)
    }
}

/// Objects in a collection become nested attributes. Anything else is a plain collection.
fn kind<T: AttributeType>(nesting: Nesting, of: fn(Type) -> Type) -> Kind {
    match T::kind() {
        Kind::Nested { nesting: Nesting::Single, attributes } => Kind::Nested { nesting, attributes },
        kind => Kind::Value(of(kind.ty())),
    }
}

/// An element that may be null or unknown by itself.
impl<T: AttributeType> AttributeType for Value<T> {
    fn kind() -> Kind {
        T::kind()
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        Self::element(value, path)
    }

    fn into_dynamic(self) -> Dynamic {
        Value::into_dynamic(self)
    }

    fn element(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        Value::from_dynamic(value, path).map(Value::Known)
    }
}

/// A list.
impl<T: AttributeType> AttributeType for Vec<T> {
    fn kind() -> Kind {
        kind::<T>(Nesting::List, Type::list)
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        let Dynamic::List(elements) = value else { return mismatch(path, "a list") };
        elements.into_iter().enumerate().map(|(index, element)| T::element(element, &path.index(index))).collect()
    }

    fn into_dynamic(self) -> Dynamic {
        Dynamic::List(self.into_iter().map(T::into_dynamic).collect())
    }
}

/// A set of plain values.
impl<T: AttributeType + Ord> AttributeType for BTreeSet<T> {
    fn kind() -> Kind {
        Kind::Value(Type::set(T::kind().ty()))
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        let (Dynamic::Set(elements) | Dynamic::List(elements)) = value else { return mismatch(path, "a set") };
        elements.into_iter().map(|element| T::element(element, path)).collect()
    }

    fn into_dynamic(self) -> Dynamic {
        Dynamic::set(self.into_iter().map(T::into_dynamic).collect())
    }
}

/// A set of objects.
#[derive(Debug, Clone, Default)]
pub struct Set<M>(
    /// The objects, in no particular order.
    pub Vec<M>,
);

impl<M: Model> AttributeType for Set<M> {
    fn kind() -> Kind {
        Kind::Nested { nesting: Nesting::Set, attributes: M::attributes().to_vec() }
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        let Dynamic::Set(elements) = value else { return mismatch(path, "a set") };
        let elements: Result<Value<Vec<M>>, _> =
            elements.into_iter().map(|element| <M as AttributeType>::element(element, path)).collect();
        Ok(elements?.map(Self))
    }

    fn into_dynamic(self) -> Dynamic {
        Dynamic::set(self.0.into_iter().map(Model::into_dynamic).collect())
    }
}

/// Objects of the model `M` as the results of a data source, in order.
#[derive(Debug, Clone, Default)]
pub struct Results<M>(
    /// The objects.
    pub Vec<M>,
);

impl<M: Model> AttributeType for Results<M> {
    fn kind() -> Kind {
        Kind::Nested { nesting: Nesting::List, attributes: into_results(M::attributes(), &[]) }
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        Ok(Vec::<M>::from_dynamic(value, path)?.map(Self))
    }

    fn into_dynamic(self) -> Dynamic {
        AttributeType::into_dynamic(self.0)
    }
}

/// A map.
impl<T: AttributeType> AttributeType for BTreeMap<String, T> {
    fn kind() -> Kind {
        kind::<T>(Nesting::Map, Type::map)
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        let Dynamic::Map(elements) = value else { return mismatch(path, "a map") };
        let read = |(key, element): (String, Dynamic)| {
            let value = T::element(element, &path.key(&*key))?;
            Ok(value.map(|value| (key, value)))
        };
        elements.into_iter().map(read).collect()
    }

    fn into_dynamic(self) -> Dynamic {
        Dynamic::Map(self.into_iter().map(|(key, value)| (key, value.into_dynamic())).collect())
    }
}

/// A model as one value of an object type. Terraform knows only the types of its attributes.
#[derive(Debug, Clone)]
pub struct Plain<M>(
    /// The object.
    pub M,
);

impl<M: Model> AttributeType for Plain<M> {
    fn kind() -> Kind {
        Kind::Value(M::kind().ty())
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        <M as Model>::from_dynamic(value, path).map(|model| Value::Known(Self(model)))
    }

    fn into_dynamic(self) -> Dynamic {
        Model::into_dynamic(self.0)
    }
}

/// A tuple of two.
impl<A: AttributeType, B: AttributeType> AttributeType for (A, B) {
    fn kind() -> Kind {
        Kind::Value(Type::Tuple(vec![A::kind().ty(), B::kind().ty()]))
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        let Dynamic::List(elements) = value else { return mismatch(path, "a tuple") };
        let Ok([first, second]) = <[Dynamic; 2]>::try_from(elements) else { return mismatch(path, "two elements") };
        let pair = (A::element(first, &path.index(0))?, B::element(second, &path.index(1))?);
        Ok(match pair {
            (Value::Known(first), Value::Known(second)) => Value::Known((first, second)),
            _ => Value::Unknown,
        })
    }

    fn into_dynamic(self) -> Dynamic {
        Dynamic::List(vec![self.0.into_dynamic(), self.1.into_dynamic()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model,
        schema::{OPTIONAL, REQUIRED},
        value::{Number, Typed},
    };

    model! {
        /// Inner.
        struct Inner {
            /// Size.
            size: Value<Number> = REQUIRED,
        }
    }

    model! {
        /// Outer.
        struct Outer {
            /// A list of objects.
            list: Value<Vec<Inner>> = OPTIONAL,
            /// A set of objects.
            set: Value<Set<Inner>> = OPTIONAL,
            /// A map of objects.
            map: Value<BTreeMap<String, Inner>> = OPTIONAL,
            /// A map of lists.
            lists: Value<BTreeMap<String, Vec<i64>>> = OPTIONAL,
            /// A set of numbers.
            numbers: Value<BTreeSet<Number>> = OPTIONAL,
            /// An object of a plain type.
            plain: Value<Plain<Inner>> = OPTIONAL,
            /// Two of different types.
            pair: Value<(Value<String>, bool)> = OPTIONAL,
            /// Elements that may be null or unknown by themselves.
            gaps: Value<Vec<Value<String>>> = OPTIONAL,
            /// Anything.
            any: Value<Typed> = OPTIONAL,
        }
    }

    fn inner(size: Dynamic) -> Dynamic {
        Dynamic::Map([("size".to_owned(), size)].into())
    }

    fn number(text: &str) -> Dynamic {
        Dynamic::Number(text.parse().unwrap())
    }

    fn map(element: Dynamic) -> Dynamic {
        Dynamic::Map([("k".to_owned(), element)].into())
    }

    /// Every attribute null but this one, there and back.
    fn through(name: &str, value: Dynamic) -> Result<Dynamic, DecodeError> {
        let mut object: BTreeMap<_, _> =
            Outer::attributes().iter().map(|attribute| (attribute.name.to_owned(), Dynamic::Null)).collect();
        object.insert(name.to_owned(), value);
        let model = <Outer as Model>::from_dynamic(Dynamic::Map(object), &Path::root())?;
        Ok(Model::into_dynamic(model).attribute(name).clone())
    }

    #[test]
    fn what_goes_through_a_model_stays_the_same() {
        let big = || inner(number("340282346638528859811704183484516925440"));
        let values = [
            ("list", Dynamic::List(vec![big(), inner(Dynamic::Unknown)])),
            ("set", Dynamic::set(vec![big(), inner(number("0.1"))])),
            ("map", map(big())),
            ("lists", map(Dynamic::List(vec![number("1"), number("2")]))),
            ("numbers", Dynamic::set(vec![number("0.1"), number("1e30")])),
            ("plain", big()),
            ("pair", Dynamic::List(vec![Dynamic::Null, Dynamic::Bool(true)])),
            ("gaps", Dynamic::List(vec![Dynamic::Null, Dynamic::Unknown, "x".into()])),
            ("any", Typed::wrap(Type::list(Type::Bool), Dynamic::List(vec![Dynamic::Unknown]))),
            ("any", Typed::wrap(Type::String, Dynamic::Null)),
        ];
        for (name, value) in values {
            assert_eq!(through(name, value.clone()), Ok(value), "{name}");
            assert_eq!(through(name, Dynamic::Unknown), Ok(Dynamic::Unknown), "{name}");
        }
    }

    #[test]
    fn an_unknown_element_leaves_nothing_known() {
        for (name, value) in [
            ("list", Dynamic::List(vec![Dynamic::Unknown])),
            ("set", Dynamic::set(vec![Dynamic::Unknown])),
            ("lists", map(Dynamic::List(vec![number("1"), Dynamic::Unknown]))),
            ("pair", Dynamic::List(vec!["x".into(), Dynamic::Unknown])),
        ] {
            assert_eq!(through(name, value), Ok(Dynamic::Unknown), "{name}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_place() {
        let wrong = |name, value| through(name, value).unwrap_err().path.to_string();
        assert_eq!(wrong("list", Dynamic::List(vec![inner("x".into())])), "list[0].size");
        assert_eq!(wrong("set", Dynamic::set(vec![inner("x".into())])), "set.size");
        assert_eq!(wrong("lists", map(Dynamic::List(vec![Dynamic::Null]))), "lists[\"k\"][0]");
        assert_eq!(wrong("pair", Dynamic::List(vec![Dynamic::Null, Dynamic::Null])), "pair[1]");
    }

    #[test]
    fn the_schema_follows_from_the_type() {
        let ty = |name: &str| Outer::attributes().iter().find(|each| each.name == name).unwrap().kind.ty();
        let object = Type::Object([("size".to_owned(), Type::Number)].into());
        assert_eq!(ty("set"), Type::set(object.clone()));
        assert_eq!(ty("map"), Type::map(object.clone()));
        assert_eq!(ty("lists"), Type::map(Type::list(Type::Number)));
        assert_eq!(ty("pair"), Type::Tuple(vec![Type::String, Type::Bool]));
        assert_eq!(ty("any"), Type::Dynamic);
        let plain = Outer::attributes().iter().find(|each| each.name == "plain").unwrap().kind.clone();
        assert!(matches!(plain, Kind::Value(ty) if ty == object));
    }
}
