//! The `bitewing` program.

use bitewing::cli::Command;
use clap::Parser as _;

/// Patient communication for dental chains.
#[derive(clap::Parser)]
#[command(name = "bitewing", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    bitewing_runtime::run("bitewing", async |env, stop| {
        arguments.command.run(env, stop).await
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
