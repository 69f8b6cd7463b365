//! The one door to the system's own figures.

use crate::domain::machine::Room;
use std::path::Path;
use sysinfo::{
    CpuRefreshKind, DiskRefreshKind, Disks, MemoryRefreshKind, Pid, ProcessRefreshKind, ProcessesToUpdate,
    RefreshKind, System, get_current_pid,
};

/// The computer, and Pasut on it, at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Of all processors together, since the sample before.
    pub cpu_percent: f64,
    /// Pasut's part of it.
    pub own_cpu_percent: f64,
    /// Of all memory, what programs could not have any more.
    pub memory_percent: f64,
    pub own_memory_bytes: u64,
    /// The disk that holds the data; `None` where the system does not tell.
    pub disk: Option<Space>,
}

/// Room on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    pub total_bytes: u64,
    pub free_bytes: u64,
}

/// What is free on the disk that holds `folder`, now. It asks the system, which may take a moment. `None` if
/// it does not answer or there is no such folder.
#[must_use]
pub fn room(folder: &Path) -> Option<Room> {
    let mut disks = Disks::new_with_refreshed_list_specifics(storage()).ok()?;
    let at = holding(&disks, folder)?;
    let disk = &mut disks[at];
    Some(Room { disk: disk.mount_point().to_owned(), free_bytes: space(disk)?.free_bytes })
}

/// Takes samples. Each says what happened since the one before, so the first is a few seconds after the start.
pub struct Sampler {
    system: System,
    own: Pid,
    processors: f64,
    disks: Disks,
    /// Which of the disks holds the data.
    disk: Option<usize>,
}

impl Sampler {
    /// A sampler of this process and of the disk that holds `folder`. `None` on a system that tells nothing.
    #[must_use]
    pub fn new(folder: &Path) -> Option<Self> {
        let cpu = CpuRefreshKind::nothing().with_usage();
        let system = System::new_with_specifics(RefreshKind::nothing().with_cpu(cpu)).ok()?;
        let own = get_current_pid().ok()?;
        let processors = system.cpus().len().max(1) as f64;
        let disks = Disks::new_with_refreshed_list_specifics(storage()).ok()?;
        folder.canonicalize().ok()?;
        let disk = holding(&disks, folder);
        Some(Self { system, own, processors, disks, disk })
    }

    /// The figures now. It asks the system, which may take a moment. `None` if it does not answer.
    pub fn sample(&mut self) -> Option<Sample> {
        self.system.refresh_cpu_usage();
        self.system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        let kind = ProcessRefreshKind::nothing().with_cpu().with_memory().without_tasks();
        self.system.refresh_processes_specifics(ProcessesToUpdate::Some(&[self.own]), false, kind);
        let own = self.system.process(self.own)?;
        let total = self.system.total_memory();
        let taken = total.saturating_sub(self.system.available_memory());
        Some(Sample {
            cpu_percent: f64::from(self.system.global_cpu_usage()),
            own_cpu_percent: f64::from(own.cpu_usage()) / self.processors,
            memory_percent: taken as f64 / total.max(1) as f64 * 100.0,
            own_memory_bytes: own.memory(),
            disk: self.disk.and_then(|at| space(&mut self.disks[at])),
        })
    }
}

/// Which of the disks holds a folder: the one mounted deepest on its path.
fn holding(disks: &Disks, folder: &Path) -> Option<usize> {
    let folder = folder.canonicalize().ok()?;
    let holding = disks.iter().enumerate().filter(|(_, disk)| folder.starts_with(disk.mount_point()));
    holding.max_by_key(|(_, disk)| disk.mount_point().as_os_str().len()).map(|(at, _)| at)
}

fn space(disk: &mut sysinfo::Disk) -> Option<Space> {
    disk.refresh_specifics(storage());
    let space = Space { total_bytes: disk.total_space(), free_bytes: disk.available_space() };
    (space.total_bytes > 0).then_some(space)
}

fn storage() -> DiskRefreshKind {
    DiskRefreshKind::nothing().with_storage()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn work_for(time: Duration) {
        let (began, mut sum) = (Instant::now(), 0_u64);
        while began.elapsed() < time {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
    }

    #[test]
    fn a_busy_process_is_seen_to_be_busy() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut sampler = Sampler::new(folder.path()).expect("a system that tells");
        // What a process took shows from its second sample on.
        let samples: Vec<_> = (0..8)
            .map(|_| {
                work_for(Duration::from_millis(300));
                sampler.sample().expect("an answer")
            })
            .collect();
        let busiest = samples.iter().map(|sample| sample.own_cpu_percent).fold(0.0, f64::max);
        assert!((1.0..=101.0).contains(&busiest), "{samples:?}");
        let sample = samples[7];
        assert!((0.1..=100.1).contains(&sample.cpu_percent), "{sample:?}");
        assert!(sample.own_memory_bytes > 1_000_000, "{sample:?}");
        assert!((0.0..=100.0).contains(&sample.memory_percent), "{sample:?}");
        assert!(sample.disk.is_none_or(|disk| disk.free_bytes <= disk.total_bytes), "{sample:?}");
    }
}
