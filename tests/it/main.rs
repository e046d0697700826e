//! The one test binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic, clippy::type_complexity)]
mod architecture;
mod browser;
mod authorization;
mod progress;
mod rules;
mod check;
mod definition;
mod demo;
mod examples;
mod figures;
mod harness;
mod render;
mod store;
mod notices;
mod outbox;
mod schedule;
mod undelivered;
mod killed;
mod import;
mod import_cli;
mod import_history;
mod workbook;
mod web;
mod serve;
mod files;
mod vault;
