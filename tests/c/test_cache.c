/* The index cache's counters and limit. */
#include "check.h"

void test_cache(void)
{
    HemCacheInfo info = {.struct_size = sizeof info};
    uint64_t limit;
    CHECK_OK(hem_cache_clear());
    CHECK_OK(hem_cache_info(&info));
    CHECK(info.entries == 0 && info.bytes == 0);
    limit = info.limit;
    CHECK(limit > 0);
    CHECK_OK(hem_set_cache_limit(12345));
    CHECK_OK(hem_cache_info(&info));
    CHECK(info.limit == 12345);
    CHECK_OK(hem_set_cache_limit(limit));
    CHECK_REFUSED(hem_cache_info(NULL), HEM_NULL_POINTER, "`out_info` is NULL");
}
