/*
 * Carries an outfit from the body that it was made for to another one, without Blender: a deformation field from
 * the two bodies, the outfit's new shape, its skin weights.
 *
 *   retarget_c CASE RESULT [FIELD]
 *
 * CASE is a folder as ../README.md describes it, RESULT one that exists. FIELD is a field file to use; without it the
 * field is made and saved as RESULT/field.npz.
 */
#include "retarget_files.h"

#include <hemline.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The field goes through about so many of the body's vertices, on a grid of this spacing in metres: coarser than the
 * defaults, so that it takes two seconds. */
enum { CONTROL_POINTS = 3000 };
static const float BASE_SPACING = 0.005f;

typedef struct Case {
    Mesh source_body, target_body, outfit;
    Weights body_weights;
} Case;

/* Whether the call succeeded; else its reason goes to stderr. */
static int ok(HemStatus status, const char *what)
{
    if (status == HEM_OK)
        return 1;
    fprintf(stderr, "\n%s: %s: %s\n", what, hem_status_name((int32_t)status), hem_last_error_message());
    return 0;
}

/* A HemProgressCallback whose user data is the name of the step. */
static int32_t show_progress(float fraction, void *user_data)
{
    fprintf(stderr, "\r%-14s %3.0f %%", (const char *)user_data, (double)fraction * 100);
    return 0;
}

static HemProgress progress_of(char *step)
{
    HemProgress progress = {0};
    progress.struct_size = sizeof progress;
    progress.callback = show_progress;
    progress.user_data = step;
    return progress;
}

/* Every step-th point of a mesh, in memory of its own. */
static float *control_points(const Mesh *mesh, size_t step, size_t *count)
{
    float *points;
    *count = (mesh->point_count + step - 1) / step;
    points = malloc(*count * 3 * sizeof *points);
    for (size_t i = 0; points != NULL && i < *count; i++)
        memcpy(points + 3 * i, mesh->points + 3 * i * step, 3 * sizeof *points);
    return points;
}

static HemField *make_field(const Case *given)
{
    char step_name[] = "field";
    const HemProgress progress = progress_of(step_name);
    const size_t step = (given->source_body.point_count + CONTROL_POINTS - 1) / CONTROL_POINTS;
    size_t count = 0, target_count = 0;
    float *source = control_points(&given->source_body, step, &count);
    float *target = control_points(&given->target_body, step, &target_count);
    HemFieldCreationOptions options;
    HemField *field = NULL;
    if (source != NULL && target != NULL && ok(hem_field_creation_options_init(&options), "field options")) {
        options.base_spacing = BASE_SPACING;
        ok(hem_field_create_from_shapes(source, count, target, target_count, NULL, NULL, 0, &options, &field, &progress),
           "field");
    }
    free(source);
    free(target);
    return field;
}

/* The field of a file, or a new one, which is saved with the result. NULL after an error. */
static HemField *field_for(const Case *given, const char *result_folder, const char *field_file)
{
    char path[4096];
    HemField *field = NULL;
    if (field_file != NULL) {
        ok(hem_field_load(field_file, &field), "field");
        return field;
    }
    field = make_field(given);
    if (field == NULL || (join_path(path, sizeof path, result_folder, "field.npz") &&
                          ok(hem_field_save(field, path), "field")))
        return field;
    hem_field_destroy(field);
    return NULL;
}

static int make_surface(const Mesh *mesh, HemSurface **surface)
{
    return ok(hem_surface_create(mesh->points, mesh->point_count, mesh->triangles, mesh->triangle_count, surface),
              "surface");
}

