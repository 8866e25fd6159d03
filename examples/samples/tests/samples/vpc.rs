use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::files::{Samples, samples, tally};

const INTS: [&str; 6] = ["version", "srcport", "dstport", "protocol", "tcp_flags", "traffic_path"];
const LONGS: [&str; 4] = ["packets", "bytes", "start", "end"];

fn batches(samples: &Samples) -> Vec<RecordBatch> {
    let mut batches = Vec::new();
    for (name, bytes) in samples.files("vpc") {
        assert!(name.ends_with(".log.parquet"), "{name}");
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
        batches.extend(reader.build().unwrap().map(Result::unwrap));
    }
    batches
}

/// A cell as the text format has it.
fn cell(batch: &RecordBatch, column: usize, row: usize) -> String {
    let array = batch.column(column);
    if array.is_null(row) {
        return "-".to_owned();
    }
    match array.data_type() {
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).to_string(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        _ => array.as_string::<i32>().value(row).to_owned(),
    }
}

/// All records, by the names of their fields in Parquet.
fn records(samples: &Samples) -> Vec<BTreeMap<String, String>> {
    let mut records = Vec::new();
    for batch in batches(samples) {
        let schema = batch.schema();
        for row in 0..batch.num_rows() {
            let fields = schema.fields().iter().enumerate();
            records.push(fields.map(|(at, field)| (field.name().clone(), cell(&batch, at, row))).collect());
        }
    }
    records
}

#[test]
fn parquet_columns_have_the_names_and_types_of_the_documentation() {
    for batch in batches(&samples()) {
        assert_eq!(batch.num_columns(), 40);
        for field in batch.schema().fields() {
            let expected = match field.name().as_str() {
                name if INTS.contains(&name) => DataType::Int32,
                name if LONGS.contains(&name) => DataType::Int64,
                _ => DataType::Utf8,
            };
            assert_eq!(field.data_type(), &expected, "{}", field.name());
        }
    }
}

#[test]
fn the_summary_counts_what_the_records_say() {
    let samples = samples();
    let records = records(&samples);
    let counts = &samples.summary.flows;
    assert_eq!(counts.records, records.len() as u64);
    let with =
        |field: &str, value: &str| records.iter().filter(|record| record[field] == value).count() as u64;
    assert_eq!(counts.accepted, with("action", "ACCEPT"));
    assert_eq!(counts.rejected, with("action", "REJECT"));
    assert_eq!(counts.no_data, with("log_status", "NODATA"));
    assert_eq!(counts.bytes, records.iter().map(|record| record["bytes"].parse().unwrap_or(0)).sum::<u64>());
    let rejected = records.iter().filter(|record| record["action"] == "REJECT");
    assert_eq!(counts.rejected_by_port, tally(rejected.map(|record| record["dstport"].parse().unwrap())));
    let named = records.iter().map(|record| record["ecs_service_name"].clone()).filter(|name| name != "-");
    assert_eq!(counts.by_service, tally(named));
    assert_eq!(counts.by_service.len(), 3);
}

#[test]
fn text_and_parquet_hold_the_same_records() {
    let samples = samples();
    let lines = samples.lines("vpc-text");
    let header = &lines[0];
    assert!(header.starts_with("version account-id interface-id ") && header.ends_with(" reject-reason"));
    let mut text: Vec<&String> = lines.iter().filter(|line| *line != header).collect();
    let names: Vec<String> = header.split(' ').map(|name| name.replace('-', "_")).collect();
    let mut parquet: Vec<String> = records(&samples)
        .iter()
        .map(|record| names.iter().map(|name| record[name].as_str()).collect::<Vec<_>>().join(" "))
        .collect();
    text.sort_unstable();
    parquet.sort_unstable();
    assert!(text.iter().map(|line| line.as_str()).eq(parquet.iter().map(String::as_str)));
}

#[test]
fn files_lie_below_hourly_hive_prefixes() {
    let samples = samples();
    for name in samples.files("vpc").into_keys() {
        let folder = "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=ap-northeast-1/";
        let rest = name.strip_prefix(folder).unwrap();
        let stamp = name.split('_').nth(4).unwrap();
        let hour = format!(
            "year={}/month={}/day={}/hour={}/",
            &stamp[..4],
            &stamp[4..6],
            &stamp[6..8],
            &stamp[9..11]
        );
        assert!(rest.starts_with(&hour), "{name}");
    }
}

#[test]
fn flows_cross_zones_reach_the_database_and_name_their_tasks() {
    let records = records(&samples());
    let has = |test: &dyn Fn(&BTreeMap<String, String>) -> bool| records.iter().any(test);
    assert!(has(&|flow| flow["dstport"] == "5432" && flow["ecs_service_name"] == "shop-api"));
    assert!(has(&|flow| flow["srcaddr"].starts_with("10.0.0.") && flow["dstaddr"].starts_with("10.0.12.")));
    assert!(has(&|flow| flow["pkt_dst_aws_service"] == "S3" && flow["traffic_path"] == "7"));
    assert!(has(&|flow| flow["action"] == "REJECT" && flow["dstport"] == "22"));
    for flow in records.iter().filter(|flow| flow["ecs_task_id"] != "-") {
        assert!(flow["ecs_task_arn"].ends_with(&flow["ecs_task_id"]), "{flow:?}");
    }
}
