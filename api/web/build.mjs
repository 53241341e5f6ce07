// Bundles the islands and styles into dist/ under content-hashed names, with a manifest that maps
// "workbench.js" to "workbench-4F2A….js". Names change with content, so browsers may cache for ever.
import { build } from "esbuild";
import { readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";

const outdir = "dist";
await rm(outdir, { recursive: true, force: true });

/** `--x: light-dark(a, b);` → light values, and dark ones under the reader's choice or the system's. */
const themes = {
  name: "themes",
  setup({ onLoad }) {
    onLoad({ filter: /tokens\.css$/ }, async ({ path }) => {
      const table = await readFile(path, "utf8");
      const pair = /(--[\w-]+):\s*light-dark\(((?:[^(),]|\([^()]*\))+),\s*((?:[^(),]|\([^()]*\))+)\);/g;
      const dark = [...table.matchAll(pair)].map(([, name, , value]) => `${name}: ${value};`).join(" ");
      const light = table.replace(pair, "$1: $2;");
      if (light.includes("light-dark(")) throw new Error(`${path}: a light-dark() that is no whole value`);
      const contents = `${light}
:root { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; ${dark} }
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { color-scheme: dark; ${dark} } }`;
      return { contents, loader: "css" };
    });
  },
};

const { metafile } = await build({
  entryPoints: ["src/app.ts", "src/workbench.ts", "src/library.ts", "src/search.ts", "src/studio.ts", "styles/app.css", "styles/workbench.css", "styles/studio.css", "styles/icon.svg"],
  entryNames: "[name]-[hash]",
  outdir,
  bundle: true,
  loader: { ".svg": "copy" },
  format: "esm",
  minify: true,
  sourcemap: "linked",
  legalComments: "linked",
  target: ["chrome111", "firefox115", "safari16.4"],
  plugins: [themes],
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
