// Bundles the player into the two files that are shipped. A folder may be named; without one they are written in place.

import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const player = join(dirname(fileURLToPath(import.meta.url)), "../../vizgrad/player");

await build({
  absWorkingDir: player,
  entryPoints: ["js/component.js", "js/standalone.js"],
  outdir: resolve(process.argv[2] ?? join(player, "built")),
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  banner: { js: "// Built from ../js by python -m tests.javascript.build. Edit the modules there, not this file." },
  logLevel: "warning",
});
