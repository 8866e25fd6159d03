//! Answers of queries for people and programs: tables, text formats, charts, reports.

#![forbid(unsafe_code)]
