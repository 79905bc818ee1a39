#!/usr/bin/env bash
# ./test.sh [--require-pwsh] [rust] [c] [dotnet] [pwsh]
# Sets up, builds, and runs every test, or the named parts alone. The last line is
# "N passed, N failed, N skipped"; the exit code is 0 only if nothing failed.
#   --require-pwsh   a missing pwsh, Pester or PSScriptAnalyzer is a failure
set -euo pipefail

# shellcheck source=tools/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/tools/build.sh"

readonly logs_folder="$setup_folder/logs"
# Far more than any runner takes, so that a deadlock ends as a failure.
readonly RUNNER_LIMIT_SECONDS=1200

passed=0
failed=0
skipped=0
# One line each, shown above the total: what failed, and what was left out and why.
problems=""
left_out=""
last_log=""
require_pwsh=0

note_problem() {
  problems+="FAILED: $1"$'\n'
  warn "$1"
}
note_left_out() { left_out+="left out: $1"$'\n'; }

# ---- Running and counting ---------------------------------------------------

limited() {
  if have timeout; then timeout "$RUNNER_LIMIT_SECONDS" "$@"; else "$@"; fi
}

# run_logged <name> <command …>: keeps the output and shows it, less the tests that
# simply passed; the command's own exit code.
run_logged() {
  local log="$logs_folder/$1.log"
  last_log="$log"
  shift
  # Without a terminal, as on a build machine: a runner that asks something must not wait.
  limited "$@" 2>&1 </dev/null | tee "$log" | show_output
  return "${PIPESTATUS[0]}"
}

show_output() {
  # A runner's count alone on its line would look like the total of all.
  sed -E -e '/^test .* ok$/d' -e 's/^([0-9]+ passed, [0-9]+ failed.*)$/  counted: \1/'
}

# A check that has no tests to count: formatting, lints.
run_check() {
  local name="$1" code=0
  shift
  say "$name"
  run_logged check "$@" || code=$?
  ((code == 0)) && return
  failed=$((failed + 1))
  note_problem "$name: exit code $code"
}

# The tests that failed, from the log of the runner that ran last, each in its words.
note_failed_tests() {
  problems+="$(sed -nE -e 's/^(test .*) \.\.\. FAILED$/  \1/p' -e 's/^ +Failed ([^ ]+).*$/  \1/p' -e 's/^(not ok|failed:) /  /p' "$last_log" | head -50)"$'\n'
}

# run_counted <name> <counting function> <command …>: the function reads the log from
# its standard input and prints "passed failed skipped", or nothing if it found no count.
run_counted() {
  local name="$1" count="$2" code=0 counts p f s
  shift 2
  say "$name"
  run_logged "$count" "$@" || code=$?
  counts="$("$count" <"$logs_folder/$count.log")"
  read -r p f s <<<"$counts" || true
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
  judge "$name" "$code" "$counts" "${p:-0}" "${f:-0}"
}

# A runner is green only if it says so in every way: its exit code, its counts, and
# at least one test. Whatever else happened counts as one failure more.
judge() {
  local name="$1" code="$2" counts="$3" p="$4" f="$5"
  if ((f > 0)); then
    note_problem "$name: $f failed"
    note_failed_tests
  elif [[ -z "$counts" ]]; then
    failed=$((failed + 1))
    note_problem "$name: ended with exit code $code and without counts that could be read$(limit_hint "$code")"
  elif ((code != 0)); then
    failed=$((failed + 1))
    note_problem "$name: counted no failure, but ended with exit code $code$(limit_hint "$code")"
  elif ((p == 0)); then
    failed=$((failed + 1))
    note_problem "$name: ran no test"
  fi
}

limit_hint() {
  if (($1 == 124)); then printf ' (stopped after %s s)' "$RUNNER_LIMIT_SECONDS"; fi
}

# test result: ok. 5 passed; 0 failed; 1 ignored; … (one line a binary)
count_cargo() {
  awk '/^test result: / {
    found = 1
    for (i = 2; i <= NF; i++) {
      if ($i == "passed;") p += $(i - 1)
      if ($i == "failed;") f += $(i - 1)
      if ($i == "ignored;") s += $(i - 1)
    }
  } END { if (found) print p + 0, f + 0, s + 0 }'
}
count_loom() { count_cargo; }

# 5 passed, 0 failed (once plain, once under valgrind)
count_c() {
  awk '/^[0-9]+ passed, [0-9]+ failed/ { found = 1; p += $1; f += $3 } END { if (found) print p, f, 0 }'
}

