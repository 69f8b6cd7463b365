// What Lighthouse gives each page for its performance and accessibility, in percent: the first visit on a computer of a
// quarter of this one's speed, in a local network. Prints a line for each page; fails if one has less than it must.
// Polls are paused as somebody pauses them: for Lighthouse a page that goes on asking is never loaded. What they cost is
// measured by `cargo bench --bench browser`.
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { connect } from 'puppeteer-core';

const LIVE = { performance: 95, accessibility: 100 };
const OTHER = { performance: 98, accessibility: 100 };
const PAGES = [
  ['/live?creator=mira.plays', LIVE],
  ['/sessions', OTHER],
  ['/sessions/5', OTHER],
  ['/sessions/5?tab=people', OTHER],
  ['/compare?a=5&b=6', OTHER],
  ['/insights?creator=mira.plays&scope=30d', OTHER],
  ['/leaderboards?scope=30d', OTHER],
  ['/creators', OTHER],
  ['/exports', OTHER],
  ['/overlay', OTHER],
  ['/people', OTHER],
  ['/performance', OTHER],
  ['/settings/alerts', OTHER],
  ['/settings/connection', OTHER],
  ['/settings/data', OTHER],
  ['/help', OTHER],
];
// As the budgets have it: no slower network than this one.
const THROTTLING = { cpuSlowdownMultiplier: 4, requestLatencyMs: 0, downloadThroughputKbps: 0, uploadThroughputKbps: 0 };

// Of so many visits the middle one, as Lighthouse advises: it differs by some percent from visit to visit.
const VISITS = 3;
const METRICS = ['first-contentful-paint', 'speed-index', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift'];

async function visit(address, categories) {
  const browser = await launch({ chromeFlags: ['--headless=new', '--no-sandbox'] });
  const connected = await connect({ browserURL: `http://127.0.0.1:${browser.port}`, defaultViewport: null });
  const page = await connected.newPage();
  await page.evaluateOnNewDocument(() => {
    document.addEventListener('DOMContentLoaded', () => { document.documentElement.dataset.paused = ''; });
  });
  const flags = { logLevel: 'error', onlyCategories: categories, throttlingMethod: 'devtools', throttling: THROTTLING };
  const { lhr } = await lighthouse(address, flags, undefined, page);
  await connected.disconnect();
  browser.kill();
  return lhr;
}

const percent = (report, category) => Math.round((report.categories[category].score ?? 0) * 100);
const [base, only] = process.argv.slice(2);
let missed = 0;
for (const [path, must] of PAGES.filter(([path]) => !only || path === only)) {
  const reports = [];
  for (let i = 0; i < VISITS; i += 1) reports.push(await visit(base + path, Object.keys(must)));
  reports.sort((a, b) => percent(a, 'performance') - percent(b, 'performance'));
  const middle = reports[Math.floor(VISITS / 2)];
  const scores = Object.entries(must).map(([category, least]) => {
    const got = percent(middle, category);
    if (got < least) missed += 1;
    return `${category} ${got}${got < least ? ` MISSED, must be at least ${least}` : ''}`;
  });
  const all = reports.map((report) => percent(report, 'performance')).join(', ');
  const parts = METRICS.map((id) => `${id} ${middle.audits[id].displayValue ?? middle.audits[id].errorMessage}`).join(', ');
  console.log(`${path}: ${scores.join(', ')} (visits ${all}; ${parts})`);
  for (const { id, weight } of middle.categories.accessibility.auditRefs) {
    const { score, title } = middle.audits[id];
    if (weight > 0 && score !== null && score < 1) console.log(`  ${id}: ${title}`);
  }
}
process.exit(missed ? 1 : 0);
