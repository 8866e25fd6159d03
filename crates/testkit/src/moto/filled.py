# What moto lacks and the tests need is filled in here, by what AWS's documentation says of it. So a test that rests on
# it shows our side against this reading of AWS, not against moto:
# - Athena: UpdateWorkGroup, UpdateNamedQuery, BatchGetNamedQuery, and that a client request token makes one query;
# - CloudWatch Logs: PutMetricFilter replaces a filter of the same name;
# - CloudWatch: DescribeAlarms gives its answer in pages; SetAlarmState carries out the actions of the state, if the
#   topic's policy and its key let CloudWatch, and DescribeAlarmHistory tells of it a moment later.
# Each service is filled in when it is first called: importing all of them would slow every start.
import datetime

# AWS's are of 50 by default.
PAGE = 20
# The history is not there at once.
HISTORY_DELAY = datetime.timedelta(milliseconds=500)


def fill_athena():
    from moto.athena.responses import AthenaResponse

    def update_work_group(self):
        group = self.athena_backend.work_groups.get(self._get_param("WorkGroup"))
        if group is None:
            return self.error("WorkGroup is not found.", 400)
        if self._get_param("Description") is not None:
            group.description = self._get_param("Description")
        if self._get_param("State"):
            group.state = self._get_param("State")
        updates = dict(self._get_param("ConfigurationUpdates") or {})
        if updates.pop("RemoveBytesScannedCutoffPerQuery", False):
            group.configuration.pop("BytesScannedCutoffPerQuery", None)
        results = updates.pop("ResultConfigurationUpdates", {})
        group.configuration.update(updates)
        group.configuration.setdefault("ResultConfiguration", {}).update(results)
        return "{}"

    def update_named_query(self):
        query = self.athena_backend.named_queries[self._get_param("NamedQueryId")]
        query.name = self._get_param("Name")
        query.description = self._get_param("Description")
        query.query_string = self._get_param("QueryString")
        return "{}"

    def batch_get_named_query(self):
        ids = self._get_param("NamedQueryIds")
        assert len(ids) <= 50, "BatchGetNamedQuery takes 50 ids"
        known = self.athena_backend.named_queries
        found = [
            {
                "Name": query.name,
                "Description": query.description,
                "Database": query.database,
                "QueryString": query.query_string,
                "NamedQueryId": query.id,
                "WorkGroup": query.workgroup.name,
            }
            for query in (known[id] for id in ids if id in known)
        ]
        missing = [{"NamedQueryId": id} for id in ids if id not in known]
        return json.dumps({"NamedQueries": found, "UnprocessedNamedQueryIds": missing})

    create = AthenaResponse.create_named_query
    lock = threading.Lock()

    def create_named_query(self):
        backend, token = self.athena_backend, self._get_param("ClientRequestToken")
        with lock:
            made = backend.__dict__.setdefault("made_by_token", {})
            if token is None or made.get(token) not in backend.named_queries:
                answer = create(self)
                if not isinstance(answer, str):
                    return answer
                made[token] = json.loads(answer)["NamedQueryId"]
            return json.dumps({"NamedQueryId": made[token]})

    AthenaResponse.update_work_group = update_work_group
    AthenaResponse.update_named_query = update_named_query
    AthenaResponse.batch_get_named_query = batch_get_named_query
    AthenaResponse.create_named_query = create_named_query


def fill_logs():
    from moto.logs.models import LogsBackend

    put = LogsBackend.put_metric_filter

    def put_metric_filter(self, filter_name, filter_pattern, log_group_name, metric_transformations):
        self.filters.delete_filter(filter_name, log_group_name)
        put(self, filter_name, filter_pattern, log_group_name, metric_transformations)

    LogsBackend.put_metric_filter = put_metric_filter


def lets_cloudwatch(policy, actions, account):
    """Whether a policy lets CloudWatch do all of these for alarms of the account."""

    def allows(statement, action):
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        condition = statement.get("Condition", {}).get("StringEquals", {}).get("aws:SourceAccount", account)
        allowed = statement.get("Action", [])
        allowed = [allowed] if isinstance(allowed, str) else allowed
        return (
            statement.get("Effect") == "Allow"
            and "cloudwatch.amazonaws.com" in ([services] if isinstance(services, str) else services)
            and condition == account
            and any(action == one or (one.endswith("*") and action.startswith(one[:-1])) for one in allowed)
        )

    return all(any(allows(statement, action) for statement in policy.get("Statement", [])) for action in actions)


