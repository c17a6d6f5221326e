//! Documents, links, one-time codes and the pages patients see.
