//! Which rises and falls of the recorded count deserve an explanation: the public rule of the first generator
//! (`grid_viewers` and `notable_windows`), to the letter, because the scorer compares windows by it.

use crate::session::Line;

pub const GRID_S: i64 = 10;
pub const WINDOW_S: i64 = 120;

/// A notable change, from grid cell `cell` on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Notable {
    pub cell: usize,
    pub change: f64,
}

/// The median of the samples in each 10 s cell, carried forward at most 60 s, then a running median of 3.
pub fn grid(lines: &[Line], duration_s: i64) -> Vec<Option<f64>> {
    let mut cells = vec![Vec::new(); (duration_s / GRID_S) as usize];
    for line in lines.iter().filter(|line| line.kind == "viewers") {
        if let Some(cell) = cells.get_mut((line.t_ms / (GRID_S * 1000)) as usize) {
            cell.push(f64::from(line.count));
        }
    }
    let mut carried = Vec::with_capacity(cells.len());
    let (mut last, mut age) = (None, 99);
    for cell in &mut cells {
        if cell.is_empty() {
            age += 1;
        } else {
            (last, age) = (Some(median(cell)), 0);
        }
        carried.push(if age <= 6 { last } else { None });
    }
    let mut steady = carried.clone();
    for i in 1..carried.len().saturating_sub(1) {
        if let [Some(a), Some(b), Some(c)] = carried[i - 1..=i + 1] {
            steady[i] = Some(median(&mut [a, b, c]));
        }
    }
    steady
}

/// Changes over 120 s of at least max(4, 3*sqrt(v), 10 % of v), v at the start; the largest against that first, none
/// overlapping, in order of time.
pub fn notable(grid: &[Option<f64>]) -> Vec<Notable> {
    let width = (WINDOW_S / GRID_S) as usize;
    let changes: Vec<(f64, f64)> = (0..grid.len().saturating_sub(width))
        .map(|i| match (grid[i], grid[i + width]) {
            (Some(start), Some(end)) => {
                let threshold = f64::max(4.0, 3.0 * start.max(0.0).sqrt()).max(0.10 * start);
                (end - start, (end - start).abs() / threshold)
            }
            _ => (0.0, 0.0),
        })
        .collect();
    let mut order: Vec<usize> = (0..changes.len()).collect();
    order.sort_by(|a, b| changes[*b].1.total_cmp(&changes[*a].1));
    let mut taken = vec![false; changes.len()];
    let mut found = Vec::new();
    for cell in order.into_iter().take_while(|i| changes[*i].1 >= 1.0) {
        if !taken[cell] {
            found.push(Notable { cell, change: changes[cell].0 });
            let end = (cell + width).min(taken.len());
            taken[(cell + 1).saturating_sub(width)..end].fill(true);
        }
    }
    found.sort_by_key(|notable| notable.cell);
    found
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_one_window_and_a_single_wrong_cell_is_none() {
        let mut counts: Vec<u32> = (0..60).map(|i| if i < 30 { 100 } else { 150 }).collect();
        counts[10] = 300;
        let lines: Vec<Line> = counts
            .iter()
            .enumerate()
            .map(|(i, count)| Line::viewers(i as i64 * 10_000 + 5, *count))
            .collect();
        let found = notable(&grid(&lines, 600));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].change, 50.0);
        assert!((18..30).contains(&found[0].cell));
    }

    #[test]
    fn a_count_is_carried_over_a_minute_of_silence_and_no_longer() {
        let lines = [Line::viewers(0, 40), Line::viewers(200_000, 90)];
        let grid = grid(&lines, 300);
        assert_eq!((grid[6], grid[7], grid[20]), (Some(40.0), None, Some(90.0)));
        assert!(notable(&grid).is_empty(), "nothing is known of the start or the end of any window");
    }
}
