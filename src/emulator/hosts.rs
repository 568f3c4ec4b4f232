//! Which requests the emulator answers: those for a host of its own, unless a foreign web page has sent them.
//!
//! A page in a browser can send requests to any address, and can give the address a name of its own to read the answers as well.
//! The browser tells both: the name in `Host`, the page in `Origin`. All other clients are on this machine on purpose.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{StatusCode, Uri, header};

use super::api_error::ApiError;

/// A name under which the emulator is reached as well, on one port or on any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost {
    name: String,
    port: Option<u16>,
}

impl FromStr for AllowedHost {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let authority = text.parse::<Authority>().ok().filter(|authority| !text.contains('@') && is_host(authority));
        let authority = authority.ok_or("it is not a host, such as auth0 or auth0.internal:4010")?;
        Ok(Self { name: authority.host().to_owned(), port: authority.port_u16() })
    }
}

/// A port may be missing, but not be nonsense; and `*` would not mean what it seems to.
fn is_host(authority: &Authority) -> bool {
    let has_port = authority.as_str() != authority.host();
    !authority.host().contains('*') && has_port == authority.port_u16().is_some()
}

/// Where a connection came in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entrance {
    pub(crate) address: SocketAddr,
    pub(crate) tls: bool,
}

/// The hosts that are the emulator's own.
#[derive(Debug)]
pub(crate) struct Hosts(pub(crate) Vec<AllowedHost>);

impl Hosts {
    /// Fails unless the request is for one of these hosts, and no page of another one has sent it.
    pub(crate) fn check(&self, request: &Parts, entrance: Entrance) -> Result<(), ApiError> {
        let named = request.headers.get_all(header::HOST).iter().map(|value| value.to_str().unwrap_or_default());
        let mut hosts = request.uri.authority().map(Authority::as_str).into_iter().chain(named).peekable();
        if hosts.peek().is_none() {
            return Err(refused("foreign_host", "The request names no host".to_owned()));
        }
        if let Some(host) = hosts.find(|host| !self.is_own(host, entrance, entrance.tls)) {
            let host = shown(host);
            return Err(refused(
                "foreign_host",
                format!("The host {host} is not one of this auth0-emulator; to allow it, start with --allow-host"),
            ));
        }
        let mut origins =
            request.headers.get_all(header::ORIGIN).iter().map(|value| value.to_str().unwrap_or_default());
        match origins.find(|origin| !self.is_own_origin(origin, entrance)) {
            None => Ok(()),
            Some(origin) => {
                Err(refused("foreign_origin", format!("Web pages of {} may not use auth0-emulator", shown(origin))))
            }
        }
    }

    fn is_own_origin(&self, origin: &str, entrance: Entrance) -> bool {
        let Ok(uri) = origin.parse::<Uri>() else { return false };
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return false;
        };
        self.is_own(authority.as_str(), entrance, scheme == "https")
    }

    fn is_own(&self, host: &str, entrance: Entrance, tls: bool) -> bool {
        let Some(authority) = host.parse::<Authority>().ok().filter(|_| !host.contains('@')) else { return false };
        let name = authority.host();
        let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        let is_local = name.eq_ignore_ascii_case("localhost")
            || address.is_some_and(|ip| ip.is_loopback() || ip == entrance.address.ip().to_canonical());
        let is_allowed = |allowed: &AllowedHost| {
            allowed.name.eq_ignore_ascii_case(name) && allowed.port.is_none_or(|allowed| allowed == port)
        };
        (is_local && port == entrance.address.port()) || self.0.iter().any(is_allowed)
    }
}

fn refused(code: &'static str, message: String) -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, code, message)
}

/// Foreign text in a message: in quotes, and not too much of it.
fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(100).collect::<String>())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    const ENTRANCE: &str = "192.0.2.7:4010";

    fn check(allowed: &[&str], tls: bool, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let hosts = Hosts(allowed.iter().map(|host| host.parse().unwrap()).collect());
        hosts.check(&parts, Entrance { address: ENTRANCE.parse().unwrap(), tls }).is_ok()
    }

    #[test]
    fn own_hosts_are_loopback_and_the_address_itself() {
        for host in ["localhost:4010", "LOCALHOST:4010", "127.0.0.1:4010", "127.1.2.3:4010", "[::1]:4010", ENTRANCE] {
            assert!(check(&[], false, &[("host", host)]), "{host}");
        }
        for host in [
            "localhost",
            "localhost:4011",
            "192.0.2.8:4010",
            "evil.example:4010",
            "localhost.evil.example:4010",
            "localhost@evil.example:4010",
            "evil@localhost:4010",
            "localhost:99999",
            "",
            "\u{e9}",
        ] {
            assert!(!check(&[], false, &[("host", host)]), "{host}");
        }
        assert!(!check(&[], false, &[]), "no host");
        assert!(!check(&[], false, &[("host", ENTRANCE), ("host", "evil.example")]), "two hosts");
    }

    #[test]
    fn further_hosts_are_allowed_by_name() {
        let allowed = ["auth0", "tenant.internal:443"];
        for host in ["auth0:4010", "AUTH0", "auth0:8080", "tenant.internal"] {
            assert!(check(&allowed, true, &[("host", host)]), "{host}");
        }
        for host in ["auth0.evil.example:4010", "tenant.internal:4010"] {
            assert!(!check(&allowed, true, &[("host", host)]), "{host}");
        }
        for text in ["", "http://auth0", "auth0/", "*", "a b", "a:b", "a:99999", "a@b"] {
            assert!(text.parse::<AllowedHost>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_pages_of_own_hosts_may_send_requests() {
        let origin = |origin| check(&["auth0"], false, &[("host", ENTRANCE), ("origin", origin)]);
        for own in ["http://localhost:4010", "https://127.0.0.1:4010", "http://192.0.2.7:4010", "http://auth0:3000"] {
            assert!(origin(own), "{own}");
        }
        for foreign in ["null", "http://evil.example", "http://localhost:3000", "file://", "localhost:4010", ""] {
            assert!(!origin(foreign), "{foreign}");
        }
    }
}
