//! Meaning of messages to patients: plain cases of each kind, in all six languages. How often the model is
//! right on messages it never read is measured by `cargo xtask guard-eval`, not here.

use bitewing_guard::message::{Outbound, Role};
use bitewing_guard::verdict::{Action, Cause};

use crate::{check, check_with, reception};

fn finds(rule: &str, texts: &[&str]) {
    for text in texts {
        let verdict = check(text);
        assert!(
            verdict.findings.iter().any(|f| f.rule == rule),
            "{rule}: {text}: {:?}",
            verdict.findings
        );
        assert!(verdict.action >= Action::Warn);
    }
}

#[test]
fn rude_messages_are_seen() {
    finds(
        "meaning.rude",
        &[
            "Stop whining, it is not my problem, I told you already.",
            "Arrêtez de vous plaindre, ce n'est pas mon problème, vous savez pas lire ?",
            "La smetta di lamentarsi, non è un mio problema, non sa leggere?",
            "Deje de quejarse, no es mi problema, ¿no sabe leer?",
            "Pare de reclamar, não é problema meu, não sabe ler?",
            "Хватит ныть, это ваши проблемы, читать не умеете?",
        ],
    );
}

#[test]
fn flirting_is_seen() {
    finds(
        "meaning.flirting",
        &[
            "You looked gorgeous today, have a drink with me after work? Just the two of us.",
            "Vous êtes ravissante, un verre ce soir après le travail, rien que nous deux ?",
            "Sei bellissima, stasera un aperitivo noi due?",
            "Qué guapa eres, ¿te invito a una copa esta noche, los dos solos?",
            "Você é linda, vamos jantar hoje à noite só nós dois?",
            "Вы такая красивая, поужинаем вечером вдвоём?",
        ],
    );
}

#[test]
fn off_topic_is_seen() {
    finds(
        "meaning.off_topic",
        &[
            "Did you see the match last night? That referee, and who will you vote for on Sunday?",
            "Vous avez vu le match hier ? Et vous votez pour qui aux élections ?",
            "Ha visto la partita ieri? E alle elezioni per chi vota?",
            "¿Vio el partido de ayer? ¿Y a quién va a votar en las elecciones?",
            "Viu o jogo ontem? E em quem vai votar nas eleições?",
            "Смотрели вчера матч? А на выборах за кого голосовать будете?",
        ],
    );
}

#[test]
fn drugs_and_doses_of_reception_wait_for_the_dentist() {
    for text in [
        "Just take 600 mg of ibuprofen every six hours and don't worry.",
        "Prenez un Doliprane 1000 toutes les six heures, ça va passer.",
        "Prenda una Tachipirina ogni sei ore, passa da solo.",
        "Tome un ibuprofeno cada ocho horas, es normal.",
        "Tome um ibuprofeno de 8 em 8 horas, é normal.",
        "Выпейте нурофен по одной таблетке каждые шесть часов, само пройдёт.",
    ] {
        let verdict = check(text);
        assert_eq!(verdict.action, Action::RequireApproval, "{text}");
        assert_eq!(verdict.approver, Some(Role::Dentist), "{text}");
        let dentist = Outbound {
            operator_role: Role::Dentist,
            ..reception()
        };
        let verdict = check_with(text, &dentist);
        assert!(
            verdict
                .findings
                .iter()
                .all(|f| !f.rule.contains("clinical")),
            "{text}"
        );
        let approved = Outbound {
            pre_approved: true,
            ..reception()
        };
        assert_eq!(check_with(text, &approved).action, Action::Allow, "{text}");
    }
}

#[test]
fn ordinary_messages_pass() {
    for text in [
        "Your appointment is tomorrow at ten. See you then!",
        "Votre rendez-vous est confirmé pour mardi à 14 h.",
        "Il suo appuntamento è confermato per martedì alle 14.",
        "Su cita queda confirmada para el martes a las 14 h.",
        "A sua consulta está confirmada para terça às 14h.",
        "Ваша запись подтверждена на вторник, 14:00.",
    ] {
        let verdict = check(text);
        assert_eq!(
            verdict.action,
            Action::Allow,
            "{text}: {:?}",
            verdict.findings
        );
    }
}

#[test]
fn a_verdict_explains_itself() {
    let text = "Stop whining, it is not my problem, I told you already.";
    let verdict = check(text);
    let finding = verdict
        .findings
        .iter()
        .find(|f| f.rule == "meaning.rude")
        .unwrap();
    let Cause::Model { score, evidence } = &finding.cause else {
        panic!("the model found it");
    };
    assert!(*score > 0.3 && *score <= 1.0);
    assert!(!evidence.is_empty());
    for span in evidence {
        assert!(text.get(span.start..span.end).is_some());
    }
    assert_eq!(
        (verdict.versions.model.len(), verdict.versions.policy.len()),
        (16, 16)
    );
}
