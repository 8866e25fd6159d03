//! Who may send: HELO, PING, PONG, on both sides.
//!
//! Neither key nor passwords are sent; both sides prove that they know them by SHA-512 over them and what the other
//! side made up for this connection.

use std::fmt;

use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;

use crate::encode::{array, binary, map, string, value};
use crate::msgpack::{Head, head, skip, text};
use crate::{Refused, Value};

/// Most bytes of a greeting. Real ones have some hundred.
const MOST_BYTES: usize = 8 << 10;

/// What a server asks for.
#[derive(Clone, Default)]
pub struct HandshakeConfig {
    /// The server's name, as it tells clients.
    pub hostname: String,
    /// The key that clients must know; empty asks for none.
    pub shared_key: Vec<u8>,
    /// Names and passwords; none asks for no login.
    pub users: Vec<(String, Vec<u8>)>,
    /// Whether connections may stay open.
    pub keepalive: bool,
}

impl fmt::Debug for HandshakeConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakeConfig").field("hostname", &self.hostname).finish_non_exhaustive()
    }
}

/// Why a client may not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It does not know the key.
    #[error("the shared key does not match")]
    SharedKey,
    /// No such user, or another password.
    #[error("user name or password do not match")]
    User,
}

/// The answer to a PING.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Bytes that the PING took.
    pub consumed: usize,
    /// What to send.
    pub pong: Vec<u8>,
    /// Whether the client may send.
    pub accepted: Result<(), Denied>,
}

/// The server's side, for one connection.
#[derive(Debug)]
pub struct ServerHandshake {
    config: HandshakeConfig,
    nonce: [u8; 16],
    auth_salt: [u8; 16],
}

impl ServerHandshake {
    /// A handshake with random bytes that no other connection has.
    #[must_use]
    pub fn new(config: HandshakeConfig, random: [u8; 32]) -> ServerHandshake {
        let (mut nonce, mut auth_salt) = ([0; 16], [0; 16]);
        nonce.copy_from_slice(&random[..16]);
        auth_salt.copy_from_slice(&random[16..]);
        ServerHandshake { config, nonce, auth_salt }
    }

    /// What to send first.
    #[must_use]
    pub fn helo(&self) -> Vec<u8> {
        let mut out = Vec::new();
        array(&mut out, 2);
        string(&mut out, b"HELO");
        map(&mut out, 3);
        string(&mut out, b"nonce");
        binary(&mut out, &self.nonce);
        string(&mut out, b"auth");
        binary(&mut out, if self.config.users.is_empty() { b"" } else { &self.auth_salt });
        string(&mut out, b"keepalive");
        value(&mut out, &Value::Bool(self.config.keepalive));
        out
    }

    /// Reads the client's PING; `None` when it is not whole yet.
    ///
    /// # Errors
    /// When it is none.
    pub fn ping(&mut self, buffer: &[u8]) -> Result<Option<Answer>, Refused> {
        let Some((parts, consumed)) = greeting(buffer, b"PING", 6)? else { return Ok(None) };
        let part = |at: usize| match parts[at] {
            Value::Str(text) | Value::Bin(text) => Ok(text),
            _ => Err(Refused::shape(0, "a part of the PING is no string")),
        };
        let (host, salt, digest, user, password) = (part(1)?, part(2)?, part(3)?, part(4)?, part(5)?);
        let config = &self.config;
        let key = &config.shared_key[..];
        let knows_key = same(digest, &hex(&[salt, host, &self.nonce, key]));
        // Every user is looked at, so that the time taken tells nothing of names.
        let mut is_user = config.users.is_empty();
        for (name, secret) in &config.users {
            let expected = hex(&[&self.auth_salt, name.as_bytes(), secret]);
            is_user |= same(user, name) & same(password, &expected);
        }
        let accepted = match (knows_key, is_user) {
            (false, _) => Err(Denied::SharedKey),
            (_, false) => Err(Denied::User),
            _ => Ok(()),
        };
        let mut pong = Vec::new();
        array(&mut pong, 5);
        string(&mut pong, b"PONG");
        value(&mut pong, &Value::Bool(accepted.is_ok()));
        string(&mut pong, accepted.err().map(|denied| denied.to_string()).unwrap_or_default().as_bytes());
        if accepted.is_ok() {
            string(&mut pong, config.hostname.as_bytes());
            string(&mut pong, hex(&[salt, config.hostname.as_bytes(), &self.nonce, key]).as_bytes());
        } else {
            string(&mut pong, b"");
            string(&mut pong, b"");
        }
        Ok(Some(Answer { consumed, pong, accepted }))
    }
}

