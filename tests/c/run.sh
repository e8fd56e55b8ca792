#!/bin/sh
# Compiles the C11 and C++17 test programs with every compiler that is installed, links them to the shared and
# to the static library, and runs them; then under the sanitizers and under valgrind.
#
#   tests/c/run.sh LIBRARY_FOLDER [--plain | --sanitize | --valgrind]
#
# LIBRARY_FOLDER holds libhemline.so with its link libhemline.so.N (or .dylib) and libhemline.a, as cargo xtask builds
# them. Without a mode all of them run, valgrind where it is installed.
set -eu

libraries=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
mode=${2:---all}
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

warnings="-Wall -Wextra -Wpedantic -Werror"
include="-I include"

# What the static library needs of the system, as rustc itself says for an empty one: hemline adds nothing to it.
system_libraries=$(echo | rustc --crate-type staticlib --print native-static-libs -o "$build/empty.a" - 2>&1 |
    sed -n 's/^note: native-static-libs: //p')

is_installed() { command -v "$1" >/dev/null 2>&1; }

# check_coverage: the C program uses every function of the header.
check_coverage() {
    for function in $(sed -n 's/^[A-Za-z].*[ *]\(hem_[a-z0-9_]*\)(.*/\1/p' include/hemline.h); do
        grep -qw "$function" tests/c/*.[ch] || { echo "tests/c: no use of $function" >&2 && exit 1; }
    done
}

# compile NAME COMPILER FLAGS...: leaves $build/NAME-shared and $build/NAME-static.
compile() {
    name=$1 compiler=$2
    shift 2
    case $compiler in
    *++) flags="-std=c++17 $warnings" sources=$(echo tests/cpp/*.cpp) ;;
    *) flags="-std=c11 $warnings" sources=$(echo tests/c/*.c) ;;
    esac
    # Words are meant to split here: paths are relative to the project's root and hold no spaces.
    # shellcheck disable=SC2086
    {
        "$compiler" $flags -O1 -g "$@" $include $sources -pthread -o "$build/$name-shared" \
            -L "$libraries" -lhemline "-Wl,-rpath,$libraries" -lm
        "$compiler" $flags -O1 -g "$@" $include $sources -pthread -o "$build/$name-static" \
            "$libraries/libhemline.a" $system_libraries -lm
    }
}

run_plain() {
    for compiler in gcc g++ clang clang++; do
        is_installed "$compiler" || continue
        echo "-- $compiler, shared and static"
        compile "$compiler" "$compiler"
        "$build/$compiler-shared"
        "$build/$compiler-static"
    done
}

run_sanitized() {
    for compiler in gcc g++; do
        echo "-- $compiler, address and undefined-behaviour sanitizers"
        compile "san-$compiler" "$compiler" -fsanitize=address,undefined -fno-sanitize-recover=all
        ASAN_OPTIONS=detect_leaks=1 "$build/san-$compiler-shared"
        ASAN_OPTIONS=detect_leaks=1 "$build/san-$compiler-static"
    done
}

# Valgrind simulates AVX2 but no AVX-512. Possible leaks are no faults: they are the storage of the pool's
# threads, which live until the process ends.
run_valgrind() {
    for compiler in gcc g++; do
        echo "-- $compiler, valgrind"
        compile "val-$compiler" "$compiler"
        for kind in shared static; do
            HEMLINE_SIMD=avx2 HEMLINE_THREADS=2 valgrind --quiet --error-exitcode=1 --leak-check=full \
                --errors-for-leak-kinds=definite,indirect --show-leak-kinds=definite,indirect \
                "$build/val-$compiler-$kind"
        done
    done
}

check_coverage
case $mode in
--plain) run_plain ;;
--sanitize) run_sanitized ;;
--valgrind) run_valgrind ;;
--all)
    run_plain
    run_sanitized
    if is_installed valgrind; then run_valgrind; fi
    ;;
*)
    echo "unknown mode $mode; expected --plain, --sanitize or --valgrind" >&2
    exit 2
    ;;
esac
