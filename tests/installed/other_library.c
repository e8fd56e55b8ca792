/* Stands for a hemline of another ABI: whatever is called but the version must not be. */
#include <stdint.h>
#include <stdlib.h>

struct HemSurface;
struct HemRobustOptions;

uint32_t hem_abi_version(void);
const char *hem_version_string(void);
const char *hem_last_error_message(void);
int32_t hem_surface_create(void);
void hem_surface_destroy(struct HemSurface *surface);
int32_t hem_robust_options_init(struct HemRobustOptions *options);

uint32_t hem_abi_version(void) { return 999; }
const char *hem_version_string(void) { return "99.9.9"; }
const char *hem_last_error_message(void) { abort(); }
int32_t hem_surface_create(void) { abort(); }
int32_t hem_robust_options_init(struct HemRobustOptions *options) { (void)options, abort(); }

void hem_surface_destroy(struct HemSurface *surface)
{
    if (surface != NULL)
        abort();
}
