#!/usr/bin/env bash
# Install the system libraries a part of Qinglan needs, where this user may; otherwise print the exact command and stop.
# Usage: system_packages.sh run [test]
set -euo pipefail

if ! command -v dpkg-query >/dev/null; then
    echo "Not Debian or Ubuntu: install Pango, HarfBuzz (with its subset library) and Noto CJK fonts yourself;" >&2
    echo "manage.py check says what is still missing." >&2
    exit 0
fi

run_packages=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk)
# The rest of GB 18030 level 3 (extensions B to F): without them a name with such a character is set aside before printing.
rare_fonts=(fonts-hanazono fonts-babelstone-han)
test_packages=(chromium gettext libfaketime libzbar0 poppler-utils)

packages=("${run_packages[@]}")
"${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
[ "${2:-}" = test ] && packages+=("${test_packages[@]}")

is_installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }
missing=()
for package in "${packages[@]}"; do is_installed "$package" || missing+=("$package"); done
rare=()
for package in "${rare_fonts[@]}"; do is_installed "$package" || rare+=("$package"); done
[ ${#missing[@]} -eq 0 ] && [ ${#rare[@]} -eq 0 ] && exit 0

echo "System packages to install: ${missing[*]} ${rare[*]}"
if [ "$(id -u)" = 0 ]; then
    as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo)
elif [ ${#missing[@]} -eq 0 ]; then
    echo "This user may not install them. Everything runs without; rare characters in names want them."
    exit 0
else
    echo "This user may not install them. Run this once, then repeat the command:" >&2
    echo "    sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
    exit 1
fi
install() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }
if [ ${#missing[@]} -gt 0 ]; then
    "${as_root[@]}" apt-get update -qq
    install "${missing[@]}"
fi
if [ ${#rare[@]} -gt 0 ]; then
    "${as_root[@]}" apt-get update -qq && install "${rare[@]}" ||
        echo "Not installed: ${rare[*]}. Everything runs without; rare characters in names want them."
fi
