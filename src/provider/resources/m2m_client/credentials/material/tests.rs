//! Keys and certificates in every form, and what is neither.

use std::str::FromStr as _;
use std::sync::LazyLock;

use proptest::prelude::*;
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256};
use rcgen::{DistinguishedName, PublicKeyData as _};
use x509_cert::name::Name;

use super::*;

/// Generating a key takes long, so the tests share one.
static RSA_KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap());

fn time(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap()
}

fn public_key() -> String {
    labelled(PUBLIC_KEY, &RSA_KEY.subject_public_key_info())
}

fn certificate_of(key: &KeyPair) -> String {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "app");
    params.not_after = time(1_893_553_445);
    labelled(CERTIFICATE, params.self_signed(key).unwrap().der())
}

/// A public key with a modulus that begins with these bytes.
fn rsa_of(length: usize, first: u8) -> String {
    let modulus = [vec![0, first], vec![0xff; length - 1]].concat();
    let modulus = if first < 0x80 { &modulus[1..] } else { &modulus };
    labelled(RSA_PUBLIC_KEY, &tagged(0x30, &[tagged(2, modulus), tagged(2, &[1, 0, 1])].concat()))
}

#[test]
fn key_id_is_the_one_of_rfc_7638() {
    let key = PublicKey::read(&labelled(PUBLIC_KEY, &STANDARD.decode(OF_RFC_7638).unwrap())).unwrap();
    assert_eq!(key.identity(), Identity::Key("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs".to_owned()));
    assert_eq!(key.not_after, None);
}

/// What Auth0 answered to this certificate.
#[test]
fn derives_what_auth0_derives() {
    let pem = labelled(CERTIFICATE, &STANDARD.decode(OF_AUTH0).unwrap());
    let (key, certificate) = (PublicKey::read(&pem).unwrap(), Certificate::read(&pem).unwrap());
    assert_eq!(key.thumbprint, "w0kIFOc-q7KKK-pa2Uj5b_Cl3f0hAgFeseLg8iEmWu0");
    assert_eq!(certificate.thumbprint, "irPW_52cQKIRPeblpAs2LjaUELUxnh5Vi7_1idgHX7w");
    let subject = "C=es\nST=Madrid\nL=Madrid\nO=Okta\nOU=DX-CDT\nCN=Developer Experience";
    assert_eq!(certificate.subject_dn, subject);
    assert_eq!(certificate.subject_identity(), Identity::of_subject(subject));
    let not_after = time(1_999_589_593);
    assert_eq!((key.not_after, certificate.not_after), (Some(not_after), not_after));
    assert_eq!((&key.pem, &certificate.pem), (&pem, &pem));
}

#[test]
fn same_key_in_any_form_is_the_same() {
    let spki = public_key();
    let pkcs1 = labelled(RSA_PUBLIC_KEY, RSA_KEY.der_bytes());
    let indented = spki.replace('\n', "\r\n    ");
    let bundle = format!("Public-Key: (2048 bit)\n{spki}\nthe end");
    let one_line = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
        spki.lines().collect::<Vec<_>>()[1..8].concat()
    );
    let expected = PublicKey::read(&spki).unwrap();
    assert_eq!(expected.pem, spki);
    for pem in [&pkcs1, &indented, &bundle, &one_line, &format!("\n{}", spki.trim_end())] {
        assert_eq!(PublicKey::read(pem), Ok(expected.clone()), "{pem}");
    }
    let certificate = PublicKey::read(&certificate_of(&RSA_KEY)).unwrap();
    assert_eq!(certificate.identity(), expected.identity());
    assert_eq!(certificate.not_after, Some(time(1_893_553_445)));
}

#[test]
fn certificate_may_have_any_kind_of_key() {
    let pem = certificate_of(&KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap());
    let certificate = Certificate::read(&pem).unwrap();
    assert_eq!(certificate.subject_dn, "CN=app");
    assert_ne!(certificate.identity(), Certificate::read(&certificate_of(&RSA_KEY)).unwrap().identity());
    assert_eq!(PublicKey::read(&pem), Err(WrongPem::NotRsa("elliptic-curve (EC)")));
    assert_eq!(Certificate::read(&public_key()), Err(WrongPem::NotCertificate));
}

