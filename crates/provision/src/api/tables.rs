//! Databases and tables of the Glue Data Catalog. They take no tags: their parameters say whose they are.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_glue::types as glue;
use serde_json::{Value, json};
use sluice_aws::CallError;

use super::json::{list, object, text, texts};
use super::{ApiError, Clients, Found, Order, Owner, subject};
use crate::resource::Resource;

/// Parameters that say how partitions are found: one that is added by hand changes what queries see.
const OURS: [&str; 2] = ["projection.", "storage."];

/// The parameters that are compared: those desired, and those that would change the projection. Athena and crawlers
/// add others.
fn compared(found: &HashMap<String, String>, wanted: &Value) -> BTreeMap<String, String> {
    let ours =
        |key: &String| wanted.get(key).is_some() || OURS.iter().any(|beginning| key.starts_with(beginning));
    found.iter().filter(|(key, _)| ours(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn owner(parameters: Option<&HashMap<String, String>>) -> Owner {
    Owner::Tags(parameters.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect())
}

pub(super) async fn read_database(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    let answer = match clients.glue.get_database().name(resource.name()).send().await {
        Ok(answer) => answer,
        Err(error) => {
            let error = CallError::new("glue:GetDatabase", &subject(resource), &error);
            return if error.code == "EntityNotFoundException" { Ok(None) } else { Err(error.into()) };
        }
    };
    let Some(found) = answer.database() else { return Ok(None) };
    let mut properties = resource.properties.clone();
    let wanted = &resource.properties["DatabaseInput"]["Parameters"];
    let empty = HashMap::new();
    let parameters = compared(found.parameters().unwrap_or(&empty), wanted);
    properties["DatabaseInput"] = json!({
        "Name": found.name(),
        "Description": found.description(),
        "Parameters": object(&parameters),
    });
    Ok(Some(Found::new(properties, owner(found.parameters()))))
}

pub(super) async fn write_database(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let (input, subject) = (order.property("DatabaseInput"), order.subject());
    let database = glue::DatabaseInput::builder()
        .name(text(input, "Name"))
        .description(text(input, "Description"))
        .set_parameters(Some(texts(&input["Parameters"])))
        .build()
        .map_err(|error| ApiError::build(&subject, error))?;
    if order.found.is_none() {
        let create = clients.glue.create_database().database_input(database.clone()).send().await;
        match create {
            Ok(_) => return Ok(()),
            Err(error) => {
                let error = CallError::new("glue:CreateDatabase", &subject, &error);
                if error.code != "AlreadyExistsException" {
                    return Err(error.into());
                }
            }
        }
    }
    let update =
        clients.glue.update_database().name(text(input, "Name")).database_input(database).send().await;
    update.map_err(|e| CallError::new("glue:UpdateDatabase", &subject, &e))?;
    Ok(())
}

pub(super) async fn read_table(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    let database = text(&resource.properties, "DatabaseName");
    let get = clients.glue.get_table().database_name(database).name(resource.name());
    let answer = match get.send().await {
        Ok(answer) => answer,
        Err(error) => {
            let error = CallError::new("glue:GetTable", &subject(resource), &error);
            return if error.code == "EntityNotFoundException" { Ok(None) } else { Err(error.into()) };
        }
    };
    let Some(found) = answer.table() else { return Ok(None) };
    let mut properties = resource.properties.clone();
    properties["TableInput"] = table_json(found, &resource.properties["TableInput"]["Parameters"]);
    Ok(Some(Found::new(properties, owner(found.parameters()))))
}

fn table_json(table: &glue::Table, wanted: &Value) -> Value {
    let columns = |columns: &[glue::Column]| -> Value {
        columns
            .iter()
            .map(|c| json!({"Name": c.name(), "Type": c.r#type(), "Comment": c.comment()}))
            .collect()
    };
    let empty = HashMap::new();
    let storage = table.storage_descriptor().map(|storage| {
        let serde = storage.serde_info().map(|serde| {
            json!({
                "SerializationLibrary": serde.serialization_library(),
                "Parameters": object(serde.parameters().unwrap_or(&empty)),
            })
        });
        json!({
            "Columns": columns(storage.columns()),
            "Location": storage.location(),
            "InputFormat": storage.input_format(),
            "OutputFormat": storage.output_format(),
            "Compressed": storage.compressed(),
            "NumberOfBuckets": storage.number_of_buckets(),
            "SerdeInfo": serde,
            "StoredAsSubDirectories": storage.stored_as_sub_directories(),
        })
    });
    let parameters = compared(table.parameters().unwrap_or(&empty), wanted);
    json!({
        "Name": table.name(),
        "Description": table.description(),
        "TableType": table.table_type(),
        "Parameters": object(&parameters),
        "PartitionKeys": columns(table.partition_keys()),
        "StorageDescriptor": storage,
    })
}

fn input(value: &Value, subject: &str) -> Result<glue::TableInput, ApiError> {
    let columns = |value: &Value, name: &str| -> Result<Vec<glue::Column>, ApiError> {
        let columns = list(value, name).iter().map(|column| {
            glue::Column::builder()
                .name(text(column, "Name"))
                .r#type(text(column, "Type"))
                .set_comment(column["Comment"].as_str().map(str::to_owned))
                .build()
        });
        columns.collect::<Result<_, _>>().map_err(|error| ApiError::build(subject, error))
    };
    let storage = &value["StorageDescriptor"];
    let serde = glue::SerDeInfo::builder()
        .serialization_library(text(&storage["SerdeInfo"], "SerializationLibrary"))
        .set_parameters(Some(texts(&storage["SerdeInfo"]["Parameters"])));
    let descriptor = glue::StorageDescriptor::builder()
        .set_columns(Some(columns(storage, "Columns")?))
        .location(text(storage, "Location"))
        .input_format(text(storage, "InputFormat"))
        .output_format(text(storage, "OutputFormat"))
        .compressed(storage["Compressed"].as_bool().unwrap_or_default())
        .number_of_buckets(super::json::int(storage, "NumberOfBuckets").unwrap_or(-1))
        .serde_info(serde.build())
        .stored_as_sub_directories(storage["StoredAsSubDirectories"].as_bool().unwrap_or_default());
    glue::TableInput::builder()
        .name(text(value, "Name"))
        .description(text(value, "Description"))
        .table_type(text(value, "TableType"))
        .set_parameters(Some(texts(&value["Parameters"])))
        .set_partition_keys(Some(columns(value, "PartitionKeys")?))
        .storage_descriptor(descriptor.build())
        .build()
        .map_err(|error| ApiError::build(subject, error))
}

pub(super) async fn write_table(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let subject = order.subject();
    let database = order.text("DatabaseName");
    let input = input(order.property("TableInput"), &subject)?;
    if order.found.is_none() {
        let create =
            clients.glue.create_table().database_name(database).table_input(input.clone()).send().await;
        match create {
            Ok(_) => return Ok(()),
            Err(error) => {
                let error = CallError::new("glue:CreateTable", &subject, &error);
                if error.code != "AlreadyExistsException" {
                    return Err(error.into());
                }
            }
        }
    }
    let update = clients.glue.update_table().database_name(database).table_input(input).send().await;
    update.map_err(|e| CallError::new("glue:UpdateTable", &subject, &e))?;
    Ok(())
}
