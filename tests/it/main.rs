//! The one test binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic, clippy::type_complexity)]
mod architecture;
mod authorization;
mod browser;
mod check;
mod definition;
mod demo;
mod examples;
mod figures;
mod files;
mod harness;
mod import;
mod import_cli;
mod import_history;
mod killed;
mod notices;
mod outbox;
mod progress;
mod render;
mod rules;
mod schedule;
mod serve;
mod store;
mod undelivered;
mod vault;
mod web;
mod workbook;
