// Awards for certificates in a real browser, in the order of the school's manual: applied for by a student,
// checked and decided by the department's clerk, exported by round, put on the list by the office.
// tests/it/nkust/browser.rs starts it.

import { play } from "./people.mjs";

play(async ({ task, person }) => {
  const student = await person(task.student);
  const clerk = await person(task.clerk);
  const office = await person(task.office);

  // The student's own bank account.
  await student.opens("/profile");
  await student.fills({ 銀行代碼: "007", 分行代碼: "0123", 銀行帳號: "00012345678" });
  await student.attaches("存摺封面", "passbook.png", "passbook");
  await student.presses("儲存");
  await student.sees("已填寫完整", "••••5678");

  // A certificate for the graduation threshold gets no award.
  const fill = async (serial, picture) => {
    await student.picks("證照", { label: "9001 測試技術士" });
    await student.fills({ 證照號碼: serial, 取得日期: task.obtained });
    await student.attaches("證照圖檔", `${picture}.png`, picture);
    await student.presses("檢查並送出");
  };
  await student.opens("/apply/threshold");
  await student.presses("開始填寫");
  await fill("T-100", "threshold");
  await student.presses("送出");
  await student.sees("已送出");
  await student.opens("/apply/award");
  await student.sees("本梯次", "審核截止");
  await student.ticks("我已詳閱並同意");
  await student.presses("開始填寫");
  await fill("t100", "award");
  await student.presses("送出申請");
  await student.sees("這張證照已用於畢業門檻");
  await student.presses("回到表單修改");
  await student.fills({ 證照號碼: "A-1" });
  await student.presses("檢查並送出");
  await student.presses("送出申請");
  await student.sees("已送出");
  const number = (await student.text()).match(/案號 (\S+?)。/)[1];
  const address = student.page.url().split("?")[0];

  // 3 The list of what waits for the clerk, with its dates.
  await clerk.opens("/queue");
  await clerk.sees("審核截止", "證照號碼", "A-1", "2 項請看");

  // 4 Attachments and checks; approved with a level, and not before.
  await clerk.presses(number);
  await clerk.sees("銀行帳戶限申請學生本人", "在本梯次的獲證期間內", "在系所認可的清單上", "沒有用於畢業門檻");
  await clerk.seesPicture("#answer-proof img");
  // One decision is chosen, and shows only what it asks for. What lacks is told at the head, where one then
  // is, and at its field, and nowhere else.
  await clerk.doesNotSee("未核准原因", "等級");
  await clerk.presses("送出決定");
  await clerk.sees("請選擇要做的決定");
  await clerk.presses("核准");
  await clerk.doesNotSee("未核准原因");
  const told = (await clerk.text()).split("請選擇「等級」").length - 1;
  if (told !== 2) throw clerk.error(`is told ${told} times`);
  if (!(await clerk.main.locator(".notice.problem").evaluate((one) => one === document.activeElement))) throw clerk.error("is elsewhere");
  await clerk.ticks("3級");
  await clerk.presses("核准");
  await clerk.sees("請先確認帳戶與附件再核准");
  await clerk.ticks("帳戶為本人，附件與填報資料相符");
  await clerk.presses("核准");
  await clerk.sees("已完成。", "核准", "3級");
  await student.opens(address);
  await student.sees("核准", "等級：3級");

  // 5, 6 The rounds, the newest first; those who passed as a workbook, and on paper to be signed.
  // A list of two kinds has what both have; of one kind, all that it has.
  await clerk.opens("/queue?view=all");
  await clerk.sees("證照號碼");
  await clerk.doesNotSee("等級");
  await clerk.opens("/queue?view=all&workflow=award");
  await clerk.sees("等級", "3級");
  await clerk.opens("/queue?view=all");
  await clerk.presses("匯出 專業證照獎勵申請");
  await clerk.sees("本梯次", "全資料", "1 件", "通過", "審核截止", "還沒開始或沒有案件的梯次（1）");
  await clerk.presses(/^通過/);
  await clerk.sees("1 件", "銀行帳號", "內含個人資料");
  await clerk.presses("列印簽章清冊");
  await clerk.sees("請說明為什麼要匯出");
  await clerk.fills({ 為什麼要匯出: "送學推組核發獎勵" });
  const file = await clerk.downloads("下載 Excel");
  if (!/^License_\d{12}\.xlsx$/.test(file.name) || file.bytes.length < 1000) throw clerk.error(`was given ${file.name}`);
  await clerk.fills({ 為什麼要匯出: "核章" });
  await clerk.presses("列印簽章清冊");
  await clerk.sees("A-1", "3級", "00012345678", "承辦人", "系主任");

  // The office puts it on the list of awards.
  await office.opens("/queue");
  await office.presses(number);
  await office.presses("造冊");
  await office.sees("已完成。", "已造冊");
  await student.opens(address);
  await student.sees("已造冊");
});
