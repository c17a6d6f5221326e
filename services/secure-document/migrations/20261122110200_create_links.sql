-- state: 1 issued, 2 challenged, 3 unlocked, 4 completed, 5 expired, 6 revoked, 7 locked.
-- code_channel: 1 text message, 2 call. delivery: 1 queued, 2 accepted, 3 delivered, 4 bounced.
-- The addresses rest sealed; of the token there is only its SHA-256.
CREATE TABLE links (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    state smallint NOT NULL,
    reason text NOT NULL,
    token_hash bytea NOT NULL,
    recipient bytea NOT NULL,
    language text NOT NULL,
    code_channel smallint NOT NULL,
    voice_only boolean NOT NULL,
    max_unlocks integer NOT NULL,
    unlocks integer NOT NULL DEFAULT 0,
    delivery smallint NOT NULL,
    message_id uuid,
    reissued_from uuid,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT links_key PRIMARY KEY (organization_id, id),
    CONSTRAINT links_token UNIQUE (organization_id, token_hash),
    CONSTRAINT links_clinic FOREIGN KEY (organization_id, clinic_id) REFERENCES clinics (organization_id, id),
    CONSTRAINT links_state_known CHECK (state BETWEEN 1 AND 7),
    CONSTRAINT links_unlocks CHECK (unlocks BETWEEN 0 AND max_unlocks)
);
CREATE INDEX links_by_clinic ON links (organization_id, clinic_id, id);
CREATE INDEX links_by_patient ON links (organization_id, patient_id, id);
CREATE UNIQUE INDEX links_message ON links (organization_id, message_id) WHERE message_id IS NOT NULL;

-- What a link opens, and which bytes of it were sent at least once.
CREATE TABLE link_documents (
    organization_id uuid NOT NULL,
    link_id uuid NOT NULL,
    position smallint NOT NULL,
    document_id uuid NOT NULL,
    sent int8multirange NOT NULL DEFAULT '{}',
    CONSTRAINT link_documents_key PRIMARY KEY (organization_id, link_id, position),
    CONSTRAINT link_documents_once UNIQUE (organization_id, link_id, document_id),
    CONSTRAINT link_documents_link FOREIGN KEY (organization_id, link_id) REFERENCES links (organization_id, id),
    CONSTRAINT link_documents_document FOREIGN KEY (organization_id, document_id) REFERENCES documents (organization_id, id)
);
CREATE INDEX link_documents_by_document ON link_documents (organization_id, document_id);

-- The codes of a link: one row for its whole life, so that there is never more than one live code and
-- one conditional UPDATE of one row decides about every guess. The code itself is nowhere: mac is its
-- HMAC under a pepper kept outside the database, null when no code is live. wrong_codes counts since
-- the last right one, whatever code they were for (NIST SP 800-63B-4 3.1.3.2).
CREATE TABLE challenges (
    organization_id uuid NOT NULL,
    link_id uuid NOT NULL,
    id uuid,
    mac bytea,
    channel smallint,
    holder_hash bytea,
    expires_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    wrong_codes integer NOT NULL DEFAULT 0,
    sent_at timestamptz[] NOT NULL DEFAULT '{}',
    CONSTRAINT challenges_key PRIMARY KEY (organization_id, link_id),
    CONSTRAINT challenges_link FOREIGN KEY (organization_id, link_id) REFERENCES links (organization_id, id),
    CONSTRAINT challenges_attempts CHECK (attempts BETWEEN 0 AND 5),
    CONSTRAINT challenges_wrong_codes CHECK (wrong_codes BETWEEN 0 AND 10),
    CONSTRAINT challenges_sends CHECK (cardinality(sent_at) <= 10)
);

-- Guesses on one link from one network address, of which there is only a keyed hash.
CREATE TABLE guesses (
    organization_id uuid NOT NULL,
    link_id uuid NOT NULL,
    address bytea NOT NULL,
    since timestamptz NOT NULL,
    guesses integer NOT NULL,
    paused_until timestamptz,
    CONSTRAINT guesses_key PRIMARY KEY (organization_id, link_id, address),
    CONSTRAINT guesses_link FOREIGN KEY (organization_id, link_id) REFERENCES links (organization_id, id)
);

-- Unlocked browsers and portals: the SHA-256 of what they hold.
CREATE TABLE sessions (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    link_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT sessions_key PRIMARY KEY (organization_id, id),
    CONSTRAINT sessions_token UNIQUE (organization_id, token_hash),
    CONSTRAINT sessions_link FOREIGN KEY (organization_id, link_id) REFERENCES links (organization_id, id)
);
CREATE INDEX sessions_by_link ON sessions (organization_id, link_id);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['links', 'link_documents', 'challenges', 'guesses', 'sessions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE (state, reason, unlocks, delivery, message_id, updated_at) ON links TO bitewing_app;
GRANT SELECT, INSERT, UPDATE (sent) ON link_documents TO bitewing_app;
GRANT SELECT, INSERT, UPDATE ON challenges TO bitewing_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON guesses TO bitewing_app;
GRANT SELECT, INSERT, UPDATE (seen_at), DELETE ON sessions TO bitewing_app;
