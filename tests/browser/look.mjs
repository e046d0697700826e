// Looks at every page that each reader can reach, in a real browser: in both languages, wide and
// at 375 pixels, light and dark. Reads its task as JSON from standard input:
//   {base, chromium, routes: ["/classes/{class}", …], readers: [{who, account, password}, …],
//    upload: {page, kind, name, text}, apply: {page, typed: {field: text}, entry, file, picture, step}}
// and prints {visited, missed, problems} as JSON. tests/it/browser.rs runs it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const task = JSON.parse(readFileSync(0, "utf8"));
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 375, height: 800 };
const problems = [];
const visited = [];

const patterns = task.routes.map((route) => ({
  route,
  matches: new RegExp("^" + route.split(/\{[^}]*\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, "\\$&")).join("[^/]+") + "$"),
  // A route without a variable part is the better name for a page than one with.
  fixed: !route.includes("{"),
})).sort((a, b) => b.fixed - a.fixed);

function routeOf(url) {
  const path = decodeURI(new URL(url).pathname);
  return patterns.find((pattern) => pattern.matches.test(path))?.route ?? path;
}

function problem(place, what, detail) {
  problems.push({ ...place, what, detail });
}

async function signIn(page, reader) {
  await page.goto(task.base + "/sign-in");
  await page.fill("#account", reader.account);
  await page.fill("#password", reader.password);
  await Promise.all([page.waitForNavigation(), page.click("main form button")]);
  if (new URL(page.url()).pathname === "/sign-in") throw new Error(`${reader.who} cannot sign in`);
}

async function speak(page, lang) {
  await page.goto(task.base + "/");
  const now = await page.getAttribute("html", "lang");
  if (now !== lang.html) {
    const choice = page.locator(`header :is(a, button)[lang="${lang.html}"]`).first();
    await Promise.all([page.waitForNavigation(), choice.click()]);
  }
  const then = await page.getAttribute("html", "lang");
  if (then !== lang.html) problem({ url: page.url() }, "language", `asked for ${lang.html}, got ${then}`);
}

async function rules(page, place) {
  // A text is evaluated by the debugger, which the page's own policy on scripts does not concern.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe + ";undefined");
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, {
      runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] },
      resultTypes: ["violations"],
      preload: false,
    });
    return result.violations.map((violation) => ({
      id: violation.id,
      help: violation.help,
      nodes: violation.nodes.slice(0, 3).map((node) => `${node.target.join(" ")}: ${node.failureSummary}`),
    }));
  });
  for (const violation of found) problem(place, `axe: ${violation.id}`, violation);
}

async function fits(page, place) {
  const width = await page.evaluate(() => ({
    page: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
    widest: [...document.querySelectorAll("main *, header *, footer *")]
      .map((element) => [element.getBoundingClientRect().right, element])
      .filter(([right, element]) => right > innerWidth + 1 && !element.closest(".scroll, [tabindex='0'], .hidden"))
      .map(([right, element]) => `${element.tagName.toLowerCase()}.${element.className}: ${Math.round(right)}`)
      .slice(0, 3),
  }));
  if (width.page > width.window) problem(place, "wider than the phone", width);
}

async function look(page, place, url) {
  const errors = [];
  const hear = (message) => message.type() === "error" && errors.push(message.text());
  const fail = (error) => errors.push(String(error));
  page.on("console", hear);
  page.on("pageerror", fail);
  try {
    await page.setViewportSize(WIDE);
    let answer;
    try {
      answer = await page.goto(url);
    } catch (error) {
      // A file for download has no page to look at.
      if (/Download is starting|net::ERR_ABORTED/.test(String(error))) return [];
      throw error;
    }
    if (!answer || answer.status() >= 400) problem(place, "status", answer?.status());
    if (!(answer?.headers()["content-type"] ?? "").includes("html")) return [];
    if ((await page.locator("h1").count()) !== 1) problem(place, "headings", "not exactly one h1");
    // What the page itself did wrong, before the rules are run on it.
    const own = errors.slice();
    // The rules are run once a visit, on the wide page of one tour and on the narrow one of the other.
    if (place.scheme === "light") await rules(page, { ...place, at: "wide" });
    await page.setViewportSize(PHONE);
    await fits(page, place);
    if (place.scheme === "dark") await rules(page, { ...place, at: "phone" });
    for (const error of own) problem(place, "console", error);
    // Where links lead, and forms that ask without changing anything, as they stand.
    return await page.evaluate(() => [
      ...[...document.querySelectorAll("a[href]")].filter((a) => !a.hasAttribute("download")).map((a) => a.href.split("#")[0]),
      ...[...document.forms].filter((form) => form.method === "get").map((form) => {
        for (const field of form.querySelectorAll("input[required]")) field.value ||= "SEARCH";
        // A field may be called `action`.
        const action = new URL(form.getAttribute("action") || location.href, location.href).href;
        return `${action.split(/[?#]/)[0]}?${new URLSearchParams(new FormData(form))}`;
      }),
    ]);
  } finally {
    page.off("console", hear);
    page.off("pageerror", fail);
  }
}

