//! Events of the Forward protocol become lines.
//!
//! FireLens' events (Docker's fluentd log driver) hold a line in `log`, and where it comes from. Any other event is a
//! record of its own: its map becomes a JSON line, its time the line's unless the map states one.

use sluice_forward::{Event, Value};
use sluice_record::{Engine, Origin, Part, Record, Source};
use xxhash_rust::xxh3::xxh3_128;

use super::filters::Filters;
use super::origin::Place;
use super::streams::Streams;

/// What an ECS container's tag has between the container's name and the task's id.
const FIRELENS: &str = "-firelens-";

/// A line of a container, as far as the end of a segment has to do with it.
pub(crate) struct ContainerLine<'a> {
    /// Lines of one key belong to one stream.
    pub(crate) stream: u128,
    /// Its text.
    pub(crate) text: &'a [u8],
    /// It is a part of a line.
    pub(crate) part: Option<Part<'a>>,
}

/// The container's line of an event; None for an event that is a record by itself.
pub(crate) fn container_line<'a>(event: &Event<'a>) -> Option<ContainerLine<'a>> {
    let firelens = FireLens::of(event)?;
    Some(ContainerLine {
        stream: firelens.stream(event.tag).key(&mut Vec::new()),
        text: firelens.log.unwrap_or_default(),
        part: firelens.part(),
    })
}

/// Takes events and gives their lines to the engine.
pub(super) struct Forwarded<'f, 'r> {
    pub(super) engine: &'f mut Engine,
    pub(super) streams: &'f mut Streams<'r>,
    pub(super) filters: &'f Filters,
    /// When the events were received.
    pub(super) received_ms: i64,
    pub(super) json: &'f mut Vec<u8>,
    pub(super) key: &'f mut Vec<u8>,
}

/// The fields of a FireLens event.
#[derive(Default)]
pub(super) struct FireLens<'a> {
    pub(super) log: Option<&'a [u8]>,
    pub(super) container_id: &'a [u8],
    pub(super) container_name: &'a [u8],
    pub(super) source: &'a [u8],
    pub(super) cluster: &'a [u8],
    pub(super) task_arn: &'a [u8],
    pub(super) partial: bool,
    partial_id: &'a [u8],
    partial_ordinal: Option<u32>,
    partial_last: bool,
    /// Some field is none of these.
    pub(super) has_more: bool,
}

impl<'a> FireLens<'a> {
    /// None when the event is another's.
    #[inline]
    pub(super) fn of(event: &Event<'a>) -> Option<FireLens<'a>> {
        let mut found = FireLens::default();
        for pair in event.record.strings() {
            let (key, value) = pair?;
            match key {
                b"log" => found.log = Some(value),
                b"container_id" => found.container_id = value,
                b"container_name" => found.container_name = value,
                b"source" => found.source = value,
                b"ecs_cluster" => found.cluster = value,
                b"ecs_task_arn" => found.task_arn = value,
                b"partial_message" => found.partial = value == b"true",
                b"partial_id" => found.partial_id = value,
                b"partial_ordinal" => {
                    found.partial_ordinal =
                        std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
                }
                b"partial_last" => found.partial_last = value == b"true",
                _ => found.has_more = true,
            }
        }
        let is_docker = !found.container_id.is_empty() || !found.container_name.is_empty();
        (found.log.is_some() && is_docker).then_some(found)
    }
}

/// What tells a stream from others, as far as the usual fields say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct StreamFields<'a> {
    tag: &'a [u8],
    container_id: &'a [u8],
    container_name: &'a [u8],
    source: &'a [u8],
    cluster: &'a [u8],
    task_arn: &'a [u8],
}

impl StreamFields<'_> {
    /// A hash of them. What was hashed is left in the buffer, for more.
    #[inline]
    pub(super) fn key(&self, buffer: &mut Vec<u8>) -> u128 {
        buffer.clear();
        let StreamFields { tag, container_id, container_name, source, cluster, task_arn } = *self;
        for field in [tag, container_id, container_name, source, cluster, task_arn] {
            buffer.extend_from_slice(field);
            buffer.push(0xff);
        }
        xxh3_128(buffer)
    }
}

