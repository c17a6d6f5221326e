//! What the documents show of the page.

use super::preferences::Invited;
use super::stage::{Stage, pdf};
use super::{driver, list, words};
use crate::layering::root;
use crate::suite::settings::Scratch;
use serde_json::json;

/// Pictures in the repository stay small.
const LARGEST: u64 = 60_000;

/// Written to the folder `BITEWING_SCREENSHOTS` names (`cargo xtask screenshots`), or thrown away.
#[tokio::test]
async fn the_screens_make_pictures_for_the_documents() {
    let scratch = Scratch::new();
    let images = std::env::var_os("BITEWING_SCREENSHOTS")
        .map_or_else(|| scratch.path().to_owned(), |folder| root().join(folder));
    let stage = Stage::set().await;
    let plan = stage.document("Treatment plan.pdf", &pdf(1_240_000)).await;
    let consent = stage.document("Consent form.pdf", &pdf(184_000)).await;
    let (mut items, mut sent) = (Vec::new(), Vec::new());
    for (language, locale, dark) in [
        ("en", "en-CA", false),
        ("fr", "fr-CA", false),
        ("ru", "ru-RU", false),
        ("en", "en-CA", true),
    ] {
        let patient = stage.patient(language).await;
        let link = stage.send(patient, &[&plan, &consent]).await;
        let about = json!({ "language": language, "locale": locale, "dark": dark });
        items.push(link.item(sent.len(), about));
        sent.push(link);
    }
    let patients: Vec<_> = sent.iter().map(|sent| &sent.patient).collect();
    let job = json!({ "items": items, "images": images });
    let found = driver::run(&stage.chain, &patients, "screenshots", job).await;
    assert_eq!(list(&found).len(), 16);
    for name in list(&found) {
        let size = std::fs::metadata(images.join(words(name))).unwrap().len();
        assert!(size > 2_000 && size < LARGEST, "{name} has {size} bytes");
    }
}

/// The preference centre, by the same recipe.
#[tokio::test]
async fn the_preference_centre_makes_pictures_for_the_documents() {
    let scratch = Scratch::new();
    let images = std::env::var_os("BITEWING_SCREENSHOTS")
        .map_or_else(|| scratch.path().to_owned(), |folder| root().join(folder));
    let stage = Stage::set().await;
    let mut items = Vec::new();
    for (language, locale, dark) in [("en", "en-CA", false), ("fr", "fr-CA", true)] {
        let invited = Invited::to(&stage, language).await;
        let about = json!({ "language": language, "locale": locale, "dark": dark });
        items.push(invited.item(about));
    }
    let job = json!({ "items": items, "images": images });
    let found = driver::run(&stage.chain, &[], "preferences-pictures", job).await;
    assert_eq!(list(&found).len(), 2);
    for name in list(&found) {
        let size = std::fs::metadata(images.join(words(name))).unwrap().len();
        assert!(size > 2_000 && size < LARGEST, "{name} has {size} bytes");
    }
}
