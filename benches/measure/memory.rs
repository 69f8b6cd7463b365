//! The memory of a process, as Linux tells it in `/proc`.

/// Resident memory in KiB.
pub fn resident_kib(process: &str) -> i64 {
    kib(process, "VmRSS")
}

/// Memory in KiB that no other process has and no file holds: what Chromium's task manager calls the footprint of a
/// tab, <https://chromium.googlesource.com/chromium/src/+/main/docs/memory/key_concepts.md>.
pub fn private_kib(process: &str) -> i64 {
    kib(process, "RssAnon") + kib(process, "VmSwap")
}

fn kib(process: &str, what: &str) -> i64 {
    let status =
        std::fs::read_to_string(format!("/proc/{process}/status")).expect("this benchmark needs Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    let line = line.expect("Linux tells it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
