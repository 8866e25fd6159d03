//! Puts a service together.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use sluice_forward::{HandshakeConfig, ServerHandshake};
use sluice_pipeline::{ArchiveUrl, Fsync, FsyncWhen, Spec};
use sluice_spool::{BootId, Options, SegmentId, Spool};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

use super::core::Core;
use super::counters::{Counters, add};
use super::destination::Archive;
use super::health::Health;
use super::intake::Intake;
use super::listen::accept;
use super::listen::buffers::Buffers;
use super::listen::forward::ForwardClients;
use super::listen::lines;
use super::listen::watched::Unix;
use super::outbox::Outbox;
use super::stop::{Ended, Signals};
use super::{ServiceError, admin, discard, emf, errors, stop, tail, worker};
use crate::diagnostics::{info, warn};
use crate::identity;
use crate::route::{Router, Rules};
use crate::sink::aws;
use crate::sink::logs::LogGroup;
use crate::sink::s3::S3Archive;
use crate::sink::{FolderArchive, Stage};

/// What an entry of the spool needs besides its payload, and what a segment does: its header.
const SPOOL_OVERHEAD: u64 = 68 << 10;
/// How often it is looked whether a segment is old enough.
const AGE_TICK: Duration = Duration::from_millis(100);
/// How often what failed to be deleted is deleted.
const TIDY_TICK: Duration = Duration::from_secs(1);
/// Idle clients of the admin and health ports.
const ADMIN_CLIENTS: usize = 16;

/// Starts everything, waits for the end, and ends it.
pub(super) async fn run(spec: &Spec, config: Option<PathBuf>) -> Result<Ended, ServiceError> {
    let signals = Signals::new()?;
    let boot = boot_id();
    let (place, filters) = identity::find(&spec.ecs).await;
    let mut rules = Rules::of(spec)?;
    rules.filters = filters;
    let options = options(spec, &mut rules, place.to_meta());
    let counters = Rc::new(Counters::default());
    let health = Rc::new(Health::default());
    let folder = spec.spool.dir.clone();
    let (spool, recovery) = Spool::open(&folder, options.clone(), boot)?;
    for torn in &recovery.torn {
        warn("the end of a segment was cut off by a crash", &[("damage", &format!("{torn:?}"))]);
    }
    for aside in &recovery.quarantined {
        warn("a segment cannot be trusted and was set aside", &[("damage", &format!("{aside:?}"))]);
    }
    let (spool, backlog) = without_discarded(spool)?;
    add(&counters.recovered_bytes, spool.total_bytes());
    let reopen = {
        let folder = folder.clone();
        Box::new(move || Ok(Spool::open(&folder, options.clone(), boot_id())?.0))
    };
    let intake = Intake::new(reopen, spool, &rules, &spec.spool, Rc::clone(&counters), Rc::clone(&health));
    let errors_folder = folder.join("errors");
    Stage::prepare(&errors_folder)?;
    let sdk = aws::configuration(spec).await;
    let (archive, s3, bucket) = archive(spec, &folder, &sdk)?;
    let core = Rc::new(Core {
        intake,
        counters,
        health,
        place,
        archive,
        s3,
        bucket,
        outbox: Outbox::default(),
        errors_folder,
        uploads: Rc::new(Semaphore::new(spec.deliver.concurrency)),
        retry: (spec.deliver.retry_base, spec.deliver.retry_max),
        draining: Cell::new(false),
        drain: Notify::new(),
        settled: Notify::new(),
        deliveries: RefCell::default(),
        backlog,
        caught_up: Cell::new(false),
        redactions: RefCell::default(),
        rules: rules.clone(),
    });
    let discarder = discard::discarder(Rc::downgrade(&core), Router::new(rules.clone())?);
    *core.intake.discard.borrow_mut() = Some(Box::new(discarder));

    let mut background = JoinSet::new();
    background.spawn_local(worker::live(Rc::clone(&core), Router::new(rules.clone())?));
    if !core.backlog.is_empty() {
        background.spawn_local(worker::backlog(Rc::clone(&core), Router::new(rules)?));
    }
    let group = LogGroup::new(&sdk, spec.errors.clone());
    let sender = errors::Sender::new(Rc::clone(&core), group, spec.errors.clone(), boot.to_string());
    background.spawn_local(sender.run());
    background.spawn_local(tick(Rc::clone(&core), spec.spool.fsync));
    if spec.metrics.emf {
        let (namespace, every) = (spec.metrics.emf_namespace.clone(), spec.metrics.emf_every);
        background.spawn_local(emf::run(Rc::clone(&core), namespace, every));
    }
    watchers(spec, &core, &mut background).await?;
    let mut inputs = JoinSet::new();
    let stdin_ended = open_inputs(spec, &core, &mut inputs).await?;
    core.health.set_ready(true);
    info(
        "ready",
        &[
            ("version", &env!("CARGO_PKG_VERSION")),
            ("boot", &boot),
            ("config", &config.unwrap_or_default().display()),
            ("archive", &spec.archive.url),
            ("recovered_segments", &core.backlog.len()),
        ],
    );
    let interrupted = stop::wait(signals, stdin_ended).await;
    Ok(stop::end(&core, spec, inputs, background, interrupted).await)
}

