//! The binary: everything is in the library, so that tests and benches call the same code.

fn main() -> std::process::ExitCode {
    menkan::cli::main()
}
