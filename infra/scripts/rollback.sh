#!/usr/bin/env bash
# Takes a service back to its last successful deployment.
#
#   rollback.sh --cluster C --service S [--digest-parameter NAME] [--container app] [--dry-run]
#
# A deployment that is still running is stopped, and ECS itself rolls it back. When none is running, the service gets the
# task definition of the newest successful deployment that had another one than it has now: the revision before may be
# one that failed. ECS keeps deployments for 90 days. After that the parameter, when it is named, gets the digest of the
# image that runs again, so that a deployment of the stacks does not bring back the bad one.
#
# Rolling back twice brings back what was there before the first time.
set -euo pipefail

cluster='' service='' parameter='' container=app dry_run=''
usage() {
  echo "usage: $0 --cluster C --service S [--digest-parameter NAME] [--container app] [--dry-run]" >&2
  exit 64
}
while [ $# -gt 0 ]; do
  case "$1" in
    --cluster) cluster=${2:?} && shift 2 ;;
    --service) service=${2:?} && shift 2 ;;
    --digest-parameter) parameter=${2:?} && shift 2 ;;
    --container) container=${2:?} && shift 2 ;;
    --dry-run) dry_run=1 && shift ;;
    *) usage ;;
  esac
done
if [ -z "$cluster" ] || [ -z "$service" ]; then usage; fi
POLL_SECONDS=${POLL_SECONDS:-10}
POLL_TIMES=${POLL_TIMES:-180}

say() { echo "rollback: $*" >&2; }
ecs() { aws ecs "$@" --output text; }
# The text output of an empty answer is "None", or nothing at all.
some() { [ -n "$1" ] && [ "$1" != None ]; }

# Newest first: ECS promises no order.
deployments() { # the fields, then the statuses
  local query=$1
  shift
  ecs list-service-deployments --cluster "$cluster" --service "$service" --status "$@" \
    --query "reverse(sort_by(serviceDeployments, &createdAt))[].[$query]"
}

stop_running() { # ARN of the deployment, its status
  if [ "$2" = PENDING ] || [ "$2" = IN_PROGRESS ]; then
    say "deployment $1 is $2: stopping it, ECS rolls it back"
    [ -z "$dry_run" ] || return 0
    ecs stop-service-deployment --service-deployment-arn "$1" --stop-type ROLLBACK >/dev/null
  else
    say "deployment $1 is $2 already"
    [ -z "$dry_run" ] || return 0
  fi
  local status=''
  for _ in $(seq "$POLL_TIMES"); do
    status=$(ecs describe-service-deployments --service-deployment-arns "$1" --query 'serviceDeployments[0].status')
    case "$status" in
      ROLLBACK_SUCCESSFUL | STOPPED)
        say "rolled back: $status"
        return 0
        ;;
      ROLLBACK_FAILED)
        say "ECS could not roll back. Is there an earlier successful deployment? Its reason:"
        ecs describe-service-deployments --service-deployment-arns "$1" --query 'serviceDeployments[0].statusReason' >&2
        return 1
        ;;
    esac
    sleep "$POLL_SECONDS"
  done
  say "still $status after $((POLL_TIMES * POLL_SECONDS)) s; look at the service's events"
  return 1
}

task_definition_of() { # ARN of a service revision
  ecs describe-service-revisions --service-revision-arns "$1" --query 'serviceRevisions[0].taskDefinition'
}

earlier_task_definition() { # the one in use now
  local revision definition
  for revision in $(deployments targetServiceRevisionArn SUCCESSFUL); do
    some "$revision" || continue
    definition=$(task_definition_of "$revision")
    if some "$definition" && [ "$definition" != "$1" ]; then
      echo "$definition"
      return 0
    fi
  done
  return 1
}

keep_digest() { # the task definition in use
  [ -n "$parameter" ] || return 0
  local image
  image=$(ecs describe-task-definition --task-definition "$1" \
    --query "taskDefinition.containerDefinitions[?name=='$container'].image | [0]")
  case "$image" in
    *@sha256:*) aws ssm put-parameter --name "$parameter" --type String --overwrite --value "${image##*@}" --output text >/dev/null ;;
    *)
      say "the image $image of $container has no digest, so $parameter stays as it is"
      return 1
      ;;
  esac
  say "$parameter is ${image##*@}"
}

in_use() { ecs describe-services --cluster "$cluster" --services "$service" --query 'services[0].taskDefinition'; }

running=$(deployments 'serviceDeploymentArn, status' PENDING IN_PROGRESS ROLLBACK_REQUESTED ROLLBACK_IN_PROGRESS | head -n 1)
if some "$running"; then
  read -r arn status <<<"$running"
  stop_running "$arn" "$status"
  [ -n "$dry_run" ] || keep_digest "$(in_use)"
  exit 0
fi

current=$(in_use)
if ! some "$current"; then
  say "there is no service $service in the cluster $cluster"
  exit 1
fi
if ! target=$(earlier_task_definition "$current"); then
  say "there is no earlier successful deployment of $service with another task definition than $current"
  say "(ECS keeps them for 90 days). Deploy an image that is known to work instead."
  exit 1
fi
say "from $current to $target"
[ -z "$dry_run" ] || exit 0
ecs update-service --cluster "$cluster" --service "$service" --task-definition "$target" --query 'service.serviceArn' >/dev/null
aws ecs wait services-stable --cluster "$cluster" --services "$service"
# Stable is also a service that the circuit breaker has taken back.
if [ "$(in_use)" != "$target" ]; then
  say "$target did not get healthy, and the circuit breaker took it back: the service has $(in_use)"
  exit 1
fi
keep_digest "$target"
say "$service runs $target"
