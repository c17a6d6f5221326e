-- How far this database has followed each feed.
CREATE TABLE store.feed_cursor (
    feed     text   NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT feed_cursor_pkey PRIMARY KEY (feed)
);
GRANT SELECT, INSERT, UPDATE (position) ON store.feed_cursor TO bitewing_worker;

-- A request-serving transaction may ask how far a feed is, to refuse a batch it already left behind.
CREATE FUNCTION store.cursor_of(wanted text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT position FROM store.feed_cursor WHERE feed = wanted), 0)
$$;
REVOKE ALL ON FUNCTION store.cursor_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.cursor_of(text) TO bitewing_app;

-- Events whose effects are in this database: written in the same transaction as the effects.
CREATE TABLE store.inbox (
    organization_id uuid        NOT NULL,
    feed            text        NOT NULL,
    event_id        uuid        NOT NULL,
    position        bigint      NOT NULL,
    received_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT inbox_pkey PRIMARY KEY (organization_id, feed, event_id)
);
CREATE INDEX inbox_age ON store.inbox (received_at);
ALTER TABLE store.inbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.inbox FORCE ROW LEVEL SECURITY;
CREATE POLICY inbox_of_organization ON store.inbox TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
CREATE POLICY inbox_for_pruning ON store.inbox TO bitewing_worker USING (true);
GRANT SELECT, INSERT (organization_id, feed, event_id, position) ON store.inbox TO bitewing_app;
GRANT SELECT, DELETE ON store.inbox TO bitewing_worker;

-- Events no handler could take, kept whole until somebody replays them.
CREATE TABLE store.dead_event (
    organization_id uuid        NOT NULL,
    feed            text        NOT NULL,
    event_id        uuid        NOT NULL,
    position        bigint      NOT NULL,
    event_type      text        NOT NULL,
    resource        text        NOT NULL,
    payload         jsonb       NOT NULL,
    traceparent     text,
    created_at      timestamptz NOT NULL,
    reason          text        NOT NULL,
    died_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT dead_event_pkey PRIMARY KEY (organization_id, feed, event_id)
);
ALTER TABLE store.dead_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.dead_event FORCE ROW LEVEL SECURITY;
CREATE POLICY dead_event_of_organization ON store.dead_event TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
CREATE POLICY dead_event_for_operators ON store.dead_event TO bitewing_worker USING (true);
GRANT SELECT, INSERT, DELETE ON store.dead_event TO bitewing_app;
GRANT SELECT ON store.dead_event TO bitewing_worker;
