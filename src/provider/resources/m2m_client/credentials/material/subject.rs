//! The distinguished name of a subject, as Auth0 writes it.

use std::fmt::Write as _;

use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::{Encode as _, Tag, Tagged as _, asn1::Any};
use x509_cert::name::Name;

/// The usual short names. Others are written as numbers.
const SHORT_NAMES: [(&str, &str); 19] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "GN"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

/// One name a line, in the order of the certificate.
pub(super) fn of(subject: &Name) -> String {
    let line = |names: Vec<String>| names.join(" + ");
    let lines: Vec<_> = subject.iter_rdn().map(|names| line(names.iter().map(written).collect())).collect();
    lines.join("\n")
}

/// The form for comparison. White space around names and the case of their types do not count; order and values do.
pub(super) fn comparable(subject_dn: &str) -> String {
    let lines = subject_dn.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<_> = lines
        .map(|line| match line.split_once('=') {
            Some((kind, value)) => format!("{}={}", kind.trim_end().to_ascii_uppercase(), value.trim_start()),
            None => line.to_owned(),
        })
        .collect();
    lines.join("\n")
}

fn written(name: &AttributeTypeAndValue) -> String {
    let oid = name.oid.to_string();
    let kind = SHORT_NAMES.iter().find(|(known, _)| *known == oid).map_or(oid.as_str(), |(_, short)| short);
    let value = text(&name.value).map_or_else(|| hexadecimal(&name.value), |text| escaped(&text));
    format!("{kind}={value}")
}

/// The text of a value, unless it is of an unusual type.
fn text(value: &Any) -> Option<String> {
    let bytes = value.value();
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
        Tag::TeletexString => Some(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => {
            let units: Vec<_> = bytes.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
            String::from_utf16(&units).ok()
        }
        _ => None,
    }
}

/// <https://www.rfc-editor.org/rfc/rfc2253#section-2.4>
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (index, c) in text.chars().enumerate() {
        match c {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => escaped.extend(['\\', c]),
            '#' if index == 0 => escaped.push_str("\\#"),
            ' ' if index == 0 || index == last => escaped.push_str("\\ "),
            '\0'..='\x1f' | '\x7f' => write!(escaped, "\\{:02X}", u32::from(c)).expect("a string takes every text"),
            _ => escaped.push(c),
        }
    }
    escaped
}

fn hexadecimal(value: &Any) -> String {
    let der = value.to_der().unwrap_or_default();
    der.iter().fold("#".to_owned(), |text, byte| format!("{text}{byte:02X}"))
}
