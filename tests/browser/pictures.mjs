// Takes the README's pictures from a running demonstration:
//   node tests/browser/pictures.mjs http://127.0.0.1:8080 docs/pictures < accounts
// where the accounts are what `menkan demo` prints.

import { mkdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [base, folder] = process.argv.slice(2);
const accounts = [...readFileSync(0, "utf8").matchAll(/^ {2}(\S+) +(\S+) +/gm)].map(([, account, password]) => ({ account, password }));
const of = (beginning) => accounts.find(({ account }) => account.startsWith(beginning));
const [, missing] = accounts;
const [tutor, head, clerk, office, admin] = ["tutor.", "head.", "clerk.", "office.", "admin"].map(of);
const WIDE = { width: 1200, height: 860 };
const PHONE = { width: 375, height: 780 };
// The head of a sheet of A4 at 96 dots an inch.
const SHEET = { width: 794, height: 700 };

const pictures = [
  { name: "home", size: WIDE, open: "/" },
  { name: "dashboard", reader: missing, size: WIDE, open: "/me" },
  { name: "dashboard-phone", reader: missing, size: PHONE, open: "/me" },
  { name: "why", reader: missing, size: WIDE, open: "/me", follow: ["main a[href*='/why/']"] },
  { name: "class", reader: tutor, size: WIDE, open: "/home", follow: ["main a[href^='/classes/']"] },
  { name: "class-phone", reader: tutor, size: PHONE, open: "/home", follow: ["main a[href^='/classes/']"] },
  { name: "roster", reader: tutor, size: SHEET, print: true, open: "/home", follow: ["main a[href^='/classes/']", "main a[href*='/roster']"] },
  { name: "department", reader: head, size: WIDE, open: "/home", follow: ["main a[href^='/departments/']"] },
  { name: "imports", reader: office, size: WIDE, open: "/imports" },
  { name: "statistics", reader: admin, size: { width: 1200, height: 1100 }, open: "/statistics?as-of=2025-12-12" },
  { name: "rules", reader: admin, size: WIDE, open: "/rules" },
  { name: "application", reader: missing, size: { width: 1200, height: 1000 }, open: "/apply/certificate", begin: true },
  { name: "review", reader: clerk, size: { width: 1200, height: 1000 }, open: "/queue", follow: ["main a[href^='/review/']"] },
];

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.MENKAN_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
for (const { name, reader, size, print, open, follow = [], begin } of pictures) {
  const page = await (await browser.newContext({ viewport: size })).newPage();
  if (reader) {
    await page.goto(base + "/sign-in");
    await page.fill("#account", reader.account);
    await page.fill("#password", reader.password);
    await Promise.all([page.waitForNavigation(), page.click("main form button")]);
  }
  await page.goto(base + open);
  for (const link of follow) await Promise.all([page.waitForNavigation(), page.locator(link).first().click()]);
  if (begin) {
    await page.locator("main input[type=checkbox]").first().check();
    await Promise.all([page.waitForNavigation(), page.locator("main form button").first().click()]);
  }
  if (print) await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.context().close();
}
await browser.close();
