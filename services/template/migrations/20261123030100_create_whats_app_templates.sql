-- What is registered at WhatsApp, and what WhatsApp says of it.
CREATE TABLE whats_app_templates (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    language text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    locale text COLLATE "C" NOT NULL,
    register smallint NOT NULL,
    clinic_id uuid,
    -- The own wording it was made of; null for the library's.
    wording_id uuid,
    wording_version integer NOT NULL,
    body text NOT NULL,
    parameters text[] NOT NULL,
    requested_category smallint NOT NULL,
    -- 0 until WhatsApp gave it one.
    actual_category smallint NOT NULL,
    state smallint NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT whats_app_templates_key PRIMARY KEY (organization_id, id),
    CONSTRAINT whats_app_templates_name UNIQUE (organization_id, name, language),
    CONSTRAINT whats_app_templates_wording FOREIGN KEY (organization_id, wording_id, wording_version)
        REFERENCES wordings (organization_id, id, version)
);
ALTER TABLE whats_app_templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE whats_app_templates FORCE ROW LEVEL SECURITY;
CREATE POLICY whats_app_templates_of_organization ON whats_app_templates TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (actual_category, state, reason, updated_at)
    ON whats_app_templates TO bitewing_app;
