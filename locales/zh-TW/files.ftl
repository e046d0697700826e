# 檔案：不收時說明原因，以及怎樣才對。
file-empty = 「{ $name }」是空的檔案，請重新選擇檔案。
file-too-big = 「{ $name }」太大，最多 { $most }。請縮小圖片，或降低掃描解析度後再上傳。
file-kind = 「{ $name }」不是可以收的檔案。請上傳 { $kinds } 檔；其他格式（例如 HEIC、Word）請先轉存，只改副檔名沒有用。
file-damaged = 「{ $name }」已損壞，無法讀取。請用原來的程式開啟，另存新檔後再上傳。
file-short = 「{ $name }」不完整，後面的部分不見了。請重新下載或掃描後再上傳。
file-pixels = 「{ $name }」的尺寸太大。長與寬最多 { $side } 像素，總數最多約 4,400 萬像素，請縮小後再上傳。
file-too-much = 「{ $name }」檢查時用掉太多記憶體或時間，沒有收下。請縮小或另存新檔後再上傳。
file-encrypted = 「{ $name }」有密碼或權限保護。請取消保護，或列印成新的 PDF 後再上傳。
file-active = 「{ $name }」含有程式、表單或附件（{ $found }）。請列印成新的 PDF 後再上傳。
file-hidden = 「{ $name }」有無法檢查的部分。請列印成新的 PDF 後再上傳。
file-appended = 「{ $name }」的結尾之後還有其他資料。請列印成新的 PDF 後再上傳。
file-no-room = 系統存放檔案的空間已滿，「{ $name }」沒有收下。請稍後再試，或通知管理者。
file-not-now = 系統目前無法存放檔案，「{ $name }」沒有收下。請稍後再試。
