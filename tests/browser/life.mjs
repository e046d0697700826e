// The whole life of an application in a real browser, by everyone who has a part in it: twice returned,
// approved, paid. tests/it/life.rs starts it, carries letters to it, and lets an hour go by.

import { PHONE, ask, play } from "./people.mjs";

/// The letter about a case that came to somebody and says all of this.
const letter = async (to, ...says) => (await ask({ want: "letter", to, says })).text;
const link = (text) => text.match(/https?:\/\/\S+\/cases\/\S+/)[0];

play(async ({ task, person }) => {
  const { date, certificate, year } = task;

  // The student's own data: a mistake loses nothing.
  const student = await person(task.student);
  await student.sees("你還差", "專業證照", "未通過");
  await student.chooses("基本資料");
  await student.sees("還沒有填寫完整");
  await student.fills({ 銀行名稱: "中華郵政", 分行名稱: "測試分局", 銀行代碼: "700", 分行代碼: "0021", 銀行帳戶: "123-45" });
  await student.attaches("存摺封面", "passbook.png", "passbook");
  await student.presses("儲存");
  await student.sees("內容已儲存，但有些地方需要修改", "帳號只能是數字", "passbook.png");
  await student.fills({ 銀行帳戶: "00012345678901" });
  await student.presses("儲存");
  await student.sees("已填寫完整", "••••8901");
  await student.doesNotSee("00012345678901");

  // Read, then begun.
  await student.chooses("我的門檻");
  await student.presses("申請：專業證照自主學習申請");
  await student.sees("請先準備", "應考證明", "每個最多 10 MB", "本學期", "注意事項");
  await student.presses("開始填寫");
  await student.sees("請先閱讀注意事項，並勾選同意。");
  await student.ticks("我已詳閱並同意所有內容");
  await student.presses("開始填寫");

  // A draft, a file with it; and back on another day.
  await student.sees("尚未申請", "請先填寫「考試日期」");
  await student.fills({ 考試日期: date });
  await student.attaches("應考證明", "成績單.png", "proof");
  await student.presses("僅儲存");
  await student.sees("成績單.png", "考試日期在本區間內");
  await student.chooses("我的申請");
  await student.sees("專業證照自主學習申請", "尚未申請");
  await student.presses(/^專業證照自主學習申請/);
  await student.presses("填寫表單");
  await student.sees("成績單.png");
  await student.seesPicture(".file img");
  await student.picks("證照", { label: certificate });
  await student.unticks("已申請本校其他證照補助");
  await student.presses("僅儲存");
  await student.fills({ 報名費: "3,000" });
  await student.ticks("也申請發證費");
  await student.presses("僅儲存");
  await student.fills({ 發證費: "500" });
  await student.attaches("報名費收據", "報名費.png", "receipt");
  await student.attaches("證照電子檔", "證照.png", "copy");
  await student.presses("檢查並送出");
  await student.sees("有些地方需要修改", "發證費收據", "成績單.png", "證照.png", "報名費.png");
  await student.attaches("發證費收據", "發證費.png", "issue");
  await student.presses("檢查並送出");
  await student.sees("送出前請再確認", "1,750", "採計", "本學期", "成績單.png", "不能再修改");
  await student.presses("送出申請");
  await student.sees("已送出", "申請審查中", "系承辦", "通常 5 個工作天內", "送件（初次）");
  const number = (await student.text()).match(/案號 (\S+?)。/)[1];
  const address = student.page.url().split("?")[0];
  await letter(task.student, number, "申請審查中");

  // The department: each proof beside its claim, the account beside the passbook.
  const clerk = await person(task.clerk);
  await clerk.chooses(/^案件審查（1）/);
  await clerk.sees("有 1 件等你處理", task.student, task.certificateName, "1,750");
  await clerk.presses(number);
  await clerk.sees("成績單.png", "(3000 + 500) 的一半", "中華郵政", "••••8901", "測試分局");
  await clerk.doesNotSee("00012345678901");
  const claim = await clerk.main.locator("#answer-exam_proof dt").boundingBox();
  const proof = await clerk.seesPicture("#answer-exam_proof img");
  if (proof.x <= claim.x + claim.width || Math.abs(proof.y - claim.y) > 120) throw clerk.error("sees the proof elsewhere");
  await clerk.fills({ 理由: "核對帳號" });
  await clerk.presses("顯示遮住的資料");
  await clerk.sees("00012345678901", "已留下紀錄");
  const bank = await clerk.main.locator("section[aria-labelledby=private] dl").boundingBox();
  const passbook = await clerk.seesPicture("section[aria-labelledby=private] img");
  if (passbook.x < bank.x + bank.width || passbook.y > bank.y + bank.height) throw clerk.error("sees the passbook elsewhere");
  await clerk.ticks("需修正 發證費", "需修正 發證費收據");
  await clerk.presses("退回修改");
  await clerk.sees("請填寫意見，說明原因。");
  await clerk.fills({ 意見: "發證費與收據的金額不同" });
  await clerk.presses("退回修改");
  await clerk.sees("已完成。", "退回修改", "沒有其他等你處理的案件");

  // Returned: only what was named is open.
  const returned = await letter(task.student, number, "退回修改", "發證費與收據的金額不同", "發證費、發證費收據");
  await student.opens(link(returned));
  await student.sees("退回修改", "審查意見：發證費與收據的金額不同", "請修改：發證費、發證費收據", "輪到你處理");
  await student.presses("修改後重新送出");
  await student.sees("只有需要修改的欄位可以填寫", "發證費與收據的金額不同", "3,000");
  const open = (await student.canFill()).join();
  if (open !== "issue_fee,issue_receipt") throw student.error(`can fill ${open}`);
  await student.fills({ 發證費: "400" });
  await student.presses(/^移除/);
  await student.attaches("發證費收據", "新收據.png", "mended");
  await student.presses("檢查並送出");
  await student.sees("1,700", "新收據.png");
  await student.presses("送出申請");
  await student.sees("已送出", "重新送件");

  // Endorsed: what was changed stands first.
  await clerk.opens("/queue");
  await clerk.presses(number);
  await clerk.sees("這次送件改了什麼", "500", "400", "新收據.png");
  await clerk.presses("系審查符合");
  await clerk.sees("已完成。", "系審查符合", "復原上一個決定");

  // The office returns it once more.
  const office = await person(task.office);
  await office.chooses(/^案件審查（1）/);
  await office.sees(number, "系審查符合");
  await office.presses(number);
  await office.sees("採計", "發給 1,700 元", "老師" + task.clerk);
  await office.ticks("需修正 應考證明");
  await office.fills({ 意見: "成績單看不清楚" });
  await office.presses("退回修改");
  await office.sees("已完成。", "退回修改");
  await student.opens(link(await letter(task.student, number, "成績單看不清楚", "應考證明")));
  await student.sees("成績單看不清楚", "請修改：應考證明");
  await student.presses("修改後重新送出");
  await student.presses(/^移除/);
  await student.attaches("應考證明", "清楚的成績單.png", "clear");
  await student.presses("檢查並送出");
  await student.presses("送出申請");
  await student.sees("已送出");
  await clerk.opens("/queue");
  await clerk.presses(number);
  await clerk.sees("這次送件改了什麼", "清楚的成績單.png");
  await clerk.presses("系審查符合");
  await clerk.sees("已完成。");

  // Approved; the letter goes once the decision stands.
  await office.opens("/queue");
  await office.presses(number);
  await office.presses("審查通過");
  await office.sees("已完成。", "審查通過", "復原上一個決定");
  const early = await ask({ want: "letters", to: task.student, says: [number, "「審查通過」"] });
  if (early.count !== 0) throw student.error("has the letter of a decision that may still be undone");
  await ask({ want: "hour" });
  await office.opens(office.page.url());
  await office.doesNotSee("復原上一個決定");
  await student.opens(link(await letter(task.student, number, "「審查通過」")));
  await student.sees("審查通過", `1,700 元排在 ${year - 1911} 年第 1 筆支付`);
  if (student.page.url() !== address) throw student.error("was led elsewhere");

  // Paid: a batch is frozen and leaves as a workbook, for a reason.
  await office.chooses("補助款支付");
  await office.sees("各年度", number, task.student, "已核准，待付款", /1,?700/);
  await office.presses(`建立 ${year - 1911} 年的付款批次`);
  await office.sees("1 筆", /1,?700/, number);
  await office.presses("建立批次");
  await office.sees("批次已建立", "已列入付款批次");
  await office.fills({ 匯出的理由: "送出納組付款" });
  const book = await office.downloads("匯出 Excel");
  const again = await office.downloads("匯出 Excel");
  if (!book.bytes.equals(again.bytes)) throw office.error("was given two different files");
  await ask({ want: "workbook", bytes: book.bytes.toString("hex"), name: book.name, says: [task.student, "00012345678901", "1,700", "匯款"] });

  // The student, the tutor and whoever looks after everything see what came of it.
  await student.opens(address);
  await student.sees(`1,700 元已列入 ${year - 1911} 年的付款批次`);
  await student.chooses("我的門檻");
  const block = await student.text(student.page.locator("#requirement-certificate"));
  if (!/通過 1 .*\/ 1 項/.test(block) || block.includes("未通過")) throw student.error(`sees ${block}`);
  const tutor = await person(task.tutor);
  await tutor.opens(`/students/${task.student}`);
  const seen = await tutor.text(tutor.page.locator("#requirement-certificate"));
  if (!/通過 1 .*\/ 1 項/.test(seen) || seen.includes("未通過")) throw tutor.error(`sees ${seen}`);
  const admin = await person(task.admin);
  await admin.chooses("操作紀錄");
  await admin.sees(number, "送出納組付款", "核對帳號");

  // The same form and decision without scripts, on a phone.
  const plain = await person(task.other, { scripts: false, size: PHONE });
  await plain.opens("/profile");
  await plain.fills({ 銀行名稱: "中華郵政", 分行名稱: "測試分局", 銀行代碼: "700", 分行代碼: "0021", 銀行帳戶: "00012345670002" });
  await plain.attaches("存摺封面", "passbook.png", "copy");
  await plain.presses("儲存");
  await plain.sees("已填寫完整");
  await plain.opens("/apply/certificate");
  await plain.ticks("我已詳閱並同意所有內容");
  await plain.presses("開始填寫");
  await plain.fills({ 考試日期: date });
  await plain.attaches("應考證明", "證明.png", "proof");
  await plain.presses("僅儲存");
  await plain.picks("證照", { label: certificate });
  await plain.presses("檢查並送出");
  await plain.sees("證明.png", "採計");
  await plain.presses("送出申請");
  await plain.sees("已送出", "申請審查中");
  const other = (await plain.text()).match(/案號 (\S+?)。/)[1];
  const plainClerk = await person(task.clerk, { scripts: false, size: PHONE });
  await plainClerk.opens("/queue");
  await plainClerk.presses(other);
  await plainClerk.fills({ 意見: "相符" });
  await plainClerk.presses("系審查符合");
  await plainClerk.sees("已完成。", "系審查符合", "相符");
});
