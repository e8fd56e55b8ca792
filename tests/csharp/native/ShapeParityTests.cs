// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.IO;
using System.Linq;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>Transforms, skinning, poses, fits, fields, penetration and the shape stage.</summary>
    [TestFixture]
    public class ShapeParityTests : ParityTests
    {
        [Test]
        public void AffineTransform()
        {
            float[] points = Outfit;
            Transforms.Points(new ReadOnlySpan<float>(Expected.Floats("posed"), 0, 16), points, points);
            Expected.SameBits(Expected.Floats("transformed"), points, "transformed");
        }

        [Test]
        public void DoublePrecision()
        {
            double[] points = Array.ConvertAll(Outfit, number => (double)number), result = new double[points.Length];
            double[] matrix = Array.ConvertAll(Expected.Floats("posed").Take(16).ToArray(), number => (double)number);
            Transforms.Points(matrix, points, result);
            Expected.SameDoubles("transformed_f64", result);
            Transforms.Normals(matrix, points, result);
            Expected.SameDoubles("normals_f64", result);
            float[] normals = Expected.Floats("normals");
            Transforms.Normals(Expected.Floats("posed").Take(16).ToArray(), normals, normals);
            Expected.SameBits(Expected.Floats("transformed_normals"), normals, "normals");
            double[] rest = Array.ConvertAll(Expected.Floats("rest"), number => (double)number);
            double[] posed = Array.ConvertAll(Expected.Floats("posed"), number => (double)number);
            Expected.SameDoubles("skinned_f64", Skinning.Skin(Rows, rest, posed, points));
            Expected.SameDoubles("unskinned_f64", Skinning.Unskin(Rows, rest, posed, points));
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
        public void PosesAndTheirBases()
        {
            int[] parents = Expected.Ints("pose_parents");
            double[] rest = Expected.Doubles("pose_rest"), posed = Expected.Doubles("pose_posed");
            Expected.SameDoubles("pose_by_deltas", Poses.ByDeltas(parents, rest, posed, Expected.Bytes("pose_listed")));
            Expected.SameDoubles("pose_locals", Poses.LocalFromCommon(parents, rest));
            Expected.SameDoubles("pose_common", Poses.CommonFromLocal(parents, posed));
            Expected.SameDoubles("pose_basis", Poses.BasisFromPose(parents, rest, posed));
            Expected.SameDoubles("pose_from_basis", Poses.PoseFromBasis(parents, rest, posed));
        }

        [Test]
        public void Fits()
        {
            var fits = SimilarityFits.Fit(Outfit, Expected.Floats("sunk"), Expected.Ints("components"), Expected.Floats("mask"));
            Expected.SameDoubles("fit_matrices", fits.Transforms);
            Expected.SameDoubles("fit_scales", fits.Scales);
            Expected.SameDoubles("fit_residuals", fits.Residuals);
            Expected.SameBits(Expected.Floats("fit_points"), fits.Points, "points");
        }

        [Test]
        public void BoxesAndClusters()
        {
            int[] components = Expected.Ints("components");
            double[] extents;
            Expected.SameDoubles("box_frames", Components.FitBoxes(Outfit, components, out extents));
            Expected.SameDoubles("box_extents", extents);
            CollectionAssert.AreEqual(Expected.Ints("clusters"), Components.Cluster(Outfit, components, 0.1f));
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
        public void SamplesOfAField()
        {
            using (var field = DeformationField.Load(Path.Combine(Expected.Folder, "field.npz")))
            {
                CollectionAssert.AreEqual(Expected.Ints("sample_offsets"), field.Samples.Offsets.ToArray());
                Expected.SameBits(Expected.Floats("sample_points"), field.Samples.Points.ToArray(), "points");
                Expected.SameBits(Expected.Floats("sample_displacements"), field.Samples.Displacements.ToArray(), "displacements");
                Expected.SameDoubles("sample_world", field.Samples.WorldMatrix.ToArray());
                Assert.IsFalse(field.Samples.MirrorX);
            }
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
        public void PenetrationAndRepair()
        {
            float[] sunk = Expected.Floats("sunk");
            using (Surface body = Body())
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
            using (Surface body = Body())
            using (var field = DeformationField.Load(Path.Combine(Expected.Folder, "field.npz")))
            {
                ShapeResult made = ShapeStage.Run(new ShapeInput
                {
                    Points = Outfit,
                    Triangles = Triangles,
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
    }
}
