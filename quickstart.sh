#!/usr/bin/env bash
# ./quickstart.sh [FOLDER …]
# Installs what is missing, builds the engine and its module, and hashes every
# file of the folders (without any: of this repository) in parallel. Where there
# is no PowerShell, it runs a playbook first.
set -euo pipefail

# shellcheck source=tools/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/tools/build.sh"

main() {
  local -a folders=()
  local folder
  # Before the build, which takes minutes the first time, and goes to another folder.
  for folder in "${@:-$root}"; do
    [[ -d "$folder" ]] || fail "There is no folder '$folder'." "What to do: ./quickstart.sh [FOLDER …]; without any it hashes this repository."
    folders+=("$(cd -- "$folder" >/dev/null && pwd)")
  done
  set_up_rust
  set_up_dotnet
  build_rust
  build_dotnet
  if ensure_pwsh; then
    say "hashing with Invoke-ParallelOrchestration, and beside it with ForEach-Object -Parallel"
    pwsh -NoProfile -NonInteractive -File "$root/examples/quickstart.ps1" "${folders[@]}"
  else
    say "running a playbook, which needs no PowerShell"
    "$root/target/release/orchestrate" run "$root/examples/playbooks/release.yaml"
    say "hashing through the .NET host instead, which has no PowerShell in it"
    dotnet run --configuration Release --project "$root/examples/HashFiles" -- "${folders[@]}"
  fi
}

main "$@"
