use super::*;
use crate::domain::phrasebook::{Locale, Register, built_in, check, kind, kinds, sample};
use proptest::prelude::*;
use std::fmt::Write as _;

/// Every kind in every place.
fn everywhere() -> impl Iterator<Item = (&'static Occasion, Place)> {
    kinds().flat_map(|kind| {
        Locale::ALL.into_iter().flat_map(move |locale| {
            Register::ALL.into_iter().flat_map(move |register| {
                kind.channels.iter().map(move |&medium| {
                    let place = Place {
                        locale,
                        register,
                        medium,
                    };
                    (kind, place)
                })
            })
        })
    })
}

fn filled(kind: &Occasion, place: Place, given: &Given) -> Result<Message, FillError> {
    fill(kind, place, built_in(kind, place).unwrap(), given)
}

#[test]
fn the_whole_library_reads_as_it_did() {
    for locale in Locale::ALL {
        let mut book = String::new();
        for (kind, place) in everywhere().filter(|(_, place)| place.locale == locale) {
            let message = filled(kind, place, &sample(locale, place.register)).unwrap();
            let (register, medium) = (place.register.name(), place.medium.name());
            write!(book, "## {} {register} {medium}", kind.name).unwrap();
            if let Some(count) = &message.count {
                write!(book, " ({:?}, {} segments)", count.encoding, count.segments).unwrap();
            }
            let subject = Some(message.subject).filter(|subject| !subject.is_empty());
            let subject = subject.map(|subject| format!("\nSubject: {subject}"));
            writeln!(book, "{}\n{}\n", subject.unwrap_or_default(), message.text).unwrap();
        }
        insta::assert_snapshot!(locale.tag(), book);
    }
}

#[test]
fn nobody_is_greeted_by_a_missing_name() {
    for (kind, place) in everywhere() {
        let mut given = sample(place.locale, place.register);
        given
            .values
            .retain(|name, _| !name.ends_with(".salutation") && name != "price.conditions");
        let text = filled(kind, place, &given).unwrap().text;
        let first = text.chars().next().unwrap();
        assert!(
            first.is_uppercase() || !first.is_alphabetic(),
            "{}: {text}",
            kind.name
        );
        for gap in [
            "Dear,",
            "Dear \n",
            " ,",
            "  ",
            "Saludamos a,",
            "Saludamos a:",
            ",,",
            ",!",
            ". .",
            "..",
            " \n",
        ] {
            assert!(
                !text.contains(gap),
                "{} {place:?} {gap:?}: {text}",
                kind.name
            );
        }
    }
}

#[test]
fn text_messages_cost_three_segments_at_most() {
    let mut dear = Vec::new();
    for (kind, place) in everywhere() {
        let message = filled(kind, place, &sample(place.locale, place.register)).unwrap();
        if message.count.is_some_and(|count| count.segments > 3) {
            dear.push((kind.name.as_str(), place));
        }
    }
    assert!(dear.is_empty(), "{dear:?}");
}

/// Words of one register that the other never says: pronouns, possessives, greetings, and imperatives that are no other
/// form as well. Those with a capital are so only with it: Italian `Suo` is yours, `suo` is theirs.
const fn words_of(locale: Locale, register: Register) -> &'static str {
    use Register::{Formal, Informal};
    match (locale, register) {
        (Locale::En, Formal) => "Dear shall kindly",
        (Locale::En, Informal) => "ll re ve m d hi",
        (Locale::FrCa | Locale::FrFr, Formal) => {
            "vous votre vos vôtre appelez répondez écrivez dites choisissez veuillez venez \
             indiquez"
        }
        (Locale::FrCa | Locale::FrFr, Informal) => {
            "tu te t toi ton ta tes on réponds dis choisis viens prends pense"
        }
        (Locale::It, Formal) => {
            "Lei Suo Sua Suoi Sue Gentile chiami risponda scriva scelga venga confermi riceverLa \
             chiamarLa aiutarLa scriverLe"
        }
        (Locale::It, Informal) => {
            "tu ti te tuo tua tuoi tue ciao chiama chiamaci chiamami rispondi scrivi scrivici \
             scegli dicci dimmi vieni scusaci"
        }
        (Locale::PtBr, Formal) => "senhor senhora lhe conosco olá",
        (Locale::PtBr, Informal) => "você te ti teu tua contigo oi valeu prontinho liga escolhe",
        (Locale::PtPt, Formal) => {
            "senhor senhora lhe consigo si seu sua seus suas ligue responda escreva escolha venha \
             diga indique aceite confirme"
        }
        (Locale::PtPt, Informal) => "tu te ti teu tua teus tuas contigo você liga escolhe vem",
        (Locale::Es, Formal) => {
            "usted ustedes le su sus suyos llame responda escríbanos elija venga díganos llámenos \
             avísenos confirme"
        }
        (Locale::Es, Informal) => {
            "tú te ti tu tus contigo vosotros vuestro llámanos dinos dime cuéntanos elige ven"
        }
        (Locale::Ru, Formal) => {
            "вы вас вам вами ваш ваша ваше ваши вашего вашей вашему вашим вашу ваших здравствуйте \
             позвоните звоните напишите ответьте подтвердите"
        }
        (Locale::Ru, Informal) => {
            "ты тебя тебе тобой твой твоя твоё твои твоего твоей твоему твоим твою твоих привет \
             позвони звони напиши пиши ответь"
        }
    }
}

