// Runs Lighthouse for a phone, one page after another, and prints a line of JSON for each run.
// Arguments: the folder that holds node_modules; then JSON with urls, runs, chrome and flags.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, given] = process.argv.slice(2);
const { urls, runs, chrome, flags } = JSON.parse(given);
const require = createRequire(pathToFileURL(join(folder, "package.json")));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { default: lighthouse } = await load("lighthouse");
const { launch } = await load("chrome-launcher");

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const METRICS = {
  first_contentful_paint_ms: "first-contentful-paint",
  largest_contentful_paint_ms: "largest-contentful-paint",
  total_blocking_time_ms: "total-blocking-time",
  layout_shift: "cumulative-layout-shift",
  bytes: "total-byte-weight",
};

const browser = await launch({ chromePath: chrome || undefined, chromeFlags: flags, logLevel: "silent" });
try {
  for (const url of urls) {
    for (let run = 0; run < runs; run += 1) {
      const options = { port: browser.port, onlyCategories: CATEGORIES, disableFullPageScreenshot: true, logLevel: "silent" };
      const { lhr } = await lighthouse(url, options);
      if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
      const scores = Object.fromEntries(CATEGORIES.map((name) => [name, Math.round(lhr.categories[name].score * 100)]));
      const metrics = Object.fromEntries(
        Object.entries(METRICS).map(([name, id]) => [name, lhr.audits[id]?.numericValue ?? null]),
      );
      const machine = lhr.environment.benchmarkIndex;
      process.stdout.write(`${JSON.stringify({ url, scores, metrics, machine, lost: lost(lhr) })}\n`);
    }
  }
} finally {
  await browser.kill();
}

/** Name the audits that cost points, with the first thing that each of them shows. */
function lost(lhr) {
  const found = {};
  for (const category of CATEGORIES) {
    for (const { id, weight } of lhr.categories[category].auditRefs) {
      const audit = lhr.audits[id];
      if (!weight || audit.score === null || audit.score >= 0.9) continue;
      const item = audit.details?.items?.[0];
      const shown = item?.node?.selector ?? item?.url ?? item?.source?.url ?? item?.description ?? audit.displayValue ?? "";
      (found[category] ??= []).push(`${audit.title}${shown ? `: ${shown}` : ""}`);
    }
  }
  return found;
}
