// Pictures of every view of the report and of the page: node scripts/screenshots.mjs BUILD_DIR [FOLDER]. `make screenshots` runs it.
//
// PNGs with a palette of 256 colours, small enough to stand beside the text that shows them. Same seed, same pictures.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateSync, inflateSync } from "node:zlib";
import { fragment, launch, serve, stargate, views } from "../tests/browser/lib.mjs";

const build = resolve(process.argv[2] ?? "build");
const folder = resolve(process.argv[3] ?? "docs/img");
const program = join(build, "stargate");
const programme = "programmes/stargate-2025.yaml";
const most = 120_000;

// ---- Few colours: an 8-bit palette by median cut, and PNG (ISO/IEC 15948) with the smaller of two filters ------------------

function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "latin1");
  data.copy(out, 8);
  out.writeUInt32BE(crc(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

const remainders = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n >>> 0;
});

function crc(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = (c >>> 8) ^ remainders[(c ^ byte) & 255];
  return (c ^ 0xffffffff) >>> 0;
}

// Chromium's PNG (8 bits a channel, not interlaced) -> { width, height, pixels: r g b ... }.
function decode(png) {
  let at = 8, width = 0, height = 0, channels = 3;
  const parts = [];
  while (at < png.length) {
    const n = png.readUInt32BE(at), type = png.toString("latin1", at + 4, at + 8), data = png.subarray(at + 8, at + 8 + n);
    if (type === "IHDR") [width, height, channels] = [data.readUInt32BE(0), data.readUInt32BE(4), data[9] === 6 ? 4 : 3];
    if (type === "IDAT") parts.push(data);
    at += 12 + n;
  }
  const raw = inflateSync(Buffer.concat(parts)), row = width * channels, flat = Buffer.alloc(height * row);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)];
    for (let x = 0; x < row; x++) {
      const a = x >= channels ? flat[y * row + x - channels] : 0;
      const b = y > 0 ? flat[(y - 1) * row + x] : 0;
      const c = x >= channels && y > 0 ? flat[(y - 1) * row + x - channels] : 0;
      flat[y * row + x] = raw[y * (row + 1) + 1 + x] + [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter];
    }
  }
  return { width, height, channels, flat };
}

function paeth(a, b, c) {
  const p = a + b - c, [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

// Colours with their counts -> palette of at most `n`, by median cut over the widest channel.
function paletteOf(counts, n) {
  const boxes = [[...counts].map(([rgb, count]) => ({ c: [rgb >> 16, (rgb >> 8) & 255, rgb & 255], count, rgb }))];
  const spread = (box, k) => Math.max(...box.map((e) => e.c[k])) - Math.min(...box.map((e) => e.c[k]));
  const weight = (box) => Math.max(...[0, 1, 2].map((k) => spread(box, k))) * Math.log2(1 + box.reduce((s, e) => s + e.count, 0));
  while (boxes.length < n) {
    const widest = boxes.filter((b) => b.length > 1).sort((a, b) => weight(b) - weight(a))[0];
    if (!widest) break;
    const k = [0, 1, 2].sort((i, j) => spread(widest, j) - spread(widest, i))[0];
    widest.sort((a, b) => a.c[k] - b.c[k]);
    const half = widest.reduce((s, e) => s + e.count, 0) / 2;
    let cut = 0, sum = 0;
    while (cut < widest.length - 1 && (cut === 0 || sum < half)) sum += widest[cut++].count;
    boxes.push(widest.splice(cut));
  }
  const index = new Map(), palette = [];
  for (const box of boxes) {
    // The commonest colour stands for its box: flat areas keep theirs exactly.
    const first = box.reduce((a, b) => (b.count > a.count ? b : a));
    for (const e of box) index.set(e.rgb, palette.length);
    palette.push(first.c);
  }
  return { palette, index };
}

function small(png) {
  const { width, height, channels, flat } = decode(png);
  const counts = new Map();
  const colour = (i) => (flat[i] << 16) | (flat[i + 1] << 8) | flat[i + 2];
  for (let i = 0; i < flat.length; i += channels) counts.set(colour(i), (counts.get(colour(i)) ?? 0) + 1);
  const { palette, index } = paletteOf(counts, 256);
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = index.get(colour((y * width + x) * channels));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", head), chunk("PLTE", Buffer.from(palette.flat())), chunk("IDAT", deflateSync(rows, { level: 9, memLevel: 9 })), chunk("IEND", Buffer.alloc(0)),
  ]);
}

