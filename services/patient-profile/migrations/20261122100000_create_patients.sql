-- A read model of the clinics, fed by conversation's events: where numbers without a country are read.
CREATE TABLE clinics (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    region text NOT NULL,
    CONSTRAINT clinics_key PRIMARY KEY (organization_id, id)
);

-- A read model of the organization's settings, fed by the gateway's events.
CREATE TABLE organization_settings (
    organization_id uuid NOT NULL,
    patient_visibility smallint NOT NULL,
    default_language text NOT NULL,
    CONSTRAINT organization_settings_key PRIMARY KEY (organization_id)
);

CREATE TABLE patients (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    title text NOT NULL,
    given_name text NOT NULL,
    patronymic text NOT NULL,
    family_name text NOT NULL,
    preferred_name text NOT NULL,
    birth_date date,
    language text,
    address_form smallint NOT NULL,
    do_not_contact boolean NOT NULL,
    sensitive boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT patients_key PRIMARY KEY (organization_id, id),
    CONSTRAINT patients_clinic FOREIGN KEY (organization_id, clinic_id) REFERENCES clinics (organization_id, id)
);
CREATE INDEX patients_by_clinic ON patients (organization_id, clinic_id, id);
CREATE INDEX patients_by_update ON patients (organization_id, updated_at);

-- One patient per external identifier, in one chain.
CREATE TABLE external_ids (
    organization_id uuid NOT NULL,
    system text NOT NULL,
    value text NOT NULL,
    patient_id uuid NOT NULL,
    CONSTRAINT external_ids_key PRIMARY KEY (organization_id, system, value),
    CONSTRAINT external_ids_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id)
);
CREATE INDEX external_ids_by_patient ON external_ids (organization_id, patient_id);

CREATE TABLE contact_points (
    organization_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    rank smallint NOT NULL,
    kind smallint NOT NULL,
    value text COLLATE "C" NOT NULL,
    line_type smallint NOT NULL,
    verified boolean NOT NULL,
    CONSTRAINT contact_points_key PRIMARY KEY (organization_id, patient_id, rank),
    CONSTRAINT contact_points_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id)
);
CREATE INDEX contact_points_by_value ON contact_points (organization_id, kind, value);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['clinics', 'organization_settings', 'patients', 'external_ids', 'contact_points'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO bitewing_app', name);
    END LOOP;
END
$$;
