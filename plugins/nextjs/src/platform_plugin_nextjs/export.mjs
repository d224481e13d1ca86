// Builds an adopted Next site to files. Next takes no flag for that, so the site's configuration
// is wrapped: in the mirror where the build runs, never in the site's own folder.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

const MARK = "// The site's configuration, built to files.";
const WRAPPER = "next.config.mjs";
const own = ["js", "mjs", "ts", "mts", "cjs"]
  .map((ending) => ({ ending, name: `next.config.${ending}` }))
  .find(({ name }) => existsSync(name) && !readFileSync(name, "utf8").startsWith(MARK));
const kept = ["js", "mjs", "ts", "mts", "cjs"].map((ending) => `next.config.site.${ending}`);

if (own) {
  // The mirror brings the site's file again when it has changed, or when it is not at its place.
  for (const name of kept) rmSync(name, { force: true });
  renameSync(own.name, `next.config.site.${own.ending}`);
}
const source = kept.find((name) => existsSync(name));
writeFileSync(
  WRAPPER,
  `${MARK}
${source ? `import own from "./${source}";` : "const own = {};"}
export default async (phase, context) => {
  const config = (typeof own === "function" ? await own(phase, context) : own) ?? {};
  return { ...config, output: "export", images: { ...config.images, unoptimized: true } };
};
`,
);
const done = spawnSync("next", ["build"], { stdio: "inherit" });
if (done.error) console.error(`error: ${done.error.message}`);
process.exit(done.status ?? 1);
