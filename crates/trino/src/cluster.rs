//! Where a cluster is, and who asks.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use crate::segments::Encoding;

/// The environment variable with a JWT for [`Cluster::with_environment`].
pub const TOKEN_VARIABLE: &str = "TRINO_TOKEN";
/// The environment variable with a password for [`Cluster::with_environment`].
pub const PASSWORD_VARIABLE: &str = "TRINO_PASSWORD";

const FORM: &str = "write http(s)://[user[:password]@]host[:port]/catalog/schema";

/// The settings of a connection.
#[derive(Debug, Clone)]
pub struct Cluster {
    pub(crate) origin: Url,
    /// Who asks; Trino wants a name even where nobody checks it.
    pub user: String,
    /// The catalog of tables without one.
    pub catalog: Option<String>,
    /// The schema of tables without one.
    pub schema: Option<String>,
    /// The zone of the session; `UTC` unless changed.
    pub time_zone: String,
    /// What Trino's own pages show as the client.
    pub source: String,
    /// Session properties, such as `query_max_run_time`.
    pub session: BTreeMap<String, String>,
    /// The forms in which rows may be spooled, the best first. Without any, rows come inside the pages.
    pub encodings: Vec<Encoding>,
    secret: Option<Secret>,
}

#[derive(Clone)]
enum Secret {
    Password(String),
    Token(String),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Secret::Password(_) => "Password(hidden)",
            Secret::Token(_) => "Token(hidden)",
        })
    }
}

/// What is wrong with the address of a cluster. The address itself is not repeated: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// It is no URL.
    #[error("the address of the Trino cluster is not a URL; {FORM}")]
    Url(#[source] url::ParseError),
    /// It is a URL of something else.
    #[error("the address of the Trino cluster {what}; {FORM}")]
    Form {
        /// What is wrong with it.
        what: String,
    },
    /// A secret would travel in clear text.
    #[error("a password or token would go to {host} in clear text; use https://, or leave it out")]
    ClearText {
        /// The host.
        host: String,
    },
}

