-- Kinds a chain made itself.
CREATE TABLE wording_kinds (
    organization_id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    -- What it says, its purpose, its channels, the values its wordings place, who approves them.
    definition jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT wording_kinds_key PRIMARY KEY (organization_id, name)
);
ALTER TABLE wording_kinds ENABLE ROW LEVEL SECURITY;
ALTER TABLE wording_kinds FORCE ROW LEVEL SECURITY;
CREATE POLICY wording_kinds_of_organization ON wording_kinds TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, DELETE ON wording_kinds TO bitewing_app;

-- What a chain, or one of its clinics, says instead of the library: every version of every wording.
CREATE TABLE wordings (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    -- Null for what the whole chain says.
    clinic_id uuid,
    kind text COLLATE "C" NOT NULL,
    -- The same, of a kind the chain made itself; null for a kind of the library.
    own_kind text COLLATE "C",
    locale text COLLATE "C" NOT NULL,
    register smallint NOT NULL,
    channel smallint NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    state smallint NOT NULL,
    -- Changes with every change of the version, its state included.
    revision integer NOT NULL,
    reason text NOT NULL,
    -- Whether messages that were scheduled with the version are still sent with it once it is retired.
    keeps_scheduled boolean NOT NULL,
    written_by text NOT NULL,
    decided_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT wordings_key PRIMARY KEY (organization_id, id, version),
    CONSTRAINT wordings_place UNIQUE NULLS NOT DISTINCT
        (organization_id, kind, locale, register, channel, clinic_id, version),
    CONSTRAINT wordings_own_kind FOREIGN KEY (organization_id, own_kind)
        REFERENCES wording_kinds (organization_id, name)
);
-- One version is said, and one is worked on.
CREATE UNIQUE INDEX wordings_approved ON wordings (organization_id, id) WHERE state = 3;
CREATE UNIQUE INDEX wordings_open ON wordings (organization_id, id) WHERE state IN (1, 2);
-- What is said, for every message that is rendered.
CREATE INDEX wordings_said ON wordings (organization_id, kind, channel, clinic_id) WHERE state = 3;
CREATE INDEX wordings_of_own_kind ON wordings (organization_id, own_kind) WHERE own_kind IS NOT NULL;
ALTER TABLE wordings ENABLE ROW LEVEL SECURITY;
ALTER TABLE wordings FORCE ROW LEVEL SECURITY;
CREATE POLICY wordings_of_organization ON wordings TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT,
    UPDATE (subject, body, state, revision, reason, keeps_scheduled, written_by, decided_by, updated_at)
    ON wordings TO bitewing_app;
