use proptest::prelude::*;

use super::*;
use crate::value::random::typed;

fn object() -> Type {
    Type::Object(BTreeMap::from([
        ("name".to_owned(), Type::String),
        ("scopes".to_owned(), Type::set(Type::String)),
        ("limits".to_owned(), Type::map(Type::Number)),
    ]))
}

#[test]
fn an_object_is_written_with_exactly_its_attributes() {
    let value = Dynamic::Map(BTreeMap::from([("name".to_owned(), "x".into())]));
    let read = decode(&encode(&value, &object()), &object()).unwrap();
    assert_eq!(read.attribute("scopes"), &Dynamic::Null);
    let Dynamic::Map(attributes) = read else { panic!("an object") };
    assert_eq!(attributes.len(), 3);
}

#[test]
fn every_extension_is_unknown() {
    let refined = [0xc7, 0x09, 0x0c, 0x82, 0x01, 0xc2, 0x02, 0xa4, b'p', b'r', b'e', b'-'];
    assert_eq!(decode(&refined[..], &Type::String), Ok(Dynamic::Unknown));
    assert_eq!(decode(&[0xd4, 0, 0], &object()), Ok(Dynamic::Unknown));
    assert_eq!(decode(&[0xd5, 77, 1, 2], &Type::Number), Ok(Dynamic::Unknown));
}

#[test]
fn numbers_come_in_every_form() {
    let number = |bytes: &[u8]| decode(bytes, &Type::Number);
    let three = Ok(Dynamic::Number(Number::from(3_i64)));
    assert_eq!(number(&[0x03]), three);
    assert_eq!(number(&[0xcc, 3]), three);
    assert_eq!(number(&[0xd3, 0, 0, 0, 0, 0, 0, 0, 3]), three);
    assert_eq!(number(&[0xca, 0x40, 0x40, 0, 0]), three);
    assert_eq!(number(&[0xa1, b'3']), three);
    assert_eq!(number(&[0xff]), Ok(Dynamic::Number(Number::from(-1_i64))));
    assert_eq!(number(&[0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0]).unwrap_err().problem, "not a finite number");
}

#[test]
fn errors_say_where() {
    let ty = Type::Object(BTreeMap::from([("tags".to_owned(), Type::list(Type::Bool))]));
    let bytes = [0x81, 0xa4, b't', b'a', b'g', b's', 0x92, 0xc3, 0xa1, b'x'];
    let error = decode(&bytes, &ty).unwrap_err();
    assert_eq!(error.path.to_string(), "tags[1]");
    assert_eq!(error.problem, "expected a bool, found a string");
    let error = decode(&[0x80], &ty).unwrap_err();
    assert_eq!((error.path.to_string().as_str(), error.problem.as_str()), ("tags", "the attribute is missing"));
}

#[test]
fn a_dynamic_value_brings_its_type() {
    let read = |bytes: &[u8]| decode(bytes, &Type::Dynamic);
    let wrapped = |json: &str, value: &[u8]| {
        let mut bytes = vec![0x92, 0xc4, u8::try_from(json.len()).unwrap()];
        bytes.extend_from_slice(json.as_bytes());
        bytes.extend_from_slice(value);
        bytes
    };
    assert_eq!(read(&wrapped("\"string\"", b"\xa1x")), Ok(Typed::wrap(Type::String, "x".into())));
    assert_eq!(read(&wrapped("\"string\"", &[0xc0])), Ok(Typed::wrap(Type::String, Dynamic::Null)));
    assert_eq!(read(&wrapped("\"string\"", &[0xd4, 0, 0])), Ok(Typed::wrap(Type::String, Dynamic::Unknown)));
    assert_eq!(read(&[0xc0]), Ok(Dynamic::Null));
    assert_eq!(read(&[0xd4, 0, 0]), Ok(Dynamic::Unknown));
    assert_eq!(read(&wrapped("\"dynamic\"", &[0xc0])), Ok(Dynamic::Null), "a null that has no type after all");
    let tuple = wrapped(r#"["tuple",["bool","dynamic"]]"#, &[0x92, 0xc3, 0xc0]);
    let expected = Dynamic::List(vec![Dynamic::Bool(true), Dynamic::Null]);
    assert_eq!(read(&tuple), Ok(Typed::wrap(Type::Tuple(vec![Type::Bool, Type::Dynamic]), expected)));
    let problem = |bytes: &[u8]| read(bytes).unwrap_err().problem;
    assert_eq!(problem(&wrapped(r#"["tuple",["bool"]]"#, &[0x90])), "expected 1 elements, found 0");
    assert_eq!(problem(&wrapped("\"text\"", &[0xc0])), "the value brings along something that is not a type");
    assert_eq!(problem(&[0x91, 0xc0]), "expected a type and a value");
    assert_eq!(problem(&[0xa1, b'x']), "expected an array, found a string");
}

/// A list in a list in a list, and its type.
fn nested(levels: usize) -> Dynamic {
    let (mut ty, mut value) = (Type::String, Dynamic::from("x"));
    for _ in 0..levels {
        (ty, value) = (Type::list(ty), Dynamic::List(vec![value]));
    }
    Typed::wrap(ty, value)
}

#[test]
fn depth_has_an_end() {
    let deep = nested(200);
    assert_eq!(decode(&encode(&deep, &Type::Dynamic), &Type::Dynamic), Ok(deep));
    let error = decode(&encode(&nested(300), &Type::Dynamic), &Type::Dynamic).unwrap_err();
    assert_eq!(error.problem, "nested more than 250 levels deep");
    let wrapped_forever = [0x92, 0xc4, 9].into_iter().chain(*b"\"dynamic\"").cycle().take(1 << 20);
    let error = decode(&wrapped_forever.collect::<Vec<u8>>(), &Type::Dynamic).unwrap_err();
    assert_eq!(error.problem, "nested more than 250 levels deep");
}

proptest! {
    #[test]
    fn what_is_written_reads_back((ty, value) in typed()) {
        prop_assert_eq!(decode(&encode(&value, &ty), &ty), Ok(value));
    }

    #[test]
    fn a_dynamic_value_reads_back((ty, value) in typed()) {
        let value = Typed::wrap(ty, value);
        prop_assert_eq!(decode(&encode(&value, &Type::Dynamic), &Type::Dynamic), Ok(value));
    }

    #[test]
    fn no_bytes_panic((ty, _) in typed(), bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = decode(&bytes, &ty);
    }
}
