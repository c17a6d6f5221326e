-- An organization's own wordings; where it has none, the built-in one is said.
CREATE TABLE templates (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    kind smallint NOT NULL,
    language text NOT NULL,
    channel smallint NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT templates_key PRIMARY KEY (organization_id, id),
    CONSTRAINT templates_slot UNIQUE (organization_id, kind, language, channel)
);
ALTER TABLE templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE templates FORCE ROW LEVEL SECURITY;
CREATE POLICY templates_of_organization ON templates TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, DELETE, UPDATE (subject, body, version, updated_at) ON templates TO bitewing_app;
