//! Whether the service is well, and what is wrong with it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// What may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The spool cannot be written: nothing is accepted. The service is not healthy.
    Spool,
    /// The spool is full: nothing is accepted until something is delivered. The service is not ready.
    Room,
    /// Segments cannot be routed, since objects cannot be written to disk. They wait in the spool.
    Routing,
    /// Objects cannot be delivered. They wait in the spool.
    Archive,
    /// Errors cannot be delivered. They wait in the spool.
    Errors,
}

impl Part {
    /// A word for it.
    #[must_use]
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Part::Spool => "spool",
            Part::Room => "room",
            Part::Routing => "routing",
            Part::Archive => "archive",
            Part::Errors => "errors",
        }
    }
}

/// The state of a service.
#[derive(Debug, Default)]
pub(super) struct Health {
    problems: RefCell<BTreeMap<Part, String>>,
    ready: Cell<bool>,
}

impl Health {
    /// Something is wrong; true when it was well before.
    pub(super) fn report(&self, part: Part, problem: String) -> bool {
        self.problems.borrow_mut().insert(part, problem).is_none()
    }

    /// It is well again; true when it was not.
    pub(super) fn clear(&self, part: Part) -> bool {
        self.problems.borrow_mut().remove(&part).is_some()
    }

    /// Inputs are open, or closed again.
    pub(super) fn set_ready(&self, ready: bool) {
        self.ready.set(ready);
    }

    /// Whether a restart could help nothing: false only for what is wrong here, not at a sink.
    #[must_use]
    pub(super) fn is_healthy(&self) -> bool {
        !self.problems.borrow().contains_key(&Part::Spool)
    }

    /// Whether lines are accepted.
    #[must_use]
    pub(super) fn is_ready(&self) -> bool {
        let problems = self.problems.borrow();
        self.ready.get() && !problems.contains_key(&Part::Spool) && !problems.contains_key(&Part::Room)
    }

    /// What is wrong.
    #[must_use]
    pub(super) fn problems(&self) -> Vec<(Part, String)> {
        self.problems.borrow().iter().map(|(part, problem)| (*part, problem.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_spool_makes_it_unhealthy_and_a_full_one_not_ready() {
        let health = Health::default();
        assert!(health.is_healthy() && !health.is_ready());
        health.set_ready(true);
        assert!(health.report(Part::Archive, "no bucket".to_owned()));
        assert!(health.is_healthy() && health.is_ready());
        health.report(Part::Room, "full".to_owned());
        assert!(health.is_healthy() && !health.is_ready());
        health.clear(Part::Room);
        health.report(Part::Spool, "read-only".to_owned());
        assert!(!health.is_healthy() && !health.is_ready());
        assert_eq!(health.problems().len(), 2);
    }
}
