// Checks that end the program with the place and the expression.
#pragma once

#include <hemline.hpp>
#include <hemline.hpp> // Twice on purpose: the include guards must hold.

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

inline void check_(bool holds, const char *condition, const char *file, int line)
{
    if (!holds) {
        std::fprintf(stderr, "%s:%d: %s does not hold; hemline's last text: %s\n", file, line, condition,
                     hem_last_error_message());
        std::exit(EXIT_FAILURE);
    }
}
#define CHECK(condition) check_((condition), #condition, __FILE__, __LINE__)
#define CHECK_NEAR(found, expected) CHECK(std::fabs((found) - (expected)) < 1e-5F)

inline bool has(const std::string &text, const char *words) { return text.find(words) != std::string::npos; }

void test_core();
void test_functions();
void test_results();

// A unit square of two triangles that faces up; group 0 belongs to its first two vertices (y = 0), group 1 to the others.
inline const std::vector<float> square{0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0};
inline const std::vector<std::uint32_t> two_triangles{0, 1, 2, 0, 2, 3};
inline const std::vector<std::uint32_t> row_offsets{0, 1, 2, 3, 4}, row_groups{0, 0, 1, 1};
inline const std::vector<float> row_weights{1, 1, 1, 1};
