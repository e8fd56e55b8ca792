/* Makes and destroys every kind of handle many times; the leak sanitizer judges. */
#include <hemline.h>

#include <stdio.h>
#include <stdlib.h>

enum { CYCLES = 10000, VERTICES = 4, TRIANGLES = 2 };

static const float POINTS[3 * VERTICES] = {0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0};
static const float UP[3 * VERTICES] = {0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1};
static const uint32_t SQUARE[3 * TRIANGLES] = {0, 1, 2, 0, 2, 3};
static const uint32_t OFFSETS[VERTICES + 1] = {0, 1, 2, 3, 4}, GROUPS[VERTICES] = {0, 0, 1, 1};
static const float WEIGHTS[VERTICES] = {1, 1, 1, 1};

static void check(HemStatus status)
{
    if (status != HEM_OK) {
        fprintf(stderr, "%s\n", hem_last_error_message());
        exit(EXIT_FAILURE);
    }
}

static HemSurface *square(void)
{
    HemSurface *surface = NULL;
    check(hem_surface_create(POINTS, VERTICES, SQUARE, TRIANGLES, &surface));
    return surface;
}

static void surface_cycle(void)
{
    HemSurface *shared = NULL;
    check(hem_surface_acquire(POINTS, VERTICES, SQUARE, TRIANGLES, &shared));
    hem_surface_destroy(shared);
    hem_surface_destroy(square());
}

static void point_index_cycle(void)
{
    HemPointIndex *index = NULL, *shared = NULL;
    check(hem_point_index_create(POINTS, VERTICES, &index));
    check(hem_point_index_acquire(POINTS, VERTICES, &shared));
    hem_point_index_destroy(index);
    hem_point_index_destroy(shared);
}

static void radius_graph_cycle(void)
{
    HemRadiusGraph *graph = NULL, *shared = NULL;
    check(hem_radius_graph_create(POINTS, VERTICES, 1, NULL, &graph));
    check(hem_radius_graph_acquire(POINTS, VERTICES, 1, NULL, &shared));
    hem_radius_graph_destroy(graph);
    hem_radius_graph_destroy(shared);
}

static void neighbors_cycle(void)
{
    HemPointIndex *index = NULL;
    HemNeighbors *neighbors = NULL;
    check(hem_point_index_create(POINTS, VERTICES, &index));
    check(hem_point_index_within(index, POINTS, VERTICES, 1, NULL, &neighbors));
    hem_point_index_destroy(index);
    hem_neighbors_destroy(neighbors);
}

static void sparse_weights_cycle(void)
{
    HemSparseWeights *made = NULL;
    check(hem_limit_weights_sparse(OFFSETS, VERTICES, GROUPS, WEIGHTS, VERTICES, 2, NULL, NULL, &made, NULL));
    hem_sparse_weights_destroy(made);
}

static void transfer_session_cycle(void)
{
    HemSurface *surface = square();
    HemTransferSession *session = NULL;
    HemSparseWeights *weights = NULL;
    check(hem_transfer_session_create(surface, OFFSETS, VERTICES, GROUPS, WEIGHTS, VERTICES, 2, POINTS, NULL, VERTICES,
                                      NULL, 0, NULL, NULL, NULL, &session));
    check(hem_transfer_session_weights(session, VERTICES, &weights, NULL, NULL));
    hem_transfer_session_destroy(session);
    hem_sparse_weights_destroy(weights);
    hem_surface_destroy(surface);
}

static void weight_inpainter_cycle(void)
{
    const uint8_t fixed[VERTICES] = {1, 0, 0, 0};
    HemWeightInpainter *inpainter = NULL;
    check(hem_weight_inpainter_create(POINTS, VERTICES, SQUARE, TRIANGLES, fixed, NULL, &inpainter, NULL));
    hem_weight_inpainter_destroy(inpainter);
}

static void field_cycle(void)
{
    const uint32_t steps[] = {0, VERTICES};
    HemField *field = NULL;
    check(hem_field_create(steps, 1, POINTS, UP, VERTICES, NULL, 0, &field));
    hem_field_destroy(field);
}

static void rbf_cycle(void)
{
    HemRbf *rbf = NULL;
    check(hem_rbf_create(POINTS, VERTICES, NULL, &rbf, NULL));
    hem_rbf_destroy(rbf);
}

static void triangle_pairs_cycle(void)
{
    HemTrianglePairs *pairs = NULL;
    check(hem_intersecting_triangles(POINTS, VERTICES, SQUARE, TRIANGLES, POINTS, VERTICES, SQUARE, TRIANGLES, &pairs,
                                     NULL));
    hem_triangle_pairs_destroy(pairs);
}

/* A call that is refused must not leave anything behind either. */
static void refused_cycle(void)
{
    const uint32_t beyond[3] = {0, 1, VERTICES};
    HemSurface *surface = NULL;
    if (hem_surface_create(POINTS, VERTICES, beyond, 1, &surface) != HEM_INDEX_OUT_OF_RANGE || surface != NULL)
        exit(EXIT_FAILURE);
}

int main(void)
{
    static void (*const kinds[])(void) = {surface_cycle,          point_index_cycle,      radius_graph_cycle,
                                          neighbors_cycle,        sparse_weights_cycle,   transfer_session_cycle,
                                          weight_inpainter_cycle, field_cycle,            rbf_cycle,
                                          triangle_pairs_cycle,   refused_cycle};
    const size_t count = sizeof kinds / sizeof kinds[0];
    for (size_t kind = 0; kind < count; kind++)
        for (int cycle = 0; cycle < CYCLES; cycle++)
            kinds[kind]();
    printf("C: %d cycles of %zu kinds\n", CYCLES, count);
    return EXIT_SUCCESS;
}
