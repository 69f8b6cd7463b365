//! The memory of a process, as Linux tells it in `/proc`.

/// Resident memory in KiB.
pub fn resident_kib(process: &str) -> i64 {
    let status =
        std::fs::read_to_string(format!("/proc/{process}/status")).expect("this benchmark needs Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
