#!/usr/bin/env bash
# Gets what the browser tests need: Chromium, node, and the two packages they drive and look with.
# As root on Debian it installs what is missing; otherwise it says what is. Prints the path of Chromium.
#
#   prepare.sh DIRECTORY     where the packages of npm are kept
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
into=$(cd "$1" && pwd)

# Tests run side by side, in processes of their own.
exec 9>"$into/lock"
flock 9

browser() {
  if [[ -n ${BITEWING_CHROMIUM:-} ]]; then
    echo "$BITEWING_CHROMIUM"
  else
    command -v chromium || command -v chromium-browser || command -v google-chrome
  fi
}

missing=()
browser >/dev/null || missing+=(chromium)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
# Chromium writes Cyrillic too.
[[ -n $(find /usr/share/fonts ~/.fonts -name '*.ttf' -print -quit 2>/dev/null) ]] || missing+=(fonts-roboto-unhinted)

if ((${#missing[@]})); then
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    echo "the browser tests miss on this machine: ${missing[*]}; install them, or name a Chromium by BITEWING_CHROMIUM" >&2
    exit 1
  fi
  echo "installing ${missing[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update >&2
  apt-get -q install -y --no-install-recommends "${missing[@]}" >&2
fi

if ! cmp -s "$here/package-lock.json" "$into/package-lock.json" || [[ ! -d $into/node_modules/axe-core ]]; then
  # The lock is copied last: a start that broke off begins again.
  rm -rf "$into/node_modules" "$into/package-lock.json"
  cp "$here/package.json" "$into/"
  cp "$here/package-lock.json" "$into/npm-shrinkwrap.json"
  (cd "$into" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
  mv "$into/npm-shrinkwrap.json" "$into/package-lock.json"
fi
browser
