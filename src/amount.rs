//! Amounts: hours, points, pieces. Exact, in hundredths of a unit; never floating point.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use rust_decimal::Decimal;

/// An exact amount with at most two decimals, held in hundredths: `Amount(150)` is 1.5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub i64);

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    #[error("not a number")]
    NotANumber,
    #[error("more than two decimals")]
    TooFine,
    #[error("too large")]
    TooLarge,
}

impl Amount {
    pub const ZERO: Amount = Amount(0);

    pub const fn whole(units: i64) -> Amount {
        Amount(units * 100)
    }

    /// Reads `12`, `1.5`, `-0.25`; full-width digits and spaces around must be folded before.
    pub fn parse(text: &str) -> Result<Amount, AmountError> {
        // Neither exponents nor what groups digits in programs.
        if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+')) {
            return Err(AmountError::NotANumber);
        }
        let decimal: Decimal = text.parse().map_err(|_| AmountError::NotANumber)?;
        Amount::from_decimal(decimal)
    }

    pub fn from_decimal(decimal: Decimal) -> Result<Amount, AmountError> {
        let hundredths = decimal.checked_mul(Decimal::ONE_HUNDRED).ok_or(AmountError::TooLarge)?;
        if !hundredths.fract().is_zero() {
            return Err(AmountError::TooFine);
        }
        i64::try_from(hundredths.trunc()).map(Amount).map_err(|_| AmountError::TooLarge)
    }

    pub fn decimal(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// Always two decimals, for columns of rates: `85.40`.
    pub fn fixed(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }

    /// What is missing to `needed`; zero where nothing is.
    pub fn missing_to(self, needed: Amount) -> Amount {
        Amount((needed.0 - self.0).max(0))
    }
}

/// `1.5`, `24`, `-0.25`: no trailing zeros.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (units, rest) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match (rest, rest % 10) {
            (0, _) => write!(f, "{sign}{units}"),
            (_, 0) => write!(f, "{sign}{units}.{}", rest / 10),
            _ => write!(f, "{sign}{units}.{rest:02}"),
        }
    }
}

/// A JSON number, whole where it is whole.
impl serde::Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            serializer.serialize_i64(self.0 / 100)
        } else {
            // Two decimals are exact in the shortest form that a double prints.
            #[allow(clippy::float_arithmetic)]
            serializer.serialize_f64(self.0 as f64 / 100.0)
        }
    }
}

impl Add for Amount {
    type Output = Amount;
    fn add(self, other: Amount) -> Amount {
        Amount(self.0 + other.0)
    }
}
impl Sub for Amount {
    type Output = Amount;
    fn sub(self, other: Amount) -> Amount {
        Amount(self.0 - other.0)
    }
}
impl Neg for Amount {
    type Output = Amount;
    fn neg(self) -> Amount {
        Amount(-self.0)
    }
}
impl AddAssign for Amount {
    fn add_assign(&mut self, other: Amount) {
        self.0 += other.0;
    }
}
impl Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(iter: I) -> Amount {
        iter.fold(Amount::ZERO, Add::add)
    }
}
