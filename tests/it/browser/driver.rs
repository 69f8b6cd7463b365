//! A real browser, driven from a test: Chromium without a window, through its own driver.

use fantoccini::error::CmdError;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Whoever waits longer than this waits in vain.
const PATIENCE: Duration = Duration::from_secs(30);

/// One browser with a fresh profile; closed when dropped.
pub struct Browser {
    pub client: Client,
    // Dropped in this order: the profile is still in use until the driver has closed the browser.
    _driver: Driver,
    profile: TempDir,
}

impl Browser {
    /// A window of 1280 x 900 that shows nothing yet.
    pub async fn open() -> Self {
        let driver = Driver::start();
        let profile = tempfile::tempdir().expect("a temporary folder");
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-quic".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--no-proxy-server".to_owned(),
            // A name as another computer has it, of which a browser does not vouch for where a form is from.
            "--host-resolver-rules=MAP pasut.example 127.0.0.1".to_owned(),
            "--lang=en".to_owned(),
            // With a mouse (it hovers, and is fine), which a machine for tests may not have.
            "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"
                .to_owned(),
            "--window-size=1280,900".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        let wanted = json!({
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let wanted: Capabilities = serde_json::from_value(wanted).expect("an object");
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .expect("Chromium starts; ./test --quick leaves these tests out");
        Self { client, _driver: driver, profile }
    }

    /// The folder of its profile, which names its processes.
    #[allow(dead_code, reason = "benchmarks look for them")]
    pub fn profile(&self) -> String {
        self.profile.path().display().to_string()
    }

    pub async fn go(&self, address: &str) {
        self.client.goto(address).await.expect("loads");
    }

    /// What `script`, the body of a function, returns in the page.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|err| panic!("{script}: {err}"))
    }

    /// What the expression is in the page.
    pub async fn see(&self, expression: &str) -> Value {
        self.run(&format!("return {expression};")).await
    }

    /// What can be read in the first element that fits, with every run of spaces as one.
    pub async fn text(&self, selector: &str) -> String {
        let text = self.see(&format!("document.querySelector({})?.innerText", json!(selector))).await;
        let text = text.as_str().unwrap_or_else(|| panic!("no {selector} in the page"));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Waits until the expression is true in the page; a page that is being loaded is asked again.
    pub async fn until(&self, expression: &str) {
        let script = format!("return Boolean({expression});");
        let waiting = async {
            while !matches!(self.client.execute(&script, Vec::new()).await, Ok(Value::Bool(true))) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            let shown = self.client.execute("return document.body.innerText", Vec::new()).await;
            panic!("never {expression} in\n{}", shown.unwrap_or_default().as_str().unwrap_or_default());
        }
    }

    /// Waits until the first element that fits has `text` in it.
    pub async fn until_text(&self, selector: &str, text: &str) {
        let (selector, text) = (json!(selector), json!(text));
        self.until(&format!(
            "document.querySelector({selector})?.innerText.replace(/\\s+/g, ' ').includes({text})"
        ))
        .await;
    }

    pub async fn click(&self, selector: &str) {
        let element = self.client.find(Locator::Css(selector)).await;
        let element = element.unwrap_or_else(|err| panic!("no {selector}: {err}"));
        element.click().await.unwrap_or_else(|err| panic!("{selector} cannot be clicked: {err}"));
    }

    /// Types into what has the focus.
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("at least the body");
        focused.send_keys(keys).await.expect("takes keys");
    }

    /// Makes the window a phone of this width, or any other screen.
    pub async fn resize(&self, width: u32, height: u32) {
        let screen =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700 });
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await;
    }

    pub async fn choose_language(&self, address: &str, lang: &str) {
        let cookie = json!({ "name": "pasut_lang", "value": lang, "url": address });
        self.devtools("Network.setCookie", cookie).await;
    }

    /// A command of Chromium's DevTools protocol.
    pub async fn devtools(&self, cmd: &str, params: Value) -> Value {
        let command = Extension { path: "goog/cdp/execute", body: json!({ "cmd": cmd, "params": params }) };
        self.client.issue_cmd(command).await.unwrap_or_else(|err| panic!("{cmd}: {err}"))
    }

    /// What the page complained about since this was asked last: errors, warnings, refused content.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.log("browser").await.expect("a log");
        let serious =
            entries.iter().filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        serious.map(|entry| entry["message"].to_string()).collect()
    }

    /// Every address that was asked for since this was asked last.
    pub async fn requests(&self) -> Vec<String> {
        let entries = self.log("performance").await.expect("a log");
        let events = entries.iter().filter_map(|entry| {
            serde_json::from_str::<Value>(entry["message"].as_str()?)
                .ok()
                .map(|event| event["message"].clone())
        });
        events
            .filter(|event| event["method"] == "Network.requestWillBeSent")
            .filter_map(|event| event["params"]["request"]["url"].as_str().map(str::to_owned))
            .collect()
    }

    async fn log(&self, kind: &str) -> Result<Vec<Value>, CmdError> {
        let answer =
            self.client.issue_cmd(Extension { path: "se/log", body: json!({ "type": kind }) }).await?;
        Ok(answer.as_array().cloned().unwrap_or_default())
    }
}

/// A command of the driver that the standard does not have.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// The process that starts and closes the browser.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// It ends at once where the port that was free in IPv4 is taken in IPv6; another is tried then.
    fn start() -> Self {
        (0..5).find_map(|_| Self::try_start()).expect("one of five says on which port it listens")
    }

    fn try_start() -> Option<Self> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is on the PATH; ./test --quick leaves these tests out");
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut lines = output.lines().map_while(Result::ok);
        let port = lines
            .find_map(|line| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok());
        let Some(port) = port else {
            process.wait().expect("it ends as its output does");
            return None;
        };
        // Whatever it says later must go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { process, port })
    }
}

impl Drop for Driver {
    /// Asked to shut down it closes its browsers first, which a signal would leave running.
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            let _ =
                stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            let _ = stream.read_to_end(&mut Vec::new());
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
