//! Other refusals: too many calls, credentials that have expired, another region, another call at the same time.

use sluice_provision::api::{Clients, read};
use sluice_provision::resource::Kind;
use sluice_testkit::refusals::Refusal;

use crate::rig::{Rig, clients, resources, with_parents};

/// What is told when the first call for a resource of this kind is refused.
fn told(rig: &Rig, clients: &Clients, kind: Kind, refusal: Refusal) -> String {
    let (all, _) = resources("api");
    let resource = with_parents(&all, kind).pop().expect("the resource");
    rig.proxy.refuse(refusal);
    rig.runtime.block_on(read(clients, &resource)).expect_err("a refusal").to_string()
}

fn refusal(operation: &str, status: u16, code: &'static str) -> Refusal {
    Refusal { operation: operation.to_owned(), status, code, message: "made by the test".to_owned() }
}

#[test]
fn each_way_of_refusing_has_its_remedy_in_every_protocol() {
    let rig = Rig::new();
    let read = [
        (Kind::Bucket, "s3:GetBucketTagging"),
        (Kind::Topic, "sns:GetTopicAttributes"),
        (Kind::LogGroup, "logs:DescribeLogGroups"),
        (Kind::Dashboard, "cloudwatch:GetDashboard"),
    ];
    for (kind, operation) in read {
        for (status, code, part) in [
            (400, "ExpiredTokenException", "the credentials have expired: sign in again"),
            (403, "InvalidClientTokenId", "AWS does not know these credentials"),
            (403, "SignatureDoesNotMatch", "AWS does not know these credentials"),
            (400, "ThrottlingException", "AWS was asked too often: run the command again"),
            (409, "OperationAborted", "another call changes it at the same time: run the command again"),
        ] {
            let text = told(&rig, &rig.clients, kind, refusal(operation, status, code));
            assert!(text.contains(operation) && text.contains(part), "{code}: {text}");
        }
    }
    let text =
        told(&rig, &rig.clients, Kind::Bucket, refusal("s3:GetBucketTagging", 301, "PermanentRedirect"));
    assert!(text.contains("it lies in another region: set region in the spec"), "{text}");
}

#[test]
fn a_throttled_call_is_tried_again_and_then_told() {
    let rig = Rig::new();
    let patient = clients(&rig.runtime, &rig.proxy, 4);
    let text = told(&rig, &patient, Kind::Topic, refusal("sns:GetTopicAttributes", 400, "Throttling"));
    assert_eq!(rig.proxy.refused(), 4);
    assert!(
        text.contains("sns:GetTopicAttributes failed for topic api-critical-alerts: Throttling"),
        "{text}"
    );
}

#[test]
fn a_denial_names_the_permission_that_aws_names() {
    let rig = Rig::new();
    let message = "User: arn:aws:iam::1:user/a is not authorized to perform: sns:ListTagsForResource on resource: b \
                   with an explicit deny in a service control policy";
    let refusal = Refusal {
        message: message.to_owned(),
        ..refusal("sns:GetTopicAttributes", 403, "AuthorizationError")
    };
    let text = told(&rig, &rig.clients, Kind::Topic, refusal);
    assert!(text.contains("a policy denies sns:ListTagsForResource: lift that"), "{text}");
}
