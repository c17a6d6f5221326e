-- Which records name a patient as a child: what an erasure of the child must find. The list itself is in the row.
CREATE TABLE patient_children (
    organization_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    child_id uuid NOT NULL,
    CONSTRAINT patient_children_key PRIMARY KEY (organization_id, child_id, patient_id),
    CONSTRAINT patient_children_patient FOREIGN KEY (organization_id, patient_id) REFERENCES patients (organization_id, id),
    CONSTRAINT patient_children_child FOREIGN KEY (organization_id, child_id) REFERENCES patients (organization_id, id)
);
CREATE INDEX patient_children_by_patient ON patient_children (organization_id, patient_id);
ALTER TABLE patient_children ENABLE ROW LEVEL SECURITY;
ALTER TABLE patient_children FORCE ROW LEVEL SECURITY;
CREATE POLICY patient_children_of_organization ON patient_children TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON patient_children TO bitewing_app;
