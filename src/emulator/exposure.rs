//! Where a listener is reached: from this machine, and from others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// An address under which this machine reaches a listener.
pub(crate) fn from_here(listener: SocketAddr) -> SocketAddr {
    let ip = match listener.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listener.port())
}

/// An address under which other machines reach a listener, if they do. It is unspecified if this machine has no network yet.
pub(crate) fn from_elsewhere(listener: SocketAddr) -> Option<SocketAddr> {
    let ip = listener.ip();
    if ip.to_canonical().is_loopback() {
        return None;
    }
    let ip = if ip.is_unspecified() { outward(ip).unwrap_or(ip) } else { ip };
    Some(SocketAddr::new(ip, listener.port()))
}

/// The address from which this machine would reach others. Nothing is sent, and the addresses are those of documentation.
fn outward(family: IpAddr) -> Option<IpAddr> {
    let v4: SocketAddr = (Ipv4Addr::new(192, 0, 2, 1), 9).into();
    let v6: SocketAddr = (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 9).into();
    // A listener at the unspecified address of IPv6 mostly takes connections of IPv4 as well.
    let candidates = if family.is_ipv6() { [v6, v4] } else { [v4, v4] };
    candidates.into_iter().find_map(|other| {
        let socket =
            UdpSocket::bind(SocketAddr::new(if other.is_ipv6() { family } else { Ipv4Addr::UNSPECIFIED.into() }, 0));
        let socket = socket.ok()?;
        socket.connect(other).ok()?;
        Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(listener: &str) -> (String, Option<String>) {
        let listener = listener.parse().unwrap();
        (from_here(listener).to_string(), from_elsewhere(listener).map(|address| address.to_string()))
    }

    #[test]
    fn only_loopback_addresses_are_unreachable_for_others() {
        for own in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(addresses(own), (own.to_owned(), None));
        }
        assert_eq!(addresses("192.0.2.7:1"), ("192.0.2.7:1".to_owned(), Some("192.0.2.7:1".to_owned())));
    }

    #[test]
    fn every_address_is_loopback_here_and_another_elsewhere() {
        let (here, elsewhere) = addresses("0.0.0.0:1");
        assert_eq!(here, "127.0.0.1:1");
        assert!(elsewhere.is_some_and(|address| address != here));
        let (here, elsewhere) = addresses("[::]:1");
        assert_eq!(here, "[::1]:1");
        assert!(elsewhere.is_some_and(|address| address != here));
    }
}
