-- Facts, written in the transaction that makes them true. Ids only, never health information.
-- position is given by the sequencer, once the row is visible.
CREATE TABLE store.outbox (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    position        bigint,
    event_type      text        NOT NULL,
    resource        text        NOT NULL,
    payload         jsonb       NOT NULL,
    traceparent     text,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT outbox_pkey PRIMARY KEY (organization_id, id),
    CONSTRAINT outbox_payload_small CHECK (octet_length(payload::text) <= 16384)
) PARTITION BY RANGE (id);
CREATE TABLE store.outbox_default PARTITION OF store.outbox DEFAULT;

CREATE INDEX outbox_unsequenced ON store.outbox (created_at, id) WHERE position IS NULL;
CREATE INDEX outbox_position ON store.outbox (position) WHERE position IS NOT NULL;

ALTER TABLE store.outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.outbox FORCE ROW LEVEL SECURITY;
ALTER TABLE store.outbox_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.outbox_default FORCE ROW LEVEL SECURITY;
CREATE POLICY outbox_of_organization ON store.outbox TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
CREATE POLICY outbox_for_sequencer ON store.outbox TO bitewing_worker USING (true);
GRANT INSERT (organization_id, id, event_type, resource, payload, traceparent)
    ON store.outbox TO bitewing_app;
GRANT SELECT, UPDATE (position) ON store.outbox TO bitewing_worker;

-- The last position given out: one row, whose lock makes sequencing one at a time.
CREATE TABLE store.feed_head (
    only_row boolean NOT NULL DEFAULT true,
    position bigint  NOT NULL DEFAULT 0,
    CONSTRAINT feed_head_pkey PRIMARY KEY (only_row),
    CONSTRAINT feed_head_single CHECK (only_row)
);
INSERT INTO store.feed_head DEFAULT VALUES;
GRANT SELECT, UPDATE (position) ON store.feed_head TO bitewing_worker;
