"""Resource types for moto's CloudFormation, each made through the API calls that moto knows.

CloudFormation itself makes resources by the same calls. So what a template says ends where the API shows it, and boto3
holds each call against AWS's description of it. Everything here is listed on purpose:

- a type that moto does not know (`@resource(NAME)`);
- a type that moto makes with less than the template says (`@resource(NAME, moto_drops=…)`);
- a type that is not made at all, and why (`LEFT_OUT`). Nothing refers to those.

The tests fail when the first or third kind is in moto by now, or when no template has a type of these lists.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3

Aws = Callable[[str], Any]


class Properties(dict[str, Any]):
    """The properties of a resource, resolved."""

    name: str = ""
    """The name that CloudFormation makes up for one that has none."""


@dataclass
class Made:
    """A resource: what `Ref` and `Fn::GetAtt` give."""

    id: str
    attributes: dict[str, str] = field(default_factory=dict)


Maker = Callable[[Aws, Properties], Made]

MAKERS: dict[str, Maker] = {}
MOTO_DROPS: dict[str, str] = {}
LEFT_OUT = {
    "AWS::Config::ConfigurationRecorder": "moto's API takes no exclusion by resource type",
    "AWS::Config::DeliveryChannel": "moto's API wants a recorder first",
    "AWS::Config::ConfigRule": "moto's API has not the managed rules that these name",
}


def resource(type_name: str, *, moto_drops: str = "") -> Callable[[Maker], Maker]:
    """Registers the function that makes a type of resource."""

    def register(maker: Maker) -> Maker:
        MAKERS[type_name] = maker
        if moto_drops:
            MOTO_DROPS[type_name] = moto_drops
        return maker

    return register


def without(properties: dict[str, Any], *names: str) -> dict[str, Any]:
    """The properties that a call takes as they are."""
    return {name: value for name, value in properties.items() if name not in names}


def some(properties: dict[str, Any], *names: str) -> dict[str, Any]:
    """Those of the properties that are there."""
    return {name: properties[name] for name in names if name in properties}


def tag_map(properties: dict[str, Any]) -> dict[str, str]:
    """Tags as a map, for the calls that take them so."""
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}


def lower(value: Any) -> Any:
    """Names with a small first letter, as some services' calls have them."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: lower(each) for key, each in value.items()}
    if isinstance(value, list):
        return [lower(each) for each in value]
    return value


@cache
def client(service: str, region: str) -> Any:
    """A client of the emulator itself, which answers each call in a thread of its own."""
    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{os.environ['MOTO_PORT']}",
        region_name=region,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


class ResourceType:
    """A type as moto's CloudFormation takes it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cloudformation_type(self) -> str:
        """The name of the type."""
        return self.name

    def has_cfn_attr(self, _name: str) -> bool:
        """Whether there is an attribute; `Resource` fails on one that is not."""
        return True

    def create_from_cloudformation_json(self, name: str, body: dict[str, Any], _account: str, region: str, **_: Any) -> "Resource":
        """Makes a resource, its properties being resolved."""
        maker = MAKERS.get(self.name)
        properties = Properties(body.get("Properties", {}))
        properties.name = name
        made = maker(lambda service: client(service, region), properties) if maker else Made(name)
        return Resource(made)


class Resource:
    """A resource as moto's CloudFormation keeps it."""

    def __init__(self, made: Made) -> None:
        self.made = made
        self.physical_resource_id = made.id

    def has_cfn_attr(self, name: str) -> bool:
        """Whether `Fn::GetAtt` gives it."""
        return name in self.made.attributes

    def get_cfn_attribute(self, name: str) -> str:
        """What `Fn::GetAtt` gives."""
        return self.made.attributes[name]

    def is_created(self) -> bool:
        """It is there when the calls have returned."""
        return True


def own_types() -> set[str]:
    """The types that moto knows by itself."""
    from moto.cloudformation import parsing

    return {each.cloudformation_type() for each in parsing.get_model_list()}


def register() -> None:
    """Fills the lists."""
    from emulator import compute, data, network, security  # noqa: F401  they register


def install() -> None:
    """Teaches moto the types."""
    from moto.cloudformation import parsing

    register()
    for name in (*MAKERS, *LEFT_OUT):
        parsing.get_model_map()[name] = ResourceType(name)
        parsing.get_name_type_map()[name] = ""
