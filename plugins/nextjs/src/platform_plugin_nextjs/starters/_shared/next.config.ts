import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { NextConfig } from "next";

const platform = JSON.parse(readFileSync(".platform/generated/data/platform.json", "utf-8"));
const server: boolean = platform.site.rendering === "server";

/** Names the code, not the content: a changed entry must leave all other pages as they are. */
function codeVersion(): string {
  const hash = createHash("sha256").update(readFileSync("package-lock.json"));
  for (const folder of ["app", "components", "lib", "templates"]) {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf-8" }).sort()) {
      if (/\.(tsx?|css)$/.test(name)) hash.update(name).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

const config: NextConfig = {
  output: server ? "standalone" : "export",
  // A route may have two forms: page.static.tsx for files, page.server.tsx for answers at request time.
  pageExtensions: [...(server ? ["server.tsx", "server.ts"] : ["static.tsx", "static.ts"]), "tsx", "ts"],
  trailingSlash: true,
  generateBuildId: codeVersion,
  images: { loader: "custom", loaderFile: "./lib/image-loader.ts" },
  // Metadata stands in the head of every answer: what is added later needs inline scripts.
  htmlLimitedBots: /.*/,
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run check` looks at types; a changed text should not wait for it.
  typescript: { ignoreBuildErrors: true },
  experimental: { turbopackFileSystemCacheForBuild: true },
};

export default config;
