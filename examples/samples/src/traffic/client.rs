//! Who asks.
//!
//! Addresses are of the ranges for documentation: customers in 203.0.113.0/24 and 198.51.100.0/24, all that nobody
//! wants in 192.0.2.0/24. Several customers share one, as behind a carrier's translation.

use std::net::Ipv4Addr;

use fastrand::Rng;

use super::{Traffic, last};
use crate::chance::Chance;
use crate::clock::{Micros, SECOND};

/// An address and what it sends with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client {
    pub(crate) address: Ipv4Addr,
    pub(crate) agent: &'static Agent,
}

/// A program that makes requests.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Agent {
    /// The header, with quotes escaped as the load balancer does it.
    pub(crate) name: &'static str,
    /// Speaks HTTP/2.
    pub(crate) h2: bool,
    pub(crate) ja3: &'static str,
    pub(crate) ja4: &'static str,
}

const fn agent(name: &'static str, h2: bool, ja3: &'static str, ja4: &'static str) -> Agent {
    Agent { name, h2, ja3, ja4 }
}

/// What customers use.
pub(crate) static BROWSERS: [Agent; 7] = [
    agent(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 \
         Mobile/15E148 Safari/604.1",
        true,
        "773906b0efdefa24a7f2b8eb6985bf37",
        "t13d2014h2_a09f3c656075_14788d8d241b",
    ),
    agent(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 \
         Mobile/15E148 Safari/604.1",
        true,
        "773906b0efdefa24a7f2b8eb6985bf37",
        "t13d2014h2_a09f3c656075_14788d8d241b",
    ),
    agent(
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile \
         Safari/537.36",
        true,
        "cd08e31494f9531f560d64c695473da9",
        "t13d1516h2_8daaf6152771_02713d6af862",
    ),
    agent(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
         Safari/537.36",
        true,
        "cd08e31494f9531f560d64c695473da9",
        "t13d1516h2_8daaf6152771_02713d6af862",
    ),
    agent(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
        true,
        "579ccef312d18482fc42e2b822ca2430",
        "t13d1715h2_5b57614c22b0_5c2c66f702b0",
    ),
    agent(
        "ShopApp/4.12 (\\x22Galaxy S25\\x22; Android 15) okhttp/5.1.0",
        true,
        "f79b6bad2ad0641e1921aef10262856b",
        "t13d1513h2_8daaf6152771_eca864cca44a",
    ),
    agent(
        "python-requests/2.32.5",
        false,
        "a48c0d5f95b1ef98f560f324fd275da1",
        "t13d4312h1_c7886603b240_b26ce05bbdd6",
    ),
];

/// A search engine.
pub(crate) static CRAWLER: Agent = agent(
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    true,
    "8cca4a7d4d7c9bb9c0a0e2b9ae4dfd56",
    "t13d1512h2_8daaf6152771_9b887d9acb53",
);

/// What scanners and guessers use. The last sends no user agent.
pub(crate) static SCANNERS: [Agent; 5] = [
    agent(
        "sqlmap/1.9.4#stable (https://sqlmap.org)",
        false,
        "473cd7cb9faa642487833865d516e578",
        "t13d190900_9dc949149365_97f8aa674fd9",
    ),
    agent(
        "Mozilla/5.0 zgrab/0.x",
        false,
        "19e29534fd49dd27d09234e639c4057e",
        "t13i190800_9dc949149365_97f8aa674fd9",
    ),
    agent("curl/8.14.1", true, "0149f47eabf9a20d0893e2a44e5a6323", "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6"),
    agent(
        "Go-http-client/1.1",
        false,
        "d6828e30ab66774a91a96ae93be4ae4c",
        "t13d1311h1_f57a46bbacb6_ab7e3b40a677",
    ),
    agent("-", false, "6734f37431670b3ab4292b8f60f29984", "t12d180700_4b22cbed5bed_2dae41c691ec"),
];

/// A connection to a listener.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) at: Micros,
    pub(crate) address: Ipv4Addr,
    pub(crate) port: u16,
    /// Which node of the load balancer.
    pub(crate) node: usize,
    /// None on the listener of port 80.
    pub(crate) tls: Option<Tls>,
    pub(crate) id: u128,
    /// The handshake failed, with this code.
    pub(crate) failed: Option<&'static str>,
}

impl Connection {
    pub(crate) fn listener(&self) -> u16 {
        if self.tls.is_some() { 443 } else { 80 }
    }
}

/// What a handshake agreed on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tls {
    pub(crate) protocol: &'static str,
    pub(crate) cipher: &'static str,
    pub(crate) exchange: &'static str,
    /// Milliseconds.
    pub(crate) latency: u32,
}

impl Client {
    /// The two letters of the country that the address is registered in.
    pub(crate) fn country(&self) -> &'static str {
        let host = last(self.address);
        match self.address.octets()[0] {
            203 => "JP",
            198 if host < 200 => "JP",
            198 => ["US", "TW", "KR", "SG"][usize::from(host % 4)],
            _ => ["RU", "CN", "US", "NL", "BR"][usize::from(host % 5)],
        }
    }

    /// Opens a connection that a request comes over at `at`, and gives its index.
    pub(crate) fn connect(&self, at: Micros, secure: bool, rng: &mut Rng, traffic: &mut Traffic) -> usize {
        let tls = secure.then(|| {
            let old = !self.agent.h2 && rng.chance(0.4);
            let (protocol, cipher, exchange) = match (old, self.agent.h2) {
                (true, _) => ("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", "secp256r1"),
                (false, true) => ("TLSv1.3", "TLS_AES_128_GCM_SHA256", "X25519MLKEM768"),
                (false, false) => ("TLSv1.3", "TLS_AES_128_GCM_SHA256", "x25519"),
            };
            Tls { protocol, cipher, exchange, latency: rng.around(18.0, 0.7) as u32 + 2 }
        });
        let handshake = tls.map_or(0, |tls| Micros::from(tls.latency) * 1000);
        let before = Micros::from(rng.u32(800..4_000));
        traffic.connections.push(Connection {
            at: at - handshake.min(SECOND) - before,
            address: self.address,
            port: rng.u16(1024..),
            node: rng.usize(..2),
            tls,
            id: rng.u128(..),
            failed: None,
        });
        traffic.connections.len() - 1
    }
}
