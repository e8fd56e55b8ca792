/* Versions, status names, threads, memory budget, batches, changed rows. */
#include "check.h"

static void test_versions(void)
{
    char version[32];
    CHECK(hem_abi_version() == HEM_ABI_VERSION);
    snprintf(version, sizeof version, "%d.%d.%d", HEM_VERSION_MAJOR, HEM_VERSION_MINOR,
             HEM_VERSION_PATCH);
    CHECK(strcmp(hem_version_string(), version) == 0);
}

static void test_status_names(void)
{
    CHECK(strcmp(hem_status_name(HEM_OK), "HEM_OK") == 0);
    CHECK(strcmp(hem_status_name(HEM_CANCELLED), "HEM_CANCELLED") == 0);
    CHECK(strcmp(hem_status_name(-1), "HEM_UNKNOWN") == 0);
}

static void test_settings(void)
{
    size_t before, now;
    CHECK_OK(hem_thread_count(&before));
    CHECK(before >= 1);
    CHECK_OK(hem_set_thread_count(3));
    CHECK_OK(hem_thread_count(&now));
    CHECK(now == 3);
    CHECK_REFUSED(hem_set_thread_count((size_t)-1), HEM_INVALID_ARGUMENT, "at most 1024");
    CHECK_OK(hem_set_thread_count(0));
    CHECK_OK(hem_thread_count(&now));
    CHECK(now == before);

    CHECK_OK(hem_set_memory_budget(1u << 20));
    CHECK_OK(hem_memory_budget(&now));
    CHECK(now == 1u << 20);
    CHECK_OK(hem_set_memory_budget(0));

    CHECK_OK(hem_set_batch_size(100));
    CHECK_OK(hem_batch_size(&now));
    CHECK(now == 100);
    CHECK_OK(hem_set_batch_size(0));
    CHECK_REFUSED(hem_batch_size(NULL), HEM_NULL_POINTER, "`out_rows` is NULL");
}

static void test_changed_rows(void)
{
    const float before[4] = {0, 1, 2, 3}, after[4] = {-0.0f, 1, 2, 3};
    const uint8_t *const bytes[2] = {(const uint8_t *)before, (const uint8_t *)after};
    uint8_t changed[2] = {9, 9};
    size_t count = 99;
    CHECK_OK(hem_find_changed_rows(bytes[0], bytes[1], 2, 2 * sizeof(float), changed, &count));
    CHECK(changed[0] == 1 && changed[1] == 0 && count == 1);
    CHECK_REFUSED(hem_find_changed_rows(bytes[0], bytes[1], 2, 0, changed, NULL), HEM_INVALID_ARGUMENT,
                  "`row_bytes` is 0");
}

void test_library(void)
{
    test_versions();
    test_status_names();
    test_settings();
    test_changed_rows();
}
