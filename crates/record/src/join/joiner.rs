//! The holder of lines: one growing text of confirmed lines, then tentative ones that the next lines
//! confirm or refuse. Refused lines are fed again, each as a fresh line, in order.
//!
//! Invariant: `text` is the held lines joined by `\n`; its first `sure` lines are confirmed.

use super::attach::attach;
use super::open::{Opening, opening};
use super::step::{Group, Line, State, Verdict, step};
use super::{HeadInfo, Heads, JoinLimits, Logical, Shape};

/// Joins the lines of one stream; buffers are kept between messages, so a steady stream allocates nothing.
#[derive(Debug)]
pub(crate) struct Joiner {
    limits: JoinLimits,
    group: Option<Group>,
    text: Vec<u8>,
    /// End offset in `text` and time of receipt of every held line.
    held: Vec<(usize, i64)>,
    /// How many of `held` are confirmed.
    sure: usize,
    again: Again,
    scratch: Vec<u8>,
}

/// Refused lines waiting to be fed again, the next one last.
#[derive(Debug, Default)]
struct Again {
    bytes: Vec<u8>,
    lines: Vec<(usize, i64)>,
}

impl Again {
    fn put(&mut self, line: &[u8], received_ms: i64) {
        self.lines.push((self.bytes.len(), received_ms));
        self.bytes.extend_from_slice(line);
    }

    fn take(&mut self, into: &mut Vec<u8>) -> Option<i64> {
        let (start, received_ms) = self.lines.pop()?;
        into.clear();
        into.extend_from_slice(&self.bytes[start..]);
        self.bytes.truncate(start);
        Some(received_ms)
    }
}

impl Joiner {
    /// A joiner with nothing held. Limits of zero lines or bytes count as one.
    pub(crate) fn new(limits: JoinLimits) -> Joiner {
        Joiner {
            limits,
            group: None,
            text: Vec::new(),
            held: Vec::new(),
            sure: 0,
            again: Again::default(),
            scratch: Vec::new(),
        }
    }

