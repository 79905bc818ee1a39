#!/usr/bin/env bash
# Brings the crates that Cargo.toml names, and all that these need, from
# Debian 13's librust-*-dev packages, for machines that reach a Debian mirror but
# not the public crate registry. Nothing outside .setup/, .cargo/config.toml and
# Cargo.lock (all three git-ignored) is touched, so no root is needed.
#
# The mirror is the one that this machine's apt already uses, asked of apt itself.
# apt resolves, downloads and verifies as always; only its state lives in .setup/.
#
#   OE_SETUP_UNVERIFIED_CRATES=1   go on where the archive's signature cannot be checked
set -euo pipefail

readonly SUITE=trixie
# Crates that no line of Cargo.toml names although a build needs them, as
# Debian package names. None so far: a new dependency in Cargo.toml is enough.
readonly EXTRA_PACKAGES=()
# Counts up when this script comes to lay out .setup/crates otherwise than before.
readonly LAYOUT=1

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly root
readonly apt_folder="$root/.setup/apt"
readonly crates_folder="$root/.setup/crates"
readonly cargo_file="$root/.cargo/config.toml"
readonly registry_in_crates="usr/share/cargo/registry"
readonly stamp="$crates_folder/.complete"
readonly keyring_of_machine=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf 'debian-crates: %s\n' "$*"; }
fail() {
  printf 'debian-crates: %s\n' "$@" >&2
  exit 1
}

# ---- What is wanted ---------------------------------------------------------