impl Cluster {
    /// Reads `http(s)://[user[:password]@]host[:port]/catalog/schema`. Schema, or catalog and schema, may be left
    /// out; the user is `logq` then unless one is given.
    ///
    /// # Errors
    /// When it is not of that form, or has a password that would travel in clear text to another machine.
    pub fn parse(address: &str) -> Result<Self, ClusterError> {
        let url = Url::parse(address).map_err(ClusterError::Url)?;
        let form = |what: &str| ClusterError::Form { what: what.to_owned() };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(form(&format!("has the scheme {}", url.scheme())));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(form("names no host"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(form("has something behind the schema"));
        }
        let parts = url.path().split('/').filter(|part| !part.is_empty()).map(|part| decoded(part, "path"));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        if parts.len() > 2 {
            return Err(form("has more than catalog and schema in its path"));
        }
        let mut parts = parts.into_iter();
        let user = decoded(url.username(), "user")?;
        let secret = url.password().map(|text| decoded(text, "password")).transpose()?.map(Secret::Password);
        let mut origin = url.clone();
        // Of an http URL with a host neither can fail.
        let _ = (origin.set_username(""), origin.set_password(None));
        origin.set_path("/");
        let cluster = Self {
            origin,
            user: if user.is_empty() { "logq".to_owned() } else { user },
            catalog: parts.next(),
            schema: parts.next(),
            time_zone: "UTC".to_owned(),
            source: "logq".to_owned(),
            session: BTreeMap::new(),
            encodings: vec![Encoding::Zstd, Encoding::Lz4, Encoding::None],
            secret,
        };
        cluster.checked()
    }

    /// The same with a JWT, which is sent in place of a password.
    ///
    /// # Errors
    /// When it would travel in clear text to another machine.
    pub fn with_token(mut self, token: impl Into<String>) -> Result<Self, ClusterError> {
        self.secret = Some(Secret::Token(token.into()));
        self.checked()
    }

    /// The same with a password.
    ///
    /// # Errors
    /// When it would travel in clear text to another machine.
    pub fn with_password(mut self, password: impl Into<String>) -> Result<Self, ClusterError> {
        self.secret = Some(Secret::Password(password.into()));
        self.checked()
    }

    /// The same with the JWT of [`TOKEN_VARIABLE`], or else the password of [`PASSWORD_VARIABLE`]. Either is used in
    /// place of a password in the address; one that is unset or empty changes nothing.
    ///
    /// # Errors
    /// When it would travel in clear text to another machine.
    pub fn with_environment(self) -> Result<Self, ClusterError> {
        self.with_variables(|name| std::env::var(name).ok())
    }

    fn with_variables(self, get: impl Fn(&str) -> Option<String>) -> Result<Self, ClusterError> {
        let set = |name| get(name).filter(|value| !value.is_empty());
        match (set(TOKEN_VARIABLE), set(PASSWORD_VARIABLE)) {
            (Some(token), _) => self.with_token(token),
            (None, Some(password)) => self.with_password(password),
            (None, None) => Ok(self),
        }
    }

    /// Scheme, host and port, for messages.
    #[must_use]
    pub fn address(&self) -> String {
        self.origin.as_str().trim_end_matches('/').to_owned()
    }

    /// The value of the header `Authorization`.
    pub(crate) fn authorization(&self) -> Option<String> {
        self.secret.as_ref().map(|secret| match secret {
            Secret::Password(password) => {
                format!("Basic {}", STANDARD.encode(format!("{}:{password}", self.user)))
            }
            Secret::Token(token) => format!("Bearer {token}"),
        })
    }

    /// Whether an address that an answer names is the cluster's own.
    pub(crate) fn owns(&self, url: &Url) -> bool {
        self.origin.origin() == url.origin()
    }

    fn checked(self) -> Result<Self, ClusterError> {
        let host = self.origin.host_str().unwrap_or_default();
        let own = match self.origin.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if self.secret.is_some() && self.origin.scheme() == "http" && !own {
            return Err(ClusterError::ClearText { host: host.to_owned() });
        }
        Ok(self)
    }
}

/// A part of a URL without its escapes.
fn decoded(part: &str, name: &str) -> Result<String, ClusterError> {
    let wrong = || ClusterError::Form { what: format!("has a {name} whose %-escapes are not UTF-8") };
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|_| first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        rest = if byte.is_some() { &tail[2..] } else { tail };
        bytes.push(byte.unwrap_or(first));
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_user_password_catalog_and_schema() {
        let cluster = Cluster::parse("https://ann:p%40ss@trino.example.com:8443/hive/my%20logs").unwrap();
        assert_eq!(cluster.address(), "https://trino.example.com:8443");
        assert_eq!((cluster.user.as_str(), cluster.catalog.as_deref()), ("ann", Some("hive")));
        assert_eq!(cluster.schema.as_deref(), Some("my logs"));
        assert_eq!(cluster.authorization().unwrap(), format!("Basic {}", STANDARD.encode("ann:p@ss")));
        let bare = Cluster::parse("http://10.0.0.7:8080").unwrap();
        assert_eq!((bare.user.as_str(), bare.catalog, bare.schema), ("logq", None, None));
    }

    #[test]
    fn a_wrong_address_says_the_form_and_repeats_no_password() {
        for address in
            ["trino", "ftp://a:secret@h/c/s", "https://a:secret@h/c/s/t", "https://a:secret@h/c?x=1"]
        {
            let error = Cluster::parse(address).unwrap_err().to_string();
            assert!(error.contains("catalog/schema") && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn secrets_never_travel_in_clear_text_and_are_not_shown() {
        for address in ["http://a:b@10.0.0.7/c", "http://a:b@trino.example.com/c"] {
            assert!(matches!(Cluster::parse(address), Err(ClusterError::ClearText { .. })), "{address}");
        }
        for address in
            ["http://a:hunter2@127.0.0.1:1/c", "http://a:secret@localhost/c", "http://a:secret@[::1]/c"]
        {
            assert!(!format!("{:?}", Cluster::parse(address).unwrap()).contains("hunter2"));
        }
    }

    #[test]
    fn the_environment_s_token_goes_before_its_password_and_both_before_the_address() {
        let cluster = || Cluster::parse("https://a:b@h/c").unwrap();
        let only = |wanted: &'static str| move |name: &str| (name == wanted).then(|| "x".to_owned());
        let value = |cluster: Cluster| cluster.authorization().unwrap();
        assert_eq!(value(cluster().with_variables(|_| Some("jwt".to_owned())).unwrap()), "Bearer jwt");
        let password = cluster().with_variables(only(PASSWORD_VARIABLE)).unwrap();
        assert_eq!(value(password), format!("Basic {}", STANDARD.encode("a:x")));
        let unset = cluster().with_variables(|_| Some(String::new())).unwrap();
        assert_eq!(value(unset), format!("Basic {}", STANDARD.encode("a:b")));
    }
}
