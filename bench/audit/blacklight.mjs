// node blacklight.mjs URL FOLDER CHROMIUM: what Blacklight finds on a page, as JSON. NODE_MODULES says where it is installed.
import { createRequire } from "node:module";

const { collect } = createRequire(`${process.env.NODE_MODULES}/`)("@themarkup/blacklight-collector");
const [, , url, folder, chromium] = process.argv;
const found = await collect(url, {
  outDir: folder,
  headless: true,
  quiet: true,
  numPages: 0,
  defaultTimeout: 6000,
  captureHar: false,
  saveBrowserProfile: false,
  puppeteerExecutablePath: chromium,
  extraChromiumArgs: ["--no-sandbox", "--host-resolver-rules=MAP * 127.0.0.1"],
});
if (found.status !== "success") throw new Error(JSON.stringify(found));
const { cookies, third_party_trackers, canvas_fingerprinters } = found.reports;
console.log(JSON.stringify({
  cookies: cookies.map((cookie) => cookie.name),
  trackers: third_party_trackers.map((tracker) => tracker.url),
  fingerprinters: canvas_fingerprinters.fingerprinters,
}));
