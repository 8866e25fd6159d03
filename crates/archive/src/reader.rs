//! Reads an object, indexed or not, block by block.
//!
//! Indexed members are read with libdeflate, those that cannot match are skipped unread. What follows the
//! last understood member (all of an ordinary gzip file) is streamed. A reader that comes to the end without
//! an error has seen every wanted record that was stored.

use std::sync::Arc;

use crate::decode::MemberDecoder;
use crate::error::ReadError;
use crate::index::Index;
use crate::member::Member;
use crate::selection::Selection;
use crate::source::ReadAt;
use crate::stream::TextStream;

/// Where the text of a block comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// One member.
    Member(Member),
    /// Ordinary gzip data, of which nothing is known beforehand.
    Streamed,
}

/// Reads the text of an object.
#[derive(Debug)]
pub struct ObjectReader<R: ReadAt> {
    source: Arc<R>,
    index: Index,
    selection: Selection,
    decoder: MemberDecoder,
    compressed: Vec<u8>,
    next: usize,
    stream: Option<TextStream<Arc<R>>>,
}

impl<R: ReadAt> ObjectReader<R> {
    /// Opens an object and reads its index.
    ///
    /// # Errors
    /// [`ReadError::Io`] when the storage fails. A file without index is no error.
    pub fn open(source: R) -> Result<Self, ReadError> {
        let index = Index::read(&source)?;
        Ok(Self::with_index(source, index))
    }

    /// Opens an object whose index is known already.
    pub fn with_index(source: R, index: Index) -> Self {
        Self {
            source: Arc::new(source),
            index,
            selection: Selection::default(),
            decoder: MemberDecoder::new(),
            compressed: Vec::new(),
            next: 0,
            stream: None,
        }
    }

    /// Skips the members that cannot hold a wanted record. Records of the other members are still to be
    /// looked at one by one.
    #[must_use]
    pub fn select(mut self, selection: Selection) -> Self {
        self.selection = selection;
        self
    }

    /// Passes over the members that are not read yet: [`next_block`](Self::next_block) goes on with what stands behind
    /// the last of them, and still tells an object that is not finished. For callers that read members one by one.
    pub fn pass_members(&mut self) {
        self.next = self.index.members().len();
    }

    /// The index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Puts the text of one member into `text`, in place of what is there.
    ///
    /// # Errors
    /// [`ReadError::Io`] or [`ReadError::Damaged`].
    pub fn read_member(&mut self, member: &Member, text: &mut Vec<u8>) -> Result<(), ReadError> {
        let Member { offset, len, .. } = *member;
        if member.end() > self.index.object_len() {
            return Err(ReadError::Damaged { offset, what: "it would end behind the object's end" });
        }
        self.compressed.resize(len as usize, 0);
        self.source.read_exact_at(offset, &mut self.compressed).map_err(|source| ReadError::Io {
            offset,
            len: u64::from(len),
            source,
        })?;
        self.decoder.decode(member, &self.compressed, text)
    }

    /// Puts the text of the next wanted block into `text`, in place of what is there: whole lines, in the
    /// order of the object. `None` at the end.
    ///
    /// # Errors
    /// [`ReadError`] when anything is wrong with the object. After [`ReadError::Damaged`] the next call goes
    /// on with the next member; after the others there is nothing more to read.
    pub fn next_block(&mut self, text: &mut Vec<u8>) -> Result<Option<Block>, ReadError> {
        while let Some(&member) = self.index.members().get(self.next) {
            self.next += 1;
            if self.selection.admits(&member) {
                self.read_member(&member, text)?;
                return Ok(Some(Block::Member(member)));
            }
        }
        text.clear();
        let (read_to, object_len) = (self.index.read_to(), self.index.object_len());
        if read_to < object_len || object_len == 0 {
            let stream = self
                .stream
                .get_or_insert_with(|| TextStream::new(Arc::clone(&self.source), read_to, object_len));
            if stream.next_block(text)? {
                return Ok(Some(Block::Streamed));
            }
        }
        if self.index.is_finished() { Ok(None) } else { Err(ReadError::Unfinished { at: object_len }) }
    }

    /// Calls `on_line` for every line, without its newline, of every wanted block.
    ///
    /// # Errors
    /// The first [`ReadError`].
    pub fn for_each_line(&mut self, mut on_line: impl FnMut(&[u8])) -> Result<(), ReadError> {
        let mut text = Vec::new();
        while self.next_block(&mut text)?.is_some() {
            lines(&text).for_each(&mut on_line);
        }
        Ok(())
    }
}

/// The lines of a block, without their newlines.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        Some(line)
    })
}