/// What tells this run of the process from all others.
fn boot_id() -> BootId {
    let digits = format!("{:012x}", fastrand::u64(..) & 0xffff_ffff_ffff);
    // Twelve hexadecimal digits are one.
    digits.parse().unwrap_or_else(|_| boot_id())
}

/// Options of the spool. An entry must fit into it, and so must a message.
fn options(spec: &Spec, rules: &mut Rules, meta: Vec<u8>) -> Options {
    let longest = rules.forward.max_frame.max(spec.inputs.max_line_bytes.as_usize()) as u64;
    let most = longest.min(spec.spool.max_bytes.0.saturating_sub(SPOOL_OVERHEAD));
    rules.forward.max_frame = rules.forward.max_frame.min(most as usize);
    Options {
        segment_bytes: spec.spool.segment_bytes.0,
        segment_age: spec.spool.segment_age,
        max_bytes: spec.spool.max_bytes.0,
        max_entry_bytes: u32::try_from(most).unwrap_or(u32::MAX),
        fsync: match spec.spool.fsync {
            Fsync::When(FsyncWhen::Never) => sluice_spool::Fsync::Never,
            Fsync::When(FsyncWhen::Seal) | Fsync::Every(_) => sluice_spool::Fsync::Seal,
            Fsync::When(FsyncWhen::Always) => sluice_spool::Fsync::EachAppend,
        },
        recent_ids: spec.spool.recent_ids as usize,
        meta,
    }
}

/// The segments that an earlier run left, without those whose errors were kept when they were to be discarded.
fn without_discarded(mut spool: Spool) -> Result<(Spool, Vec<SegmentId>), ServiceError> {
    let left: Vec<SegmentId> = spool.sealed_segments().iter().map(|info| info.id).collect();
    let (discarded, backlog): (Vec<_>, Vec<_>) =
        left.into_iter().partition(|segment| discard::was_discarded(&spool, *segment));
    for segment in discarded {
        spool.delete(segment)?;
    }
    Ok((spool, backlog))
}

fn archive(
    spec: &Spec,
    spool: &Path,
    sdk: &aws_config::SdkConfig,
) -> Result<(Archive, Option<S3Archive>, Option<String>), ServiceError> {
    match &spec.archive.url {
        ArchiveUrl::File { path } => {
            // Better told now than when the first segment is full.
            FolderArchive::open(path)?;
            Ok((Archive::Folder(path.clone()), None, None))
        }
        ArchiveUrl::S3 { bucket, prefix } => {
            let stage = spool.join("objects");
            Stage::prepare(&stage)?;
            let s3 = S3Archive::new(sdk, bucket.clone(), spec.archive.clone());
            Ok((Archive::S3 { stage, prefix: prefix.clone() }, Some(s3), Some(bucket.clone())))
        }
    }
}

