// People in a real browser, in their own verbs: opens, fills, ticks, attaches, presses, sees. Whatever
// a person does not see is an error, and so is a dialog or anything that the page's policy refused.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 375, height: 800 };
/// How long a page may take: the server is built for finding mistakes, and the machine is busy.
const PATIENCE = 20_000;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const answer = async () => JSON.parse((await lines.next()).value);

/// Asks whoever started this script for something that no browser can do; its answer.
export async function ask(what) {
  process.stdout.write(JSON.stringify(what) + "\n");
  return answer();
}

/// Plays `story` with the task that comes first on standard input.
export async function play(story) {
  const task = await answer();
  const browser = await chromium.launch({
    executablePath: task.chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  const people = [];
  const person = async (account, how = {}) => {
    const one = await Person.arrives(browser, task, account, how);
    people.push(one);
    return one;
  };
  let failed;
  try {
    await story({ task, person });
    const wrong = people.flatMap((one) => one.wrong.map((what) => `${one.account}: ${what}`));
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
  } catch (error) {
    failed = String(error.stack ?? error);
  } finally {
    await browser.close();
  }
  process.stdout.write(JSON.stringify({ done: !failed, failed }) + "\n");
  process.exit(failed ? 1 : 0);
}

const blank = (text) => text.replace(/\s+/g, " ");

export class Person {
  /// Somebody signs in: on a wide screen or a phone, with scripts or without, in a language.
  static async arrives(browser, task, account, { size = WIDE, scripts = true, lang } = {}) {
    const context = await browser.newContext({ viewport: size, javaScriptEnabled: scripts });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    const one = new Person(task, account, page);
    one.watch(page);
    await page.goto(task.base + "/sign-in");
    await page.fill("#account", account);
    await page.fill("#password", task.password);
    await one.leads(page.click("main form button"));
    if (lang && (await page.getAttribute("html", "lang")) !== lang) {
      await one.leads(page.locator(`header button[lang="${lang}"]`).click());
    }
    return one;
  }

  constructor(task, account, page) {
    Object.assign(this, { task, account, page, main: page.locator("main"), wrong: [] });
  }

  /// Notes what goes wrong on a page by itself.
  watch(page) {
    page.on("dialog", (dialog) => {
      this.wrong.push(`a dialog at ${page.url()}: ${dialog.type()} ${dialog.message()}`);
      dialog.accept();
    });
    page.on("pageerror", (error) => this.wrong.push(`a script failed at ${page.url()}: ${error}`));
    page.on("console", (message) => {
      // A page that says what is wrong with a form is no failure of its own.
      if (message.type() === "error" && !/status of (409|422)/.test(message.text())) {
        this.wrong.push(`at ${page.url()}: ${message.text()}`);
      }
    });
  }

  /// What is done and the page that it leads to, which fits a phone, too.
  async leads(deed) {
    await Promise.all([this.page.waitForNavigation({ timeout: PATIENCE }), deed]);
    await this.fits();
  }

  error(what) {
    return new Error(`${this.account} at ${this.page.url().slice(this.task.base.length)} ${what}`);
  }

  async opens(path) {
    await this.page.goto(path.startsWith("http") ? path : this.task.base + path);
  }

  /// A link of the page's head.
  async chooses(name) {
    await this.leads(this.page.locator("header").getByRole("link", { name }).click());
  }

  async text(within = this.main) {
    return blank(await within.innerText());
  }

  async sees(...texts) {
    const shown = await this.text();
    for (const text of texts) if (text instanceof RegExp ? !text.test(shown) : !shown.includes(text)) throw this.error(`does not see 「${text}」, but: ${shown}`);
  }

  async doesNotSee(...texts) {
    const shown = await this.text();
    for (const text of texts) if (shown.includes(text)) throw this.error(`sees 「${text}」: ${shown}`);
  }

  /// Chooses one of several decisions by its words, where the page has it: then it shows what it asks for.
  async decides(name) {
    const words = { name, exact: typeof name === "string" };
    const decision = this.main.locator("#decide .option-head").getByRole("radio", words);
    const has = (await decision.count()) > 0;
    if (has) await decision.check();
    return has;
  }

  /// Presses a button or follows a link of the page by its words; of several decisions one is chosen
  /// by its words, and sent.
  async presses(name) {
    const words = { name, exact: typeof name === "string" };
    if (await this.decides(name)) {
      return this.leads(this.main.locator("#decide .actions button").click());
    }
    const there = this.main.getByRole("button", words).or(this.main.getByRole("link", words));
    // The button that a form sends itself with by the Enter key is for nobody to see.
    await this.leads(there.locator("visible=true").first().click());
  }

  /// A field by its label, or by how that begins.
  async field(label) {
    const exact = this.main.getByLabel(label, { exact: true });
    if ((await exact.count()) === 1) return exact;
    return this.main.getByLabel(new RegExp("^\\s*" + label.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  }

  async fills(fields) {
    for (const [label, text] of Object.entries(fields)) await (await this.field(label)).fill(text);
  }

  async picks(label, option) {
    await (await this.field(label)).selectOption(option);
  }

  /// Types into a list that is searched, and takes what is found by the keyboard alone.
  async finds(label, words, choice) {
    const field = await this.field(label);
    await field.click();
    await field.fill("");
    await field.pressSequentially(words);
    // The first that is offered is what the keyboard takes: until the list is of these words it is another.
    await this.main.locator("[role=listbox]:not([hidden]) [role=option]:first-child").filter({ hasText: choice }).waitFor();
    // The list opens at its head, below the box and what is said of it.
    const list = this.main.locator("[role=listbox]:not([hidden])");
    const [box, shown] = [await field.boundingBox(), await list.boundingBox()];
    if (shown.y < box.y + box.height || (await list.evaluate((one) => one.scrollTop)) !== 0) throw this.error("sees the list over its box");
    await field.press("ArrowDown");
    await field.press("Enter");
    if (/^找到/m.test(await this.main.innerText())) throw this.error("is still told to choose");
    if ((await field.inputValue()) !== choice) throw this.error(`found ${await field.inputValue()}`);
  }

  /// That a drawing of the page says something.
  async seesDrawing(text) {
    const drawn = (await this.main.locator("svg").allTextContents()).join(" ");
    if (!drawn.includes(text)) throw this.error(`sees no 「${text}」 drawn, but: ${drawn}`);
  }

  async ticks(...labels) {
    for (const label of labels) await (await this.field(label)).check();
  }

  async unticks(...labels) {
    for (const label of labels) await (await this.field(label)).uncheck();
  }

  /// Chooses a file for a field: a picture from the task, under a name.
  async attaches(label, name, picture) {
    const buffer = Buffer.from(this.task.pictures[picture], "hex");
    await (await this.field(label)).setInputFiles({ name, mimeType: "image/png", buffer });
  }

  /// The names of the fields that can be filled in here.
  async canFill() {
    const labels = "input:not([type=hidden]), select, textarea";
    return this.main.locator(labels).evaluateAll((fields) => [...new Set(fields.map((field) => field.name))]);
  }

  /// That a picture is there and was loaded; its box.
  async seesPicture(selector) {
    const picture = this.main.locator(selector).first();
    await picture.scrollIntoViewIfNeeded();
    const loaded = await picture.evaluate((image) => image.decode().then(() => image.naturalWidth > 0, () => false));
    if (!loaded) throw this.error(`sees no picture at ${selector}`);
    return picture.boundingBox();
  }

  /// Presses a button that hands over a file; its bytes.
  async downloads(name) {
    const [download] = await Promise.all([
      this.page.waitForEvent("download"),
      this.main.getByRole("button", { name }).first().click(),
    ]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }

  /// Opens a letter as a mail program shows it: its text, and how many elements of a kind it has.
  async reads(html, kind) {
    const letter = await this.page.context().newPage();
    this.watch(letter);
    await letter.setContent(html);
    const read = { text: blank(await letter.locator("body").innerText()), found: await letter.locator(kind).count() };
    await letter.close();
    return read;
  }

  /// Nothing of the page stands beyond the edge of a phone.
  async fits() {
    const size = this.page.viewportSize();
    await this.page.setViewportSize(PHONE);
    const width = await this.page.evaluate(() => document.documentElement.scrollWidth);
    if (width > PHONE.width) this.wrong.push(`on a phone ${this.page.url()} is ${width} wide`);
    await this.page.setViewportSize(size);
  }
}
