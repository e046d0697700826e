//! Menkan runs a university's graduation thresholds from a folder of text.
//!
//! The modules stand in reading order: what stands lower may use what stands higher, never the
//! other way round (`tests/it/architecture.rs` reads the `use` lines).

pub mod amount;
pub mod clock;
pub mod lang;
pub mod problem;
pub mod seal;
pub mod signs;

pub mod definition;
pub mod rules;

pub mod case;
pub mod progress;

pub mod render;
pub mod sandbox;
pub mod store;

pub mod mail;
pub mod vault;

pub mod app;

pub mod demo;
pub mod schedule;
pub mod web;

pub mod cli;
