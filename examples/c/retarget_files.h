/* The files of a retarget case (../README.md): OBJ meshes and skin weights. */
#ifndef RETARGET_FILES_H
#define RETARGET_FILES_H

#include <stddef.h>
#include <stdint.h>

/* A triangle mesh; all zero before it is read. */
typedef struct Mesh {
    float *points; /* point_count * 3 */
    size_t point_count;
    uint32_t *triangles; /* triangle_count * 3 vertices */
    size_t triangle_count;
} Mesh;

/* Skin weights as rows: vertex v has the entries offsets[v] to offsets[v + 1]. All zero before they are read. */
typedef struct Weights {
    char **names; /* group_count names of groups */
    size_t group_count;
    uint32_t *offsets; /* vertex_count + 1 */
    size_t vertex_count;
    uint32_t *groups; /* entry_count */
    float *values;    /* entry_count */
    size_t entry_count;
} Weights;

/* Each says on stderr what is wrong with a file, and returns 0 then, else 1. Free what was read in either case. */
int read_mesh(const char *folder, const char *name, Mesh *mesh);
int read_weights(const char *folder, const char *name, Weights *weights);
int write_mesh(const char *folder, const char *name, const Mesh *mesh);
/* The rows of result weights, with the groups of `named`. */
int write_weights(const char *folder, const char *name, const Weights *named, const uint32_t *offsets,
                  size_t vertex_count, const uint32_t *groups, const float *values);

void free_mesh(Mesh *mesh);
void free_weights(Weights *weights);

/* Writes "folder/name" into path; 0 where it is too long for it. */
int join_path(char *path, size_t size, const char *folder, const char *name);

#endif
