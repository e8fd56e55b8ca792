// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Linq;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>Closest and nearest points, neighbours, distances, intersecting triangles, the index cache.</summary>
    [TestFixture]
    public class NeighborParityTests : ParityTests
    {
        [Test]
        public void ClosestPoints()
        {
            using (Surface body = Body())
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
        public void IntersectingTriangles()
        {
            using (TrianglePairs pairs = TrianglePairs.FindInside(Outfit, Triangles))
            {
                CollectionAssert.AreEqual(Expected.Ints("pairs"), pairs.Pairs.ToArray());
            }
        }

        [Test]
        public void DistancesAndChanges()
        {
            float[] few = Outfit.Take(60).ToArray();
            double[] fewDouble = Array.ConvertAll(few, number => (double)number);
            Expected.SameBits(Expected.Floats("distances"), Distances.FromPoint(few.Take(3).ToArray(), few), "distances");
            Expected.SameBits(Expected.Floats("distance_matrix"), Distances.Matrix(few, few), "matrix");
            Expected.SameDoubles("distances_f64", Distances.FromPoint(fewDouble.Take(3).ToArray(), fewDouble));
            Expected.SameDoubles("distance_matrix_f64", Distances.Matrix(fewDouble, fewDouble));
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