// ---- Pictures -----------------------------------------------------------------------------------------------------------

let greatest = 0;

async function picture(name, shoot) {
  const png = small(await shoot());
  writeFileSync(join(folder, `${name}.png`), png);
  greatest = Math.max(greatest, png.length);
  if (png.length > most) console.error(`${name}.png: ${png.length} bytes, more than ${most}`);
}

const sizes = { desktop: { width: 1200, height: 760 }, phone: { width: 390, height: 780 } };

async function report(browser, url, size, scheme) {
  const page = await browser.newPage({ viewport: sizes[size], colorScheme: scheme, reducedMotion: "reduce" });
  await page.goto(url);
  await page.locator("html[data-drawn]").waitFor();
  for (const id of views) {
    const view = page.getByTestId(`view-${id}`);
    // Twice: what is above may grow while it comes into sight.
    for (let i = 0; i < 2; i++) {
      await view.evaluate((e) => e.scrollIntoView());
      await page.waitForTimeout(250);
    }
    await picture(`${id}-${size}-${scheme}`, () => page.screenshot());
  }
  await page.close();
}

async function live(browser, address, size, scheme) {
  const page = await browser.newPage({ viewport: sizes[size], colorScheme: scheme, reducedMotion: "reduce" });
  const variant = { yaml: readFileSync(programme, "utf8"), set: [], seed: 1, scenarios: 1000, without: true };
  await page.goto(address + fragment(variant));
  await page.locator(".bar[data-phase=done]").waitFor({ timeout: 300_000 });
  await picture(`page-${size}-${scheme}`, () => page.screenshot());
  if (size === "phone") await page.getByTestId("tab-inputs").click();
  await page.getByTestId("promise").selectOption("A33");
  await page.waitForTimeout(300);
  if (size === "phone") await picture(`page-inputs-${size}-${scheme}`, () => page.screenshot());
  if (size === "desktop" && scheme === "light") {
    await page.getByTestId("compare").click();
    await page.getByTestId("slider-supplies.GB200-racks.rate_per_month").press("End");
    await page.locator(".bar[data-phase=running]").waitFor();
    await page.locator(".bar[data-phase=done]").waitFor({ timeout: 300_000 });
    await picture("page-compare", () => page.screenshot());
    await page.getByTestId("uncompare").click();
    await page.keyboard.press("3");
    await page.getByTestId("yaml").locator(".cm-line", { hasText: /^horizon:/ }).click();
    await page.keyboard.press("End");
    await page.keyboard.type(" MW");
    await page.locator(".bar[data-phase=failed]").waitFor();
    await page.waitForTimeout(300);
    await picture("page-yaml", () => page.screenshot());
  }
  await page.close();
}

mkdirSync(folder, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), "stargate-"));
const file = join(scratch, "report.html");
stargate(program, ["run", programme, "--html", file]);
const server = await serve(program, [programme, "--port", "0"]);
const browser = await launch();
try {
  for (const size of Object.keys(sizes))
    for (const scheme of ["light", "dark"]) {
      await report(browser, pathToFileURL(file).href, size, scheme);
      await live(browser, server.address, size, scheme);
    }
} finally {
  await browser.close();
  await server.stop();
  rmSync(scratch, { recursive: true });
}
console.log(`pictures in ${folder}, the greatest ${greatest} bytes`);
if (greatest > most) process.exit(1);
