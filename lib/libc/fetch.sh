#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# fetch.sh PACKAGE ARCHIVE SHA256 FOLDER: put the upstream archive of a Debian source package into
# FOLDER, checked. Uses the machine's own apt mirrors and keys, with lists of our own, so the
# user's apt configuration stays as it is and no host name stands here. Any Debian revision of the
# package will do, as long as the upstream archive is the pinned one.
set -eu
package=$1 archive=$2 sha256=$3 folder=$4

good() { echo "$sha256  $folder/$archive" | sha256sum --check --status 2>/dev/null; }
stop() { echo "fetch $package: $*" >&2; exit 1; }

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
good && exit 0

work=$folder/apt.$$
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/get" "$work/parts"
apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' 'Origin: Debian' 'Component: main' | sort -u >"$work/sources.list"
[ -s "$work/sources.list" ] || stop "apt knows no Debian mirror (run apt-get update first?)"
set -- -q -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts="$work/parts" \
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none
echo "  FETCH $package ($archive)"
apt-get "$@" update >"$work/log" 2>&1 || { cat "$work/log" >&2; stop "cannot read the source lists"; }
(cd "$work/get" && apt-get "$@" source --download-only --tar-only "$package" >"$work/log" 2>&1) ||
    { cat "$work/log" >&2; stop "cannot download; put $archive into $folder by hand"; }
[ -f "$work/get/$archive" ] ||
    stop "the mirror has $(ls "$work/get") but $archive is wanted; put it into $folder by hand"
mv "$work/get/$archive" "$folder/$archive"
good || { mv "$folder/$archive" "$folder/$archive.bad"
          stop "$archive has another SHA-256 than the pinned one; kept as $archive.bad"; }
