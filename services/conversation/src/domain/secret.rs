//! What a message says: with a marker while it rests, with the secret just before it leaves.

use super::Channel;
use bitewing_core::Sensitive;
use serde::{Deserialize, Serialize};

/// What rests, sealed: everything but the secret.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub(crate) sender: String,
    /// Whose message it is; absent in letters of earlier versions.
    #[serde(default)]
    pub(crate) sender_name: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) language: String,
    /// Stands where the secret goes.
    pub(crate) marker: String,
}

/// What leaves.
#[derive(Clone)]
pub(crate) struct Content {
    pub(crate) subject: String,
    pub(crate) text: Sensitive<String>,
    pub(crate) html: Sensitive<String>,
}

impl Letter {
    /// Puts the secret in place of its marker: escaped in HTML, digit by digit in a spoken message.
    pub(crate) fn reveal(&self, channel: Channel, secret: &Sensitive<String>) -> Content {
        let digits = secret.expose().bytes().all(|byte| byte.is_ascii_digit());
        let spoken: Sensitive<String> = if channel == Channel::Voice && digits {
            let digits: Vec<String> = secret.expose().chars().map(String::from).collect();
            digits.join(", ").into()
        } else {
            secret.clone()
        };
        let escaped: Sensitive<String> = escape(secret.expose()).into();
        Content {
            subject: self.subject.clone(),
            text: self.text.replace(&self.marker, spoken.expose()).into(),
            html: self.html.replace(&self.marker, escaped.expose()).into(),
        }
    }
}

impl Content {
    /// A spoken message: what is said at once, and what is said after a keypress (R92).
    pub(crate) fn spoken(&self) -> (&str, &str) {
        self.text
            .expose()
            .split_once("\n\n")
            .unwrap_or(("", self.text.expose()))
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(text: &str, html: &str) -> Letter {
        Letter {
            sender: String::new(),
            sender_name: String::new(),
            subject: String::new(),
            text: text.to_owned(),
            html: html.to_owned(),
            language: "en".to_owned(),
            marker: "MARKER".to_owned(),
        }
    }

    #[test]
    fn codes_are_spoken_digit_by_digit_after_a_keypress() {
        let content = letter("Press a key.\n\nMARKER. Again: MARKER.", "")
            .reveal(Channel::Voice, &"1203".to_owned().into());
        assert_eq!(
            content.spoken(),
            ("Press a key.", "1, 2, 0, 3. Again: 1, 2, 0, 3.")
        );
    }

    #[test]
    fn links_are_escaped_in_html_only() {
        let secret = "https://x.example/d?a=1&b=\"2\"#t".to_owned().into();
        let content = letter("MARKER", "<a href=\"MARKER\">").reveal(Channel::Email, &secret);
        assert_eq!(content.text.expose(), secret.expose());
        assert_eq!(
            content.html.expose(),
            "<a href=\"https://x.example/d?a=1&amp;b=&quot;2&quot;#t\">"
        );
    }
}
