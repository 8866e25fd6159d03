//! The flow logs of the VPC, the same records as Parquet and as text.
//!
//! Parquet lies below the Hive-compatible prefixes with a folder an hour, text below the plain ones. A file holds the
//! records of five minutes and is named after their end.

mod fields;
mod flow;
mod flows;
mod parquet;

use std::collections::BTreeMap;

use fields::{FIELDS, Value, values};
use flow::Flow;

use crate::Error;
use crate::clock::{Micros, SECOND, civil, delivery, push_fmt, stamp};
use crate::delivered::{Delivered, day, suffix};
use crate::files::Files;
use crate::plan::{Plan, Window};
use crate::summary::{FlowCounts, Summary, add};
use crate::traffic::Traffic;
use crate::world::{ACCOUNT, Owner, REGION};

/// The flow logs' own names: two are set up, one a format.
const PARQUET: &str = "fl-0123456789abcdef0";
const TEXT: &str = "fl-0fedcba9876543210";

pub(crate) fn write(
    plan: &Plan,
    window: Window,
    traffic: &Traffic,
    files: &mut Files,
    summary: &mut Summary,
) -> Result<(), Error> {
    let flows = flows::generate(plan, window, traffic);
    let mut text = Delivered::default();
    let mut parquet: BTreeMap<Micros, Vec<[Value; 40]>> = BTreeMap::new();
    for flow in &flows {
        count(flow, &mut summary.flows);
        let at = flow.end * SECOND;
        let values = values(flow);
        text.push(at, 0, line(&values));
        parquet.entry(delivery(at)).or_default().push(values);
    }
    text.write(&header(), |end, source| text_name(plan, end, source), files)?;
    for (end, rows) in parquet {
        parquet::write(&parquet_name(plan, end), &rows, files)?;
    }
    Ok(())
}

fn count(flow: &Flow, counts: &mut FlowCounts) {
    counts.records += 1;
    match &flow.data {
        None => counts.no_data += 1,
        Some(data) if data.accepted => counts.accepted += 1,
        Some(data) => {
            counts.rejected += 1;
            add(&mut counts.rejected_by_port, data.to_port);
        }
    }
    counts.bytes += flow.data.as_ref().map_or(0, |data| data.bytes.unsigned_abs());
    if let Owner::Task(task) = flow.interface.owner {
        add(&mut counts.by_service, task.service.name().to_owned());
    }
}

fn header() -> Vec<u8> {
    let mut line = FIELDS.map(|(name, _)| name).join(" ").into_bytes();
    line.push(b'\n');
    line
}

fn line(values: &[Value]) -> Vec<u8> {
    let mut out = Vec::with_capacity(600);
    for value in values {
        if !out.is_empty() {
            out.push(b' ');
        }
        match value {
            Value::Int(Some(number)) => push_fmt(&mut out, format_args!("{number}")),
            Value::Long(Some(number)) => push_fmt(&mut out, format_args!("{number}")),
            Value::Int(None) | Value::Long(None) => out.push(b'-'),
            Value::Text(text) => out.extend_from_slice(text.as_bytes()),
        }
    }
    out
}

fn text_name(plan: &Plan, end: Micros, source: usize) -> String {
    format!(
        "vpc-text/AWSLogs/{ACCOUNT}/vpcflowlogs/{REGION}/{}/{ACCOUNT}_vpcflowlogs_{REGION}_{TEXT}_{}_{}.log.gz",
        day(end),
        stamp(end),
        suffix(plan.seed, "vpc-text", end, source, b"0123456789abcdef"),
    )
}

fn parquet_name(plan: &Plan, end: Micros) -> String {
    format!(
        "vpc/AWSLogs/aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region={REGION}/{}/\
         {ACCOUNT}_vpcflowlogs_{REGION}_{PARQUET}_{}_{}.log.parquet",
        civil(end).strftime("year=%Y/month=%m/day=%d/hour=%H"),
        stamp(end),
        suffix(plan.seed, "vpc", end, 0, b"0123456789abcdef"),
    )
}
