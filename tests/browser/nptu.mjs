// Certificates from the register to the award, in a real browser, in the order of the school's manual:
// registered, mended and passed; chosen for awards, reviewed twice; handed over to the threshold.
// tests/it/nptu.rs starts it.

import { PHONE, play } from "./people.mjs";

/// Sends the form that is open, over the page that shows what is sent.
const send = async (who) => {
  await who.presses("檢查並送出");
  return sent(who);
};
const sent = async (who) => {
  await who.presses("存檔送審");
  await who.sees("已送出");
  return { number: (await who.text()).match(/案號 (\S+?)。/)[1], address: who.page.url().split("?")[0] };
};
/// A certificate of one's own in the form of an award.
const usable = (who, name) => who.main.locator(".usable", { hasText: name }).locator("input[type=checkbox]");

play(async ({ task, person }) => {
  const student = await person(task.student);
  const clerk = await person(task.clerk);
  const office = await person(task.office);

  // 1 (1) A certificate is registered at any time, its date as the manual writes it.
  const register = async (certificate, score, date, picture) => {
    await student.opens("/apply/register");
    await student.sees("證照登錄", "最多 2 MB");
    await student.presses("開始填寫");
    await student.picks("證照名稱", { label: certificate });
    await student.fills({ 級數或分數: score, 發證或生效日期: date });
    await student.attaches("證照圖檔", `${picture}.jpg`, picture);
  };
  await register("E01 全民英語能力分級檢定測驗 · 初級(聽、讀) · 英語證照", "80", "20990820", "english");
  await student.presses("檢查並送出");
  await student.sees("發證日期還沒到", "english.jpg");
  await student.fills({ 發證或生效日期: "20190820" });
  const english = await send(student);
  await student.chooses("我的申請");
  await student.sees("英語證照", "全民英語能力分級檢定測驗", "初級(聽、讀)", "A2", "80", "2019-08-20", "待系所審核");
  await student.seesPicture(".file img");

  // 1 (2) Not passed: mended and sent again. Whoever decided it, when and why stand in the list.
  await clerk.opens("/queue");
  await clerk.presses(english.number);
  await clerk.seesPicture("#answer-picture img");
  await clerk.fills({ 意見: "圖檔不清晰" });
  await clerk.presses("審核未通過");
  await clerk.sees("已完成。");
  await student.chooses("我的申請");
  await student.sees("審核未通過", "老師clerk1", "圖檔不清晰");
  await student.opens(english.address);
  await student.presses("修改後重新送出");
  await student.presses(/^移除/);
  await student.attaches("證照圖檔", "clear.jpg", "clear");
  await send(student);
  // What was written of its former state is not read as being about this one.
  await student.chooses("我的申請");
  await student.sees("待系所審核");
  await student.doesNotSee("圖檔不清晰", "老師clerk1");
  await clerk.opens("/queue");
  await clerk.presses(english.number);
  await clerk.presses("審核通過");
  await clerk.sees("已完成。", "審核通過");
  // Passed, it is neither changed nor deleted.
  await student.opens(english.address);
  await student.sees("審核通過", "匯入畢業門檻");
  await student.doesNotSee("刪除", "修改後重新送出");

  // 1 (3) Before it is passed it may be changed, or deleted.
  await register("C01 TQC+程式語言 (Python 3) · 專業級 · 資訊證照", "", "20191224", "python");
  const python = await send(student);
  await student.presses("修改");
  await student.presses("修改");
  await student.presses("修改後重新送出");
  await student.fills({ 級數或分數: "90" });
  await send(student);
  await register("C02 TQC+程式語言 (Java) · 專業級 · 資訊證照", "", "20200101", "java");
  const deleted = await send(student);
  await student.presses("刪除");
  await student.presses("刪除");
  await student.sees("已刪除");
  await register("C02 TQC+程式語言 (Java) · 專業級 · 資訊證照", "85", "20200105", "java");
  const java = await send(student);
  for (const { number } of [python, java]) {
    await clerk.opens("/queue");
    await clerk.doesNotSee(deleted.number);
    await clerk.presses(number);
    await clerk.presses("審核通過");
  }

  // 2 (1) An award by a standard: level 1 asks for no bank account.
  await student.opens("/apply/award");
  await student.sees("證照獎勵申請", "本年度證照獎勵");
  await student.presses("開始填寫");
  await student.sees("全民英語能力分級檢定測驗", "Python 3", "Java");
  await student.picks("獎勵標準", { label: "D2-2-1 系所-別系-2級-1項" });
  await student.presses("僅儲存");
  await student.sees("這是別的系所的標準");
  await student.picks("獎勵標準", { label: "A-1-3 全校--1級-3項-證券商業務員" });
  await usable(student, "Python 3").check();
  await usable(student, "Java").check();
  await student.presses("檢查並送出");
  await student.sees("要選 1 件，現在選了 2 件");
  await usable(student, "Java").uncheck();
  const first = await send(student);
  // 2 (2) Changed before the first review; what it uses is used by no other, and cannot be handed over.
  await student.opens(python.address);
  await student.sees(`已用在申請 ${first.number}`);
  const handsOver = (role) => student.main.getByRole(role, { name: "匯入畢業門檻" }).count();
  if ((await handsOver("button")) + (await handsOver("link")) > 0) throw student.error("can hand over a used one");
  await student.opens(first.address);
  await student.presses("修改");
  await student.presses("修改");
  await student.presses("修改後重新送出");
  await usable(student, "Python 3").uncheck();
  await usable(student, "全民英語").check();
  await send(student);

  // Level 2 needs two certificates and a bank account.
  await student.opens("/apply/award");
  await student.presses("開始填寫");
  await student.picks("獎勵標準", { label: "D1-2-16 系所-測試系-2級-16項-TQC+認證" });
  await student.sees("已用在別的申請");
  if (!(await usable(student, "全民英語").isDisabled())) throw student.error("could choose what is used");
  await usable(student, "Python 3").check();
  await usable(student, "Java").check();
  await student.presses("檢查並送出");
  await student.sees("送出前請再確認", "800", "基本資料還沒有填好", "帳號", "戶籍住址");
  await student.presses("填寫基本資料");
  await student.fills({ 金融機構匯款代碼: "7000022", 帳號: "00012345678901", 帳戶名稱: "測試生01", 郵遞區號: "900", 戶籍住址: "屏東市測試路 1 號" });
  await student.attaches("存摺封面", "passbook.jpg", "passbook");
  await student.presses("儲存");
  await student.sees("郵局請填 7000021");
  await student.fills({ 金融機構匯款代碼: "7000021" });
  await student.presses("儲存");
  await student.sees("基本資料已儲存", "送出前請再確認");
  const second = await sent(student);

  // The first review, with the certificates beside the claim; then neither changed nor deleted.
  await clerk.opens("/queue");
  await clerk.presses(second.number);
  await clerk.sees("Python 3", "Java", "需要 2 張證照", "800");
  await clerk.seesPicture("#answer-certificates img");
  await clerk.presses("初審通過");
  await clerk.sees("已完成。", "待複審");
  await student.opens(second.address);
  await student.sees("待複審");
  await student.doesNotSee("刪除");
  await clerk.opens("/queue");
  await clerk.presses(first.number);
  await clerk.fills({ 意見: "標準不符" });
  await clerk.presses("初審不通過");
  // 2 (3) Not passed, it is deleted: what it used is free.
  await student.opens(first.address);
  await student.sees("標準不符");
  await student.presses("刪除");
  await student.presses("刪除");
  await student.sees("已刪除");

  // The second review: the office, which takes no part in the register, sees the pictures, too.
  await office.opens("/queue");
  await office.presses(second.number);
  await office.seesPicture("#answer-certificates img");
  await office.sees("發給 800 元");
  await office.presses("複審通過");
  await office.sees("已完成。", "複審通過");

  // Handed over to the graduation threshold, where the list marks it; the dashboard shows it.
  await student.opens(english.address);
  await student.presses("匯入畢業門檻");
  await student.presses("匯入畢業門檻");
  await student.sees("已匯入畢業門檻");
  await student.chooses("我的門檻");
  const block = await student.text(student.page.locator("#requirement-certificate"));
  if (!/通過 1 .*\/ 1 項/.test(block) || block.includes("未通過")) throw student.error(`sees ${block}`);

  // 2 (二) The awards of all years, by year, division, class, number or name; by the student, too.
  await office.opens("/queue?view=all");
  await office.picks("學年度", { index: 1 });
  await office.picks("學制", { label: "日間部學士班" });
  await office.fills({ 班級: "C01" });
  await office.presses("套用");
  await office.sees(second.number, "系所-測試系-2級-16項-TQC+認證", "2");
  await office.fills({ 班級: "C99" });
  await office.presses("套用");
  await office.doesNotSee(second.number);
  const phone = await person(task.student, { size: PHONE, scripts: false });
  await phone.opens("/cases");
  await phone.sees("複審通過", "老師office1", "已刪除", "已匯入畢業門檻");
});
