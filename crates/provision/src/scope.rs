//! Intrinsic functions of CloudFormation, resolved for one account and region.
//!
//! Invariant: after [`Scope::resolve`] a value holds no intrinsic function; what only exists at run time (the id of a
//! key) stands as `(LogicalId)`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::resource::{Condition, Kind, Resource};

/// Where resources are, and the values of the template's parameters.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The account, twelve digits.
    pub account: String,
    /// The region.
    pub region: String,
    /// Parameter → value; an empty one counts as not given.
    pub parameters: BTreeMap<String, String>,
    /// Logical id → kind and name, of resources that others refer to.
    names: BTreeMap<String, (Kind, String)>,
}

impl Scope {
    /// A scope without resources.
    #[must_use]
    pub fn new(account: &str, region: &str, parameters: BTreeMap<String, String>) -> Scope {
        Scope { account: account.to_owned(), region: region.to_owned(), parameters, names: BTreeMap::new() }
    }

    /// The partition that the region is in.
    #[must_use]
    pub fn partition(&self) -> &'static str {
        partition(&self.region)
    }

    /// Whether the parameters of a condition are all filled.
    #[must_use]
    pub fn holds(&self, condition: Condition) -> bool {
        let filled = |name: &&str| self.parameters.get(*name).is_some_and(|value| !value.is_empty());
        condition.parameters().iter().all(filled)
    }

    /// The resources that exist here, without intrinsic functions.
    #[must_use]
    pub fn resolve_all(mut self, resources: &[Resource]) -> Vec<Resource> {
        let here: Vec<_> =
            resources.iter().filter(|r| r.condition.is_none_or(|condition| self.holds(condition))).collect();
        for resource in &here {
            let named = Resource { properties: self.resolve(&resource.properties), ..(*resource).clone() };
            self.names.insert(resource.id.clone(), (resource.kind, named.name()));
        }
        let resolved = here.into_iter().map(|resource| Resource {
            depends_on: resource.dependencies(),
            properties: self.resolve(&resource.properties),
            condition: None,
            ..resource.clone()
        });
        let mut all: Vec<Resource> = resolved.collect();
        // What is not here cannot be waited for.
        for resource in &mut all {
            resource.depends_on.retain(|id| self.names.contains_key(id));
        }
        all
    }

    /// A value without intrinsic functions.
    #[must_use]
    pub fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::Array(list) => {
                let items = list.iter().map(|item| self.resolve(item));
                Value::Array(items.filter(|item| !item.is_null()).collect())
            }
            Value::Object(object) => match single(object) {
                Some(("Ref", Value::String(name))) => self.reference(name),
                Some(("Fn::GetAtt", Value::Array(parts))) => {
                    let part = |index: usize| parts.get(index).and_then(Value::as_str).unwrap_or_default();
                    self.attribute(part(0), part(1)).into()
                }
                Some(("Fn::Sub", Value::String(text))) => self.substitute(text).into(),
                Some(("Fn::Join", Value::Array(parts))) => self.join(parts),
                Some(("Fn::If", Value::Array(parts))) => self.choose(parts),
                _ => {
                    let fields = object.iter().map(|(key, inside)| (key.clone(), self.resolve(inside)));
                    Value::Object(fields.filter(|(_, inside)| !inside.is_null()).collect())
                }
            },
            plain => plain.clone(),
        }
    }

    fn reference(&self, name: &str) -> Value {
        match name {
            "AWS::NoValue" => Value::Null,
            "AWS::AccountId" => self.account.as_str().into(),
            "AWS::Region" => self.region.as_str().into(),
            "AWS::Partition" => self.partition().into(),
            _ => match (self.parameters.get(name), self.names.get(name)) {
                (Some(value), _) => value.as_str().into(),
                (None, Some((Kind::Topic | Kind::ManagedPolicy, _))) => self.attribute(name, "Arn").into(),
                (None, Some((Kind::Key, _))) | (None, None) => format!("({name})").into(),
                (None, Some((_, physical))) => physical.as_str().into(),
            },
        }
    }

    fn attribute(&self, id: &str, attribute: &str) -> String {
        let Some((kind, name)) = self.names.get(id) else { return format!("({id}.{attribute})") };
        let arn = |service: &str, region: &str, account: &str, rest: &str| {
            format!("arn:{}:{service}:{region}:{account}:{rest}", self.partition())
        };
        match kind {
            Kind::Bucket => arn("s3", "", "", name),
            Kind::LogGroup => arn("logs", &self.region, &self.account, &format!("log-group:{name}:*")),
            Kind::Topic => arn("sns", &self.region, &self.account, name),
            Kind::ManagedPolicy => arn("iam", "", &self.account, &format!("policy/{name}")),
            Kind::Role => arn("iam", "", &self.account, &format!("role/{name}")),
            _ => format!("({id}.{attribute})"),
        }
    }

    /// `Fn::Sub` with a text: `${Name}`, `${Name.Attribute}`, and `${!Literal}` for `${Literal}`.
    fn substitute(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                out.push_str("${");
                rest = after;
                continue;
            };
            match (name.strip_prefix('!'), name.split_once('.')) {
                (Some(literal), _) => out.push_str(&format!("${{{literal}}}")),
                (None, Some((id, attribute))) => out.push_str(&self.attribute(id, attribute)),
                (None, None) => out.push_str(self.reference(name).as_str().unwrap_or_default()),
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }

    fn join(&self, parts: &[Value]) -> Value {
        let separator = parts.first().and_then(Value::as_str).unwrap_or_default();
        let list = parts.get(1).map(|list| self.resolve(list)).unwrap_or_default();
        let texts: Vec<&str> = list.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        texts.join(separator).into()
    }

    fn choose(&self, parts: &[Value]) -> Value {
        let name = parts.first().and_then(Value::as_str).unwrap_or_default();
        let condition = Condition::ALL.into_iter().find(|condition| condition.as_str() == name);
        let index = if condition.is_some_and(|condition| self.holds(condition)) { 1 } else { 2 };
        parts.get(index).map(|value| self.resolve(value)).unwrap_or_default()
    }
}

