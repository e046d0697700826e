//! What a batch holds: its canonical text, sealed at rest, and the workbook that is made of it.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, XlsxError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::MoneyError;
use crate::amount::Amount;
use crate::app::Settings;
use crate::app::sheet::Words;
use crate::seal::Key;
use crate::store::batches::BatchRow;

/// Frozen: headings and rows as they were when the batch was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Random, so that nobody finds out what was paid by trying hashes.
    pub salt: String,
    pub title: String,
    /// The language of the headings.
    pub lang: String,
    /// The day it was made.
    pub day: String,
    /// Of `Paid::bank`.
    pub heads: Vec<String>,
    pub rows: Vec<Paid>,
}

/// One payment of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    pub payment: String,
    pub case: String,
    pub student: String,
    pub name: String,
    pub bank: Vec<String>,
    /// In hundredths.
    pub amount: i64,
    pub cheque: bool,
}

fn key(settings: &Settings) -> Key {
    Key::new(&settings.secret, "menkan payment batch v1")
}

fn place(batch: &str) -> String {
    format!("payment_batches|content|{batch}")
}

/// The SHA-256 of the canonical text, and the text sealed to its batch.
pub fn seal(settings: &Settings, batch: &str, content: &Content) -> Result<(String, String), MoneyError> {
    let broken = |error: String| MoneyError::Broken(batch.to_owned(), error);
    let text = serde_json::to_vec(content).map_err(|error| broken(error.to_string()))?;
    let mut nonce = [0u8; 24];
    getrandom::fill(&mut nonce).map_err(|error| broken(error.to_string()))?;
    let sealed = key(settings).seal(nonce, &place(batch), &text).map_err(|error| broken(error.to_string()))?;
    Ok((hex::encode(Sha256::digest(&text)), sealed))
}

/// What was frozen, where it still is what its row says.
pub fn open(settings: &Settings, batch: &BatchRow) -> Result<Content, MoneyError> {
    let broken = |error: String| MoneyError::Broken(batch.id.clone(), error);
    let text = key(settings).open(&place(&batch.id), &batch.content).map_err(|error| broken(error.to_string()))?;
    if hex::encode(Sha256::digest(&text)) != batch.sha256 {
        return Err(broken("its SHA-256 differs".to_owned()));
    }
    let content: Content = serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
    let total: i64 = content.rows.iter().map(|row| row.amount).sum();
    if content.rows.len() as i64 != batch.payments || total != batch.total {
        return Err(broken("its sum differs".to_owned()));
    }
    Ok(content)
}

/// The workbook: the same batch is the same file, byte for byte. Texts are written as texts.
pub fn workbook(content: &Content, words: Words<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::parse_from_str(&content.day)?));
    let head = Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Medium);
    let money = Format::new().set_num_format("#,##0.##");
    let sheet = book.add_worksheet();
    let fixed = ["payments-number", "payments-student", "payments-name"].map(words);
    let last = ["payments-amount", "payments-how", "payments-case"].map(words);
    let heads: Vec<&String> = fixed.iter().chain(&content.heads).chain(&last).collect();
    for (column, text) in heads.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, text.as_str(), &head)?;
        sheet.set_column_width(column as u16, 16)?;
    }
    for (index, row) in content.rows.iter().enumerate() {
        let at = index as u32 + 1;
        sheet.write_number(at, 0, at)?;
        let texts = [&row.student, &row.name].into_iter().chain(&row.bank);
        let mut column = 1;
        for text in texts {
            sheet.write_string(at, column, text)?;
            column += 1;
        }
        sheet.write_number_with_format(at, column, number(row.amount), &money)?;
        sheet.write_string(at, column + 1, words(if row.cheque { "payments-cheque" } else { "payments-transfer" }))?;
        sheet.write_string(at, column + 2, &row.case)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

/// A spreadsheet's numbers are doubles; two decimals are exact in their shortest form.
#[allow(clippy::float_arithmetic)]
pub fn number(hundredths: i64) -> f64 {
    Amount(hundredths).0 as f64 / 100.0
}