// Sends a file as a person does, and gives the address of what answers.
async function send(page) {
  await page.selectOption("#kind", task.upload.kind);
  await page.setInputFiles("#file", { name: task.upload.name, mimeType: "text/csv", buffer: Buffer.from(task.upload.text) });
  await Promise.all([page.waitForNavigation(), page.click("main form[enctype] button")]);
  return page.url();
}

// Applies for something as a person does, as far as what is about to be sent; gives the addresses of
// the case's pages.
async function apply(page) {
  const { typed, entry, file, picture, step } = task.apply;
  if (!(await page.locator("#agree").count())) return [];
  const press = (button) => Promise.all([page.waitForNavigation(), page.locator(button).last().click()]);
  await page.check("#agree");
  await press("main form .button");
  for (const [id, text] of Object.entries(typed)) await page.fill(`#field-${id}`, text);
  await press("main button[value=save]");
  await page.selectOption(`#field-${entry}`, { index: 1 });
  await page.setInputFiles(`#field-${file}`, { name: "proof.png", mimeType: "image/png", buffer: Buffer.from(picture, "hex") });
  await press("main button[value=check]");
  const check = page.url();
  const one = check.replace(/\/check$/, "");
  return [check, one, `${one}/edit`, `${one}/discard`, `${one}/do/${step}`];
}

async function tour(browser, reader, lang, scheme) {
  const context = await browser.newContext({ viewport: WIDE, colorScheme: scheme, acceptDownloads: false });
  const page = await context.newPage();
  if (reader.account) await signIn(page, reader);
  await speak(page, lang);
  const seen = new Map();
  const queue = [task.base + "/"];
  if (!reader.account) queue.push(task.base + "/sign-in");
  // What a search needs is found on the way: a student whom this reader sees.
  let search, student;
  while (queue.length > 0 || (search && student)) {
    if (queue.length === 0) {
      queue.push(search.replace("SEARCH", student));
      search = undefined;
    }
    const url = queue.shift();
    const route = routeOf(url);
    const asks = new URL(url).search !== "";
    // Each route once, and once more with a query: filters, another day, a dry run's answer.
    const key = route + (asks ? "?" : "");
    if (seen.has(key)) continue;
    seen.set(key, url);
    const place = { who: reader.who, lang: lang.code, scheme, url: url.slice(task.base.length) };
    visited.push({ ...place, route });
    const links = await look(page, place, url);
    if (route === task.upload?.page) links.push(await send(page));
    if (route === task.apply?.page) links.push(...(await apply(page)));
    for (const link of links) {
      if (link.endsWith("=SEARCH")) {
        search ??= link;
        continue;
      }
      student ??= link.match(/\/students\/([^/?]+)/)?.[1];
      if (link.startsWith(task.base + "/") && !new URL(link).searchParams.has("lang")) queue.push(link);
    }
  }
  await context.close();
}

// Without scripts the pages work all the same.
async function plain(browser, reader) {
  const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
  const page = await context.newPage();
  const place = { who: reader.who, lang: "-", url: "/", without: "scripts" };
  try {
    await signIn(page, reader);
    await page.goto(task.base + "/");
    if ((await page.locator("h1").count()) !== 1) problem(place, "headings", "not exactly one h1");
    const out = page.locator("header form[action='/sign-out'] button");
    await Promise.all([page.waitForNavigation(), out.click()]);
    if (await page.locator("header form[action='/sign-out']").count()) problem(place, "sign-out", "still signed in");
  } catch (error) {
    problem(place, "failed", String(error));
  }
  await context.close();
}

const browser = await chromium.launch({
  executablePath: task.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const readers = [{ who: "anyone" }, ...task.readers];
const LANGS = [
  { code: "zh-TW", html: "zh-Hant-TW", scheme: "light" },
  { code: "en", html: "en", scheme: "dark" },
];
try {
  for (const reader of readers) {
    for (const lang of LANGS) {
      try {
        await tour(browser, reader, lang, lang.scheme);
      } catch (error) {
        problem({ who: reader.who, lang: lang.code, url: "" }, "failed", String(error));
      }
    }
  }
  for (const reader of task.readers) await plain(browser, reader);
} finally {
  await browser.close();
}
const reached = new Set(visited.map((visit) => visit.route));
const missed = task.routes.filter((route) => !reached.has(route));
process.stdout.write(JSON.stringify({ visited, missed, problems }, null, 1) + "\n");
