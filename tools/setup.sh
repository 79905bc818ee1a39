#!/usr/bin/env bash
# The one set-up, of which every part can be run twice: what is there is left as
# it is, and then nothing asks the network. quickstart.sh, test.sh and
# tools/build.sh source this file; called by itself it sets everything up.
#
# Whatever it installs for this project alone lies in .setup/ (git-ignored).
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly root
readonly setup_folder="$root/.setup"
readonly pwsh_folder="$setup_folder/pwsh"
readonly modules_folder="$setup_folder/modules"

readonly DOTNET_SDK_NEEDED=8
readonly PWSH_NEEDED=7.4
# Pinned, so that two machines that fetch them test with the same tools.
readonly PESTER_PINNED=5.7.1
readonly ANALYZER_PINNED=1.24.0
# How long a failed try to install PowerShell is remembered, so that a machine
# without it does not ask the network at every run.
readonly PWSH_RETRY_MINUTES=60

# Neither telemetry, a banner, nor build servers that outlive the script.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
export POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off

say() { printf '== %s\n' "$*"; }
warn() { printf '!! %s\n' "$@" >&2; }
fail() {
  warn "$@"
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# linux, osx or win: as in the names of .NET's runtime identifiers.
platform_system() {
  case "$(uname -s)" in
    Linux) echo linux ;;
    Darwin) echo osx ;;
    MINGW* | MSYS* | CYGWIN*) echo win ;;
    *) fail "this system ($(uname -s)) is none of Linux, macOS and Windows; nothing is known about building on it." ;;
  esac
}

platform_architecture() {
  case "$(uname -m)" in
    x86_64 | amd64) echo x64 ;;
    aarch64 | arm64) echo arm64 ;;
    *) fail "this processor ($(uname -m)) is neither x64 nor arm64; nothing is known about building on it." ;;
  esac
}

