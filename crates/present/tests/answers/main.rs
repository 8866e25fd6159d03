//! What people and programs get to see of answers.

mod charts;
mod edges;
mod golden;
mod laws;
mod read_back;
mod report;
mod samples;
