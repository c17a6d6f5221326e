//! Compiles `proto/` without protoc: descriptors with their options, messages and service stubs.

use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    // Asked for when it runs: a target directory may be shared by several checkouts.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("no CARGO_MANIFEST_DIR")?;
    let root = Path::new(&manifest).join("../../proto");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root.join("bitewing"), &mut files)?;
    files.sort();

    let mut compiler = protox::Compiler::new([&root])?;
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_files(&files)?;
    let encoded = compiler.encode_file_descriptor_set();
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    std::fs::write(out.join("descriptors.bin"), &encoded)?;

    let pool = prost_reflect::DescriptorPool::decode(encoded.as_slice())?;
    let mut config = tonic_prost_build::configure();
    for message in pool.all_messages() {
        if message.full_name().starts_with("bitewing.") && !message.is_map_entry() {
            let path = format!(".{}", message.full_name());
            config = config
                // Personal data travels in messages: they must not be printable.
                .skip_debug([&path])
                .type_attribute(&path, "#[derive(::prost_reflect::ReflectMessage)]")
                .type_attribute(
                    &path,
                    format!(
                        "#[prost_reflect(message_name = \"{}\", descriptor_pool = \"crate::POOL\")]",
                        message.full_name()
                    ),
                );
        }
    }
    config.compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            files.push(path);
        }
    }
    Ok(())
}
