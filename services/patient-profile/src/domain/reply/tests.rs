use super::*;
use proptest::prelude::*;

const fn of(language: Language) -> Context {
    Context {
        language: Some(language),
        visit_question_open: false,
        stopped: false,
    }
}

fn read(text: &str, context: Context) -> Reading {
    super::read(text, context, &Additions::default())
}

fn verdict(text: &str, context: Context) -> Verdict {
    read(text, context).verdict
}

#[test]
fn every_word_of_the_tables_counts_in_its_language() {
    for words in &TABLES.languages {
        let context = of(words.language);
        for word in words.stop.iter().chain(&words.visit) {
            assert_eq!(verdict(word, context), Verdict::OptOut, "{word}");
        }
        for word in &words.start {
            assert_eq!(verdict(word, context), Verdict::OptIn, "{word}");
        }
        for word in &words.help {
            assert_eq!(verdict(word, context), Verdict::Help, "{word}");
        }
        for word in &words.yes {
            assert_eq!(verdict(word, context), Verdict::None, "{word}");
            let stopped = Context {
                stopped: true,
                ..context
            };
            assert_eq!(verdict(word, stopped), Verdict::OptIn, "{word}");
        }
    }
}

#[test]
fn what_carriers_act_on_counts_in_every_language() {
    for language in Language::ALL {
        for word in [
            "STOP",
            "Stop all",
            "unsubscribe",
            "CANCEL",
            "QUIT",
            "revoke",
        ] {
            let open = Context {
                visit_question_open: true,
                ..of(language)
            };
            assert_eq!(verdict(word, open), Verdict::OptOut, "{language} {word}");
        }
        assert_eq!(verdict("UNSTOP", of(language)), Verdict::OptIn);
    }
    assert_eq!(verdict("stop", Context::default()), Verdict::OptOut);
    assert!(read("STOP ALL", of(Language::Fr)).everything);
    assert!(!read("STOP", of(Language::Fr)).everything);
}

#[test]
fn ordinary_words_of_other_languages_ask_a_person() {
    for (language, word) in [
        (Language::En, "fine"),
        (Language::En, "Fin"),
        (Language::Fr, "fine"),
        (Language::Fr, "end"),
        (Language::Ru, "End."),
        (Language::Pt, "baja"),
        (Language::It, "alto"),
        (Language::Es, "отказ"),
        (Language::En, "BASTA"),
    ] {
        let read = read(word, of(language));
        assert_eq!(
            (read.verdict, read.why),
            (Verdict::Ambiguous, Why::OtherLanguage),
            "{language} {word}"
        );
    }
    assert_eq!(verdict("fine", of(Language::It)), Verdict::OptOut);
    assert_eq!(verdict("fin", of(Language::Fr)), Verdict::OptOut);
    assert_eq!(verdict("end", of(Language::En)), Verdict::OptOut);
    assert_eq!(verdict("end", Context::default()), Verdict::Ambiguous);
}

#[test]
fn cancelling_is_about_the_visit_while_one_is_asked_about() {
    for (language, word) in [
        (Language::Pt, "CANCELAR"),
        (Language::Es, "Cancelar"),
        (Language::Fr, "annuler"),
        (Language::It, "annulla!"),
        (Language::Ru, "ОТКАЗ"),
    ] {
        assert_eq!(verdict(word, of(language)), Verdict::OptOut, "{word}");
        let open = Context {
            visit_question_open: true,
            ..of(language)
        };
        let asked = read(word, open);
        assert_eq!(
            (asked.verdict, asked.why, asked.visit),
            (Verdict::Ambiguous, Why::VisitQuestion, true),
            "{word}"
        );
    }
    // The carrier has blocked the number already; staff learn that the visit may be meant too.
    let english = Context {
        visit_question_open: true,
        ..of(Language::En)
    };
    let cancel = read("Cancel", english);
    assert_eq!((cancel.verdict, cancel.visit), (Verdict::OptOut, true));
    assert!(!read("Stop", english).visit);
}

#[test]
fn a_word_among_others_is_for_people() {
    for (text, expected, why) in [
        ("stop please", Verdict::Ambiguous, Why::WordAndMore),
        ("STOP 12345", Verdict::Ambiguous, Why::WordAndMore),
        ("opt out of this", Verdict::Ambiguous, Why::WordAndMore),
        ("please stop", Verdict::Ambiguous, Why::WordAndMore),
        ("stop, o Zé não vem amanhã", Verdict::None, Why::InSentence),
        ("see you at ten", Verdict::None, Why::NoWord),
        ("stopping by at noon", Verdict::None, Why::NoWord),
        ("👍", Verdict::None, Why::NoWord),
        ("", Verdict::None, Why::NoWord),
    ] {
        let read = read(text, of(Language::En));
        assert_eq!((read.verdict, read.why), (expected, why), "{text}");
    }
}

#[test]
fn help_is_given_in_the_language_it_was_asked_for() {
    let aide = read("AIDE", of(Language::En));
    assert_eq!(
        (aide.verdict, aide.language),
        (Verdict::Help, Some(Language::Fr))
    );
    let info = read("info", of(Language::Pt));
    assert_eq!(
        (info.verdict, info.language),
        (Verdict::Help, Some(Language::Pt))
    );
    assert_eq!(read("ARRET", of(Language::Fr)).language, Some(Language::Fr));
    assert_eq!(read("STOP", of(Language::Ru)).language, Some(Language::Ru));
}

/// Something between or around words that is no word.
fn noise() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            Just(" "),
            Just("\n"),
            Just("\u{a0}"),
            Just("!"),
            Just("…"),
            Just("."),
            Just("🛑"),
            Just("🙏🏽"),
            Just("\u{200b}"),
            Just("\u{feff}"),
            Just("«"),
            Just("—")
        ],
        0..5,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn blanks_case_punctuation_emoji_and_accents_change_nothing(
        table in 0..6usize, word in 0..64usize, before in noise(), after in noise(),
        upper: bool, accent: bool, open: bool, stopped: bool,
    ) {
        let words = &TABLES.languages[table];
        let all: Vec<_> =
            [&words.stop, &words.visit, &words.help, &words.start, &words.yes].into_iter().flatten().collect();
        let word = all[word % all.len()];
        let mut written = if upper { word.to_uppercase() } else { word.clone() };
        if accent {
            written.push('\u{301}');
        }
        let written = format!("{before}{written}{after}");
        for language in Language::ALL {
            let context = Context { language: Some(language), visit_question_open: open, stopped };
            prop_assert_eq!(read(&written, context), read(word, context));
        }
    }

    #[test]
    fn any_text_is_read(text in ".{0,200}", table in 0..6usize) {
        let context = Context { language: Some(Language::ALL[table]), ..Context::default() };
        let first = read(&text, context);
        prop_assert_eq!(read(&text, context), first);
    }
}
