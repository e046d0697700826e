// Hostile text in every place that people write in, seen on every page of a case and in its letters: it
// is shown as it was written, nothing of it runs, and the pages' policy has nothing to refuse.

import { ask, play } from "./people.mjs";

play(async ({ task, person }) => {
  const hostile = task.certificateName;
  const harmless = async (one, ...texts) => {
    await one.sees(...texts);
    const made = await one.page.locator("img[src=x], body script, [onerror], [onload]").count();
    if (made > 0) throw one.error("has an element that somebody wrote");
  };
  const sees = (one) => harmless(one, hostile);

  const student = await person(task.student);
  const bank = { 分行名稱: hostile.slice(0, 50), 銀行代碼: "700", 分行代碼: "0021", 銀行帳戶: "00012345678901" };
  await student.opens("/profile");
  await student.fills({ 銀行名稱: hostile, ...bank });
  await student.attaches("存摺封面", hostile + ".png", "passbook");
  await student.presses("儲存");
  await harmless(student, "有些地方需要修改");
  await student.fills({ 銀行名稱: hostile.slice(0, 50), ...bank });
  await student.presses("儲存");
  await harmless(student, "已填寫完整");
  await student.opens("/apply/certificate");
  await student.ticks("我已詳閱並同意所有內容");
  await student.presses("開始填寫");
  await student.fills({ 考試日期: hostile });
  await student.attaches("應考證明", hostile + ".png", "proof");
  await student.presses("僅儲存");
  await harmless(student, "有些地方需要修改");
  await student.fills({ 考試日期: task.date });
  await student.presses("僅儲存");
  await student.picks("證照", { label: task.certificate });
  await student.unticks("已申請本校其他證照補助");
  await student.presses("僅儲存");
  await student.fills({ 報名費: "3000" });
  await student.presses("僅儲存");
  await student.attaches("報名費收據", hostile + ".png", "receipt");
  await student.presses("檢查並送出");
  await sees(student);
  await student.presses("送出申請");
  await sees(student);
  const number = (await student.text()).match(/案號 (\S+?)。/)[1];
  const address = student.page.url().split("?")[0];

  const clerk = await person(task.clerk);
  const search = "/queue?view=all&q=" + encodeURIComponent(hostile);
  for (const path of ["/home", "/queue", search, "/catalogues", "/delegation"]) {
    await clerk.opens(path);
    await sees(clerk);
  }
  await clerk.opens(search);
  await clerk.page.locator("details summary").click();
  await clerk.fills({ 為目前的篩選取個名字: hostile.slice(0, 40) });
  await clerk.presses("儲存");
  await harmless(clerk, hostile.slice(0, 40));
  await clerk.opens("/catalogues");
  await clerk.page.locator("main a[href^='/catalogues/']").first().click();
  await sees(clerk);
  await clerk.opens("/queue");
  await clerk.presses(number);
  await sees(clerk);
  await clerk.presses("由我處理");
  await sees(clerk);
  await clerk.fills({ 理由: hostile });
  await clerk.presses("顯示遮住的資料");
  await sees(clerk);
  await clerk.ticks("需修正 報名費收據");
  await clerk.fills({ 意見: hostile });
  await clerk.presses("退回修改");
  await sees(clerk);

  for (const path of [address, address + "/edit"]) {
    await student.opens(path);
    await sees(student);
  }
  await student.opens(address + "/do/withdraw");
  await harmless(student, "先不要");
  await student.opens(address + "/check");
  await sees(student);
  await student.presses("送出申請");
  await clerk.opens("/queue");
  await clerk.main.getByLabel("勾選案件 " + number).check();
  await clerk.presses("系審查符合");
  await harmless(clerk, "將處理 1 件", hostile);
  await clerk.fills({ 意見: hostile });
  await clerk.presses(/^系審查符合/);
  await harmless(clerk, "完成 1 件", hostile);

  const office = await person(task.office);
  await office.opens("/queue");
  await sees(office);
  await office.presses(number);
  await sees(office);
  await office.fills({ 意見: hostile });
  await office.presses("審查通過");
  await sees(office);
  await ask({ want: "hour" });
  await office.opens("/payments/certificate-subsidy");
  await sees(office);
  await office.presses(`建立 ${task.year - 1911} 年的付款批次`);
  await sees(office);
  await office.presses("建立批次");
  await office.fills({ 匯出的理由: hostile });
  await office.downloads("匯出 Excel");

  const tutor = await person(task.tutor);
  const admin = await person(task.admin);
  for (const path of [`/students/${task.student}`, `/students/${task.student}/records`, `/students/${task.student}/why/certificate`, "/classes/C01"]) {
    await tutor.opens(path);
    await sees(tutor);
  }
  for (const path of ["/audit", `/review/${address.split("/").pop()}`, "/queue?view=all", "/departments/D1"]) {
    await admin.opens(path);
    await sees(admin);
  }
  for (const path of [address, "/me", "/me/records", "/me/why/certificate", "/cases"]) {
    await student.opens(path);
    await harmless(student);
  }

  // The letter as a browser shows it.
  const { html } = await ask({ want: "html", to: task.student, says: ["退回修改"] });
  const letter = await student.reads(html, "img, script");
  if (!letter.text.includes(hostile)) throw student.error(`reads ${letter.text}`);
  if (letter.found > 0) throw student.error("has a letter in which somebody's text became elements");
});