# Passed!  - Failed:     0, Passed:     5, Skipped:     0, Total:     5, …
count_dotnet() {
  awk 'match($0, /Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+/) {
    found = 1
    split(substr($0, RSTART, RLENGTH), numbers, /[^0-9]+/)
    f += numbers[2]; p += numbers[3]; s += numbers[4]
  } END { if (found) print p, f, s }'
}

# pester-counts: passed=5 failed=0 skipped=1 (the last line of tests/pwsh/run.ps1)
count_pester() {
  tr -d '\r' | sed -nE 's/^pester-counts: passed=([0-9]+) failed=([0-9]+) skipped=([0-9]+)$/\1 \2 \3/p' | tail -1
}

# ---- The parts --------------------------------------------------------------

host_triple() { rustc -vV | sed -n 's/^host: //p'; }
# The flag under which the manifest brings loom.
loom_flag() { sed -nE "s/^\[target\.'cfg\(([a-z_]*loom)\)'\.dependencies\]$/\1/p" Cargo.toml; }

test_rust() {
  local features
  features="$(cargo_features)"
  run_check "cargo fmt --check" cargo fmt --check
  # shellcheck disable=SC2086 # separate words, or none
  run_check "cargo clippy" cargo clippy --all-targets --quiet $features -- -D warnings
  # shellcheck disable=SC2086
  run_counted "cargo test" count_cargo cargo test $features
  # With the target named, its output has a folder of its own and the flags leave the
  # build scripts alone, so that those of the release build serve here too.
  # shellcheck disable=SC2086
  run_counted "the queue's loom model" count_loom \
    env RUSTFLAGS="--cfg $(loom_flag)" cargo test --release --lib loom --target "$(host_triple)" $features
}

test_c() {
  if [[ "$(platform_system)" == win ]]; then
    skipped=$((skipped + 1))
    note_left_out "the C program, which is written against POSIX"
    return
  fi
  ensure_valgrind
  run_counted "the C program" count_c tests/c/run.sh
}

test_dotnet() {
  local project
  for project in tests/dotnet/*/*.csproj; do
    run_counted "dotnet test ${project##*/}" count_dotnet \
      dotnet test "$project" --configuration Release --no-restore -nologo --logger "console;verbosity=minimal"
  done
}

test_pwsh() {
  local files missing
  files="$(find tests/pwsh -name '*.Tests.ps1' | wc -l | tr -d ' ')"
  if ! ensure_pwsh; then
    leave_out_pwsh "$files" "$files Pester files and PSScriptAnalyzer, because there is no pwsh $PWSH_NEEDED or newer here"
    return
  fi
  ensure_pwsh_modules
  run_counted "Pester and PSScriptAnalyzer" count_pester pwsh -NoProfile -NonInteractive -File tests/pwsh/run.ps1
  while IFS= read -r missing; do
    leave_out_pwsh 0 "$missing"
  done < <(tr -d '\r' <"$logs_folder/count_pester.log" | sed -n 's/^left-out: //p')
}

# leave_out_pwsh <how many to count as skipped> <what and why>
leave_out_pwsh() {
  if ((require_pwsh)); then
    failed=$((failed + 1))
    note_problem "$2 (--require-pwsh)"
    return
  fi
  skipped=$((skipped + $1))
  note_left_out "$2"
}

# ---- Together ---------------------------------------------------------------

wants() { [[ " $parts " == *" $1 "* ]]; }

parse_arguments() {
  parts=""
  local argument
  for argument in "$@"; do
    case "$argument" in
      --require-pwsh) require_pwsh=1 ;;
      rust | c | dotnet | pwsh) parts+=" $argument" ;;
      *) fail "unknown argument: $argument" "usage: ./test.sh [--require-pwsh] [rust] [c] [dotnet] [pwsh]" ;;
    esac
  done
  parts="${parts:-rust c dotnet pwsh}"
}

set_up_and_build() {
  set_up_rust
  if wants rust; then ensure_rust_checks; fi
  build_rust
  if wants dotnet || wants pwsh; then
    set_up_dotnet
    build_dotnet
  fi
}

main() {
  local part
  parse_arguments "$@"
  cd "$root"
  mkdir -p "$logs_folder"
  set_up_and_build
  for part in rust c dotnet pwsh; do
    if wants "$part"; then "test_$part"; fi
  done
  printf '\n%s%s' "$left_out" "$problems"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  ((failed == 0))
}

main "$@"
