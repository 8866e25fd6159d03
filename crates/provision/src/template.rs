//! The desired state as a CloudFormation template: parameters, conditions, resources, outputs.

use serde_json::{Map, Value, json};

use crate::desired::{Desired, PARAMETERS};
use crate::resource::{Condition, Kind, Resource};

/// The template, which CloudFormation, or an include of the CDK, takes as it is.
#[must_use]
pub fn template(desired: &Desired, description: &str) -> Value {
    let parameters: Map<String, Value> = PARAMETERS
        .iter()
        .map(|(name, about)| {
            let default = desired.parameters.get(*name).cloned().unwrap_or_default();
            ((*name).to_owned(), json!({"Type": "String", "Default": default, "Description": about}))
        })
        .collect();
    let conditions: Map<String, Value> =
        Condition::ALL.into_iter().map(|c| (c.as_str().to_owned(), condition(c))).collect();
    let resources: Map<String, Value> =
        desired.resources.iter().map(|resource| (resource.id.clone(), body(resource))).collect();
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": description,
        "Parameters": parameters,
        "Conditions": conditions,
        "Resources": resources,
        "Outputs": outputs(&desired.resources),
    })
}

fn condition(condition: Condition) -> Value {
    let mut filled: Vec<Value> = condition
        .parameters()
        .iter()
        .map(|name| json!({"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]}))
        .collect();
    if filled.len() == 1 { filled.remove(0) } else { json!({ "Fn::And": filled }) }
}

fn body(resource: &Resource) -> Value {
    let mut body = Map::new();
    body.insert("Type".to_owned(), resource.kind.type_name().into());
    if let Some(condition) = resource.condition {
        body.insert("Condition".to_owned(), condition.as_str().into());
    }
    if !resource.depends_on.is_empty() {
        body.insert("DependsOn".to_owned(), resource.depends_on.clone().into());
    }
    if resource.kind.holds_data() {
        body.insert("DeletionPolicy".to_owned(), "Retain".into());
        body.insert("UpdateReplacePolicy".to_owned(), "Retain".into());
    }
    body.insert("Properties".to_owned(), resource.properties.clone());
    Value::Object(body)
}

/// What other stacks want to know.
fn outputs(resources: &[Resource]) -> Value {
    let output = |resource: &Resource| {
        let (what, value) = match resource.kind {
            Kind::Bucket => ("Arn", json!({"Fn::GetAtt": [resource.id, "Arn"]})),
            Kind::Topic | Kind::ManagedPolicy => ("Arn", json!({"Ref": resource.id})),
            Kind::LogGroup | Kind::Database | Kind::WorkGroup => ("Name", json!({"Ref": resource.id})),
            _ => return None,
        };
        Some((format!("{}{what}", resource.id), json!({ "Value": value })))
    };
    Value::Object(resources.iter().filter_map(output).collect())
}
