// Builds the site into out/: pictures first, then Next, then what a web server needs.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { finishServer, finishStatic } from "./finish.mjs";
import { makeImages } from "./images.mjs";

const platform = JSON.parse(readFileSync(".platform/generated/data/platform.json", "utf-8"));
const server = platform.site.rendering === "server";

await makeImages();
const [program, ...words] = server ? ["open-next", "build"] : ["next", "build"];
const done = spawnSync(program, words, { stdio: "inherit" });
if (done.error) throw done.error;
if (done.status) process.exit(done.status);
if (server) finishServer();
else finishStatic();
