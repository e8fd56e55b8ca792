// The C++ layer: once throwing, once returning results, in one program.
#include "check.hpp"

int main()
{
    test_core();
    test_functions();
    test_results();
    std::printf("C++ layer: all checks hold (%s)\n", hem_version_string());
}
