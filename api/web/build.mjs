// Bundles the islands and styles into dist/ under content-hashed names, with a manifest that maps
// "workbench.js" to "workbench-4F2A….js". Names change with content, so browsers may cache for ever.
import { build } from "esbuild";
import { rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";

const outdir = "dist";
await rm(outdir, { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: ["src/app.ts", "src/workbench.ts", "styles/app.css", "styles/workbench.css", "styles/icon.svg"],
  entryNames: "[name]-[hash]",
  outdir,
  bundle: true,
  loader: { ".svg": "copy" },
  format: "esm",
  minify: true,
  sourcemap: "linked",
  legalComments: "linked",
  target: ["chrome111", "firefox115", "safari16.4"],
  metafile: true,
  logLevel: "warning",
});

const files = {};
for (const [path, output] of Object.entries(metafile.outputs)) {
  if (!output.entryPoint) continue;
  files[basename(output.entryPoint).replace(/\.ts$/, ".js")] = basename(path);
}
await writeFile(
  `${outdir}/manifest.json`,
  JSON.stringify({ sources: process.env.CALLQA_SOURCES ?? "", files }, null, 1) + "\n",
);
