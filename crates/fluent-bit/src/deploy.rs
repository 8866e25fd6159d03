//! What runs the configuration in ECS: the container's definition, the image, the task role's policy.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sluice_pipeline::{Right, Spec, Topology, Uploads, task_rights};

use crate::region;
use crate::write::reference;

/// The FireLens container of a task definition.
pub(crate) fn container(spec: &Spec) -> String {
    let settings = &spec.fluent_bit;
    let region = region(spec);
    let mut container = json!({
        "name": "log-router",
        "image": format!("${{AWS_ACCOUNT}}.dkr.ecr.{region}.amazonaws.com/{}-fluent-bit:${{IMAGE_TAG}}", spec.name),
        "essential": true,
        "cpu": settings.cpu,
        "memory": settings.memory.0 >> 20,
        "user": "0",
        "stopTimeout": settings.stop_timeout.as_secs(),
        "firelensConfiguration": {
            "type": "fluentbit",
            "options": {
                "enable-ecs-log-metadata": "true",
                "config-file-type": "file",
                "config-file-value": format!("{}/fluent-bit.conf", settings.dir.display()),
            },
        },
        // Without it the SDK asks the instance's metadata first, which a Fargate task cannot reach: seconds at start.
        "environment": [{ "name": "AWS_EC2_METADATA_DISABLED", "value": "true" }],
        "healthCheck": {
            "command": ["CMD-SHELL", "echo '{\"health\": \"check\"}' | nc 127.0.0.1 8877 || exit 1"],
            "interval": 10,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 10,
        },
        "mountPoints": [{ "sourceVolume": "fluent-bit", "containerPath": settings.buffer_dir }],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": format!("{}/fluent-bit", spec.errors.log_group),
                "awslogs-region": region,
                "awslogs-stream-prefix": "fluent-bit",
            },
        },
    });
    let secrets = secrets(spec);
    if !secrets.is_empty() {
        container["secrets"] = secrets.into();
    }
    pretty(&container)
}

/// The variables that the configuration refers to, as a task definition gives them.
fn secrets(spec: &Spec) -> Vec<Value> {
    if spec.fluent_bit.topology == Topology::Split {
        return Vec::new();
    }
    let forward = &spec.inputs.forward;
    let secrets = forward.shared_key.iter().chain(forward.users.iter().map(|user| &user.password));
    let names: BTreeSet<&str> = secrets.filter_map(|secret| reference(secret.expose())).collect();
    names
        .into_iter()
        .map(|name| {
            let from = format!(
                "arn:aws:secretsmanager:${{AWS_REGION}}:${{AWS_ACCOUNT}}:secret:{}/{name}",
                spec.name
            );
            json!({ "name": name, "valueFrom": from })
        })
        .collect()
}

/// The image: the files on Fluent Bit's own.
pub(crate) fn dockerfile(spec: &Spec, has_parsers: bool) -> String {
    let settings = &spec.fluent_bit;
    let files = if has_parsers { "fluent-bit.conf parsers.conf" } else { "fluent-bit.conf" };
    format!(
        "# Fluent Bit with this configuration. Pin the image by digest where you release.\n\
         FROM {}\n\
         COPY {files} {}/\n",
        settings.image,
        settings.dir.display()
    )
}

/// What the task's role may do, and no more. Fluent Bit that only passes records on needs nothing; then the rights are
/// those of the log-router behind it.
pub(crate) fn policy(spec: &Spec) -> String {
    let uploads = match spec.fluent_bit.topology {
        Topology::Split => Uploads::Whole,
        Topology::Forward => Uploads::Parts,
    };
    let account = spec.archive.expected_bucket_owner.as_deref().unwrap_or("${AWS_ACCOUNT}");
    let statement = |right: &Right| {
        let mut resources = right.filled("aws", region(spec), account);
        let resource = if resources.len() == 1 { json!(resources.remove(0)) } else { json!(resources) };
        let mut statement =
            json!({ "Sid": right.sid, "Effect": "Allow", "Action": right.actions, "Resource": resource });
        if let Some(alias) = &right.alias {
            statement["Condition"] = json!({ "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias } });
        }
        statement
    };
    let statements: Value = task_rights(spec, uploads).iter().map(statement).collect();
    pretty(&json!({ "Version": "2012-10-17", "Statement": statements }))
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
