"""The stacks of dev in the emulator: what the APIs of AWS say is there when they are deployed."""

import json

import emulator
import pytest
from conftest import ACCOUNT, REGION, Emulator, Stacks


def only(found: list) -> dict:
    """The one of its kind."""
    (one,) = found
    return one


def tags(listed: list[dict]) -> dict[str, str]:
    """Tags as a map, however the service spells them."""
    return {each.get("Key") or each["key"]: each.get("Value") or each["value"] for each in listed}


def vpc(aws: Emulator) -> dict:
    """The VPC of the stacks; the account has a default one besides."""
    return only([each for each in aws("ec2").describe_vpcs()["Vpcs"] if not each["IsDefault"]])


def of_vpc(aws: Emulator) -> list[dict]:
    """A filter on it."""
    return [{"Name": "vpc-id", "Values": [vpc(aws)["VpcId"]]}]


def load_balancer(aws: Emulator) -> dict:
    """The load balancer."""
    return only(aws("elbv2").describe_load_balancers()["LoadBalancers"])


def service(aws: Emulator) -> dict:
    """The backend's service."""
    return only(aws("ecs").describe_services(cluster="api-dev", services=["api"])["services"])


def task_definition(aws: Emulator) -> dict:
    """What the service runs."""
    return aws("ecs").describe_task_definition(taskDefinition=service(aws)["taskDefinition"])["taskDefinition"]


