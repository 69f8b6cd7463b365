//! Least squares with a handful of unknowns, and the same made robust.

/// A symmetric positive definite matrix, split into its Cholesky factor.
#[derive(Clone, Debug)]
pub struct Cholesky {
    size: usize,
    /// Lower triangle, row by row.
    lower: Vec<f64>,
}

impl Cholesky {
    /// Splits a matrix given row by row. A hair is added to the diagonal, so that columns that say
    /// the same share their part instead of failing. `None` if it still is not positive definite.
    #[must_use]
    pub fn of(matrix: &[f64], size: usize) -> Option<Self> {
        let mut lower = matrix.to_vec();
        for i in 0..size {
            for j in 0..=i {
                let ridge = if i == j { 1.0 + 1e-9 } else { 1.0 };
                let done: f64 = (0..j).map(|k| lower[i * size + k] * lower[j * size + k]).sum();
                let rest = matrix[i * size + j] * ridge - done;
                lower[i * size + j] = if i == j {
                    if rest <= 0.0 || !rest.is_finite() {
                        return None;
                    }
                    rest.sqrt()
                } else {
                    rest / lower[j * size + j]
                };
            }
        }
        Some(Self { size, lower })
    }

    /// Solves for one right-hand side, in place.
    pub fn solve(&self, rhs: &mut [f64]) {
        let n = self.size;
        for i in 0..n {
            let done: f64 = (0..i).map(|k| self.lower[i * n + k] * rhs[k]).sum();
            rhs[i] = (rhs[i] - done) / self.lower[i * n + i];
        }
        for i in (0..n).rev() {
            let done: f64 = (i + 1..n).map(|k| self.lower[k * n + i] * rhs[k]).sum();
            rhs[i] = (rhs[i] - done) / self.lower[i * n + i];
        }
    }

    /// The inverse, row by row.
    #[must_use]
    pub fn inverse(&self) -> Vec<f64> {
        let n = self.size;
        let mut inverse = vec![0.0; n * n];
        for (i, row) in inverse.chunks_mut(n).enumerate() {
            row[i] = 1.0;
            self.solve(row);
        }
        inverse
    }
}

/// Inner products of `columns` under `weights`, row by row.
#[must_use]
pub fn gram(columns: &[&[f64]], weights: &[f64]) -> Vec<f64> {
    let size = columns.len();
    let mut matrix = vec![0.0; size * size];
    for i in 0..size {
        for j in 0..=i {
            let sum: f64 =
                columns[i].iter().zip(columns[j]).zip(weights).map(|((a, b), weight)| a * b * weight).sum();
            matrix[i * size + j] = sum;
            matrix[j * size + i] = sum;
        }
    }
    matrix
}

/// Where Huber's loss turns from squares to absolute values, in standard deviations.
const HUBER_K: f64 = 1.5;
const HUBER_ROUNDS: usize = 4;

/// Coefficients of `columns` that fit `outcome` under `weights` (0 leaves a point out), where far
/// points pull with a limited force (Huber 1964; scale by the median absolute deviation).
/// `None` if the columns cannot be told apart at all.
#[must_use]
pub fn huber(columns: &[&[f64]], outcome: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
    let mut robust = weights.to_vec();
    let mut coefficients = weighted(columns, outcome, &robust)?;
    let mut scaled = vec![0.0; outcome.len()];
    for _ in 0..HUBER_ROUNDS {
        for (t, residual) in scaled.iter_mut().enumerate() {
            let fitted: f64 = coefficients.iter().zip(columns).map(|(b, column)| b * column[t]).sum();
            *residual = (outcome[t] - fitted) * weights[t].sqrt();
        }
        let mut sizes: Vec<f64> =
            scaled.iter().zip(weights).filter(|(_, weight)| **weight > 0.0).map(|(r, _)| r.abs()).collect();
        let limit = HUBER_K * 1.4826 * super::series::median(&mut sizes);
        if limit <= 0.0 || limit.is_nan() {
            break;
        }
        for ((robust, weight), residual) in robust.iter_mut().zip(weights).zip(&scaled) {
            *robust = weight * (limit / residual.abs()).min(1.0);
        }
        coefficients = weighted(columns, outcome, &robust)?;
    }
    Some(coefficients)
}

