//! Two records of one person become one, and two again.

use super::{
    Child, ContactPoint, ExternalId, Field, MAX_CHILDREN, MAX_CONTACT_POINTS, MAX_EXTERNAL_IDS,
    MAX_RELATIONS, Patient, Profile, Related, Relation, Stamp,
};
use uuid::Uuid;

/// Fields that are lists of things: these move, the others fill what is blank.
const LISTS: [Field; 4] = [
    Field::ExternalIds,
    Field::ContactPoints,
    Field::Children,
    Field::Relations,
];

/// What the duplicate had before a merge and what was filled: enough to undo it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Moved {
    /// The duplicate's contact points, in their order.
    pub(crate) points: Vec<Uuid>,
    pub(crate) external_ids: Vec<ExternalId>,
    pub(crate) children: Vec<Child>,
    pub(crate) relations: Vec<Relation>,
    /// Blank fields of the survivor that took the duplicate's value.
    pub(crate) filled: Vec<Field>,
}

/// Why two records cannot become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MergeError {
    Same,
    Merged,
    Deleted,
    TooLarge,
}

/// Merges a duplicate into the patient that stays. What both have stays with each; what only the
/// duplicate has moves; where the survivor says nothing the duplicate's word is taken. A refusal to be
/// contacted, and the wish for discretion, count whoever of the two says it.
pub(crate) fn merge(
    survivor: &mut Patient,
    duplicate: &mut Patient,
    stamp: &Stamp<'_>,
) -> Result<Moved, MergeError> {
    if survivor.id == duplicate.id {
        return Err(MergeError::Same);
    }
    if survivor.merged_into.is_some() || duplicate.merged_into.is_some() {
        return Err(MergeError::Merged);
    }
    if survivor.deleted_at.is_some() || duplicate.deleted_at.is_some() {
        return Err(MergeError::Deleted);
    }
    let (survivor_id, duplicate_id) = (survivor.id, duplicate.id);
    let to = |id| move |relation: &Relation| relation.to == Related::Patient(id);
    let mut moved = Moved {
        points: duplicate
            .contact_points
            .iter()
            .map(|point| point.id)
            .collect(),
        external_ids: duplicate.profile.external_ids.clone(),
        children: duplicate.profile.children.clone(),
        relations: duplicate.profile.relations.clone(),
        filled: Vec::new(),
    };

    let known = survivor.contact_points.clone();
    let (stay, go) = split(std::mem::take(&mut duplicate.contact_points), |point| {
        known.iter().any(|known| known.address == point.address)
    });
    duplicate.contact_points = stay;
    survivor.contact_points.extend(go);

    let (ours, theirs) = (&mut survivor.profile, &mut duplicate.profile);
    ours.external_ids.append(&mut theirs.external_ids);
    ours.external_ids
        .sort_by(|a, b| (&a.system, &a.value).cmp(&(&b.system, &b.value)));
    let known = ours.children.clone();
    let (stay, go) = split(std::mem::take(&mut theirs.children), |child| {
        known.contains(child)
    });
    theirs.children = stay;
    ours.children.extend(go);
    // Nobody is related to themselves: relations between the two stay where they are.
    let known = ours.relations.clone();
    let (stay, go) = split(std::mem::take(&mut theirs.relations), |relation| {
        known.contains(relation) || to(survivor_id)(relation) || to(duplicate_id)(relation)
    });
    theirs.relations = stay;
    ours.relations.extend(go);

    if survivor.contact_points.len() > MAX_CONTACT_POINTS
        || ours.external_ids.len() > MAX_EXTERNAL_IDS
        || ours.children.len() > MAX_CHILDREN
        || ours.relations.len() > MAX_RELATIONS
    {
        return Err(MergeError::TooLarge);
    }
    for field in Field::ALL {
        if !LISTS.contains(&field) && ours.is_blank(field) && !theirs.is_blank(field) {
            ours.take(field, theirs);
            moved.filled.push(field);
            if let Some(source) = duplicate.sources.get(&field) {
                survivor.sources.insert(field, source.clone());
            }
        }
    }
    duplicate.merged_into = Some(survivor_id);
    survivor.merged.push(duplicate_id);
    survivor.touch(stamp.now);
    duplicate.touch(stamp.now);
    Ok(moved)
}

/// Undoes a merge. What came from the duplicate and is still there goes back; what was removed or
/// changed since stays as it was made.
pub(crate) fn unmerge(
    survivor: &mut Patient,
    duplicate: &mut Patient,
    moved: Moved,
    stamp: &Stamp<'_>,
) {
    let points = moved.points.into_iter().filter_map(|id| {
        let is = |point: &ContactPoint| point.id == id;
        take(&mut duplicate.contact_points, is).or_else(|| take(&mut survivor.contact_points, is))
    });
    duplicate.contact_points = points.collect();
    let (ours, theirs) = (&mut survivor.profile, &mut duplicate.profile);
    theirs.external_ids = back(
        moved.external_ids,
        &mut theirs.external_ids,
        &mut ours.external_ids,
    );
    theirs.children = back(moved.children, &mut theirs.children, &mut ours.children);
    theirs.relations = back(moved.relations, &mut theirs.relations, &mut ours.relations);
    let blank = Profile::empty(ours.clinic);
    for field in moved.filled {
        if ours.same(theirs, field) {
            ours.take(field, &blank);
            survivor.sources.remove(&field);
        }
    }
    survivor.merged.retain(|id| *id != duplicate.id);
    duplicate.merged_into = None;
    survivor.touch(stamp.now);
    duplicate.touch(stamp.now);
}

/// Those that meet a condition, and the others.
fn split<T>(all: Vec<T>, stays: impl Fn(&T) -> bool) -> (Vec<T>, Vec<T>) {
    all.into_iter().partition(stays)
}

fn take<T>(from: &mut Vec<T>, is: impl Fn(&T) -> bool) -> Option<T> {
    let place = from.iter().position(is)?;
    Some(from.remove(place))
}

/// The duplicate's list again: each from where it is now, none that is nowhere.
fn back<T: PartialEq>(before: Vec<T>, kept: &mut Vec<T>, moved: &mut Vec<T>) -> Vec<T> {
    before
        .into_iter()
        .filter_map(|wanted| {
            let is = |one: &T| *one == wanted;
            take(kept, is).or_else(|| take(moved, is))
        })
        .collect()
}

#[cfg(test)]
mod tests;
