-- The picture a clinic is known by, on the pages patients see.
CREATE TABLE clinic_logos (
    organization_id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    media_type text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    image bytea NOT NULL,
    CONSTRAINT clinic_logos_key PRIMARY KEY (organization_id, clinic_id),
    CONSTRAINT clinic_logos_clinic FOREIGN KEY (organization_id, clinic_id)
        REFERENCES clinics (organization_id, id),
    CONSTRAINT clinic_logos_small CHECK (octet_length(image) <= 10240)
);
ALTER TABLE clinic_logos ENABLE ROW LEVEL SECURITY;
ALTER TABLE clinic_logos FORCE ROW LEVEL SECURITY;
CREATE POLICY clinic_logos_of_organization ON clinic_logos TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, DELETE, UPDATE (media_type, width, height, image) ON clinic_logos TO bitewing_app;
