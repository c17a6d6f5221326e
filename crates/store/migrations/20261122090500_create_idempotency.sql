-- First answers by request id (AIP-155), kept for 24 hours. Answers are sealed.
CREATE TABLE store.idempotency (
    organization_id uuid        NOT NULL,
    actor           text        NOT NULL,
    method          text        NOT NULL,
    request_id      text        NOT NULL,
    fingerprint     bytea       NOT NULL,
    response        bytea,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT idempotency_pkey PRIMARY KEY (organization_id, actor, method, request_id)
);
CREATE INDEX idempotency_age ON store.idempotency (created_at);
ALTER TABLE store.idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY idempotency_of_organization ON store.idempotency TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
CREATE POLICY idempotency_for_pruning ON store.idempotency TO bitewing_worker USING (true);
GRANT SELECT, INSERT (organization_id, actor, method, request_id, fingerprint), UPDATE (response)
    ON store.idempotency TO bitewing_app;
GRANT SELECT (created_at), DELETE ON store.idempotency TO bitewing_worker;
