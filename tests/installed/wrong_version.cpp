// Linked with other_library.c in place of hemline: every use is refused before a function is called.
#include <hemline.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

template <class Function> void check_refused(Function &&function)
{
    const char *const expected[] = {"99.9.9", "ABI 999", "header of ABI", "install the library"};
    try {
        function();
    } catch (const hemline::Error &error) {
        for (const char *words : expected)
            if (std::string(error.what()).find(words) == std::string::npos) {
                std::fprintf(stderr, "`%s` does not say `%s`\n", error.what(), words);
                std::exit(EXIT_FAILURE);
            }
        if (error.status() == hemline::wrong_version)
            return;
    }
    std::fprintf(stderr, "a library of another ABI was not refused\n");
    std::exit(EXIT_FAILURE);
}

} // namespace

int main()
{
    const float points[] = {0, 0, 0, 1, 0, 0, 0, 1, 0};
    const std::uint32_t triangle[] = {0, 1, 2};
    check_refused([&] { hemline::Surface::create(points, triangle); });
    check_refused([] { hemline::check_version(); });
    // Options cannot say so; they stay zero, and the call that they are for refuses.
    if (hemline::RobustOptions().struct_size != 0)
        return EXIT_FAILURE;
    std::puts("C++ layer: a library of another ABI is refused");
}
