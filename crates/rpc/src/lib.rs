//! The shape of every call: errors, access rules, server layers and channels.
