-- A chain with 20 clinics and 20,000 patients, each with one row of everything that grows with them.
INSERT INTO clinics (organization_id, id, region)
SELECT :organization, gen_random_uuid(), 'CA' FROM generate_series(1, 20);

INSERT INTO patients (organization_id, id, clinic_id, title, given_name, patronymic, family_name,
    preferred_name, birth_date, address_form, do_not_contact, sensitive, version, created_at, updated_at)
SELECT :organization, gen_random_uuid(), c.id, '', 'given' || n % 997, '', 'family' || n, '',
    date '1950-01-01' + n % 20000, 0, false, false, 1, now(), now() - n * interval '1 minute'
FROM generate_series(1, 20000) n
JOIN (SELECT id, row_number() OVER () AS place FROM clinics WHERE organization_id = :organization) c
    ON c.place = n % 20 + 1;

INSERT INTO contact_points (organization_id, patient_id, rank, kind, value, line_type, verified)
SELECT organization_id, id, 0, 1, '+1514' || right('0000000' || (row_number() OVER ())::text, 7), 1, false
FROM patients WHERE organization_id = :organization;

INSERT INTO closed_contact_points (organization_id, id, patient_id, kind, channel, value, line_type,
    use_kind, region, verified_by, unreachable_reason, opened_at, closed_at, closed_by)
SELECT organization_id, gen_random_uuid(), id, 1, 0, '+15140000000', 1, 0, 'CA', '', 0, now(), now(), ''
FROM patients WHERE organization_id = :organization;

INSERT INTO external_ids (organization_id, system, value, patient_id)
SELECT organization_id, 'od', id::text, id FROM patients WHERE organization_id = :organization;

INSERT INTO patient_names (organization_id, patient_id, token)
SELECT organization_id, id, given_name FROM patients WHERE organization_id = :organization
UNION SELECT organization_id, id, family_name FROM patients WHERE organization_id = :organization;

INSERT INTO patient_relations (organization_id, patient_id, rank, kind, related_id, display_name)
SELECT organization_id, id, 0, 1, id, '' FROM patients WHERE organization_id = :organization;

INSERT INTO patient_children (organization_id, patient_id, child_id)
SELECT organization_id, id, id FROM patients WHERE organization_id = :organization;

INSERT INTO patient_merges (organization_id, id, patient_id, duplicate_id, moved, merged_at, merged_by)
SELECT organization_id, gen_random_uuid(), id, id, '{}', now(), ''
FROM patients WHERE organization_id = :organization;

INSERT INTO erasures (organization_id, patient_id, clinic_id, merged_ids, erased_at, erased_by, reason, erased,
    kept_hashes, content_hash)
SELECT organization_id, gen_random_uuid(), clinic_id, '{}', now(), '', '', '{}', 1, '\x00'
FROM patients WHERE organization_id = :organization;

INSERT INTO erased_keys (organization_id, kind, hash, patient_id)
SELECT organization_id, 1, sha256(patient_id::text::bytea), patient_id
FROM erasures WHERE organization_id = :organization;

-- What a patient says, and what the holder of an address says.
INSERT INTO consents (organization_id, id, patient_id, state, purpose, channel, address_kind, address_hash, basis,
    wording_version, source, recorded_by, occurred_at, created_at)
SELECT organization_id, gen_random_uuid(), CASE one WHEN 1 THEN id END, 1, 1, 0, one - 1,
    CASE one WHEN 2 THEN sha256(id::text::bytea) END, 1, '', 1, '', now(), now()
FROM patients, generate_series(1, 2) one WHERE organization_id = :organization;

INSERT INTO preference_links (organization_id, token_hash, purpose, patient_id, created_at, expires_at)
SELECT organization_id, sha256(id::text::bytea), 1, id, now(), now() + interval '1 year'
FROM patients WHERE organization_id = :organization;

INSERT INTO channel_answers (organization_id, patient_id, channel, answered, ignored, updated_at)
SELECT organization_id, id, 1, 1, 0, now() FROM patients WHERE organization_id = :organization;

INSERT INTO caller_blocks (organization_id, id, clinic_id, address_kind, address_channel, address_hash,
    address_sealed, reason, created_at, created_by)
SELECT organization_id, gen_random_uuid(), clinic_id, 1, 0, sha256(id::text::bytea), '\x00', '', now(), ''
FROM patients WHERE organization_id = :organization;

INSERT INTO spam_reports (organization_id, address_hash, reporter, clinic_id, reported_at)
SELECT organization_id, sha256(id::text::bytea), '', clinic_id, now()
FROM patients WHERE organization_id = :organization;

INSERT INTO appointments (organization_id, id, system, external_value, patient_id, clinic_id, starts_at, ends_at,
    status, provider, service, source_updated_at, updated_at)
SELECT organization_id, gen_random_uuid(), 'od', id::text, id, clinic_id, updated_at, updated_at, 1, '', '', now(), now()
FROM patients WHERE organization_id = :organization;

INSERT INTO appointment_requests (organization_id, id, kind, patient_id, clinic_id, appointment_id, note, state,
    reason, created_at)
SELECT organization_id, gen_random_uuid(), 1, patient_id, clinic_id, id, '', 1, '', now()
FROM appointments WHERE organization_id = :organization;

INSERT INTO recalls (organization_id, id, system, external_value, patient_id, clinic_id, kind, due_on, status,
    source_updated_at, updated_at)
SELECT organization_id, gen_random_uuid(), 'od', id::text, id, clinic_id, '', birth_date, 1, now(), now()
FROM patients WHERE organization_id = :organization;

INSERT INTO balances (organization_id, id, system, external_value, patient_id, clinic_id, currency, minor_units,
    overdue_minor_units, source_updated_at, updated_at)
SELECT organization_id, gen_random_uuid(), 'od', id::text, id, clinic_id, 'CAD', 100, 0, now(), now()
FROM patients WHERE organization_id = :organization;