#[test]
fn a_message_never_mixes_registers() {
    let mut mixed = Vec::new();
    for (kind, place) in everywhere() {
        let other = match place.register {
            Register::Formal => Register::Informal,
            Register::Informal => Register::Formal,
        };
        let words = built_in(kind, place).unwrap();
        let text = format!("{} {}", words.subject, words.body).replace("rendez-vous", "");
        let strange: Vec<_> = words_of(place.locale, other).split(' ').collect();
        for word in text.split(|letter: char| !letter.is_alphabetic()) {
            if strange.contains(&word) || strange.contains(&&*word.to_lowercase()) {
                mixed.push(format!("{} {place:?}: {word}", kind.name));
            }
        }
    }
    assert!(mixed.is_empty(), "{mixed:#?}");
}

#[test]
fn what_nobody_needs_says_how_to_end_it() {
    for (kind, place) in everywhere() {
        let needed = !matches!(
            kind.purpose,
            Purpose::Recall | Purpose::Marketing | Purpose::Survey
        );
        let body = &built_in(kind, place).unwrap().body;
        assert!(
            needed || body.contains("opt_out.word") || body.contains("preferences.url"),
            "{} {place:?}",
            kind.name
        );
    }
}

#[test]
fn every_chat_may_be_registered_with_whats_app() {
    for (kind, place) in everywhere().filter(|(_, place)| place.medium == Medium::Chat) {
        let body = &built_in(kind, place).unwrap().body;
        let values = source::scan(body).unwrap();
        let starts = values.iter().map(|value| value.start).chain([body.len()]);
        let ends = [0].into_iter().chain(values.iter().map(|value| value.end));
        for (from, to) in ends.zip(starts) {
            let words = body[from..to].trim();
            assert!(!words.is_empty(), "{} {place:?} at {to}", kind.name);
        }
    }
}

#[test]
fn a_value_without_fallback_is_asked_for_by_name() {
    let place = Place {
        locale: Locale::FrCa,
        register: Register::Formal,
        medium: Medium::Sms,
    };
    let reminder = kind("reminder").unwrap();
    let nothing = filled(reminder, place, &Given::default()).err();
    let missing = [
        "clinic.name",
        "appointment.date",
        "appointment.time",
        "clinic.phone",
    ];
    let missing = missing.map(|name| (name, None)).to_vec();
    assert_eq!(nothing, Some(FillError::Values(missing)));
    let mut given = sample(place.locale, place.register);
    given
        .values
        .insert("appointment.date".to_owned(), "tomorrow".to_owned());
    let wrong = vec![("appointment.date", Some(Unsayable::Date))];
    assert_eq!(
        filled(reminder, place, &given).err(),
        Some(FillError::Values(wrong))
    );
}

proptest! {
    #[test]
    fn whatever_passes_the_check_is_said_whole(body in "[{}%# .a-z\\n|é]{0,60}", at in 0..5_usize, value in "\\PC{1,40}") {
        let kind = kind("introduction").unwrap();
        let name = kind.variables[at].as_str();
        let body = format!("{body} {{{{ {name} }}}} {{{{ clinic.name }}}} {{{{operator.name}}}}");
        let place = Place { locale: Locale::ALL[at], register: Register::Formal, medium: Medium::Chat };
        if let Ok(words) = check(kind, Medium::Chat, "", &body) {
            let mut given = sample(place.locale, place.register);
            given.values.insert(name.to_owned(), value.clone());
            match fill(kind, place, &words, &given) {
                Ok(message) => prop_assert!(!message.text.contains("{{")),
                Err(FillError::Values(wrong)) => prop_assert_eq!(wrong.len(), 1),
                Err(FillError::Broken) => prop_assert!(false, "broken: {}", body),
            }
        }
    }
}
