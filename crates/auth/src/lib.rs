//! Callers, tokens, passwords and keys.
