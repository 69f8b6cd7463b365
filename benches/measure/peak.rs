//! The most memory that this process had, as Linux tells it in `/proc`.

/// Resident memory in KiB.
pub fn resident_kib() -> i64 {
    status("VmRSS:")
}

/// The most resident memory since [`forget`], in KiB.
pub fn peak_kib() -> i64 {
    status("VmHWM:")
}

/// The peak begins anew (proc(5), `clear_refs`).
pub fn forget() {
    std::fs::write("/proc/self/clear_refs", "5").expect("this benchmark needs Linux");
}

fn status(name: &str) -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this benchmark needs Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux tells it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
