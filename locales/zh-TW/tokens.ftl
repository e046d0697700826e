# 自己的 API 權杖
tokens = API 權杖
tokens-lead = 程式用權杖代你的帳號做事：只做權杖的範圍寫的事，也不會多於你自己能做的。權杖由系統管理者建立，內容只在建立時顯示一次。不認得的、不再用的，請停用。
tokens-none = 你的帳號沒有權杖。需要時請洽系統管理者。
token-name = 名稱與編號
token-scopes = 範圍
token-used = 最後使用
token-never-used = 沒有用過
token-expires = 有效至
token-state = 狀態
token-active = 有效
token-expired = 已過期
token-revoked = 已停用
token-end = 停用
token-ended = 權杖已停用，用它的程式再也進不來。
