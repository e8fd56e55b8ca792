/* Prints one hash for the result of each kernel, from inputs that need no mathematics library: a test compares
   the lines that two platforms print. */
#include <hemline.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIDE = 60, VERTICES = SIDE * SIDE, TRIANGLES = 2 * (SIDE - 1) * (SIDE - 1), GROUPS = 4, CENTRES = 300 };

static float body[VERTICES][3], outfit[VERTICES][3], body_weights[VERTICES][GROUPS], weights[VERTICES][GROUPS];
static uint32_t triangles[TRIANGLES][3], offsets[VERTICES + 1], groups[VERTICES * GROUPS];

static void check(HemStatus status, const char *what)
{
    if (status != HEM_OK) {
        fprintf(stderr, "%s: %s\n", what, hem_last_error_message());
        exit(EXIT_FAILURE);
    }
}

#define CHECK(call) check((call), #call)

/* FNV-1a. */
static void print_hash(const char *name, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    printf("%s %016" PRIx64 "\n", name, hash);
}

static float random_unit(void)
{
    static uint32_t state = 1;
    state = state * 1664525u + 1013904223u;
    return (float)(state >> 8) / 16777216.0f;
}

/* A bumpy square metre of body, and an outfit some millimetres above and in places below it. */
static void make_meshes(void)
{
    for (int vertex = 0; vertex < VERTICES; vertex++) {
        const float x = (float)(vertex % SIDE) / (SIDE - 1), y = (float)(vertex / SIDE) / (SIDE - 1);
        const float rest = (1 - x) * y;
        body[vertex][0] = outfit[vertex][0] = x;
        body[vertex][1] = outfit[vertex][1] = y;
        body[vertex][2] = x * (1 - x) * y + 0.004f * random_unit();
        outfit[vertex][2] = x * (1 - x) * y + 0.012f * random_unit() - 0.002f;
        body_weights[vertex][0] = x * y;
        body_weights[vertex][1] = x * (1 - y);
        body_weights[vertex][2] = rest;
        body_weights[vertex][3] = 1 - x * y - x * (1 - y) - rest;
        offsets[vertex] = (uint32_t)vertex * GROUPS;
        for (uint32_t group = 0; group < GROUPS; group++)
            groups[(uint32_t)vertex * GROUPS + group] = group;
    }
    offsets[VERTICES] = VERTICES * GROUPS;
    for (uint32_t row = 0, next = 0; row + 1 < SIDE; row++)
        for (uint32_t column = 0; column + 1 < SIDE; column++, next += 2) {
            const uint32_t corner = row * SIDE + column;
            const uint32_t pair[2][3] = {{corner, corner + 1, corner + SIDE},
                                         {corner + 1, corner + SIDE + 1, corner + SIDE}};
            for (int i = 0; i < 6; i++)
                triangles[next + (uint32_t)i / 3][i % 3] = pair[i / 3][i % 3];
        }
}

static void surface_kernels(void)
{
    static float closest[VERTICES][3], distances[VERTICES], repaired[VERTICES][3];
    static uint8_t sources[VERTICES];
    HemSurface *surface = NULL;
    HemSparseWeights *robust = NULL;
    CHECK(hem_surface_create(body[0], VERTICES, triangles[0], TRIANGLES, &surface));
    CHECK(hem_surface_closest_points(surface, outfit[0], VERTICES, 1, NULL, NULL, closest[0], distances, NULL));
    print_hash("closest_points", closest, sizeof closest);
    print_hash("distances", distances, sizeof distances);
    CHECK(hem_transfer_weights_dense(surface, body_weights[0], VERTICES, GROUPS, outfit[0], NULL, VERTICES, NULL, 0,
                                     NULL, NULL, NULL, weights[0], NULL, NULL));
    print_hash("transfer", weights, sizeof weights);
    CHECK(hem_repair_penetration(surface, outfit[0], VERTICES, NULL, NULL, NULL, repaired[0], NULL, NULL, NULL));
    print_hash("repair", repaired, sizeof repaired);
    CHECK(hem_transfer_weights_robust(surface, offsets, VERTICES, groups, body_weights[0], VERTICES * GROUPS, GROUPS,
                                      outfit[0], VERTICES, triangles[0], TRIANGLES, NULL, &robust, sources, NULL,
                                      NULL));
    static float dense[VERTICES][GROUPS];
    const uint32_t *row_offsets = NULL, *row_groups = NULL;
    const float *row_weights = NULL;
    size_t rows = 0, entries = 0, columns = 0;
    CHECK(hem_sparse_weights_view(robust, &row_offsets, &row_groups, &row_weights, &rows, &entries,
                                  &columns));
    CHECK(hem_sparse_to_dense(row_offsets, rows, row_groups, row_weights, entries, GROUPS, dense[0]));
    print_hash("robust_transfer", dense, sizeof dense);
    hem_sparse_weights_destroy(robust);
    hem_surface_destroy(surface);
}

