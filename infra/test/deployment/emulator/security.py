"""Roles, the firewall, GuardDuty, GitHub's identity provider."""

import json

from emulator import Aws, Made, Properties, resource, some, tag_map, without


@resource("AWS::IAM::Role", moto_drops="the managed policies")
def _role(aws: Aws, p: Properties) -> Made:
    iam, name = aws("iam"), p.get("RoleName", p.name)
    trust = json.dumps(p["AssumeRolePolicyDocument"])
    given = some(p, "Description", "MaxSessionDuration", "Tags")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **given)["Role"]["Arn"]
    for policy in p.get("ManagedPolicyArns", []):
        iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    for policy in p.get("Policies", []):
        text = json.dumps(policy["PolicyDocument"])
        iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=text)
    return Made(name, {"Arn": arn})


@resource("AWS::IAM::OIDCProvider")
def _identity_provider(aws: Aws, p: Properties) -> Made:
    # IAM finds the thumbprint by itself; moto's call wants one.
    arn = aws("iam").create_open_id_connect_provider(
        Url=p["Url"], ClientIDList=p["ClientIdList"], ThumbprintList=["0" * 40], Tags=p["Tags"]
    )["OpenIDConnectProviderArn"]
    return Made(arn, {"Arn": arn})


@resource("AWS::WAFv2::WebACL")
def _web_acl(aws: Aws, p: Properties) -> Made:
    summary = aws("wafv2").create_web_acl(**p)["Summary"]
    return Made("|".join((summary["Name"], summary["Id"], p["Scope"])), {"Arn": summary["ARN"]})


@resource("AWS::WAFv2::WebACLAssociation")
def _association(aws: Aws, p: Properties) -> Made:
    aws("wafv2").associate_web_acl(**p)
    return Made(f"{p['ResourceArn']}|{p['WebACLArn']}")


@resource("AWS::WAFv2::LoggingConfiguration")
def _logging(aws: Aws, p: Properties) -> Made:
    aws("wafv2").put_logging_configuration(LoggingConfiguration=p)
    return Made(p["ResourceArn"])


@resource("AWS::GuardDuty::Detector")
def _detector(aws: Aws, p: Properties) -> Made:
    return Made(aws("guardduty").create_detector(**without(p, "Tags"), Tags=tag_map(p))["DetectorId"])
