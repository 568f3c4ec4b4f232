//! The token of a process: kept, renewed, rejected.

use super::super::response::{Response, TransportError};
use super::*;

fn request() -> Request {
    Request::token(&"acme.auth0.com".parse().unwrap(), Box::new(Vec::new))
}

fn question() -> Question {
    Question { audience: String::new(), shown: Shown::Secret }
}

fn granted(lifetime: Option<u64>) -> Grant {
    Grant { header: bearer_header("abc").unwrap(), lifetime: lifetime.map(Duration::from_secs) }
}

fn unreachable() -> Error {
    Error::Transport { endpoint: request().endpoint, cause: TransportError::Refused }
}

#[test]
fn a_token_is_used_until_shortly_before_its_end() {
    let asked = Instant::now();
    let at = |seconds| asked + Duration::from_secs(seconds);
    for (lifetime, last) in [(86_400, 86_339), (120, 59), (10, 4)] {
        let mut held = TokenState::default();
        held.keep(Ok(granted(Some(lifetime))), asked, asked).unwrap();
        assert!(matches!(held.known(at(last)), Some(Ok(_))), "{lifetime}");
        assert!(held.known(at(last + 1)).is_none(), "{lifetime}");
    }
}

#[test]
fn uses_token_without_lifetime_until_rejected() {
    let now = Instant::now();
    let mut held = TokenState::default();
    let first = held.keep(Ok(granted(None)), now, now).unwrap();
    assert!(matches!(held.known(now + Duration::from_hours(1000)), Some(Ok(_))));
    held.drop_token(&first);
    assert!(held.known(now).is_none());
}

#[test]
fn a_token_is_granted_whatever_is_said_about_its_life() {
    let kept = |life: &str, age| {
        let body = format!(r#"{{"access_token":"abc"{life}}}"#).into();
        let outcome = Response { body, ..Response::of(200, "") }.at_once();
        let (asked, mut held) = (Instant::now(), TokenState::default());
        held.keep(grant(&outcome, &request(), &question()), asked, asked).unwrap();
        held.known(asked + age).is_some()
    };
    let (day, century) = (Duration::from_hours(24), Duration::from_hours(876_000));
    for life in ["86400", "86400.0", "864e2"] {
        let life = format!(r#","expires_in":{life}"#);
        assert!(kept(&life, Duration::from_hours(23)) && !kept(&life, day), "{life}");
    }
    for odd in ["18446744073709551615", "9e18", "1e999", "-1", "0", "null", r#""soon""#, "{}"] {
        assert!(kept(&format!(r#","expires_in":{odd}"#), century), "{odd}");
    }
    assert!(kept("", century));
}

#[test]
fn a_late_rejection_does_not_drop_the_newer_token() {
    let now = Instant::now();
    let mut held = TokenState::default();
    let first = held.keep(Ok(granted(None)), now, now).unwrap();
    held.drop_token(&first);
    held.keep(Ok(granted(None)), now, now).unwrap();
    held.drop_token(&first);
    assert!(matches!(held.known(now), Some(Ok(_))));
}

#[test]
fn refusal_is_final_and_outage_temporary() {
    let (now, mut held) = (Instant::now(), TokenState::default());
    let after = |seconds| now + Duration::from_secs(seconds);
    held.keep(Err(unreachable()), now, after(90)).err().unwrap();
    assert!(matches!(held.known(after(119)), Some(Err(Error::Transport { .. }))));
    assert!(held.known(after(120)).is_none());

    held.keep(Err(TokenError::WrongCredentials.into()), now, now).err().unwrap();
    assert!(matches!(held.known(after(3_600)), Some(Err(Error::Token(TokenError::WrongCredentials)))));

    let throttled = Error::RateLimited { endpoint: request().endpoint, wait: None };
    for passing in [throttled, TokenError::QuotaExceeded { wait: None }.into()] {
        held.keep(Err(passing), now, now).err().unwrap();
        assert!(held.known(now).is_none());
    }
}

#[test]
fn an_answer_that_is_no_token_did_not_come_from_auth0() {
    let odd = [r"a\nb", "", " ", "a b", "ä", r"a\n"].map(|token| format!(r#"{{"access_token":"{token}"}}"#));
    for body in ["<html>", "{}"].into_iter().chain(odd.iter().map(String::as_str)) {
        let outcome = Response { body: body.to_owned().into(), ..Response::of(200, "") }.at_once();
        let error = grant(&outcome, &request(), &question()).err().unwrap();
        assert!(matches!(error, Error::Token(TokenError::NotAuth0 { status: 200 })), "{body}");
    }
}

#[test]
fn the_header_is_marked_sensitive() {
    assert!(!format!("{:?}", bearer_header("s3cret").unwrap()).contains("s3cret"));
}
