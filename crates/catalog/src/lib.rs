//! Tables over log files: one definition file a table, and everything that is made of it.
//!
//! A definition (`glue-schemas/*.toml`, built in) says which columns a table has, how its files are read, in which
//! folders they lie and which column is the time. From it come
//!
//! | what | where |
//! |---|---|
//! | the input of AWS Glue's `CreateTable` | [`render::glue`] |
//! | Athena's `CREATE EXTERNAL TABLE` | [`render::ddl`] |
//! | resources of a CloudFormation template | [`render::cloudformation`] |
//! | the schema of an engine that reads the files itself | [`render::arrow`] |
//! | the folders to read, by partition projection | [`projection`] |
//! | SQL that keeps a query to a window of time | [`window`] |
//!
//! ```
//! use sluice_catalog::{Catalog, Placeholders, render, window::Window};
//!
//! let catalog = Catalog::builtin();
//! let table = catalog.get("app_logs").expect("built in");
//! let place = table.location.resolve(&Placeholders::new().with("archive", "s3://example-logs/app"))?;
//! assert_eq!(place.root, "s3://example-logs/app/");
//! assert_eq!(render::glue::table_input(table, &place)["TableType"], "EXTERNAL_TABLE");
//!
//! let window = Window::new("2026-11-24T01:30:00Z".parse()?, "2026-11-24T03:00:00Z".parse()?)?;
//! assert_eq!(
//!     window.predicate(table, None),
//!     "year = '2026' AND month = '11' AND day = '24' AND hour BETWEEN '01' AND '02' \
//!      AND ts >= '2026-11-24T01:30:00.000Z' AND ts < '2026-11-24T03:00:00.000Z'"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate knows no clock and no network; it reads files only where a folder of definitions is loaded.

mod catalog;
mod column_type;
mod date_pattern;
mod definition;
mod format;
mod identifier;
mod location;
mod nearest;
mod partition;
pub mod projection;
pub mod render;
mod table;
pub mod window;

pub use catalog::{BUILTIN, Catalog};
pub use column_type::{ColumnType, TypeError};
pub use date_pattern::DatePattern;
pub use format::{Compression, Format, FormatKind, SerDe};
pub use identifier::{hive_identifier, sql_identifier};
pub use location::{Location, MissingPlaceholder, PLACEHOLDERS, Place, Placeholders};
pub use partition::{DateBound, DateUnit, Partition, Projection};
pub use sluice_pipeline::{Problem, Problems};
pub use table::{Column, Table, TimeColumn, TimeKind};
