//! What can be wrong with a file before the language is looked at, in words for its author.

use granit_parser::{ErrorKind, ScanError};

use super::conform::suggestion;
use super::near::nearest;
use super::shape;
use super::tree::{Kind, Node, Span};
use crate::lang::Text;

/// A problem that does not know its file yet.
#[derive(Clone, Debug)]
pub struct Fault {
    pub code: &'static str,
    pub span: Span,
    pub path: String,
    pub warning: bool,
    pub what: Text,
    pub found: String,
    pub allowed: Text,
    /// The other place in the same file, and what is there.
    pub see: Option<(Span, Text)>,
}

fn fault(code: &'static str, span: Span, what: Text, allowed: Text) -> Fault {
    Fault { code, span, path: String::new(), warning: false, what, found: String::new(), allowed, see: None }
}

pub fn too_large(bytes: usize, most: usize) -> Fault {
    let found = format!("{} KiB", bytes.div_ceil(1024));
    let what = Text::new(format!("檔案太大：{found}"), format!("the file is too large: {found}"));
    let allowed = Text::new(
        format!("最多 {} KiB；請拆成數個檔案", most / 1024),
        format!("at most {} KiB; split it", most / 1024),
    );
    Fault { found, ..fault("MK002", Span::default(), what, allowed) }
}

pub fn unreadable(why: &str) -> Fault {
    let what = Text::new("檔案讀不出來", "the file cannot be read");
    let allowed = Text::new("請檢查檔案與權限", "look at the file and its permissions");
    Fault { found: why.to_owned(), ..fault("MK001", Span::default(), what, allowed) }
}

/// `at` is the number of bytes before the first that is no UTF-8.
pub fn not_utf8(bytes: &[u8], at: usize) -> Fault {
    let before = String::from_utf8_lossy(&bytes[..at]);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let what = Text::new("檔案不是 UTF-8 編碼", "the file is not encoded in UTF-8");
    let allowed = Text::new(
        "請在編輯器中另存成 UTF-8（目前可能是 Big5 或 UTF-16）",
        "save it as UTF-8 in your editor (it may be Big5 or UTF-16 now)",
    );
    let found = bytes[at..].iter().take(4).map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ");
    Fault { found, ..fault("MK003", Span { line, column, length: 1 }, what, allowed) }
}

pub fn byte_order_mark() -> Fault {
    let what = Text::new("檔案開頭有位元組順序記號（BOM）", "the file begins with a byte order mark");
    let allowed = Text::new("無妨；可另存成不含 BOM 的 UTF-8", "harmless; it may be saved as UTF-8 without one");
    Fault {
        warning: true,
        found: "U+FEFF".to_owned(),
        ..fault("MK004", Span { line: 1, column: 1, length: 1 }, what, allowed)
    }
}

pub fn tab(span: Span) -> Fault {
    let what = Text::new("YAML 的縮排不可用 Tab", "YAML is not indented with tabs");
    let allowed = Text::new("請改用空格（每層兩個）", "use spaces, two a level");
    Fault { found: "\\t".to_owned(), ..fault("MK005", span, what, allowed) }
}

/// What the parser could not read, told by what the author most likely did.
pub fn no_yaml(error: &ScanError, lines: &[&str]) -> Fault {
    let (line, column) = (error.marker().line(), error.marker().col() + 1);
    let text = lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
    // The parser may stop after the tab: the first one in the line's indentation is what is meant.
    let tab = text.chars().take_while(|c| c.is_whitespace()).position(|c| c == '\t');
    if matches!(error.kind(), ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation) || tab.is_some() {
        let column = tab.or_else(|| text.chars().position(|c| c == '\t')).map_or(column, |at| at + 1);
        return self::tab(Span { line, column, length: 1 });
    }
    if matches!(error.kind(), ErrorKind::UnknownAnchor) {
        let what = Text::new("用了沒有定義的錨點", "an anchor that is not defined is used");
        let allowed = Text::new("先以 &名稱 定義，再以 *名稱 使用", "define it with &name before using it with *name");
        let found: String = text.chars().skip(column - 1).take_while(|c| !c.is_whitespace()).collect();
        let span = Span { line, column, length: found.chars().count().max(1) };
        return Fault { found, ..fault("MK006", span, what, allowed) };
    }
    let reason = error.info();
    let what = Text::new(format!("這裡不是正確的 YAML（{reason}）"), format!("this is not YAML: {reason}"));
    let allowed = Text::new(
        "請看這一行與上一行：縮排、冒號後的空格、引號與括號是否成對",
        "look at this line and the one before: indentation, the space after a colon, quotes and brackets in pairs",
    );
    let found = text.trim().chars().take(60).collect();
    let length = text.chars().count().saturating_sub(column - 1).max(1);
    Fault { found, ..fault("MK006", Span { line, column, length }, what, allowed) }
}

