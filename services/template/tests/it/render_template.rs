use crate::harness::{Harness, code, own_code, paths, reason};
use bitewing_proto::template as pb;
use tonic::Code;

fn link(language: &str) -> pb::RenderTemplateRequest {
    let variables = [
        ("patient_name", "Anne <Côté>"),
        ("clinic_name", "Dent & Co"),
        ("clinic_phone", "+1 514 873 0000"),
        ("expires_on", "24 December 2026"),
    ];
    pb::RenderTemplateRequest {
        kind: pb::TemplateKind::DocumentLink.into(),
        channel: pb::TemplateChannel::Email.into(),
        variables: variables
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..code(language)
    }
}

#[tokio::test]
async fn codes_end_with_their_origin_and_name_nobody() {
    let h = Harness::start().await;
    let message = h.render(code("en")).await.unwrap();
    insta::assert_snapshot!(message.text, @r"
    MARKER-1 is your Clinic Riverside code. Do not share it.

    @documents.example #MARKER-1
    ");
    assert!(message.subject.is_empty() && message.html.is_empty());
    for language in ["fr", "it", "pt", "es", "ru"] {
        let message = h.render(code(language)).await.unwrap();
        assert!(
            message.text.ends_with("\n\n@documents.example #MARKER-1"),
            "{language}"
        );
        assert_eq!(message.language, language);
    }
}

#[tokio::test]
async fn codes_are_spoken_twice_and_after_a_keypress() {
    let h = Harness::start().await;
    let spoken = pb::RenderTemplateRequest {
        channel: 3,
        ..code("fr-CA")
    };
    let message = h.render(spoken).await.unwrap();
    insta::assert_snapshot!(message.text, @r"
    Bonjour. Ici Clinic Riverside. Pour entendre le code que vous avez demandé, appuyez sur une touche.

    Votre code est : MARKER-1. Je répète : MARKER-1. Veuillez ne le communiquer à personne. Au revoir.
    ");
}

#[tokio::test]
async fn an_email_says_the_same_in_text_and_in_html() {
    let h = Harness::start().await;
    let message = h.render(link("en")).await.unwrap();
    assert_eq!(
        message.subject,
        "Dent & Co: a confidential document for you"
    );
    insta::assert_snapshot!(message.text, @r"
    Dear Anne <Côté>,

    Dent & Co has a confidential document for you. You can open it with this link:

    MARKER-1

    The page will ask you for a one-time code. The code is sent to your phone when you ask for it there, and never by e-mail.

    The link works until 24 December 2026. If you did not expect this message, please call us at +1 514 873 0000.

    Kind regards,
    Dent & Co
    ");
    insta::assert_snapshot!(message.html, @r#"
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <meta name="color-scheme" content="light dark">
    <title>Dent &amp; Co: a confidential document for you</title>
    </head>
    <body style="margin:0 auto;max-width:36em;padding:1.5em;font-family:sans-serif;line-height:1.5">
    <p>Dear Anne &lt;Côté&gt;,</p>
    <p>Dent &amp; Co has a confidential document for you. You can open it with this link:</p>
    <p><a href="MARKER-1">MARKER-1</a></p>
    <p>The page will ask you for a one-time code. The code is sent to your phone when you ask for it there, and never by e-mail.</p>
    <p>The link works until 24 December 2026. If you did not expect this message, please call us at +1 514 873 0000.</p>
    <p>Kind regards,<br>
    Dent &amp; Co</p>
    </body>
    </html>
    "#);
}

#[tokio::test]
async fn a_language_nobody_wrote_in_is_answered_in_english() {
    let h = Harness::start().await;
    for language in ["de-CH", "", "not a tag"] {
        let message = h.render(code(language)).await.unwrap();
        assert_eq!(message.language, "en");
        assert!(message.text.contains("is your Clinic Riverside code"));
    }
}

#[tokio::test]
async fn the_organizations_own_words_go_first() {
    let h = Harness::start().await;
    h.create(own_code()).await.unwrap();
    let message = h.render(code("fr")).await.unwrap();
    assert!(
        message
            .text
            .starts_with("Bonjour ! MARKER-1 (Clinic Riverside)")
    );
    assert!(
        h.render(code("en"))
            .await
            .unwrap()
            .text
            .starts_with("MARKER-1 is your")
    );
}

#[tokio::test]
async fn missing_values_are_named_and_strange_ones_refused() {
    let h = Harness::start().await;
    let mut request = code("en");
    request.variables.remove("host");
    let refused = h.render(request).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::InvalidArgument, "INVALID_REQUEST".to_owned())
    );
    assert_eq!(paths(&refused), ["variables.host"]);

    // What nobody places may be missing, or empty.
    let mut request = code("en");
    request
        .variables
        .insert("organization_name".to_owned(), String::new());
    assert!(h.render(request).await.is_ok());

    // A line of its own could pretend to be the origin of the code.
    let mut request = code("en");
    request
        .variables
        .insert("clinic_name".to_owned(), "X\n\n@evil.example #1".to_owned());
    assert_eq!(
        paths(&h.render(request).await.err().unwrap()),
        ["variables.clinic_name"]
    );

    let mut request = code("en");
    request
        .variables
        .insert("clinic_name".to_owned(), "about MARKER-1".to_owned());
    assert_eq!(
        paths(&h.render(request).await.err().unwrap()),
        ["secret_marker"]
    );

    let mut request = code("en");
    request.variables = (0..51)
        .map(|n| (format!("name_{n}"), "x".to_owned()))
        .collect();
    request.secret_marker = "short".to_owned();
    request.kind = 0;
    let refused = h.render(request).await.err().unwrap();
    assert_eq!(paths(&refused), ["kind", "secret_marker", "variables"]);
    let by_email = pb::RenderTemplateRequest {
        channel: 2,
        ..code("en")
    };
    assert_eq!(paths(&h.render(by_email).await.err().unwrap()), ["channel"]);
}

#[tokio::test]
async fn only_services_render() {
    let h = Harness::start().await;
    let refused = h
        .client()
        .render_template(h.request(code("en")))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::PermissionDenied, "FORBIDDEN".to_owned())
    );
}
