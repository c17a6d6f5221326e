//! Makes an index of the library, so that a wording is there by being a file.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("no CARGO_MANIFEST_DIR")?;
    let library = Path::new(&manifest).join("library");
    println!("cargo::rerun-if-changed={}", library.display());
    let mut index = format!(
        "/// What is said when, and with which values.\npub(super) const KINDS: &str = include_str!({:?});\n\
         /// Kind, locale and text of every file.\npub(super) const FILES: &[(&str, &str, &str)] = &[\n",
        library.join("kinds.toml").display().to_string()
    );
    for folder in entries(&library)?.into_iter().filter(|path| path.is_dir()) {
        for file in entries(&folder)? {
            if file
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                let (kind, locale) = (folder.file_name(), file.file_stem());
                writeln!(
                    index,
                    "    ({:?}, {:?}, include_str!({:?})),",
                    kind.ok_or("no name")?.display().to_string(),
                    locale.ok_or("no name")?.display().to_string(),
                    file.display().to_string(),
                )?;
            }
        }
    }
    index.push_str("];\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    std::fs::write(out.join("library.rs"), index)?;
    Ok(())
}

fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}
