// Builds jalon/ui/static from src/ and node_modules: same lock file, same bytes.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { build } from "esbuild";

const OUT = new URL("../static/", import.meta.url);
const MODULES = new URL("./node_modules/", import.meta.url);
// The script adopts its styles as text: the map never shows before they are there.
const stylesAsText = {
  name: "styles-as-text",
  setup({ onLoad }) {
    onLoad({ filter: /src\/.*\.css$/ }, async ({ path }) => {
      const { outputFiles } = await build(options(path, { plugins: [] }));
      return { contents: outputFiles[0].text, loader: "text" };
    });
  },
};

const LICENCE_FILE = /^(licen[cs]e|copying)(\.(md|txt))?$/i;

await rm(OUT, { recursive: true, force: true });
await mkdir(new URL("leaflet/", OUT), { recursive: true });
await bundle("src/index.js", "map.js");
await bundle("node_modules/leaflet/dist/leaflet.css", "leaflet/leaflet.css");
await copy("maplibre-gl/dist/maplibre-gl-worker.mjs", "map-worker.js");
await copy("leaflet/dist/leaflet.js", "leaflet/leaflet.js");
await writeFile(new URL("LICENSES.txt", OUT), await licences());

async function bundle(entry, file) {
  const { outputFiles } = await build(options(entry, { plugins: [stylesAsText] }));
  await writeFile(new URL(file, OUT), outputFiles[0].contents);
}

function options(entry, { plugins }) {
  return {
    entryPoints: [entry],
    absWorkingDir: new URL(".", import.meta.url).pathname,
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    // An image inside the style sheet is one request less, and none outside.
    loader: { ".png": "dataurl", ".svg": "dataurl" },
    legalComments: "none", // LICENSES.txt holds every text in full
    logLevel: "warning",
    plugins,
  };
}

async function copy(from, to) {
  const text = await readFile(new URL(from, MODULES), "utf8");
  await writeFile(new URL(to, OUT), text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

async function licences() {
  const lock = JSON.parse(await readFile(new URL("package-lock.json", import.meta.url), "utf8"));
  const shipped = Object.entries(lock.packages)
    .filter(([path, entry]) => path && !entry.dev && !entry.optional)
    .map(([path, entry]) => ({ name: path.replace(/^.*node_modules\//, ""), ...entry }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const texts = await Promise.all(shipped.map(licence));
  return `${["Bibliothèques livrées dans ce dossier et leurs licences.", ...texts].join("\n\n")}\n`;
}

async function licence({ name, version, license }) {
  const rule = "=".repeat(72);
  return `${rule}\n${name} ${version} (${license})\n${rule}\n\n${(await licenceText(name)).trim()}`;
}

async function licenceText(name) {
  const folder = new URL(`${name}/`, MODULES);
  const file = (await readdir(folder)).sort().find((entry) => LICENCE_FILE.test(entry));
  if (file) return readFile(new URL(file, folder), "utf8");
  // Some packages leave their licence in the repository: the text is kept here.
  const kept = new URL(`./licences/${name}.txt`, import.meta.url);
  if (!existsSync(kept)) throw new Error(`Aucun texte de licence pour ${name}`);
  return readFile(kept, "utf8");
}
