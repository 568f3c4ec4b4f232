//! Values as MessagePack, the encoding of every call (`object-wire-format.md` of Terraform).
//!
//! A [`Type`] leads both directions. Objects are written with exactly their attributes. A number is accepted in every
//! width, as a float and as decimal text, because Terraform sends each number in the shortest exact form.

use std::collections::BTreeMap;

use rmp::{Marker, decode, encode};

use super::{DecodeError, Dynamic, Number, Type, Typed, depth::Depth, nfc};
use crate::diagnostic::Path;

/// Reads a value of type `ty` that fills `bytes` entirely.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Dynamic, DecodeError> {
    let mut reader = Reader { rest: bytes };
    let value = reader.value(ty, &Path::root(), Depth::default())?;
    if reader.rest.is_empty() { Ok(value) } else { Err(DecodeError::new(&Path::root(), "bytes after the value")) }
}

/// Writes a value of type `ty`. Missing attributes are written as null, and unknown ones are left out.
#[must_use]
pub fn encode(value: &Dynamic, ty: &Type) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, value, ty);
    bytes
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn value(&mut self, ty: &Type, path: &Path, depth: Depth) -> Result<Dynamic, DecodeError> {
        let depth = depth.deeper(path)?;
        let marker = self.marker(path)?;
        if marker == Marker::Null {
            return Ok(Dynamic::Null);
        }
        if let Some(payload) = self.extension_length(marker, path)? {
            // Every extension is an unknown value. Its refinements are ignored.
            self.take(payload, path)?;
            return Ok(Dynamic::Unknown);
        }
        match ty {
            Type::Bool => match marker {
                Marker::True => Ok(Dynamic::Bool(true)),
                Marker::False => Ok(Dynamic::Bool(false)),
                other => Err(DecodeError::expected(path, "a bool", name(other))),
            },
            Type::Number => self.number(marker, path).map(Dynamic::Number),
            Type::String => self.string(marker, path).map(|text| Dynamic::String(nfc(text.to_owned()))),
            Type::List(element) => {
                let length = self.array_length(marker, path)?;
                let read = |index| self.value(element, &path.index(index), depth);
                (0..length).map(read).collect::<Result<_, _>>().map(Dynamic::List)
            }
            Type::Set(element) => {
                let length = self.array_length(marker, path)?;
                (0..length).map(|_| self.value(element, path, depth)).collect::<Result<_, _>>().map(Dynamic::set)
            }
            Type::Tuple(elements) => self.tuple(marker, elements, path, depth),
            Type::Map(element) => self.map(marker, element, path, depth),
            Type::Object(attributes) => self.object(marker, attributes, path, depth),
            Type::Dynamic => self.typed(marker, path, depth),
        }
    }

    fn tuple(&mut self, marker: Marker, elements: &[Type], path: &Path, depth: Depth) -> Result<Dynamic, DecodeError> {
        let length = self.array_length(marker, path)?;
        if length != elements.len() {
            return Err(DecodeError::new(path, format!("expected {} elements, found {length}", elements.len())));
        }
        let read = |(index, ty)| self.value(ty, &path.index(index), depth);
        elements.iter().enumerate().map(read).collect::<Result<_, _>>().map(Dynamic::List)
    }

    fn map(&mut self, marker: Marker, element: &Type, path: &Path, depth: Depth) -> Result<Dynamic, DecodeError> {
        let mut elements = BTreeMap::new();
        for _ in 0..self.entries(marker, path)? {
            let key = self.key(path)?;
            let value = self.value(element, &path.key(key), depth)?;
            elements.insert(nfc(key.to_owned()), value);
        }
        Ok(Dynamic::Map(elements))
    }

    /// A value with its own type: an array of both.
    fn typed(&mut self, marker: Marker, path: &Path, depth: Depth) -> Result<Dynamic, DecodeError> {
        if self.array_length(marker, path)? != 2 {
            return Err(DecodeError::new(path, "expected a type and a value"));
        }
        let length = match self.marker(path)? {
            Marker::Bin8 => self.length::<1>(path)?,
            Marker::Bin16 => self.length::<2>(path)?,
            Marker::Bin32 => self.length::<4>(path)?,
            other => return Err(DecodeError::expected(path, "a type", name(other))),
        };
        let ty = Type::from_json(self.take(length, path)?, path)?;
        let value = self.value(&ty, path, depth)?;
        Ok(Typed::wrap(ty, value))
    }

    fn object(
        &mut self,
        marker: Marker,
        attributes: &BTreeMap<String, Type>,
        path: &Path,
        depth: Depth,
    ) -> Result<Dynamic, DecodeError> {
        let mut object = BTreeMap::new();
        for _ in 0..self.entries(marker, path)? {
            let key = self.key(path)?;
            let place = path.attribute(key);
            let ty = attributes.get(key).ok_or_else(|| DecodeError::new(&place, "no attribute of that name"))?;
            object.insert(key.to_owned(), self.value(ty, &place, depth)?);
        }
        match attributes.keys().find(|name| !object.contains_key(*name)) {
            Some(missing) => Err(DecodeError::new(&path.attribute(missing), "the attribute is missing")),
            None => Ok(Dynamic::Map(object)),
        }
    }

    fn number(&mut self, marker: Marker, path: &Path) -> Result<Number, DecodeError> {
        let not_exact = || DecodeError::new(path, "not a finite number");
        Ok(match marker {
            Marker::FixPos(number) => Number::from(i64::from(number)),
            Marker::FixNeg(number) => Number::from(i64::from(number)),
            Marker::U8 => Number::from(u64::from(u8::from_be_bytes(self.array(path)?))),
            Marker::U16 => Number::from(u64::from(u16::from_be_bytes(self.array(path)?))),
            Marker::U32 => Number::from(u64::from(u32::from_be_bytes(self.array(path)?))),
            Marker::U64 => Number::from(u64::from_be_bytes(self.array(path)?)),
            Marker::I8 => Number::from(i64::from(i8::from_be_bytes(self.array(path)?))),
            Marker::I16 => Number::from(i64::from(i16::from_be_bytes(self.array(path)?))),
            Marker::I32 => Number::from(i64::from(i32::from_be_bytes(self.array(path)?))),
            Marker::I64 => Number::from(i64::from_be_bytes(self.array(path)?)),
            Marker::F32 => Number::from_f64(f32::from_be_bytes(self.array(path)?).into()).ok_or_else(not_exact)?,
            Marker::F64 => Number::from_f64(f64::from_be_bytes(self.array(path)?)).ok_or_else(not_exact)?,
            text => {
                let text = self.string(text, path).map_err(|_| DecodeError::expected(path, "a number", name(text)))?;
                text.parse().map_err(|_| not_exact())?
            }
        })
    }

    fn key(&mut self, path: &Path) -> Result<&'a str, DecodeError> {
        let marker = self.marker(path)?;
        self.string(marker, path)
    }

    fn string(&mut self, marker: Marker, path: &Path) -> Result<&'a str, DecodeError> {
        let length = match marker {
            Marker::FixStr(length) => usize::from(length),
            Marker::Str8 => self.length::<1>(path)?,
            Marker::Str16 => self.length::<2>(path)?,
            Marker::Str32 => self.length::<4>(path)?,
            other => return Err(DecodeError::expected(path, "a string", name(other))),
        };
        std::str::from_utf8(self.take(length, path)?).map_err(|_| DecodeError::new(path, "text that is not UTF-8"))
    }

    fn array_length(&mut self, marker: Marker, path: &Path) -> Result<usize, DecodeError> {
        match marker {
            Marker::FixArray(length) => Ok(usize::from(length)),
            Marker::Array16 => self.length::<2>(path),
            Marker::Array32 => self.length::<4>(path),
            other => Err(DecodeError::expected(path, "an array", name(other))),
        }
    }

    fn entries(&mut self, marker: Marker, path: &Path) -> Result<usize, DecodeError> {
        match marker {
            Marker::FixMap(length) => Ok(usize::from(length)),
            Marker::Map16 => self.length::<2>(path),
            Marker::Map32 => self.length::<4>(path),
            other => Err(DecodeError::expected(path, "a map", name(other))),
        }
    }

    /// Bytes of the extension at `marker`, including its type byte; `None` for any other marker.
    fn extension_length(&mut self, marker: Marker, path: &Path) -> Result<Option<usize>, DecodeError> {
        let payload = match marker {
            Marker::FixExt1 => 1,
            Marker::FixExt2 => 2,
            Marker::FixExt4 => 4,
            Marker::FixExt8 => 8,
            Marker::FixExt16 => 16,
            Marker::Ext8 => self.length::<1>(path)?,
            Marker::Ext16 => self.length::<2>(path)?,
            Marker::Ext32 => self.length::<4>(path)?,
            _ => return Ok(None),
        };
        Ok(Some(payload.saturating_add(1)))
    }

    fn marker(&mut self, path: &Path) -> Result<Marker, DecodeError> {
        decode::read_marker(&mut self.rest).map_err(|_| truncated(path))
    }

    /// A big-endian length of `N` bytes.
    fn length<const N: usize>(&mut self, path: &Path) -> Result<usize, DecodeError> {
        Ok(self.array::<N>(path)?.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte)))
    }

    fn array<const N: usize>(&mut self, path: &Path) -> Result<[u8; N], DecodeError> {
        let (array, rest) = self.rest.split_first_chunk().ok_or_else(|| truncated(path))?;
        self.rest = rest;
        Ok(*array)
    }

    fn take(&mut self, length: usize, path: &Path) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(|| truncated(path))?;
        self.rest = rest;
        Ok(taken)
    }
}

