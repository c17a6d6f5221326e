//! How many downloads of a link run at once in this process.

use bitewing_core::LinkId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Downloads of one link at the same time: a browser that resumes while the broken connection has not
/// been noticed yet needs two.
const PER_LINK: usize = 2;

/// The running downloads.
#[derive(Debug, Clone, Default)]
pub(crate) struct Downloads(Arc<Mutex<HashMap<LinkId, usize>>>);

/// The place of one download, given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    downloads: Downloads,
    link: LinkId,
}

impl Downloads {
    /// Takes a place, if one is free.
    pub(crate) fn enter(&self, link: LinkId) -> Option<Place> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = running.entry(link).or_default();
        if *count >= PER_LINK {
            return None;
        }
        *count += 1;
        Some(Place {
            downloads: self.clone(),
            link,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self
            .downloads
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = running.get_mut(&self.link) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.link);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_third_download_of_a_link_waits_for_one_to_end() {
        let downloads = Downloads::default();
        let link = LinkId::from_uuid(Uuid::from_u128(1));
        let first = downloads.enter(link).unwrap();
        let _second = downloads.enter(link).unwrap();
        assert!(downloads.enter(link).is_none());
        assert!(
            downloads
                .enter(LinkId::from_uuid(Uuid::from_u128(2)))
                .is_some()
        );
        drop(first);
        assert!(downloads.enter(link).is_some());
    }
}
