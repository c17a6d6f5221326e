//! Rules over data, at their limits.

use bitewing_core::Language;
use bitewing_guard::message::{Outbound, Register, Role};
use bitewing_guard::policy::{Layer, Level, Policy};
use bitewing_guard::verdict::Action;

use crate::{GUARD, check, check_with, reception, rules};

fn first_message() -> Outbound {
    Outbound {
        first_message: true,
        patient_first_name: "Ana".to_owned(),
        patient_last_name: "Sousa".to_owned(),
        operator_name: "Marta".to_owned(),
        clinic: "Clínica Dentária do Rio".to_owned(),
        ..reception()
    }
}

#[test]
fn emoji_fall_under_their_class() {
    for (text, rule, action) in [
        ("See you tomorrow at ten ❤️", "emoji.hearts", Action::Block),
        ("See you tomorrow at ten 😘", "emoji.kisses", Action::Block),
        ("See you tomorrow at ten ;)", "emoji.kisses", Action::Block),
        (
            "See you tomorrow at ten 😏",
            "emoji.suggestive",
            Action::Block,
        ),
        ("See you tomorrow at ten 😡", "emoji.upset", Action::Block),
        ("See you tomorrow at ten 😎", "emoji.smug", Action::Warn),
        ("See you tomorrow at ten 🐻", "emoji.other", Action::Warn),
    ] {
        let verdict = check(text);
        let finding = verdict.findings.iter().find(|finding| finding.rule == rule);
        assert_eq!(
            finding.map(|finding| finding.action),
            Some(action),
            "{text}"
        );
    }
    assert_eq!(rules(&check("See you tomorrow at ten 🦷🙂👍🏽")), [""; 0]);
    assert_eq!(
        rules(&check("See you 🙂🙂🙂🙂 tomorrow at ten")),
        ["emoji.count"]
    );
}

#[test]
fn a_finding_says_where() {
    let text = "Até amanhã às dez 😘 ok";
    let verdict = check(text);
    let span = verdict
        .findings
        .iter()
        .find_map(|f| f.span.filter(|_| f.rule == "emoji.kisses"))
        .unwrap();
    assert_eq!(&text[span.start..span.end], "😘");
    assert_eq!((span.utf16_start, span.utf16_end), (18, 20));
}

#[test]
fn the_first_message_says_who_writes_and_to_whom() {
    let context = first_message();
    assert_eq!(
        rules(&check_with("Your visit is tomorrow at ten.", &context)),
        ["address.missing_name", "intro.missing"]
    );
    let whole =
        "Hello Ana, Marta from Clínica Dentária do Rio here. Your visit is tomorrow at ten.";
    assert_eq!(rules(&check_with(whole, &context)), [""; 0]);
    let nobody = "Hello Ana, your visit is tomorrow at ten.";
    let verdict = check_with(nobody, &context);
    assert_eq!(rules(&verdict), ["intro.missing"]);
    let suggestion = verdict.findings[0].suggestion.as_deref().unwrap();
    assert!(suggestion.starts_with("Marta, Clínica"), "{suggestion}");
    let later = Outbound {
        first_message: false,
        ..context
    };
    assert_eq!(rules(&check_with(nobody, &later)), [""; 0]);
}

#[test]
fn russian_names_take_endings() {
    let context = Outbound {
        first_message: true,
        patient_first_name: "Марина".to_owned(),
        operator_name: "Ольга".to_owned(),
        clinic: "Белый клык".to_owned(),
        ..reception()
    };
    let text = "Здравствуйте! Это Ольга из «Белого клыка», передайте, пожалуйста, Марине: запись на десять.";
    assert_eq!(rules(&check_with(text, &context)), [""; 0]);
}

#[test]
fn impersonal_addresses_are_seen_in_every_language() {
    for text in [
        "Dear patient, your visit is tomorrow.",
        "Cher patient, votre visite est demain.",
        "Gentile paziente, la visita è domani.",
        "Caro cliente, a consulta é amanhã de manhã.",
        "Estimado cliente, su visita es mañana.",
        "Уважаемый клиент, приём завтра.",
    ] {
        assert!(
            rules(&check(text)).contains(&"address.impersonal"),
            "{text}"
        );
    }
}

#[test]
fn registers_do_not_mix() {
    for (text, rule) in [
        (
            "Bonjour Marie, votre rendez-vous est demain, tu peux venir à dix heures ?",
            true,
        ),
        (
            "Bonjour Marie, votre rendez-vous est demain, vous pouvez venir à dix heures ?",
            false,
        ),
        (
            "Здравствуйте, ваша запись завтра в десять, ты сможешь прийти?",
            true,
        ),
        (
            "Здравствуйте, ваша запись завтра в десять, вы сможете прийти?",
            false,
        ),
    ] {
        assert_eq!(
            rules(&check(text)).contains(&"address.mixed_register"),
            rule,
            "{text}"
        );
    }
    let formal = Outbound {
        register: Some(Register::Formal),
        language: Some(Language::Fr),
        ..reception()
    };
    assert_eq!(
        rules(&check_with(
            "Ton rendez-vous est demain à dix heures.",
            &formal
        )),
        ["address.wrong_register"]
    );
}