static void smoothing(void)
{
    static const char *names[3] = {"smooth_gaussian", "smooth_linear", "smooth_uniform"};
    HemRadiusGraph *graph = NULL;
    CHECK(hem_radius_graph_create(outfit[0], VERTICES, 0.05f, NULL, &graph));
    for (uint32_t falloff = 0; falloff < 3; falloff++) {
        HemSmoothOptions options;
        CHECK(hem_smooth_options_init(&options));
        options.falloff = falloff;
        options.iterations = 2;
        CHECK(hem_smooth_weights(graph, weights[0], VERTICES, GROUPS, NULL, &options, NULL));
        print_hash(names[falloff], weights, sizeof weights);
    }
    hem_radius_graph_destroy(graph);
}

static void radial_basis_functions(void)
{
    static const char *names[6] = {"rbf_multiquadric", "rbf_biharmonic",  "rbf_triharmonic",
                                   "rbf_gaussian",     "rbf_thin_plate", "rbf_wendland_c2"};
    static float centres[CENTRES][3], values[VERTICES][3];
    static double coefficients[CENTRES + 4][3];
    for (int i = 0; i < 3 * CENTRES; i++)
        centres[i / 3][i % 3] = random_unit();
    for (uint32_t kernel = 0; kernel < 6; kernel++) {
        HemRbfOptions options;
        HemRbf *rbf = NULL;
        CHECK(hem_rbf_options_init(&options));
        options.kernel = kernel;
        options.epsilon = 0.2f;
        CHECK(hem_rbf_create(centres[0], CENTRES, &options, &rbf, NULL));
        CHECK(hem_rbf_fit(rbf, body[0], CENTRES, 3, coefficients[0], NULL));
        CHECK(hem_rbf_evaluate(rbf, coefficients[0], CENTRES, 3, outfit[0], VERTICES, values[0], NULL));
        print_hash(names[kernel], values, sizeof values);
        hem_rbf_destroy(rbf);
    }
}

static void deformation(void)
{
    static float moved[VERTICES][3];
    static const uint32_t bounds[2] = {0, VERTICES};
    static const float rest[GROUPS][16] = {{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1},
                                           {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1},
                                           {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1},
                                           {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}};
    /* Turns of 3-4-5 triangles, with moves. */
    static const float pose[GROUPS][16] = {{0.8f, -0.6f, 0, 1, 0.6f, 0.8f, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1},
                                           {1, 0, 0, 0, 0, 0.8f, -0.6f, 0, 0, 0.6f, 0.8f, 2, 0, 0, 0, 1},
                                           {0.6f, 0, 0.8f, 0, 0, 1, 0, 3, -0.8f, 0, 0.6f, 0, 0, 0, 0, 1},
                                           {1, 0, 0, 0.1f, 0, 1, 0, 0.2f, 0, 0, 1, 0.3f, 0, 0, 0, 1}};
    static const char *names[2] = {"skin_linear", "skin_dual_quaternion"};
    HemField *field = NULL;
    for (uint32_t blend = 0; blend < 2; blend++) {
        HemSkinningOptions options;
        CHECK(hem_skinning_options_init(&options));
        options.blend = blend;
        CHECK(hem_skin_points(offsets, VERTICES, groups, body_weights[0], VERTICES * GROUPS, GROUPS, NULL, rest[0],
                              pose[0], GROUPS, NULL, body[0], NULL, NULL, 0, &options, moved[0], NULL, NULL, NULL));
        print_hash(names[blend], moved, sizeof moved);
    }
    CHECK(hem_field_create(bounds, 1, body[0], moved[0], VERTICES, NULL, 0, &field));
    CHECK(hem_field_apply(field, outfit[0], VERTICES, NULL, NULL, moved[0], NULL));
    print_hash("field", moved, sizeof moved);
    hem_field_destroy(field);

    double matrix[16], scale, residual;
    CHECK(hem_fit_similarity(body[0], moved[0], NULL, NULL, VERTICES, 1, NULL, matrix, &scale, &residual, moved[0]));
    print_hash("fit_similarity", matrix, sizeof matrix);
}

int main(void)
{
    make_meshes();
    surface_kernels();
    smoothing();
    radial_basis_functions();
    deformation();
    fprintf(stderr, "%s\n", hem_cpu_features());
    return EXIT_SUCCESS;
}