/// The answer to a HELO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ping {
    /// What to send.
    pub ping: Vec<u8>,
    /// What the server made up for this connection; [`ClientHandshake::pong`] needs it.
    pub nonce: Vec<u8>,
}

/// The client's side, for one connection.
#[derive(Clone)]
pub struct ClientHandshake {
    /// The client's name.
    pub hostname: String,
    /// The key.
    pub shared_key: Vec<u8>,
    /// Name and password.
    pub user: (String, Vec<u8>),
    /// What makes this connection's proof unlike others.
    pub salt: [u8; 16],
}

impl fmt::Debug for ClientHandshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientHandshake").field("hostname", &self.hostname).finish_non_exhaustive()
    }
}

impl ClientHandshake {
    /// The PING to answer a HELO with; `None` when that is not whole yet.
    ///
    /// # Errors
    /// When it is none.
    pub fn ping(&self, buffer: &[u8]) -> Result<Option<Ping>, Refused> {
        let Some((parts, _)) = greeting(buffer, b"HELO", 2)? else { return Ok(None) };
        let Value::Map(options) = parts[1] else { return Err(Refused::shape(0, "the HELO has no options")) };
        let option = |name| match options.get(name) {
            Some(Value::Str(text) | Value::Bin(text)) => text,
            _ => &[],
        };
        let (nonce, auth) = (option("nonce"), option("auth"));
        let (name, password) = &self.user;
        let mut out = Vec::new();
        array(&mut out, 6);
        string(&mut out, b"PING");
        string(&mut out, self.hostname.as_bytes());
        string(&mut out, &self.salt);
        string(&mut out, hex(&[&self.salt, self.hostname.as_bytes(), nonce, &self.shared_key]).as_bytes());
        if auth.is_empty() {
            string(&mut out, b"");
            string(&mut out, b"");
        } else {
            string(&mut out, name.as_bytes());
            string(&mut out, hex(&[auth, name.as_bytes(), password]).as_bytes());
        }
        Ok(Some(Ping { ping: out, nonce: nonce.to_vec() }))
    }

    /// Reads the PONG: the bytes it took, and whether both sides know the key; `None` when it is not whole yet.
    ///
    /// # Errors
    /// When it is none.
    pub fn pong(&self, buffer: &[u8], nonce: &[u8]) -> Result<Option<(usize, bool)>, Refused> {
        let Some((parts, consumed)) = greeting(buffer, b"PONG", 5)? else { return Ok(None) };
        let (Value::Bool(accepted), Value::Str(host), Value::Str(digest)) = (parts[1], parts[3], parts[4])
        else {
            return Err(Refused::shape(0, "the PONG has other parts"));
        };
        let expected = hex(&[&self.salt, host, nonce, &self.shared_key]);
        Ok(Some((consumed, accepted && same(digest, &expected))))
    }
}

