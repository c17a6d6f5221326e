-- The sites of a chain.
CREATE TABLE clinics (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    display_name text NOT NULL,
    time_zone text NOT NULL,
    phone text NOT NULL,
    region text NOT NULL,
    language text NOT NULL,
    address text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT clinics_key PRIMARY KEY (organization_id, id)
);
ALTER TABLE clinics ENABLE ROW LEVEL SECURITY;
ALTER TABLE clinics FORCE ROW LEVEL SECURITY;
CREATE POLICY clinics_of_organization ON clinics TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT,
    UPDATE (display_name, time_zone, phone, region, language, address, version, updated_at)
    ON clinics TO bitewing_app;
