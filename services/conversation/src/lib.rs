//! Clinics, channel accounts, messages and their dispatch to providers.
