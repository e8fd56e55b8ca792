// SPDX-License-Identifier: MIT OR Apache-2.0
using System.IO;

namespace Hemline.Samples
{
    /// <summary>
    /// A whole retarget of one outfit on plain arrays, without UnityEngine: the job that hemline's
    /// examples/README.md describes, from a folder of text files to another.
    /// </summary>
    public static class RetargetCase
    {
        /// <summary>At most about so many of the body's vertices become control points of the field.</summary>
        const int ControlPoints = 3000;

        /// <summary>Reads the case in <paramref name="folder"/> and writes its result into <paramref name="results"/>.</summary>
        public static void Run(string folder, string results)
        {
            var source = ObjMesh.Read(Path.Combine(folder, "source_body.obj"));
            var target = ObjMesh.Read(Path.Combine(folder, "target_body.obj"));
            var outfit = ObjMesh.Read(Path.Combine(folder, "outfit.obj"));
            var body = WeightFile.Read(Path.Combine(folder, "body_weights.txt"));

            using (var sourceSurface = Surface.Create(source.Points, source.Triangles))
            using (var targetSurface = Surface.Create(target.Points, target.Triangles))
            using (var field = MakeField(source.Points, target.Points))
            {
                ShapeResult shape = ShapeStage.Run(new ShapeInput
                {
                    Points = outfit.Points,
                    Triangles = outfit.Triangles,
                    Fields = new[] { new FieldUse(field) },
                    SourceBody = sourceSurface,
                    Body = targetSurface,
                    Repair = RepairOptions.Default,
                });
                using (var weights = WeightStage.Run(new WeightStageInput
                {
                    Body = targetSurface,
                    BodyWeights = body.Rows.Rows,
                    Points = shape.Points,
                    Triangles = outfit.Triangles,
                }))
                {
                    Directory.CreateDirectory(results);
                    new ObjMesh(shape.Points, outfit.Triangles).Write(Path.Combine(results, "result.obj"));
                    new WeightFile(body.Names, new RowArrays(weights.Weights.Rows))
                        .Write(Path.Combine(results, "result_weights.txt"));
                }
            }
        }

        static DeformationField MakeField(float[] source, float[] target)
        {
            int vertices = source.Length / 3;
            int step = (vertices + ControlPoints - 1) / ControlPoints;
            var options = FieldCreationOptions.Default;
            options.BaseSpacing = 0.005f;
            return DeformationField.FromShapes(Every(step, source), Every(step, target), options: options);
        }

        /// <summary>Every so-manieth point, from the first on.</summary>
        static float[] Every(int step, float[] points)
        {
            float[] chosen = new float[3 * ((points.Length / 3 + step - 1) / step)];
            for (int number = 0; number < chosen.Length; number++)
            {
                chosen[number] = points[3 * step * (number / 3) + number % 3];
            }

            return chosen;
        }
    }
}
