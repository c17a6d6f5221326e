//! Messages from patients.

use bitewing_core::Language;
use bitewing_guard::corpus::{Intent, RedFlag, Sentiment, Urgency};
use bitewing_guard::message::{Inbound, Outbound};
use bitewing_guard::verdict::{Analysis, Outcome};

use crate::{GUARD, check_with, reception, rules};

fn analyze(text: &str) -> Analysis {
    GUARD.analyze(text, &Inbound::default()).unwrap()
}

#[test]
fn danger_pages_whoever_is_on_call() {
    for text in [
        "The bleeding won't stop since the extraction and my face is swollen, I can't swallow",
        "Ça saigne sans arrêt depuis l'extraction, j'ai la joue énorme et de la fièvre",
        "Non smette di sanguinare dall'estrazione, ho la guancia gonfia e la febbre",
        "No para de sangrar desde la extracción, tengo la cara hinchada y fiebre",
        "Não para de sangrar desde a extração, estou com a cara inchada e febre",
        "Кровь не останавливается после удаления, щека распухла, температура",
    ] {
        let analysis = analyze(text);
        assert_eq!(analysis.urgency, Urgency::Urgent, "{text}");
        for outcome in [
            Outcome::PageOnCall,
            Outcome::AskToComeIn,
            Outcome::NotifyDentist,
        ] {
            assert!(analysis.outcomes.contains(&outcome), "{text}: {outcome:?}");
        }
        assert!(analysis.red_flags.contains(&RedFlag::Bleeding), "{text}");
    }
}

#[test]
fn danger_that_is_over_pages_nobody() {
    for text in [
        "The bleeding stopped and the swelling has gone, thank you!",
        "Plus de fièvre, tout va bien, merci",
        "La febbre è passata e non sanguina più, grazie",
        "Ya no sangra y bajó la hinchazón, gracias",
        "Já não sangra e o inchaço passou, obrigada",
        "Кровь остановилась, отёк спал, спасибо",
    ] {
        let analysis = analyze(text);
        assert_ne!(
            analysis.urgency,
            Urgency::Urgent,
            "{text}: {:?}",
            analysis.findings
        );
    }
}

#[test]
fn fever_asks_for_the_patient_and_tells_the_dentist() {
    let analysis = analyze("I have had a fever since the surgery yesterday");
    assert!(analysis.red_flags.contains(&RedFlag::Fever));
    assert!(analysis.outcomes.contains(&Outcome::AskToComeIn));
    assert!(analysis.outcomes.contains(&Outcome::NotifyDentist));
    let context = Outbound {
        answers: Some("I have had a fever since the surgery yesterday".to_owned()),
        ..reception()
    };
    let verdict = check_with("Oh dear. Get some rest.", &context);
    assert!(rules(&verdict).contains(&"clinical.symptom_unanswered"));
    assert!(verdict.outcomes.contains(&Outcome::NotifyDentist));
    let verdict = check_with(
        "Please come in today at four, the dentist will see you.",
        &context,
    );
    assert!(!rules(&verdict).contains(&"clinical.symptom_unanswered"));
}

#[test]
fn opt_out_words_and_wishes_are_never_lost() {
    for text in [
        "STOP",
        "unsubscribe",
        "Arrêt",
        "Basta messaggi, cancellatemi dalla lista",
        "Dejen de escribirme, quiero darme de baja",
        "Não me mandem mais mensagens",
        "Не пишите мне больше, отпишите",
    ] {
        let analysis = analyze(text);
        assert!(analysis.opt_out, "{text}");
        assert!(
            analysis
                .outcomes
                .iter()
                .any(|o| matches!(o, Outcome::OptOut | Outcome::ConfirmOptOut)),
            "{text}"
        );
    }
}

#[test]
fn harassment_is_sealed_and_nobody_answers_by_machine() {
    for text in [
        "Send me a photo of your tits, I know where you live",
        "Я знаю, где ты живёшь, пришли фото груди",
    ] {
        let analysis = analyze(text);
        assert!(analysis.harassment, "{text}");
        assert!(analysis.outcomes.contains(&Outcome::SealEvidence));
        assert!(analysis.outcomes.contains(&Outcome::PersonFirst));
    }
}

#[test]
fn anger_cools_down() {
    for text in [
        "This is a disgrace, I am furious, worst clinic ever, I want my money back!",
        "C'est une honte, je suis furieuse, remboursez-moi, je porte plainte !",
        "Это позор! Вы обманули меня, я в бешенстве, верните деньги!",
    ] {
        let analysis = analyze(text);
        assert_eq!(analysis.sentiment, Sentiment::Angry, "{text}");
        assert!(analysis.outcomes.contains(&Outcome::CoolDown));
    }
}

#[test]
fn plain_wishes_are_understood() {
    for (text, intent) in [
        (
            "I'd like to book an appointment for a cleaning",
            Intent::Book,
        ),
        ("Je dois annuler mon rendez-vous de demain", Intent::Cancel),
        (
            "Possiamo spostare l'appuntamento a un altro giorno?",
            Intent::Reschedule,
        ),
        ("¿Cuánto cuesta un implante?", Intent::Price),
        ("Podem enviar-me a fatura?", Intent::Document),
        ("Опаздываю, пробки, буду через 15 минут", Intent::Late),
        ("Thank you so much, wonderful team!", Intent::Thanks),
    ] {
        assert_eq!(analyze(text).intents[0].0, intent, "{text}");
    }
}

#[test]
fn languages_are_told_apart_and_short_words_follow_the_patient() {
    for (text, language) in [
        ("Is there parking near the clinic?", Language::En),
        (
            "Est-ce qu'il y a un parking près du cabinet ?",
            Language::Fr,
        ),
        ("C'è un parcheggio vicino allo studio?", Language::It),
        ("Há estacionamento perto da clínica?", Language::Pt),
        ("¿Hay aparcamiento cerca de la clínica?", Language::Es),
        ("Есть ли парковка рядом с клиникой?", Language::Ru),
    ] {
        let guess = GUARD.language(text, None);
        assert_eq!(guess.language, language, "{text}");
        assert!(guess.confidence > 0.5, "{text}: {}", guess.confidence);
    }
    assert_eq!(
        GUARD.language("ok", Some(Language::Pt)).language,
        Language::Pt
    );
}

#[test]
fn soon_after_a_procedure_a_person_reads_first() {
    let recent = Inbound {
        days_since_procedure: Some(2),
        ..Inbound::default()
    };
    let analysis = GUARD
        .analyze("is that how it should look", &recent)
        .unwrap();
    assert!(analysis.outcomes.contains(&Outcome::PersonFirst));
}
