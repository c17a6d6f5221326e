-- How many codes an organization sends a day, and where none go: CHANNEL:REGION, * for every one.
CREATE TABLE code_policies (
    organization_id uuid NOT NULL,
    daily_budget integer NOT NULL,
    stops text[] NOT NULL,
    version integer NOT NULL,
    CONSTRAINT code_policies_key PRIMARY KEY (organization_id),
    CONSTRAINT code_policies_budget CHECK (daily_budget BETWEEN 1 AND 100000),
    CONSTRAINT code_policies_stops CHECK (cardinality(stops) <= 100)
);

-- Codes sent on a day (UTC), and which alarms of that day were raised.
CREATE TABLE code_days (
    organization_id uuid NOT NULL,
    day date NOT NULL,
    sent integer NOT NULL,
    told_unusual boolean NOT NULL DEFAULT false,
    told_spent boolean NOT NULL DEFAULT false,
    CONSTRAINT code_days_key PRIMARY KEY (organization_id, day)
);

-- Downloads that run now, over all instances. One that stopped without a word is told by its age.
CREATE TABLE downloads (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    link_id uuid NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT downloads_key PRIMARY KEY (organization_id, id),
    CONSTRAINT downloads_link FOREIGN KEY (organization_id, link_id) REFERENCES links (organization_id, id)
);
CREATE INDEX downloads_by_link ON downloads (organization_id, link_id);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['code_policies', 'code_days', 'downloads'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE (daily_budget, stops, version) ON code_policies TO bitewing_app;
GRANT SELECT, INSERT, UPDATE (sent, told_unusual, told_spent), DELETE ON code_days TO bitewing_app;
GRANT SELECT, INSERT, UPDATE (seen_at), DELETE ON downloads TO bitewing_app;
