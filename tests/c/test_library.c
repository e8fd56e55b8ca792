/* Versions, status names, threads, memory budget, batches. */
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

void test_library(void)
{
    test_versions();
    test_status_names();
    test_settings();
}
