//! `logq shell`: one question after another.
//!
//! A question ends with a semicolon and may take several lines. Lines that begin with a dot are commands of the shell.
//! What is piped into it is read the same way, without a prompt; the first question that fails then ends it.

mod complete;

use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;

use jiff::Timestamp;
use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Config, Editor};
use sluice_catalog::Catalog;
use sluice_console::{tell, tell_error};
use sluice_pipeline::Exit;
use sluice_query::pack::builtin;
use sluice_query::time::parse_window;

use self::complete::{Assistant, is_whole};
use super::args::{DescribeArgs, Format, ListArgs, ShellArgs, ShowArgs};
use super::ask::Session;
use super::engine::About;
use super::failure::Failure;
use super::run::{expand, mentioned, named, values, window};
use super::{PROGRAM, history, output, packs, tables};

const HELP: &str = "\
SQL ends with a semicolon; {{window}} stands for the window's partitions and times.
  .run NAME [k=v …]     ask a query of a pack
  .queries [PACK]       what can be asked
  .show NAME            one query
  .tables, .describe T  the tables, the columns of one
  .since 2h             the window, until now
  .format FORMAT        table, vertical, json, jsonl, csv, markdown, chart
  .stats on|off         what each question took
  .help, .quit
Tab completes commands, tables, columns, functions and queries. Ctrl-C ends a question, Ctrl-D the shell.";

/// Lines that are kept of what was typed.
const REMEMBERED: usize = 5000;

/// Runs the shell.
pub(super) fn run(args: ShellArgs) -> Result<Exit, Failure> {
    let catalog = Catalog::builtin();
    let session = Session::new(&args.data, &catalog, &[])?;
    let mut shell = Shell { args, catalog, session };
    if io::stdin().is_terminal() { shell.talk() } else { shell.read() }
}

struct Shell {
    args: ShellArgs,
    catalog: Catalog,
    session: Session,
}

/// Whether there is more to come.
enum Next {
    More,
    End,
}

impl Shell {
    /// With a person.
    fn talk(&mut self) -> Result<Exit, Failure> {
        let assistant = Assistant::new(&self.catalog, self.session.engine());
        let config = Config::builder().auto_add_history(true).build();
        let mut editor: Editor<Assistant, FileHistory> =
            Editor::with_config(config).map_err(|error| Failure::Terminal(error.to_string()))?;
        editor.set_helper(Some(assistant));
        editor.set_max_history_size(REMEMBERED).map_err(|error| Failure::Terminal(error.to_string()))?;
        let typed = typed();
        if let Some(path) = &typed {
            // The first time there is none.
            let _ = editor.load_history(path);
        }
        tell(format!("logq {}: .help says what can be typed", env!("CARGO_PKG_VERSION")));
        loop {
            match editor.readline("logq> ") {
                Ok(text) => match self.take(&text) {
                    Ok(Next::More) => {}
                    Ok(Next::End) => break,
                    Err(failure) => tell_error(PROGRAM, &failure),
                },
                Err(ReadlineError::Interrupted) => {}
                Err(ReadlineError::Eof) => break,
                Err(error) => return Err(Failure::Terminal(error.to_string())),
            }
            if let Some(path) = &typed {
                let _ = editor.save_history(path);
            }
        }
        Ok(Exit::Done)
    }

    /// From a file or a pipe.
    fn read(&mut self) -> Result<Exit, Failure> {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map_err(|source| Failure::Read { path: "-".into(), source })?;
        let mut question = String::new();
        for line in text.lines() {
            question += line;
            question.push('\n');
            if is_whole(&question) && matches!(self.take(&std::mem::take(&mut question))?, Next::End) {
                return Ok(Exit::Done);
            }
        }
        self.take(&question)?;
        Ok(Exit::Done)
    }

    /// One question or command.
    fn take(&mut self, text: &str) -> Result<Next, Failure> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Next::More);
        }
        if let Some(command) = text.strip_prefix('.') {
            return self.command(command.trim_end_matches(';'));
        }
        if matches!(text.trim_end_matches(';'), "exit" | "quit" | "\\q") {
            return Ok(Next::End);
        }
        let window = window(&self.args.data)?;
        let sql = expand(text.trim_end_matches(';'), &self.catalog, &window)?;
        let tables = mentioned(&self.catalog, &sql);
        let answer = self.session.ask(None, &sql, &About { tables: &tables, window: &window })?;
        output::write(&answer, None, &self.args.output)?;
        Ok(Next::More)
    }

    fn command(&mut self, text: &str) -> Result<Next, Failure> {
        let mut words = text.split_whitespace();
        let (command, rest) = (words.next().unwrap_or_default(), words.collect::<Vec<_>>());
        let format = Format::Table;
        match (command, rest.as_slice()) {
            ("quit" | "exit" | "q", _) => return Ok(Next::End),
            ("help", _) => tell(HELP),
            ("tables", _) => drop(tables::list(format)?),
            ("describe", [table]) => {
                tables::describe(&DescribeArgs { table: (*table).to_owned(), format })?;
            }
            ("queries", pack) => {
                packs::list(&ListArgs { pack: pack.first().map(|pack| (*pack).to_owned()), format })?;
            }
            ("show", [name]) => drop(packs::show(&ShowArgs { name: (*name).to_owned(), format })?),
            ("run", [name, parameters @ ..]) => self.ask(name, parameters)?,
            ("since", [since]) => {
                parse_window(Some(since), None, None, Timestamp::now())?;
                self.args.data.since = Some((*since).to_owned());
                (self.args.data.from, self.args.data.to) = (None, None);
            }
            ("format", [name]) => {
                let named = <Format as clap::ValueEnum>::from_str(name, true);
                self.args.output.format = named.map_err(|_| {
                    Failure::Shell(format!(
                        "there is no form {name}; take table, vertical, json, jsonl, csv, markdown or chart"
                    ))
                })?;
            }
            ("stats", [word]) => self.session.tell_stats(*word == "on"),
            _ => return Err(Failure::Shell(format!(".{text} is no command; .help says what can be typed"))),
        }
        Ok(Next::More)
    }

    /// A query of a pack.
    fn ask(&self, name: &str, parameters: &[&str]) -> Result<(), Failure> {
        let queries = builtin()?;
        let query = named(&queries, name)?;
        let parameters: Vec<String> = parameters.iter().map(|word| (*word).to_owned()).collect();
        let window = window(&self.args.data)?;
        let sql = query.expand(&self.catalog, &window, &values(&parameters)?)?;
        let about = About { tables: &query.tables, window: &window };
        let answer = self.session.ask(Some(&query.name), &sql, &about)?;
        output::write(&answer, query.chart.as_ref(), &self.args.output)?;
        Ok(())
    }
}

/// Where lines that were typed are kept: beside the history of questions.
fn typed() -> Option<PathBuf> {
    Some(history::path()?.with_file_name("typed"))
}
