// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.IO;
using System.Linq;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>More of <see cref="PythonParityTests"/>: rows, sides, masks, components, poses, measures.</summary>
    [TestFixture]
    public class MoreParityTests
    {
        const int Groups = 12;

        static float[] Outfit
        {
            get { return Expected.Floats("outfit_points"); }
        }

        static int[] Triangles
        {
            get { return Expected.Ints("outfit_triangles"); }
        }

        static WeightRows Rows
        {
            get { return Expected.Rows("outfit").Rows; }
        }

        static Surface Body()
        {
            return Surface.Create(Expected.Floats("body_b_points"), Expected.Ints("body_triangles"));
        }

        static void Same(string name, SparseWeights made)
        {
            using (made)
            {
                Expected.SameRows(name, made.Rows);
            }
        }

        static void SameDoubles(string name, double[] found)
        {
            double[] expected = Expected.Doubles(name);
            CollectionAssert.AreEqual(
                Array.ConvertAll(expected, BitConverter.DoubleToInt64Bits),
                Array.ConvertAll(found, BitConverter.DoubleToInt64Bits),
                name);
        }

        [Test]
        public void RowOperationsOnGroupsAndLabels()
        {
            int[] components = Expected.Ints("components");
            CollectionAssert.AreEqual(components, Components.Find(Triangles, Outfit.Length / 3));
            Same("averaged", RowOperations.Average(Rows, components));
            int[] parents = Expected.Ints("merge_parents");
            Same("merged", RowOperations.Merge(Rows, parents));
            using (SparseWeights merged = RowOperations.Merge(Rows, parents))
            {
                Same("split", RowOperations.Split(merged.Rows, Rows, parents));
                Same("blended", RowOperations.Blend(merged.Rows, Rows, Expected.Floats("mask")));
            }
        }

        [Test]
        public void PropagationAndSeams()
        {
            int[] edges = Expected.Ints("edges");
            Same("propagated", RowOperations.Propagate(Expected.Rows("bare").Rows, Outfit, edges));
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
            Same("separated", Sides.Separate(Rows, Outfit, sides, mirror));
            Same("side_repaired", Sides.Repair(Rows, default, Outfit, sides, mirror, 0.2f));
            Same("side_repaired_by_reference", Sides.Repair(Rows, Expected.Rows("merged").Rows, Outfit, sides, mirror, 0.2f));
            Same("symmetrized", Sides.Symmetrize(Rows, Outfit, mirror, 0.005f));
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
        public void BoxesAndClusters()
        {
            int[] components = Expected.Ints("components");
            double[] extents;
            SameDoubles("box_frames", Components.FitBoxes(Outfit, components, out extents));
            SameDoubles("box_extents", extents);
            CollectionAssert.AreEqual(Expected.Ints("clusters"), Components.Cluster(Outfit, components, 0.1f));
        }

        [Test]
        public void Fits()
        {
            var fits = SimilarityFits.Fit(Outfit, Expected.Floats("sunk"), Expected.Ints("components"), Expected.Floats("mask"));
            SameDoubles("fit_matrices", fits.Transforms);
            SameDoubles("fit_scales", fits.Scales);
            SameDoubles("fit_residuals", fits.Residuals);
            Expected.SameBits(Expected.Floats("fit_points"), fits.Points, "points");
        }

        [Test]
        public void PosesAndTheirBases()
        {
            int[] parents = Expected.Ints("pose_parents");
            double[] rest = Expected.Doubles("pose_rest"), posed = Expected.Doubles("pose_posed");
            SameDoubles("pose_by_deltas", Poses.ByDeltas(parents, rest, posed, Expected.Bytes("pose_listed")));
            SameDoubles("pose_locals", Poses.LocalFromCommon(parents, rest));
            SameDoubles("pose_common", Poses.CommonFromLocal(parents, posed));
            SameDoubles("pose_basis", Poses.BasisFromPose(parents, rest, posed));
            SameDoubles("pose_from_basis", Poses.PoseFromBasis(parents, rest, posed));
        }

        [Test]
        public void DoublePrecision()
        {
            double[] points = Array.ConvertAll(Outfit, number => (double)number), result = new double[points.Length];
            double[] matrix = Array.ConvertAll(Expected.Floats("posed").Take(16).ToArray(), number => (double)number);
            Transforms.Points(matrix, points, result);
            SameDoubles("transformed_f64", result);
            Transforms.Normals(matrix, points, result);
            SameDoubles("normals_f64", result);
            float[] normals = Expected.Floats("normals");
            Transforms.Normals(Expected.Floats("posed").Take(16).ToArray(), normals, normals);
            Expected.SameBits(Expected.Floats("transformed_normals"), normals, "normals");
            double[] rest = Array.ConvertAll(Expected.Floats("rest"), number => (double)number);
            double[] posed = Array.ConvertAll(Expected.Floats("posed"), number => (double)number);
            SameDoubles("skinned_f64", Skinning.Skin(Rows, rest, posed, points));
            SameDoubles("unskinned_f64", Skinning.Unskin(Rows, rest, posed, points));
        }

        [Test]
        public void DistancesAndChanges()
        {
            float[] few = Outfit.Take(60).ToArray();
            double[] fewDouble = Array.ConvertAll(few, number => (double)number);
            Expected.SameBits(Expected.Floats("distances"), Distances.FromPoint(few.Take(3).ToArray(), few), "distances");
            Expected.SameBits(Expected.Floats("distance_matrix"), Distances.Matrix(few, few), "matrix");
            SameDoubles("distances_f64", Distances.FromPoint(fewDouble.Take(3).ToArray(), fewDouble));
            SameDoubles("distance_matrix_f64", Distances.Matrix(fewDouble, fewDouble));
            float[] changed = (float[])few.Clone();
            changed[10] = -changed[10];
            byte[] rows = Distances.FindChangedRows<float>(few, changed, 3);
            CollectionAssert.AreEqual(Enumerable.Range(0, 20).Select(row => row == 3 ? 1 : 0), rows);
            byte[] inverted;
            Expected.SameBits(
                Expected.Floats("stretches"), OutfitMasks.Stretches(Outfit, Expected.Floats("sunk"), Triangles, out inverted), "stretches");
            CollectionAssert.AreEqual(Expected.Bytes("inverted"), inverted);
        }

        [Test]
        public void NearestCountsAndPairs()
        {
            float[] queries = Expected.Floats("body_b_points").Take(300).ToArray();
            int[] indices = new int[100];
            float[] distances = new float[100];
            using (PointIndex index = PointIndex.Acquire(Outfit))
            {
                index.FindNearest(queries, indices, distances);
                CollectionAssert.AreEqual(Expected.Ints("nearest_one"), indices);
                Expected.SameBits(Expected.Floats("nearest_one_distances"), distances, "distances");
                CollectionAssert.AreEqual(Expected.Ints("counts_within"), index.CountWithin(queries, 0.3f));
            }

            using (RadiusGraph graph = RadiusGraph.Create(Outfit, 0.01f))
            {
                CollectionAssert.AreEqual(Expected.Ints("graph_counts"), graph.Counts());
            }

            using (TrianglePairs pairs = TrianglePairs.FindBetween(
                Expected.Floats("sunk"), Triangles, Expected.Floats("body_b_points"), Expected.Ints("body_triangles")))
            {
                CollectionAssert.AreEqual(Expected.Ints("pairs_between"), pairs.Pairs.ToArray());
            }
        }

        [Test]
        public void FiltersAndUpdates()
        {
            using (RadiusGraph graph = RadiusGraph.Create(Outfit, 0.01f))
            {
                float[] weights = Expected.Floats("dense");
                Smoothing.MinFilter(graph, weights, Groups);
                Expected.SameBits(Expected.Floats("min_filtered"), weights, "min");
                weights = Expected.Floats("dense");
                Smoothing.DecayingMax(graph, weights, Groups);
                Expected.SameBits(Expected.Floats("decaying_max"), weights, "decaying");
            }

            using (RadiusGraph graph = RadiusGraph.Create(Outfit, 0.015f))
            {
                float[] before = Expected.Floats("dense"), after = Expected.Floats("dense"), result = Expected.Floats("dense");
                Smoothing.Radius(graph, result, Groups);
                after[5] += 0.5f;
                byte[] changed = Distances.FindChangedRows<float>(before, after, Groups);
                byte[] updated = Smoothing.Update(graph, graph, changed, after, Groups, result);
                Assert.Greater(updated.Sum(mark => mark), 0);
                Assert.Less(updated.Sum(mark => mark), updated.Length);
                Smoothing.Radius(graph, after, Groups);
                Expected.SameBits(after, result, "updated");
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
        public void SamplesOfAField()
        {
            using (var field = DeformationField.Load(Path.Combine(Expected.Folder, "field.npz")))
            {
                CollectionAssert.AreEqual(Expected.Ints("sample_offsets"), field.Samples.Offsets.ToArray());
                Expected.SameBits(Expected.Floats("sample_points"), field.Samples.Points.ToArray(), "points");
                Expected.SameBits(Expected.Floats("sample_displacements"), field.Samples.Displacements.ToArray(), "displacements");
                SameDoubles("sample_world", field.Samples.WorldMatrix.ToArray());
                Assert.IsFalse(field.Samples.MirrorX);
            }
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
        public void CacheAndBatches()
        {
            IndexCache.Clear();
            ulong hits = IndexCache.Info.Hits;
            PointIndex.Acquire(Outfit).Dispose();
            Assert.AreEqual(1, IndexCache.Info.Entries);
            PointIndex.Acquire(Outfit).Dispose();
            Assert.AreEqual(hits + 1, IndexCache.Info.Hits);
            long limit = IndexCache.Limit;
            IndexCache.Limit = 0;
            Assert.AreEqual(0, IndexCache.Info.Entries);
            IndexCache.Limit = limit;
            Library.BatchSize = 64;
            Assert.AreEqual(64, Library.BatchSize);
            Library.BatchSize = 0;
            Assert.AreEqual(0, Library.BatchSize);
        }
    }
}
