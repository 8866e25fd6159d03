//! How a begun trace goes on: for each state, whether the next line belongs to it.
//!
//! `Accept` also confirms every tentative line before it; `Hold` keeps the line until a later one is accepted
//! or refused; `Refuse` ends the trace before the tentative lines. Lines that only a message can explain ask
//! the text parser first: one that starts a record never belongs to a trace.

mod at;
mod go;
mod python;
mod rust;

pub(super) use at::{At, Node};
pub(super) use go::Go;
pub(super) use python::Python;
pub(super) use rust::Rust;

use super::attach::after_blank;
use super::{HeadInfo, Shape, TraceKind, class};

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It belongs to the group, and so do the tentative lines before it.
    Accept,
    /// The next lines decide.
    Hold,
    /// The group ends before the tentative lines.
    Refuse,
}

/// Most lines of a message that are held until a frame confirms them.
const MESSAGE_LINES: usize = 16;

/// The next line and where it stands.
pub(super) struct Line<'a> {
    /// The line itself.
    pub(super) bytes: &'a [u8],
    /// Length of the held text before it.
    pub(super) at: usize,
    /// How many tentative lines stand before it.
    pub(super) tentative: usize,
    /// Asks the text parser about this line.
    pub(super) heads: &'a dyn Fn() -> HeadInfo,
}

impl Line<'_> {
    /// Neither JSON nor the start of a record, so it may be part of a message.
    fn is_loose(&self) -> bool {
        self.bytes.first() != Some(&b'{') && !(self.heads)().starts_record
    }

    /// Holds a line of a message while not too many are held.
    fn hold_message(&self) -> Verdict {
        if self.tentative < MESSAGE_LINES && self.is_loose() { Verdict::Hold } else { Verdict::Refuse }
    }
}

/// The state of the open group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// A text line that may be a head (`attach` decides).
    Text,
    /// A text line and a blank one.
    TextBlank,
    /// Python, see `python`.
    Python(Python),
    /// Traces with `at` frames, see `at`.
    At(TraceKind, At),
    /// Node's uncaught form before its error line.
    Node(Node),
    /// Go, see `go`.
    Go(Go),
    /// Rust, see `rust`.
    Rust(Rust),
    /// `\tfrom a.rb:3:in 'f'` lines.
    Ruby,
    /// `#0 …` lines.
    Php,
    /// java.util.logging.
    Jul(Jul),
    /// .NET console logger, with the offset at which an exception line began.
    Console(Option<usize>),
    /// PostgreSQL's lines with a leading tab.
    Postgres,
}

/// The two lines of a java.util.logging record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Jul {
    /// After the first.
    Header,
    /// After the second.
    Message,
}

/// A group of lines being joined.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) state: State,
    /// Length of the head text, 0 for a bare trace.
    pub(super) head_len: usize,
    /// A limit cut the group before.
    pub(super) continued: bool,
    /// Already its first line alone is a trace.
    pub(super) whole: bool,
}

impl Group {
    /// A group without a head.
    pub(super) const fn bare(state: State) -> Group {
        Group { state, head_len: 0, continued: false, whole: false }
    }

    /// The confirmed part was emitted; the rest has no head.
    pub(super) fn cut(&mut self) {
        self.continued = true;
        self.head_len = 0;
        // Offsets into the text that was emitted mean nothing any more.
        match &mut self.state {
            State::Console(exception) => *exception = None,
            State::At(_, at @ At::AfterHead(_)) => *at = At::Message,
            _ => {}
        }
    }

    /// The shape of the confirmed lines when there are several.
    pub(super) fn shape(&self) -> Shape {
        match self.state {
            State::Python(_) => Shape::Trace(TraceKind::Python),
            State::At(kind, _) if self.head_len != usize::MAX => Shape::Trace(kind),
            State::Node(_) => Shape::Trace(TraceKind::Node),
            State::Go(_) => Shape::Trace(TraceKind::Go),
            State::Rust(_) => Shape::Trace(TraceKind::Rust),
            State::Ruby => Shape::Trace(TraceKind::Ruby),
            State::Php => Shape::Trace(TraceKind::Php),
            State::Console(Some(at)) if at == self.head_len => Shape::Trace(TraceKind::DotNet),
            State::Text | State::TextBlank => Shape::Line,
            State::At(..) | State::Jul(_) | State::Console(_) | State::Postgres => Shape::Lines,
        }
    }
}

/// Judges the next line of a group whose state is not `Text`.
pub(super) fn step(group: &mut Group, line: &Line<'_>) -> Verdict {
    match group.state {
        State::Text => Verdict::Refuse,
        State::TextBlank => after_blank(group, line.bytes),
        State::Python(state) => python::step(group, state, line),
        State::At(kind, at) => at::step(group, kind, at, line),
        State::Node(state) => at::uncaught(group, state, line),
        State::Go(state) => go::step(group, state, line),
        State::Rust(state) => rust::step(group, state, line),
        State::Ruby => accept_if(line.bytes.starts_with(b"\tfrom ") || line.bytes.starts_with(b"\t ... ")),
        State::Php => php(line.bytes),
        State::Jul(state) => jul(group, state, line),
        State::Console(exception) => console(group, exception, line),
        State::Postgres => accept_if(line.bytes.starts_with(b"\t")),
    }
}

fn accept_if(yes: bool) -> Verdict {
    if yes { Verdict::Accept } else { Verdict::Refuse }
}

fn php(line: &[u8]) -> Verdict {
    let numbered = |text: &[u8]| {
        let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
        digits > 0 && matches!(text.get(digits), Some(b' ' | b'.'))
    };
    match line.first() {
        None => Verdict::Hold,
        Some(b'#') => accept_if(numbered(&line[1..])),
        Some(b' ') => accept_if(line.starts_with(b"  thrown in ")),
        Some(b'N') => accept_if(line.strip_prefix(b"Next ").is_some_and(class::is_exception_line)),
        Some(b'S') => accept_if(class::trim_end(line) == b"Stack trace:"),
        Some(b'P') => accept_if(line.strip_prefix(b"PHP ").is_some_and(|rest| numbered(class::trim(rest)))),
        _ => Verdict::Refuse,
    }
}

fn jul(group: &mut Group, state: Jul, line: &Line<'_>) -> Verdict {
    match state {
        Jul::Header if class::is_jul_message(line.bytes) => {
            group.state = State::Jul(Jul::Message);
            Verdict::Accept
        }
        Jul::Header => Verdict::Refuse,
        // Every line so far is the head of the trace that may follow; its length is known when a frame is.
        Jul::Message if class::exception_class(line.bytes).is_some() => {
            group.state = State::At(TraceKind::Jvm, At::AfterHead(line.at));
            Verdict::Hold
        }
        Jul::Message => match class::frame(line.bytes) {
            Some(kind) => {
                group.head_len = line.at;
                group.state = State::At(kind, At::Frames);
                Verdict::Accept
            }
            None => Verdict::Refuse,
        },
    }
}

fn console(group: &mut Group, exception: Option<usize>, line: &Line<'_>) -> Verdict {
    let Some(text) = line.bytes.strip_prefix(b"      ") else { return Verdict::Refuse };
    match exception {
        None if class::exception_class(text).is_some() => group.state = State::Console(Some(line.at)),
        Some(at) if class::frame(text).is_some() && at > 0 => group.head_len = at,
        _ => {}
    }
    Verdict::Accept
}
