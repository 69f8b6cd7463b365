//! A sound file with a few bytes changed: most of it stays readable, so that the change is reached.

/// A place in the file and what is written over it.
const PATCH: usize = 5;

/// `whole` with the patches that `changes` are: four bytes for where, one for what. A place beyond the end
/// cuts the file off there.
pub fn patched(whole: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut patched = whole.to_vec();
    for change in changes.chunks_exact(PATCH) {
        let place = u32::from_le_bytes([change[0], change[1], change[2], change[3]]) as usize;
        match patched.get_mut(place) {
            Some(byte) => *byte = change[4],
            None => patched.truncate(place % whole.len().max(1)),
        }
    }
    patched
}