def test_every_stack_is_complete(aws: Emulator, stacks: Stacks):
    deployed = {name: len(template["Resources"]) for name, template in stacks.templates.items()}
    assert {name.removeprefix("Sluice-dev-") for name in deployed} == {
        "Compute",
        "Database",
        "Delivery",
        "Logs",
        "Monitoring",
        "Network",
        "Security",
    }
    for name, count in deployed.items():
        listed = aws("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
        resources = [each for page in listed for each in page["StackResourceSummaries"]]
        assert len(resources) == count, name


def test_what_the_emulator_lacks_is_listed_exactly(stacks: Stacks):
    emulator.register()
    lacking = stacks.types() - emulator.own_types()
    made_here = set(emulator.MAKERS) - set(emulator.MOTO_DROPS)
    # A type that moto has learned meanwhile, or that no template has any more, goes from the lists.
    assert made_here | set(emulator.LEFT_OUT) == lacking
    assert set(emulator.MOTO_DROPS) <= stacks.types() & emulator.own_types()


def test_two_zones_with_a_public_and_a_private_subnet_each(aws: Emulator, stacks: Stacks):
    assert vpc(aws)["CidrBlock"] == "10.10.0.0/16"
    subnets = aws("ec2").describe_subnets(Filters=of_vpc(aws))["Subnets"]
    seen = sorted((tags(each["Tags"])["aws-cdk:subnet-name"], each["AvailabilityZone"], each["MapPublicIpOnLaunch"]) for each in subnets)
    assert seen == [(kind, f"{REGION}{zone}", False) for kind in ("private", "public") for zone in "ac"]


def test_only_public_subnets_have_a_way_to_the_internet(aws: Emulator, stacks: Stacks):
    ec2 = aws("ec2")
    kinds = {each["SubnetId"]: tags(each["Tags"])["aws-cdk:subnet-name"] for each in ec2.describe_subnets(Filters=of_vpc(aws))["Subnets"]}
    ways = {}
    for table in ec2.describe_route_tables(Filters=of_vpc(aws))["RouteTables"]:
        for each in table["Associations"]:
            if "SubnetId" in each:
                gateways = {route["GatewayId"][:4] for route in table["Routes"] if "GatewayId" in route}
                ways.setdefault(kinds[each["SubnetId"]], set()).add(frozenset(gateways - {"loca"}))
    assert ways["public"] == {frozenset({"igw-"})}
    assert all("igw-" not in gateways for gateways in ways["private"])
    assert ec2.describe_nat_gateways()["NatGateways"] == []


def test_private_subnets_reach_aws_through_endpoints(aws: Emulator, stacks: Stacks):
    endpoints = aws("ec2").describe_vpc_endpoints(Filters=of_vpc(aws))["VpcEndpoints"]
    seen = {each["ServiceName"].removeprefix(f"com.amazonaws.{REGION}."): each for each in endpoints}
    assert set(seen) == {"s3", "ecr.api", "ecr.dkr", "secretsmanager", "logs"}
    assert seen.pop("s3")["VpcEndpointType"] == "Gateway"
    for name, each in seen.items():
        assert (each["VpcEndpointType"], each["PrivateDnsEnabled"], len(each["SubnetIds"])) == ("Interface", True, 1), name


def test_the_internet_reaches_the_load_balancer_on_two_ports_and_nothing_else(aws: Emulator, stacks: Stacks):
    groups = aws("ec2").describe_security_groups(Filters=of_vpc(aws))["SecurityGroups"]
    open_ports = {
        (group["GroupId"], rule["FromPort"])
        for group in groups
        for rule in group["IpPermissions"]
        if any(each["CidrIp"] == "0.0.0.0/0" for each in rule["IpRanges"])
    }
    group = only(load_balancer(aws)["SecurityGroups"])
    assert open_ports == {(group, 80), (group, 443)}


def test_flows_are_logged_all_to_s3_and_rejected_ones_to_cloudwatch(aws: Emulator, stacks: Stacks):
    logs = aws("ec2").describe_flow_logs()["FlowLogs"]
    seen = {(each["TrafficType"], each["LogDestinationType"], each.get("LogGroupName")) for each in logs}
    assert seen == {("ALL", "s3", None), ("REJECT", "cloud-watch-logs", "/sluice/dev/vpc/rejected")}


def test_repositories_scan_on_push_and_keep_ten_images(aws: Emulator, stacks: Stacks):
    repositories = {each["repositoryName"]: each for each in aws("ecr").describe_repositories()["repositories"]}
    assert set(repositories) == {"api", "log-router"}
    for name, each in repositories.items():
        assert (each["imageTagMutability"], each["imageScanningConfiguration"]) == ("IMMUTABLE", {"scanOnPush": True})
        policy = json.loads(aws("ecr").get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"])
        assert only(policy["rules"])["selection"] == {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10}


def test_the_service_runs_in_private_subnets_of_both_zones_behind_the_load_balancer(aws: Emulator, stacks: Stacks):
    cluster = only(aws("ecs").describe_clusters(clusters=["api-dev"], include=["SETTINGS"])["clusters"])
    assert cluster["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    found = service(aws)
    assert (found["launchType"], found["desiredCount"]) == ("FARGATE", 1)
    network = found["networkConfiguration"]["awsvpcConfiguration"]
    subnets = aws("ec2").describe_subnets(SubnetIds=network["subnets"])["Subnets"]
    assert {(tags(each["Tags"])["aws-cdk:subnet-name"], each["AvailabilityZone"][-1]) for each in subnets} == {("private", "a"), ("private", "c")}
    assert network["assignPublicIp"] == "DISABLED"
    target = only(found["loadBalancers"])
    assert (target["containerName"], target["containerPort"]) == ("app", 8000)
    group = only(aws("elbv2").describe_target_groups(TargetGroupArns=[target["targetGroupArn"]])["TargetGroups"])
    assert (group["HealthCheckPath"], group["TargetType"]) == ("/health", "ip")


def test_the_task_is_the_image_by_digest_with_its_sidecar(aws: Emulator, stacks: Stacks):
    definition = task_definition(aws)
    assert (definition["cpu"], definition["memory"], definition["networkMode"]) == ("256", "512", "awsvpc")
    containers = {each["name"]: each for each in definition["containerDefinitions"]}
    assert set(containers) == {"app", "log-router"}
    registry = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
    assert containers["app"]["image"] == f"{registry}/api@sha256:{'a' * 64}"
    sidecar = containers["log-router"]
    assert sidecar["image"] == f"{registry}/log-router@sha256:{'b' * 64}"
    assert (sidecar["cpu"], sidecar["memory"], sidecar["firelensConfiguration"]["type"]) == (51, 128, "fluentbit")
    assert containers["app"]["logConfiguration"] == {"logDriver": "awsfirelens", "options": {}}
    assert containers["app"]["dependsOn"] == [{"containerName": "log-router", "condition": "HEALTHY"}]


def test_the_task_knows_the_database_by_the_names_that_it_has(aws: Emulator, stacks: Stacks):
    cluster = only(aws("rds").describe_db_clusters()["DBClusters"])
    app = next(each for each in task_definition(aws)["containerDefinitions"] if each["name"] == "app")
    environment = {each["name"]: each["value"] for each in app["environment"]}
    assert environment["DB_HOST"] == cluster["Endpoint"]
    assert environment["DB_READER_HOST"] == cluster["ReaderEndpoint"]
    assert environment["DB_SECRET_ARN"] == cluster["MasterUserSecret"]["SecretArn"]


def test_the_task_may_read_its_secret_and_write_its_logs_and_nothing_else(aws: Emulator, stacks: Stacks):
    iam, role = aws("iam"), task_definition(aws)["taskRoleArn"].split("/")[-1]
    inline = [iam.get_role_policy(RoleName=role, PolicyName=name) for name in iam.list_role_policies(RoleName=role)["PolicyNames"]]
    statements = [each for policy in inline for each in policy["PolicyDocument"]["Statement"]]
    secret = only(aws("rds").describe_db_clusters()["DBClusters"])["MasterUserSecret"]
    assert {(each["Action"], each["Resource"]) for each in statements} == {
        ("secretsmanager:GetSecretValue", secret["SecretArn"]),
        ("kms:Decrypt", secret["KmsKeyId"]),
    }
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["api-dev-log-router"]


def test_the_load_balancer_is_public_logs_to_its_folders_and_sends_http_to_https(aws: Emulator, stacks: Stacks):
    elb, found = aws("elbv2"), load_balancer(aws)
    assert (found["Scheme"], len(found["AvailabilityZones"])) == ("internet-facing", 2)
    listed = elb.describe_load_balancer_attributes(LoadBalancerArn=found["LoadBalancerArn"])["Attributes"]
    attributes = {each["Key"]: each["Value"] for each in listed}
    for kind, prefix in (("access", "alb"), ("connection", "alb-connections")):
        logs = [attributes[f"{kind}_logs.s3.{name}"] for name in ("enabled", "bucket", "prefix")]
        assert logs == ["true", "example-logs-dev", prefix]
    listeners = {each["Port"]: each for each in elb.describe_listeners(LoadBalancerArn=found["LoadBalancerArn"])["Listeners"]}
    assert set(listeners) == {80, 443}
    redirect = only(listeners[80]["DefaultActions"])["RedirectConfig"]
    assert (redirect["Protocol"], redirect["Port"], redirect["StatusCode"]) == ("HTTPS", "443", "HTTP_301")
    assert listeners[443]["Protocol"] == "HTTPS" and "TLS13" in listeners[443]["SslPolicy"]
    certificate = only(listeners[443]["Certificates"])["CertificateArn"]
    assert aws("acm").describe_certificate(CertificateArn=certificate)["Certificate"]["DomainName"] == "api.dev.example.com"


def test_the_name_of_the_api_is_the_load_balancers(aws: Emulator, stacks: Stacks):
    route53 = aws("route53")
    zones = {each["Name"]: each for each in route53.list_hosted_zones()["HostedZones"]}
    records = route53.list_resource_record_sets(HostedZoneId=zones["dev.example.com."]["Id"])["ResourceRecordSets"]
    record = only([each for each in records if each["Type"] == "A"])
    assert record["Name"] == "api.dev.example.com."
    assert record["AliasTarget"]["DNSName"].removeprefix("dualstack.").rstrip(".") == load_balancer(aws)["DNSName"]
    private = zones["dev.sluice.internal."]
    assert private["Config"]["PrivateZone"]
    names = route53.list_resource_record_sets(HostedZoneId=private["Id"])["ResourceRecordSets"]
    assert {each["Name"] for each in names if each["Type"] == "CNAME"} == {"db.dev.sluice.internal.", "db-reader.dev.sluice.internal."}


def test_the_firewall_stands_before_the_load_balancer_and_logs_to_its_bucket(aws: Emulator, stacks: Stacks):
    waf = aws("wafv2")
    acl = only(waf.list_web_acls(Scope="REGIONAL")["WebACLs"])
    assert waf.get_web_acl_for_resource(ResourceArn=load_balancer(aws)["LoadBalancerArn"])["WebACL"]["ARN"] == acl["ARN"]
    logging = waf.get_logging_configuration(ResourceArn=acl["ARN"])["LoggingConfiguration"]
    assert logging["LogDestinationConfigs"] == ["arn:aws:s3:::aws-waf-logs-example-logs-dev"]


def test_the_database_has_a_writer_and_a_replica_and_is_encrypted(aws: Emulator, stacks: Stacks):
    rds = aws("rds")
    cluster = only(rds.describe_db_clusters()["DBClusters"])
    assert (cluster["Engine"], cluster["StorageEncrypted"], cluster["BackupRetentionPeriod"]) == ("aurora-postgresql", True, 7)
    instances = rds.describe_db_instances()["DBInstances"]
    seen = {(each["DBInstanceClass"], each["AvailabilityZone"], each["PubliclyAccessible"]) for each in instances}
    assert seen == {("db.t4g.medium", f"{REGION}{zone}", False) for zone in "ac"}


def test_service_and_replicas_scale(aws: Emulator, stacks: Stacks):
    scaling = aws("application-autoscaling")
    for namespace, resource, bounds in (("ecs", "service/api-dev/api", (1, 2)), ("rds", "cluster:api-dev", (1, 2))):
        target = only(scaling.describe_scalable_targets(ServiceNamespace=namespace)["ScalableTargets"])
        assert (target["ResourceId"], (target["MinCapacity"], target["MaxCapacity"])) == (resource, bounds)
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    metrics = {each["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]["PredefinedMetricType"] for each in policies}
    assert metrics == {"ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"}


@pytest.mark.parametrize("bucket", ["example-logs-dev", "aws-waf-logs-example-logs-dev"])
def test_buckets_of_logs_are_private_versioned_and_age(aws: Emulator, stacks: Stacks, bucket: str):
    s3 = aws("s3")
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    rule = only(s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"])
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    rules = {each["ID"]: each for each in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
    assert rules["objects"]["Transitions"] == [{"Days": 90, "StorageClass": "GLACIER"}]
    assert rules["objects"]["Expiration"]["Days"] == 365
    denied = [each for each in json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"] if each["Effect"] == "Deny"]
    assert any(each["Condition"].get("Bool") == {"aws:SecureTransport": "false"} for each in denied)


def test_log_groups_are_kept_seven_days(aws: Emulator, stacks: Stacks):
    groups = {each["logGroupName"]: each.get("retentionInDays") for each in aws("logs").describe_log_groups()["logGroups"]}
    assert groups == dict.fromkeys(("/sluice/dev/api", "/sluice/dev/api/log-router", "/sluice/dev/vpc/rejected"), 7)
