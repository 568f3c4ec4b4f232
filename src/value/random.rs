//! Random types, with values of them, for the tests of the codecs.

use std::collections::BTreeMap;

use proptest::{collection, prelude::*};

use super::{Dynamic, Type, Typed, nfc};

/// A type and a value of it.
pub(super) fn typed() -> impl Strategy<Value = (Type, Dynamic)> {
    ty().prop_flat_map(|ty| (Just(ty.clone()), value(ty)))
}

fn ty() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::Bool), Just(Type::Number), Just(Type::String), Just(Type::Dynamic)];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            collection::vec(inner.clone(), 0..3).prop_map(Type::Tuple),
            collection::btree_map("[a-z]{1,3}", inner, 0..4).prop_map(Type::Object),
        ]
    })
}

fn value(ty: Type) -> BoxedStrategy<Dynamic> {
    let known = match ty {
        Type::Bool => any::<bool>().prop_map(Dynamic::Bool).boxed(),
        Type::Number => prop_oneof![
            any::<i64>().prop_map(|n| Dynamic::Number(n.into())),
            "-?[1-9][0-9]{0,40}(\\.[0-9]{0,20}[1-9])?(e-?[0-9]{1,3})?"
                .prop_map(|text| Dynamic::Number(text.parse().unwrap())),
        ]
        .boxed(),
        Type::String => text().prop_map(Dynamic::String).boxed(),
        Type::List(element) => collection::vec(value(*element), 0..4).prop_map(Dynamic::List).boxed(),
        Type::Set(element) => collection::vec(value(*element), 0..4).prop_map(Dynamic::set).boxed(),
        Type::Map(element) => collection::btree_map(text(), value(*element), 0..4).prop_map(Dynamic::Map).boxed(),
        Type::Tuple(types) => types.into_iter().map(value).collect::<Vec<_>>().prop_map(Dynamic::List).boxed(),
        Type::Object(attributes) => {
            let (names, types): (Vec<_>, Vec<_>) = attributes.into_iter().unzip();
            let values: Vec<_> = types.into_iter().map(value).collect();
            values
                .prop_map(move |values| Dynamic::Map(names.iter().cloned().zip(values).collect::<BTreeMap<_, _>>()))
                .boxed()
        }
        Type::Dynamic => prop_oneof![
            text().prop_map(|text| Typed::wrap(Type::String, Dynamic::String(text))),
            any::<i64>()
                .prop_map(|n| Typed::wrap(Type::list(Type::Number), Dynamic::List(vec![Dynamic::Number(n.into())]))),
            Just(Typed::wrap(Type::Bool, Dynamic::Null)),
        ]
        .boxed(),
    };
    prop_oneof![8 => known, 1 => Just(Dynamic::Null), 1 => Just(Dynamic::Unknown)].boxed()
}

fn text() -> impl Strategy<Value = String> {
    any::<String>().prop_map(nfc)
}
