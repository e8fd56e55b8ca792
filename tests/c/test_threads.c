/* Calls from many threads: results do not mix, and each thread has its own error text. */
#include "check.h"

#include <pthread.h>

enum { THREADS = 8, POINTS = 70000, ROUNDS = 3 };

static void *work(void *argument)
{
    const float offset = (float)*(const int *)argument;
    const float matrix[16] = {1, 0, 0, offset, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    float *points = malloc(sizeof(float) * 3 * POINTS);
    char words[64];
    CHECK(points != NULL);
    for (int round = 0; round < ROUNDS; round++) {
        memset(points, 0, sizeof(float) * 3 * POINTS);
        CHECK_OK(hem_transform_points(matrix, points, POINTS, points));
        for (size_t i = 0; i < POINTS; i++)
            CHECK(points[3 * i] == offset);
        points[0] = -1 - offset;
        snprintf(words, sizeof words, "in group 0 is %g,", (double)points[0]);
        CHECK_REFUSED(hem_normalize_weights_dense(points, POINTS, 3, NULL, NULL, NULL),
                      HEM_INVALID_ARGUMENT, words);
    }
    free(points);
    return NULL;
}

void test_threads(void)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&threads[i], NULL, work, &numbers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}