impl<'a> FireLens<'a> {
    fn part(&self) -> Option<Part<'a>> {
        let FireLens { partial_id: id, partial_ordinal: ordinal, partial_last: last, .. } = *self;
        self.partial.then_some(Part { id, ordinal, last })
    }

    /// What the event has in common with others of its stream.
    #[inline]
    pub(super) fn stream(&self, tag: &'a [u8]) -> StreamFields<'a> {
        let FireLens { container_id, container_name, source, cluster, task_arn, .. } = *self;
        StreamFields { tag, container_id, container_name, source, cluster, task_arn }
    }
}

impl Forwarded<'_, '_> {
    /// Takes one event; false when a pattern leaves it out.
    #[inline]
    pub(super) fn event(&mut self, event: &Event<'_>, emit: &mut impl FnMut(Record<'_>)) -> bool {
        let time_ms = if event.time.is_unknown() { self.received_ms } else { event.time.to_ms() };
        let Some(firelens) = FireLens::of(event) else {
            self.record(event, time_ms, emit);
            return true;
        };
        let line = firelens.log.unwrap_or_default();
        if !self.filters.pass(event.tag, line) {
            return false;
        }
        let stream = self.stream(event, &firelens, emit);
        match firelens.part() {
            Some(part) => self.engine.push_part(stream, part, line, time_ms, emit),
            None => self.engine.push(stream, line, time_ms, emit),
        }
        true
    }

    fn stream(
        &mut self,
        event: &Event<'_>,
        firelens: &FireLens<'_>,
        emit: &mut impl FnMut(Record<'_>),
    ) -> sluice_record::StreamId {
        let mut key = firelens.stream(event.tag).key(self.key);
        let mut more = Vec::new();
        if firelens.has_more {
            more = others(event);
            for text in more.iter().flat_map(|(name, value)| [name, value]) {
                self.key.extend_from_slice(text.as_bytes());
                self.key.push(0xff);
            }
            key = xxh3_128(self.key);
        }
        self.streams.of_event(self.engine, key, emit, |place, service| {
            origin(place, service, event.tag, firelens, more)
        })
    }

    /// An event that is no line of a container.
    fn record(&mut self, event: &Event<'_>, time_ms: i64, emit: &mut impl FnMut(Record<'_>)) {
        let stream = self.streams.of_event(self.engine, xxh3_128(event.tag), emit, |place, service| {
            let tag = String::from_utf8_lossy(event.tag).into_owned();
            Origin { attrs: vec![("fluent_tag".to_owned(), tag)], ..place.origin(service) }
        });
        self.json.clear();
        event.record.write_json(self.json);
        self.engine.push(stream, self.json, time_ms, emit);
    }
}

/// Fields that Docker adds by `fluentd` options (labels, environment), or whoever passed the event on.
fn others(event: &Event<'_>) -> Vec<(String, String)> {
    const KNOWN: [&[u8]; 10] = [
        b"log",
        b"container_id",
        b"container_name",
        b"source",
        b"ecs_cluster",
        b"ecs_task_arn",
        b"partial_message",
        b"partial_id",
        b"partial_ordinal",
        b"partial_last",
    ];
    let mut all = Vec::new();
    for (key, value) in event.record.iter() {
        if let (Value::Str(key), Value::Str(value)) = (key, value)
            && !KNOWN.contains(&key)
        {
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            all.push((format!("docker.{}", text(key)), text(value)));
        }
    }
    all
}

/// The container is named by the tag, `<container>-firelens-<task id>`; Docker's own name of it is longer.
pub(super) fn origin(
    place: &Place,
    service: &str,
    tag: &[u8],
    firelens: &FireLens<'_>,
    attrs: Vec<(String, String)>,
) -> Origin {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let tag = text(tag);
    let of_tag = tag.rsplit_once(FIRELENS).filter(|(name, task)| !name.is_empty() && !task.is_empty());
    let mut origin = place.origin(service);
    origin.source = Source::from_word(firelens.source);
    origin.container = Some(match of_tag {
        Some((name, _)) => name.to_owned(),
        None if firelens.container_name.is_empty() => text(firelens.container_id),
        None => text(firelens.container_name.strip_prefix(b"/").unwrap_or(firelens.container_name)),
    });
    if !firelens.cluster.is_empty() {
        origin.cluster = Some(text(firelens.cluster));
    }
    if let Some((_, task)) = of_tag {
        origin.task = Some(task.to_owned());
    } else if !firelens.task_arn.is_empty() {
        let arn = text(firelens.task_arn);
        origin.task = Some(arn.rsplit('/').next().unwrap_or(&arn).to_owned());
    }
    origin.attrs = attrs;
    origin
}