def refusal(account, region, alarm, arn):
    """Why a topic does not take an alarm's message; nothing if it does. The words are those of CloudWatch."""
    from moto.kms.models import kms_backends
    from moto.sns.models import sns_backends

    topic = sns_backends[account][region].topics.get(arn)
    if topic is None:
        return '"Topic does not exist"'
    if not lets_cloudwatch(json.loads(topic.policy), ["sns:Publish"], account):
        who = f"arn:aws:cloudwatch:{region}:{account}:alarm:{alarm.name}"
        return f'"Resource: {who} is not authorized to perform: SNS:Publish on resource: {arn}"'
    if topic.kms_master_key_id:
        kms = kms_backends[account][region]
        # Of keys of AWS's own, such as alias/aws/sns, there is none here: nobody can let CloudWatch use them.
        alias = topic.kms_master_key_id
        key = kms.keys.get(kms.get_key_id_from_alias(alias) if alias.startswith("alias/") else alias)
        needed = ["kms:Decrypt", "kms:GenerateDataKey"]
        if key is None or not key.enabled or not lets_cloudwatch(json.loads(key.policy), needed, account):
            return '"null (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException;)"'
    return None


def fill_cloudwatch():
    from moto.cloudwatch.models import CloudWatchBackend
    from moto.cloudwatch.responses import CloudWatchResponse
    from moto.core.responses import ActionResult
    from moto.core.utils import utcnow
    from moto.sns.models import sns_backends

    set_state = CloudWatchBackend.set_alarm_state

    def set_alarm_state(self, alarm_name, reason, reason_data, state_value):
        before = self.alarms[alarm_name].state_value if alarm_name in self.alarms else None
        set_state(self, alarm_name, reason, reason_data, state_value)
        alarm = self.alarms[alarm_name]
        actions = {"ALARM": alarm.alarm_actions, "OK": alarm.ok_actions}.get(state_value, [])
        if before == state_value or not alarm.actions_enabled:
            return
        for arn in actions:
            message = json.dumps({"AlarmName": alarm_name, "NewStateValue": state_value})
            why = refusal(self.account_id, self.region_name, alarm, arn)
            if why is None:
                sns_backends[self.account_id][self.region_name].publish(message, arn=arn)
            summary = f"Successfully executed action {arn}"
            if why is not None:
                summary = f"Failed to execute action {arn}. Received error: {why}"
            data = {"actionState": "Failed" if why else "Succeeded", "publishedMessage": message}
            actions_of(self).append(
                {
                    "AlarmName": alarm_name,
                    "AlarmType": "MetricAlarm",
                    "Timestamp": utcnow(),
                    "HistoryItemType": "Action",
                    "HistorySummary": summary,
                    "HistoryData": json.dumps(data),
                }
            )

    def actions_of(backend):
        return backend.__dict__.setdefault("carried_out", [])

    def describe_alarm_history(self):
        name, now = self._get_param("AlarmName"), utcnow()
        items = [
            item
            for item in reversed(actions_of(self.cloudwatch_backend))
            if item["AlarmName"] == name and item["Timestamp"] + HISTORY_DELAY <= now
        ]
        return ActionResult({"AlarmHistoryItems": items})

    describe = CloudWatchResponse.describe_alarms

    def describe_alarms(self):
        answer = describe(self)
        both = [("MetricAlarms", alarm) for alarm in answer.result["MetricAlarms"]]
        both += [("CompositeAlarms", alarm) for alarm in answer.result["CompositeAlarms"]]
        start = int(self._get_param("NextToken") or 0)
        page = {"MetricAlarms": [], "CompositeAlarms": []}
        for kind, alarm in both[start : start + PAGE]:
            page[kind].append(alarm)
        if len(both) > start + PAGE:
            page["NextToken"] = str(start + PAGE)
        return ActionResult(page)

    CloudWatchBackend.set_alarm_state = set_alarm_state
    CloudWatchResponse.describe_alarm_history = describe_alarm_history
    CloudWatchResponse.describe_alarms = describe_alarms


class Filled:
    """A WSGI application before another: fills in what a service lacks when it is first called."""

    SERVICES = {
        "AmazonAthena.": fill_athena,
        "Logs_20140328.": fill_logs,
        "GraniteServiceVersion20100801.": fill_cloudwatch,
    }

    def __init__(self, app):
        self.app = app
        self.left = dict(self.SERVICES)
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        # boto3 calls CloudWatch by a protocol that names the service in the path or the body.
        if "monitoring" in environ.get("HTTP_AUTHORIZATION", ""):
            target = "GraniteServiceVersion20100801."
        for beginning in list(self.left):
            if target.startswith(beginning):
                with self.lock:
                    if fill := self.left.get(beginning):
                        fill()
                        del self.left[beginning]
        return self.app(environ, start_response)
