//! Python, with the packages of `tests/python/requirements.txt`, in `target/venv`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder of the repository.
pub fn root() -> &'static Path {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    crates
        .and_then(Path::parent)
        .expect("the crate is two steps below the root")
}

/// The interpreter that `cargo xtask test` prepares and `BITEWING_PYTHON` names; by hand it is made
/// here, once, whoever else asks meanwhile.
pub fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| match std::env::var_os("BITEWING_PYTHON") {
        Some(python) => root().join(python),
        None => prepare().expect("Python and its packages are there or can be had"),
    })
}

fn prepare() -> std::io::Result<PathBuf> {
    let venv = root().join("target/venv");
    let (python, pins) = (venv.join("bin/python"), venv.join("pins"));
    let requirements = root().join("tests/python/requirements.txt");
    let wanted = fs::read_to_string(&requirements)?;
    let lock = File::create(root().join("target/venv.lock"))?;
    lock.lock()?;
    let made = fs::read_to_string(&pins).unwrap_or_default();
    if made.trim() == wanted.trim() && python.exists() {
        return Ok(python);
    }
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    }
    run(Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--only-binary=:all:",
            "-r",
        ])
        .arg(&requirements))?;
    fs::write(&pins, wanted.trim())?;
    Ok(python)
}

fn run(command: &mut Command) -> std::io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(std::io::Error::other(told))
}
