// The register of certificates as its manual goes, step by step: the public pages, the account, a certificate
// that is found as one types, one that the catalogue lacks, returned, mended and approved.
// tests/it/register.rs starts it.

import { PHONE, play } from "./people.mjs";

play(async ({ task, person }) => {
  const student = await person(task.student);

  // Steps 1 and 2: news, standards and the flow are there for anyone; the page speaks English, too.
  await student.opens("/");
  await student.sees("公告", "證照獎勵標準", "證照申請流程圖");
  await student.presses("證照獎勵標準");
  await student.sees("乙級", "2000");
  await student.opens("/pages/flow");
  await student.seesDrawing("審核通過");
  await student.leads(student.page.locator('header button[lang="en"]').click());
  await student.sees("Flow of an application");
  await student.leads(student.page.locator('header button[lang="zh-Hant-TW"], header button[lang="zh-TW"]').first().click());

  // Step 3: the account. What is wrong is told, nothing is lost, and the fee stands beside the bank.
  await student.opens("/profile");
  await student.fills({ 身分證字號: "A123456788" });
  await student.finds("銀行／郵局名稱", "台新", "812 台新國際商業銀行");
  await student.finds("銀行／郵局名稱", "Bank SinoPac", "807 永豐商業銀行");
  await student.finds("銀行／郵局名稱", "郵局", "700 中華郵政");
  await student.finds("銀行／郵局名稱", "台灣銀行", "004 臺灣銀行");
  await student.finds("銀行／郵局名稱", "ＢＡＮＫ OF TAIWAN", "004 臺灣銀行");
  await student.finds("銀行／郵局名稱", "700", "700 中華郵政");
  // What is on no list is told at once and again when it is saved; it stays, and nothing in its place.
  const bank = await student.field("銀行／郵局名稱");
  await bank.fill("測試銀行");
  await bank.press("Tab");
  await student.sees("「測試銀行」不在清單裡");
  await student.presses("儲存");
  await student.sees("沒有 測試銀行 這個選項");
  if ((await (await student.field("銀行／郵局名稱")).inputValue()) !== "測試銀行") throw student.error("what was typed is gone");
  await student.fills({ 身分證字號: "A123456788" });
  await student.finds("銀行／郵局名稱", "812", "812 台新國際商業銀行");
  await student.fills({ 帳戶號碼: "12345678901" });
  for (const [label, name] of [["身分證（居留證）正面", "front.jpg"], ["身分證（居留證）反面", "back.jpg"], ["存摺正面", "book1.jpg"], ["存摺反面", "book2.jpg"]]) {
    await student.attaches(label, name, name);
  }
  await student.presses("儲存");
  await student.sees("身分證字號不正確", "郵局以外的銀行要填分行代碼", "每次匯款由你負擔手續費 30 元", "front.jpg", "book2.jpg");
  await student.fills({ 身分證字號: "A123456789", 分行代碼: "8120012" });
  await student.presses("儲存");
  await student.sees("已填寫完整");

  // Steps 4 and 5: the effective date first, then a keyword; by the keyboard alone.
  await student.opens("/apply/award");
  await student.presses("開始填寫");
  await student.fills({ 證照生效日期: "115/9/10" });
  await student.presses("僅儲存");
  await student.finds("證照名稱", "１０８１０００７７", "108100077 產業人才能力鑑定第77種 · 初級 · 經濟部");
  await student.fills({ 證照字號: "工工字第 01414 號" });
  await student.attaches("證照正面", "cert1.jpg", "cert1.jpg");
  await student.attaches("證照反面", "cert2.jpg", "cert2.jpg");
  await student.presses("檢查並送出");
  await student.sees("產業人才能力鑑定第77種", "工工字第 01414 號");
  await student.presses("送出申請");
  await student.sees("已申請");
  await student.opens("/cases");
  await student.sees("學年", "115", "初級", "2026-09-10", "經濟部", "已申請", "總筆數：1");

  // Step 6: returned with its reason, mended on a phone without a script, approved; no paper is needed.
  const officer = await person(task.officer);
  await officer.chooses(/^案件審查（1）/);
  await officer.presses(/^\S+-\S+$/);
  await officer.ticks("需修正 證照字號");
  await officer.fills({ 意見: "字號少了年度" });
  await officer.presses("證照退回");
  await officer.sees("已完成");
  const phone = await person(task.student, { size: PHONE, scripts: false });
  await phone.opens("/cases");
  await phone.presses(/^證照登錄與獎勵申請/);
  await phone.sees("證照退回", "字號少了年度");
  await phone.presses("修改後重新送出");
  await phone.fills({ 證照字號: "115 工工字第 01414 號" });
  await phone.presses("檢查並送出");
  await phone.presses("送出申請");
  await officer.opens("/queue");
  await officer.presses(/^\S+-\S+$/);
  await officer.sees("115 工工字第 01414 號");
  await officer.presses("審核通過");
  await student.opens("/cases");
  await student.sees("審核通過（免送紙本）");

  // A certificate that the catalogue lacks: a request with a copy; once it has a code it is found.
  await student.opens("/apply/new-kind");
  await student.presses("開始填寫");
  await student.fills({ 證照名稱: "咖啡師", 級分數: "單一級", 發證單位: "咖啡協會", 證照生效日期: "115/9/10" });
  await student.attaches("證照影本", "copy.jpg", "copy.jpg");
  await student.presses("檢查並送出");
  await student.presses("送出申請");
  await officer.opens("/queue");
  // A code is given to one at a time.
  await officer.sees("不列入");
  await officer.doesNotSee("給予代碼並列入目錄");
  await officer.presses(/^\S+-\S+$/);
  await officer.decides("給予代碼並列入目錄");
  await officer.fills({ 證照代碼: "K001" });
  await officer.presses("給予代碼並列入目錄");
  await officer.sees("已完成");
  await phone.opens("/apply/award");
  await phone.presses("開始填寫");
  await phone.fills({ 證照生效日期: "115/9/10" });
  await phone.presses("僅儲存");
  await phone.fills({ 證照名稱: "咖啡" });
  await phone.presses(/^搜尋/);
  await phone.sees("找到 1 項");
  await phone.page.selectOption("select[name=certificate]", { label: "K001 咖啡師 · 單一級 · 咖啡協會" });
  await phone.presses("僅儲存");
  await phone.sees("K001 咖啡師");
});
