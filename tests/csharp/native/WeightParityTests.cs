// SPDX-License-Identifier: MIT OR Apache-2.0
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>Transfer, inpainting, cleanup, rows, sides, masks and the weight stage.</summary>
    [TestFixture]
    public class WeightParityTests : ParityTests
    {
        [Test]
        public void ClosestTransfer()
        {
            var options = TransferOptions.Default;
            options.MaxDistance = 0.05f;
            options.AngleMax = 60;
            options.NormalRadius = 0.01f;
            using (Surface body = Body())
            using (var made = WeightTransfer.Closest(
                body, Expected.Rows("body").Rows, Outfit, Expected.Floats("normals"), Triangles, options))
            {
                Expected.SameRows("closest", made.Weights.Rows);
                CollectionAssert.AreEqual(Expected.Bytes("closest_matched"), made.Matched);
                Expected.SameBits(Expected.Floats("closest_distances"), made.Distances, "distances");
            }
        }

        [Test]
        public void RobustTransfer()
        {
            using (Surface body = Body())
            using (var made = WeightTransfer.Robust(body, Expected.Rows("body").Rows, Outfit, Triangles))
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
            using (Surface body = Body())
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
        public void ASessionTakesNormals()
        {
            TransferOptions options = TransferOptions.Default;
            options.AngleMax = 60;
            float[] up = new float[Outfit.Length], aside = new float[Outfit.Length];
            for (int point = 0; point < up.Length; point += 3)
            {
                up[point + 2] = aside[point] = 1;
            }

            WeightRows body = Expected.Rows("body").Rows;
            using (Surface surface = Body())
            using (var session = TransferSession.Create(surface, body, Outfit, up, default, options))
            {
                session.Update(normals: aside);
                using (SparseWeights weights = session.Weights())
                using (ClosestTransferResult turned = WeightTransfer.Closest(surface, body, Outfit, aside, default, options))
                using (ClosestTransferResult before = WeightTransfer.Closest(surface, body, Outfit, up, default, options))
                {
                    float[] found = weights.Rows.ToDense();
                    CollectionAssert.AreEqual(turned.Weights.Rows.ToDense(), found);
                    CollectionAssert.AreNotEqual(before.Weights.Rows.ToDense(), found);
                }
            }
        }

        [Test]
        public void Inpainting()
        {
            byte[] given = Expected.Bytes("fixed");
            float[] weights = Expected.Floats("dense");
            for (int number = 0; number < weights.Length; number++)
            {
                weights[number] = given[number / Groups] == 0 ? 0 : weights[number];
            }

            using (var inpainter = WeightInpainter.Create(Outfit, Triangles, given))
            {
                inpainter.Inpaint(weights, Groups);
            }

            Expected.SameBits(Expected.Floats("inpainted"), weights, "inpainted");
        }

        [Test]
        public void UnreachedVertices()
        {
            byte[] given = Expected.Bytes("first_island");
            using (var inpainter = WeightInpainter.Create(Outfit, Triangles, given))
            {
                CollectionAssert.AreEqual(Expected.Bytes("unreached"), inpainter.Unreached());
                Assert.Greater(inpainter.Unreached().Sum(mark => mark), 0);
            }
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
        public void DenseWeights()
        {
            float[] weights = Expected.Floats("dense");
            var limit = LimitOptions.Default;
            limit.MaxInfluences = 2;
            WeightCleanup.Limit(weights, Groups, limit);
            Expected.SameBits(Expected.Floats("limited_dense"), weights, "limited");
            weights = Expected.Floats("dense");
            var prune = PruneOptions.Default;
            prune.Threshold = 0.2f;
            WeightCleanup.Prune(weights, Groups, prune);
            Expected.SameBits(Expected.Floats("pruned_dense"), weights, "pruned");
            float[] bodyWeights = Expected.Rows("body").Rows.ToDense();
            using (Surface body = Body())
            {
                float[] dense = WeightTransfer.ClosestDense(
                    body, bodyWeights, Expected.Rows("body").GroupCount, Outfit);
                Expected.SameBits(Expected.Floats("closest_dense"), dense, "transferred");
            }
        }

        [Test]
        public void RowOperationsOnGroupsAndLabels()
        {
            int[] components = Expected.Ints("components");
            CollectionAssert.AreEqual(components, Components.Find(Triangles, Outfit.Length / 3));
            SameRows("averaged", RowOperations.Average(Rows, components));
            int[] parents = Expected.Ints("merge_parents");
            SameRows("merged", RowOperations.Merge(Rows, parents));
            using (SparseWeights merged = RowOperations.Merge(Rows, parents))
            {
                SameRows("split", RowOperations.Split(merged.Rows, Rows, parents));
                SameRows("blended", RowOperations.Blend(merged.Rows, Rows, Expected.Floats("mask")));
            }
        }

        [Test]
        public void PropagationAndSeams()
        {
            int[] edges = Expected.Ints("edges");
            SameRows("propagated", RowOperations.Propagate(Expected.Rows("bare").Rows, Outfit, edges));
            int[] seams = RowOperations.FindSeams(Rows, Outfit, edges);
            CollectionAssert.AreEqual(Expected.Ints("seams"), seams);
            CollectionAssert.AreEqual(
                Expected.Ints("rigid_parts"), Components.FindRigid(Rows, Components.Find(Triangles, Outfit.Length / 3)));
        }

        [Test]
        public void SidesOfWeights()
        {
            string[] names = File.ReadAllLines(Path.Combine(Expected.Folder, "group_names.txt"));
            int[] mirror = Sides.PairNames(names);
            Side[] sides = Sides.OfNames(names);
            CollectionAssert.AreEqual(Expected.Bytes("group_sides"), sides.Select(side => (byte)side));
            SameRows("separated", Sides.Separate(Rows, Outfit, sides, mirror));
            SameRows("side_repaired", Sides.Repair(Rows, default, Outfit, sides, mirror, 0.2f));
            SameRows("side_repaired_by_reference", Sides.Repair(Rows, Expected.Rows("merged").Rows, Outfit, sides, mirror, 0.2f));
            SameRows("symmetrized", Sides.Symmetrize(Rows, Outfit, mirror, 0.005f));
        }

        [Test]
        public void Masks()
        {
            using (Surface body = Body())
            {
                Expected.SameBits(Expected.Floats("inpaint_mask"), OutfitMasks.Inpaint(body, Outfit, Triangles), "inpaint");
                float[] mask = OutfitMasks.Smooth(body, Outfit, Triangles, Expected.Floats("mask"));
                Expected.SameBits(Expected.Floats("smooth_mask"), mask, "smooth");
            }
        }

        [Test]
        public void WeightStageWithEverything()
        {
            using (Surface body = Body())
            using (var made = WeightStage.Run(new WeightStageInput
            {
                Body = body,
                BodyWeights = Expected.Rows("body").Rows,
                Points = Outfit,
                Triangles = Triangles,
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
