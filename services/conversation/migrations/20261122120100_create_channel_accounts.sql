-- Accounts at providers; the credential is sealed. provider: 1 sandbox, 2 http.
-- repeat_contract: 1 keyed, 2 queryable, 3 none.
CREATE TABLE channel_accounts (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    display_name text NOT NULL,
    provider smallint NOT NULL,
    channels smallint[] NOT NULL,
    sender text NOT NULL,
    endpoint text NOT NULL,
    repeat_contract smallint NOT NULL,
    credential bytea,
    disabled boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    CONSTRAINT channel_accounts_key PRIMARY KEY (organization_id, id),
    CONSTRAINT channel_accounts_credential CHECK ((provider = 2) = (credential IS NOT NULL))
);
ALTER TABLE channel_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE channel_accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY channel_accounts_of_organization ON channel_accounts TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (disabled) ON channel_accounts TO bitewing_app;
