//! The claims of an assertion, and why Auth0 may refuse it.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::SigningAlgorithm;

/// Maximum time between `iat` and `exp` that Auth0 accepts.
const LONGEST_LIFETIME: i64 = 300;
/// Maximum difference between clocks, in seconds.
const SKEW: i64 = 10;

/// The header and the claims that Auth0 checks, if present. The signature is not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::auth0) struct Claims {
    algorithm: String,
    issuer: Option<String>,
    subject: Option<String>,
    audience: Option<Value>,
    id: Option<String>,
    issued_at: Option<i64>,
    expires_at: Option<i64>,
}

/// A likely reason why Auth0 refused an assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// The clock of this machine is ahead or behind by this many seconds.
    Clock(i64),
    /// It expired this many seconds ago.
    Expired(i64),
    /// It becomes valid in this many seconds.
    NotYetValid(i64),
    /// It lacks a required claim.
    Missing(&'static str),
    /// Its lifetime is too long.
    TooLong,
    /// Its audience is not this tenant.
    Audience(String),
    /// Its issuer differs from its subject.
    Issuer,
    /// Auth0 does not accept its algorithm.
    Algorithm,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

/// Reads each claim on its own. A claim of the wrong type counts as absent.
#[derive(Deserialize)]
struct Payload {
    iss: Option<Value>,
    sub: Option<Value>,
    aud: Option<Value>,
    jti: Option<Value>,
    iat: Option<Value>,
    exp: Option<Value>,
}

impl Claims {
    /// `None` if the text is not a signed JSON Web Token.
    pub(super) fn read(assertion: &str) -> Option<Self> {
        let parts: Vec<_> = assertion.split('.').collect();
        let [header, payload, signature] = parts.as_slice() else { return None };
        URL_SAFE_NO_PAD.decode(signature).ok()?;
        let Header { alg: algorithm } = decode(header)?;
        let Payload { iss, sub, aud: audience, jti, iat, exp } = decode(payload)?;
        let text = |value: Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
        let seconds = |value: Option<Value>| value.as_ref().and_then(Value::as_f64).map(whole);
        Some(Self {
            algorithm,
            issuer: text(iss),
            subject: text(sub),
            audience,
            id: text(jti),
            issued_at: seconds(iat),
            expires_at: seconds(exp),
        })
    }

    /// The application in `sub`.
    pub(super) fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Why Auth0, with the issuer `issuer`, may refuse it at the time `now`.
    pub(in crate::auth0) fn suspicion(&self, issuer: &str, now: Duration) -> Option<Suspicion> {
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let Some(expires_at) = self.expires_at else { return Some(Suspicion::Missing("exp")) };
        let begins = self.issued_at.unwrap_or(now);
        if expires_at < now - SKEW {
            return Some(Suspicion::Expired(now - expires_at));
        }
        if begins > now + SKEW {
            return Some(Suspicion::NotYetValid(begins - now));
        }
        if expires_at > begins + LONGEST_LIFETIME + SKEW {
            return Some(Suspicion::TooLong);
        }
        if self.id.is_none() {
            return Some(Suspicion::Missing("jti"));
        }
        if self.audience.as_ref().and_then(Value::as_str) != Some(issuer) {
            return Some(Suspicion::Audience(issuer.to_owned()));
        }
        if self.issuer != self.subject {
            return Some(Suspicion::Issuer);
        }
        (!SigningAlgorithm::NAMES.contains(&self.algorithm.as_str())).then_some(Suspicion::Algorithm)
    }
}

impl Suspicion {
    /// What a comparison of this machine's clock with Auth0's shows. The signer uses the former.
    pub(in crate::auth0) fn of_clocks(here: Duration, there: Duration) -> Option<Self> {
        let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        let ahead = seconds(here) - seconds(there);
        (ahead.abs() > SKEW).then_some(Self::Clock(ahead))
    }
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clock(ahead) if *ahead > 0 => write!(f, "this machine's clock is {ahead} s ahead of Auth0's"),
            Self::Clock(ahead) => write!(f, "this machine's clock is {} s behind Auth0's", ahead.abs()),
            Self::Expired(ago) => write!(f, "it expired {ago} s ago"),
            Self::NotYetValid(seconds) => write!(f, "it becomes valid in {seconds} s"),
            Self::Missing(claim) => write!(f, "it has no claim `{claim}`"),
            Self::TooLong => write!(f, "its `exp` is more than {LONGEST_LIFETIME} s after its `iat`"),
            Self::Audience(issuer) => write!(f, "its `aud` is not the text `{issuer}`"),
            Self::Issuer => f.write_str("its `iss` and its `sub` differ: both must be the client ID"),
            Self::Algorithm => {
                write!(f, "its algorithm is not one of {}", SigningAlgorithm::NAMES.join(", "))
            }
        }
    }
}

fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[expect(clippy::cast_possible_truncation, reason = "a time beyond all times is as good as the last one")]
fn whole(seconds: f64) -> i64 {
    seconds as i64
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://acme.auth0.com/";
    const NOW: Duration = Duration::from_secs(1_000);

    /// An assertion with these parts and no real signature.
    pub(in crate::auth0) fn unsigned(algorithm: &str, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.AAAA", encode(&json!({ "alg": algorithm })), encode(claims))
    }

    fn good() -> Value {
        json!({ "iss": "me", "sub": "me", "aud": ISSUER, "iat": 990, "exp": 1_110, "jti": "once" })
    }

    #[test]
    fn what_auth0_asks_for_is_above_suspicion() {
        let claims = Claims::read(&unsigned("RS256", &good())).unwrap();
        assert_eq!(claims.subject(), Some("me"));
        assert_eq!(claims.suspicion(ISSUER, NOW), None);
    }

    #[test]
    fn each_deviation_is_seen() {
        for (claim, value, expected) in [
            ("exp", json!(960), Suspicion::Expired(40)),
            ("exp", json!(1_400.5), Suspicion::TooLong),
            ("exp", json!("soon"), Suspicion::Missing("exp")),
            ("iat", json!(1_060), Suspicion::NotYetValid(60)),
            ("jti", Value::Null, Suspicion::Missing("jti")),
            ("aud", json!("https://acme.auth0.com"), Suspicion::Audience(ISSUER.to_owned())),
            ("aud", json!([ISSUER]), Suspicion::Audience(ISSUER.to_owned())),
            ("iss", json!("https://token.actions.githubusercontent.com"), Suspicion::Issuer),
        ] {
            let mut claims = good();
            claims[claim] = value.clone();
            let claims = Claims::read(&unsigned("RS256", &claims)).unwrap();
            assert_eq!(claims.suspicion(ISSUER, NOW), Some(expected), "{claim}: {value}");
        }
        let claims = Claims::read(&unsigned("ES256", &good())).unwrap();
        assert_eq!(claims.suspicion(ISSUER, NOW), Some(Suspicion::Algorithm));
    }

    #[test]
    fn recognizes_clock_difference() {
        let there = Duration::from_secs(1_000);
        let of = |here| Suspicion::of_clocks(Duration::from_secs(here), there);
        assert_eq!([of(990), of(1_010)], [None, None]);
        assert_eq!(of(1_090).unwrap().to_string(), "this machine's clock is 90 s ahead of Auth0's");
        assert_eq!(of(910).unwrap().to_string(), "this machine's clock is 90 s behind Auth0's");
    }

    #[test]
    fn what_is_no_signed_token_is_not_read() {
        let good = unsigned("RS256", &good());
        assert!(Claims::read(&good.replace('.', "..")).is_none());
        for text in ["", "a.b.c", "e30.e30.AAAA", "s3cret", &good[..good.len() - 5], &format!("{good}\n")] {
            assert_eq!(Claims::read(text), None, "{text}");
        }
    }
}
