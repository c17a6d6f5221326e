//! The voices that speak, by language (<https://www.twilio.com/docs/voice/twiml/say>).

/// A language as Twilio names it, and a voice that speaks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Voice {
    pub(crate) language: &'static str,
    pub(crate) name: &'static str,
}

const fn voice(language: &'static str, name: &'static str) -> Voice {
    Voice { language, name }
}

/// The six languages of patients and the regions that are told apart; the first of a language speaks
/// for its other regions.
const VOICES: [Voice; 10] = [
    voice("en-US", "Polly.Joanna"),
    voice("en-GB", "Polly.Amy"),
    voice("fr-CA", "Polly.Chantal"),
    voice("fr-FR", "Polly.Celine"),
    voice("it-IT", "Polly.Carla"),
    voice("pt-BR", "Polly.Vitoria"),
    voice("pt-PT", "Polly.Ines"),
    voice("es-MX", "Polly.Mia"),
    voice("es-ES", "Polly.Conchita"),
    voice("ru-RU", "Polly.Tatyana"),
];

/// The voice for a BCP 47 tag; English where there is none, as wordings fall back to English.
pub(crate) fn voice_of(tag: &str) -> Voice {
    let exact = VOICES
        .iter()
        .find(|voice| voice.language.eq_ignore_ascii_case(tag));
    let primary = tag.split('-').next().unwrap_or_default();
    let near = VOICES.iter().find(|voice| {
        let (language, _) = voice.language.split_once('-').unwrap_or_default();
        language.eq_ignore_ascii_case(primary)
    });
    *exact.or(near).unwrap_or(&VOICES[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::Language;

    #[test]
    fn every_language_has_a_voice_of_its_own() {
        for language in Language::ALL {
            let voice = voice_of(language.tag());
            assert!(voice.language.starts_with(language.tag()), "{language}");
        }
    }

    #[test]
    fn regions_choose_among_the_voices_of_a_language() {
        let language = |tag| voice_of(tag).language;
        assert_eq!(language("fr-FR"), "fr-FR");
        assert_eq!(language("fr-fr"), "fr-FR");
        assert_eq!(language("fr-BE"), "fr-CA");
        assert_eq!(language("pt"), "pt-BR");
        assert_eq!(language("en-CA"), "en-US");
        assert_eq!(language("de"), "en-US");
        assert_eq!(language(""), "en-US");
    }
}
