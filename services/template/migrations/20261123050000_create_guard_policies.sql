-- Every version of every layer of the guard's policy. The nil UUID stands for the chain's own layer; an empty one was
-- taken away. A layer's present version is its last.
CREATE TABLE guard_policy_versions (
    organization_id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    version integer NOT NULL,
    toml text NOT NULL,
    author text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT guard_policy_versions_key PRIMARY KEY (organization_id, clinic_id, version)
);
ALTER TABLE guard_policy_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard_policy_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_policy_versions_of_organization ON guard_policy_versions TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, DELETE ON guard_policy_versions TO bitewing_app;
