// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.IO;
using System.Runtime.InteropServices;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>Every result equals the Python API's, bit for bit, on a body and two pieces of clothing.</summary>
    [TestFixture]
    public class PythonParityTests
    {
        static float[] Outfit
        {
            get { return Expected.Floats("outfit_points"); }
        }

        static int[] OutfitTriangles
        {
            get { return Expected.Ints("outfit_triangles"); }
        }

        static Surface Body(string shape)
        {
            return Surface.Create(Expected.Floats("body_" + shape + "_points"), Expected.Ints("body_triangles"));
        }

        [Test]
        public void ClosestTransfer()
        {
            var options = TransferOptions.Default;
            options.MaxDistance = 0.05f;
            options.AngleMax = 60;
            options.NormalRadius = 0.01f;
            using (Surface body = Body("b"))
            using (var made = WeightTransfer.Closest(
                body, Expected.Rows("body").Rows, Outfit, Expected.Floats("normals"), options,
                triangles: OutfitTriangles))
            {
                Expected.SameRows("closest", made.Weights.Rows);
                CollectionAssert.AreEqual(Expected.Bytes("closest_matched"), made.Matched);
                Expected.SameBits(Expected.Floats("closest_distances"), made.Distances, "distances");
            }
        }

        [Test]
        public void RobustTransfer()
        {
            using (Surface body = Body("b"))
            using (var made = WeightTransfer.Robust(body, Expected.Rows("body").Rows, Outfit, OutfitTriangles))
            {
                Expected.SameRows("robust", made.Weights.Rows);
                CollectionAssert.AreEqual(Expected.Ints("robust_islands"), made.Islands);
                byte[] sources = Expected.Bytes("robust_sources");
                for (int vertex = 0; vertex < sources.Length; vertex++)
                {
                    Assert.AreEqual((WeightSource)sources[vertex], made.Source(vertex));
                }
            }
        }

        [Test]
        public void TransferSessionAfterAnUpdate()
        {
            using (Surface body = Body("b"))
            using (var session = TransferSession.Create(body, Expected.Rows("body").Rows, Outfit))
            {
                session.Update(points: Expected.Floats("session_points"));
                using (SparseWeights weights = session.Weights())
                {
                    Expected.SameRows("session", weights.Rows);
                }
            }
        }

        [Test]
        public void RadiusSmoothing()
        {
            using (RadiusGraph graph = RadiusGraph.Create(Outfit, 0.015f))
            {
                float[] weights = Expected.Floats("dense");
                Smoothing.Radius(graph, weights, 12);
                Expected.SameBits(Expected.Floats("smoothed"), weights, "smoothed");

                weights = Expected.Floats("dense");
                var options = SmoothOptions.Default;
                options.Falloff = Falloff.Linear;
                options.Iterations = 2;
                Smoothing.Radius(graph, weights, 12, Expected.Floats("mask"), options);
                Expected.SameBits(Expected.Floats("smoothed_linear"), weights, "linear");
            }
        }

        [Test]
        public void MaxFilter()
        {
            using (RadiusGraph graph = RadiusGraph.Acquire(Outfit, 0.01f))
            {
                float[] weights = Expected.Floats("dense");
                Smoothing.MaxFilter(graph, weights, 12);
                Expected.SameBits(Expected.Floats("max_filtered"), weights, "filtered");
            }
        }

        [Test]
        public void EdgeSmoothing()
        {
            float[] weights = Expected.Floats("dense");
            var options = EdgeSmoothOptions.Default;
            options.Iterations = 3;
            Smoothing.OnEdges(Expected.Ints("edges"), weights, 12, options: options);
            Expected.SameBits(Expected.Floats("smoothed_on_edges"), weights, "smoothed");
        }

        [Test]
        public void Inpainting()
        {
            byte[] given = Expected.Bytes("fixed");
            float[] weights = Expected.Floats("dense");
            for (int number = 0; number < weights.Length; number++)
            {
                weights[number] = given[number / 12] == 0 ? 0 : weights[number];
            }

            using (var inpainter = WeightInpainter.Create(Outfit, OutfitTriangles, given))
            {
                inpainter.Inpaint(weights, 12);
            }

            Expected.SameBits(Expected.Floats("inpainted"), weights, "inpainted");
        }

        [Test]
        public void Cleanup()
        {
            RowArrays rows = Expected.Rows("outfit");
            float[] dense = Expected.Floats("half");
            WeightCleanup.Normalize(dense, rows.GroupCount);
            Expected.SameBits(Expected.Floats("normalized"), dense, "normalized");

            var limit = LimitOptions.Default;
            limit.MaxInfluences = 2;
            using (SparseWeights limited = WeightCleanup.Limit(rows.Rows, limit))
            {
                Expected.SameRows("limited", limited.Rows);
            }

            var prune = PruneOptions.Default;
            prune.Threshold = 0.2f;
            using (SparseWeights pruned = WeightCleanup.Prune(rows.Rows, prune))
            {
                Expected.SameRows("pruned", pruned.Rows);
            }
        }

        [Test]
        public void SparseNormalizeEqualsDense()
        {
            RowArrays rows = Expected.Rows("outfit");
            for (int entry = 0; entry < rows.Weights.Length; entry++)
            {
                rows.Weights[entry] *= 0.5f;
            }

            Expected.SameBits(Expected.Floats("half"), rows.Rows.ToDense(), "half");
            Assert.AreEqual(0, WeightCleanup.Normalize(rows.Rows, rows.Weights));
            Expected.SameBits(Expected.Floats("normalized"), rows.Rows.ToDense(), "normalized");
        }

        [Test]
        public void SparseFromDense()
        {
            RowArrays rows = Expected.Rows("outfit");
            using (SparseWeights again = SparseWeights.FromDense(rows.Rows.ToDense(), rows.GroupCount))
            {
                Expected.SameRows("outfit", again.Rows);
            }
        }

        [Test]
        public void ClosestPoints()
        {
            using (Surface body = Body("b"))
            {
                ClosestPoints found = body.FindClosest(Outfit);
                CollectionAssert.AreEqual(Expected.Ints("found_triangles"), found.Triangles);
                Expected.SameBits(Expected.Floats("found_barycentric"), found.Barycentric, "barycentric");
                Expected.SameBits(Expected.Floats("found_points"), found.Points, "points");
                Expected.SameBits(Expected.Floats("found_distances"), found.Distances, "distances");
            }
        }

        [Test]
        public void NearestPointsAndNeighbours()
        {
            float[] points = Outfit;
            int[] indices = new int[250];
            float[] distances = new float[250];
            using (PointIndex index = PointIndex.Create(points))
            {
                index.FindNearest(new ReadOnlySpan<float>(points, 0, 150), 5, indices, distances);
                CollectionAssert.AreEqual(Expected.Ints("nearest_indices"), indices);
                Expected.SameBits(Expected.Floats("nearest_distances"), distances, "distances");
                using (Neighbors within = index.FindWithin(points, 0.01f))
                {
                    Assert.AreEqual(points.Length / 3, within.RowCount);
                    CollectionAssert.AreEqual(Expected.Ints("neighbors_offsets"), within.Offsets.ToArray());
                }
            }

            using (RadiusGraph graph = RadiusGraph.Create(points, 0.01f))
            using (Neighbors neighbors = graph.FindNeighbors(true))
            {
                CollectionAssert.AreEqual(Expected.Ints("neighbors_offsets"), neighbors.Offsets.ToArray());
                CollectionAssert.AreEqual(Expected.Ints("neighbors_indices"), neighbors.Indices.ToArray());
                Expected.SameBits(Expected.Floats("neighbors_distances"), neighbors.Distances.ToArray(), "distances");
            }
        }

        [Test]
        public void IntersectingTriangles()
        {
            using (TrianglePairs pairs = TrianglePairs.FindInside(Outfit, OutfitTriangles))
            {
                CollectionAssert.AreEqual(Expected.Ints("pairs"), pairs.Pairs.ToArray());
            }
        }

        [Test]
        public void SkinningBothWays()
        {
            RowArrays rows = Expected.Rows("outfit");
            float[] rest = Expected.Floats("rest");
            float[] posed = Expected.Floats("posed");
            foreach (BlendMethod blend in new[] { BlendMethod.Linear, BlendMethod.DualQuaternion })
            {
                var options = SkinningOptions.Default;
                options.Blend = blend;
                string name = blend == BlendMethod.Linear ? "skinned_linear" : "skinned_dual_quaternion";
                Expected.SameBits(
                    Expected.Floats(name), Skinning.Skin(rows.Rows, rest, posed, Outfit, options).Positions, name);
            }

            SkinnedPoints back = Skinning.Unskin(rows.Rows, rest, posed, Outfit);
            Expected.SameBits(Expected.Floats("unskinned"), back.Positions, "unskinned");
            byte[] status = Expected.Bytes("unskinned_status");
            for (int vertex = 0; vertex < status.Length; vertex++)
            {
                Assert.AreEqual((VertexStatus)status[vertex], back.Status(vertex));
            }
        }

        [Test]
        public void FieldCreatedSavedLoadedApplied()
        {
            string folder = Path.Combine(Path.GetTempPath(), "hemline-ポーズ-" + Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(folder);
            try
            {
                string copy = Path.Combine(folder, "field.npz");
                var options = FieldCreationOptions.Default;
                options.BaseSpacing = 0.02f;
                using (var made = DeformationField.FromShapes(
                    Expected.Floats("controls_a"), Expected.Floats("controls_b"), options: options))
                {
                    made.Save(copy);
                    CheckField(made);
                }

                foreach (string path in new[] { copy, Path.Combine(Expected.Folder, "field.npz") })
                {
                    using (var loaded = DeformationField.Load(path))
                    {
                        CheckField(loaded);
                    }
                }
            }
            finally
            {
                Directory.Delete(folder, true);
            }
        }

        static void CheckField(DeformationField field)
        {
            float[] points = Outfit;
            field.Apply(points, points, Expected.Floats("mask"));
            Expected.SameBits(Expected.Floats("field_applied"), points, "applied");
        }

        [Test]
        public void RadialBasisFunctions()
        {
            float[] a = Every(4, Expected.Floats("controls_a"));
            float[] b = Every(4, Expected.Floats("controls_b"));
            for (int number = 0; number < a.Length; number++)
            {
                b[number] -= a[number];
            }

            using (var rbf = RbfInterpolator.Create(a))
            {
                Expected.SameBits(Expected.Floats("interpolated"), rbf.Interpolate(b, 3, Outfit), "interpolated");
                Assert.AreEqual(a.Length / 3, (int)rbf.Info.DistinctPointCount);
            }
        }

        static float[] Every(int step, float[] points)
        {
            float[] chosen = new float[3 * ((points.Length / 3 + step - 1) / step)];
            for (int number = 0; number < chosen.Length; number++)
            {
                chosen[number] = points[3 * step * (number / 3) + number % 3];
            }

            return chosen;
        }

        [Test]
        public void AffineTransform()
        {
            float[] points = Outfit;
            Transforms.Points(new ReadOnlySpan<float>(Expected.Floats("posed"), 0, 16), points, points);
            Expected.SameBits(Expected.Floats("transformed"), points, "transformed");
        }

        [Test]
        public void PenetrationAndRepair()
        {
            float[] sunk = Expected.Floats("sunk");
            using (Surface body = Body("b"))
            {
                Expected.SameBits(Expected.Floats("depths"), Penetration.Measure(body, sunk), "depths");
                Expected.SameBits(Expected.Floats("repaired"), Penetration.Repair(body, sunk), "repaired");
            }
        }

        [Test]
        public void ShapeStageWithEverything()
        {
            float[] mask = Expected.Floats("mask");
            float[] other = Array.ConvertAll(mask, value => 1 - value);
            double[] posed = Expected.Doubles("shape_pose");
            using (Surface source = Body("a"))
            using (Surface body = Body("b"))
            using (var field = DeformationField.Load(Path.Combine(Expected.Folder, "field.npz")))
            {
                ShapeResult made = ShapeStage.Run(new ShapeInput
                {
                    Points = Outfit,
                    Triangles = OutfitTriangles,
                    Weights = Expected.Rows("outfit").Rows,
                    ShapeKeys = Expected.Floats("shape_keys"),
                    Pose = new BonePose(posed),
                    Fields = new[] { new FieldUse(field) },
                    KeyFields = new[]
                    {
                        null, new[] { new FieldUse(field) { Mask = mask }, new FieldUse(field) { Mask = other } },
                    },
                    Rigid = RigidParts.Detect,
                    Unpose = new BonePose(posed) { Blend = BlendMethod.DualQuaternion },
                    SourceBody = source,
                    Body = body,
                    Repair = RepairOptions.Default,
                });
                Expected.SameBits(Expected.Floats("shape_points"), made.Points, "points");
                Expected.SameBits(Expected.Floats("shape_made_keys"), made.ShapeKeys, "keys");
                CollectionAssert.AreEqual(Expected.Ints("shape_labels"), made.RigidLabels);
                Expected.SameBits(Expected.Floats("shape_depths_before"), made.DepthsBefore, "depths before");
                Expected.SameBits(Expected.Floats("shape_depths"), made.Depths, "depths");
                Assert.AreEqual(Expected.Ints("shape_moved")[0], (int)made.Report.MovedByRepair);
            }
        }

        [Test]
        public void WeightStageWithEverything()
        {
            using (Surface body = Body("b"))
            using (var made = WeightStage.Run(new WeightStageInput
            {
                Body = body,
                BodyWeights = Expected.Rows("body").Rows,
                Points = Outfit,
                Triangles = OutfitTriangles,
                Roles = MemoryMarshal.Cast<byte, GroupRole>(Expected.Bytes("stage_roles")),
                Mirror = Expected.Ints("stage_mirror"),
                PieceStarts = Expected.Ints("stage_starts"),
                Layers = new[] { 0, 1 },
                Present = Expected.Rows("outfit").Rows,
                Mask = Expected.Floats("stage_mask"),
            }))
            {
                Expected.SameRows("stage", made.Weights.Rows);
                byte[] sources = Expected.Bytes("stage_sources");
                for (int vertex = 0; vertex < sources.Length; vertex++)
                {
                    Assert.AreEqual((WeightSource)sources[vertex], made.Source(vertex));
                }
            }
        }
    }
}
