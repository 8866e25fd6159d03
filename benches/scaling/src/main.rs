//! `scaling`: prints the tables of docs/scaling.md; `scaling --write FILE` puts them into it.

use std::io::Write;
use std::process::ExitCode;

use sluice_scaling::{Limits, Load, Prices, document, tables};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let tables = tables(&Load::MIDDLING, &Prices::tokyo()?, &Limits::read()?);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            let mut out = std::io::stdout().lock();
            for table in &tables {
                writeln!(out, "{}\n{}", table.name, table.text)?;
            }
        }
        ["--write", file] => {
            let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
            std::fs::write(file, document(&text, &tables).map_err(|error| format!("{file}: {error}"))?)?;
        }
        _ => {
            eprintln!("usage: scaling [--write FILE]");
            return Ok(ExitCode::from(64));
        }
    }
    Ok(ExitCode::SUCCESS)
}
