//! Made-up faces: a picture of every viewer, the same whenever it is asked for.

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;

/// Cells on each side, and pixels on each side of a cell.
const CELLS: usize = 6;
const CELL: usize = 12;
const SIDE: usize = CELLS * CELL;

/// A pattern of `name`, alike on both sides as faces are.
pub fn png(name: &str) -> Vec<u8> {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    let seed = hasher.finish();
    let [red, green, blue, ..] = seed.to_be_bytes();
    let colours = [[red / 2 + 110, green / 2 + 110, blue / 2 + 110], [red / 3, green / 3, blue / 3]];
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::fast());
    for y in 0..SIDE {
        let mut row = vec![0];
        for x in 0..SIDE {
            let (column, line) = (x / CELL, y / CELL);
            let cell = column.min(CELLS - 1 - column) + line * CELLS / 2;
            row.extend(colours[usize::from(seed >> 24 >> cell & 1 == 1)]);
        }
        rows.write_all(&row).expect("writing to memory cannot fail");
    }
    let side = u32::try_from(SIDE).expect("small").to_be_bytes();
    // Eight bits for each of red, green and blue.
    let head = [&side[..], &side, &[8, 2, 0, 0, 0]].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let rows = rows.finish().expect("writing to memory cannot fail");
    for (kind, data) in [(b"IHDR", head), (b"IDAT", rows), (b"IEND", Vec::new())] {
        file.extend(u32::try_from(data.len()).expect("small").to_be_bytes());
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(&data);
        file.extend(kind);
        file.extend(data);
        file.extend(crc.sum().to_be_bytes());
    }
    file
}
