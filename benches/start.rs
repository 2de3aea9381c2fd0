//! How soon the program is ready on a database that is there, what it then takes, and how large it is.
//!
//! `cargo bench --bench start`; with `--profile dist` the program as it is distributed.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

mod server;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use self::server::{PROGRAM, Server};

const ROUNDS: usize = 9;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = server::demo(folder.path());
    let (mut times, mut sizes) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (time, memory) = start(&url);
        times.push(time);
        sizes.push(memory);
    }
    times.sort_unstable();
    sizes.sort_unstable();
    let program = std::fs::metadata(PROGRAM).expect("the program").len();
    let [least, median, most] = [0, ROUNDS / 2, ROUNDS - 1].map(|at| times[at].as_millis());
    println!("ready in {median} ms ({least} to {most}, {ROUNDS} times) on a SQLite database that is there");
    let [least, median, most] = [0, ROUNDS / 2, ROUNDS - 1].map(|at| megabytes(sizes[at]));
    println!("then takes {median} MB ({least} to {most}) without being asked anything");
    println!("the program has {} MB", megabytes(program));
}

/// How long until it is ready, and the bytes it has in memory a moment later.
fn start(url: &str) -> (Duration, u64) {
    let begin = Instant::now();
    let server = Server::start(url, &[], &[]);
    let mut answer = String::new();
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    stream.write_all(b"GET /health/ready HTTP/1.0\r\n\r\n").expect("a request");
    stream.read_to_string(&mut answer).expect("an answer");
    let time = begin.elapsed();
    assert!(answer.contains(" 200 "), "{answer}");
    // What it does by itself after the start is done by then.
    std::thread::sleep(Duration::from_secs(1));
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process.id())).expect("Linux");
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.strip_suffix("kB")?.trim().parse::<u64>().ok());
    (time, kib.expect("its memory") * 1024)
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10)
}
