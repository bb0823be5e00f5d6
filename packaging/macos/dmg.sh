#!/usr/bin/env bash
# Packs the application into a disk image, beside a link to Applications to drag it onto.
# Usage: dmg.sh APPLICATION IMAGE
set -euo pipefail

application=$1
image=$2
tries=3

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

ditto "$application" "$stage/$(basename "$application")"
ln -s /Applications "$stage/Applications"

# The system's indexer opens new volumes, and hdiutil then fails with "Resource busy" now and then.
for ((try = 1; ; try++)); do
    if hdiutil create -volname Espalier -srcfolder "$stage" -fs APFS -format ULMO -ov "$image"; then
        break
    fi
    if ((try == tries)); then
        exit 1
    fi
    sleep 5
done
hdiutil verify "$image"
