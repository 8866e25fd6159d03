"""What moto's VPC lacks: flow logs, rules between stacks, private zones."""

from emulator import Aws, Made, Properties, resource, some, without


@resource("AWS::EC2::FlowLog", moto_drops="all that go to a folder of a bucket: it takes the folder for a part of the name")
def _flow_log(aws: Aws, p: Properties) -> Made:
    given = without(p, "ResourceId", "Tags", "DestinationOptions", "LogDestination")
    if "LogDestination" in p:
        given["LogDestination"] = p["LogDestination"].split("/")[0]
    if "DestinationOptions" in p:
        # The template has them as texts.
        values = {"true": True, "false": False}
        given["DestinationOptions"] = {key: values.get(value, value) for key, value in p["DestinationOptions"].items()}
    tags = [{"ResourceType": "vpc-flow-log", **some(p, "Tags")}]
    answer = aws("ec2").create_flow_logs(ResourceIds=[p["ResourceId"]], TagSpecifications=tags, **given)
    if answer.get("Unsuccessful"):
        raise ValueError(answer["Unsuccessful"][0]["Error"]["Message"])
    return Made(answer["FlowLogIds"][0])


@resource("AWS::EC2::SecurityGroupEgress")
def _egress(aws: Aws, p: Properties) -> Made:
    pair = {"GroupId": p["DestinationSecurityGroupId"], "Description": p["Description"]}
    rule = {**some(p, "IpProtocol", "FromPort", "ToPort"), "UserIdGroupPairs": [pair]}
    answer = aws("ec2").authorize_security_group_egress(GroupId=p["GroupId"], IpPermissions=[rule])
    return Made(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


@resource("AWS::Route53::HostedZone", moto_drops="the VPCs of a private zone")
def _zone(aws: Aws, p: Properties) -> Made:
    first = p["VPCs"][0]
    zone = aws("route53").create_hosted_zone(
        Name=p["Name"],
        CallerReference=p.name,
        VPC={"VPCId": first["VPCId"], "VPCRegion": first["VPCRegion"]},
        HostedZoneConfig={"PrivateZone": True},
    )["HostedZone"]
    return Made(zone["Id"].split("/")[-1])


@resource("AWS::EC2::SubnetRouteTableAssociation", moto_drops="the association: the table never hears of the subnet")
def _association(aws: Aws, p: Properties) -> Made:
    return Made(aws("ec2").associate_route_table(**p)["AssociationId"])
