//! Prices and quotas: data with a date.

use serde::Deserialize;

/// The file that `logctl cost` uses too, as far as it is needed here.
#[derive(Debug, Clone, Deserialize)]
pub struct Prices {
    /// The day on which they were read.
    pub date: String,
    /// CloudWatch Logs.
    pub logs: LogsPrices,
    /// S3.
    pub s3: S3Prices,
    /// Athena.
    pub athena: AthenaPrices,
}

/// US dollars.
#[derive(Debug, Clone, Deserialize)]
pub struct LogsPrices {
    /// A GB that is taken in.
    pub ingestion_gb: f64,
}

/// US dollars.
#[derive(Debug, Clone, Deserialize)]
pub struct S3Prices {
    /// A GB-month in Standard.
    pub standard_gb_month: f64,
    /// 1,000 PUT requests.
    pub put_1000: f64,
}

/// US dollars.
#[derive(Debug, Clone, Deserialize)]
pub struct AthenaPrices {
    /// A TB that a query reads.
    pub scanned_tb: f64,
}

/// Quotas, and what the price file does not have.
#[derive(Debug, Clone, Deserialize)]
pub struct Limits {
    /// The day on which they were read.
    pub date: String,
    /// S3.
    pub s3: S3Limits,
    /// CloudWatch Logs.
    pub logs: LogsLimits,
    /// Athena.
    pub athena: AthenaLimits,
}

/// Of one partitioned prefix.
#[derive(Debug, Clone, Deserialize)]
pub struct S3Limits {
    /// PUT requests a second.
    pub puts_per_second: f64,
    /// GET requests a second.
    pub gets_per_second: f64,
    /// US dollars for 1,000 GET requests.
    pub get_1000: f64,
}

/// Of an account and region.
#[derive(Debug, Clone, Deserialize)]
pub struct LogsLimits {
    /// PutLogEvents a second.
    pub puts_per_second: f64,
}

/// Of a query.
#[derive(Debug, Clone, Deserialize)]
pub struct AthenaLimits {
    /// Bytes that are charged at least.
    pub least_bytes: f64,
}

impl Prices {
    /// Tokyo's.
    ///
    /// # Errors
    /// When the file is no such file.
    pub fn tokyo() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../../../crates/provision/prices/ap-northeast-1.toml"))
    }
}

impl Limits {
    /// Those of `limits.toml`.
    ///
    /// # Errors
    /// When the file is no such file.
    pub fn read() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../limits.toml"))
    }
}
