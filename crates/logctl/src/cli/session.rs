//! What commands that reach an account begin with: the spec, the clients, the account.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use sluice_aws::{CallError, configuration, empty_endpoint};
use sluice_console::{tell, tell_error};
use sluice_pipeline::{Exit, Problems, Spec, keep_references};
use sluice_provision::api::{ApiError, Clients};
use sluice_provision::bootstrap::BootstrapError;
use sluice_provision::desired::{Context, Manager};
use sluice_provision::rules::RuleError;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use super::args::{Format, SpecArgs};
use super::{PROGRAM, print};

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    /// The spec has problems.
    #[error("the configuration has problems\n{0}")]
    Spec(Problems),
    /// A rule cannot be applied as the spec wants.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A resource could not be read or made.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Alarms could not be proposed.
    #[error(transparent)]
    Bootstrap(#[from] BootstrapError),
    /// No region is known.
    #[error("no region is set; set region in the spec, or AWS_REGION")]
    NoRegion,
    /// A variable that names an endpoint is set and empty.
    #[error("{0} is set and empty; unset it, or give it the URL of an emulator")]
    Endpoint(String),
    /// The command line names something that is not there.
    #[error("{0}")]
    Usage(String),
    /// Something failed on this machine.
    #[error("cannot {what}; {remedy}")]
    Local {
        /// What was tried.
        what: String,
        /// What to do.
        remedy: &'static str,
        /// What the system answered.
        #[source]
        source: std::io::Error,
    },
}

impl CommandError {
    fn exit(&self) -> Exit {
        match self {
            CommandError::Spec(_)
            | CommandError::Rule(_)
            | CommandError::NoRegion
            | CommandError::Endpoint(_)
            | CommandError::Bootstrap(BootstrapError::Rule(_)) => Exit::Configuration,
            CommandError::Usage(_) => Exit::Usage,
            _ => Exit::Failed,
        }
    }
}

/// Ends a command: its exit code, or its error told in the form that was asked for.
pub(super) fn finish(format: Format, result: Result<Exit, CommandError>) -> Exit {
    let error = match result {
        Ok(exit) => return exit,
        Err(error) => error,
    };
    if format == Format::Json {
        let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
        let causes: Vec<String> = causes.map(ToString::to_string).collect();
        let text = json!({"error": error.to_string(), "causes": causes, "exit": error.exit() as u8});
        print(format!("{text:#}\n").as_bytes());
    } else {
        tell_error(PROGRAM, &error);
    }
    error.exit()
}

/// A spec in an environment, and the account of the credentials.
pub(super) struct Session {
    pub(super) spec: Spec,
    pub(super) env: Option<String>,
    pub(super) clients: Clients,
    pub(super) account: String,
    pub(super) runtime: Runtime,
    pub(super) stop: Arc<Stop>,
}

/// Whether the person had enough. Until something is under way, a signal ends the process at once; then the first one
/// asks it to come to an end.
#[derive(Debug, Default)]
pub(super) struct Stop {
    /// Something is under way that has to come to an end.
    busy: AtomicBool,
    /// It was asked to.
    pub(super) asked: AtomicBool,
    told: Notify,
}

impl Stop {
    /// From here on a signal is waited for.
    pub(super) fn begin(&self) {
        self.busy.store(true, Ordering::Relaxed);
    }

    /// Waits for a signal.
    pub(super) async fn wait(&self) {
        self.told.notified().await;
    }

    async fn watch(&self) {
        let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        // Without them a signal does what it does to any process.
        let (Ok(mut interrupt), Ok(mut terminate)) = (interrupt, terminate) else { return };
        loop {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            let again = self.asked.swap(true, Ordering::Relaxed);
            if again || !self.busy.load(Ordering::Relaxed) {
                std::process::exit(i32::from(Exit::Interrupted as u8));
            }
            tell("stopping: what is under way is finished first; once more leaves at once");
            self.told.notify_one();
        }
    }
}

impl Session {
    /// Reads the spec and finds out which account it is about.
    pub(super) fn open(args: &SpecArgs) -> Result<Session, CommandError> {
        let env = args.env.clone();
        let spec = Spec::load_with(&args.config, env.as_deref(), &keep_references);
        let spec = spec.map_err(CommandError::Spec)?;
        if env.is_none() {
            needs_environment(args)?;
        }
        if let Some(name) = empty_endpoint() {
            return Err(CommandError::Endpoint(name));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|source| CommandError::Local {
            what: "start the threads for calls to AWS".to_owned(),
            remedy: "check the limits on threads and open files",
            source,
        })?;
        let stop = Arc::new(Stop::default());
        let watched = Arc::clone(&stop);
        runtime.spawn(async move { watched.watch().await });
        let clients = Clients::new(&runtime.block_on(configuration(spec.region.as_deref())));
        if clients.region.is_empty() {
            return Err(CommandError::NoRegion);
        }
        let account = runtime.block_on(clients.account())?;
        Ok(Session { spec, env, clients, account, runtime, stop })
    }

    /// What names are made of.
    pub(super) fn context(&self, manager: Manager) -> Context<'_> {
        Context { spec: &self.spec, env: self.env.as_deref(), manager }
    }
}

/// Without its environment a spec that has some would make resources that belong to none of them, and share a bucket
/// with one.
fn needs_environment(args: &SpecArgs) -> Result<(), CommandError> {
    let text = std::fs::read_to_string(&args.config).unwrap_or_default();
    let all = Spec::environments(&text);
    if all.is_empty() {
        return Ok(());
    }
    let file = args.config.display();
    Err(CommandError::Usage(format!("{file} has the environments {}; choose one with --env", all.join(", "))))
}

/// Asks a person. Without one there is no answer but no, said in an error that names the flag.
pub(super) fn confirm(question: &str) -> Result<bool, CommandError> {
    if !std::io::stdin().is_terminal() {
        return Err(CommandError::Usage(format!("{question} There is nobody to ask; say --yes")));
    }
    tell(format!("{question} [y/N]"));
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.map_err(|source| CommandError::Local {
        what: "read the answer".to_owned(),
        remedy: "say --yes where nobody can answer",
        source,
    })?;
    let yes = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes");
    if !yes {
        tell("nothing is changed");
    }
    Ok(yes)
}
