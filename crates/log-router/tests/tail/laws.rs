//! Whatever happens to the files and to the process, every line is stored exactly once.

use std::fs;

use proptest::prelude::*;
use sluice_log_router::input::tail::Tailer;

use crate::support::Host;

const MOST_LINE: usize = 40;
const BASES: [&str; 2] = ["a.log", "b.log"];

#[derive(Debug, Clone)]
enum Step {
    /// Lines of these lengths; the last one perhaps without its end.
    Write {
        file: usize,
        lengths: Vec<usize>,
        whole: bool,
    },
    /// `a.log` becomes `a.log.1` and so on.
    Rotate {
        file: usize,
    },
    /// The file is moved out of sight. It has been seen before.
    MoveAway {
        file: usize,
    },
    Delete {
        file: usize,
    },
    /// All that is there has been read before, and it is noticed.
    Truncate {
        file: usize,
    },
    Scan,
    Read {
        budget: usize,
    },
    /// The store refuses after so many chunks.
    Refuse {
        after: usize,
    },
    Save,
    Restart,
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    let file = || 0..BASES.len();
    prop_oneof![
        8 => (file(), prop::collection::vec(0..3 * MOST_LINE, 1..6), any::<bool>())
            .prop_map(|(file, lengths, whole)| Step::Write { file, lengths, whole }),
        2 => file().prop_map(|file| Step::Rotate { file }),
        1 => file().prop_map(|file| Step::MoveAway { file }),
        1 => file().prop_map(|file| Step::Delete { file }),
        1 => file().prop_map(|file| Step::Truncate { file }),
        3 => Just(Step::Scan),
        5 => (1usize..500).prop_map(|budget| Step::Read { budget }),
        2 => (0usize..4).prop_map(|after| Step::Refuse { after }),
        2 => Just(Step::Save),
        1 => Just(Step::Restart),
        3 => Just(Step::Crash),
    ]
}

/// A host, and what was written on it.
struct World {
    host: Host,
    written: Vec<String>,
    /// The line that has no end yet, for each file.
    partial: [String; BASES.len()],
    moved: usize,
    count: usize,
}

impl World {
    fn new() -> World {
        let host = Host::with(|settings| settings.max_line = MOST_LINE);
        World { host, written: Vec::new(), partial: Default::default(), moved: 0, count: 0 }
    }

    fn exists(&self, file: usize) -> bool {
        self.host.path(BASES[file]).exists()
    }

    /// The file ends here: so does its last line.
    fn end_line(&mut self, file: usize) {
        let partial = std::mem::take(&mut self.partial[file]);
        if !partial.is_empty() {
            self.written.push(partial);
        }
    }

    fn write(&mut self, file: usize, lengths: &[usize], whole: bool) {
        let mut text = String::new();
        for (n, length) in lengths.iter().enumerate() {
            // No two lines are the same.
            self.count += 1;
            let line = format!("<{}{}>", self.count, "x".repeat(*length));
            text += &line;
            self.partial[file] += &line;
            if whole || n + 1 < lengths.len() {
                text += "\n";
                self.end_line(file);
            }
        }
        self.host.append(BASES[file], text);
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Write { file, lengths, whole } => self.write(*file, lengths, *whole),
            Step::Rotate { file } if self.exists(*file) => {
                self.end_line(*file);
                for n in (1..9).rev() {
                    let (from, to) = (format!("{}.{n}", BASES[*file]), format!("{}.{}", BASES[*file], n + 1));
                    if self.host.path(&from).exists() {
                        self.host.rename(&from, &to);
                    }
                }
                self.host.rename(BASES[*file], &format!("{}.1", BASES[*file]));
            }
            Step::MoveAway { file } | Step::Delete { file } if self.exists(*file) => {
                self.host.scan();
                self.host.read();
                self.write(*file, &[5], false);
                self.end_line(*file);
                if matches!(step, Step::Delete { .. }) {
                    self.host.remove(BASES[*file]);
                } else {
                    self.moved += 1;
                    self.host.rename(BASES[*file], &format!("moved-{}", self.moved));
                }
                self.host.settle();
            }
            Step::Truncate { file } if self.exists(*file) => {
                self.write(*file, &[1], true);
                self.host.follow();
                self.host.truncate(BASES[*file]);
                // Else it could get as long as before, within one tick of the file system's clock.
                self.host.read();
            }
            Step::Scan => drop(self.host.scan()),
            Step::Read { budget } => {
                let store = &mut self.host.store;
                self.host.tailer.read(*budget, &mut |chunk| store.take(chunk)).unwrap();
            }
            Step::Refuse { after } => {
                self.host.store.room = Some(*after);
                let store = &mut self.host.store;
                let _ = self.host.tailer.read(usize::MAX, &mut |chunk| store.take(chunk));
                self.host.store.room = None;
            }
            Step::Save => self.host.tailer.save().unwrap(),
            Step::Restart => self.host.restart(),
            Step::Crash => self.host.crash(),
            _ => {}
        }
    }

    /// All lines that were stored once the writers have ended their lines.
    fn end(mut self) -> (Vec<String>, Vec<String>) {
        for file in 0..BASES.len() {
            self.end_line(file);
        }
        self.host.settle();
        // A rotated file that was never written down is not known to be rotated: its last line needs an end.
        for entry in fs::read_dir(self.host.path("")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if !name.starts_with("moved") {
                self.host.append(&name, "\n");
            }
        }
        self.host.settle();
        let mut lines: Vec<String> =
            self.host.store.lines().into_iter().filter(|line| !line.is_empty()).collect();
        lines.sort();
        self.written.sort();
        (lines, self.written)
    }
}

proptest! {
    #[test]
    fn every_line_is_stored_exactly_once(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        steps.iter().for_each(|step| world.step(step));
        let (stored, written) = world.end();
        prop_assert_eq!(stored, written);
    }

    #[test]
    fn a_start_knows_every_file_by_its_ids_alone(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        steps.iter().for_each(|step| world.step(step));
        world.host.follow();
        let before = world.host.store.lines().len();
        let offsets = world.host.settings.offsets.join("offsets.json");
        let _ = fs::remove_file(offsets);
        world.host.tailer = Tailer::open(world.host.settings.clone(), &world.host.store.ids).unwrap();
        world.host.follow();
        prop_assert_eq!(world.host.store.lines().len(), before);
    }
}
