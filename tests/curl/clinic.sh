#!/usr/bin/env bash
# The clinic's part of the main job with nothing but curl.
# Usage: clinic.sh BASE_URL CLIENT_ID CLIENT_SECRET; prints `name: value` lines about what came back.
set -euo pipefail

base=$1 client=$2 secret=$3

# The first value of a member of a JSON text.
member() {
    grep -o "\"$1\": *\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4
}

token=$(curl -fsS -u "$client:$secret" -d grant_type=client_credentials "$base/oauth2/token" | member access_token)

call() {
    curl -fsS -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"
}

clinic=$(call "$base/v1/clinics" -d '{"clinic": {"displayName": "Clinique dentaire", "phone": "+15148731234",
    "region": "CA", "language": "fr", "timeZone": "America/Toronto"}}' | member clinicId)
patient=$(call "$base/v1/patients" -d '{"patient": {"clinicId": "'"$clinic"'", "givenName": "Jean",
    "familyName": "Roy", "contactPoints": [
        {"kind": "CONTACT_POINT_KIND_PHONE", "value": "(514) 873-2002", "lineType": "LINE_TYPE_MOBILE"},
        {"kind": "CONTACT_POINT_KIND_EMAIL", "value": "jean.roy@example.org"}]}}' | member patientId)

content='Entente financière'
upload=$(call "$base/v1/uploads" -d '{"clinicId": "'"$clinic"'", "fileName": "Entente.txt",
    "mediaType": "text/plain", "size": "'"$(printf %s "$content" | wc -c)"'"}')
document=$(printf %s "$upload" | member documentId)
path=$(printf %s "$upload" | member uploadPath)
# tus 1.0: https://tus.io/protocols/resumable-upload
printf %s "$content" | curl -fsS -X PATCH "$base$path" -H "Authorization: Bearer $token" \
    -H 'Tus-Resumable: 1.0.0' -H 'Upload-Offset: 0' \
    -H 'Content-Type: application/offset+octet-stream' --data-binary @-

for _ in $(seq 300); do
    state=$(call "$base/v1/documents/$document" | member state)
    [ "$state" = DOCUMENT_STATE_READY ] && break
    sleep 0.1
done
echo "state: $state"

link=$(call "$base/v1/links" -d '{"patientId": "'"$patient"'", "documentIds": ["'"$document"'"]}' | member linkId)
echo "link: $link"

for _ in $(seq 300); do
    mail=$(call "$base/v1/sandboxMessages?recipient=jean.roy@example.org")
    grep -q '/d#' <<< "$mail" && break
    sleep 0.1
done
grep -q '/d#' <<< "$mail" && echo "mail: has the link"

echo "download: $(curl -fsS -H "Authorization: Bearer $token" "$base/v1/downloads/$document")"
echo "range: $(curl -fsS -r 0-6 -H "Authorization: Bearer $token" "$base/v1/downloads/$document")"

# Refusals are problems (RFC 9457) with a stable reason.
status() {
    curl -sS -o /dev/null -w '%{http_code} %{content_type}' "$@"
}
echo "anonymous: $(status "$base/v1/patients/$patient")"
echo "absent: $(curl -sS -H "Authorization: Bearer $token" "$base/v1/patients/pat_01h455vb4pex5vsknk084sn02q" | member reason)"
echo "invalid: $(curl -sS -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$base/v1/patients" -d '{}' | member field)"
