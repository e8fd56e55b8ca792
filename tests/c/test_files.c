/* Field files under names that no ANSI code page holds: paths are UTF-8 on every system. */
#include "check.h"

#ifdef _WIN32
#include <windows.h>

static FILE *open_utf8(const char *path)
{
    wchar_t wide[512];
    CHECK(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, 512) > 0);
    return _wfopen(wide, L"rb");
}

static void remove_utf8(const char *path)
{
    wchar_t wide[512];
    CHECK(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, 512) > 0);
    CHECK(_wremove(wide) == 0);
}
#else
static FILE *open_utf8(const char *path)
{
    return fopen(path, "rb");
}

static void remove_utf8(const char *path)
{
    CHECK(remove(path) == 0);
}
#endif

/* A folder that may be written to. */
static const char *temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");
    folder = folder ? folder : getenv("TEMP");
    return folder ? folder : "/tmp";
}

static void check_round_trip(const char *path, float displacement)
{
    const uint32_t offsets[2] = {0, 2};
    const float points[6] = {0, 0, 0, 1, 0, 0}, displacements[6] = {displacement, 0, 0, displacement, 0, 0};
    float moved[3] = {0, 0, 0};
    HemField *field = NULL;
    FILE *file;
    CHECK_OK(hem_field_create(offsets, 1, points, displacements, 2, NULL, 0, &field));
    CHECK_OK(hem_field_save(field, path));
    hem_field_destroy(field);
    file = open_utf8(path);
    CHECK(file != NULL);
    fclose(file);
    CHECK_OK(hem_field_load(path, &field));
    CHECK_OK(hem_field_apply(field, moved, 1, NULL, NULL, moved, NULL));
    CHECK_NEAR(moved[0], displacement, 1e-6);
    hem_field_destroy(field);
}

void test_files(void)
{
    /* "Outfit of the blue dress" and an emoji, which UTF-16 needs two units for. */
    static const char name[] = "hemline \xe9\x9d\x92\xe3\x81\x84\xe8\xa1\xa3\xe8\xa3\x85 \xf0\x9f\x91\x97.npz";
    char path[1024];
    HemField *field = NULL;
    CHECK(snprintf(path, sizeof path, "%s/%s", temporary_folder(), name) < (int)sizeof path);
    check_round_trip(path, 1);
    check_round_trip(path, 2); /* Over the file that is there. */
    remove_utf8(path);
    CHECK_REFUSED(hem_field_load(path, &field), HEM_FILE_ERROR, name);
    CHECK_REFUSED(hem_field_load("\xff.npz", &field), HEM_INVALID_ARGUMENT, "`path` is not UTF-8");
    CHECK(field == NULL);
}
