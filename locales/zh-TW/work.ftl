# 教職員的工作首頁
work-title = 工作首頁
work-hello = { $name }，您好
work-find = 查學生
work-find-hint = 輸入學號
work-find-button = 查詢
work-classes = 我的班級
work-departments = 我的系所
work-colleges = 我的學院
work-requirements = 本單位承辦的門檻
work-tasks = 可以做的事
work-nothing = 您的帳號還沒有被指派班級、系所或工作。若應該有，請洽系統管理者。
work-task-statistics = 看各系所、各班的通過人數與通過率。
work-task-imports = 匯入單位、教職員、班級、學生與認證紀錄。
work-task-notices = 演練並寄出通知。
work-task-mail = 看每一封信寄到哪裡、寄成了沒有。
work-task-rules = 看目前生效的規則，改了檔案後重新載入。
work-all-students = 全校統計
