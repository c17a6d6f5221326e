-- A read model of the clinics' logos, fed by conversation's events: what the pages show beside the name.
CREATE TABLE clinic_logos (
    organization_id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    media_type text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    image bytea NOT NULL,
    CONSTRAINT clinic_logos_key PRIMARY KEY (organization_id, clinic_id)
);
ALTER TABLE clinic_logos ENABLE ROW LEVEL SECURITY;
ALTER TABLE clinic_logos FORCE ROW LEVEL SECURITY;
CREATE POLICY clinic_logos_of_organization ON clinic_logos TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, DELETE, UPDATE (media_type, width, height, image) ON clinic_logos TO bitewing_app;
