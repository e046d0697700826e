//! Numbers of persons, banks and postal areas: those that are right, and every digit that is not.

use menkan::definition::tables::{BANKS, POSTCODES, find};
use menkan::rules::numbers::{account, area, association, national_id, post_account, residence_permit};

/// Every valid number with some middle digits, by trying the last digit.
fn valid(middle: u32, is: fn(&str) -> bool, seconds: &str) -> Vec<String> {
    let mut out = Vec::new();
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars() {
        for second in seconds.chars() {
            let right: Vec<String> =
                (0..10).map(|last| format!("{letter}{second}{middle:07}{last}")).filter(|number| is(number)).collect();
            assert_eq!(right.len(), 1, "one last digit checks: {letter}{second}{middle:07}");
            out.extend(right);
        }
    }
    out
}

/// A digit that is another: told, unless what its weight makes of the difference is a whole ten.
fn told_or_a_ten(number: &str, is: fn(&str) -> bool) {
    let weights = [8, 7, 6, 5, 4, 3, 2, 1, 1];
    for (place, weight) in (1..).zip(weights) {
        let old = number.as_bytes()[place];
        for new in b'0'..=b'9' {
            let (mut wrong, digits) = (number.to_owned().into_bytes(), old.is_ascii_digit());
            wrong[place] = new;
            if !digits || new == old || (place == 1 && !matches!(new, b'1' | b'2' | b'8' | b'9')) {
                continue;
            }
            let passes = is(std::str::from_utf8(&wrong).unwrap());
            let whole_ten = (i32::from(new) - i32::from(old)) * weight % 10 == 0;
            let of_its_kind =
                place > 1 || matches!((old, new), (b'1' | b'2', b'1' | b'2') | (b'8' | b'9', b'8' | b'9'));
            assert_eq!(passes, whole_ten && of_its_kind, "{number} with {new} in place {place}");
        }
    }
}

#[test]
fn numbers_of_persons_are_checked_by_their_last_digit() {
    for middle in (0..9_999_999).step_by(271_829) {
        for number in valid(middle, national_id, "12") {
            told_or_a_ten(&number, national_id);
            assert!(!residence_permit(&number), "{number}");
        }
        for number in valid(middle, residence_permit, "89ABCD") {
            told_or_a_ten(&number, residence_permit);
            assert!(!national_id(&number), "{number}");
        }
    }
}

#[test]
fn known_numbers_are_right_whatever_their_width_and_shapes_are_not() {
    assert!(national_id("A123456789") && national_id("ａ１２３４５６７８９") && !national_id("A123456788"));
    assert!(residence_permit("A800000014") && residence_permit("AC01234567") && !residence_permit("AE01234567"));
    for wrong in ["", "A12345678", "A1234567890", "1123456789", "A12345678X", "甲123456789"] {
        assert!(!national_id(wrong) && !residence_permit(wrong), "{wrong}");
    }
}

#[test]
fn accounts_and_areas_have_their_lengths() {
    assert!(account("700", "00010230123456") && !account("700", "0001023012345"));
    assert!(account("007", "1234567890") && account("007", "1234567890123456"));
    for wrong in ["123456789", "12345678901234567", "12345-67890", ""] {
        assert!(!account("007", wrong), "{wrong}");
    }
    assert_eq!(area("912").as_deref(), Some("屏東縣內埔鄉"));
    assert_eq!(area("91201"), area("912010"));
    assert!(["", "91", "9120", "101", "9120a", "9120100"].iter().all(|wrong| area(wrong).is_none()));
    assert!(association("612") && !association("700") && !association("61"));
}

#[test]
fn accounts_of_the_post_office_are_checked_by_a_digit_of_the_office_and_one_of_the_account() {
    // The office 002154 has 6; ten accounts, each with the one digit that checks it.
    for (account, digit) in (0..10).zip("1481592603".chars()) {
        for last in '0'..='9' {
            let text = format!("002154600000{account}{last}");
            assert_eq!(post_account(&text), last == digit, "{text}");
        }
    }
    // One digit that is another is told.
    let right = "00215460000014";
    for place in 0..14 {
        for new in b'0'..=b'9' {
            let mut wrong = right.to_owned().into_bytes();
            let old = std::mem::replace(&mut wrong[place], new);
            assert_eq!(post_account(std::str::from_utf8(&wrong).unwrap()), new == old, "{right} with {new} at {place}");
        }
    }
    assert!(post_account("００２１５４６００００００１"), "whatever the width");
    for wrong in ["", "0021546", "002154600000010", "0021546-000001"] {
        assert!(!post_account(wrong), "{wrong}");
    }
}

#[test]
fn every_line_is_found_by_its_code() {
    for table in [&*BANKS, &*POSTCODES] {
        assert!(table.iter().all(|line| find(table, &line.code) == Some(line) && line.code.len() == 3));
    }
    assert_eq!(find(&BANKS, "700").map(|line| line.name.zh.as_str()), Some("中華郵政"));
    assert_eq!(find(&BANKS, "001"), None);
}
