-- What pages and greetings say of a clinic.
ALTER TABLE clinics
    ADD COLUMN display_name text NOT NULL DEFAULT '',
    ADD COLUMN phone text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN language text NOT NULL DEFAULT '';

-- Statements about consent. Rows are only ever added: the grant says so. Addresses are keyed hashes, so that a
-- refusal outlives whoever made it.
CREATE TABLE consents (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    patient_id uuid,
    state smallint NOT NULL,
    purpose smallint NOT NULL,
    channel smallint NOT NULL,
    address_kind smallint NOT NULL,
    address_hash bytea,
    basis smallint NOT NULL,
    wording_version text NOT NULL,
    source smallint NOT NULL,
    recorded_by text NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT consents_key PRIMARY KEY (organization_id, id),
    CONSTRAINT consents_subject CHECK (patient_id IS NOT NULL OR address_hash IS NOT NULL),
    CONSTRAINT consents_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id)
);
CREATE INDEX consents_by_patient ON consents (organization_id, patient_id, id) WHERE patient_id IS NOT NULL;
CREATE INDEX consents_by_address ON consents (organization_id, address_hash, id) WHERE address_hash IS NOT NULL;

-- Links to the preference centre. Purpose 1 is the page, 2 one click in a mail program.
CREATE TABLE preference_links (
    organization_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    purpose smallint NOT NULL,
    patient_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT preference_links_key PRIMARY KEY (organization_id, token_hash),
    CONSTRAINT preference_links_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id)
);
CREATE INDEX preference_links_by_patient ON preference_links (organization_id, patient_id);

-- How often messages of a channel were answered.
CREATE TABLE channel_answers (
    organization_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    channel smallint NOT NULL,
    answered integer NOT NULL,
    ignored integer NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT channel_answers_key PRIMARY KEY (organization_id, patient_id, channel),
    CONSTRAINT channel_answers_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id)
);

DO $$
DECLARE
    name text;
    grants text;
BEGIN
    FOREACH name IN ARRAY ARRAY['consents', 'preference_links', 'channel_answers'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
        grants := CASE name WHEN 'consents' THEN 'SELECT, INSERT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END;
        EXECUTE format('GRANT %s ON %I TO bitewing_app', grants, name);
    END LOOP;
END
$$;
