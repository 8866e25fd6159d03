//! A report: answers with their questions, charts, tables and SQL as one HTML file.
//!
//! Invariants: the file loads nothing and runs nothing; its policy forbids both even if something slipped in.
//! Every text that comes from outside passes [`crate::html::append`]. The file is well-formed XML as well, so
//! that any reader of XML gets the numbers back out of its tables.

use std::fmt::Write as _;
use std::io::Write;

use crate::answer::{Answer, Kind};
use crate::chart::plot::Plot;
use crate::chart::{ChartKind, ChartSpec, svg};
use crate::error::Error;
use crate::html::{append, escaped};
use crate::style::Ink;
use crate::value::Shape;

/// How many rows of an answer a report shows.
pub const REPORT_ROWS: usize = 200;

/// A question of a report and what became of it.
#[derive(Debug, Clone)]
pub struct Section {
    /// A few words for the table of contents.
    pub title: String,
    /// What was asked, as a sentence.
    pub question: String,
    /// How to read the answer: paragraphs, parted by empty lines. Shown as they are, without their Markdown.
    pub note: String,
    /// The query.
    pub sql: String,
    /// The answer, or why there is none.
    pub answer: Result<Answer, String>,
    /// How it is drawn; without one, what suits it, if anything does. [`ChartKind::None`] draws nothing.
    pub chart: Option<ChartSpec>,
    /// What the query cost and read.
    pub stats: String,
}

/// Writes the report. `generated` says when it was made, `window` which time it is about.
///
/// # Errors
/// When the output fails or a column cannot be shown. A section without answer is no error, nor is a chart that
/// cannot be drawn: the report says why.
pub fn report(
    title: &str,
    generated: &str,
    window: &str,
    sections: &[Section],
    out: &mut dyn Write,
) -> Result<(), Error> {
    let title = escaped(title);
    write!(
        out,
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>{title}</title>\n\
         <style>\n{}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
         <p class=\"meta\">{} · made {}</p>\n</header>\n",
        include_str!("report.css"),
        escaped(window),
        escaped(generated)
    )?;
    if sections.len() > 1 {
        contents(sections, out)?;
    }
    writeln!(out, "<main>")?;
    for (index, section) in sections.iter().enumerate() {
        out.write_all(part(index + 1, section)?.as_bytes())?;
    }
    Ok(writeln!(out, "</main>\n</body>\n</html>")?)
}

fn contents(sections: &[Section], out: &mut dyn Write) -> Result<(), Error> {
    writeln!(out, "<nav>\n<ol>")?;
    for (index, section) in sections.iter().enumerate() {
        let result = match &section.answer {
            Ok(answer) => rows(answer.rows()),
            Err(_) => "failed".to_owned(),
        };
        writeln!(
            out,
            "<li><a href=\"#q{}\">{}</a> <span class=\"meta\">{result}</span></li>",
            index + 1,
            escaped(&section.title)
        )?;
    }
    Ok(writeln!(out, "</ol>\n</nav>")?)
}

fn part(number: usize, section: &Section) -> Result<String, Error> {
    let mut out = String::new();
    // Writing to a string never fails.
    _ = writeln!(out, "<section id=\"q{number}\">\n<h2>{}</h2>", escaped(&section.title));
    if !section.question.is_empty() {
        _ = writeln!(out, "<p class=\"question\">{}</p>", escaped(&section.question));
    }
    match &section.answer {
        Ok(answer) => {
            figure(answer, section, &mut out)?;
            table(answer, &mut out)?;
        }
        Err(reason) => _ = writeln!(out, "<p class=\"failed\">{}</p>", escaped(reason)),
    }
    for paragraph in section.note.replace("\r\n", "\n").split("\n\n") {
        if !paragraph.trim().is_empty() {
            _ = writeln!(out, "<p>{}</p>", escaped(paragraph.trim()));
        }
    }
    if !section.sql.is_empty() {
        let sql = escaped(section.sql.trim());
        _ = writeln!(out, "<details>\n<summary>SQL</summary>\n<pre><code>{sql}</code></pre>\n</details>");
    }
    if !section.stats.is_empty() {
        _ = writeln!(out, "<p class=\"stats\">{}</p>", escaped(&section.stats));
    }
    out.push_str("</section>\n");
    Ok(out)
}

fn figure(answer: &Answer, section: &Section, out: &mut String) -> Result<(), Error> {
    match Plot::of(answer, section.chart.as_ref()) {
        Ok(plot) => {
            let title = if section.question.is_empty() { &section.title } else { &section.question };
            _ = writeln!(out, "<figure>\n{}</figure>", svg::draw(&plot, title));
        }
        Err(Error::NothingToChart { reason, .. }) => {
            let asked = section.chart.as_ref().is_some_and(|chart| chart.kind != ChartKind::None);
            if asked && answer.rows() > 0 {
                _ = writeln!(out, "<p class=\"more\">No chart: {}</p>", escaped(&reason));
            }
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

fn table(answer: &Answer, out: &mut String) -> Result<(), Error> {
    if answer.rows() == 0 {
        out.push_str("<p class=\"more\">No rows.</p>\n");
        return Ok(());
    }
    let kinds: Vec<&str> = (0..answer.columns())
        .map(|column| match answer.kind(column) {
            Kind::Number => "n",
            Kind::Time => "t",
            _ => "",
        })
        .collect();
    out.push_str("<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead>\n<tr>");
    for (column, kind) in kinds.iter().enumerate() {
        open("th", kind, out);
        append(answer.name(column), out);
        out.push_str("</th>");
    }
    out.push_str("</tr>\n</thead>\n<tbody>\n");
    let mut text = String::new();
    answer.each_row(Some(REPORT_ROWS), |row| {
        out.push_str("<tr>");
        for (column, kind) in kinds.iter().enumerate().take(row.len()) {
            text.clear();
            let shape = row.append(column, &mut text)?;
            let class = if answer.is_level(column) { Ink::of_level(&text).class() } else { kind };
            open("td", class, out);
            match shape {
                Shape::Null => out.push_str("<span class=\"null\">NULL</span>"),
                _ => append(&text, out),
            }
            out.push_str("</td>");
        }
        out.push_str("</tr>\n");
        Ok(())
    })?;
    out.push_str("</tbody>\n</table>\n</div>\n");
    if answer.rows() > REPORT_ROWS {
        _ = writeln!(out, "<p class=\"more\">The first {REPORT_ROWS} of {}.</p>", rows(answer.rows()));
    }
    Ok(())
}

fn open(element: &str, class: &str, out: &mut String) {
    _ = match class {
        "" => write!(out, "<{element}>"),
        class => write!(out, "<{element} class=\"{class}\">"),
    };
}

fn rows(count: usize) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}
