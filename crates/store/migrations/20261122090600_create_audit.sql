-- Who did what to which thing, in the transaction that did it. Nobody may change or delete a row;
-- the sealer may chain one that is not chained yet, once.
CREATE TABLE store.audit_entries (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    seq             bigint,
    prev_hash       bytea,
    hash            bytea,
    at              timestamptz NOT NULL,
    actor_kind      text        NOT NULL,
    actor_id        text        NOT NULL,
    clinic_id       uuid,
    action          text        NOT NULL,
    resource        text        NOT NULL,
    details         jsonb       NOT NULL,
    request_id      text        NOT NULL,
    CONSTRAINT audit_entries_pkey PRIMARY KEY (organization_id, id),
    CONSTRAINT audit_entries_sealed_whole
        CHECK (num_nulls(seq, prev_hash, hash) IN (0, 3)),
    CONSTRAINT audit_entries_details_small CHECK (octet_length(details::text) <= 16384)
) PARTITION BY RANGE (id);
CREATE TABLE store.audit_entries_default PARTITION OF store.audit_entries DEFAULT;

CREATE INDEX audit_entries_unsealed ON store.audit_entries (organization_id, at, id) WHERE seq IS NULL;
CREATE INDEX audit_entries_chain ON store.audit_entries (organization_id, seq, id);

ALTER TABLE store.audit_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.audit_entries FORCE ROW LEVEL SECURITY;
ALTER TABLE store.audit_entries_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.audit_entries_default FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_entries_of_organization ON store.audit_entries TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
CREATE POLICY audit_entries_for_reading ON store.audit_entries FOR SELECT TO bitewing_worker
    USING (true);
CREATE POLICY audit_entries_for_sealing ON store.audit_entries FOR UPDATE TO bitewing_worker
    USING (seq IS NULL) WITH CHECK (seq IS NOT NULL);
GRANT SELECT, INSERT (organization_id, id, at, actor_kind, actor_id, clinic_id, action, resource,
                      details, request_id)
    ON store.audit_entries TO bitewing_app;
GRANT SELECT, UPDATE (seq, prev_hash, hash) ON store.audit_entries TO bitewing_worker;

-- The end of each organization's chain, signed.
CREATE TABLE store.audit_heads (
    organization_id uuid        NOT NULL,
    seq             bigint      NOT NULL,
    hash            bytea       NOT NULL,
    signature       bytea       NOT NULL,
    signed_at       timestamptz NOT NULL,
    CONSTRAINT audit_heads_pkey PRIMARY KEY (organization_id)
);
ALTER TABLE store.audit_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.audit_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_heads_of_organization ON store.audit_heads FOR SELECT TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid);
CREATE POLICY audit_heads_for_sealer ON store.audit_heads TO bitewing_worker USING (true);
GRANT SELECT ON store.audit_heads TO bitewing_app;
GRANT SELECT, INSERT, UPDATE ON store.audit_heads TO bitewing_worker;
