-- state: 1 uploading, 2 quarantined, 3 ready, 4 rejected, 5 shredded. The name and the hash rest
-- sealed: both can say what a patient suffers from. The manifest is sealed under the data key.
CREATE TABLE documents (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    file_name bytea,
    media_type text NOT NULL,
    size bigint NOT NULL,
    fingerprint bytea,
    manifest bytea,
    state smallint NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT documents_key PRIMARY KEY (organization_id, id),
    CONSTRAINT documents_clinic FOREIGN KEY (organization_id, clinic_id) REFERENCES clinics (organization_id, id),
    CONSTRAINT documents_state_known CHECK (state BETWEEN 1 AND 5),
    CONSTRAINT documents_size CHECK (size BETWEEN 1 AND 524288000),
    CONSTRAINT documents_shredded CHECK (state <> 5 OR file_name IS NULL AND fingerprint IS NULL AND manifest IS NULL)
);
CREATE INDEX documents_by_clinic ON documents (organization_id, clinic_id, id);

-- The wrapped data key of a document, apart from everything else: deleting this row is erasing the
-- document, wherever copies of its bytes lie.
CREATE TABLE document_keys (
    organization_id uuid NOT NULL,
    document_id uuid NOT NULL,
    wrapped bytea NOT NULL,
    CONSTRAINT document_keys_key PRIMARY KEY (organization_id, document_id),
    CONSTRAINT document_keys_document FOREIGN KEY (organization_id, document_id) REFERENCES documents (organization_id, id)
);

CREATE TABLE uploads (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    document_id uuid NOT NULL,
    active_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT uploads_key PRIMARY KEY (organization_id, id),
    CONSTRAINT uploads_document UNIQUE (organization_id, document_id),
    CONSTRAINT uploads_known_document FOREIGN KEY (organization_id, document_id) REFERENCES documents (organization_id, id)
);

-- The committed parts of a document. Where a part lies follows from its number and salt.
CREATE TABLE parts (
    organization_id uuid NOT NULL,
    document_id uuid NOT NULL,
    number integer NOT NULL,
    salt bytea NOT NULL,
    length integer NOT NULL,
    CONSTRAINT parts_key PRIMARY KEY (organization_id, document_id, number),
    CONSTRAINT parts_document FOREIGN KEY (organization_id, document_id) REFERENCES documents (organization_id, id),
    CONSTRAINT parts_salt CHECK (octet_length(salt) = 24)
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['documents', 'document_keys', 'uploads', 'parts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE (file_name, fingerprint, manifest, state, reason, updated_at) ON documents TO bitewing_app;
GRANT SELECT, INSERT, DELETE, UPDATE (wrapped) ON document_keys TO bitewing_app;
GRANT SELECT, INSERT, DELETE, UPDATE (active_at) ON uploads TO bitewing_app;
GRANT SELECT, INSERT, DELETE ON parts TO bitewing_app;
