-- The place of the last event of each organization. Its row lock makes positions visible in their
-- order, so that a reader that has seen one has seen all before it.
CREATE TABLE event_heads (
    organization_id uuid NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT event_heads_key PRIMARY KEY (organization_id)
);

-- The feeds of all services, merged: identifiers and states. Empty clinic_ids means that the event is
-- not about clinics.
CREATE TABLE events (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    position bigint NOT NULL,
    event_type text NOT NULL,
    resource text NOT NULL,
    payload jsonb NOT NULL,
    clinic_ids uuid[] NOT NULL,
    created_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT events_key PRIMARY KEY (organization_id, id),
    CONSTRAINT events_position UNIQUE (organization_id, position)
);
CREATE INDEX events_by_age ON events (received_at);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['event_heads', 'events'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
        EXECUTE format('CREATE POLICY %I ON %I TO bitewing_worker USING (true)', name || '_for_duties', name);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE (position) ON event_heads TO bitewing_app;
GRANT SELECT, INSERT ON events TO bitewing_app;
-- Watchers ask for heads, pruning removes what is old.
GRANT SELECT ON event_heads TO bitewing_worker;
GRANT SELECT (organization_id, id, received_at), DELETE ON events TO bitewing_worker;
