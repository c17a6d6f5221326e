//! What a call does (<https://www.twilio.com/docs/voice/twiml>): a greeting that says nothing
//! secret, and after a keypress what the patient asked to hear.

use super::voices::{Voice, voice_of};
use bitewing_core::Sensitive;
use std::fmt::Write as _;
use url::Url;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#;
/// How long the call waits for a key once the greeting is over.
const PATIENCE_SECONDS: u8 = 10;
/// Between two digits: long enough to write each one down.
const PAUSE: &str = r#"<Pause length="1"/>"#;
/// Twilio's limit of instructions that come with the request of a call.
pub(crate) const MAX_INLINE: usize = 4000;

/// Greets, and goes on at `key` once a key is pressed, whichever; an answering machine presses none, so
/// it records the greeting and nothing else.
pub(crate) fn greet(language: &str, greeting: &str, key: &Url) -> String {
    let mut text = String::from(HEAD);
    // An empty finishOnKey makes # a key like the others: "press any key" means any.
    let _ = write!(
        text,
        r#"<Gather input="dtmf" numDigits="1" finishOnKey="" timeout="{PATIENCE_SECONDS}" action="{}" method="POST">"#,
        escape(key.as_str())
    );
    say(&mut text, voice_of(language), greeting);
    text.push_str("</Gather><Hangup/></Response>");
    text
}

/// Says what was asked for: the wording around its secret, the secret digit by digit, twice in all.
pub(crate) fn tell(
    language: &str,
    wording: &str,
    marker: &str,
    secret: &Sensitive<String>,
) -> Sensitive<String> {
    let voice = voice_of(language);
    let parts: Vec<_> = wording.split(marker).collect();
    // Most wordings repeat the secret themselves.
    let rounds = if parts.len() == 2 { 2 } else { 1 };
    let mut text = String::from(HEAD);
    for _ in 0..rounds {
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                spell(&mut text, voice, secret.expose());
            }
            say(&mut text, voice, part);
        }
    }
    text.push_str("<Hangup/></Response>");
    text.into()
}

/// Ends the call without a word.
pub(crate) fn hang_up() -> String {
    format!("{HEAD}<Hangup/></Response>")
}

fn spell(text: &mut String, voice: Voice, secret: &str) {
    if secret.bytes().all(|byte| byte.is_ascii_digit()) {
        for digit in secret.chars() {
            say(text, voice, digit.encode_utf8(&mut [0; 4]));
            text.push_str(PAUSE);
        }
    } else {
        say(text, voice, secret);
    }
}

fn say(text: &mut String, voice: Voice, words: &str) {
    // What is left between two secrets may be punctuation alone.
    if words.chars().any(char::is_alphanumeric) {
        let Voice { language, name } = voice;
        let words = escape(words.trim());
        let _ = write!(
            text,
            r#"<Say language="{language}" voice="{name}">{words}</Say>"#
        );
    }
}

/// XML 1.0: markup is escaped, and what no document may hold is left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            control if control.is_control() || matches!(control, '\u{fffe}' | '\u{ffff}') => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_waits_for_a_key_and_hangs_up_without_one() {
        let key = Url::parse("https://clinic.example/hooks/t/key/msg_1?a=1&b=2").unwrap();
        assert_eq!(
            greet("fr-CA", "Ici <Sourire> & fils.", &key),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Gather input=\"dtmf\" \
             numDigits=\"1\" finishOnKey=\"\" timeout=\"10\" \
             action=\"https://clinic.example/hooks/t/key/msg_1?a=1&amp;b=2\" method=\"POST\">\
             <Say language=\"fr-CA\" voice=\"Polly.Chantal\">Ici &lt;Sourire&gt; &amp; fils.</Say>\
             </Gather><Hangup/></Response>"
        );
    }

    #[test]
    fn a_code_is_said_slowly_and_twice() {
        for wording in ["Your code is X. Again: X.", "Your code is X."] {
            let told = tell("en", wording, "X", &"402".to_owned().into());
            let told = told.expose();
            for digit in ["4", "0", "2"] {
                let said = format!(
                    "<Say language=\"en-US\" voice=\"Polly.Joanna\">{digit}</Say><Pause length=\"1\"/>"
                );
                assert_eq!(told.matches(&said).count(), 2, "{wording}");
            }
            assert!(!told.contains('X') && told.ends_with("<Hangup/></Response>"));
        }
    }

    #[test]
    fn what_no_xml_may_hold_is_left_out() {
        assert_eq!(escape("a\u{0}b\u{b}c\nd\u{ffff}"), "abc d");
    }
}