fn weighted(columns: &[&[f64]], outcome: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
    let factor = Cholesky::of(&gram(columns, weights), columns.len())?;
    let mut rhs: Vec<f64> = columns
        .iter()
        .map(|column| column.iter().zip(outcome).zip(weights).map(|((x, y), weight)| x * y * weight).sum())
        .collect();
    factor.solve(&mut rhs);
    Some(rhs)
}

#[cfg(test)]
mod tests {
    use super::super::tests::dice::Dice;
    use super::*;
    use proptest::prelude::*;

    /// B·B′ plus a hair of identity, row by row.
    fn positive_definite(dice: &mut Dice, size: usize) -> Vec<f64> {
        let rows: Vec<Vec<f64>> = (0..size).map(|_| dice.normals(size)).collect();
        let columns: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let mut matrix = gram(&columns, &vec![1.0; size]);
        for i in 0..size {
            matrix[i * size + i] += 0.1;
        }
        matrix
    }

    fn times(matrix: &[f64], vector: &[f64]) -> Vec<f64> {
        matrix.chunks(vector.len()).map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum()).collect()
    }

    proptest! {
        #[test]
        fn any_positive_definite_system_is_solved_and_inverted(seed: u64, size in 1usize..8) {
            let mut dice = Dice::new(seed);
            let matrix = positive_definite(&mut dice, size);
            let wanted = dice.normals(size);
            let factor = Cholesky::of(&matrix, size).expect("it is positive definite");
            let mut solved = times(&matrix, &wanted);
            factor.solve(&mut solved);
            for (solved, wanted) in solved.iter().zip(&wanted) {
                prop_assert!((solved - wanted).abs() < 1e-5, "{solved} is not {wanted}");
            }
            let inverse = factor.inverse();
            for column in 0..size {
                let unit = times(&matrix, &inverse[column * size..(column + 1) * size]);
                for (row, value) in unit.iter().enumerate() {
                    let identity = if row == column { 1.0 } else { 0.0 };
                    prop_assert!((value - identity).abs() < 1e-5, "{value} at {row}, {column}");
                }
            }
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_has_no_factor() {
        for matrix in [[0.0, 0.0, 0.0, 1.0], [1.0, 2.0, 2.0, 1.0], [f64::NAN, 0.0, 0.0, 1.0]] {
            assert!(Cholesky::of(&matrix, 2).is_none(), "{matrix:?}");
        }
    }

    #[test]
    fn columns_that_say_the_same_share_their_part() {
        let mut dice = Dice::new(1);
        let x = dice.normals(200);
        let y: Vec<f64> = x.iter().map(|x| 3.0 * x + 0.1 * dice.normal()).collect();
        let fitted = huber(&[&x, &x], &y, &[1.0; 200]).expect("a hair of ridge tells them apart");
        assert!((fitted[0] + fitted[1] - 3.0).abs() < 0.05, "{fitted:?}");
        assert!((fitted[0] - fitted[1]).abs() < 0.05, "{fitted:?}");
    }

    /// y = 2 + 3x with a little noise, and its intercept column.
    fn line(dice: &mut Dice) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let x = dice.normals(100);
        let y = x.iter().map(|x| 2.0 + 3.0 * x + 0.1 * dice.normal()).collect();
        (vec![1.0; 100], x, y)
    }

    #[test]
    fn far_points_pull_with_a_limited_force() {
        let (ones, x, mut y) = line(&mut Dice::new(2));
        for t in [10, 50, 90] {
            y[t] += 1e6;
        }
        let fitted = huber(&[&ones, &x], &y, &[1.0; 100]).expect("two different columns");
        let squares = weighted(&[&ones, &x], &y, &[1.0; 100]).expect("two different columns");
        assert!((fitted[0] - 2.0).abs() < 0.02 * (squares[0] - 2.0).abs(), "{fitted:?} against {squares:?}");

        for t in [10, 50, 90] {
            y[t] -= 1e6 - 5.0;
        }
        let fitted = huber(&[&ones, &x], &y, &[1.0; 100]).expect("two different columns");
        assert!((fitted[0] - 2.0).abs() < 0.05 && (fitted[1] - 3.0).abs() < 0.05, "{fitted:?}");
    }

    #[test]
    fn points_without_weight_are_left_out() {
        let (ones, x, mut y) = line(&mut Dice::new(3));
        let mut weights = vec![1.0; 100];
        let kept = huber(&[&ones[1..], &x[1..]], &y[1..], &weights[1..]);
        (y[0], weights[0]) = (1e9, 0.0);
        assert_eq!(huber(&[&ones, &x], &y, &weights), kept);
    }
}
