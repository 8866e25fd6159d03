//! The place all logs come from: one load balancer in two zones, three services on ECS, an Aurora cluster, and the
//! endpoints that the tasks talk to. Nothing here depends on the seed.

use std::net::Ipv4Addr;

use crate::chance::{hash, mix};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "ap-northeast-1";
pub(crate) const HOST: &str = "shop.example.com";
pub(crate) const ELB: &str = "app/shop/0123456789abcdef";
pub(crate) const CLUSTER: &str = "prod";
pub(crate) const VPC: &str = "vpc-0a1b2c3d4e5f60718";
pub(crate) const CERTIFICATE: &str =
    "arn:aws:acm:ap-northeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";
pub(crate) const WEB_ACL: &str = "arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/shop/\
    2f1c7a60-3f0e-4a53-9d5e-0c9b1f6d7a11";

/// The zones, by the names that are the same in every account.
pub(crate) const ZONES: [&str; 2] = ["apne1-az1", "apne1-az4"];

/// A service on ECS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    Shop,
    Payments,
    Worker,
}

impl Service {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Shop => "shop-api",
            Self::Payments => "payments",
            Self::Worker => "worker",
        }
    }

    /// The port that its target group forwards to.
    pub(crate) fn port(self) -> u16 {
        if self == Self::Payments { 8081 } else { 8080 }
    }

    pub(crate) fn target_group(self) -> String {
        let id = hash(self.name());
        format!("arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/{}/{id:016x}", self.name())
    }
}

/// A running task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Task {
    pub(crate) service: Service,
    /// The task definition's revision: tasks of before the deployment and of after it.
    pub(crate) revision: u8,
    /// Which of the service's tasks.
    pub(crate) number: u8,
}

impl Task {
    /// The tasks of a service at a time before or after the deployment.
    pub(crate) fn of(service: Service, number: usize, deployed: bool) -> Self {
        let count = match service {
            Service::Shop => 4,
            Service::Payments => 2,
            Service::Worker => 1,
        };
        let revision = if service == Service::Shop && deployed { 42 } else { 41 };
        Self { service, revision, number: u8::try_from(number % count).unwrap_or(0) }
    }

    pub(crate) fn interface(self) -> Interface {
        let zone = usize::from(self.number % 2);
        let host = 20 + self.number + 10 * (self.service as u8) + 40 * (self.revision - 41);
        Interface {
            owner: Owner::Task(self),
            address: Ipv4Addr::new(10, 0, if zone == 0 { 11 } else { 12 }, host),
            zone,
        }
    }

    fn number(self, what: &str) -> u64 {
        mix(&[hash(self.service.name()), hash(what), u64::from(self.revision), u64::from(self.number)])
    }

    /// 32 hex digits.
    pub(crate) fn id(self) -> String {
        format!("{:016x}{:016x}", self.number("task"), self.number("task-low"))
    }

    /// The runtime's id of a container on Fargate.
    pub(crate) fn container(self, name: &str) -> String {
        format!("{}-{:010}", self.id(), self.number(name) % 10_000_000_000)
    }
}

/// Whose network interface it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    Task(Task),
    Balancer(usize),
    Aurora,
    Endpoint,
    /// A spare interface on which nothing happens.
    Idle,
}

/// A network interface of the VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Interface {
    pub(crate) owner: Owner,
    pub(crate) address: Ipv4Addr,
    pub(crate) zone: usize,
}

impl Interface {
    /// A node of the load balancer.
    pub(crate) fn balancer(node: usize) -> Self {
        let (address, zone) =
            if node == 0 { (Ipv4Addr::new(10, 0, 0, 7), 0) } else { (Ipv4Addr::new(10, 0, 1, 7), 1) };
        Self { owner: Owner::Balancer(node), address, zone }
    }

    /// The writer of the Aurora cluster.
    pub(crate) fn aurora() -> Self {
        Self { owner: Owner::Aurora, address: Ipv4Addr::new(10, 0, 21, 15), zone: 0 }
    }

    /// The interface endpoint of CloudWatch Logs.
    pub(crate) fn endpoint() -> Self {
        Self { owner: Owner::Endpoint, address: Ipv4Addr::new(10, 0, 11, 200), zone: 0 }
    }

    /// The spare one.
    pub(crate) fn idle() -> Self {
        Self { owner: Owner::Idle, address: Ipv4Addr::new(10, 0, 12, 250), zone: 1 }
    }

    fn number(self, what: &str) -> u64 {
        mix(&[hash(what), u64::from(u32::from(self.address))])
    }

    pub(crate) fn id(self) -> String {
        format!("eni-0{:016x}", self.number("eni"))
    }

    /// The subnets are of the third byte of the address.
    pub(crate) fn subnet(self) -> String {
        format!("subnet-0{:016x}", mix(&[hash("subnet"), u64::from(self.address.octets()[2])]))
    }
}

/// An address in S3's ranges, behind the gateway endpoint.
pub(crate) const S3: Ipv4Addr = Ipv4Addr::new(52, 219, 0, 16);
