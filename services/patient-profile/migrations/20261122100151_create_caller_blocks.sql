-- Addresses that are not put through. The address itself is sealed: the hash finds it, staff may read it.
CREATE TABLE caller_blocks (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    clinic_id uuid,
    address_kind smallint NOT NULL,
    address_channel smallint NOT NULL,
    address_hash bytea NOT NULL,
    address_sealed bytea NOT NULL,
    reason text NOT NULL,
    expires_at timestamptz,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    ended_at timestamptz,
    ended_by text NOT NULL DEFAULT '',
    CONSTRAINT caller_blocks_key PRIMARY KEY (organization_id, id),
    CONSTRAINT caller_blocks_clinic FOREIGN KEY (organization_id, clinic_id) REFERENCES clinics (organization_id, id)
);
CREATE INDEX caller_blocks_by_address ON caller_blocks (organization_id, address_hash, id) WHERE ended_at IS NULL;
CREATE INDEX caller_blocks_in_force ON caller_blocks (organization_id, id) WHERE ended_at IS NULL;

-- Who reported an address, once each.
CREATE TABLE spam_reports (
    organization_id uuid NOT NULL,
    address_hash bytea NOT NULL,
    reporter text NOT NULL,
    clinic_id uuid NOT NULL,
    reported_at timestamptz NOT NULL,
    CONSTRAINT spam_reports_key PRIMARY KEY (organization_id, address_hash, reporter),
    CONSTRAINT spam_reports_clinic FOREIGN KEY (organization_id, clinic_id) REFERENCES clinics (organization_id, id)
);

-- A number of one of the chain's own clinics, shown by a caller, is a lie.
CREATE INDEX clinics_by_phone ON clinics (organization_id, phone) WHERE phone <> '';

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['caller_blocks', 'spam_reports'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO bitewing_app', name);
    END LOOP;
END
$$;
