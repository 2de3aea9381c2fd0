//! How soon the program is ready on a database that is there, what it then takes, and how large it is.
//!
//! `cargo bench --bench start`; with `--profile dist` the program as it is distributed.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_samverkan");
const ROUNDS: usize = 9;

/// The program at work; it ends with this.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _status = self.0.wait();
    }
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("bench.db").display());
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
    let mut import = Command::new(PROGRAM);
    import.arg("import").arg(demo).env_clear().env("DATABASE_URL", &url).stdout(Stdio::null());
    assert!(import.status().expect("the program").success(), "the demo could not be imported");
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
    let child = Command::new(PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env_clear()
        .env("DATABASE_URL", url)
        .env("LOG", "info")
        .stderr(Stdio::piped())
        .spawn();
    let mut server = Server(child.expect("the program"));
    let mut lines = BufReader::new(server.0.stderr.take().expect("its log")).lines().map_while(Result::ok);
    let address = lines.find_map(|line| Some(line.split("http://").nth(1)?.split('"').next()?.to_owned()));
    let address = address.expect("the server says where it listens");
    let mut answer = String::new();
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(b"GET /health/ready HTTP/1.0\r\n\r\n").expect("a request");
    stream.read_to_string(&mut answer).expect("an answer");
    let time = begin.elapsed();
    assert!(answer.contains(" 200 "), "{answer}");
    // What it does by itself after the start is done by then.
    std::thread::sleep(Duration::from_secs(1));
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.0.id())).expect("Linux");
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.strip_suffix("kB")?.trim().parse::<u64>().ok());
    (time, kib.expect("its memory") * 1024)
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10)
}
