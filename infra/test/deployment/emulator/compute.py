"""Images, tasks, the load balancer, scaling."""

import json
from typing import Any

from emulator import Aws, Made, Properties, lower, resource, some, without


@resource("AWS::ECR::Repository", moto_drops="the lifecycle policy")
def _repository(aws: Aws, p: Properties) -> Made:
    ecr = aws("ecr")
    made = ecr.create_repository(
        repositoryName=p["RepositoryName"],
        imageTagMutability=p["ImageTagMutability"],
        imageScanningConfiguration=lower(p["ImageScanningConfiguration"]),
        encryptionConfiguration=lower(p["EncryptionConfiguration"]),
        tags=p["Tags"],
    )["repository"]
    text = p["LifecyclePolicy"]["LifecyclePolicyText"]
    json.loads(text)
    ecr.put_lifecycle_policy(repositoryName=p["RepositoryName"], lifecyclePolicyText=text)
    return Made(p["RepositoryName"], {"Arn": made["repositoryArn"]})


@resource("AWS::ECS::Cluster", moto_drops="settings, configuration, tags")
def _cluster(aws: Aws, p: Properties) -> Made:
    given = _lower_tasks(without(p, "ClusterSettings"))
    cluster = aws("ecs").create_cluster(**given, settings=lower(p["ClusterSettings"]))["cluster"]
    return Made(cluster["clusterName"], {"Arn": cluster["clusterArn"]})


@resource("AWS::ECS::TaskDefinition", moto_drops="roles, network mode, CPU, platform, tags")
def _task_definition(aws: Aws, p: Properties) -> Made:
    return Made(aws("ecs").register_task_definition(**_lower_tasks(p))["taskDefinition"]["taskDefinitionArn"])


@resource("AWS::ECS::Service", moto_drops="load balancers, network, deployment configuration, tags")
def _service(aws: Aws, p: Properties) -> Made:
    service = aws("ecs").create_service(**_lower_tasks(p))["service"]
    return Made(service["serviceArn"], {"Name": service["serviceName"]})


def _lower_tasks(value: dict[str, Any]) -> dict[str, Any]:
    """As the calls of ECS have it: names with a small first letter, but not those that the template's author chose."""
    chosen = ("Options", "DockerLabels")
    return {
        key[:1].lower() + key[1:]: each
        if key in chosen
        else _lower_tasks(each)
        if isinstance(each, dict)
        else [_lower_tasks(item) if isinstance(item, dict) else item for item in each]
        if isinstance(each, list)
        else each
        for key, each in value.items()
    }


@resource("AWS::ElasticLoadBalancingV2::LoadBalancer", moto_drops="attributes, tags, its full name")
def _load_balancer(aws: Aws, p: Properties) -> Made:
    elb = aws("elbv2")
    made = elb.create_load_balancer(**without(p, "LoadBalancerAttributes"))["LoadBalancers"][0]
    arn = made["LoadBalancerArn"]
    elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=p["LoadBalancerAttributes"])
    attributes = {
        "CanonicalHostedZoneID": made["CanonicalHostedZoneId"],
        "DNSName": made["DNSName"],
        "LoadBalancerFullName": arn.split(":loadbalancer/")[1],
    }
    return Made(arn, attributes)


@resource("AWS::ElasticLoadBalancingV2::TargetGroup", moto_drops="attributes, tags, its full name")
def _target_group(aws: Aws, p: Properties) -> Made:
    elb = aws("elbv2")
    given = without(p, "TargetGroupAttributes")
    arn = elb.create_target_group(**given)["TargetGroups"][0]["TargetGroupArn"]
    elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=p["TargetGroupAttributes"])
    return Made(arn, {"TargetGroupFullName": arn.split(":")[-1]})


@resource("AWS::ElasticLoadBalancingV2::Listener", moto_drops="the TLS policy")
def _listener(aws: Aws, p: Properties) -> Made:
    return Made(aws("elbv2").create_listener(**p)["Listeners"][0]["ListenerArn"])


@resource("AWS::CertificateManager::Certificate")
def _certificate(aws: Aws, p: Properties) -> Made:
    # CloudFormation puts the record into the zone and waits; the call has no word for it.
    given = without(p, "DomainValidationOptions")
    return Made(aws("acm").request_certificate(**given)["CertificateArn"])


@resource("AWS::ApplicationAutoScaling::ScalableTarget")
def _scalable_target(aws: Aws, p: Properties) -> Made:
    aws("application-autoscaling").register_scalable_target(**without(p, "Tags"))
    return Made("|".join(p[name] for name in ("ResourceId", "ScalableDimension", "ServiceNamespace")))


@resource("AWS::ApplicationAutoScaling::ScalingPolicy")
def _scaling_policy(aws: Aws, p: Properties) -> Made:
    names = ("ResourceId", "ScalableDimension", "ServiceNamespace")
    target = dict(zip(names, p["ScalingTargetId"].split("|"), strict=True)) if "ScalingTargetId" in p else some(p, *names)
    given = without(p, "ScalingTargetId", *names)
    return Made(aws("application-autoscaling").put_scaling_policy(**given, **target)["PolicyARN"])
