#!/bin/sh
# Builds the C and C++ test programs and the installed examples as a stranger would, and runs them: from copies of the
# installed prefix and of the tests, in a folder that knows neither the source tree nor Rust.
#
#   tests/installed/run.sh PREFIX CASE RESULTS
#
# PREFIX: what `cargo xtask install` made. CASE: a retarget case (examples/README.md). RESULTS: gets a folder for each
# build, with what its example programs made of the case.
set -eu

if [ -z "${HEMLINE_CLEAN:-}" ]; then
    exec env -i HEMLINE_CLEAN=1 PATH=/usr/bin:/bin sh "$0" "$@"
fi
tests=$(cd "$(dirname "$0")/.." && pwd)
case=$(cd "$2" && pwd)
mkdir -p "$3"
results=$(cd "$3" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" CMAKE_BUILD_PARALLEL_LEVEL=2
prefix=$work/moved/hemline
mkdir -p "$prefix" "$work/tests"
cp -a "$1/." "$prefix"
cp -R "$tests/c" "$tests/cpp" "$tests/installed" "$work/tests"
cd "$work"
examples=$prefix/share/hemline/examples

is_installed() { command -v "$1" >/dev/null 2>&1; }

# check_cycles: every handle that the header can destroy is made by both programs.
check_cycles() {
    for destroy in $(sed -n 's/^void \(hem_[a-z_]*_destroy\)(.*/\1/p' "$prefix/include/hemline.h"); do
        class=$(sed -n "s/^class \([A-Za-z]*\) : public Handle<[A-Za-z]*, $destroy>.*/\1/p" "$prefix"/include/hemline/*.hpp)
        grep -q "$destroy(" tests/installed/cycles.c && [ -n "$class" ] &&
            grep -qw "hemline::$class" tests/installed/cycles.cpp ||
            { echo "tests/installed/cycles.*: no cycle for $destroy" >&2 && exit 1; }
    done
}

# build NAME COMPILER OPTION...: leaves programs in $work/NAME.
build() {
    name=$1 compiler=$2
    shift 2
    echo "-- CMake: $name"
    case $compiler in
    gcc) cpp=g++ ;;
    *) cpp=clang++ ;;
    esac
    cmake -S tests/installed -B "$name" -DCMAKE_PREFIX_PATH="$prefix" -DEXAMPLES="$examples" \
        -DCMAKE_C_COMPILER="$compiler" -DCMAKE_CXX_COMPILER="$cpp" "$@" >"$name.log" 2>&1 &&
        cmake --build "$name" >>"$name.log" 2>&1 || { cat "$name.log" && exit 1; }
    if grep -rq "$tests" "$name/CMakeCache.txt" "$name"/CMakeFiles/*/build.make; then
        echo "$name: the build refers to the source tree" >&2
        exit 1
    fi
}

# run_tests NAME: the test programs, without the cycles.
run_tests() {
    for program in c_tests cpp_tests wrapper_tests wrong_version; do
        "./$1/$program"
    done
}

# retarget NAME FOLDER_OF_PROGRAMS [FIELD]: both examples.
retarget() {
    name=$1 folder=$2
    shift 2
    for language in c cpp; do
        mkdir -p "$results/$name-$language"
        "$folder/retarget_$language" "$case" "$results/$name-$language" "$@" 2>"$name.log" || { cat "$name.log" && exit 1; }
    done
}

# package OPTION PACKAGE: what pkg-config says of the prefix.
package() { PKG_CONFIG_PATH="$prefix/lib/pkgconfig" pkg-config "$@"; }

# compile NAME C_COMPILER CPP_COMPILER: the examples by pkg-config alone, in NAME-shared and NAME-static.
compile() {
    echo "-- pkg-config: $1, shared and static"
    mkdir -p "$1/c" "$1/cpp" "$1-shared" "$1-static"
    warnings="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -isystem $examples/third_party"
    for language in c cpp; do
        case $language in
        c) compiler=$2 standard=c11 ;;
        cpp) compiler=$3 standard=c++17 ;;
        esac
        # Words are meant to split here: none of the paths holds a space.
        # shellcheck disable=SC2046,SC2086
        {
            (cd "$1/$language" && "$compiler" -std=$standard $warnings $(package --cflags hemline) -c "$examples/$language"/*."$language")
            "$compiler" "$1/$language"/*.o -o "$1-shared/retarget_$language" $(package --libs hemline) "-Wl,-rpath,$prefix/lib" -lm
            "$compiler" "$1/$language"/*.o -o "$1-static/retarget_$language" $(package --libs hemline-static) -lm
        }
    done
}

# needs_shared NAME yes|no: whether the C example is linked to the shared library, by its SONAME.
needs_shared() {
    if readelf -d "$1" | grep -q 'NEEDED.*\[libhemline\.so\.[0-9]*\]'; then found=yes; else found=no; fi
    [ "$found" = "$2" ] || { echo "$1: linked to the shared library: $found, expected $2" >&2 && exit 1; }
}

# pkg_config C_COMPILER CPP_COMPILER: the examples with both libraries.
pkg_config() {
    compile "pc-$1" "$1" "$2"
    needs_shared "pc-$1-shared/retarget_c" yes
    needs_shared "pc-$1-static/retarget_c" no
    for kind in shared static; do
        retarget "pc-$1-$kind" "./pc-$1-$kind" "$case/field.npz"
    done
}

sanitizers="-fsanitize=address,undefined -fno-sanitize-recover=all"
export ASAN_OPTIONS=detect_leaks=1

# sanitize NAME COMPILER OPTION...: the test programs and the examples, without the cycles.
sanitize() {
    build "$@" -DCMAKE_C_FLAGS="$sanitizers -g1" -DCMAKE_CXX_FLAGS="$sanitizers -g1"
    run_tests "$1"
    retarget "$1" "./$1/examples" "$case/field.npz"
}

check_cycles

build gcc-shared gcc
needs_shared gcc-shared/examples/retarget_c yes
run_tests gcc-shared
retarget gcc-shared ./gcc-shared/examples
build gcc-static gcc -DHEMLINE_STATIC=ON
needs_shared gcc-static/examples/retarget_c no
run_tests gcc-static
retarget gcc-static ./gcc-static/examples "$case/field.npz"

[ "$(package --cflags hemline)" = "$(package --cflags hemline-static)" ] ||
    { echo "pkg-config: the packages ask for different flags" >&2 && exit 1; }
pkg_config gcc g++

if is_installed clang++; then
    # With std::span beside hemline's own.
    build clang-shared clang -DCMAKE_CXX_STANDARD=20
    run_tests clang-shared
    retarget clang-shared ./clang-shared/examples "$case/field.npz"
    pkg_config clang clang++
    sanitize clang-static-sanitized clang -DHEMLINE_STATIC=ON
fi

sanitize gcc-sanitized gcc
cmake --build gcc-sanitized --target cycles_c cycles_cpp >cycles.log 2>&1 || { cat cycles.log && exit 1; }
./gcc-sanitized/cycles_c
./gcc-sanitized/cycles_cpp
