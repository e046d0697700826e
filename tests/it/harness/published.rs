//! The table that a school published, in our own order: what its figures must be to the digit.

/// The published figures of 2025-12-12: college, department, final-year students, and those who
/// have passed each requirement in the order stress, enrichment, social, certificate.
pub const PUBLISHED: &[(&str, &str, [usize; 5])] = &[
    ("工程", "化材", [155, 135, 110, 76, 45]),
    ("工程", "機械", [107, 95, 81, 64, 47]),
    ("工程", "冷凍", [106, 101, 77, 65, 14]),
    ("工程", "智動", [44, 34, 17, 20, 11]),
    ("電資", "電機", [142, 128, 111, 93, 70]),
    ("電資", "電子", [111, 101, 69, 61, 45]),
    ("電資", "資工", [141, 127, 94, 78, 31]),
    ("電資", "智慧", [47, 37, 30, 36, 26]),
    ("文創", "文創", [48, 40, 35, 41, 28]),
    ("文創", "景觀", [40, 32, 20, 39, 1]),
    ("文創", "應英", [47, 38, 35, 22, 7]),
    ("管理", "工管", [189, 169, 139, 93, 141]),
    ("管理", "企管", [100, 93, 84, 70, 51]),
    ("管理", "資管", [85, 72, 57, 40, 82]),
    ("管理", "行流", [105, 95, 90, 71, 62]),
    ("管理", "健管", [37, 23, 22, 22, 1]),
];
