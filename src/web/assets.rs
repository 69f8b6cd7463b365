//! Styles, scripts and images, embedded in the binary and served under names that change with
//! their content, so a browser may keep them for ever.

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::{LazyLock, OnceLock};

/// What a browser may do with an asset: its address changes whenever its content does.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// One served file.
pub struct Asset {
    /// The name templates use, for example `pasut.css`.
    name: &'static str,
    /// The address under which it is served, for example `/assets/pasut-1a2b3c4d5e6f.css`.
    url: String,
    pub content_type: &'static str,
    pub body: Bytes,
    gzipped: OnceLock<Bytes>,
}

impl Asset {
    /// The body compressed, worked out the first time somebody asks.
    pub fn gzipped(&self) -> Bytes {
        self.gzipped
            .get_or_init(|| {
                let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
                let written = gzip.write_all(&self.body).and_then(|()| gzip.finish());
                Bytes::from(written.expect("writing to memory cannot fail"))
            })
            .clone()
    }
}

/// The asset behind the part of an address after `/assets/`.
pub fn find(file_name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.url.strip_prefix(PREFIX) == Some(file_name))
}

/// The address of the asset that templates call `name`.
pub fn url(name: &str) -> &'static str {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    &asset.expect("templates name assets of the table below").url
}

/// The text of an embedded file, by its path in `static/`.
pub fn text(path: &str) -> String {
    let file = Files::get(path).expect("callers name files of this repository");
    String::from_utf8(file.data.into_owned()).expect("they are text")
}

const PREFIX: &str = "/assets/";

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Every served file and the embedded files it is made of, in order.
const PARTS: [(&str, &str, &[&str]); 16] = [
    (
        "pasut.css",
        CSS,
        &[
            "css/order.css",
            "css/tokens.css",
            "css/reset.css",
            "vendor/uPlot-1.6.32.min.css",
            "css/base.css",
            "css/layout.css",
            "css/components.css",
            "css/pages.css",
            "css/states.css",
            "css/print.css",
        ],
    ),
    ("pasut.js", JS, &["js/theme.js", "js/keys.js"]),
    ("copy.js", JS, &["js/copy.js"]),
    ("gallery.js", JS, &["js/copy.js", "js/previews.js"]),
    ("keys-switch.js", JS, &["js/keys-switch.js"]),
    ("polls.js", JS, &["js/polls.js", "js/address.js"]),
    ("chart.js", JS, &["js/lanes.js", "js/later.js"]),
    ("choose.js", JS, &["js/choose.js"]),
    ("later.js", JS, &["js/later.js"]),
    ("address.js", JS, &["js/address.js"]),
    (
        "live.js",
        JS,
        &[
            "js/polls.js",
            "js/address.js",
            "js/feed.js",
            "js/alerts.js",
            "js/lanes.js",
            "js/choose.js",
            "js/grow.js",
        ],
    ),
    ("htmx.js", JS, &["vendor/htmx-4.0.1.min.js"]),
    ("uplot.js", JS, &["vendor/uPlot-1.6.32.iife.min.js"]),
    ("overlay.css", CSS, &["css/overlay.css"]),
    ("overlay.js", JS, &["js/overlay.js"]),
    ("favicon.svg", SVG, &["img/favicon.svg"]),
];

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    PARTS.iter().map(|(name, content_type, files)| assemble(name, content_type, files)).collect()
});

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

fn assemble(name: &'static str, content_type: &'static str, files: &[&str]) -> Asset {
    let mut body = Vec::new();
    for path in files {
        let file = Files::get(path).expect("every part is embedded");
        // uPlot's sheet is in no layer and would win over all of ours.
        let vendored = path.starts_with("vendor/");
        let vendored_css = vendored && path.ends_with(".css");
        if vendored_css {
            body.extend_from_slice(b"@layer vendor {\n");
        }
        match std::str::from_utf8(&file.data) {
            Ok(text) if !vendored => body.extend_from_slice(slim(text, content_type).as_bytes()),
            _ => body.extend_from_slice(&file.data),
        }
        body.extend_from_slice(if vendored_css { b"\n}\n" } else { b"\n" });
    }
    let hash = hex(&Sha256::digest(&body)[..6]);
    let (stem, extension) = name.rsplit_once('.').expect("asset names have an extension");
    Asset {
        name,
        url: format!("{PREFIX}{stem}-{hash}.{extension}"),
        content_type,
        body: body.into(),
        gzipped: OnceLock::new(),
    }
}

/// Our own styles and scripts without comments and idle space, a quarter of what goes over the wire.
fn slim(text: &str, content_type: &str) -> String {
    if content_type == JS {
        return minifier::js::minify(text).expect("a test goes through every script").to_string();
    }
    slim_styles(text)
}