/// What is to be done now and then.
async fn tick(core: Rc<Core>, fsync: Fsync) {
    let mut ages = tokio::time::interval(AGE_TICK);
    let mut tidies = tokio::time::interval(TIDY_TICK);
    let sync_every = match fsync {
        Fsync::Every(every) => Some(every),
        Fsync::When(_) => None,
    };
    let mut syncs = tokio::time::interval(sync_every.unwrap_or(TIDY_TICK));
    loop {
        tokio::select! {
            _ = ages.tick() => core.intake.seal_by_age(),
            _ = tidies.tick() => core.delete_delivered(),
            _ = syncs.tick(), if sync_every.is_some() => core.intake.sync(),
        }
    }
}

/// The ports at which the service is watched.
async fn watchers(spec: &Spec, core: &Rc<Core>, tasks: &mut JoinSet<()>) -> Result<(), ServiceError> {
    if let Some(address) = spec.admin.listen {
        let listener = accept::tcp("admin.listen", address).await?;
        info("watched at", &[("admin", &shown(listener.local_addr()))]);
        let serving = Rc::clone(core);
        tasks.spawn_local(accept::watchers(listener, ADMIN_CLIENTS, move |stream| {
            admin::serve(Rc::clone(&serving), stream)
        }));
    }
    if let Some(address) = spec.health.listen {
        let listener = accept::tcp("health.listen", address).await?;
        tasks.spawn_local(accept::watchers(listener, ADMIN_CLIENTS, admin::firelens));
    }
    Ok(())
}

/// Opens all inputs. Gives what tells that standard input has ended, when it is the only one.
async fn open_inputs(
    spec: &Spec,
    core: &Rc<Core>,
    tasks: &mut JoinSet<()>,
) -> Result<Option<Rc<Notify>>, ServiceError> {
    forward(spec, core, tasks).await?;
    let line_buffers = Buffers::new(0, Duration::ZERO);
    let max_line = spec.inputs.max_line_bytes.as_usize();
    let permits = Arc::new(Semaphore::new(spec.inputs.lines.max_connections as usize));
    let number = Rc::new(Cell::new(0u64));
    let serve = {
        let core = Rc::clone(core);
        let buffers = Rc::clone(&line_buffers);
        move |stream: Box<dyn tokio::io::AsyncRead + Unpin>| {
            number.set(number.get() + 1);
            let source = format!("lines:{}", number.get()).into_bytes();
            lines::serve(Rc::clone(&core), Rc::clone(&buffers), max_line, source, stream)
        }
    };
    if let Some(address) = spec.inputs.lines.tcp {
        let listener = Rc::new(accept::tcp("inputs.lines.tcp", address).await?);
        info("listening for lines", &[("tcp", &shown(listener.local_addr()))]);
        let serve = serve.clone();
        let accepting = move || {
            let listener = Rc::clone(&listener);
            async move { listener.accept().await.map(|(stream, _)| stream) }
        };
        tasks.spawn_local(accept::clients(Rc::clone(core), Arc::clone(&permits), accepting, move |stream| {
            serve(Box::new(stream))
        }));
    }
    if let Some(path) = &spec.inputs.lines.unix {
        let listener = Rc::new(accept::unix("inputs.lines.unix", path)?);
        let accepting = move || {
            let listener = Rc::clone(&listener);
            async move { listener.accept().await.map(|(stream, _)| stream) }
        };
        tasks.spawn_local(accept::clients(Rc::clone(core), permits, accepting, move |stream| {
            serve(Box::new(stream))
        }));
    }
    if !spec.inputs.tail.paths.is_empty() {
        let tailer = tail::open(core, &spec.inputs.tail, max_line)?;
        tasks.spawn_local(tail::follow(Rc::clone(core), tailer, spec.inputs.tail.scan_every));
    }
    let mut ended = None;
    if spec.inputs.stdin.enabled {
        let done = Rc::new(Notify::new());
        if tasks.is_empty() {
            ended = Some(Rc::clone(&done));
        }
        let core = Rc::clone(core);
        tasks.spawn_local(async move {
            lines::serve(core, line_buffers, max_line, b"stdin".to_vec(), tokio::io::stdin()).await;
            done.notify_one();
        });
    }
    Ok(ended)
}