# Prints "name requirement" for each dependency of Cargo.toml, of every kind and target.
crates_in_manifest() {
  awk '
    function value(key,   text) {
      if (!match($0, key "[ \t]*=[ \t]*\"[^\"]*\"")) return ""
      text = substr($0, RSTART, RLENGTH); sub(/^[^"]*"/, "", text); sub(/"$/, "", text)
      return text
    }
    function print_crate(name, requirement) { if (name != "" && requirement != "") print name, requirement }
    /^[ \t]*#/ { next }
    /^\[/ {
      inline = ($0 ~ /dependencies\][ \t]*$/); table = ""
      if (match($0, /dependencies\.[A-Za-z0-9_-]+\][ \t]*$/)) {
        table = substr($0, RSTART + 13, RLENGTH - 13); sub(/\].*/, "", table)
      }
      next
    }
    table != "" && /^package[ \t]*=/ { table = value("package") }
    table != "" && /^version[ \t]*=/ { print_crate(table, value("version")) }
    inline && /^[A-Za-z0-9_-]+[ \t]*=/ {
      name = $0; sub(/[ \t]*=.*/, "", name)
      requirement = ($0 ~ /=[ \t]*\{/) ? value("version") : value(name)
      if (value("package") != "") name = value("package")
      print_crate(name, requirement)
    }
  ' "$root/Cargo.toml" | sort -u
}

# serde_json 1.0.139 -> librust-serde-json-1-dev; nix 0.29 -> librust-nix-0.29-dev:
# Debian gives each compatible range of versions a name of its own.
debian_package_of() {
  local name="${1//_/-}" requirement="${2//[^0-9.]/}" major minor
  IFS=. read -r major minor _ <<<"$requirement."
  if [[ "$major" == 0 ]]; then
    printf 'librust-%s-0.%s-dev\n' "${name,,}" "$minor"
  else
    printf 'librust-%s-%s-dev\n' "${name,,}" "$major"
  fi
}

packages_wanted() {
  local name requirement
  while read -r name requirement; do
    debian_package_of "$name" "$requirement"
  done < <(crates_in_manifest)
  printf '%s\n' "${EXTRA_PACKAGES[@]}"
}

# What is there is complete if it was made for the same packages.
is_complete() {
  [[ -e "$cargo_file" && "$(cat "$stamp" 2>/dev/null)" == "$(fingerprint)" ]]
}

fingerprint() {
  { printf '%s %s\n' "$LAYOUT" "$SUITE"; packages_wanted; } | sha256sum | cut -d' ' -f1
}

# ---- apt with a state of its own --------------------------------------------

# Keeps how the machine reaches its mirror (proxies, timeouts, date checks), and
# leaves out hooks that would run as root and indexes that nothing here reads.
write_apt_configuration() {
  local folder="$1"
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/download"
  : >"$folder/status"
  {
    env -u APT_CONFIG apt-config dump |
      grep '^Acquire::' | grep -vE '^Acquire::(IndexTargets|CompressionTypes|GzipIndexes|Languages|Changelogs)' || true
    cat <<CONFIGURATION
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::State "$folder";
Dir::State::lists "$folder/lists";
Dir::State::status "$folder/status";
Dir::Cache "$folder/cache";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Install-Recommends "false";
CONFIGURATION
  } >"$folder/apt.conf"
}

# apt within the private state; the first argument is its folder.
private_apt() {
  local folder="$1"
  shift
  APT_CONFIG="$folder/apt.conf" apt-get "$@"
}

# The archives of the machine's apt, one a line: every "…/dists/<suite>/InRelease"
# it would ask for, less the part from /dists/ on. Security archives hold no suite whole.
archives_of_machine() {
  apt-get update --print-uris 2>/dev/null |
    sed -n "s#^'\(.*\)/dists/[^']*/InRelease'.*#\1#p" | grep -v -- '-security/*$' | awk '!seen[$0]++'
}

write_source() {
  local archive="$1" options="$2"
  printf 'Dir::Etc::sourcelist "%s";\nDir::Etc::sourceparts "/dev/null";\n' \
    "$apt_folder/sources.list" >>"$apt_folder/apt.conf"
  printf 'deb %s %s %s main\n' "$options" "$archive" "$SUITE" >"$apt_folder/sources.list"
}

update_from() {
  local archive="$1" options="$2"
  write_apt_configuration "$apt_folder"
  write_source "$archive" "$options"
  private_apt "$apt_folder" update --error-on=any >"$apt_folder/update.log" 2>&1
}

signature_was_refused() {
  grep -qE 'NO_PUBKEY|EXPKEYSIG|REVKEYSIG|BADSIG|is not signed|Missing key|not verified|Unable to verify|InvalidSignature' "$apt_folder/update.log"
}

# A machine whose keyring is older than Debian 13 gets the newer keyring through
# its own suites: these are verified with the keys that it already trusts.
keyring_through_machines_suites() {
  local folder="$root/.setup/apt-keyring"
  write_apt_configuration "$folder"
  private_apt "$folder" update >"$folder/update.log" 2>&1 || return 1
  (cd "$folder/download" && private_apt "$folder" download debian-archive-keyring) >>"$folder/update.log" 2>&1 || return 1
  dpkg -x "$folder"/download/debian-archive-keyring_*.deb "$folder/unpacked"
  printf '%s\n' "$folder/unpacked$keyring_of_machine"
}

fail_unverified() {
  fail "the signature of Debian's suite '$SUITE' could not be verified with this machine's keys:" \
    "$(grep -E '^[WE]:' "$apt_folder/update.log" | head -3)" \
    "What to do: install a debian-archive-keyring that holds Debian 13's keys, then run this again." \
    "To go on without the check, at your own risk: OE_SETUP_UNVERIFIED_CRATES=1 $0"
}

# Leaves verified package lists of the suite in the private state, or stops.
update_lists() {
  local archive keyring options=""
  [[ -r "$keyring_of_machine" ]] && options="[signed-by=$keyring_of_machine]"
  for archive in $(archives_of_machine); do
    update_from "$archive" "$options" && return
    signature_was_refused || continue
    if keyring="$(keyring_through_machines_suites)" && update_from "$archive" "[signed-by=$keyring]"; then
      return
    fi
    [[ "${OE_SETUP_UNVERIFIED_CRATES:-}" == 1 ]] || fail_unverified
    say "WARNING: the archive's signature is NOT verified (OE_SETUP_UNVERIFIED_CRATES=1)."
    update_from "$archive" "[trusted=yes]" && return
  done
  fail "none of the archives that this machine's apt uses is reached and serves Debian's suite '$SUITE'." \
    "$(grep -sE '^[WE]:' "$apt_folder/update.log" | head -3)" \
    "What to do: make the public crate registry reachable for cargo, or give apt a Debian mirror."
}

# ---- From packages to a directory source ------------------------------------

# Of all that apt would install beside the wanted packages, the ones with a crate
# inside: neither compilers and C libraries, nor "+feature" packages, which are empty.
packages_with_crates() {
  local -a wanted
  mapfile -t wanted < <(packages_wanted | sed '/^$/d')
  private_apt "$apt_folder" install --simulate --yes "${wanted[@]}" >"$apt_folder/resolve.log" 2>&1 ||
    fail "apt found no consistent set of packages:" "$(grep -E '^E:|Depends' "$apt_folder/resolve.log" | head -5)" \
      "What to do: Cargo.toml must ask for versions that Debian 13 packages."
  sed -nE 's/^Inst (librust-[^ +]+) \(([^ ]+) .*/\1=\2/p' "$apt_folder/resolve.log"
}

download_packages() {
  local -a packages
  packages_with_crates >"$apt_folder/packages"
  mapfile -t packages <"$apt_folder/packages"
  ((${#packages[@]} > 0)) || fail "apt resolved no package at all; see $apt_folder/resolve.log"
  say "bringing ${#packages[@]} packages from Debian's suite '$SUITE' …"
  (cd "$apt_folder/download" && private_apt "$apt_folder" download "${packages[@]}") >"$apt_folder/download.log" 2>&1 ||
    fail "a download failed:" "$(grep -E '^[WE]:' "$apt_folder/download.log" | head -3)" "What to do: run this again."
}

# Unpacks beside what is there and then swaps, so that a stopped run spoils nothing.
unpack_packages() {
  local package fresh="$apt_folder/unpacked"
  mkdir -p "$fresh"
  for package in "$apt_folder"/download/librust-*.deb; do
    dpkg -x "$package" "$fresh"
  done
  [[ ! -e "$crates_folder" ]] || mv "$crates_folder" "$apt_folder/before"
  mv "$fresh" "$crates_folder"
}

# The path in it is relative to the folder that holds .cargo, so a moved clone still builds.
cargo_configuration() {
  cat <<CONFIGURATION
# Written by tools/debian-crates.sh; delete this file to use the public registry.
[source.crates-io]
replace-with = "debian"

[source.debian]
directory = ".setup/crates/$registry_in_crates"
CONFIGURATION
}

# Somebody's own settings are not overwritten.
refuse_foreign_configuration() {
  if [[ -e "$cargo_file" ]] && ! grep -q 'tools/debian-crates.sh' "$cargo_file"; then
    fail "$cargo_file exists and was not written by this script." \
      "What to do: delete it, or add these lines to it by hand:" "$(cargo_configuration)"
  fi
}

write_cargo_configuration() {
  mkdir -p "$root/.cargo"
  cargo_configuration >"$cargo_file"
  # A lock file made from another source has other checksums, which cargo refuses.
  rm -f "$root/Cargo.lock"
}

bring_crates() {
  { command -v apt-get && command -v dpkg; } >/dev/null ||
    fail "this machine has no apt, so Debian's packaged crates cannot be brought." \
      "What to do: make the public crate registry reachable for cargo."
  refuse_foreign_configuration
  rm -rf "$apt_folder" "$root/.setup/apt-keyring"
  update_lists
  download_packages
  unpack_packages
  write_cargo_configuration
  rm -rf "$apt_folder" "$root/.setup/apt-keyring"
  fingerprint >"$stamp"
  say "$(find "$crates_folder/$registry_in_crates" -mindepth 1 -maxdepth 1 | wc -l) crates are in .setup/crates."
}

main() {
  is_complete && return
  mkdir -p "$root/.setup"
  # Two builds at once must not bring the same crates twice, into one folder.
  exec 9>"$root/.setup/debian-crates.lock"
  flock 9
  is_complete || bring_crates
}

main "$@"