/* Moves the outfit onto the target body: `points` gets its new vertices. */
static int run_shape_stage(const Case *given, const HemField *field, const HemSurface *source_body,
                           const HemSurface *target_body, float *points)
{
    char step_name[] = "shape stage";
    const HemProgress progress = progress_of(step_name);
    const HemFieldUse use = {field, NULL, NULL};
    HemShapeReport report = {0};
    HemRepairOptions repair;
    HemShapeInput input;
    report.struct_size = sizeof report;
    if (!ok(hem_repair_options_init(&repair), "repair options") || !ok(hem_shape_input_init(&input), "shape input"))
        return 0;
    input.points = given->outfit.points;
    input.point_count = given->outfit.point_count;
    input.triangles = given->outfit.triangles;
    input.triangle_count = given->outfit.triangle_count;
    input.fields = &use;
    input.field_count = 1;
    input.source_body = source_body;
    input.body = target_body;
    input.repair = &repair;
    if (!ok(hem_shape_stage_run(&input, points, NULL, NULL, NULL, NULL, &report, &progress), "shape stage"))
        return 0;
    fprintf(stderr, ": %u vertices deeper than 1 mm before the repair, %u after it\n", (unsigned)report.deep_before,
            (unsigned)report.deep_after);
    return 1;
}

/* Gives the moved outfit the target body's skin weights and writes them. */
static int run_weight_stage(const Case *given, const HemSurface *target_body, const float *points,
                            const char *result_folder)
{
    char step_name[] = "weight stage";
    const HemProgress progress = progress_of(step_name);
    const Weights *body = &given->body_weights;
    const Mesh *outfit = &given->outfit;
    HemWeightStageReport report = {0};
    HemSparseWeights *made = NULL;
    const uint32_t *offsets, *groups;
    const float *values;
    size_t vertex_count, entry_count, group_count;
    int written;
    report.struct_size = sizeof report;
    if (!ok(hem_run_weight_stage(target_body, body->offsets, body->vertex_count, body->groups, body->values,
                                 body->entry_count, body->group_count, NULL, NULL, points, outfit->point_count,
                                 outfit->triangles, outfit->triangle_count, NULL, 0, NULL, NULL, 1, NULL, NULL, NULL, 0,
                                 NULL, NULL, NULL, &made, NULL, &report, &progress),
            "weight stage"))
        return 0;
    fprintf(stderr, ": %u vertices matched, %u inpainted\n", (unsigned)report.matched, (unsigned)report.inpainted);
    /* The rows belong to `made`. */
    written = ok(hem_sparse_weights_view(made, &offsets, &groups, &values, &vertex_count, &entry_count, &group_count),
                 "weights") &&
              write_weights(result_folder, "result_weights.txt", body, offsets, vertex_count, groups, values);
    hem_sparse_weights_destroy(made);
    return written;
}

static int retarget(const Case *given, const char *result_folder, const char *field_file)
{
    Mesh result = given->outfit;
    HemSurface *source_body = NULL, *target_body = NULL;
    HemField *field = field_for(given, result_folder, field_file);
    int done = 0;
    fputc('\n', stderr);
    result.points = malloc((3 * result.point_count + 1) * sizeof *result.points);
    if (field != NULL && result.points != NULL && make_surface(&given->source_body, &source_body) &&
        make_surface(&given->target_body, &target_body) &&
        run_shape_stage(given, field, source_body, target_body, result.points))
        done = write_mesh(result_folder, "result.obj", &result) &&
               run_weight_stage(given, target_body, result.points, result_folder);
    hem_surface_destroy(source_body);
    hem_surface_destroy(target_body);
    hem_field_destroy(field);
    free(result.points);
    return done;
}

int main(int argument_count, char **arguments)
{
    Case given = {0};
    int done = 0;
    if (argument_count != 3 && argument_count != 4) {
        fprintf(stderr, "usage: %s CASE RESULT [FIELD]\n", arguments[0]);
        return 2;
    }
    if (hem_abi_version() != HEM_ABI_VERSION) {
        fprintf(stderr, "the hemline library has ABI %lu, expected %d\n", (unsigned long)hem_abi_version(),
                HEM_ABI_VERSION);
        return 1;
    }
    if (read_mesh(arguments[1], "source_body.obj", &given.source_body) &&
        read_mesh(arguments[1], "target_body.obj", &given.target_body) &&
        read_mesh(arguments[1], "outfit.obj", &given.outfit) &&
        read_weights(arguments[1], "body_weights.txt", &given.body_weights))
        done = retarget(&given, arguments[2], argument_count == 4 ? arguments[3] : NULL);
    free_mesh(&given.source_body);
    free_mesh(&given.target_body);
    free_mesh(&given.outfit);
    free_weights(&given.body_weights);
    return done ? 0 : 1;
}
