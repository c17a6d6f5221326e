-- The layers of the guard's policy, learned from the template service. The nil UUID stands for the chain's own layer.
CREATE TABLE guard_policies (
    organization_id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    version integer NOT NULL,
    toml text NOT NULL,
    CONSTRAINT guard_policies_key PRIMARY KEY (organization_id, clinic_id)
);
ALTER TABLE guard_policies ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard_policies FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_policies_of_organization ON guard_policies TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (version, toml) ON guard_policies TO bitewing_app;
