/* Checks that end the program with the place, the expression and the library's own text. */
#ifndef HEMLINE_TEST_CHECK_H
#define HEMLINE_TEST_CHECK_H

#include <hemline.h>
#include <hemline.h> /* Twice on purpose: the include guard must hold. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) check_(!!(condition), #condition, __FILE__, __LINE__)
#define CHECK_OK(call) CHECK((call) == HEM_OK)
#define CHECK_NEAR(found, expected, tolerance) CHECK(fabs((double)(found) - (double)(expected)) <= (tolerance))

/* The call is refused with this status, and its text holds these words. */
#define CHECK_REFUSED(call, status, words) \
    do { \
        CHECK((call) == (status)); \
        CHECK(strstr(hem_last_error_message(), (words)) != NULL); \
    } while (0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline void check_(int holds, const char *condition, const char *file, int line)
{
    if (!holds) {
        fprintf(stderr, "%s:%d: %s does not hold; hemline's last text: %s\n", file, line, condition,
                hem_last_error_message());
        exit(EXIT_FAILURE);
    }
}

/* One for each family of functions. */
void test_library(void);
void test_transforms(void);
void test_cache(void);
void test_weight_rows(void);
void test_smoothing(void);
void test_spatial(void);
void test_surface(void);
void test_poses(void);
void test_deform(void);
void test_bookkeeping(void);
void test_fields(void);
void test_stages(void);
void test_files(void);
void test_threads(void);

#endif