fn truncated(path: &Path) -> DecodeError {
    DecodeError::new(path, "the bytes end inside the value")
}

/// The kind of value at a marker, for error messages.
fn name(marker: Marker) -> &'static str {
    match marker {
        Marker::True | Marker::False => "a bool",
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => "a string",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "an array",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "a map",
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "binary data",
        Marker::Reserved => "a reserved byte",
        _ => "a number",
    }
}

fn write(bytes: &mut Vec<u8>, value: &Dynamic, ty: &Type) {
    let infallible = "writing to memory cannot fail";
    match (value, ty) {
        (Dynamic::Null, _) => encode::write_nil(bytes).expect(infallible),
        (Dynamic::Unknown, _) => bytes.extend_from_slice(&[0xd4, 0, 0]),
        (Dynamic::Typed(typed), Type::Dynamic) => {
            let Typed { ty, value } = &**typed;
            let constraint = ty.to_json();
            encode::write_array_len(bytes, 2).expect(infallible);
            encode::write_bin(bytes, &constraint).expect(infallible);
            write(bytes, value, ty);
        }
        (Dynamic::Bool(value), Type::Bool) => encode::write_bool(bytes, *value).expect(infallible),
        // Terraform reads a number in a text with the same precision as in JSON. A MessagePack integer would get
        // another precision, and `plan -refresh-only -detailed-exitcode` would report the same number as a change.
        (Dynamic::Number(number), Type::Number) => encode::write_str(bytes, &number.to_string()).expect(infallible),
        (Dynamic::String(text), Type::String) => encode::write_str(bytes, text).expect(infallible),
        (Dynamic::List(elements) | Dynamic::Set(elements), Type::List(element) | Type::Set(element)) => {
            encode::write_array_len(bytes, length(elements.len())).expect(infallible);
            for value in elements {
                write(bytes, value, element);
            }
        }
        (Dynamic::List(elements), Type::Tuple(types)) if elements.len() == types.len() => {
            encode::write_array_len(bytes, length(elements.len())).expect(infallible);
            for (value, ty) in elements.iter().zip(types) {
                write(bytes, value, ty);
            }
        }
        (Dynamic::Map(elements), Type::Map(element)) => {
            encode::write_map_len(bytes, length(elements.len())).expect(infallible);
            for (key, value) in elements {
                encode::write_str(bytes, key).expect(infallible);
                write(bytes, value, element);
            }
        }
        (Dynamic::Map(object), Type::Object(attributes)) => {
            encode::write_map_len(bytes, length(attributes.len())).expect(infallible);
            for (name, ty) in attributes {
                encode::write_str(bytes, name).expect(infallible);
                write(bytes, object.get(name).unwrap_or(&Dynamic::Null), ty);
            }
        }
        (_, ty) => {
            debug_assert!(false, "a value of another type where {ty:?} is expected");
            encode::write_nil(bytes).expect(infallible);
        }
    }
}

/// Messages have at most 256 MiB, so the length of a collection fits.
fn length(length: usize) -> u32 {
    u32::try_from(length).expect("fewer than 2^32 elements")
}

#[cfg(test)]
mod tests;