pub fn two_documents(span: Span) -> Fault {
    let what = Text::new("一個檔案只能有一份文件", "a file holds one document");
    let allowed = Text::new("請刪去多餘的 ---，或另存一個檔案", "remove the second ---, or make it a file of its own");
    Fault { found: "---".to_owned(), ..fault("MK007", span, what, allowed) }
}

pub fn too_deep(span: Span, most: usize) -> Fault {
    let what = Text::new("巢狀太深", "nested too deeply");
    fault("MK008", span, what, Text::new(format!("最多 {most} 層"), format!("at most {most} levels")))
}

pub fn too_much_yaml(span: Span) -> Fault {
    let what = Text::new("展開後的內容太多", "there is too much in it once it is unfolded");
    let allowed = Text::new(
        "一個檔案最多 20,000 個值、引用錨點 100 次；請拆開或直接寫出",
        "at most 20,000 values and 100 uses of anchors a file; split it or write it out",
    );
    fault("MK009", span, what, allowed)
}

pub fn tag(span: Span) -> Fault {
    let what = Text::new("不使用 YAML 標籤（!…）", "YAML tags (!…) are not used here");
    fault("MK010", span, what, Text::new("請直接寫值", "write the value alone"))
}

pub fn duplicate_key(key: &str, span: Span, first: Span) -> Fault {
    let what = Text::new(format!("「{key}」寫了兩次"), format!("`{key}` is written twice"));
    let allowed = Text::new(
        format!("只能留一個；第一個在第 {} 行", first.line),
        format!("keep one; the first is in line {}", first.line),
    );
    let see = Some((first, Text::new("第一次寫在這裡", "first written here")));
    Fault { found: key.to_owned(), see, ..fault("MK011", span, what, allowed) }
}

pub fn odd_key(span: Span) -> Fault {
    let what = Text::new("鍵必須是一個詞", "a key is a word");
    let allowed = Text::new("例如「title:」；若這是文字請加引號", "such as `title:`; put quotes around a text");
    fault("MK012", span, what, allowed)
}

pub fn no_known_kind(root: &Node) -> Fault {
    let kinds: Vec<&str> = shape::DOCUMENTS
        .iter()
        .flat_map(|kind| {
            kind.marker.into_iter().chain(kind.marker.is_none().then(|| kind.shape.keys()).into_iter().flatten())
        })
        .collect();
    let (span, found) = match (&root.kind, root.entries().first()) {
        (_, Some(entry)) => (entry.key_span, entry.key.clone()),
        (Kind::Word { text, .. }, None) => (root.span, text.clone()),
        (Kind::Empty | Kind::List(_) | Kind::Map(_), None) => (root.span, String::new()),
    };
    let what = Text::new("看不出這個檔案是什麼", "there is no telling what this file is about");
    let allowed = suggestion(nearest(&found, kinds.iter().copied()), &kinds);
    Fault { found, ..fault("MK016", span, what, allowed) }
}

pub fn says_nothing() -> Fault {
    let what = Text::new("檔案是空的", "the file says nothing");
    Fault { warning: true, ..fault("MK018", Span::default(), what, Text::new("可刪去", "it may be removed")) }
}
