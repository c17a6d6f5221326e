-- What dentists tell patients, in versions.
CREATE TABLE instructions (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    -- Null for the whole chain.
    clinic_id uuid,
    kind smallint NOT NULL,
    procedure text COLLATE "C" NOT NULL,
    locale text COLLATE "C" NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    state smallint NOT NULL,
    -- Whether there is no later version.
    newest boolean NOT NULL,
    -- Changes with every change of the version, its state included.
    revision integer NOT NULL,
    written_by text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz,
    reject_reason text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT instructions_key PRIMARY KEY (organization_id, id, version)
);
CREATE UNIQUE INDEX instructions_newest ON instructions (organization_id, id) WHERE newest;
CREATE UNIQUE INDEX instructions_approved ON instructions (organization_id, id) WHERE state = 2;
ALTER TABLE instructions ENABLE ROW LEVEL SECURITY;
ALTER TABLE instructions FORCE ROW LEVEL SECURITY;
CREATE POLICY instructions_of_organization ON instructions TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT,
    UPDATE (title, body, state, newest, revision, written_by, decided_by, decided_at, reject_reason, updated_at)
    ON instructions TO bitewing_app;

-- Who was given which version.
CREATE TABLE instruction_issues (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    instruction_id uuid NOT NULL,
    version integer NOT NULL,
    patient_id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    issued_by text NOT NULL,
    issued_at timestamptz NOT NULL,
    -- Whether a receipt says that it was read.
    read boolean NOT NULL,
    CONSTRAINT instruction_issues_key PRIMARY KEY (organization_id, id),
    CONSTRAINT instruction_issues_instruction FOREIGN KEY (organization_id, instruction_id, version)
        REFERENCES instructions (organization_id, id, version)
);
CREATE INDEX instruction_issues_by_patient ON instruction_issues (organization_id, patient_id, id);
CREATE INDEX instruction_issues_by_instruction ON instruction_issues (organization_id, instruction_id, id);
CREATE INDEX instruction_issues_unread ON instruction_issues (organization_id, id) WHERE NOT read;
ALTER TABLE instruction_issues ENABLE ROW LEVEL SECURITY;
ALTER TABLE instruction_issues FORCE ROW LEVEL SECURITY;
CREATE POLICY instruction_issues_of_organization ON instruction_issues TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, DELETE, UPDATE (read) ON instruction_issues TO bitewing_app;

-- That it arrived and was read, once for each kind and source.
CREATE TABLE instruction_receipts (
    organization_id uuid NOT NULL,
    issue_id uuid NOT NULL,
    kind smallint NOT NULL,
    source smallint NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT instruction_receipts_key PRIMARY KEY (organization_id, issue_id, kind, source),
    CONSTRAINT instruction_receipts_issue FOREIGN KEY (organization_id, issue_id)
        REFERENCES instruction_issues (organization_id, id) ON DELETE CASCADE
);
ALTER TABLE instruction_receipts ENABLE ROW LEVEL SECURITY;
ALTER TABLE instruction_receipts FORCE ROW LEVEL SECURITY;
CREATE POLICY instruction_receipts_of_organization ON instruction_receipts TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, DELETE ON instruction_receipts TO bitewing_app;
