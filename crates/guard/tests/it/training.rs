//! Training on a part of the corpus.

use std::path::Path;

use bitewing_guard::corpus;
use bitewing_guard::lexicon::Lexicon;
use bitewing_guard::model::{Model, heads, train};

#[test]
fn the_same_corpus_gives_the_same_model_and_no_author_judges_themselves() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let messages: Vec<_> = corpus::read(&folder)
        .unwrap()
        .into_iter()
        .step_by(25)
        .collect();
    let lexicon = Lexicon::built_in();
    let one = train::train(&messages, &lexicon, 1.0);
    let other = train::train(&messages, &lexicon, 1.0);
    assert_eq!(one.model.version, other.model.version);
    assert_eq!(one.model.encode(), other.model.encode());
    for (message, fold) in messages.iter().zip(&one.fold_of) {
        for (same, other) in messages.iter().zip(&one.fold_of) {
            if message.author == same.author && message.lang == same.lang {
                assert_eq!(fold, other, "{} is in two folds", message.author);
            }
        }
    }
}

#[test]
fn the_model_of_the_crate_reads_and_knows_its_heads() {
    let model = Model::built_in();
    for (table, names) in [
        (&model.out, &heads::OUT[..]),
        (&model.inbound, &heads::IN[..]),
    ] {
        let found: Vec<&str> = table.heads.iter().map(|head| head.name.as_str()).collect();
        assert_eq!(found, names);
        for head in &table.heads {
            assert!(
                head.thresholds.warn <= head.thresholds.hold,
                "{}",
                head.name
            );
            assert!(
                head.thresholds.hold <= head.thresholds.block,
                "{}",
                head.name
            );
        }
    }
    assert_eq!(Model::decode(&model.encode()), Ok(model));
}
