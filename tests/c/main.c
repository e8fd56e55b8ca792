/* Calls every family of functions from C11 and checks what they answer. */
#include "check.h"

int main(void)
{
    test_library();
    test_transforms();
    test_cache();
    test_weight_rows();
    test_smoothing();
    test_spatial();
    test_surface();
    test_poses();
    test_deform();
    test_bookkeeping();
    test_fields();
    test_stages();
    test_files();
    test_threads();
    printf("C: all checks hold (%s, %s)\n", hem_version_string(), hem_cpu_features());
    return EXIT_SUCCESS;
}