# version_at_least 7.6.5 7.4: compared by number, part by part; a missing part is 0.
version_at_least() {
  local -a actual needed
  local part
  IFS=. read -r -a actual <<<"${1%%[-+]*}"
  IFS=. read -r -a needed <<<"$2"
  for part in 0 1 2; do
    ((10#${actual[part]:-0} == 10#${needed[part]:-0})) && continue
    ((10#${actual[part]:-0} > 10#${needed[part]:-0}))
    return
  done
}

manifest_names() { grep -qE "^$1[[:space:]]*=" "$root/Cargo.toml"; }

# ---- The system's packages --------------------------------------------------

can_install_packages() { [[ "$(id -u)" == 0 ]] && have apt-get; }

install_packages() {
  say "installing with apt: $*"
  # The lists may be missing or old: ask for new ones only if the first try fails.
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@" >"$setup_folder/apt.log" 2>&1 && return
  apt-get update >>"$setup_folder/apt.log" 2>&1 || true
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@" >>"$setup_folder/apt.log" 2>&1
}

# ensure_system_package <what it is for> <package> <test …>: installs the package unless the test passes.
ensure_system_package() {
  local purpose="$1" package="$2"
  shift 2
  "$@" && return
  if can_install_packages && install_packages "$package" && "$@"; then
    return
  fi
  warn "$purpose is missing." "What to do: as root, apt-get install $package (or your system's package of that name)."
  return 1
}

ensure_c_compiler() {
  case "$(platform_system)" in
    linux)
      ensure_system_package "the C compiler, which cargo links with," gcc have cc || exit 1
      ensure_system_package "the C library's headers" libc6-dev can_compile_c || exit 1
      ;;
    osx) have cc || fail "the C compiler is missing." "What to do: xcode-select --install" ;;
    # On Windows rustc finds Microsoft's linker by itself, and says so where there is none.
    win) ;;
  esac
}

can_compile_c() {
  local program="$setup_folder/can-compile-c"
  [[ -e "$program" ]] && return
  printf '#include <stdio.h>\nint main(void) { return 0; }\n' | cc -x c -o "$program" - 2>/dev/null
}

ensure_sqlite() {
  manifest_names rusqlite || return 0
  [[ "$(platform_system)" == linux ]] || return 0
  ensure_system_package "pkg-config" pkg-config have pkg-config || exit 1
  ensure_system_package "SQLite's headers" libsqlite3-dev pkg-config --exists sqlite3 || exit 1
}

# Without it the C program still runs, only unwatched.
ensure_valgrind() {
  [[ "$(platform_system)" == linux ]] || return 0
  have valgrind && return
  if can_install_packages; then
    install_packages valgrind || warn "valgrind could not be installed; the C program runs without it."
  fi
}

# ---- Rust -------------------------------------------------------------------

find_cargo() {
  have cargo && return
  # Where rustup puts it, before a new login has read the changed profile.
  if [[ -x "$HOME/.cargo/bin/cargo" ]]; then
    PATH="$HOME/.cargo/bin:$PATH"
  fi
  have cargo
}

ensure_cargo() {
  local needed actual
  needed="$(sed -n 's/^rust-version *= *"\(.*\)"/\1/p' "$root/Cargo.toml")"
  find_cargo || fail "Rust (cargo) is missing; the engine is written in it." \
    "What to do: install Rust $needed or newer from https://rustup.rs, or on Debian 13: apt-get install cargo rustfmt rust-clippy"
  actual="$(cargo --version | cut -d' ' -f2)"
  version_at_least "$actual" "$needed" || fail "this cargo is $actual; $needed or newer is needed." \
    "What to do: rustup update stable (or install Rust from https://rustup.rs)."
}

ensure_rust_checks() {
  cargo fmt --version >/dev/null 2>&1 || fail "rustfmt is missing; the tests check the formatting with it." \
    "What to do: rustup component add rustfmt (on Debian: apt-get install rustfmt)."
  cargo clippy --version >/dev/null 2>&1 || fail "clippy is missing; the tests check the code with it." \
    "What to do: rustup component add clippy (on Debian: apt-get install rust-clippy)."
}

uses_debian_crates() { grep -qs 'tools/debian-crates.sh' "$root/.cargo/config.toml"; }

# What cargo says when it does not reach a registry, as against a mistake in the manifest.
registry_was_not_reached() {
  grep -qiE 'could not resolve|could not connect|failed to connect|timed out|timeout|network|download of .* failed|unable to update registry|SSL|certificate|proxy' "$1"
}

ensure_crates() {
  local log="$setup_folder/cargo-fetch.log"
  cd "$root"
  # A stamp per manifest, since even an offline `cargo fetch` reads every crate.
  local stamp="$setup_folder/crates-fetched" manifest
  if uses_debian_crates; then
    "$root/tools/debian-crates.sh"
    return
  fi
  manifest="$(cksum <"$root/Cargo.toml")"
  [[ -e Cargo.lock && "$(cat "$stamp" 2>/dev/null)" == "$manifest" ]] && return
  if ! cargo fetch --offline --quiet 2>/dev/null; then
    say "fetching the crates …"
    if ! CARGO_NET_RETRY=1 CARGO_HTTP_TIMEOUT=15 cargo fetch >"$log" 2>&1; then
      registry_was_not_reached "$log" || fail "cargo could not fetch the crates:" "$(tail -15 "$log")"
      say "the public crate registry is not reached from here; taking Debian's packaged crates instead"
      "$root/tools/debian-crates.sh"
      return
    fi
  fi
  printf '%s\n' "$manifest" >"$stamp"
}

# ---- .NET -------------------------------------------------------------------

ensure_dotnet() {
  local newest
  have dotnet || fail "the .NET SDK is missing; the module's assemblies are built with it." \
    "What to do: install the .NET SDK $DOTNET_SDK_NEEDED or newer from https://dotnet.microsoft.com/download"
  newest="$(dotnet --list-sdks | cut -d. -f1 | sort -n | tail -1)"
  ((${newest:-0} >= DOTNET_SDK_NEEDED)) || fail "the newest .NET SDK here is ${newest:-none}; $DOTNET_SDK_NEEDED or newer is needed." \
    "What to do: install it from https://dotnet.microsoft.com/download"
}

dotnet_projects() {
  find "$root/pwsh/src" "$root/tests/dotnet" "$root/examples" -name '*.csproj' -not -path '*/obj/*' 2>/dev/null | sort
}

# Restored, and no file that restore reads is newer than its outcome.
is_restored() {
  local outcome input
  outcome="$(dirname "$1")/obj/project.assets.json"
  for input in "$1" "$root"/{,pwsh/,pwsh/src/,tests/,tests/dotnet/,examples/}*.{props,targets} "$root/global.json"; do
    if [[ -e "$input" && ! "$outcome" -nt "$input" ]]; then return 1; fi
  done
}

ensure_nuget_packages() {
  local project log="$setup_folder/nuget-restore.log"
  while IFS= read -r project; do
    is_restored "$project" && continue
    say "restoring ${project#"$root"/}"
    dotnet restore "$project" >"$log" 2>&1 || fail "NuGet could not restore ${project#"$root"/}:" "$(grep -E 'error|warn' "$log" | sort -u | head -5)" \
      "What to do: make a NuGet source with these packages reachable (dotnet nuget list source), then run this again."
    # dotnet leaves the file's time alone where nothing changed in it.
    touch "$(dirname "$project")/obj/project.assets.json"
  done < <(dotnet_projects)
}

# ---- PowerShell -------------------------------------------------------------

# Puts a fitting pwsh first on PATH, or fails; installs nothing.
find_pwsh() {
  local folder
  for folder in "" "$pwsh_folder"; do
    if [[ -n "$folder" ]]; then
      [[ -x "$folder/pwsh" || -x "$folder/pwsh.exe" ]] || continue
      PATH="$folder:$PATH"
    fi
    have pwsh || continue
    version_at_least "$(pwsh --version | sed 's/^PowerShell //' | tr -d '\r')" "$PWSH_NEEDED" && return
  done
  return 1
}

# Each PowerShell is built for one .NET: 7.4 for 8, 7.5 for 9, 7.6 for 10.
install_pwsh() {
  local log="$setup_folder/pwsh-install.log" mark="$setup_folder/pwsh-not-installed" newest
  [[ -n "$(find "$mark" -mmin "-$PWSH_RETRY_MINUTES" 2>/dev/null)" ]] && return 1
  have dotnet || return 1
  newest="$(dotnet --list-sdks | cut -d. -f1 | sort -n | tail -1)"
  say "PowerShell is not on PATH; installing it into .setup/pwsh …"
  if dotnet tool install PowerShell --version "7.$((newest - 4)).*" --tool-path "$pwsh_folder" >"$log" 2>&1; then
    rm -f "$mark"
    return
  fi
  touch "$mark"
  return 1
}

# Fails, with a message, where there is no pwsh and none can be installed.
ensure_pwsh() {
  find_pwsh && return
  install_pwsh && find_pwsh && return
  warn "PowerShell $PWSH_NEEDED or newer (pwsh) is neither on PATH nor to be had from NuGet: $(grep -iE 'not found|error|unhandled' "$setup_folder/pwsh-install.log" 2>/dev/null | head -1)" \
    "Without it the module cannot be imported and the Pester tests cannot run; the engine, its C ABI and its .NET classes can." \
    "What to do: install PowerShell as https://aka.ms/powershell says and see that 'pwsh' is on PATH, then run this again."
  return 1
}

# Pester and PSScriptAnalyzer: from PSModulePath, else pinned into .setup/modules.
# What cannot be had is left to tests/pwsh/run.ps1, which counts it as left out.
ensure_pwsh_modules() {
  mkdir -p "$modules_folder"
  OE_SETUP_MODULES="$modules_folder" pwsh -NoProfile -NonInteractive -Command "
    \$ErrorActionPreference = 'Stop'
    \$env:PSModulePath = \$env:OE_SETUP_MODULES + [IO.Path]::PathSeparator + \$env:PSModulePath
    foreach (\$module in @(@('Pester', '5.5.0', '$PESTER_PINNED'), @('PSScriptAnalyzer', '1.20.0', '$ANALYZER_PINNED'))) {
      \$name, \$needed, \$pinned = \$module
      if (Get-Module -ListAvailable -Name \$name | Where-Object Version -ge \$needed) { continue }
      try {
        Write-Output \"== saving \$name \$pinned into .setup/modules\"
        Save-PSResource -Name \$name -Version \$pinned -Path \$env:OE_SETUP_MODULES -TrustRepository
      } catch {
        Write-Output \"!! \$name could not be had: \$_\"
        Write-Output \"What to do: Install-PSResource \$name in a pwsh that reaches the PowerShell Gallery, or put it on PSModulePath.\"
      }
    }"
}

# ---- Together ---------------------------------------------------------------

set_up_rust() {
  mkdir -p "$setup_folder"
  ensure_c_compiler
  ensure_sqlite
  ensure_cargo
  ensure_crates
}

set_up_dotnet() {
  mkdir -p "$setup_folder"
  ensure_dotnet
  ensure_nuget_packages
}

set_up_everything() {
  set_up_rust
  set_up_dotnet
  if ensure_pwsh; then ensure_pwsh_modules; fi
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  set_up_everything
  say "set up"
fi