#[test]
fn subject_is_compared_by_name() {
    let same = |one: &str, other: &str| Identity::of_subject(one) == Identity::of_subject(other);
    assert!(same("C=es\nCN=app", "  C=es\r\n  cn = app\n\n"));
    for other in ["CN=app\nC=es", "C=ES\nCN=app", "C=es\nCN=ap p", "C=es, CN=app", "C=es"] {
        assert!(!same("C=es\nCN=app", other), "{other}");
    }
}

#[test]
fn subject_is_written_name_by_name() {
    // The text form begins with the last name.
    for (text, expected) in [
        ("CN=app,OU=one,OU=two,DC=acme", "DC=acme\nOU=two\nOU=one\nCN=app"),
        ("CN=J. Smith+OU=Sales", "OU=Sales + CN=J. Smith"),
        (r#"CN=\#a \"b\"\, c\+d\\\ "#, r#"CN=\#a \"b\"\, c\+d\\\ "#),
        ("emailAddress=a@b.example", "emailAddress=a@b.example"),
        ("1.2.3.4=#0c0161", "1.2.3.4=a"),
        ("1.2.3.4=#020101", "1.2.3.4=#020101"),
        ("CN=#1e0400e4263a", "CN=ä☺"),
        ("CN=#0c02610a", "CN=a\\0A"),
    ] {
        assert_eq!(subject::of(&Name::from_str(text).unwrap()), expected, "{text}");
    }
}

#[test]
fn what_cannot_be_used_is_told_apart_and_not_shown() {
    let spki = public_key();
    let private = labelled("PRIVATE KEY", RSA_KEY.serialized_der());
    let of = |algorithm| labelled(PUBLIC_KEY, &KeyPair::generate_for(algorithm).unwrap().subject_public_key_info());
    let legacy = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\ns3cret";
    for (pem, expected) in [
        (" \n".to_owned(), WrongPem::Empty),
        (format!("\u{feff}{spki}"), WrongPem::ByteOrderMark),
        (private.clone(), WrongPem::Private),
        (format!("{spki}{private}"), WrongPem::Private),
        (labelled("EC PRIVATE KEY", b"s3cret"), WrongPem::Private),
        (private.replace('\n', "\\n"), WrongPem::Private),
        (STANDARD.encode(&private), WrongPem::Private),
        (STANDARD.encode(RSA_KEY.serialized_der()), WrongPem::Private),
        (r#"{"kty":"RSA","d":"s3cret"}"#.to_owned(), WrongPem::Private),
        (r#"{ "d": "s3cret", "kty": "RSA" }"#.to_owned(), WrongPem::Private),
        ("PuTTY-User-Key-File-3: ssh-rsa\ns3cret".to_owned(), WrongPem::Private),
        (legacy.to_owned(), WrongPem::EncryptedPrivate),
        (labelled("ENCRYPTED PRIVATE KEY", b"s3cret"), WrongPem::EncryptedPrivate),
        (labelled("OPENSSH PRIVATE KEY", b"s3cret"), WrongPem::OpenSshPrivate),
        ("ssh-rsa s3cret me@home".to_owned(), WrongPem::OpenSsh),
        ("---- BEGIN SSH2 PUBLIC KEY ----\ns3cret".to_owned(), WrongPem::OpenSsh),
        (r#"{"kty":"RSA","n":"s3cret"}"#.to_owned(), WrongPem::Jwk),
        (of(&PKCS_ECDSA_P256_SHA256), WrongPem::NotRsa("elliptic-curve (EC)")),
        (of(&PKCS_ED25519), WrongPem::NotRsa("Ed25519")),
        ("ssh-ed25519 s3cret me@home".to_owned(), WrongPem::NotRsa("Ed25519")),
        ("ecdsa-sha2-nistp256 s3cret".to_owned(), WrongPem::NotRsa("elliptic-curve (EC)")),
        (rsa_of(128, 0xff), WrongPem::TooShort),
        (rsa_of(256, 0x7f), WrongPem::TooShort),
        (labelled("CERTIFICATE REQUEST", b"s3cret"), WrongPem::Request),
        (spki.repeat(2), WrongPem::Several),
        (format!("{}{spki}", certificate_of(&RSA_KEY)), WrongPem::Several),
        (spki.replace('\n', "\\n"), WrongPem::EscapedLineBreaks),
        (spki.replacen('\n', "\\n", 3), WrongPem::EscapedLineBreaks),
        (format!("\"{spki}\""), WrongPem::Quoted),
        (format!("'{}'", spki.replace('\n', "\\n")), WrongPem::Quoted),
        (STANDARD.encode(&spki), WrongPem::Base64),
        ("/run/s3cret".to_owned(), WrongPem::FilePath),
        ("${path.module}/s3cret.pem\n".to_owned(), WrongPem::FilePath),
        (labelled(PUBLIC_KEY, b"s3cret"), WrongPem::Damaged),
        (labelled(CERTIFICATE, b"s3cret"), WrongPem::Damaged),
        (spki[..spki.len() / 2].to_owned(), WrongPem::Damaged),
        (spki.replace("MII", "M!I"), WrongPem::Damaged),
        (spki.trim_start_matches('-').to_owned(), WrongPem::Damaged),
        (spki.replace('\n', " "), WrongPem::Damaged),
        ("s3cret".to_owned(), WrongPem::NotPem),
        (labelled("X509 CRL", b"s3cret"), WrongPem::NotPem),
    ] {
        let error = PublicKey::read(&pem).unwrap_err();
        assert_eq!(error, expected, "{pem}");
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
    assert!(PublicKey::read(&rsa_of(256, 0x80)).is_ok());
}

#[test]
fn each_error_says_what_to_do_in_plain_words() {
    let errors =
        [WrongPem::Private, WrongPem::OpenSsh, WrongPem::Several, WrongPem::NotRsa("Ed25519"), WrongPem::Quoted];
    for error in errors {
        let text = error.to_string();
        assert!(text.contains(": ") && text.split_whitespace().count() <= 30, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>(), label in 0_usize..3, der in any::<Vec<u8>>()) {
        let label = [CERTIFICATE, PUBLIC_KEY, RSA_PUBLIC_KEY][label];
        let texts = [labelled(label, &der), format!("-----BEGIN {label}-----\n{text}"), text];
        for text in texts {
            let _ = (PublicKey::read(&text), Certificate::read(&text), Identity::of_subject(&text));
        }
    }

    #[test]
    fn no_damage_panics(place in 0_usize..1000, byte in any::<u8>()) {
        let mut der = STANDARD.decode(OF_AUTH0).unwrap();
        der[place] = byte;
        let pem = labelled(CERTIFICATE, &der);
        let _ = (PublicKey::read(&pem), Certificate::read(&pem));
    }
}

/// The key in section 3.1 of RFC 7638.
const OF_RFC_7638: &str = "\
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4\
    cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc/BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ/2W+5JsGY4Hc5n9yBXArwl93lqt\
    7/RN5w6Cf0h4QyQ5v+65YGjQR0/FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbIS\
    D08qNLyrdkt+bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ+G/xBniIqbw0Ls1jF44+csFCur+kEgU8awapJzKnqDK\
    gwIDAQAB";

/// A certificate that was sent to Auth0. It is of version 1, and its key has 4096 bits.
const OF_AUTH0: &str = "\
    MIIFWDCCA0ACCQDXqpBo3RUhkzANBgkqhkiG9w0BAQsFADBuMQswCQYDVQQGEwJlczEPMA0GA1UECAwGTWFkcmlkMQ8wDQYDVQQHDAZNYWRyaWQx\
    DTALBgNVBAoMBE9rdGExDzANBgNVBAsMBkRYLUNEVDEdMBsGA1UEAwwURGV2ZWxvcGVyIEV4cGVyaWVuY2UwHhcNMjMwNTE2MDkzMzEzWhcNMzMw\
    NTEzMDkzMzEzWjBuMQswCQYDVQQGEwJlczEPMA0GA1UECAwGTWFkcmlkMQ8wDQYDVQQHDAZNYWRyaWQxDTALBgNVBAoMBE9rdGExDzANBgNVBAsM\
    BkRYLUNEVDEdMBsGA1UEAwwURGV2ZWxvcGVyIEV4cGVyaWVuY2UwggIiMA0GCSqGSIb3DQEBAQUAA4ICDwAwggIKAoICAQCupwRtoZtRk9qRaXD+\
    YdtpM9dWo2vaprvNo+7J2YPlOtZB0zx7xykTEI5UMsESRwEATzVvepQzvswYBlca9k1nOcMBSmhkJPol9fbntWAbw4jvs/xXCtKCVOuiP2hffaeq\
    1+6Kei8gXJKpytzNLPhbqpoNfqb87U4SM4pKFWSkbJSL0inUilrlc4sR9IGWs9jjCK21TpsUcb7GMZemv7MlZQfKQSFuTJgTs3aLJAiyF0yfYhCM\
    bE/bFefRsTcZYnAEYfI3pLDAuZm4GjWDW0DCm43pO+jSRvEnbikVvFo6GAoTyUStifK44KVwhp4iPRkIrUCEMxK0mCMVJ9KFtaKWsFcJ5nQGJxBz\
    6fj766Hl7SwuHvmSezzADF7/5kOAb8TnMfYsRFxak/iE/5s+OldEONHWuyVWuNIqEeI1DglscX02uK7jnuhUAyrCR0ayI3Ket+OvbviZIjiNyqfR\
    chPuL7QyQl3CrWcTgZCqwjMzW2G9Y63k838mqL0gVhNPrH6QedOdSsnXbsjP+hS5Px2PRWqT+Z8otzZpfnD/pmtjoA3D93c1KJ+hFNlyIvD+R7go\
    045l7OR5MKkgkOSOCXTqCSiq09XpZUQvwMtW516K5K/zOveai7V5DTmTHhCL5kthRYhA5WDfLWicG0ZPzl4p7gmxfmseQH/bHBSU2f+a+QIDAQAB\
    MA0GCSqGSIb3DQEBCwUAA4ICAQA7EOslD5WQ+G6T0GhbyTmlC497aULzCdFfkMjlPN2MiVhje0G4u8C5zK6zEkmyWfRkqCIh54YLbaZu55MbvwbD\
    64tTWqDMBmmna8HpulFcpi4RM9jGFMqx5/NSHBLqv/BC3UNt7c4y4YuLJkB07RljPv07k5sgf9/twF+v7UYVURfutoj0sjOImJMN66YVOTlNoGTS\
    TOrDWByqc6eDHSFVU+0urrgos4iF5UN7ovfA8dLBiR7I4S5kVKSKO18UUB4qPIj0yMvTImrQXMepVtzaGae1V5BCyx37J12/STcUdE5urtSBjZya\
    ugrTw+C+WHTcS829q5jOjmBJgFTIICz8IDTxPZIM+keVyodFOJKRtteT6vWnk8wq9k4U5HRxtdRKc52ud3RCO/B+RxbBLzFuKrM402LNe6j6+gek\
    4boPkzfMbEIohJm1ukM4bATfP5gltsGe6UvXg7yaM+oW8jBPHK9w5azsqj+SuxqvARchHWRIrYAli5SePbUtmFKC/Lt+pKCKqxdawpr8EUrJXvHL\
    3XoNHuGNbVuSm/ep+ge89UAbUEQ90A4w7fuSX5S+pr4nMOTilNZtdWtIC9qcJ2Xmy5gZ+mAh3Wv+96IwQ9MWvtFEXquNNbvJdXVluUPVarNv3T1B\
    8GMCiNZ0r6tknDJcnkjmRqiB8o/ExYXRnjHhGQ==";
