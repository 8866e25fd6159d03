//! What can go wrong.

use std::error::Error as StdError;
use std::fmt;

use arrow::error::ArrowError;
use aws_sdk_athena::error::{ProvideErrorMetadata, SdkError};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A call to AWS failed.
    #[error(transparent)]
    Aws(Box<AwsError>),
    /// Athena says that the query failed.
    #[error(transparent)]
    Query(Box<QueryFailure>),
    /// It would cost more than is allowed, and was not begun.
    #[error(
        "the query may scan {bytes} bytes for ${estimate:.4}, more than the ${limit:.4} of --max-cost; narrow the window, \
         or raise the limit"
    )]
    TooExpensive {
        /// Bytes that were listed.
        bytes: u64,
        /// What they cost.
        estimate: f64,
        /// What is allowed.
        limit: f64,
    },
    /// It had cost more than is allowed, and was stopped.
    #[error(
        "query {id} was stopped: it had scanned {bytes} bytes for ${cost:.4}, more than the ${limit:.4} of --max-cost; what \
         was scanned is billed"
    )]
    StoppedByCost {
        /// The query.
        id: String,
        /// Bytes so far.
        bytes: u64,
        /// Their cost.
        cost: f64,
        /// What is allowed.
        limit: f64,
    },
    /// Somebody else, or a limit of the work group, ended it.
    #[error(
        "query {id} was cancelled: {reason}; it may have reached a limit of the work group: narrow the window"
    )]
    Stopped {
        /// The query.
        id: String,
        /// In Athena's words.
        reason: String,
    },
    /// The token was cancelled, and the query stopped if it had begun.
    #[error("cancelled{}", if id.is_empty() { String::new() } else { format!(": query {id}; what it scanned is billed") })]
    Cancelled {
        /// The query; empty before there is one.
        id: String,
    },
    /// What Athena answered is not what its documentation says.
    #[error("cannot read the answer of query {id}: {what}")]
    Answer {
        /// The query.
        id: String,
        /// What is wrong.
        what: String,
    },
    /// Columns cannot become a batch.
    #[error("cannot make columns of the rows")]
    Arrow(#[from] ArrowError),
    /// Something of the same name was made by somebody else.
    #[error(
        "{what} {name} exists and was not made by this program; choose another name, or remove it yourself"
    )]
    Foreign {
        /// What it is.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A table's input is not what Glue takes.
    #[error("the table {table} lacks a right value of {field}")]
    Input {
        /// The table.
        table: String,
        /// The field.
        field: String,
    },
}

/// A call to AWS that failed.
#[derive(Debug)]
pub struct AwsError {
    /// What was being done, and to what.
    pub what: String,
    /// The service's own code, such as `AccessDeniedException`; empty when it did not answer.
    pub code: String,
    /// What it said.
    pub message: String,
    source: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}", self.what)?;
        match (self.code.as_str(), self.message.as_str()) {
            ("", "") => f.write_str(": no answer")?,
            ("", message) => write!(f, ": {message}")?,
            (code, "") => write!(f, ": {code}")?,
            (code, message) => write!(f, ": {message} ({code})")?,
        }
        write!(f, "; {}", self.remedy())
    }
}

impl StdError for AwsError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

impl AwsError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self.code.as_str() {
            "" => "check the network, the region (AWS_REGION) and the credentials of the environment",
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
                "give the role the right to do so on that resource"
            }
            "ExpiredToken"
            | "ExpiredTokenException"
            | "UnrecognizedClientException"
            | "InvalidClientTokenId" => "renew the credentials",
            "ThrottlingException" | "TooManyRequestsException" | "SlowDown" => "try again later",
            "InvalidRequestException" => "check the work group, its result location and the database",
            "EntityNotFoundException" | "MetadataException" => "check the database and the table in Glue",
            "NoSuchBucket" | "NoSuchKey" => "check the result location of the work group",
            _ => "see what the service says of this code",
        }
    }
}

/// The error of a call.
pub(crate) fn aws<E, R>(what: impl Into<String>) -> impl FnOnce(SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    R: fmt::Debug + Send + Sync + 'static,
{
    let what = what.into();
    move |source| {
        let code = source.code().unwrap_or_default().to_owned();
        let message = source
            .message()
            .map_or_else(|| if code.is_empty() { chain(&source) } else { String::new() }, str::to_owned);
        Error::Aws(Box::new(AwsError { what, code, message, source: Box::new(source) }))
    }
}

/// An error and its causes in one line.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(one) = cause {
        text = format!("{text}: {one}");
        cause = one.source();
    }
    text
}

/// Whose fault a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Athena's.
    System,
    /// The query's, or the data's.
    User,
    /// Another service's, such as S3 or Glue.
    Other,
    /// It was not said.
    Unknown,
}

impl Category {
    pub(crate) fn of(number: Option<i32>) -> Self {
        match number {
            Some(1) => Category::System,
            Some(2) => Category::User,
            Some(3) => Category::Other,
            _ => Category::Unknown,
        }
    }
}

/// A query that failed, in Athena's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFailure {
    /// The query.
    pub id: String,
    /// What is wrong.
    pub message: String,
    /// Whose fault it is.
    pub category: Category,
    /// Athena's number of the error.
    pub error_type: Option<i32>,
    /// Whether the same query may succeed the next time.
    pub retryable: bool,
}

impl fmt::Display for QueryFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let category = match self.category {
            Category::System => "system",
            Category::User => "user",
            Category::Other => "other",
            Category::Unknown => "unknown",
        };
        write!(f, "{} ({category} error", self.message)?;
        if let Some(number) = self.error_type {
            write!(f, " {number}")?;
        }
        write!(f, ", query {}); {}", self.id, self.remedy())
    }
}

impl StdError for QueryFailure {}

impl QueryFailure {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match (self.retryable, self.category) {
            (true, _) => "ask again; Athena says that it may succeed",
            (_, Category::User) => "correct the query, or the table that does not fit its files",
            (_, Category::Other) => {
                "check the rights on the bucket and on Glue, and that the table's location exists"
            }
            (_, Category::System) => "Athena failed; ask again later, with a narrower window",
            (_, Category::Unknown) => "look at the query in Athena's console",
        }
    }
}
