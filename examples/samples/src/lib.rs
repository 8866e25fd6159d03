//! Generated logs of a shop on AWS, in the formats that AWS documents, whose parts fit together.
//!
//! Nothing here happened: [`write()`] makes it all up from the seed of a [`Plan`], and [`Summary`] says how much of what
//! it made, so that the answers of queries can be held against it.
//!
//! ```no_run
//! let summary = sluice_samples::write(&sluice_samples::Plan::new("samples"))?;
//! assert!(summary.accesses() < summary.alb.lines);
//! # Ok::<(), sluice_samples::Error>(())
//! ```
//!
//! | module | does |
//! |---|---|
//! | `plan` | what is to be written |
//! | `world` | the load balancer, services, database and addresses |
//! | `traffic` | the requests that all logs tell of |
//! | `app` `alb` `vpc` `waf` | a family of logs each, from the same requests |
//! | `summary` `people` | what was written, counted |
//! | `delivered` `files` | files in the layout of AWS's deliveries |
//! | `chance` `clock` | numbers from the seed; instants and their spellings |
//!
//! # Invariants
//!
//! 1. **The same plan gives the same bytes**, on any day; and leaving a family out changes no byte of the others.
//! 2. **Every access record of a service has its line in the load balancer's log**, with the same trace id. Not the other
//!    way round: the firewall and the load balancer refuse requests too.
//! 3. **Names and addresses are nobody's**: account 123456789012, example.com, the address ranges for documentation.
//! 4. **A file is named after the end of its five minutes**, as AWS does it, and lies in the folder of that time. What
//!    was logged from 23:55 on is in the next day's folder.

mod alb;
mod app;
mod chance;
pub mod cli;
mod clock;
mod delivered;
mod error;
mod files;
mod people;
mod plan;
mod summary;
mod traffic;
mod vpc;
mod waf;
mod world;

use jiff::Timestamp;

pub use error::Error;
pub use plan::{Kind, Plan};
pub use summary::{
    AlbCounts, AppCounts, ConnectionCounts, FileCounts, FlowCounts, People, Summary, Times, WafCounts,
};

/// Writes what a plan asks for, and counts it.
///
/// # Errors
/// When the plan makes no sense ([`Error::is_usage`]), or when something cannot be written; there may be files then.
pub fn write(plan: &Plan) -> Result<Summary, Error> {
    plan.check()?;
    let window = plan.window();
    let mut files = files::Files::new(&plan.out)?;
    let traffic = traffic::generate(plan, window);
    let at = |micros| Timestamp::from_microsecond(micros).unwrap_or_default();
    let mut summary = Summary {
        times: Times {
            from: at(window.from),
            to: at(window.to),
            deploy: at(window.deploy),
            incident_from: at(window.incident),
            incident_to: at(window.calm),
        },
        requests: traffic.requests.len() as u64,
        ..Summary::default()
    };
    for kind in &plan.only {
        match (kind, plan.big_app) {
            (Kind::App, Some(million)) => app::write_bulk(plan, million, &mut files, &mut summary)?,
            (Kind::App, None) => {
                app::write(plan, window, &traffic, &mut files, &mut summary)?;
                summary.people = people::count(&traffic);
            }
            (Kind::Alb, _) => alb::write(plan, window, &traffic, &mut files, &mut summary)?,
            (Kind::Vpc, _) => vpc::write(plan, window, &traffic, &mut files, &mut summary)?,
            (Kind::Waf, _) => waf::write(plan, &traffic, &mut files, &mut summary)?,
        }
    }
    summary.files = files.into_counts();
    Ok(summary)
}
