-- Every timer: a row until it is done. Bodies are sealed, so the worker that scans across
-- organizations sees ciphertext. lane: 0 urgent, 1 reply, 2 transactional, 3 campaign.
-- state: 0 ready, 1 leased, 2 dead. epoch grows with every lease: a stale holder matches no row.
CREATE TABLE store.job (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    kind            text        NOT NULL,
    lane            smallint    NOT NULL,
    run_at          timestamptz NOT NULL,
    state           smallint    NOT NULL DEFAULT 0,
    attempt         integer     NOT NULL DEFAULT 0,
    max_attempts    integer     NOT NULL,
    dedupe_key      text        NOT NULL,
    epoch           bigint      NOT NULL DEFAULT 0,
    lease_until     timestamptz,
    last_error      text,
    clinic_ids      uuid[],
    purpose         text        NOT NULL,
    body            bytea       NOT NULL,
    traceparent     text,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT job_pkey PRIMARY KEY (organization_id, id),
    CONSTRAINT job_dedupe UNIQUE (organization_id, kind, dedupe_key),
    CONSTRAINT job_lane_known CHECK (lane BETWEEN 0 AND 3),
    CONSTRAINT job_state_known CHECK (state BETWEEN 0 AND 2),
    CONSTRAINT job_lease_ends CHECK ((state = 1) = (lease_until IS NOT NULL)),
    CONSTRAINT job_attempts_positive CHECK (max_attempts > 0),
    CONSTRAINT job_body_small CHECK (octet_length(body) <= 65536)
);
CREATE INDEX job_due ON store.job (lane, run_at) WHERE state = 0;
CREATE INDEX job_turn ON store.job (lane, organization_id, run_at) WHERE state = 0;
CREATE INDEX job_expiry ON store.job (lease_until) WHERE state = 1;
CREATE INDEX job_dead ON store.job (organization_id, id) WHERE state = 2;

ALTER TABLE store.job ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.job FORCE ROW LEVEL SECURITY;
CREATE POLICY job_of_organization ON store.job TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
CREATE POLICY job_for_worker ON store.job TO bitewing_worker USING (true);
GRANT SELECT, DELETE,
    INSERT (organization_id, id, kind, lane, run_at, max_attempts, dedupe_key, clinic_ids, purpose, body, traceparent),
    UPDATE (run_at, state, attempt, lease_until, last_error)
    ON store.job TO bitewing_app;
GRANT SELECT, UPDATE (run_at, state, attempt, epoch, lease_until, last_error)
    ON store.job TO bitewing_worker;
