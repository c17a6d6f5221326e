-- What a receptionist sees and what a message must know of a patient. Channels and children are small lists that
-- are only ever read with their patient: they live in the row.
ALTER TABLE patients
    ADD COLUMN gender smallint NOT NULL DEFAULT 0,
    ADD COLUMN salutation text NOT NULL DEFAULT '',
    ADD COLUMN generation smallint NOT NULL DEFAULT 0,
    ADD COLUMN preferred_channels jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN refused_channels jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN patient_since date,
    ADD COLUMN children jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN deceased boolean NOT NULL DEFAULT false,
    ADD COLUMN death_date date,
    ADD COLUMN notes text NOT NULL DEFAULT '',
    ADD COLUMN last_visit_at timestamptz,
    ADD COLUMN next_visit_at timestamptz,
    ADD COLUMN field_sources jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN merged_into uuid,
    ADD COLUMN erased_at timestamptz,
    ADD CONSTRAINT patients_merged_into FOREIGN KEY (organization_id, merged_into) REFERENCES patients (organization_id, id);

-- Lists of changes go on behind (updated_at, id).
CREATE INDEX patients_by_update_and_id ON patients (organization_id, updated_at, id);
DROP INDEX patients_by_update;
CREATE INDEX patients_by_birth_date ON patients (organization_id, birth_date, id) WHERE birth_date IS NOT NULL;
CREATE INDEX patients_by_survivor ON patients (organization_id, merged_into) WHERE merged_into IS NOT NULL;

-- A contact point keeps its identity while its rank changes, and its history when it ends.
ALTER TABLE contact_points
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN channel smallint NOT NULL DEFAULT 0,
    ADD COLUMN use_kind smallint NOT NULL DEFAULT 0,
    ADD COLUMN region text NOT NULL DEFAULT '',
    ADD COLUMN verified_at timestamptz,
    ADD COLUMN verified_by text NOT NULL DEFAULT '',
    ADD COLUMN unreachable_at timestamptz,
    ADD COLUMN unreachable_reason smallint NOT NULL DEFAULT 0,
    ADD COLUMN opened_at timestamptz NOT NULL DEFAULT now();

CREATE TABLE closed_contact_points (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    kind smallint NOT NULL,
    channel smallint NOT NULL,
    value text COLLATE "C" NOT NULL,
    line_type smallint NOT NULL,
    use_kind smallint NOT NULL,
    region text NOT NULL,
    verified_at timestamptz,
    verified_by text NOT NULL,
    unreachable_at timestamptz,
    unreachable_reason smallint NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz NOT NULL,
    closed_by text NOT NULL,
    CONSTRAINT closed_contact_points_key PRIMARY KEY (organization_id, id),
    CONSTRAINT closed_contact_points_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id)
);
CREATE INDEX closed_contact_points_by_patient ON closed_contact_points (organization_id, patient_id, id);

-- Guarantors and families.
CREATE TABLE patient_relations (
    organization_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    rank smallint NOT NULL,
    kind smallint NOT NULL,
    related_id uuid,
    display_name text NOT NULL,
    CONSTRAINT patient_relations_key PRIMARY KEY (organization_id, patient_id, rank),
    CONSTRAINT patient_relations_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id),
    CONSTRAINT patient_relations_related FOREIGN KEY (organization_id, related_id) REFERENCES patients (organization_id, id)
);
CREATE INDEX patient_relations_by_related ON patient_relations (organization_id, related_id) WHERE related_id IS NOT NULL;

-- The folded words of names. COLLATE "C", so that a range of bytes is a prefix and an index finds it beside
-- row-level security.
CREATE TABLE patient_names (
    organization_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    token text COLLATE "C" NOT NULL,
    CONSTRAINT patient_names_key PRIMARY KEY (organization_id, token, patient_id),
    CONSTRAINT patient_names_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id)
);
CREATE INDEX patient_names_by_patient ON patient_names (organization_id, patient_id, token);

-- What moved in a merge, so that it can be undone. Emptied by an erasure.
CREATE TABLE patient_merges (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    duplicate_id uuid NOT NULL,
    moved jsonb NOT NULL,
    merged_at timestamptz NOT NULL,
    merged_by text NOT NULL,
    undone_at timestamptz,
    undone_by text NOT NULL DEFAULT '',
    CONSTRAINT patient_merges_key PRIMARY KEY (organization_id, id),
    CONSTRAINT patient_merges_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id),
    CONSTRAINT patient_merges_duplicate FOREIGN KEY (organization_id, duplicate_id) REFERENCES patients (organization_id, id)
);
CREATE UNIQUE INDEX patient_merges_standing ON patient_merges (organization_id, duplicate_id) WHERE undone_at IS NULL;
CREATE INDEX patient_merges_by_patient ON patient_merges (organization_id, patient_id);
CREATE INDEX patient_merges_by_duplicate ON patient_merges (organization_id, duplicate_id);

-- Proofs of erasure.
CREATE TABLE erasures (
    organization_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    merged_ids uuid[] NOT NULL,
    erased_at timestamptz NOT NULL,
    erased_by text NOT NULL,
    reason text NOT NULL,
    erased jsonb NOT NULL,
    kept_hashes integer NOT NULL,
    content_hash bytea NOT NULL,
    CONSTRAINT erasures_key PRIMARY KEY (organization_id, patient_id)
);

-- What outlives an erased person: keyed hashes. Kind 1 is an external id, which must not bring the record back; kind 2
-- the address of somebody who was not to be contacted.
CREATE TABLE erased_keys (
    organization_id uuid NOT NULL,
    kind smallint NOT NULL,
    hash bytea NOT NULL,
    patient_id uuid NOT NULL,
    CONSTRAINT erased_keys_key PRIMARY KEY (organization_id, kind, hash, patient_id)
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['closed_contact_points', 'patient_relations', 'patient_names', 'patient_merges', 'erasures', 'erased_keys'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO bitewing_app', name);
    END LOOP;
END
$$;
