# 案件：申請人與審查人共用的詞
case-begun = 案件儲存（初次）
case-sent = 送件（初次）
case-sent-again = 重新送件
case-undone = 復原上一個決定
case-was-undone = （已復原）
case-to-mend = 請修改：
case-system = 系統
case-in-place-of = （代理{ $name }）
money = { $amount } 元
money-unit = 元
answer-nothing = 未填
answer-masked = （部分隱藏）
answer-yes = 是
answer-no = 否
answer-change = 變更
