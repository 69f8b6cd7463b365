//! Pixels as a PNG file (W3C PNG, third edition): eight bits for each of red, green and blue.

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// Eight bits, colour without transparency, and the only methods there are.
const FORMAT: [u8; 5] = [8, 2, 0, 0, 0];
/// Each row is told as its difference from the row above, because large areas are alike.
const UP: u8 = 2;

/// `pixels` has three bytes for each pixel of `height` rows of `width`.
pub fn encode(width: u32, height: u32, pixels: &[u8]) -> Vec<u8> {
    let row_bytes = width as usize * 3;
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::new(6));
    let mut above = vec![0; row_bytes];
    let mut told = vec![UP; row_bytes + 1];
    for row in pixels.chunks_exact(row_bytes) {
        for ((told, value), above) in told[1..].iter_mut().zip(row).zip(&above) {
            *told = value.wrapping_sub(*above);
        }
        rows.write_all(&told).expect("writing to memory cannot fail");
        above.copy_from_slice(row);
    }
    let rows = rows.finish().expect("writing to memory cannot fail");
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend(FORMAT);
    let mut file = SIGNATURE.to_vec();
    for (kind, data) in [(b"IHDR", head), (b"IDAT", rows), (b"IEND", Vec::new())] {
        chunk(&mut file, *kind, &data);
    }
    file
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).expect("a picture of at most 48 MiB");
    file.extend(length.to_be_bytes());
    let checked = file.len();
    file.extend(kind);
    file.extend(data);
    let mut crc = Crc::new();
    crc.update(&file[checked..]);
    file.extend(crc.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::ZlibDecoder;
    use std::io::Read;

    #[test]
    fn a_file_says_its_size_and_holds_the_very_pixels() {
        let pixels: Vec<u8> = (0..5 * 4 * 3).map(|i| (i * 37 % 251) as u8).collect();
        let file = encode(5, 4, &pixels);
        assert_eq!(file[..8], SIGNATURE);
        assert_eq!(&file[12..16], b"IHDR");
        assert_eq!((file[19], file[23]), (5, 4));
        // From the data of IHDR and its sum to those of IDAT.
        assert_eq!(&file[37..41], b"IDAT");
        let mut rows = Vec::new();
        ZlibDecoder::new(&file[41..]).read_to_end(&mut rows).expect("zlib");
        let mut read = Vec::new();
        let mut above = [0; 15];
        for row in rows.chunks_exact(16) {
            assert_eq!(row[0], UP);
            for (value, above) in row[1..].iter().zip(&mut above) {
                *above = value.wrapping_add(*above);
            }
            read.extend(above);
        }
        assert_eq!(read, pixels);
    }

    #[test]
    fn every_part_has_the_sum_that_readers_check() {
        let file = encode(1, 1, &[1, 2, 3]);
        // The sum of an empty IEND is the same in every PNG.
        assert_eq!(file[file.len() - 4..], [0xae, 0x42, 0x60, 0x82]);
    }
}
