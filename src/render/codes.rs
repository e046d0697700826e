//! What each code of a template's problems means, for `docs/problems.md`.

/// Code, meaning in Chinese, meaning in English.
pub const CODES: &[(&str, &str, &str)] = &[
    ("MK801", "樣板檔讀不出來、太大或不是 UTF-8", "A template cannot be read, is too large or not UTF-8"),
    ("MK802", "樣板寫法有誤", "A template does not parse"),
    ("MK803", "這一頁沒有這個值", "A value that the page is not given"),
    ("MK804", "沒有這個過濾器或函式", "No such filter or function"),
    ("MK805", "詞彙檔沒有這個詞", "A word that the locale files have not"),
    ("MK806", "缺少樣板", "A template is missing"),
    ("MK807", "通知用了不存在的信件範本", "A notice names a mail template that there is not"),
    ("MK808", "用範例資料試印失敗", "A template fails with sample data"),
    ("MK809", "試印時超過了記憶體或時間的限制", "Trying a template went beyond the limits of memory or time"),
    ("MK810", "信件範本不適合收件人", "A mail template asks for what letters to its audience do not have"),
];
