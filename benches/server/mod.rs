//! The program at work, for benches that look at it from outside.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_samverkan");

/// The program at work; it ends with this.
pub struct Server {
    /// Its process.
    pub process: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts it on a database, by another program if there is one, with settings and nothing else of the environment.
    pub fn start(url: &str, by: &[&str], settings: &[(&str, &str)]) -> Self {
        let words = [by, &[PROGRAM, "serve", "--listen", "127.0.0.1:0"]].concat();
        let mut process = Command::new(words[0])
            .args(&words[1..])
            // As anybody would run it, whatever is set here.
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("DATABASE_URL", url)
            .env("LOG", "info")
            .envs(settings.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program, and what starts it");
        let mut lines = BufReader::new(process.stderr.take().expect("its log")).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.split("http://").nth(1)?.split('"').next()?.parse().ok());
        let address = address.expect("the server says where it listens");
        // A log that nobody reads would hold it up.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _status = self.process.wait();
    }
}

/// A SQLite database with the demo, in a folder.
pub fn demo(folder: &Path) -> String {
    let url = format!("sqlite://{}", folder.join("bench.db").display());
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
    let mut import = Command::new(PROGRAM);
    import.arg("import").arg(demo).env_clear().env("DATABASE_URL", &url).stdout(Stdio::null());
    assert!(import.status().expect("the program").success(), "the demo could not be imported");
    url
}
