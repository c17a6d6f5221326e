//! Start-up of a process: profile, secrets, telemetry, signals and the Postgres launcher.
