//! Who asks.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;
use poem::http::HeaderMap;

/// The address that a request is counted for: that of the connection or, where it is a proxy that the operator named,
/// the last address in `X-Forwarded-For` that is no such proxy. Of IPv6 the network, for one client has all of it.
pub(super) fn address(connection: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_proxy = |address: &IpAddr| proxies.iter().any(|net| net.contains(address));
    let connection = connection.to_canonical();
    let mut named: Vec<IpAddr> = Vec::new();
    if is_proxy(&connection) {
        for line in headers.get_all("x-forwarded-for") {
            let line = line.to_str().unwrap_or_default();
            named.extend(line.split(',').filter_map(|text| text.trim().parse::<IpAddr>().ok()));
        }
    }
    let client =
        named.into_iter().map(|a| a.to_canonical()).rev().find(|a| !is_proxy(a)).unwrap_or(connection);
    match client {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            if address.is_loopback() { client } else { Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into() }
        }
        IpAddr::V4(_) => client,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(connection: &str, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let proxies = ["10.0.0.0/8".parse().unwrap()];
        address(connection.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn only_a_named_proxy_is_believed() {
        assert_eq!(of("192.0.2.7", "198.51.100.1"), "192.0.2.7");
        assert_eq!(of("10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(of("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2"), "198.51.100.1");
        assert_eq!(of("10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(of("::ffff:10.0.0.1", "2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
