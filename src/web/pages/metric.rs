//! The name of a number with a button that says what it means, without script: the browser opens the
//! text above the page, and closes it by Esc or a click elsewhere.

use crate::words::Words;
use askama::Template;

/// Put it where the name would stand, as `{{ metric|safe }}`; once a page, because it has an id.
#[derive(Template)]
#[template(path = "fragments/metric.html")]
pub struct Metric {
    id: String,
    name: String,
    ask: String,
    means: String,
}

/// The numbers whose meaning is not plain from their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricName {
    ViewersNow,
    Average,
    Peak,
    Hold,
    ViewerHours,
    Engaged,
    FollowRate,
    GifterRate,
    ValueRate,
    NewReturning,
    ReturnRate,
    Coverage,
}

impl Metric {
    #[must_use]
    pub fn new(name: MetricName, w: &Words) -> Self {
        let (key, means) = name.keys();
        let name = w.t(key).into_owned();
        Self {
            id: format!("about-{key}"),
            ask: w.with("metric-ask", [("metric", name.as_str().into())]),
            means: w.t(means).into_owned(),
            name,
        }
    }
}

impl MetricName {
    /// The keys of its name and of what it means.
    const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::ViewersNow => ("metric-viewers-now", "metric-viewers-now-means"),
            Self::Average => ("metric-average", "metric-average-means"),
            Self::Peak => ("metric-peak", "metric-peak-means"),
            Self::Hold => ("metric-hold", "metric-hold-means"),
            Self::ViewerHours => ("metric-viewer-hours", "metric-viewer-hours-means"),
            Self::Engaged => ("metric-engaged", "metric-engaged-means"),
            Self::FollowRate => ("metric-follow-rate", "metric-follow-rate-means"),
            Self::GifterRate => ("metric-gifter-rate", "metric-gifter-rate-means"),
            Self::ValueRate => ("metric-value-rate", "metric-value-rate-means"),
            Self::NewReturning => ("metric-new-returning", "metric-new-returning-means"),
            Self::ReturnRate => ("metric-return-rate", "metric-return-rate-means"),
            Self::Coverage => ("metric-coverage", "metric-coverage-means"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[test]
    fn a_button_named_after_the_number_opens_its_meaning() {
        let shown = Metric::new(MetricName::Hold, Words::of(Lang::Id)).render().expect("renders");
        assert!(shown.starts_with("Kurva bertahan"), "{shown}");
        assert!(shown.contains(r#"popovertarget="about-metric-hold" aria-label="Apa ini: Kurva bertahan""#));
        assert!(shown.contains(r#"id="about-metric-hold" popover>Penonton dibagi puncak"#), "{shown}");
    }
}
