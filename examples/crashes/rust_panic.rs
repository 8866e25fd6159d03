//! A thread that panics on a bad amount, and a main thread that panics because of it.

use std::collections::BTreeMap;
use std::thread;

fn amount(line: &str) -> u64 {
    let (_, cents) = line.split_once(';').expect("a line has a semicolon");
    cents.parse().unwrap()
}

fn settle(lines: &[&str]) -> BTreeMap<usize, u64> {
    lines.iter().enumerate().map(|(number, line)| (number, amount(line))).collect()
}

fn main() {
    println!("settlement starts");
    let worker = thread::Builder::new()
        .name("settlement".into())
        .spawn(|| settle(&["1001;1250", "1002;n/a"]))
        .expect("a thread can be started");
    let settled = worker.join().expect("the settlement thread ended well");
    println!("{} lines settled", settled.len());
}