    /// Takes the next line (without its line feed) and emits what is thereby complete.
    pub(crate) fn push(
        &mut self,
        heads: &impl Heads,
        line: &[u8],
        received_ms: i64,
        emit: &mut impl FnMut(Logical<'_>),
    ) {
        if !self.limits.enabled || (self.group.is_none() && line.first() == Some(&b'{')) {
            emit(single(line, received_ms));
            return;
        }
        self.feed(heads, line, received_ms, emit);
        self.drain(heads, emit);
    }

    /// Emits all that is held: at the end of the stream.
    pub(crate) fn flush(&mut self, emit: &mut impl FnMut(Logical<'_>)) {
        // Refused lines may hold others back in turn; each round emits at least one line.
        while self.group.is_some() || !self.again.lines.is_empty() {
            self.close(None, emit);
            self.drain(&Unasked, emit);
        }
    }

    /// Emits what is held when its last line is older than the longest wait at `now_ms`.
    pub(crate) fn expire(&mut self, now_ms: i64, emit: &mut impl FnMut(Logical<'_>)) {
        match self.held.last() {
            Some(&(_, last)) if now_ms.saturating_sub(last) > self.limits.max_wait_ms => self.flush(emit),
            _ => {}
        }
    }

    /// When the last of the held lines was received.
    pub(crate) fn last_ms(&self) -> Option<i64> {
        self.held.last().map(|(_, received_ms)| *received_ms)
    }

    /// Whether no line is held.
    #[cfg(test)]
    pub(crate) fn is_idle(&self) -> bool {
        self.held.is_empty()
    }

    fn drain(&mut self, heads: &impl Heads, emit: &mut impl FnMut(Logical<'_>)) {
        let mut line = std::mem::take(&mut self.scratch);
        while let Some(received_ms) = self.again.take(&mut line) {
            self.feed(heads, &line, received_ms, emit);
        }
        self.scratch = line;
    }

    fn feed(
        &mut self,
        heads: &impl Heads,
        line: &[u8],
        received_ms: i64,
        emit: &mut impl FnMut(Logical<'_>),
    ) {
        let late = self
            .held
            .last()
            .is_some_and(|(_, last)| received_ms.saturating_sub(*last) > self.limits.max_wait_ms);
        let verdict = match &mut self.group {
            None => return self.fresh(line, received_ms, emit),
            _ if late => Verdict::Refuse,
            Some(group) => {
                let tentative = self.held.len() - self.sure;
                let line = Line { bytes: line, at: self.text.len(), tentative, heads: &|| heads.head(line) };
                if let State::Text = group.state {
                    attach(group, &self.text, &|| heads.head(&self.text), &line)
                } else {
                    step(group, &line)
                }
            }
        };
        match verdict {
            Verdict::Accept => {
                self.make_room(line, true, emit);
                self.append(line, received_ms);
                self.sure = self.held.len();
                if self.text.len() >= self.limits.max_bytes.max(1)
                    || self.held.len() >= self.limits.max_lines.max(1)
                {
                    self.cut(emit);
                }
            }
            Verdict::Hold => {
                if self.make_room(line, false, emit) {
                    self.append(line, received_ms);
                } else {
                    self.refuse(line, received_ms, emit);
                }
            }
            Verdict::Refuse => self.refuse(line, received_ms, emit),
        }
    }

    fn refuse(&mut self, line: &[u8], received_ms: i64, emit: &mut impl FnMut(Logical<'_>)) {
        if self.sure < self.held.len() {
            self.close(Some((line, received_ms)), emit);
        } else {
            self.close(None, emit);
            self.fresh(line, received_ms, emit);
        }
    }

    /// Begins a group with a line that nothing held explains.
    fn fresh(&mut self, line: &[u8], received_ms: i64, emit: &mut impl FnMut(Logical<'_>)) {
        match opening(line) {
            Opening::Hold(group)
                if line.len() < self.limits.max_bytes.max(1) && self.limits.max_lines.max(1) > 1 =>
            {
                self.group = Some(group);
                self.append(line, received_ms);
                self.sure = 1;
            }
            _ => emit(single(line, received_ms)),
        }
    }

    fn append(&mut self, line: &[u8], received_ms: i64) {
        if !self.held.is_empty() {
            self.text.push(b'\n');
        }
        self.text.extend_from_slice(line);
        self.held.push((self.text.len(), received_ms));
    }

    fn fits(&self, line: &[u8]) -> bool {
        self.held.is_empty()
            || (self.held.len() < self.limits.max_lines.max(1)
                && self.text.len() + 1 + line.len() <= self.limits.max_bytes.max(1))
    }

    /// Emits the confirmed part when `line` would break a limit; tentative lines go along when the line
    /// confirms them, else they stay. False when there is no room even so.
    fn make_room(&mut self, line: &[u8], confirms: bool, emit: &mut impl FnMut(Logical<'_>)) -> bool {
        if self.fits(line) {
            return true;
        }
        if confirms {
            self.sure = self.held.len();
        }
        self.cut(emit);
        self.fits(line)
    }

    /// Emits the confirmed part; the group goes on as a continued one.
    fn cut(&mut self, emit: &mut impl FnMut(Logical<'_>)) {
        if self.sure == 0 {
            return;
        }
        self.emit_sure(emit);
        let gone = self.held[self.sure - 1].0;
        let rest = (gone + 1).min(self.text.len());
        self.text.drain(..rest);
        self.held.drain(..self.sure);
        for (end, _) in &mut self.held {
            *end -= rest;
        }
        self.sure = 0;
        if let Some(group) = &mut self.group {
            group.cut();
        }
    }

    /// Emits the confirmed part and ends the group; tentative lines, then `line`, are to be fed again.
    fn close(&mut self, line: Option<(&[u8], i64)>, emit: &mut impl FnMut(Logical<'_>)) {
        if self.sure > 0 {
            self.emit_sure(emit);
        }
        if let Some((line, received_ms)) = line {
            self.again.put(line, received_ms);
        }
        for i in (self.sure..self.held.len()).rev() {
            let start = if i == 0 { 0 } else { self.held[i - 1].0 + 1 };
            let (end, received_ms) = self.held[i];
            self.again.put(&self.text[start..end], received_ms);
        }
        self.group = None;
        self.text.clear();
        self.held.clear();
        self.sure = 0;
    }

    fn emit_sure(&self, emit: &mut impl FnMut(Logical<'_>)) {
        let (Some(group), Some(&(_, received_ms))) = (&self.group, self.held.first()) else { return };
        let text = &self.text[..self.held[self.sure - 1].0];
        let shape = if self.sure > 1 || group.continued || group.whole { group.shape() } else { Shape::Line };
        let head_len = match shape {
            Shape::Trace(_) => group.head_len.min(text.len()),
            Shape::Line | Shape::Lines => text.len(),
        };
        emit(Logical { text, head_len, shape, lines: self.sure, received_ms, continued: group.continued });
    }
}

fn single(line: &[u8], received_ms: i64) -> Logical<'_> {
    Logical { text: line, head_len: line.len(), shape: Shape::Line, lines: 1, received_ms, continued: false }
}

/// Stands in for the parser when the stream ends: what is still tentative then is judged without it.
struct Unasked;

impl Heads for Unasked {
    fn head(&self, _: &[u8]) -> HeadInfo {
        HeadInfo::default()
    }
}
