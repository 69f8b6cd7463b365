//! How long requests took, by route.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::time::Duration;

/// Upper bounds in seconds: the budgets of the pages (15, 20, 50 and 80 ms) and steps around them.
const BOUNDS_S: [f64; 8] = [0.005, 0.015, 0.02, 0.05, 0.08, 0.25, 1.0, 5.0];

/// One histogram for each route that was asked for.
#[derive(Debug, Default)]
pub struct Durations(Mutex<BTreeMap<String, Histogram>>);

#[derive(Clone, Copy, Debug, Default)]
struct Histogram {
    within: [u64; BOUNDS_S.len()],
    count: u64,
    sum_s: f64,
}

impl Durations {
    /// Counts one request of `route`, a pattern such as `/sessions/{id}`; patterns are few.
    pub fn observe(&self, route: &str, took: Duration) {
        let took_s = took.as_secs_f64();
        let mut routes = self.0.lock().expect("nothing panics while it is held");
        let histogram = match routes.get_mut(route) {
            Some(histogram) => histogram,
            None => routes.entry(route.to_owned()).or_default(),
        };
        histogram.count += 1;
        histogram.sum_s += took_s;
        for (bound, within) in BOUNDS_S.iter().zip(&mut histogram.within) {
            *within += u64::from(took_s <= *bound);
        }
    }

    /// Appends the histograms as Prometheus text.
    pub fn write_prometheus(&self, text: &mut String) {
        let routes = self.0.lock().expect("nothing panics while it is held").clone();
        text.push_str("# HELP pasut_http_request_duration_seconds Time to answer, by route.\n");
        text.push_str("# TYPE pasut_http_request_duration_seconds histogram\n");
        for (route, histogram) in routes {
            let name = "pasut_http_request_duration_seconds";
            for (bound, within) in BOUNDS_S.iter().zip(histogram.within) {
                let _ = writeln!(text, "{name}_bucket{{route=\"{route}\",le=\"{bound}\"}} {within}");
            }
            let Histogram { count, sum_s, .. } = histogram;
            let _ = writeln!(text, "{name}_bucket{{route=\"{route}\",le=\"+Inf\"}} {count}");
            let _ = writeln!(text, "{name}_sum{{route=\"{route}\"}} {sum_s}");
            let _ = writeln!(text, "{name}_count{{route=\"{route}\"}} {count}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_is_in_every_bucket_that_holds_it() {
        let durations = Durations::default();
        durations.observe("/live", Duration::from_millis(10));
        durations.observe("/live", Duration::from_millis(60));
        durations.observe("/live", Duration::from_secs(9));
        let mut text = String::new();
        durations.write_prometheus(&mut text);
        for line in [
            "pasut_http_request_duration_seconds_bucket{route=\"/live\",le=\"0.005\"} 0",
            "pasut_http_request_duration_seconds_bucket{route=\"/live\",le=\"0.015\"} 1",
            "pasut_http_request_duration_seconds_bucket{route=\"/live\",le=\"0.08\"} 2",
            "pasut_http_request_duration_seconds_bucket{route=\"/live\",le=\"5\"} 2",
            "pasut_http_request_duration_seconds_bucket{route=\"/live\",le=\"+Inf\"} 3",
            "pasut_http_request_duration_seconds_count{route=\"/live\"} 3",
        ] {
            assert!(text.lines().any(|written| written == line), "{line} is missing in\n{text}");
        }
    }
}
