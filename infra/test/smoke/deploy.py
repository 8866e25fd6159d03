"""Deploys synthesised templates to moto in their order, and says what is there then, as JSON.

    deploy.py FOLDER ENVIRONMENT STACK…

moto knows a part of CloudFormation: it leaves out types that it does not know, and an attribute of one that was left out
cannot be read. So what moto does not have is taken out first, with everything that refers to it, and is told.
"""

import json
import logging
import os
import sys

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="ap-northeast-1",
    AWS_EC2_METADATA_DISABLED="true",
)
logging.disable(logging.WARNING)

import boto3  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

# Types of our stacks that moto 5.2 makes by CloudFormation, each looked at by the checks below.
KNOWN = {
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::Route",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECR::Repository",
    "AWS::ECS::Cluster",
    "AWS::ECS::TaskDefinition",
    "AWS::ECS::Service",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
}


def mentions(value, names):
    """Whether a value refers to one of the names, which are of resources or of exports."""
    if isinstance(value, list):
        return any(mentions(item, names) for item in value)
    if not isinstance(value, dict):
        return False
    target = value.get("Ref") or value.get("Fn::ImportValue")
    attribute = value.get("Fn::GetAtt")
    if isinstance(attribute, list):
        target = attribute[0]
    return target in names or any(mentions(item, names) for item in value.values())


def reduced(template, missing_exports):
    """What moto can make of a template, and what it cannot."""
    resources = template["Resources"]
    gone = {name for name, resource in resources.items() if resource["Type"] not in KNOWN}
    names = gone | missing_exports
    kept = {}
    for name, resource in resources.items():
        if name in gone:
            continue
        properties = replaced(resource.get("Properties", {}), names)
        depends = [other for other in listed(resource.get("DependsOn")) if other not in gone]
        kept[name] = {"Type": resource["Type"], "Properties": properties, **({"DependsOn": depends} if depends else {})}
    outputs = {}
    for name, output in template.get("Outputs", {}).items():
        if mentions(output["Value"], names):
            missing_exports.add(output.get("Export", {}).get("Name"))
        else:
            outputs[name] = output
    return {**{k: v for k, v in template.items() if k in ("Parameters", "Description")}, "Resources": kept, "Outputs": outputs}


def replaced(value, names):
    """References to what is not there become a text."""
    if isinstance(value, list):
        return [replaced(item, names) for item in value]
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in ("Ref", "Fn::GetAtt", "Fn::ImportValue") and mentions(value, names):
            return "left-out"
        return {key: replaced(item, names) for key, item in value.items()}
    return value


def listed(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def main(folder, environment, stacks):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ["AWS_ENDPOINT_URL"] = f"http://{host}:{port}"
    client = {name: boto3.client(name) for name in ("cloudformation", "ec2", "ecr", "ecs", "elbv2", "s3", "logs", "ssm", "iam")}
    for repository in ("api", "log-router"):
        client["ssm"].put_parameter(Name=f"/sluice/{environment}/{repository}/digest", Type="String", Value="sha256:" + "0" * 64)

    missing, made, left_out = set(), {}, {}
    for stack in stacks:
        name = f"Sluice-{environment}-{stack}"
        with open(os.path.join(folder, f"{name}.template.json"), encoding="utf-8") as file:
            template = json.load(file)
        body = reduced(template, missing)
        client["cloudformation"].create_stack(StackName=name, TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_NAMED_IAM"])
        state = client["cloudformation"].describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        assert state == "CREATE_COMPLETE", f"{name}: {state}"
        made[stack] = len(client["cloudformation"].list_stack_resources(StackName=name)["StackResourceSummaries"])
        left_out[stack] = sorted({resource["Type"] for resource in template["Resources"].values()} - KNOWN)
    json.dump({"made": made, "left_out": left_out, "there": look(client)}, sys.stdout)
    server.stop()


def look(client):
    """Reads back through the services' own interfaces."""
    ec2, ecs, elb, s3, logs = (client[name] for name in ("ec2", "ecs", "elbv2", "s3", "logs"))
    vpcs = [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
    ours = [{"Name": "vpc-id", "Values": [vpc["VpcId"] for vpc in vpcs]}]
    [cluster] = ecs.list_clusters()["clusterArns"]
    [service] = ecs.describe_services(cluster=cluster, services=ecs.list_services(cluster=cluster)["serviceArns"])["services"]
    task = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    [balancer] = elb.describe_load_balancers()["LoadBalancers"]
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    [bucket] = [each["Name"] for each in s3.list_buckets()["Buckets"] if not each["Name"].startswith("aws-waf")]
    return {
        "vpcs": [vpc["CidrBlock"] for vpc in vpcs],
        "subnets": sorted(subnet["AvailabilityZone"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]),
        "endpoints": sorted(each["ServiceName"].rsplit("ap-northeast-1.", 1)[-1] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]),
        "nat": len(ec2.describe_nat_gateways()["NatGateways"]),
        "repositories": sorted(each["repositoryName"] for each in client["ecr"].describe_repositories()["repositories"]),
        "cluster": cluster.rsplit("/", 1)[-1],
        "service": service["serviceName"],
        "desired": service["desiredCount"],
        "containers": {each["name"]: [each["image"].rsplit("/", 1)[-1], each.get("cpu"), each.get("memory")] for each in task["containerDefinitions"]},
        "balancer": balancer["Scheme"],
        "listeners": sorted([each["Port"], each["DefaultActions"][0]["Type"]] for each in listeners),
        "bucket": bucket,
        "versioning": s3.get_bucket_versioning(Bucket=bucket).get("Status"),
        "lifecycle": len(s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]),
        "public": s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"],
        "policy": len(json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]),
        "groups": {each["logGroupName"]: each.get("retentionInDays") for each in logs.describe_log_groups()["logGroups"]},
    }


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
