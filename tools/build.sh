#!/usr/bin/env bash
# Builds the release library and the PowerShell module, and lays both into
# pwsh/OrchestrationEngine, from where the module is imported:
#   OrchestrationEngine.*.dll        the assemblies
#   <os>-<arch>/                     the native library, where the assemblies look for it
# cargo and dotnet decide themselves what has changed. test.sh and quickstart.sh
# source this file; called by itself it sets up and builds everything.
set -euo pipefail

# shellcheck source=tools/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

readonly module_folder="$root/pwsh/OrchestrationEngine"
# The project that needs all others.
readonly module_project="$root/pwsh/src/OrchestrationEngine.ForEachObject/OrchestrationEngine.ForEachObject.csproj"

library_file_name() {
  case "$(platform_system)" in
    linux) echo liborchestration_engine.so ;;
    osx) echo liborchestration_engine.dylib ;;
    win) echo orchestration_engine.dll ;;
  esac
}

# Replaces a file in one step, and only by another content: a process that has the
# old library mapped keeps it, and tools that compare times see no change.
lay_file() {
  local source="$1" destination="$2"
  cmp -s "$source" "$destination" && return
  mkdir -p "$(dirname "$destination")"
  cp "$source" "$destination.new"
  mv -f "$destination.new" "$destination"
}

# What cargo must be told beside the manifest, one argument a line: Linux links the
# system's SQLite, while elsewhere there is none to link and it is built in.
cargo_features() {
  if manifest_names rusqlite && [[ "$(platform_system)" != linux ]]; then
    printf '%s\n' --features rusqlite/bundled
  fi
}

build_rust() {
  say "building the native library"
  # shellcheck disable=SC2046 # the function prints separate words
  (cd "$root" && cargo build --release --quiet $(cargo_features))
  lay_file "$root/target/release/$(library_file_name)" \
    "$module_folder/$(platform_system)-$(platform_architecture)/$(library_file_name)"
}

# Whether the compiler of ahead-of-time code is here, a package that NuGet brings once
# for each SDK. Without it the module is the same, but its first call takes longer.
can_compile_ahead() {
  local mark log="$setup_folder/ahead-of-time.log"
  mark="$setup_folder/ahead-of-time-$(dotnet --version)"
  if [[ ! -e "$mark" || ! -e "$(dirname "$module_project")/obj/project.assets.json" ]]; then
    if dotnet restore "$module_project" -p:AheadOfTime=true >"$log" 2>&1; then
      echo yes >"$mark"
    else
      dotnet restore "$module_project" >>"$log" 2>&1
      echo no >"$mark"
      say "no ahead-of-time code: NuGet has no compiler for it here (see $log; delete $mark to try again)"
    fi
  fi
  [[ "$(cat "$mark")" == yes ]]
}

build_dotnet() {
  local assembly ahead="" log="$setup_folder/dotnet-build.log"
  say "building the module"
  if can_compile_ahead; then ahead=ahead/; fi
  # Its summary cannot be turned off, so only what went wrong is shown.
  dotnet build "$module_project" --configuration Release --no-restore --verbosity quiet -nologo \
    ${ahead:+-p:AheadOfTime=true} >"$log" 2>&1 ||
    fail "the module could not be built:" "$(grep -E 'error' "$log" | sort -u || cat "$log")"
  grep -E ': warning ' "$log" | sort -u || true
  for assembly in OrchestrationEngine.Native OrchestrationEngine.PowerShell OrchestrationEngine.ForEachObject; do
    lay_file "$root/pwsh/src/$assembly/bin/Release/net8.0/$ahead$assembly.dll" "$module_folder/$assembly.dll"
    lay_file "$root/pwsh/src/$assembly/bin/Release/net8.0/$assembly.pdb" "$module_folder/$assembly.pdb"
  done
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  set_up_rust
  set_up_dotnet
  build_rust
  build_dotnet
  say "built: $module_folder"
fi
