//! Numbers that are checked by their real rules: of persons by their check digit, of banks and postal
//! areas by the tables. What is only looked at in its shape says so.

use rhai::{Engine, ImmutableString};

use crate::definition::tables::{BANKS, POSTCODES, find};

/// Functions of case rules about numbers: signature, Chinese, English.
pub(super) const FUNCTIONS: &[(&str, &str, &str)] = &[
    (
        "is_national_id(text)",
        "是否為正確的身分證字號：一個英文字母、1 或 2、八位數字，檢查碼相符（大小寫、全形半形不拘）",
        "whether it is a national ID: a letter, 1 or 2, eight digits, the last of which checks the others (width and capitals aside)",
    ),
    (
        "is_residence_permit(text)",
        "是否為正確的居留證號：新式為一個字母、8 或 9、八位數字；舊式為一個字母、A 到 D、八位數字；檢查碼相符",
        "whether it is the number of a residence permit, of the new form (a letter, 8 or 9, eight digits) or the old (a letter, A to D, eight digits), its check digit right",
    ),
    (
        "is_bank(text)",
        "是否為銀行、信用合作社或郵局的三碼代碼（查表；不含農漁會信用部）",
        "whether it is the code of a bank, a credit cooperative or the post office (by the table, without farmers' and fishermen's associations)",
    ),
    (
        "is_association(text)",
        "是否可能是農漁會信用部的三碼代碼：5、6 或 9 開頭的三碼數字（只看形式，不查表）",
        "whether it may be the code of a farmers' or fishermen's association: three digits that begin with 5, 6 or 9 (its shape alone)",
    ),
    (
        "bank_name(text)",
        "表中該代碼的銀行名稱；沒有則為空字串",
        "the name of the bank in the table; empty where there is none",
    ),
    (
        "is_account(bank, text)",
        "是否像該銀行的帳號：郵局 14 碼（局號 7 碼加帳號 7 碼），其他 10 到 16 碼，都是數字（只看長度與形式）",
        "whether it looks like an account of the bank: 14 digits of the post office (7 of the office, 7 of the account), 10 to 16 of others (its length and shape alone)",
    ),
    (
        "is_post_account(text)",
        "是否為正確的郵局帳號：局號 7 碼加帳號 7 碼，各自的末碼檢查前六碼（權數 2 到 7，11 減和除以 11 的餘數，取個位）",
        "whether it is an account of the post office: 7 digits of the office and 7 of the account, the last of each checking the six before it (weights 2 to 7; 11 less the remainder by 11, its last digit)",
    ),
    (
        "is_postcode(text)",
        "是否為郵遞區號：3、5 或 6 碼數字，前三碼在表中（後幾碼只看形式）",
        "whether it is a postcode: 3, 5 or 6 digits, the first three of which are in the table (the rest by their shape alone)",
    ),
    (
        "area_name(text)",
        "郵遞區號前三碼所在的縣市與鄉鎮市區；沒有則為空字串",
        "the area of a postcode; empty where there is none",
    ),
];

/// The post office.
const POST: &str = "700";

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("is_national_id", |text: ImmutableString| national_id(&text));
    engine.register_fn("is_residence_permit", |text: ImmutableString| residence_permit(&text));
    engine.register_fn("is_bank", |text: ImmutableString| find(&BANKS, &plain(&text)).is_some());
    engine.register_fn("is_association", |text: ImmutableString| association(&text));
    engine.register_fn("bank_name", |text: ImmutableString| {
        find(&BANKS, &plain(&text)).map(|line| line.name.zh.clone()).unwrap_or_default()
    });
    engine.register_fn("is_account", |bank: ImmutableString, text: ImmutableString| account(&bank, &text));
    engine.register_fn("is_post_account", |text: ImmutableString| post_account(&text));
    engine.register_fn("is_postcode", |text: ImmutableString| area(&text).is_some());
    engine.register_fn("area_name", |text: ImmutableString| area(&text).unwrap_or_default());
}

/// Full-width letters as half-width ones, small ones as capitals.
fn plain(text: &str) -> String {
    text.trim()
        .chars()
        .map(|letter| match letter {
            '！'..='～' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter),
            _ => letter,
        })
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

/// The number that a letter stands for, in the order in which counties were given theirs.
fn of_letter(letter: u8) -> Option<u32> {
    const ORDER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    ORDER.iter().position(|known| *known == letter).map(|place| place as u32 + 10)
}

/// Whether ten letters and digits check: the first letter counts as two digits, the second place as one.
fn checks(number: &[u8; 10], second: u32) -> bool {
    let Some(first) = of_letter(number[0]) else { return false };
    let mut sum = first / 10 + first % 10 * 9 + second * 8;
    for (digit, weight) in number[2..].iter().zip([7, 6, 5, 4, 3, 2, 1, 1]) {
        if !digit.is_ascii_digit() {
            return false;
        }
        sum += u32::from(digit - b'0') * weight;
    }
    sum.is_multiple_of(10)
}

fn ten(text: &str) -> Option<[u8; 10]> {
    plain(text).into_bytes().try_into().ok()
}

/// The national ID of a citizen.
pub fn national_id(text: &str) -> bool {
    ten(text).is_some_and(|number| matches!(number[1], b'1' | b'2') && checks(&number, u32::from(number[1] - b'0')))
}

/// The number of a residence permit, old or new.
pub fn residence_permit(text: &str) -> bool {
    ten(text).is_some_and(|number| match number[1] {
        b'8' | b'9' => checks(&number, u32::from(number[1] - b'0')),
        b'A'..=b'D' => of_letter(number[1]).is_some_and(|second| checks(&number, second % 10)),
        _ => false,
    })
}

/// Whether a text may be the code of a farmers' or fishermen's association.
pub fn association(text: &str) -> bool {
    let text = plain(text);
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit()) && text.starts_with(['5', '6', '9'])
}

/// Whether a text may be the number of an account in a bank.
pub fn account(bank: &str, text: &str) -> bool {
    let text = text.trim();
    let length = if plain(bank) == POST { 14..=14 } else { 10..=16 };
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is an account of the post office: the number of an office and that of an account, each of
/// six digits and one that checks them.
pub fn post_account(text: &str) -> bool {
    let text = plain(text);
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let checks = |number: &[u32]| {
        let sum: u32 = number.iter().zip(2..=7).map(|(digit, weight)| digit * weight).sum();
        number.last() == Some(&((11 - sum % 11) % 10))
    };
    digits.len() == 14 && text.chars().count() == 14 && digits.chunks(7).all(checks)
}

/// The area of a postcode.
pub fn area(text: &str) -> Option<String> {
    let text = plain(text);
    let is_one = matches!(text.len(), 3 | 5 | 6) && text.bytes().all(|byte| byte.is_ascii_digit());
    let line = find(&POSTCODES, text.get(..3).filter(|_| is_one)?)?;
    Some(line.name.zh.clone())
}
