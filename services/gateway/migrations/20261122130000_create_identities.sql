-- The short names staff sign in with are unique in the whole installation, so they are found before an
-- organization is known. No role reaches the table: it is asked through the two functions below.
CREATE TABLE slugs (
    slug text COLLATE "C" NOT NULL,
    organization uuid NOT NULL,
    CONSTRAINT slugs_key PRIMARY KEY (slug),
    CONSTRAINT slugs_organization UNIQUE (organization)
);

CREATE FUNCTION claim_slug(wanted text, claimant uuid) RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH claimed AS (
        INSERT INTO public.slugs (slug, organization) VALUES (wanted, claimant)
        ON CONFLICT (slug) DO NOTHING
        RETURNING slug
    )
    SELECT EXISTS (SELECT FROM claimed)
$$;
REVOKE ALL ON FUNCTION claim_slug(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim_slug(text, uuid) TO bitewing_app;

CREATE FUNCTION organization_of_slug(wanted text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT organization FROM public.slugs WHERE slug = wanted
$$;
REVOKE ALL ON FUNCTION organization_of_slug(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organization_of_slug(text) TO bitewing_app;

CREATE TABLE organizations (
    organization_id uuid NOT NULL,
    display_name text NOT NULL,
    slug text COLLATE "C" NOT NULL,
    patient_visibility smallint NOT NULL,
    default_language text NOT NULL,
    allowed_regions text[] NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT organizations_key PRIMARY KEY (organization_id)
);

-- Programs of a chain. Empty clinic_ids means every clinic.
CREATE TABLE api_clients (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    display_name text NOT NULL,
    scopes text[] NOT NULL,
    clinic_ids uuid[] NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT api_clients_key PRIMARY KEY (organization_id, id),
    CONSTRAINT api_clients_organization FOREIGN KEY (organization_id) REFERENCES organizations (organization_id)
);

-- The newest two secrets of a client are live; argon2id PHC strings.
CREATE TABLE api_client_secrets (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    hash text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT api_client_secrets_key PRIMARY KEY (organization_id, id),
    CONSTRAINT api_client_secrets_client FOREIGN KEY (organization_id, client_id)
        REFERENCES api_clients (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX api_client_secrets_by_client ON api_client_secrets (organization_id, client_id, id);

-- Staff. state: 1 invited, 2 active, 3 deactivated. roles: 1 owner to 5 auditor.
CREATE TABLE users (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    email text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    job_title text NOT NULL,
    roles smallint[] NOT NULL,
    clinic_ids uuid[] NOT NULL,
    state smallint NOT NULL,
    password_hash text,
    invitation_hash bytea,
    invitation_expires_at timestamptz,
    failed_attempts integer NOT NULL DEFAULT 0,
    last_attempt_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT users_key PRIMARY KEY (organization_id, id),
    CONSTRAINT users_email UNIQUE (organization_id, email),
    CONSTRAINT users_invitation UNIQUE (organization_id, invitation_hash),
    CONSTRAINT users_organization FOREIGN KEY (organization_id) REFERENCES organizations (organization_id)
);

CREATE TABLE sessions (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT sessions_key PRIMARY KEY (organization_id, id),
    CONSTRAINT sessions_user FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX sessions_by_user ON sessions (organization_id, user_id);

-- Every refresh token a session ever had: a used one that comes back ends the session.
CREATE TABLE refresh_tokens (
    organization_id uuid NOT NULL,
    hash bytea NOT NULL,
    session_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT refresh_tokens_key PRIMARY KEY (organization_id, hash),
    CONSTRAINT refresh_tokens_session FOREIGN KEY (organization_id, session_id)
        REFERENCES sessions (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (organization_id, session_id);

-- Access tokens that must not be believed until they expire by themselves: id is that of a token, of a
-- session, of a user or of an API client. Every edge process reads the whole of it once a second.
CREATE TABLE revocations (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT revocations_key PRIMARY KEY (organization_id, id)
);
CREATE INDEX revocations_by_expiry ON revocations (expires_at);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'organizations', 'api_clients', 'api_client_secrets', 'users', 'sessions', 'refresh_tokens', 'revocations'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE ON organizations, users, revocations TO bitewing_app;
GRANT SELECT, INSERT, DELETE ON api_clients, api_client_secrets TO bitewing_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, refresh_tokens TO bitewing_app;

CREATE POLICY revocations_for_edge ON revocations TO bitewing_worker USING (true);
GRANT SELECT, DELETE ON revocations TO bitewing_worker;
