#include "retarget_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TINYOBJ_LOADER_C_IMPLEMENTATION
#include <tinyobj_loader_c.h>

enum { MAX_PATH_LENGTH = 4096, MAX_NAME_LENGTH = 256 };

static int fail(const char *path, const char *problem)
{
    fprintf(stderr, "%s: %s\n", path, problem);
    return 0;
}

int join_path(char *path, size_t size, const char *folder, const char *name)
{
    const int length = snprintf(path, size, "%s/%s", folder, name);
    return (length > 0 && (size_t)length < size) || fail(folder, "the path is too long");
}

static FILE *open_file(const char *folder, const char *name, const char *mode, char *path)
{
    FILE *file = join_path(path, MAX_PATH_LENGTH, folder, name) ? fopen(path, mode) : NULL;
    if (file == NULL)
        fail(path, "cannot be opened");
    return file;
}

/* The file's text in memory of its own, NULL if it cannot be read. */
static char *read_text(const char *folder, const char *name, char *path, size_t *length)
{
    FILE *file = open_file(folder, name, "rb", path);
    char *text = NULL;
    long end = -1;
    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) > 0 && fseek(file, 0, SEEK_SET) == 0 &&
        (text = malloc((size_t)end)) != NULL && fread(text, 1, (size_t)end, file) == (size_t)end) {
        *length = (size_t)end;
    } else {
        fail(path, "cannot be read, or is empty");
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

static int copy_mesh(const tinyobj_attrib_t *attrib, Mesh *mesh)
{
    mesh->point_count = attrib->num_vertices;
    mesh->triangle_count = attrib->num_faces;
    mesh->points = malloc(3 * mesh->point_count * sizeof *mesh->points);
    mesh->triangles = malloc(3 * mesh->triangle_count * sizeof *mesh->triangles);
    if (mesh->points == NULL || mesh->triangles == NULL)
        return 0;
    memcpy(mesh->points, attrib->vertices, 3 * mesh->point_count * sizeof *mesh->points);
    for (size_t corner = 0; corner < 3 * mesh->triangle_count; corner++)
        mesh->triangles[corner] = (uint32_t)attrib->faces[corner].v_idx;
    return 1;
}

int read_mesh(const char *folder, const char *name, Mesh *mesh)
{
    char path[MAX_PATH_LENGTH];
    size_t length = 0, shape_count = 0;
    char *text = read_text(folder, name, path, &length);
    tinyobj_attrib_t attrib;
    tinyobj_shape_t *shapes = NULL;
    tinyobj_material_t *materials = NULL;
    unsigned int found_shapes = 0, material_count = 0;
    int ok = 0;
    if (text == NULL)
        return 0;
    tinyobj_attrib_init(&attrib);
    if (tinyobj_parse_obj(&attrib, &shapes, &found_shapes, &materials, &material_count, text, (unsigned int)length,
                          TINYOBJ_FLAG_TRIANGULATE) == TINYOBJ_SUCCESS &&
        attrib.num_vertices > 0 && attrib.num_faces > 0)
        ok = copy_mesh(&attrib, mesh) || fail(path, "takes more memory than there is");
    else
        fail(path, "is no OBJ file of triangles");
    shape_count = found_shapes;
    tinyobj_attrib_free(&attrib);
    if (shapes != NULL)
        tinyobj_shapes_free(shapes, (unsigned int)shape_count);
    if (materials != NULL)
        tinyobj_materials_free(materials, material_count);
    free(text);
    return ok;
}

/* One line, without its end, in memory of its own; NULL at the end of the file or for a line that is too long. */
static char *read_line(FILE *file)
{
    char line[MAX_NAME_LENGTH], *copy;
    size_t length;
    if (fgets(line, sizeof line, file) == NULL)
        return NULL;
    length = strcspn(line, "\r\n");
    if (line[length] == '\0' && !feof(file))
        return NULL;
    line[length] = '\0';
    copy = malloc(length + 1);
    if (copy != NULL)
        memcpy(copy, line, length + 1);
    return copy;
}

static int read_names(FILE *file, Weights *weights)
{
    size_t count = 0;
    if (fscanf(file, "groups %zu\n", &count) != 1 || count > UINT32_MAX)
        return 0;
    weights->names = calloc(count + 1, sizeof *weights->names);
    if (weights->names == NULL)
        return 0;
    while (weights->group_count < count) {
        char *name = read_line(file);
        if (name == NULL)
            return 0;
        weights->names[weights->group_count++] = name;
    }
    return 1;
}

/* Room for `count` further entries. */
static int grow(Weights *weights, size_t *capacity, size_t count)
{
    size_t wanted = *capacity;
    uint32_t *groups;
    float *values;
    while (wanted < weights->entry_count + count)
        wanted = 2 * wanted + 64;
    if (wanted == *capacity)
        return 1;
    groups = realloc(weights->groups, wanted * sizeof *groups);
    if (groups == NULL)
        return 0;
    weights->groups = groups;
    values = realloc(weights->values, wanted * sizeof *values);
    if (values == NULL)
        return 0;
    weights->values = values;
    *capacity = wanted;
    return 1;
}

static int read_rows(FILE *file, Weights *weights)
{
    size_t vertices = 0, capacity = 0, count = 0;
    if (fscanf(file, "vertices %zu\n", &vertices) != 1 || vertices >= UINT32_MAX)
        return 0;
    weights->offsets = calloc(vertices + 1, sizeof *weights->offsets);
    if (weights->offsets == NULL)
        return 0;
    for (size_t vertex = 0; vertex < vertices; vertex++) {
        if (fscanf(file, "%zu", &count) != 1 || count > weights->group_count || !grow(weights, &capacity, count))
            return 0;
        for (size_t end = weights->entry_count + count; weights->entry_count < end; weights->entry_count++) {
            const size_t entry = weights->entry_count;
            if (fscanf(file, "%" SCNu32 " %f", &weights->groups[entry], &weights->values[entry]) != 2)
                return 0;
        }
        weights->offsets[vertex + 1] = (uint32_t)weights->entry_count;
    }
    weights->vertex_count = vertices;
    return 1;
}

int read_weights(const char *folder, const char *name, Weights *weights)
{
    char path[MAX_PATH_LENGTH];
    FILE *file = open_file(folder, name, "r", path);
    int ok;
    if (file == NULL)
        return 0;
    ok = (read_names(file, weights) && read_rows(file, weights)) || fail(path, "is no file of skin weights");
    fclose(file);
    return ok;
}

static int close_written(FILE *file, const char *path)
{
    const int failed = ferror(file);
    return (fclose(file) == 0 && !failed) || fail(path, "cannot be written");
}

int write_mesh(const char *folder, const char *name, const Mesh *mesh)
{
    char path[MAX_PATH_LENGTH];
    FILE *file = open_file(folder, name, "w", path);
    if (file == NULL)
        return 0;
    /* Nine digits tell every float apart. */
    for (const float *p = mesh->points, *end = p + 3 * mesh->point_count; p < end; p += 3)
        fprintf(file, "v %.9g %.9g %.9g\n", (double)p[0], (double)p[1], (double)p[2]);
    for (const uint32_t *t = mesh->triangles, *end = t + 3 * mesh->triangle_count; t < end; t += 3)
        fprintf(file, "f %" PRIu32 " %" PRIu32 " %" PRIu32 "\n", t[0] + 1, t[1] + 1, t[2] + 1);
    return close_written(file, path);
}

int write_weights(const char *folder, const char *name, const Weights *named, const uint32_t *offsets,
                  size_t vertex_count, const uint32_t *groups, const float *values)
{
    char path[MAX_PATH_LENGTH];
    FILE *file = open_file(folder, name, "w", path);
    if (file == NULL)
        return 0;
    fprintf(file, "groups %zu\n", named->group_count);
    for (size_t group = 0; group < named->group_count; group++)
        fprintf(file, "%s\n", named->names[group]);
    fprintf(file, "vertices %zu\n", vertex_count);
    for (size_t vertex = 0; vertex < vertex_count; vertex++) {
        fprintf(file, "%" PRIu32, offsets[vertex + 1] - offsets[vertex]);
        for (uint32_t entry = offsets[vertex]; entry < offsets[vertex + 1]; entry++)
            fprintf(file, " %" PRIu32 " %.9g", groups[entry], (double)values[entry]);
        fputc('\n', file);
    }
    return close_written(file, path);
}

void free_mesh(Mesh *mesh)
{
    free(mesh->points);
    free(mesh->triangles);
}

void free_weights(Weights *weights)
{
    for (size_t group = 0; group < weights->group_count; group++)
        free(weights->names[group]);
    free(weights->names);
    free(weights->offsets);
    free(weights->groups);
    free(weights->values);
}
