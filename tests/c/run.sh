#!/usr/bin/env bash
# Builds the C program against the header and the release library, and runs it:
# plainly, and once more under valgrind where there is one. The last line is
# "N passed, N failed"; the run under valgrind counts as one test.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
readonly root
readonly sources="$root/tests/c" library="$root/target/release" output="$root/target/c"
readonly program="$output/abi_test"
readonly compiler="${CC:-cc}"

passed=0
failed=0

note_failure() {
  failed=$((failed + 1))
  printf 'not ok %s\n' "$1"
}

has_library() {
  compgen -G "$library/liborchestration_engine.*" >/dev/null
}

build() {
  mkdir -p "$output"
  "$compiler" -std=c11 -g -O1 -Wall -Wextra -Wpedantic -Werror -D_POSIX_C_SOURCE=200809L \
    -I "$root/include" "$sources"/*.c -o "$program" \
    -pthread -L "$library" -lorchestration_engine "-Wl,-rpath,$library"
}

# count_lines <pattern> <file>
count_lines() { grep -c "$1" "$2" || true; }

# Each test prints one line; what ends the program early is a failure of its own.
run_plain() {
  local log="$output/plain.log" code=0 planned
  "$program" | tee "$log" || code=$?
  passed="$(count_lines '^ok ' "$log")"
  failed="$(count_lines '^not ok ' "$log")"
  planned="$(sed -n 's/^1\.\.//p' "$log")"
  if ((passed + failed != ${planned:-1} || (code != 0 && failed == 0))); then
    note_failure "the program ended with exit code $code after $((passed + failed)) of ${planned:-its} tests"
  fi
}

# Every block must be freed or still be reachable at the end: the batches' runtime
# and its threads live as long as the process (src/app/runtime.rs), and glibc keeps
# the stacks of threads that ended. Nothing is suppressed.
run_valgrind() {
  local log="$output/valgrind.log"
  if OE_TEST_VALGRIND=1 valgrind --quiet --fair-sched=try --error-exitcode=99 --leak-check=full \
    --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect \
    "$program" >"$log" 2>&1; then
    passed=$((passed + 1))
    echo "ok the program under valgrind"
  else
    grep -v '^ok ' "$log" | tail -n 100
    note_failure "the program under valgrind ($log)"
  fi
}

main() {
  case "$(uname -s)" in
    MINGW* | MSYS* | CYGWIN*)
      echo "left out: the C program, which is written against POSIX"
      echo "0 passed, 0 failed"
      return
      ;;
  esac
  if ! has_library; then
    echo "There is no library in $library. What to do: cargo build --release" >&2
    note_failure "the library is missing"
  elif ! build; then
    note_failure "the program does not compile"
  else
    run_plain
    if command -v valgrind >/dev/null; then
      run_valgrind
    else
      echo "left out: the run under valgrind, which is not installed"
    fi
  fi
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0))
}

main "$@"