/// The parts of a greeting and where it ends.
fn greeting<'a>(
    buffer: &'a [u8],
    name: &[u8],
    count: usize,
) -> Result<Option<(Vec<Value<'a>>, usize)>, Refused> {
    let Some((first, len)) = head(buffer, 0)? else { return Ok(None) };
    if first != Head::Array(count) {
        return Err(Refused::shape(0, "this is no greeting of the Forward protocol"));
    }
    // An array that says it is longer than any greeting need not be waited for.
    let Some(end) = skip(&buffer[..buffer.len().min(MOST_BYTES)], 0) else {
        return if buffer.len() >= MOST_BYTES {
            Err(Refused::GreetingTooLarge { limit: MOST_BYTES })
        } else {
            Ok(None)
        };
    };
    let parts: Vec<Value<'a>> = crate::Items::new(&buffer[len..end], count).iter().collect();
    if parts.len() != count || text(buffer, len).is_none_or(|(found, _)| found != name) {
        return Err(Refused::shape(0, "this is another greeting"));
    }
    Ok(Some((parts, end)))
}

fn hex(parts: &[&[u8]]) -> String {
    let mut hash = Sha512::new();
    for part in parts {
        hash.update(part);
    }
    let digits =
        |byte: u8| [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]));
    hash.finalize().iter().flat_map(|byte| digits(*byte)).collect()
}

fn same(one: &[u8], other: &str) -> bool {
    one.ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(key: &str, users: &[(&str, &str)]) -> ServerHandshake {
        let users = users.iter().map(|(name, password)| ((*name).to_owned(), password.as_bytes().to_vec()));
        let config = HandshakeConfig {
            hostname: "server".to_owned(),
            shared_key: key.as_bytes().to_vec(),
            users: users.collect(),
            keepalive: true,
        };
        ServerHandshake::new(config, std::array::from_fn(|n| n as u8))
    }

    fn client(key: &str, user: &str, password: &str) -> ClientHandshake {
        ClientHandshake {
            hostname: "client".to_owned(),
            shared_key: key.as_bytes().to_vec(),
            user: (user.to_owned(), password.as_bytes().to_vec()),
            salt: [7; 16],
        }
    }

    fn meet(server: &mut ServerHandshake, client: &ClientHandshake) -> (Result<(), Denied>, bool) {
        let Ping { ping, nonce } = client.ping(&server.helo()).unwrap().unwrap();
        for cut in 0..ping.len() {
            assert_eq!(server.ping(&ping[..cut]).unwrap(), None);
        }
        let answer = server.ping(&ping).unwrap().unwrap();
        assert_eq!(answer.consumed, ping.len());
        let (_, knows) = client.pong(&answer.pong, &nonce).unwrap().unwrap();
        (answer.accepted, knows)
    }

    #[test]
    fn who_knows_the_key_may_send_and_is_told_that_the_server_knows_it_too() {
        assert_eq!(meet(&mut server("secret", &[]), &client("secret", "", "")), (Ok(()), true));
        let denied = meet(&mut server("secret", &[]), &client("other", "", ""));
        assert_eq!(denied, (Err(Denied::SharedKey), false));
    }

    #[test]
    fn users_need_their_own_password() {
        let mut server = server("secret", &[("a", "1"), ("b", "2")]);
        assert_eq!(meet(&mut server, &client("secret", "b", "2")).0, Ok(()));
        assert_eq!(meet(&mut server, &client("secret", "b", "1")).0, Err(Denied::User));
        assert_eq!(meet(&mut server, &client("secret", "c", "2")).0, Err(Denied::User));
        assert_eq!(meet(&mut server, &client("other", "b", "2")).0, Err(Denied::SharedKey));
    }

    #[test]
    fn what_is_no_greeting_or_too_long_is_refused() {
        let mut server = server("secret", &[]);
        assert!(server.ping(b"GET / HTTP/1.1\r\n").is_err());
        let mut long = vec![0x96, 0xa4, b'P', b'I', b'N', b'G', 0xdb, 0, 1, 0, 0];
        long.resize(MOST_BYTES, b'x');
        assert_eq!(server.ping(&long), Err(Refused::GreetingTooLarge { limit: MOST_BYTES }));
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown =
            format!("{:?} {:?}", server("secret", &[("a", "geheim")]), client("secret", "a", "geheim"));
        assert!(
            !shown.contains("115, 101") && !shown.contains("secret") && !shown.contains("geheim"),
            "{shown}"
        );
    }
}
