//! Another organization's things look absent, to the byte.

use super::{ask, swapped};
use crate::catalogue::{Stranger, World, placeholders, rows};
use crate::suite::{Suite, rpcs};
use tonic::Code;

#[tokio::test]
async fn things_of_another_organization_look_absent() {
    let suite = Suite::shared().await;
    let (theirs, mine) = tokio::join!(World::make(&suite.site), World::make(&suite.site));
    let channel = suite.site.channel();
    let token = mine.chain.json.token();
    let mut compared = 0;
    for row in rows().filter(|row| row.stranger != Stranger::NamesNothing) {
        let template = row.template();
        let rpc = row.rpc();
        for (pointer, placeholder) in placeholders(&template) {
            let Some(absent) = mine.absent(&placeholder) else {
                continue;
            };
            let foreign = swapped(&mine, &template, &pointer, &theirs.thing(&placeholder));
            let absent = swapped(&mine, &template, &pointer, &absent);
            let foreign = ask(&channel, Some(token), row, &foreign).await;
            let absent = ask(&channel, Some(token), row, &absent).await;
            match row.stranger {
                Stranger::NeverFollowed => assert_eq!(foreign.code, Code::Ok, "{}", row.name),
                Stranger::RowByRow => {
                    assert_eq!(foreign.code, Code::Ok, "{}", row.name);
                    assert_eq!(foreign, absent, "{} {pointer}", row.name);
                }
                Stranger::EmptyList => {
                    let answer = foreign
                        .answer
                        .as_ref()
                        .unwrap_or_else(|| panic!("{}: {foreign:?}", row.name));
                    assert!(
                        rpcs::is_empty(&rpcs::answer(&rpc, answer)),
                        "{} lists something",
                        row.name
                    );
                    assert_eq!(foreign, absent, "{} {pointer}", row.name);
                }
                _ => {
                    assert_eq!(
                        foreign.code,
                        Code::NotFound,
                        "{} {pointer}: {foreign:?}",
                        row.name
                    );
                    assert_eq!(foreign, absent, "{} {pointer}", row.name);
                }
            }
            compared += 1;
        }
    }
    assert!(compared > 30, "only {compared} identifiers were tried");
}

#[tokio::test]
async fn nothing_of_another_organization_is_listed() {
    let suite = Suite::shared().await;
    let (theirs, mine) = tokio::join!(World::make(&suite.site), World::make(&suite.site));
    let channel = suite.site.channel();
    let their_things: Vec<String> = rows()
        .flat_map(|row| placeholders(&row.template()))
        .filter_map(|(_, placeholder)| {
            mine.absent(&placeholder)
                .map(|_| theirs.thing(&placeholder))
        })
        .chain([theirs.chain.organization.clone()])
        .collect();
    let mut listed = 0;
    for row in rows().filter(|row| row.name.contains("/List") || row.name.contains("/Verify")) {
        if row.rpc().rule.public {
            continue;
        }
        // A list of a thing's parts needs the thing.
        let request = match row.stranger {
            Stranger::NotFound => mine.fill(&row.template()),
            _ => serde_json::json!({}),
        };
        let outcome = ask(&channel, Some(mine.chain.json.token()), row, &request).await;
        assert_eq!(outcome.code, Code::Ok, "{}: {outcome:?}", row.name);
        let answer = outcome.answer.unwrap_or_default();
        let text = String::from_utf8_lossy(&answer);
        for thing in &their_things {
            assert!(
                !text.contains(thing.as_str()),
                "{} shows {thing} to a stranger",
                row.name
            );
        }
        listed += 1;
    }
    assert!(listed > 10, "only {listed} lists were read");
}
