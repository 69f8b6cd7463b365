//! Memory that was freed, given back to the system.
//!
//! Twenty rooms have many threads allocate what others free, in pieces of a few bytes to a few megabytes. By
//! itself glibc has eight arenas for each processor, each of which keeps the most it ever held, and takes
//! large pieces from them as soon as one as large was freed; after hours that was several times what is in
//! use. Figures are in docs/reliability.md. Other systems' allocators are left as they are.
//!
//! What still lies free between pieces in use is given back page by page, now and then. It is deliberately no
//! allocator of its own. The beginning of a process sets this up, before it has threads, and `housekeeping` tidies.

/// Arenas that threads share. What is allocated most is cached by each thread, so they seldom wait.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const ARENAS: i32 = 2;

/// Pieces from this size on, in bytes, are the system's own and go back when they are freed; so does as much
/// at the end of an arena. It is what glibc begins with, but it stays.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: i32 = 128 << 10;

/// Has the C library's allocator give back what is freed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn give_back() {
    for (what, value) in
        [(libc::M_ARENA_MAX, ARENAS), (libc::M_MMAP_THRESHOLD, LARGE), (libc::M_TRIM_THRESHOLD, LARGE)]
    {
        #[expect(unsafe_code, reason = "it takes two numbers, and has no other way in")]
        // SAFETY: any numbers may be passed; it answers 0 to those it does not take.
        let taken = unsafe { libc::mallopt(what, value) };
        debug_assert_eq!(taken, 1, "glibc knows {what}");
    }
}

/// Gives whole pages back that lie free between pieces in use; milliseconds, in which others wait who allocate.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn tidy() {
    #[expect(unsafe_code, reason = "it takes a number, and has no other way in")]
    // SAFETY: it may be called at any time and by any thread, and touches nothing that is in use.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Nothing that could be told to this system's allocator.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub const fn give_back() {}

/// Nothing that could be told to this system's allocator.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub const fn tidy() {}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;
    use std::hint::black_box;

    /// A piece that is the system's own begins behind its size, in the first bytes of a page.
    fn is_the_systems_own(piece: &[u8]) -> bool {
        piece.as_ptr().addr() % 4096 == 16
    }

    /// By itself glibc serves 20 MiB from an arena once 30 MiB were freed. So much is free in no arena of the tests.
    #[test]
    fn a_large_piece_goes_back_when_it_is_freed_however_large_ones_were_freed_before() {
        give_back();
        for _ in 0..4 {
            drop(black_box(vec![1_u8; 30 << 20]));
            let piece = black_box(vec![1_u8; 20 << 20]);
            assert!(is_the_systems_own(&piece), "glibc raises its limit by itself");
        }
    }

    /// Whether the system keeps memory for the page that holds `address`.
    fn is_kept(address: usize) -> bool {
        let mut kept = 0_u8;
        #[expect(unsafe_code, reason = "the system says it only this way")]
        // SAFETY: it looks at one page, which may be any, and writes the one byte.
        let answered = unsafe { libc::mincore((address & !4095) as *mut libc::c_void, 1, &raw mut kept) };
        answered == 0 && kept & 1 != 0
    }

    #[test]
    fn what_lies_free_between_pieces_in_use_goes_back_when_it_is_tidied() {
        let pieces: Vec<Vec<u8>> = (0..4096).map(|_| black_box(vec![1_u8; 2048])).collect();
        let (stays, goes): (Vec<_>, Vec<_>) =
            pieces.into_iter().enumerate().partition(|(place, _)| place % 32 == 0);
        let freed: Vec<usize> = goes.iter().map(|(_, piece)| piece.as_ptr().addr()).collect();
        drop(goes);
        let kept = || freed.iter().filter(|address| is_kept(**address)).count();
        let before = kept();
        tidy();
        let after = kept();
        assert!(after < before / 2, "of {before} pieces that were freed {after} are still kept");
        drop(stays);
    }
}
