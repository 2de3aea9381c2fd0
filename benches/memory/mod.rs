//! How much memory processes take.

/// The most memory that a process has had, in MB: `self` for this one, or a number; 0 where it is gone.
pub fn peak(process: &str) -> u64 {
    let about = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = about.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or(0) / 1_024
}
