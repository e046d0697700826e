//! What the child may have. Set by itself before it reads a byte, and never raised again.

/// Address space: the binary itself, a file unpacked, and its cells.
#[cfg(unix)]
const MEMORY: u64 = 256 << 20;
#[cfg(unix)]
const CPU_SECONDS: u64 = 6;

#[cfg(unix)]
pub fn set() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let fixed = |value| Rlimit { current: Some(value), maximum: Some(value) };
    setrlimit(Resource::As, fixed(MEMORY))?;
    setrlimit(Resource::Cpu, fixed(CPU_SECONDS))?;
    setrlimit(Resource::Fsize, fixed(0))?;
    setrlimit(Resource::Core, fixed(0))?;
    // Standard input, output and error are open; nothing else can be opened.
    setrlimit(Resource::Nofile, fixed(3))?;
    #[cfg(target_os = "linux")]
    rustix::thread::set_no_new_privs(true)?;
    Ok(())
}

/// Elsewhere the deadline and the job's own limits must do.
#[cfg(not(unix))]
pub fn set() -> std::io::Result<()> {
    Ok(())
}
