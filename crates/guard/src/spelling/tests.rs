use super::*;
use crate::guard::Guard;
use crate::message::Outbound;
use crate::policy::{Layer, Level, Policy};

const AFF: &str = "SET UTF-8\nTRY esianrtolcdugmphbyfvkwz\n";

fn english() -> Spelling {
    let mut spelling = Spelling::none();
    let words = [
        "your", "visit", "is", "tomorrow", "please", "bring", "the", "invoice", "with",
    ];
    let dic = format!("{}\n{}\n", words.len(), words.join("\n"));
    spelling.add("en", AFF, &dic).unwrap();
    spelling
}

fn unknown(guard: &Guard, text: &str, context: &Outbound, policy: &Policy) -> Vec<String> {
    let verdict = guard.check(text, context, policy).unwrap();
    assert!(verdict.spelling_checked);
    verdict
        .findings
        .iter()
        .filter(|finding| finding.rule == "spelling.unknown_word")
        .map(|finding| {
            let span = finding.span.unwrap();
            text[span.start..span.end].to_owned()
        })
        .collect()
}

fn context() -> Outbound {
    Outbound {
        language: Some(Language::En),
        patient_first_name: "Wojciech".to_owned(),
        ..Outbound::default()
    }
}

#[test]
fn misspelled_words_are_found_where_they_stand() {
    let guard = Guard::new(english());
    let found = unknown(
        &guard,
        "Please brng the invoise, your vi\u{200b}sit is tomorrow",
        &context(),
        &Policy::base(),
    );
    assert_eq!(found, ["brng", "invoise"]);
}

#[test]
fn names_dental_words_drugs_numbers_and_links_need_no_dictionary() {
    let guard = Guard::new(english());
    let text = "wojciech, please bring the aligners, ibuprofen, A4, 12:30, www.a.com and Zbigniew";
    let found = unknown(&guard, text, &context(), &Policy::base());
    assert_eq!(found, ["and"], "only a word this small dictionary lacks");
}

#[test]
fn a_clinic_and_a_caller_add_words() {
    let guard = Guard::new(english());
    let layer = "schema = 1\nversion = \"1\"\n[spelling]\nwords = [\"brng\"]\n";
    let policy = Policy::merge(&[Layer::parse(Level::Clinic, layer).unwrap()]);
    let mut context = context();
    context.words = vec!["Invoise".to_owned()];
    assert_eq!(
        unknown(&guard, "brng the invoise", &context, &policy),
        [""; 0]
    );
}

#[test]
fn without_a_dictionary_the_check_says_so() {
    let guard = Guard::new(Spelling::none());
    let verdict = guard
        .check("brng teh invoise", &context(), &Policy::base())
        .unwrap();
    assert!(!verdict.spelling_checked);
    assert!(
        verdict
            .findings
            .iter()
            .all(|f| f.rule != "spelling.unknown_word")
    );
}

#[test]
fn suggestions_come_when_asked_for() {
    assert!(
        english()
            .suggest("invoise", Language::En, None)
            .contains(&"invoice".to_owned())
    );
    assert_eq!(english().suggest("invoise", Language::Fr, None), [""; 0]);
}

#[test]
fn portuguese_follows_the_country() {
    let mut spelling = Spelling::none();
    spelling.add("pt-BR", AFF, "1\nrecepção\n").unwrap();
    spelling.add("pt-PT", AFF, "1\nreceção\n").unwrap();
    let knows = |region, word| {
        let dictionaries = spelling.of(Language::Pt, region);
        dictionaries.iter().any(|dictionary| dictionary.check(word))
    };
    assert!(knows(Some("BR"), "recepção") && !knows(Some("BR"), "receção"));
    assert!(knows(Some("PT"), "receção") && !knows(Some("PT"), "recepção"));
    assert!(knows(None, "receção") && knows(None, "recepção"));
}

#[test]
fn words_are_read_in_the_ways_their_language_makes_them() {
    let mut spelling = Spelling::none();
    let spanish = "5\ncompra\nminutos\npregunte\npor\nfavor\n";
    spelling.add("es", AFF, spanish).unwrap();
    spelling.add("fr", AFF, "2\nsœur\nappareil\n").unwrap();
    let guard = Guard::new(spelling);
    let of = |language, text: &str| {
        let context = Outbound {
            language: Some(language),
            ..Outbound::default()
        };
        unknown(&guard, text, &context, &Policy::base())
    };
    let right = "cómprate pregúntemelo por favor minutitos";
    assert_eq!(of(Language::Es, right), [""; 0]);
    assert_eq!(of(Language::Fr, "l'appareil soeur apareil"), ["apareil"]);
}

#[test]
fn a_folder_that_is_missing_has_no_dictionaries() {
    let spelling = Spelling::load(Path::new("/nonexistent/dictionaries")).unwrap();
    assert_eq!(spelling.installed(), [""; 0]);
}
