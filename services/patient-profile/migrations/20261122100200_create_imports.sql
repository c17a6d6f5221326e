-- What became of the rows of imports: a row that is sent again gets its first result. Nothing a row said is in here,
-- but a keyed hash of it.
CREATE TABLE import_rows (
    organization_id uuid NOT NULL,
    batch_id text COLLATE "C" NOT NULL,
    row_number integer NOT NULL,
    content_hash bytea NOT NULL,
    outcome smallint NOT NULL,
    patient_id uuid,
    reason text NOT NULL,
    violations jsonb NOT NULL,
    imported_at timestamptz NOT NULL,
    CONSTRAINT import_rows_key PRIMARY KEY (organization_id, batch_id, row_number)
);
CREATE INDEX import_rows_by_time ON import_rows (organization_id, imported_at);

-- Whose word counts where the dental system and a person here differ.
CREATE TABLE import_policies (
    organization_id uuid NOT NULL,
    conflict_rule smallint NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT import_policies_key PRIMARY KEY (organization_id)
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['import_rows', 'import_policies'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO bitewing_app', name);
    END LOOP;
END
$$;
