//! What a process costs, as Linux tells it in `/proc`.

use std::time::Duration;

/// User and system time of a process so far, its threads that ended included.
pub fn processor_time(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("this benchmark needs Linux");
    let after_name = stat.rsplit(") ").next().expect("split gives one");
    let ticks = after_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("a number"));
    // Linux counts in hundredths of a second here, on every architecture.
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// The processes of the browser with this profile, as `/proc` names them: the first, and its descendants.
pub fn of_browser(profile: &str) -> anyhow::Result<Vec<String>> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let stat = std::fs::read_to_string(format!("/proc/{name}/stat")).unwrap_or_default();
        let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)).unwrap_or_default();
        parents.push((name, parent.to_owned()));
    }
    let is_of_profile = |name: &String| {
        let started = std::fs::read(format!("/proc/{name}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&started).contains(profile)
    };
    let mut found: Vec<String> = parents.iter().map(|(name, _)| name.clone()).filter(is_of_profile).collect();
    loop {
        let is_new = |(name, parent): &&(String, String)| found.contains(parent) && !found.contains(name);
        let more: Vec<String> = parents.iter().filter(is_new).map(|(name, _)| name.clone()).collect();
        if more.is_empty() {
            break;
        }
        found.extend(more);
    }
    anyhow::ensure!(!found.is_empty(), "no browser runs with {profile}");
    Ok(found)
}
