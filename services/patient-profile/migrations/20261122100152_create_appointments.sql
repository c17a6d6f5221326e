-- Mirrors of the dental system. `source_updated_at` is its clock: what is older is not taken.
CREATE TABLE appointments (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    system text NOT NULL,
    external_value text NOT NULL,
    patient_id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    status smallint NOT NULL,
    provider text NOT NULL,
    service text NOT NULL,
    source_updated_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT appointments_key PRIMARY KEY (organization_id, id),
    CONSTRAINT appointments_external UNIQUE (organization_id, system, external_value),
    CONSTRAINT appointments_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id),
    CONSTRAINT appointments_clinic FOREIGN KEY (organization_id, clinic_id) REFERENCES clinics (organization_id, id)
);
CREATE INDEX appointments_by_clinic ON appointments (organization_id, clinic_id, starts_at, id);
CREATE INDEX appointments_by_patient ON appointments (organization_id, patient_id, starts_at, id);
CREATE INDEX appointments_by_start ON appointments (organization_id, starts_at, id);

-- What patients want of the dental system, and what became of it.
CREATE TABLE appointment_requests (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    kind smallint NOT NULL,
    patient_id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    appointment_id uuid,
    earliest_at timestamptz,
    latest_at timestamptz,
    note text NOT NULL,
    state smallint NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    resolved_at timestamptz,
    CONSTRAINT appointment_requests_key PRIMARY KEY (organization_id, id),
    CONSTRAINT appointment_requests_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id),
    CONSTRAINT appointment_requests_clinic FOREIGN KEY (organization_id, clinic_id) REFERENCES clinics (organization_id, id),
    CONSTRAINT appointment_requests_appointment FOREIGN KEY (organization_id, appointment_id) REFERENCES appointments (organization_id, id)
);
-- One waiting wish of a kind for one visit (state 1 waits, kind 3 is a booking).
CREATE UNIQUE INDEX appointment_requests_waiting ON appointment_requests (organization_id, appointment_id, kind)
    WHERE state = 1 AND kind <> 3;
CREATE INDEX appointment_requests_by_clinic ON appointment_requests (organization_id, clinic_id, id);
CREATE INDEX appointment_requests_by_patient ON appointment_requests (organization_id, patient_id, id);

CREATE TABLE recalls (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    system text NOT NULL,
    external_value text NOT NULL,
    patient_id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    kind text NOT NULL,
    due_on date NOT NULL,
    status smallint NOT NULL,
    source_updated_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT recalls_key PRIMARY KEY (organization_id, id),
    CONSTRAINT recalls_external UNIQUE (organization_id, system, external_value),
    CONSTRAINT recalls_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id),
    CONSTRAINT recalls_clinic FOREIGN KEY (organization_id, clinic_id) REFERENCES clinics (organization_id, id)
);
CREATE INDEX recalls_by_clinic ON recalls (organization_id, clinic_id, due_on, id);
CREATE INDEX recalls_by_patient ON recalls (organization_id, patient_id, due_on, id);
CREATE INDEX recalls_by_day ON recalls (organization_id, due_on, id);

CREATE TABLE balances (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    system text NOT NULL,
    external_value text NOT NULL,
    patient_id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    currency text NOT NULL,
    minor_units bigint NOT NULL,
    overdue_minor_units bigint NOT NULL,
    overdue_since date,
    source_updated_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT balances_key PRIMARY KEY (organization_id, id),
    CONSTRAINT balances_external UNIQUE (organization_id, system, external_value),
    CONSTRAINT balances_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id),
    CONSTRAINT balances_clinic FOREIGN KEY (organization_id, clinic_id) REFERENCES clinics (organization_id, id)
);
CREATE INDEX balances_by_clinic ON balances (organization_id, clinic_id, id);
CREATE INDEX balances_by_patient ON balances (organization_id, patient_id, id);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['appointments', 'appointment_requests', 'recalls', 'balances'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO bitewing_app', name);
    END LOOP;
END
$$;
