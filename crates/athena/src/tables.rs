//! Tables in Glue: what differs from their definitions, and making it so.
//!
//! A table's input is JSON of Glue's `TableInput`, as `sluice_catalog::render::glue` makes it. Only tables that bear
//! the parameter [`OWNER`] are changed. Nothing is deleted; parameters that others added stay, but not settings of
//! partition projection, which would change what is read.

mod diff;
mod input;

use aws_config::SdkConfig;
use aws_sdk_glue::types::{DatabaseInput, Table};
use serde_json::Value;

use crate::error::{Error, aws};

/// The parameter of tables that are ours, whose value is [`OWNED`].
pub const OWNER: &str = "sluice.managed";
/// The value of [`OWNER`].
pub const OWNED: &str = "true";

/// What would be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The database.
    pub database: String,
    /// Whether it is made.
    pub creates_database: bool,
    /// The tables, in the order in which they were given.
    pub tables: Vec<Step>,
}

/// What becomes of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its name.
    pub table: String,
    /// What is done.
    pub action: Action,
    input: Value,
    /// For an update: the version that was compared.
    version: Option<String>,
}

/// What is done with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed.
    Update(Vec<Difference>),
    /// It is as it should be.
    Unchanged,
    /// It is somebody else's, and stays as it is: what would be changed.
    Foreign(Vec<Difference>),
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Such as `StorageDescriptor.Columns.level.Type`.
    pub field: String,
    /// What is there; `None` when nothing is.
    pub is: Option<String>,
    /// What is to be there; `None` when nothing is.
    pub wanted: Option<String>,
}

impl Plan {
    /// Whether nothing would be changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let kept = |step: &Step| matches!(step.action, Action::Unchanged | Action::Foreign(_));
        !self.creates_database && self.tables.iter().all(kept)
    }
}

/// The catalog of Glue in an account and region.
#[derive(Debug, Clone)]
pub struct Tables {
    glue: aws_sdk_glue::Client,
}

impl Tables {
    /// Prepares a client; nothing is sent yet.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self { glue: aws_sdk_glue::Client::new(config) }
    }

    /// Compares the tables of a database with what they are to be.
    ///
    /// # Errors
    /// When a call fails, or an input is not Glue's.
    pub async fn plan(&self, database: &str, inputs: &[Value]) -> Result<Plan, Error> {
        let creates_database = !self.has_database(database).await?;
        let mut tables = Vec::with_capacity(inputs.len());
        for input in inputs {
            let mut input = input.clone();
            input["Parameters"][OWNER] = OWNED.into();
            // What cannot be sent is told before anything is done.
            input::table(&input)?;
            let name = input["Name"].as_str().unwrap_or_default().to_owned();
            let present = if creates_database { None } else { self.get(database, &name).await? };
            tables.push(step(name, input, present.as_ref()));
        }
        Ok(Plan { database: database.to_owned(), creates_database, tables })
    }

    /// Does what a plan says. A table that was changed in between is an error.
    ///
    /// # Errors
    /// When a call fails; what was done stays, and a new plan has the rest.
    pub async fn apply(&self, plan: &Plan) -> Result<(), Error> {
        let database = &plan.database;
        if plan.creates_database {
            let input = DatabaseInput::builder().name(database).description("Logs. Made by Sluice.").build();
            let input = input.map_err(|_| wrong(database, "Name"))?;
            let call = self.glue.create_database().database_input(input);
            call.send().await.map_err(aws(format!("create the database {database} in Glue")))?;
        }
        for step in &plan.tables {
            let name = format!("{database}.{}", step.table);
            let input = input::table(&step.input)?;
            match &step.action {
                Action::Create => {
                    let call = self.glue.create_table().database_name(database).table_input(input);
                    call.send().await.map_err(aws(format!("create the table {name} in Glue")))?;
                }
                Action::Update(_) => {
                    let call = self.glue.update_table().database_name(database).table_input(input);
                    let call = call.set_version_id(step.version.clone());
                    call.send().await.map_err(aws(format!("update the table {name} in Glue")))?;
                }
                Action::Unchanged | Action::Foreign(_) => {}
            }
        }
        Ok(())
    }

    async fn has_database(&self, name: &str) -> Result<bool, Error> {
        match self.glue.get_database().name(name).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_entity_not_found_exception()) => {
                Ok(false)
            }
            Err(error) => Err(aws(format!("read the database {name} of Glue"))(error)),
        }
    }

    async fn get(&self, database: &str, name: &str) -> Result<Option<Table>, Error> {
        match self.glue.get_table().database_name(database).name(name).send().await {
            Ok(answer) => Ok(answer.table),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_entity_not_found_exception()) => {
                Ok(None)
            }
            Err(error) => Err(aws(format!("read the table {database}.{name} of Glue"))(error)),
        }
    }
}

/// What becomes of a table.
fn step(table: String, mut input: Value, present: Option<&Table>) -> Step {
    let Some(present) = present else { return Step { table, action: Action::Create, input, version: None } };
    let is = input::json(present);
    diff::keep_foreign_parameters(&mut input, &is);
    let mut differences = diff::differences(&is, &input);
    let action = if is["Parameters"][OWNER] == OWNED {
        if differences.is_empty() { Action::Unchanged } else { Action::Update(differences) }
    } else {
        differences.retain(|one| one.field != format!("Parameters.{OWNER}"));
        Action::Foreign(differences)
    };
    Step { table, action, input, version: present.version_id().map(str::to_owned) }
}

fn wrong(table: &str, field: &str) -> Error {
    Error::Input { table: table.to_owned(), field: field.to_owned() }
}
