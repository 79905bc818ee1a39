#!/usr/bin/env bash
# ./quickstart.sh [FOLDER …]
# Installs what is missing, builds the engine and its module, and hashes every
# file of the folders (without any: of this repository) in parallel.
set -euo pipefail

# shellcheck source=tools/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/tools/build.sh"

main() {
  local -a folders=("$@")
  ((${#folders[@]} > 0)) || folders=("$root")
  set_up_rust
  set_up_dotnet
  build_rust
  build_dotnet
  if ensure_pwsh; then
    say "hashing with Invoke-ParallelOrchestration, and beside it with ForEach-Object -Parallel"
    pwsh -NoProfile -NonInteractive -File "$root/examples/quickstart.ps1" "${folders[@]}"
  else
    say "hashing through the .NET host instead, which has no PowerShell in it"
    dotnet run --configuration Release --project "$root/examples/HashFiles" -- "${folders[@]}"
  fi
}

main "$@"
