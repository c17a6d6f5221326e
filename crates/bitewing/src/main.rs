//! The `bitewing` program.

fn main() -> std::process::ExitCode {
    bitewing::cli::main()
}
