"""`logctl plan` over the account that the stacks were deployed to: both describe the same, and it sees what changes."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import CREDENTIALS, INFRA, Emulator, Stacks

SPEC = INFRA / "sluice.toml"


def logctl() -> Path:
    """The binary under test."""
    folder = os.environ.get("CARGO_TARGET_DIR") or INFRA.parent / "target"
    path = Path(os.environ.get("LOGCTL") or Path(folder) / "debug/logctl")
    assert path.exists(), f"there is no {path}; make test-deployment builds it"
    return path


@pytest.fixture(scope="session")
def spec(stacks: Stacks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spec that the stacks are rendered from, and the names of what the alarms watch, which the stacks fill in."""
    outputs = stacks.outputs["Sluice-dev-Compute"]

    def ending(end: str) -> str:
        (value,) = [value for key, value in outputs.items() if end in key]
        return value

    monitor = {
        "ecs_cluster": "api-dev",
        "ecs_service": "api",
        "db_cluster": "api-dev",
        "load_balancer": ending("LoadBalancerFullName"),
        "target_group": ending("TargetGroupFullName"),
    }
    lines = "".join(f'monitor.{key} = "{value}"\n' for key, value in monitor.items())
    path = tmp_path_factory.mktemp("spec") / "sluice.toml"
    text = SPEC.read_text()
    assert text.count("[env.dev]\n") == 1
    path.write_text(text.replace("[env.dev]\n", "[env.dev]\n" + lines))
    return path


def plan(aws: Emulator, spec: Path) -> tuple[int, dict[str, Any]]:
    """The exit code of a plan and its report."""
    command = [logctl(), "plan", "--env", "dev", "--config", spec, "--format", "json"]
    environment = os.environ | CREDENTIALS | {"AWS_ENDPOINT_URL": aws.endpoint}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode in (0, 2), done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)


def by_action(report: dict[str, Any], action: str) -> list[dict[str, Any]]:
    """The resources of a report with an action."""
    return [each for each in report["resources"] if each["action"] == action]


def test_what_both_describe_is_the_same(aws: Emulator, stacks: Stacks, spec: Path):
    code, report = plan(aws, spec)
    different = [each for each in report["resources"] if each["action"] != "unchanged"]
    assert different == []
    assert code == 0
    # All of it was compared: what the stacks Logs and Monitoring have, resource by resource.
    described = {
        (name, each["Type"])
        for stack in ("Sluice-dev-Logs", "Sluice-dev-Monitoring")
        for name, each in stacks.templates[stack]["Resources"].items()
    }
    assert {(each["id"], each["type"]) for each in report["resources"]} == described


def test_what_was_changed_by_hand_is_told_field_by_field_and_left_alone(aws: Emulator, stacks: Stacks, spec: Path):
    aws("logs").put_retention_policy(logGroupName="/sluice/dev/api", retentionInDays=365)
    aws("s3").put_bucket_versioning(Bucket="example-logs-dev", VersioningConfiguration={"Status": "Suspended"})
    aws("cloudwatch").disable_alarm_actions(AlarmNames=["api-dev-ecs-cpu"])
    aws("logs").delete_metric_filter(logGroupName="/sluice/dev/api", filterName="api-dev-error-records")
    try:
        code, report = plan(aws, spec)
        assert code == 2
        drifted = {each["id"]: {change["path"]: (change["before"], change["after"]) for change in each["changes"]} for each in by_action(report, "drift")}
        assert list(drifted.pop("ErrorMetric")) == [""]
        assert drifted == {
            "ErrorLogGroup": {"RetentionInDays": (365, 7)},
            "LogBucket": {"VersioningConfiguration.Status": ("Suspended", "Enabled")},
            "AlarmEcsCpu": {"ActionsEnabled": (False, True)},
        }
        assert by_action(report, "create") == by_action(report, "update") == []
        command = [logctl(), "apply", "--env", "dev", "--config", spec, "--yes"]
        environment = os.environ | CREDENTIALS | {"AWS_ENDPOINT_URL": aws.endpoint}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0 and "0 done" in done.stdout, done.stdout + done.stderr
        groups = aws("logs").describe_log_groups(logGroupNamePrefix="/sluice/dev/api")["logGroups"]
        assert groups[0]["retentionInDays"] == 365
    finally:
        aws("logs").put_retention_policy(logGroupName="/sluice/dev/api", retentionInDays=7)
        aws("s3").put_bucket_versioning(Bucket="example-logs-dev", VersioningConfiguration={"Status": "Enabled"})
        aws("cloudwatch").enable_alarm_actions(AlarmNames=["api-dev-ecs-cpu"])
        filters = [each for each in stacks.templates["Sluice-dev-Logs"]["Resources"].values() if each["Type"] == "AWS::Logs::MetricFilter"]
        properties = filters[0]["Properties"]
        aws("logs").put_metric_filter(
            logGroupName="/sluice/dev/api",
            filterName=properties["FilterName"],
            filterPattern=properties["FilterPattern"],
            metricTransformations=[{key[0].lower() + key[1:]: value for key, value in each.items()} for each in properties["MetricTransformations"]],
        )
