//! `logctl plan` and `logctl apply`.

use serde_json::{Value, json};
use sluice_console::tell;
use sluice_pipeline::Exit;
use sluice_provision::apply::{Outcome, Worked, apply as carry_out};
use sluice_provision::desired::{Manager, desired};
use sluice_provision::packs::packs;
use sluice_provision::plan::{Plan, Step, plan as compare, select};
use sluice_provision::resource::Kind;
use sluice_provision::scope::Scope;

use super::args::{ApplyArgs, Format, PlanArgs};
use super::session::{CommandError, Session, confirm, finish};
use super::{print, show};

/// Runs `plan`.
pub(super) fn plan(args: &PlanArgs) -> Exit {
    finish(args.format, run_plan(args))
}

fn run_plan(args: &PlanArgs) -> Result<Exit, CommandError> {
    let session = Session::open(&args.spec)?;
    let plan = make(&session, args)?;
    let told = match args.format {
        Format::Json => print(format!("{:#}\n", plan.json()).as_bytes()),
        Format::Text => print(&show::for_stdout(&show::plan(&plan, args.all))),
    };
    Ok(if told == Exit::Done && (plan.is_work() || plan.has_drifted()) { Exit::Different } else { told })
}

fn make(session: &Session, args: &PlanArgs) -> Result<Plan, CommandError> {
    let context = session.context(Manager::Apply);
    let all = desired(&context, &packs())?;
    let scope = Scope::new(&session.account, &session.clients.region, all.parameters);
    let resources = select(scope.resolve_all(&all.resources), &args.target).map_err(|unknown| {
        let what = unknown.join(", ");
        CommandError::Usage(format!("--target {what} names no resource; `logctl plan --all` lists them"))
    })?;
    // What a stack made is held against what the template says, which names another manager.
    let theirs = desired(&session.context(Manager::CloudFormation), &packs())?;
    let template = Scope::new(&session.account, &session.clients.region, theirs.parameters);
    let template = template.resolve_all(&theirs.resources);
    let tags = context.tags();
    let plan = compare(&session.clients, resources, &template, &tags, all.notes);
    Ok(session.runtime.block_on(plan)?)
}

/// Runs `apply`.
pub(super) fn apply(args: &ApplyArgs) -> Exit {
    finish(args.plan.format, run_apply(args))
}

fn run_apply(args: &ApplyArgs) -> Result<Exit, CommandError> {
    let session = Session::open(&args.plan.spec)?;
    let plan = make(&session, &args.plan)?;
    let text = args.plan.format == Format::Text;
    if text {
        let told = print(&show::for_stdout(&show::plan(&plan, args.plan.all)));
        if told != Exit::Done {
            return Ok(told);
        }
    }
    if !agreed(&session, &plan, args.yes, args.plan.format)? {
        return Ok(Exit::Failed);
    }
    Ok(execute(&session, &plan, args.plan.format))
}

/// Whether a plan may be carried out: nobody needs to be asked, or somebody says so.
pub(super) fn agreed(
    session: &Session,
    plan: &Plan,
    yes: bool,
    format: Format,
) -> Result<bool, CommandError> {
    if yes || !plan.is_work() {
        return Ok(true);
    }
    if format == Format::Json {
        // The report has the plan and its results: nobody would see what is asked about.
        return Err(CommandError::Usage("--format json shows nothing to agree to; say --yes".to_owned()));
    }
    confirm(&format!("Apply this to account {} in {}?", session.account, session.clients.region))
}

/// Carries out a plan with its progress on standard error, and tells the result.
pub(super) fn execute(session: &Session, plan: &Plan, format: Format) -> Exit {
    let of = plan.steps.iter().filter(|step| step.action.is_work()).count();
    let mut done = 0;
    let mut progress = |worked: &Worked| {
        done += 1;
        tell(show::progress(worked, done, of));
    };
    session.stop.begin();
    let stop = &session.stop.asked;
    let worked = session.runtime.block_on(carry_out(&session.clients, plan, stop, &mut progress));
    let failed = worked.iter().filter(|worked| !matches!(worked.outcome, Outcome::Done)).count();
    let stopped = worked.iter().any(|worked| matches!(worked.outcome, Outcome::Stopped));
    let mails = worked.iter().filter(|worked| is_new_subscription(worked, plan)).count();
    if mails > 0 {
        tell(format!("{mails} subscriptions wait for a click in the mail that AWS has sent"));
    }
    let told = match format {
        Format::Json => {
            let mut report = plan.json();
            report["results"] = worked.iter().map(result_json).collect();
            print(format!("{report:#}\n").as_bytes())
        }
        Format::Text if failed > 0 => print(
            format!("{} of {of} done, {failed} not; mend the cause and apply again\n", of - failed)
                .as_bytes(),
        ),
        Format::Text => print(format!("{of} done\n").as_bytes()),
    };
    match (stopped, failed) {
        (true, _) => Exit::Interrupted,
        (false, 0) => told,
        _ => Exit::Failed,
    }
}

fn is_new_subscription(worked: &Worked, plan: &Plan) -> bool {
    let is_it = |step: &Step| step.resource.id == worked.id && step.resource.kind == Kind::Subscription;
    matches!(worked.outcome, Outcome::Done) && plan.steps.iter().any(is_it)
}

fn result_json(worked: &Worked) -> Value {
    let mut out = json!({"id": worked.id, "subject": worked.subject, "action": worked.action});
    match &worked.outcome {
        Outcome::Done => out["outcome"] = "done".into(),
        Outcome::Failed(error) => {
            out["outcome"] = "failed".into();
            out["error"] = error.to_string().into();
        }
        Outcome::Stopped => out["outcome"] = "stopped".into(),
        Outcome::Skipped(cause) => {
            out["outcome"] = "skipped".into();
            out["cause"] = cause.as_str().into();
        }
    }
    out
}
