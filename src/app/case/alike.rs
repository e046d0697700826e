//! A text as it is compared with others: without capitals, width, spaces, hyphens and signs that nobody
//! sees, and with Greek and Cyrillic letters that look like a Latin capital read as that one. Digits
//! stay apart from letters: 0 and O may tell two numbers apart.

use crate::signs::is_unseen;

/// A text's letters and digits, as they look.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .filter_map(width)
        .filter(|letter| !is_passed_over(*letter))
        .flat_map(char::to_uppercase)
        .map(latin)
        .collect()
}

/// The letter of ASCII that another is a form of: the full-width forms and the mathematical ones stand in its order.
fn width(letter: char) -> Option<char> {
    let code = u32::from(letter);
    match code {
        0xff01..=0xff5e => char::from_u32(code - 0xfee0),
        0x1d400..=0x1d6a3 => {
            let at = (code - 0x1d400) % 52;
            char::from_u32(if at < 26 { u32::from('A') + at } else { u32::from('a') + at - 26 })
        }
        0x1d7ce..=0x1d7ff => char::from_u32(u32::from('0') + (code - 0x1d7ce) % 10),
        _ => Some(letter),
    }
}

/// Spaces, hyphens and dashes, and signs without a look of their own.
fn is_passed_over(letter: char) -> bool {
    letter.is_whitespace()
        || is_unseen(letter)
        || matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}')
}

/// The Latin capital that a Greek or Cyrillic one looks like (Unicode's confusables).
fn latin(capital: char) -> char {
    match capital {
        'Α' | 'А' => 'A',
        'Β' | 'В' => 'B',
        'С' | 'Ϲ' => 'C',
        'Ε' | 'Е' => 'E',
        'Ԍ' => 'G',
        'Η' | 'Н' => 'H',
        'Ι' | 'І' | 'Ӏ' => 'I',
        'Ј' | 'Ϳ' => 'J',
        'Κ' | 'К' => 'K',
        'Μ' | 'М' => 'M',
        'Ν' => 'N',
        'Ο' | 'О' => 'O',
        'Ρ' | 'Р' => 'P',
        'Ԛ' => 'Q',
        'Ѕ' => 'S',
        'Τ' | 'Т' => 'T',
        'Ԝ' => 'W',
        'Χ' | 'Х' => 'X',
        'Υ' | 'У' | 'Ү' => 'Y',
        'Ζ' => 'Z',
        capital => capital,
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_looks_alike_is_alike() {
        let looks = [
            "TOEIC-ABC 123",
            "toeic－ａｂｃ　１２３",
            "ТОЕІС‐АВС 123",
            "ΤΟΕΙϹ–ΑΒϹ 123",
            "T\u{200b}O\u{ad}E\u{2060}I\u{200d}C\u{feff} A\u{fe0f}BC\u{202e}1\u{2063}23",
            "𝐓𝐎𝐄𝐈𝐂 𝒶𝒷𝒸 𝟏𝟐𝟑",
        ];
        for text in looks {
            assert_eq!(plain(text), "TOEICABC123", "{text}");
        }
        assert_eq!(plain("хуѕ"), "XYS");
        assert_eq!(plain("\u{200b} -\u{ad}"), "");
    }

    #[test]
    fn what_differs_stays_apart() {
        let apart = ["A0", "AO", "A1", "AI", "AL", "Б1", "Д1", "Λ1", "É1", "證1", "号1"];
        for (at, one) in apart.iter().enumerate() {
            for other in &apart[at + 1..] {
                assert_ne!(plain(one), plain(other));
            }
        }
    }
}