/// The partition that a region is in.
#[must_use]
pub fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

fn single(object: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (key, value) = object.iter().next().filter(|_| object.len() == 1)?;
    Some((key, value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scope() -> Scope {
        let parameters = [("EcsClusterName", "c"), ("EcsServiceName", "s"), ("DbClusterIdentifier", "")];
        let parameters = parameters.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        Scope::new("123456789012", "ap-northeast-1", parameters)
    }

    #[test]
    fn every_intrinsic_function_becomes_a_value() {
        let value = json!({
            "A": {"Ref": "AWS::AccountId"},
            "B": {"Fn::Sub": "s3://${AWS::Region}/${!year}/${EcsClusterName}"},
            "C": {"Fn::If": ["HasEcs", {"Fn::Join": ["", ["x", {"Ref": "EcsServiceName"}]]}, ""]},
            "D": {"Fn::If": ["HasDb", 1, {"Ref": "AWS::NoValue"}]},
        });
        let expected = json!({"A": "123456789012", "B": "s3://ap-northeast-1/${year}/c", "C": "xs"});
        assert_eq!(scope().resolve(&value), expected);
    }

    #[test]
    fn resources_refer_to_each_other_by_name_and_arn() {
        let bucket = Resource::new("LogBucket", Kind::Bucket, json!({"BucketName": "logs"}));
        let policy = json!({"Bucket": {"Ref": "LogBucket"}, "X": {"Fn::GetAtt": ["LogBucket", "Arn"]}});
        let policy = Resource::new("LogBucketPolicy", Kind::BucketPolicy, policy);
        let all = scope().resolve_all(&[bucket, policy]);
        assert_eq!(all[1].properties, json!({"Bucket": "logs", "X": "arn:aws:s3:::logs"}));
        assert_eq!(all[1].depends_on, ["LogBucket"]);
    }
}
