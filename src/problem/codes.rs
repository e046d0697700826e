pub const CODES: &[&str] = &[];
