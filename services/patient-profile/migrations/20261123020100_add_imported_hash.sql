-- A keyed hash of what an import last said under an external id. The row is written anew whenever its patient changes,
-- and the hash is gone then: while it is there, the same words again change nothing.
ALTER TABLE external_ids ADD COLUMN imported_hash bytea;
