"""An account of the emulator with the stacks of dev in it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest

HERE = Path(__file__).resolve().parent
INFRA = HERE.parents[1]
REGION = "ap-northeast-1"
ACCOUNT = "123456789012"
TEMPLATES = "cdk-hnb659fds-assets"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}
SAYS_PORT = "moto serves on port "

Aws = Callable[..., Any]


@dataclass
class Emulator:
    """A moto server, which ends with its standard input."""

    endpoint: str

    @cache
    def __call__(self, service: str) -> Any:
        """A client of one service."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    __hash__ = object.__hash__


def start(*arguments: str) -> Iterator[Emulator]:
    """Serves moto on a free port."""
    process = subprocess.Popen(
        [sys.executable, HERE / "serve.py", *arguments],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # With the policies that AWS keeps itself: roles have them.
        env=os.environ | CREDENTIALS | {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"},
    )
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith(SAYS_PORT):
            break
    else:
        raise RuntimeError("moto did not start; make test-deployment installs it:\n" + "".join(said))
    # What it says later would fill the pipe.
    drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
    try:
        yield Emulator(f"http://127.0.0.1:{int(line.removeprefix(SAYS_PORT))}")
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        drain.wait(timeout=60)


@pytest.fixture(scope="session")
def aws() -> Iterator[Emulator]:
    """An account as it is before the first deployment: bootstrapped, with a public zone and the first images."""
    for emulator in start():
        emulator("s3").create_bucket(Bucket=TEMPLATES, CreateBucketConfiguration={"LocationConstraint": REGION})
        parameters = {
            "/cdk-bootstrap/hnb659fds/version": "30",
            "/sluice/dev/api/digest": "sha256:" + "a" * 64,
            "/sluice/dev/log-router/digest": "sha256:" + "b" * 64,
        }
        for name, value in parameters.items():
            emulator("ssm").put_parameter(Name=name, Type="String", Value=value)
        yield emulator


@dataclass
class Stacks:
    """What was synthesised and deployed: templates and outputs by the name of the stack."""

    templates: dict[str, dict[str, Any]]
    outputs: dict[str, dict[str, str]]

    def types(self) -> set[str]:
        """Every type of resource in the templates."""
        return {each["Type"] for template in self.templates.values() for each in template["Resources"].values()}


@pytest.fixture(scope="session")
def stacks(aws: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Stacks:
    """The stacks of dev, synthesised and deployed one after the other through CloudFormation's API."""
    zone = aws("route53").create_hosted_zone(Name="dev.example.com", CallerReference="first")["HostedZone"]["Id"].split("/")[-1]
    folder = tmp_path_factory.mktemp("assembly")
    node = ["node", "--conditions=sluice-source", "--import", "tsx", HERE / "synth.ts", folder, zone]
    subprocess.run(node, cwd=INFRA, check=True)
    deployed = Stacks({}, {})
    for name in in_order(json.loads((folder / "manifest.json").read_text())["artifacts"]):
        text = (folder / f"{name}.template.json").read_text()
        deployed.templates[name] = json.loads(text)
        aws("s3").put_object(Bucket=TEMPLATES, Key=f"{name}.json", Body=text)
        url = f"https://s3.{REGION}.amazonaws.com/{TEMPLATES}/{name}.json"
        aws("cloudformation").create_stack(StackName=name, TemplateURL=url, Capabilities=["CAPABILITY_NAMED_IAM"])
        stack = aws("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        assert stack["StackStatus"] == "CREATE_COMPLETE", stack
        deployed.outputs[name] = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
    return deployed


def in_order(artifacts: dict[str, Any]) -> list[str]:
    """The stacks of an assembly, each after those that it stands on."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        if artifacts[name]["type"] != "aws:cloudformation:stack" or name in ordered:
            return
        for other in artifacts[name].get("dependencies", []):
            visit(other)
        ordered.append(name)

    for name in artifacts:
        visit(name)
    return ordered