#[test]
fn cards_and_identity_numbers_do_not_leave() {
    for (text, rule) in [
        (
            "I noted your card 4111 1111 1111 1111, all fine",
            "secret.card",
        ),
        (
            "Il suo codice fiscale è RSSMRA85T10A562S",
            "secret.national_id",
        ),
        ("Seu cadastro: 529.982.247-25", "secret.national_id"),
    ] {
        let verdict = check(text);
        assert!(
            rules(&verdict).contains(&rule),
            "{text}: {:?}",
            rules(&verdict)
        );
        assert_eq!(verdict.action, Action::Block);
    }
}

#[test]
fn previews_do_not_name_what_is_sensitive() {
    let preview = Outbound {
        is_preview: true,
        ..reception()
    };
    let text = "Your Viagra prescription question: please call us.";
    assert!(rules(&check_with(text, &preview)).contains(&"preview.sensitive"));
    assert!(!rules(&check(text)).contains(&"preview.sensitive"));
}

#[test]
fn a_single_price_needs_its_condition_and_a_question_an_answer() {
    assert_eq!(
        rules(&check("An implant costs 1 200 euros.")),
        ["price.single"]
    );
    assert_eq!(
        rules(&check(
            "An implant costs from 900 to 1 200 euros, after the exam."
        )),
        [""; 0]
    );
    assert_eq!(
        rules(&check(
            "Your invoice of 80 euros for the cleaning costs is attached."
        )),
        [""; 0]
    );
    let asked = Outbound {
        answers: Some("How much is a crown?".to_owned()),
        ..reception()
    };
    assert_eq!(
        rules(&check_with("We can't tell, it depends.", &asked)),
        ["price.dodged"]
    );
}

#[test]
fn canned_texts_are_not_sent_twice() {
    let text = "Thank you for your message, we will come back to you before 18:00 today.";
    let mut context = Outbound {
        previous: vec![
            "Thank you for your message, we will come back to you before 19:30 today.".to_owned(),
        ],
        ..reception()
    };
    assert_eq!(rules(&check_with(text, &context)), ["text.repeated"]);
    context.previous = vec!["Thank you, see you tomorrow.".to_owned()];
    assert_eq!(rules(&check_with(text, &context)), [""; 0]);
}

#[test]
fn links_lead_home() {
    let context = Outbound {
        own_hosts: vec!["rio-dental.pt".to_owned()],
        ..reception()
    };
    let check = |text: &str| {
        let verdict = check_with(text, &context);
        rules(&verdict).first().map(|rule| (*rule).to_owned())
    };
    assert_eq!(
        check("Book at https://book.rio-dental.pt/today please"),
        None
    );
    assert_eq!(
        check("Book at https://example.org/today please").as_deref(),
        Some("link.foreign")
    );
    assert_eq!(
        check("Book at https://rio-denta1.pt/today please").as_deref(),
        Some("link.look_alike")
    );
}

#[test]
fn a_chain_adds_phrases_and_patterns() {
    let text = "schema = 1\nversion = \"1\"\n[[phrase]]\nid = \"free\"\nwords = [\"for free\"]\naction = \"require_approval\"\napprover = \"manager\"\nunless_role = [\"manager\"]\n[[pattern]]\nid = \"room\"\nregex = \"room [0-9]+\"\naction = \"warn\"\n";
    let policy = Policy::merge(&[Layer::parse(Level::Chain, text).unwrap()]);
    let verdict = GUARD
        .check("Whitening FOR  FREE in room 12", &reception(), &policy)
        .unwrap();
    assert_eq!(rules(&verdict), ["phrase.free", "pattern.room"]);
    assert_eq!(
        (verdict.action, verdict.approver),
        (Action::RequireApproval, Some(Role::Manager))
    );
    let manager = Outbound {
        operator_role: Role::Manager,
        ..reception()
    };
    let verdict = GUARD
        .check("Whitening for free", &manager, &policy)
        .unwrap();
    assert_eq!(rules(&verdict), [""; 0]);
}

#[test]
fn a_text_too_long_or_empty_is_refused_before_any_work() {
    let refuse = |text: &str| {
        GUARD
            .check(text, &reception(), &Policy::base())
            .unwrap_err()
    };
    assert_eq!(refuse(&"a".repeat(1_000_000)).reason(), "TOO_LONG");
    assert_eq!(refuse(" \u{200b}\n").reason(), "EMPTY_TEXT");
}