async fn forward(spec: &Spec, core: &Rc<Core>, tasks: &mut JoinSet<()>) -> Result<(), ServiceError> {
    let settings = &spec.inputs.forward;
    let clients = Rc::new(ForwardClients {
        core: Rc::clone(core),
        buffers: Buffers::new(settings.max_buffered.as_usize(), settings.handshake_timeout),
        limits: core.rules.forward,
        handshake_timeout: settings.handshake_timeout,
    });
    let permits = Arc::new(Semaphore::new(settings.max_connections as usize));
    if let Some(path) = &settings.unix {
        let listener = Rc::new(accept::unix("inputs.forward.unix", path)?);
        info("listening for the Forward protocol", &[("unix", &path.display())]);
        let clients = Rc::clone(&clients);
        let accepting = move || {
            let listener = Rc::clone(&listener);
            async move { listener.accept().await.map(|(stream, _)| stream) }
        };
        let serve = move |stream: tokio::net::UnixStream| {
            let clients = Rc::clone(&clients);
            async move { clients.serve(Unix::Watched(stream), "unix".to_owned(), None, None).await }
        };
        tasks.spawn_local(accept::clients(Rc::clone(core), Arc::clone(&permits), accepting, serve));
    }
    let Some(address) = settings.tcp else { return Ok(()) };
    let tls = accept::tls(&settings.tls)?;
    let listener = Rc::new(accept::tcp("inputs.forward.tcp", address).await?);
    info("listening for the Forward protocol", &[("tcp", &shown(listener.local_addr()))]);
    let accepting = move || {
        let listener = Rc::clone(&listener);
        async move {
            let (stream, peer) = listener.accept().await?;
            // Acknowledgements are small and waited for.
            let _ = stream.set_nodelay(true);
            Ok((stream, peer))
        }
    };
    let greeting = greeting(spec, &core.place.task);
    let idle = settings.idle_timeout;
    let serve = move |(stream, peer): (tokio::net::TcpStream, std::net::SocketAddr)| {
        let (clients, tls, greeting) = (Rc::clone(&clients), tls.clone(), greeting.clone());
        async move {
            let peer = peer.to_string();
            let handshake = greeting.map(|config| ServerHandshake::new(config, random()));
            match tls {
                None => clients.serve(stream, peer, handshake, idle).await,
                Some(tls) => {
                    if let Some(stream) = clients.greet_tls(tls.accept(stream), &peer).await {
                        clients.serve(stream, peer, handshake, idle).await;
                    }
                }
            }
        }
    };
    tasks.spawn_local(accept::clients(Rc::clone(core), permits, accepting, serve));
    Ok(())
}

/// The handshake that TCP clients must pass, if they must.
fn greeting(spec: &Spec, host: &str) -> Option<HandshakeConfig> {
    let settings = &spec.inputs.forward;
    if settings.shared_key.is_none() && settings.users.is_empty() {
        return None;
    }
    let text = |secret: &sluice_pipeline::Secret| secret.expose().as_bytes().to_vec();
    Some(HandshakeConfig {
        hostname: host.to_owned(),
        shared_key: settings.shared_key.as_ref().map(text).unwrap_or_default(),
        users: settings.users.iter().map(|user| (user.name.clone(), text(&user.password))).collect(),
        keepalive: true,
    })
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    // Nonces need not be secret, only never the same; but they cost nothing either way.
    if rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty()).is_err() {
        fastrand::fill(&mut bytes);
    }
    bytes
}

fn shown(address: std::io::Result<std::net::SocketAddr>) -> String {
    address.map_or_else(|_| "?".to_owned(), |address| address.to_string())
}
