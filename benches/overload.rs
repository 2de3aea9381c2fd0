//! Five times more than the server can do: how much it still does, what becomes of the rest, and how soon all is well.
//!
//! `cargo bench --bench overload` takes two minutes. The program serves the demo on one core, the load comes from
//! another, so that what it takes to make five times the load is not missed by the server. Only ratios mean much.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

mod server;

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use self::server::Server;

const QUERY: &str = "{ projects(first: 20) { nodes { name owner { name } partnerships(first: 5) { nodes { organisation { name } } } \
    financing { total { amount currency } } } } }";
const PACE: Duration = Duration::from_secs(5);
const OVERLOAD: Duration = Duration::from_secs(30);
const ROUNDS: usize = 3;

#[derive(Default)]
struct Counts {
    answered: AtomicU64,
    sent_away: AtomicU64,
    other: AtomicU64,
    micros: AtomicU64,
}

/// Two cores that this may run on: for the program and for the load.
fn cores() -> (String, String) {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let allowed =
        status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).expect("cores").trim();
    let ends = |range: &str| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        [first.to_owned(), last.to_owned()]
    };
    let ends: Vec<String> = allowed.split(',').flat_map(ends).collect();
    // The first and the last are least likely to be halves of one.
    let (first, last) = (ends[0].clone(), ends[ends.len() - 1].clone());
    assert!(first != last, "this takes two cores");
    (first, last)
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let (program_core, load_core) = cores();
    // The question is always the same: every answer is made anew.
    let settings = [("RESPONSE_CACHE", "0"), ("RATE_LIMIT", "0")];
    let server = Server::start(&server::demo(folder.path()), &["taskset", "-c", &program_core], &settings);
    let own = std::process::id().to_string();
    let pinned = Command::new("taskset").args(["-acp", &load_core, &own]).stdout(Stdio::null()).status();
    assert!(pinned.is_ok_and(|status| status.success()), "this takes two cores");
    tokio::runtime::Runtime::new().expect("a runtime").block_on(run(server.address));
    drop(server);
}

async fn run(address: SocketAddr) {
    let alone = load(address, 1, None, PACE).await;
    println!("alone: {:.2} ms a request", latency(&alone));
    let mut ratios = Vec::new();
    let mut after = load(address, 16, None, PACE).await;
    for _ in 0..ROUNDS {
        let before = rate(&after, PACE);
        let over = load(address, 1_000, Some(5.0 * before), OVERLOAD).await;
        let answered_in = latency(&over);
        after = load(address, 16, None, PACE).await;
        // The machine's own pace changes from minute to minute, so what surrounds the overload is what it is held against.
        let best = f64::midpoint(before, rate(&after, PACE));
        let goodput = rate(&over, OVERLOAD);
        ratios.push(goodput / best);
        println!(
            "best {before:.0} a second before and {:.0} in the {} s after; offered {:.0}: answered {goodput:.0} ({:.0} % of the best), \
             {answered_in:.0} ms each; sent away {}, anything else {}",
            rate(&after, PACE),
            PACE.as_secs(),
            5.0 * before,
            100.0 * goodput / best,
            over.sent_away.load(Relaxed),
            over.other.load(Relaxed),
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!("median: {:.0} % of the best under five times the load", 100.0 * ratios[ratios.len() / 2]);
}

/// Sends requests on some connections for some time: as fast as they are answered, or so many a second in all.
async fn load(address: SocketAddr, connections: u32, per_second: Option<f64>, time: Duration) -> Arc<Counts> {
    let counts = Arc::new(Counts::default());
    let begin = Instant::now();
    let next = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            tokio::spawn(ask(
                address,
                Arc::clone(&counts),
                Arc::clone(&next),
                per_second,
                begin,
                begin + time,
            ))
        })
        .collect();
    for task in tasks {
        task.await.expect("a client");
    }
    counts
}

async fn ask(
    address: SocketAddr,
    counts: Arc<Counts>,
    next: Arc<AtomicU64>,
    per_second: Option<f64>,
    begin: Instant,
    end: Instant,
) {
    let body = serde_json::json!({ "query": QUERY }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream: Option<TcpStream> = None;
    while Instant::now() < end {
        if let Some(per_second) = per_second {
            #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
            let due = begin + Duration::from_secs_f64(next.fetch_add(1, Relaxed) as f64 / per_second);
            if due >= end {
                break;
            }
            tokio::time::sleep_until(due.into()).await;
        }
        let asked = Instant::now();
        let connected = match stream.take() {
            Some(stream) => Ok(stream),
            None => TcpStream::connect(address).await,
        };
        let Ok(mut connection) = connected else {
            counts.other.fetch_add(1, Relaxed);
            continue;
        };
        match exchange(&mut connection, request.as_bytes()).await {
            Some(200) => {
                counts.answered.fetch_add(1, Relaxed);
                let micros = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
                counts.micros.fetch_add(micros, Relaxed);
                stream = Some(connection);
            }
            Some(503) => {
                counts.sent_away.fetch_add(1, Relaxed);
                stream = Some(connection);
            }
            _ => {
                counts.other.fetch_add(1, Relaxed);
            }
        }
    }
}

/// Sends a request and reads its whole answer; gives the status.
async fn exchange(stream: &mut TcpStream, request: &[u8]) -> Option<u16> {
    stream.write_all(request).await.ok()?;
    let mut answer = Vec::with_capacity(16 * 1024);
    loop {
        if stream.read_buf(&mut answer).await.ok()? == 0 {
            return None;
        }
        let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
        let length =
            text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())?;
        if answer.len() >= head + 4 + length {
            return text.split(' ').nth(1)?.parse().ok();
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of requests")]
fn rate(counts: &Counts, time: Duration) -> f64 {
    counts.answered.load(Relaxed) as f64 / time.as_secs_f64()
}

/// Milliseconds that an answer took on average.
#[expect(clippy::cast_precision_loss, reason = "a count of requests")]
fn latency(counts: &Counts) -> f64 {
    counts.micros.load(Relaxed) as f64 / 1_000.0 / counts.answered.load(Relaxed).max(1) as f64
}
