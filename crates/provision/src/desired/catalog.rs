//! Tables over the logs, the work group that bounds what a query costs, and the packs as named queries.

use serde_json::json;
use sluice_catalog::{Catalog, Placeholders, render::cloudformation};

use super::archive::{BUCKET, RESULTS};
use super::{Context, logical_id};
use crate::packs::PackQuery;
use crate::resource::{Kind, Resource};

/// Logical id of the database.
pub(crate) const DATABASE: &str = "GlueDatabase";
/// Logical id of the work group.
pub(crate) const WORK_GROUP: &str = "AthenaWorkGroup";

pub(super) fn describe(context: &Context<'_>, queries: &[PackQuery], resources: &mut Vec<Resource>) {
    let Some((bucket, prefix)) = context.bucket() else { return };
    let catalog = &context.spec.catalog;
    let mut database = cloudformation::database(&catalog.database, "Logs, tables over what lies in S3");
    database["Properties"]["DatabaseInput"]["Parameters"] = json!(context.tags());
    resources.push(Resource::new(DATABASE, Kind::Database, database["Properties"].take()));
    tables(context, bucket, prefix, resources);
    let mut configuration = json!({
        "EnforceWorkGroupConfiguration": true,
        "PublishCloudWatchMetricsEnabled": true,
        "EngineVersion": {"SelectedEngineVersion": "Athena engine version 3"},
        "ResultConfiguration": {
            "OutputLocation": format!("s3://{bucket}/{RESULTS}/"),
            "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"},
        },
    });
    if let Some(limit) = catalog.scan_limit {
        configuration["BytesScannedCutoffPerQuery"] = limit.0.into();
    }
    let group = Resource::new(
        WORK_GROUP,
        Kind::WorkGroup,
        json!({
            "Name": catalog.work_group,
            "Description": format!("Queries over the logs of {}", context.base()),
            "State": "ENABLED",
            "Tags": context.tag_list(),
            "WorkGroupConfiguration": configuration,
        }),
    );
    resources.push(group.after(BUCKET));
    for query in queries {
        let properties = json!({
            "Name": query.name,
            "Description": query.title,
            "Database": {"Ref": DATABASE},
            "WorkGroup": {"Ref": WORK_GROUP},
            "QueryString": query.sql,
        });
        resources.push(Resource::new(
            format!("Query{}", logical_id(&query.name)),
            Kind::NamedQuery,
            properties,
        ));
    }
}

/// The tables whose data's place is known.
fn tables(context: &Context<'_>, bucket: &str, prefix: &str, resources: &mut Vec<Resource>) {
    let settings = &context.spec.catalog;
    let folder = |name: &str| format!("s3://{bucket}/{name}").trim_end_matches('/').to_owned();
    let common = Placeholders::new()
        .with("archive", &folder(prefix))
        .with("compacted", &folder(&format!("{prefix}{}parquet", if prefix.is_empty() { "" } else { "-" })))
        .with("account", "${AWS::AccountId}")
        .with("region", "${AWS::Region}");
    for table in Catalog::builtin().tables.values() {
        let places = match table.name.as_str() {
            "alb_connection_logs" => {
                common.clone().with("bucket", bucket).with("prefix", &settings.alb_connections_prefix)
            }
            name if name.starts_with("alb_") => {
                common.clone().with("bucket", bucket).with("prefix", &settings.alb_prefix)
            }
            // Flow logs are Parquet here; the table over their text form would find nothing.
            "vpc_flow_logs_text" => continue,
            name if name.starts_with("vpc_") => {
                common.clone().with("bucket", bucket).with("prefix", &settings.flow_prefix)
            }
            "waf_logs" => match &settings.waf_bucket {
                Some(bucket) => common
                    .clone()
                    .with("bucket", bucket)
                    .with("prefix", "")
                    .with("web_acl", &settings.waf_web_acl),
                None => continue,
            },
            _ => common.clone(),
        };
        let Ok(place) = table.location.resolve(&places) else { continue };
        let mut resource = cloudformation::table(table, &place, &json!({"Ref": DATABASE}));
        let parameters = &mut resource["Properties"]["TableInput"]["Parameters"];
        for (key, value) in context.tags() {
            parameters[key.as_str()] = value.into();
        }
        resources.push(Resource::new(
            cloudformation::logical_id(table),
            Kind::Table,
            resource["Properties"].take(),
        ));
    }
}
