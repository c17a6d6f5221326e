//! What a patient changes of the record in the preference centre.

use super::{Change, ContactChannel, Field, Patient, Stamp};

impl Patient {
    /// Puts a channel first, and no longer refuses those that are open; `None` if it is so already.
    pub(crate) fn choose_channels(
        &mut self,
        first: Option<ContactChannel>,
        open: &[ContactChannel],
        stamp: &Stamp<'_>,
    ) -> Option<Change> {
        let mut profile = self.profile.clone();
        profile
            .refused_channels
            .retain(|channel| !open.contains(channel));
        if let Some(first) = first {
            profile
                .preferred_channels
                .retain(|channel| *channel != first);
            profile.preferred_channels.insert(0, first);
            profile.refused_channels.retain(|channel| *channel != first);
        }
        let fields: Vec<Field> = self.profile.differences(&profile);
        if fields.is_empty() {
            return None;
        }
        self.profile = profile;
        self.sources
            .extend(fields.iter().map(|field| (*field, stamp.source())));
        self.touch(stamp.now);
        Some(Change {
            fields,
            ..Change::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{patient, stamp};

    #[test]
    fn the_first_channel_goes_first_and_is_not_refused() {
        let mut anne = patient("Anne", &[]);
        anne.profile.preferred_channels = vec![ContactChannel::Email, ContactChannel::Sms];
        anne.profile.refused_channels = vec![ContactChannel::Call, ContactChannel::Viber];
        let change = anne
            .choose_channels(Some(ContactChannel::Sms), &[ContactChannel::Call], &stamp())
            .unwrap();
        assert_eq!(change.names(), ["preferred_channels", "refused_channels"]);
        assert_eq!(
            anne.profile.preferred_channels,
            [ContactChannel::Sms, ContactChannel::Email]
        );
        assert_eq!(anne.profile.refused_channels, [ContactChannel::Viber]);
        assert!(
            anne.choose_channels(Some(ContactChannel::Sms), &[], &stamp())
                .is_none()
        );
    }
}
