-- A read model of the clinics, fed by conversation's events: what every page and message shows.
CREATE TABLE clinics (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    display_name text NOT NULL,
    phone text NOT NULL,
    language text NOT NULL,
    CONSTRAINT clinics_key PRIMARY KEY (organization_id, id)
);

-- A read model of the organization's settings, fed by the gateway's events.
CREATE TABLE organization_settings (
    organization_id uuid NOT NULL,
    display_name text NOT NULL,
    default_language text NOT NULL,
    allowed_regions text[] NOT NULL,
    CONSTRAINT organization_settings_key PRIMARY KEY (organization_id)
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['clinics', 'organization_settings'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO bitewing_app', name);
    END LOOP;
END
$$;
