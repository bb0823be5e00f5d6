#!/usr/bin/env bash
# Puts what is needed to sign into a keychain of this run's own, for machines that are thrown away after a build.
# Reads MACOS_CERTIFICATE (a .p12 in base64) and MACOS_CERTIFICATE_PASSWORD; for the notary NOTARY_APPLE_ID, NOTARY_TEAM_ID,
# NOTARY_PASSWORD (a password for apps) and ESPALIER_NOTARY_PROFILE (the name to keep them under, which the build reads too).
# Without a certificate nothing is done, and the build says that it signs nothing.
set -euo pipefail

if [[ -z ${MACOS_CERTIFICATE:-} ]]; then
    echo "No certificate: nothing to prepare."
    exit 0
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
keychain=espalier-build.keychain-db
password=$(uuidgen)

base64 --decode <<<"$MACOS_CERTIFICATE" >"$folder/certificate.p12"
security create-keychain -p "$password" "$keychain"
security set-keychain-settings -lut 21600 "$keychain"
security unlock-keychain -p "$password" "$keychain"
security import "$folder/certificate.p12" -k "$keychain" -P "$MACOS_CERTIFICATE_PASSWORD" -T /usr/bin/codesign
# Without this codesign would ask in a window, which nobody sees.
security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" >/dev/null
security list-keychains -d user -s "$keychain" login.keychain-db

if [[ -n ${NOTARY_APPLE_ID:-} && -n ${ESPALIER_NOTARY_PROFILE:-} ]]; then
    xcrun notarytool store-credentials "$ESPALIER_NOTARY_PROFILE" \
        --apple-id "$NOTARY_APPLE_ID" --team-id "$NOTARY_TEAM_ID" --password "$NOTARY_PASSWORD"
fi
