\set n random(1, :count)
WITH wanted AS (
    SELECT x.id FROM patients x
    WHERE x.organization_id = :organization::uuid AND x.clinic_id = (SELECT clinic_id FROM bench.asked WHERE n = :n)
      AND x.merged_into IS NULL AND x.erased_at IS NULL AND x.deleted_at IS NULL
    ORDER BY x.id DESC LIMIT 51
)
SELECT p.*, e.systems, e.system_values, c.*, r.kinds, r.related, r.names, m.ids AS merged
FROM wanted w
JOIN patients p ON p.organization_id = :organization::uuid AND p.id = w.id
CROSS JOIN LATERAL (
    SELECT array_agg(x.system ORDER BY x.system, x.value) AS systems, array_agg(x.value ORDER BY x.system, x.value) AS system_values
    FROM external_ids x WHERE x.organization_id = :organization::uuid AND x.patient_id = p.id
) e
CROSS JOIN LATERAL (
    SELECT array_agg(x.id ORDER BY x.rank) AS ids, array_agg(x.kind ORDER BY x.rank) AS kinds,
           array_agg(x.channel ORDER BY x.rank) AS channels, array_agg(x.value ORDER BY x.rank) AS point_values,
           array_agg(x.line_type ORDER BY x.rank) AS lines, array_agg(x.region ORDER BY x.rank) AS regions,
           array_agg(x.use_kind ORDER BY x.rank) AS uses, array_agg(x.verified_at ORDER BY x.rank) AS verified,
           array_agg(x.verified_by ORDER BY x.rank) AS verified_by, array_agg(x.unreachable_at ORDER BY x.rank) AS unreachable,
           array_agg(x.unreachable_reason ORDER BY x.rank) AS reasons, array_agg(x.opened_at ORDER BY x.rank) AS opened
    FROM contact_points x WHERE x.organization_id = :organization::uuid AND x.patient_id = p.id
) c
CROSS JOIN LATERAL (
    SELECT array_agg(x.kind ORDER BY x.rank) AS kinds, array_agg(x.related_id ORDER BY x.rank) AS related,
           array_agg(x.display_name ORDER BY x.rank) AS names
    FROM patient_relations x WHERE x.organization_id = :organization::uuid AND x.patient_id = p.id
) r
CROSS JOIN LATERAL (
    SELECT array_agg(x.id ORDER BY x.id) AS ids FROM patients x
    WHERE x.organization_id = :organization::uuid AND x.merged_into = p.id
) m
ORDER BY p.id DESC;