/// Styles keep the spaces within a selector: `.a :is(b)` means something else than `.a:is(b)`, which minifiers forget.
/// It relies on no string in them having the signs of a comment in it, which a test checks.
fn slim_styles(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    for (i, part) in text.split("/*").enumerate() {
        let part = if i == 0 { part } else { part.split_once("*/").map_or("", |(_, code)| code) };
        code.push_str(part);
    }
    let mut slim = String::with_capacity(code.len());
    for line in code.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let is_property = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        match (line.strip_suffix(" {"), line.split_once(": ")) {
            (Some(selector), _) => slim.extend([selector, "{"]),
            (None, Some((property, value))) if is_property(property) => slim.extend([property, ":", value]),
            _ => slim.push_str(line),
        }
        if !line.ends_with(['{', '}', ';', ',']) {
            slim.push('\n');
        }
    }
    slim
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_file_is_found_under_the_address_pages_use() {
        for (name, content_type, _) in PARTS {
            let address = url(name);
            let asset = find(address.strip_prefix(PREFIX).expect(address)).expect(address);
            assert_eq!(asset.content_type, content_type);
            assert!(!asset.body.is_empty(), "{name}");
        }
        assert!(find("pasut.css").is_none(), "an unhashed name would be cached for ever");
        assert!(find("../Cargo.toml").is_none());
    }

    #[test]
    fn the_compressed_body_is_the_same_file() {
        let asset = &ASSETS[0];
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&asset.gzipped()[..]).read_to_end(&mut plain).expect("valid gzip");
        assert_eq!(plain, asset.body);
    }

    #[test]
    fn vendored_files_are_those_of_the_readme() {
        let readme = Files::get("vendor/README.md").expect("embedded");
        let readme = String::from_utf8(readme.data.into_owned()).expect("text");
        let vendored: Vec<_> = Files::iter().filter(|path| path.starts_with("vendor/")).collect();
        assert!(vendored.len() > 4, "{vendored:?}");
        for path in vendored.iter().filter(|path| !path.ends_with("README.md")) {
            let file = Files::get(path).expect("listed");
            let line = format!("{}  {}", hex(&Sha256::digest(&file.data)), &path["vendor/".len()..]);
            assert!(readme.contains(&line), "{line} is not in static/vendor/README.md");
        }
    }

    #[test]
    fn scripts_and_styles_stay_within_their_budget() {
        let gzipped = |names: &[&str]| -> usize {
            let size =
                |name: &&str| ASSETS.iter().find(|asset| asset.name == *name).expect(name).gzipped().len();
            names.iter().map(size).sum()
        };
        for (own, vendored, most) in [
            (&["pasut.js", "polls.js"][..], &["htmx.js"][..], 35),
            (&["pasut.js", "chart.js"], &["uplot.js"], 45),
            (&["pasut.js", "live.js"], &["htmx.js", "uplot.js"], 90),
        ] {
            let script = gzipped(own);
            let budget = if own[1] == "live.js" { 14_000 } else { 6_000 };
            assert!(script <= budget, "{own:?}: {script}");
            let all = script + gzipped(vendored) + gzipped(&["pasut.css"]);
            assert!(all <= most * 1000, "leaves too little for the pages with {own:?}: {all}");
        }
    }

    #[test]
    fn comments_and_idle_space_stay_here_and_nothing_else() {
        let text = "/* why */\n  a {\n    b: c; /* d\n e */\n\n    f: \"g  h\";\n  }\n";
        assert_eq!(slim_styles(text), "a{b:c;f:\"g  h\";}");
        let long = ".a :is(b),\n.c {\n  d:\n    \"e\"\n    \": f\";\n}\n";
        assert_eq!(slim_styles(long), ".a :is(b),.c{d:\n\"e\"\n\": f\";}");
        for path in Files::iter().filter(|path| path.starts_with("css/")) {
            let text = Files::get(&path).expect("listed").data;
            let text = String::from_utf8_lossy(&text);
            for line in text.lines().map(str::trim) {
                let comment = line.find("/*").map(|at| line[..at].trim_end());
                let code = comment.is_none_or(|code| code.is_empty() || code.ends_with(['{', '}', ';', ',']));
                assert!(code, "{path}: {line}");
            }
            assert_eq!(text.matches("/*").count(), text.matches("*/").count(), "{path}");
        }
    }

    #[test]
    fn no_asset_names_another_host() {
        for asset in ASSETS.iter() {
            let text = String::from_utf8_lossy(&asset.body);
            for word in ["url(http", "@import", "fetch('http", "src=\"http"] {
                assert!(!text.contains(word), "{}: {word}", asset.name);
            }
        }
    }
}
