// Fails if the first load of a page is over its limit: script and style, compressed, that the browser
// must have before the page shows. What is loaded later (the map, the SQL editor) does not count.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const DIST = join(import.meta.dirname, "../dist");
const LIMIT_KB = 250;
const AIM_KB = 200;
const PAGES = ["home", "explore", "flows"].map((it) => `src/routes/${it}.tsx`);

const manifest = JSON.parse(readFileSync(join(DIST, ".vite/manifest.json"), "utf8"));

/** The files of a chunk and of all that it imports at once. */
function filesOf(name, found = new Set()) {
  const chunk = manifest[name];
  if (!chunk) throw new Error(`the manifest has no ${name}`);
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const it of chunk.css ?? []) found.add(it);
  for (const it of chunk.imports ?? []) filesOf(it, found);
  return found;
}

const kilobytes = (file) => gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length / 1000;

let isOver = false;
for (const page of PAGES) {
  const files = [...filesOf(page, filesOf("index.html"))];
  const total = files.reduce((sum, it) => sum + kilobytes(it), 0);
  isOver ||= total > LIMIT_KB;
  console.log(
    `${page}: ${total.toFixed(1)} kB of ${LIMIT_KB} (aim ${AIM_KB}), ${files.length} files`,
  );
  if (process.argv.includes("--files")) {
    for (const it of files.toSorted((one, other) => kilobytes(other) - kilobytes(one))) {
      console.log(`  ${kilobytes(it).toFixed(1).padStart(6)} ${it}`);
    }
  }
}
process.exitCode = isOver ? 1 : 0;
